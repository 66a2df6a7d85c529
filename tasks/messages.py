"""What does a message to an owner say?

Names and sentences are data from outside: they are escaped for their destination, never trusted.
Every message is bounded, whatever the number of alerts and the length of their names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import accumulate
from typing import Literal
from urllib.parse import quote

from connectors.records import Verdict
from tasks.report.escape import message_text, plain
from tasks.report.numbers import change, change_text, day, known, number, plural
from tasks.run import Run

LISTED = 10
"""Of the firing and of the resolved alerts, at most this many are written out."""

FIRING_LENGTH, RESOLVED_LENGTH = 2000, 700
"""Nor more of each than fits into these many characters. Slack takes 3,000 in a block."""

SUBJECT_LENGTH = 120
NAME_LENGTH = 80
SENTENCE_LENGTH = 300

Kind = Literal["new", "worse", "resolved"]

_ORDER: dict[Verdict, int] = {"critical": 0, "warning": 1, "unknown": 2, "ok": 3}
_COLOUR: dict[Verdict, str] = {
    "critical": "#b42318",
    "warning": "#b54708",
    "unknown": "#475467",
    "ok": "#067647",
}


@dataclass(frozen=True, slots=True)
class News:
    """What became of one alert. `value`, `target` and `previous` are None where unknown."""

    fingerprint: str
    kind: Kind
    verdict: Verdict
    check: str
    name: str
    sentence: str  # of a resolved alert: why it is over
    owner: str
    since: date
    unit: str
    currency: str
    value: float | None
    target: float | None
    previous: float | None
    todo: str = ""  # what a person does about it, and by when


@dataclass(frozen=True, slots=True)
class Letter:
    """The same news three ways. The subject is one line without control characters."""

    subject: str
    text: str
    html: str


def compose(run: Run, news: Iterable[News], message_id: str) -> Letter:
    """Write one message: what fires, the worst first, then what is resolved, then where to look.

    The last paragraph of the text holds the link and the message's reference; whoever shortens
    the text keeps it.
    """
    ordered = sorted(news, key=lambda item: (_ORDER[item.verdict], item.name, item.fingerprint))
    firing = [item for item in ordered if item.kind != "resolved"]
    resolved = [item for item in ordered if item.kind == "resolved"]
    link = safe_link(run.link)
    return Letter(
        subject=_subject(run, firing, resolved),
        text=_text(run, firing, resolved, link, message_id),
        html=_html(run, firing, resolved, link, message_id),
    )


def worst_verdict(news: Iterable[News]) -> Verdict:
    """Return the most severe verdict of the news; `ok` if everything is resolved."""
    return min((item.verdict for item in news), key=_ORDER.__getitem__, default="ok")


def reference(message_id: str) -> str:
    """Return the short form of a message id that people see and receivers can compare."""
    return message_id[:10]


def safe_link(link: str) -> str:
    """Return an http(s) address with everything encoded that could end it early, else ""."""
    if not link.startswith(("http://", "https://")):
        return ""
    return quote(link, safe="/:?#@!$&'*+,;=%~-._[]")


def _subject(run: Run, firing: Sequence[News], resolved: Sequence[News]) -> str:
    """Write one line: `message_text` leaves no line ends, and nothing may clean after it."""
    subject = plain(f"[{run.brand}] {_title(run)}: {_counts(firing, resolved)}", SUBJECT_LENGTH)
    names = [message_text(item.name, NAME_LENGTH) for item in (*firing, *resolved)[:1]]
    return " – ".join([subject, *names])[:SUBJECT_LENGTH].rstrip()


def _counts(firing: Sequence[News], resolved: Sequence[News]) -> str:
    verdicts = [item.verdict for item in firing]
    numbers = [
        (verdicts.count("critical"), "critical"),
        (verdicts.count("warning"), "warning"),
        (len(resolved), "resolved"),
    ]
    return ", ".join(f"{count:,} {word}" for count, word in numbers if count)


def _title(run: Run) -> str:
    return run.process.replace("_", " ")


def _text(
    run: Run, firing: Sequence[News], resolved: Sequence[News], link: str, message_id: str
) -> str:
    first, last = _listed(firing), _listed(resolved)
    blocks = [_heading(run, firing, resolved), *("\n".join(_lines(item)) for item in first)]
    blocks += _more(len(firing) - len(first), "alert")
    if resolved:
        ended = ["\n".join(_lines(item)) for item in last]
        blocks.append("\n".join([*ended, *_more(len(resolved) - len(last), "resolved alert")]))
    where = [f"Report and run: {link}"] if link else []
    blocks.append("\n".join([*where, f"Message {reference(message_id)}"]))
    return "\n\n".join(blocks)


def _html(
    run: Run, firing: Sequence[News], resolved: Sequence[News], link: str, message_id: str
) -> str:
    first, last = _listed(firing), _listed(resolved)
    more = _more(len(firing) - len(first), "alert")
    more_resolved = _more(len(resolved) - len(last), "resolved alert")
    parts = [
        f"<p><b>{escape(_heading(run, firing, resolved))}</b></p>",
        *(_item_html(item) for item in first),
        *(f"<p>{line}</p>" for line in more),
        *(_item_html(item) for item in last),
        *(f"<p>{line}</p>" for line in more_resolved),
    ]
    if link:
        parts.append(f'<p>Report and run: <a href="{escape(link)}">{escape(link)}</a></p>')
    parts.append(f"<p>Message {reference(message_id)}</p>")
    return "\n".join(parts)


def _heading(run: Run, firing: Sequence[News], resolved: Sequence[News]) -> str:
    counts = _counts(firing, resolved)
    return f"{run.brand}, {_title(run)}, as of {day(run.as_of)}: {counts}"


def _listed(items: Sequence[News]) -> Sequence[News]:
    """Return the first items that are written out: at least one, whole ones only."""
    room = RESOLVED_LENGTH if items and items[0].kind == "resolved" else FIRING_LENGTH
    lengths = accumulate(sum(len(line) + 1 for line in _lines(item)) for item in items[:LISTED])
    fitting = sum(length <= room for length in lengths)
    return items[: max(1, fitting)]


def _lines(item: News) -> list[str]:
    """Write one alert: what and where, why, and its figures."""
    name = f"{message_text(item.name, NAME_LENGTH)} ({item.check})"
    sentence = message_text(item.sentence, SENTENCE_LENGTH)
    figures = _figures(item)
    if item.kind == "resolved":
        since = f"open since {day(item.since)}"
        return ["; ".join(filter(None, (f"Resolved: {name}, {since}: {sentence}", figures)))]
    mark = item.verdict.upper() if item.kind == "new" else f"NOW {item.verdict.upper()}"
    todo = message_text(item.todo, SENTENCE_LENGTH) if item.todo else ""
    return [f"{mark}: {name}", sentence, *filter(None, [figures, todo])]


def _figures(item: News) -> str:
    """Write number, target, change and since when, leaving out what is not known."""
    parts = []
    if known(item.value):
        parts.append(number(item.value, item.unit, item.currency))
    if known(item.target):
        parts.append(f"target {number(item.target, item.unit, item.currency)}")
    if (relative := change(item.value, item.previous)) is not None:
        parts.append(f"{change_text(relative)} against the period before")
    if item.kind == "worse":
        parts.append(f"open since {day(item.since)}")
    return " · ".join(parts)


def _more(left: int, noun: str) -> list[str]:
    return [f"and {plural(left, f'more {noun}')}, see the report"] if left > 0 else []


def _item_html(item: News) -> str:
    first, *rest = (escape(line) for line in _lines(item))
    return "<br>".join([f'<p><b style="color:{_COLOUR[item.verdict]}">{first}</b>', *rest]) + "</p>"
