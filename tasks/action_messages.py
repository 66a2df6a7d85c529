"""Which changes wait for whose decision, and what does the message about them say?

One message per owner and run, with a link per decision that opens its form filled in; changes that
are one decision stand together, under one link. Without a Prefect server the command to type stands
there instead.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from itertools import groupby
from json import dumps

from config.models import Owner
from connectors.actions import Action, Proposal
from connectors.records import Message
from tasks.change_wording import effect, what
from tasks.joint import Joint, joints, summary
from tasks.messages import reference, safe_link
from tasks.report.escape import message_text, plain
from tasks.report.numbers import plural
from tasks.run import Run

LISTED = 8
"""At most this many decisions are written out."""
PARTS = 20
"""At most this many changes of one decision are."""

SENTENCE_LENGTH = 300
CHANGE_LENGTH = 200
EVIDENCE = 2
"""So many sentences about a whole decision: what it moves, and what is expected of it."""

Links = Callable[[Joint], str]
"""The address of a decision's form, '' if there is none."""


def waiting_messages(
    run: Run, waiting: Iterable[Action], owners: Mapping[str, Owner], links: Links
) -> Iterator[Message]:
    """Yield a message per owner and way of reaching them.

    What was recorded together is told together, under an id that stays the same when some of it
    is decided by now; a decision that has another version since is told by itself.
    """
    first = next(iter(owners), "")

    def told_as(whole: Joint) -> tuple[str, str]:
        action = whole.parts[0]
        owner = action.proposal.owner if action.proposal.owner in owners else first
        if any(part.version > 1 for part in whole.parts):
            return owner, f"{action.action_id} {whole.version}"
        return owner, action.created_at.isoformat()

    ordered = sorted(joints(waiting), key=lambda whole: (*told_as(whole), whole.parts[0].action_id))
    for (owner, told), group in groupby(ordered, key=told_as):
        decisions = list(group)
        for destination in dict.fromkeys(owners[owner].notify if owner else ()) or ("",):
            yield _message(run, owner, destination, told, decisions, links)


def _message(
    run: Run, owner: str, destination: str, told: str, decisions: Sequence[Joint], links: Links
) -> Message:
    about = [run.brand, run.process, "waiting", owner, destination, told]
    message_id = sha256(dumps(about).encode()).hexdigest()[:32]
    count = sum(len(whole.parts) for whole in decisions)
    heading = f"{plural(count, 'change')} of {run.brand} waiting for your decision"
    paragraphs = [_paragraph(whole, links(whole)) for whole in decisions[:LISTED]]
    left = sum(len(whole.parts) for whole in decisions[LISTED:])
    if left > 0:
        paragraphs.append([f"and {left} more: marketloop actions list --brand {run.brand}"])
    paragraphs.append([f"Message {reference(message_id)}"])
    return Message(
        message_id=message_id,
        brand=run.brand,
        owner=owner,
        process=run.process,
        subject=plain(f"[{run.brand}] {heading}", 120),
        body_text="\n\n".join([heading, *("\n".join(lines) for lines in paragraphs)]),
        body_html="\n".join(
            [
                f"<p><b>{escape(heading)}</b></p>",
                *(f"<p>{'<br>'.join(map(escape, lines))}</p>" for lines in paragraphs),
            ]
        ),
        verdict="warning",
        created_at=run.started_at,
        destination=destination,
    )


def _paragraph(whole: Joint, link: str) -> list[str]:
    action = whole.parts[0]
    command = f"marketloop actions approve {action.action_id}"
    if len(whole.parts) == 1:
        lines = [_change(action), *_grounds(action.proposal)]
        return [*lines, f"Decide: {safe_link(link) or command}"]
    left = len(whole.parts) - PARTS
    return [
        message_text(f"This is {summary(whole)}:", CHANGE_LENGTH),
        *(_change(part) for part in whole.parts[:PARTS]),
        *([f"and {left} more: marketloop actions explain {action.action_id}"] if left > 0 else []),
        *(message_text(line, SENTENCE_LENGTH) for line in action.proposal.evidence[:EVIDENCE]),
        *_risk(action.proposal),
        f"Decide on all {len(whole.parts)} at once: {safe_link(link) or command}",
    ]


def _change(action: Action) -> str:
    return f"{action.action_id}: {message_text(what(action.proposal), CHANGE_LENGTH)}"


def _grounds(proposal: Proposal) -> list[str]:
    lines = [message_text(proposal.sentence, SENTENCE_LENGTH)]
    if proposal.expected:
        expected = effect(proposal.expected, proposal.currency)
        lines.append(f"Expected: {message_text(expected, CHANGE_LENGTH)}")
    return [*lines, *_risk(proposal)]


def _risk(proposal: Proposal) -> list[str]:
    return [f"Wrong if: {message_text(proposal.risk, SENTENCE_LENGTH)}"] if proposal.risk else []
