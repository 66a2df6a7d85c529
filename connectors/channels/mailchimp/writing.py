"""How is a change sent to Mailchimp, and what is known of it afterwards?

An automation is started or paused as a whole; a campaign is sent once and nothing about it can be
taken back. Each call goes out once; what Mailchimp answers is one of

    accepted    it says so, or says nothing more
    refused     it says why not, or that too many calls were made at once
    unknown     no answer, half of one, or an HTTP 5xx: it may have been carried out
"""

from collections.abc import Iterable, Sequence

from config.words import Field, Level
from connectors import audience
from connectors.audience import Member, movement, sent_in_order
from connectors.base import RejectedError, TransientError
from connectors.changes import ENABLED, PAUSED, Change, Permit, Setting, Subject, Written
from connectors.channels.mailchimp import segments
from connectors.channels.mailchimp.calling import Calls
from connectors.channels.mailchimp.errors import LimitError, NotFoundError
from connectors.channels.mailchimp.mailings import AUTOMATIONS, CAMPAIGNS, status_of
from connectors.one_by_one import Outcome, not_sent, one_by_one, sent_once

WRITABLE: frozenset[tuple[Level, Field]] = frozenset(
    [("campaign", "status"), ("account", "audience")]
)
ACTIONS = {PAUSED: "pause-all-emails", ENABLED: "start-all-emails"}
DRAFT = "save"


def refuse_unwritable(subjects: Iterable[Subject], account_id: str) -> None:
    """Raise `RejectedError` for what cannot be written, or does not name what it is about."""
    audience.refuse_unwritable("mailchimp", account_id, subjects, WRITABLE, segments.path_of)


def read(calls: Calls, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
    """Return what is true now; a campaign or automation that is not there is left out."""
    found: dict[Subject, Setting] = {}
    for subject in subjects:
        told = segments.setting if subject.field == "audience" else _status
        if (setting := told(calls, subject)) is not None:
            found[subject] = setting
    return found


def write(calls: Calls, permits: Sequence[Permit]) -> list[Written]:
    """Start and pause automations, each once."""
    if any(permit.change.subject.field == "audience" for permit in permits):
        raise RejectedError("mailchimp: an audience needs its people; use push")
    return one_by_one(permits, lambda change: _carry_out(calls, change))


def push(calls: Calls, change: Change, add: Sequence[Member], remove: Sequence[Member]) -> Written:
    """Put people into a segment and take others out, once they are those of the change."""
    item = change.subject.item
    try:
        present = segments.members(calls, item)
        moving = movement(change, present, add, remove, segments.member_key)
        calls.throttle.wait()
    except (RejectedError, TransientError) as error:
        return not_sent(error).written
    return sent_in_order(list(segments.changes(calls, item, moving)), LimitError)


def objection(change: Change) -> str:
    """Return why a change would be refused, '' if it would not; nothing is asked."""
    if change.subject.field == "status" and change.after not in ACTIONS:
        return f"an automation becomes {ENABLED} or {PAUSED}, not {change.after}"
    return ""


def _status(calls: Calls, subject: Subject) -> Setting | None:
    """Return an automation's state, or a campaign's, which is fixed; None if neither is there."""
    path = f"{AUTOMATIONS}/{subject.entity_id}"
    try:
        row = calls.get(path, "id,status")
        with calls.shape(path):
            draft = row["status"] == DRAFT
            known = status_of(row) in ACTIONS
            fixed = "" if known and not draft else f"it is {row['status']}: see to it at Mailchimp"
            return Setting(subject, status_of(row), fixed=fixed)
    except NotFoundError:
        pass
    path = f"{CAMPAIGNS}/{subject.entity_id}"
    try:
        row = calls.get(path, "id,status")
    except NotFoundError:
        return None
    with calls.shape(path):
        return Setting(subject, status_of(row), fixed="a campaign is sent once, as a whole")


def _carry_out(calls: Calls, change: Change) -> Outcome:
    if wrong := objection(change):
        return Outcome(Written("refused", f"not sent: {wrong}"))
    action = ACTIONS[str(change.after)]
    try:
        calls.throttle.wait()
    except TransientError as error:
        return not_sent(error)

    def send() -> Written:
        calls.send(f"{AUTOMATIONS}/{change.subject.entity_id}/actions/{action}")
        return Written("accepted")

    return sent_once(send, LimitError)
