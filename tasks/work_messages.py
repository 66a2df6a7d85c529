"""Whom does a run tell of work, and what does the message say?

What a finding asks for is told with its alert. Told here is what nothing else tells: recurring work
that begins, and what is late, to its owner and once to the brand's first one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from json import dumps

from config.models import Owner
from connectors.records import Message
from connectors.work import NewItem, WorkItem
from tasks.messages import reference, safe_link
from tasks.report.escape import message_text, plain
from tasks.report.numbers import day, plural
from tasks.run import Run

LISTED = 15
LINE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Told:
    """One item as one receiver is told of it."""

    key: str
    line: str
    late: bool


def messages(
    run: Run, opened: Iterable[NewItem], late: Iterable[WorkItem], owners: Mapping[str, Owner]
) -> Iterator[Message]:
    """Yield a message per owner and way of reaching them; the same plan gives the same ids."""
    told = _told(run, opened, late, owners)
    for owner, items in told.items():
        for destination in dict.fromkeys(owners[owner].notify) or ("",):
            yield _message(run, owner, destination, items)


def _told(
    run: Run, opened: Iterable[NewItem], late: Iterable[WorkItem], owners: Mapping[str, Owner]
) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {}
    first = next(iter(owners))
    for item in late:
        owner = item.owner if item.owner in owners else first
        days = plural((run.as_of - item.due_on).days, "day")
        line = f"LATE by {days}: {item.item_id} {_title(item.title)}, due {day(item.due_on)}"
        for receiver in dict.fromkeys((owner, first)):
            whose = "" if receiver == owner else f", of {owner}"
            told.setdefault(receiver, []).append(Told(item.fingerprint, line + whose, True))
    for new in opened:
        if new.origin == "workflow":
            line = f"NEW: {_title(new.title)}, due {day(new.due_on)}"
            told.setdefault(new.owner, []).append(Told(new.fingerprint, line, False))
    return told


def _message(run: Run, owner: str, destination: str, items: Sequence[Told]) -> Message:
    keys = sorted((it.key, it.late) for it in items)
    about = [run.brand, run.process, "work", owner, destination, run.as_of.isoformat(), keys]
    message_id = sha256(dumps(about).encode()).hexdigest()[:32]
    late = sum(it.late for it in items)
    counts = [
        f"{late} late" if late else "",
        f"{len(items) - late} new" if late < len(items) else "",
    ]
    heading = f"Work for {run.brand}: {', '.join(filter(None, counts))}"
    lines = [it.line for it in items[:LISTED]]
    if len(items) > LISTED:
        lines.append(f"and {len(items) - LISTED} more")
    lines.append(f"All of it: marketloop todo list --brand {run.brand} --owner {owner}")
    link = safe_link(run.link)
    foot = [*([f"Report and run: {link}"] if link else []), f"Message {reference(message_id)}"]
    body = "<br>".join(map(escape, lines))
    return Message(
        message_id=message_id,
        brand=run.brand,
        owner=owner,
        process=run.process,
        subject=plain(f"[{run.brand}] {heading}", 120),
        body_text="\n\n".join([heading, "\n".join(lines), "\n".join(foot)]),
        body_html=f"<p><b>{escape(heading)}</b></p>\n<p>{body}</p>\n"
        f"<p>{'<br>'.join(map(escape, foot))}</p>",
        verdict="warning",
        created_at=run.started_at,
        destination=destination,
    )


def _title(title: str) -> str:
    return message_text(title, LINE_LENGTH)
