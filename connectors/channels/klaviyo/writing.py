"""How is a change sent to Klaviyo, and what is known of it afterwards?

A flow is `live`, `manual` (a person sends what it makes) or `draft`. We pause live ones and set
live what is a draft; a manual flow is left to people, for to start it again as `live` would send
what somebody wanted to look at. Each call goes out once; what Klaviyo answers is one of

    accepted    it shows the flow as it was wanted, or has nothing more to say
    refused     it says why not, or that a limit was met
    unknown     no answer, half of one, or an HTTP 5xx: it may have been carried out
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from config.words import Field, Level
from connectors import audience
from connectors.audience import Member, movement, sent_in_order
from connectors.base import RejectedError, TransientError
from connectors.changes import ENABLED, PAUSED, Change, Permit, Setting, Subject, Written
from connectors.channels.klaviyo import lists
from connectors.channels.klaviyo.calling import Calls
from connectors.channels.klaviyo.errors import LimitError, NotFoundError
from connectors.channels.klaviyo.mailings import FLOWS, flow_status
from connectors.one_by_one import Outcome, not_sent, one_by_one, sent_once

WRITABLE: frozenset[tuple[Level, Field]] = frozenset(
    [("campaign", "status"), ("account", "audience")]
)
STATUS = {PAUSED: "draft", ENABLED: "live"}


def refuse_unwritable(subjects: Iterable[Subject], account_id: str) -> None:
    """Raise `RejectedError` for what cannot be written, or does not name what it is about."""
    audience.refuse_unwritable("klaviyo", account_id, subjects, WRITABLE, lists.path_of)


def read(calls: Calls, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
    """Return what is true now. A flow that is not there is left out, as is a campaign: it is sent
    once, as a whole, and is no flow."""
    found: dict[Subject, Setting] = {}
    for subject in subjects:
        told = lists.setting if subject.field == "audience" else _status
        if (setting := told(calls, subject)) is not None:
            found[subject] = setting
    return found


def write(calls: Calls, permits: Sequence[Permit]) -> list[Written]:
    """Start and pause flows, each once."""
    if any(permit.change.subject.field == "audience" for permit in permits):
        raise RejectedError("klaviyo: an audience needs its people; use push")
    return one_by_one(permits, lambda change: _carry_out(calls, change))


def push(calls: Calls, change: Change, add: Sequence[Member], remove: Sequence[Member]) -> Written:
    """Put people into a list and take others out, once they are those of the change."""
    item = change.subject.item
    try:
        present = lists.profiles(calls, item)
        there = frozenset(present)
        moving = movement(change, there, add, remove, lists.member_key)
        coming, going = lists.moved(calls, moving, present)
        calls.throttle.wait()
    except (RejectedError, TransientError) as error:
        return not_sent(error).written
    return sent_in_order(list(lists.changes(calls, item, coming, going)), LimitError)


def objection(change: Change) -> str:
    """Return why a change would be refused, '' if it would not; nothing is asked."""
    if change.subject.field == "status" and change.after not in STATUS:
        return f"a flow becomes {ENABLED} or {PAUSED}, not {change.after}"
    return ""


def _status(calls: Calls, subject: Subject) -> Setting | None:
    """Return a flow's state, None if it is not there."""
    path = f"{FLOWS}/{subject.entity_id}"
    try:
        body = calls.get(path, **{"fields[flow]": "status,archived,updated"})
    except NotFoundError:
        return None
    with calls.shape(path):
        row: Any = body["data"]
        status, word = flow_status(row), row["attributes"]["status"]
        updated = row["attributes"].get("updated")
        changed_at = datetime.fromisoformat(updated) if updated else None
    fixed = "" if status in STATUS else "it is archived or in a state that marketloop does not know"
    if word == "manual":
        fixed = "it is manual: a person sends what it makes; set it live or draft at Klaviyo"
    return Setting(subject, status, fixed=fixed, changed_at=changed_at)


def _carry_out(calls: Calls, change: Change) -> Outcome:
    if wrong := objection(change):
        return Outcome(Written("refused", f"not sent: {wrong}"))
    try:
        calls.throttle.wait()
    except TransientError as error:
        return not_sent(error)
    status, id_ = STATUS[str(change.after)], change.subject.entity_id
    wanted = {"data": {"type": "flow", "id": id_, "attributes": {"status": status}}}

    def send() -> Written:
        calls.send("PATCH", f"{FLOWS}/{id_}", wanted)
        return Written("accepted")

    return sent_once(send, LimitError, lambda: calls.judge.request_id)
