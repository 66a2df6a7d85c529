"""Why may a message not be claimed? The first reason that holds, of a closed list.

Plain comparisons of what `mail_claim_facts.py` has read; no I/O.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from config.mail import Cap
from connectors.mail import DueMail, NotClaimed, NotClaimedReason
from connectors.warehouse.mail_claim_facts import Facts, Source, message_of


def refusal(
    due: DueMail,
    facts: Facts,
    caps: Sequence[Cap],
    own_caps: Mapping[Source, Sequence[Cap]],
    a_day: int | None,
    now: datetime,
) -> NotClaimed | None:
    """Return why a message may not be claimed, None if it may. `caps` hold over all that a person
    gets, `own_caps` over what he gets of one sequence."""
    earlier = facts.earlier.get(message_of(due))
    if message_of(due) in facts.taken or (
        earlier and earlier.state not in ("released", "deferred")
    ):
        return NotClaimed(due, "claimed_before")
    if now > due.not_after:
        return NotClaimed(due, "too_late")
    if reason := _unwanted(due, facts):
        return NotClaimed(due, reason)
    if facts.stopped:
        return NotClaimed(due, "stopped")
    if (due.kind, due.source) in facts.stopped_sources:
        return NotClaimed(due, "source_stopped")
    if now < due.not_before:
        return NotClaimed(due, "too_early", due.not_before)
    if earlier and earlier.retry_at and earlier.retry_at > now:
        return NotClaimed(due, "put_off", earlier.retry_at)
    if free := _free_at(due, facts, caps, own_caps, now):
        return NotClaimed(due, "over_cap", free)
    if a_day is not None and facts.handed_today >= a_day:
        return NotClaimed(due, "over_ramp")
    return None


def _unwanted(due: DueMail, facts: Facts) -> NotClaimedReason | None:
    """Return why the person must not get it, whenever it is."""
    person = facts.people.get(due.person_key)
    if person is None:
        return "unknown_person"
    if person.address_key is None:
        return "no_address"
    if person.consent != "subscribed":
        return "no_consent"
    if person.address_key in facts.suppressed:
        return "suppressed"
    if due.kind == "sequence" and not facts.enrolled(due):
        return "left"
    return None


def _free_at(
    due: DueMail,
    facts: Facts,
    caps: Sequence[Cap],
    own_caps: Mapping[Source, Sequence[Cap]],
    now: datetime,
) -> datetime | None:
    """Return from when on all caps let a message through, None if they do now."""
    source, recent = (due.kind, due.source), facts.recent.get(due.person_key, ())
    own = [moment for its, moment in recent if its == source]
    free = (
        cap_free_at([moment for _, moment in recent], caps, now),
        cap_free_at(own, own_caps.get(source, ()), now),
    )
    return max((moment for moment in free if moment), default=None)


def cap_free_at(moments: Sequence[datetime], caps: Sequence[Cap], now: datetime) -> datetime | None:
    """Return from when on the caps let the next message through, None if they do now.

    `moments`: when a person's messages were handed over, in any order. A cap of `n` messages in
    `d` days lets a message through once the n-th last one is `d` times 24 hours old. A cap of none
    never does: then it is a cap's length from now.
    """
    newest = sorted(moments, reverse=True)
    free = [
        (newest[cap.messages - 1] if cap.messages else now) + timedelta(days=cap.days)
        for cap in caps
        if len(newest) >= cap.messages
    ]
    latest = max(free, default=now)
    return latest if latest > now else None
