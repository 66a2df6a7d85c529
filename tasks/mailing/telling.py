"""Whom does a run tell at once of mail that was stopped, is in doubt or could not be written?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from json import dumps

from config.models import Owner
from connectors.records import Message
from tasks.messages import reference, safe_link
from tasks.report.escape import message_text, plain
from tasks.report.numbers import plural
from tasks.run import Run

LISTED = 15
LINE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class MailNews:
    """Something that somebody must know now. `key` tells it apart: it is told once."""

    key: str
    owner: str
    line: str


def mail_messages(
    run: Run, news: Sequence[MailNews], owners: Mapping[str, Owner]
) -> Iterator[Message]:
    """Yield a message per owner and way of reaching them; the same news gives the same ids."""
    first = next(iter(owners))
    told: dict[str, list[MailNews]] = {}
    for one in news:
        told.setdefault(one.owner if one.owner in owners else first, []).append(one)
    for owner, lines in told.items():
        for destination in dict.fromkeys(owners[owner].notify) or ("",):
            yield _message(run, owner, destination, lines)


def _message(run: Run, owner: str, destination: str, news: Sequence[MailNews]) -> Message:
    keys = sorted(one.key for one in news)
    about = [run.brand, run.process, "mail", owner, destination, keys]
    message_id = sha256(dumps(about).encode()).hexdigest()[:32]
    heading = f"Mail of {run.brand}: {plural(len(news), 'thing')} to look at"
    lines = [message_text(one.line, LINE_LENGTH) for one in news[:LISTED]]
    if len(news) > LISTED:
        lines.append(f"and {len(news) - LISTED} more")
    lines.append(f"All of it: marketloop mail status --brand {run.brand}")
    link = safe_link(run.link)
    foot = [*([f"Run: {link}"] if link else []), f"Message {reference(message_id)}"]
    return Message(
        message_id=message_id,
        brand=run.brand,
        owner=owner,
        process=run.process,
        subject=plain(f"[{run.brand}] {heading}", 120),
        body_text="\n\n".join([heading, "\n".join(lines), "\n".join(foot)]),
        body_html=f"<p><b>{escape(heading)}</b></p>\n<p>{'<br>'.join(map(escape, lines))}</p>\n"
        f"<p>{'<br>'.join(map(escape, foot))}</p>",
        verdict="critical",
        created_at=run.started_at,
        destination=destination,
    )
