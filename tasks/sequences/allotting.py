"""Who of those who want to be written to now may be, and until when do the others wait?

A cap of m messages in d days lets nobody get more than m within any d * 24 hours, over all that
people got, may have got or are about to get. Whoever wants several messages gets the one of the
highest priority first, then the one that was planned first. What a ramp leaves goes to the highest
priority first, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from config.mail import Cap
from connectors.enrolments import NEVER, Codes, Keys, Seconds, Sent, moment, seconds
from tasks.sequences.zones import DAY

GRANTED, CAPPED, RAMPED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Wishes:
    """Messages that are wanted now, one per place."""

    person_key: Keys
    source: npt.NDArray[np.object_]  # `sequence:welcome`
    priority: Codes
    planned: Seconds

    def __len__(self) -> int:
        return len(self.person_key)


@dataclass(frozen=True, slots=True)
class Allotment:
    """What becomes of wishes, in their order."""

    verdict: Codes  # GRANTED, CAPPED, RAMPED
    until: Seconds  # CAPPED: the first moment at which caps let it pass


def allot(
    wishes: Wishes,
    sent: Sent,
    caps: Sequence[Cap],
    own_caps: Mapping[str, Sequence[Cap]],
    now: int,
    room: int | None,
) -> Allotment:
    """Return who may be written to now. `own_caps` hold within a source, `room` is how many
    messages a ramp leaves today, None for any number."""
    verdict = np.full(len(wishes), CAPPED)
    until = np.full(len(wishes), now)
    order = np.lexsort((wishes.person_key, wishes.planned, -wishes.priority))
    turn = _turns(wishes.person_key, order)
    for number in range(int(turn.max(initial=-1)) + 1):
        rows = order[turn[order] == number]
        free = _free_from(wishes, rows, sent, caps, own_caps)
        until[rows] = np.maximum(free, now)
        granted = rows[free <= now]
        verdict[granted] = GRANTED
        sent = with_these(sent, wishes, granted, now)
    if room is not None:
        granted = order[verdict[order] == GRANTED]
        verdict[granted[max(room, 0) :]] = RAMPED
    return Allotment(verdict, until)


def with_these(sent: Sent, wishes: Wishes, rows: Codes, now: int) -> Sent:
    """Return what people got, and these wishes granted now."""
    return Sent(
        np.concatenate([sent.person_key, wishes.person_key[rows]]),
        np.concatenate([sent.at, np.full(len(rows), now)]),
        np.concatenate([sent.source, wishes.source[rows]]),
    )


def none_sent() -> Sent:
    """Return that nobody got anything."""
    none = np.array([], np.int64)
    return Sent(none, none, np.array([], dtype=object))


def without_older(sent: Sent, caps: Sequence[Cap], now: int) -> Sent:
    """Return what any of these caps may still count."""
    longest = max((cap.days for cap in caps), default=0) * DAY
    kept = sent.at > now - longest
    return Sent(sent.person_key[kept], sent.at[kept], sent.source[kept])


def next_day(now: int, zone: str) -> int:
    """Return when the next day begins in a zone."""
    there = moment(now).astimezone(ZoneInfo(zone))
    return seconds(datetime.combine(there.date() + timedelta(days=1), time(), there.tzinfo))


def _turns(person_key: Keys, order: Codes) -> Codes:
    """Return which of its person's wishes each one is, in this order, from 0."""
    keys = person_key[order]
    by_person = np.argsort(keys, kind="stable")
    sorted_keys = keys[by_person]
    first = np.searchsorted(sorted_keys, sorted_keys)
    turn = np.empty(len(keys), np.int64)
    turn[order[by_person]] = np.arange(len(keys)) - first
    return turn


def _free_from(
    wishes: Wishes,
    rows: Codes,
    sent: Sent,
    caps: Sequence[Cap],
    own_caps: Mapping[str, Sequence[Cap]],
) -> Seconds:
    """Return from when on all caps let a message of these people pass."""
    free = _under(caps, wishes.person_key[rows], sent)
    for source, own in own_caps.items():
        here = np.flatnonzero(wishes.source[rows] == source)
        if not own or not len(here):
            continue
        mine = sent.source == source
        among = Sent(sent.person_key[mine], sent.at[mine], sent.source[mine])
        free[here] = np.maximum(free[here], _under(own, wishes.person_key[rows[here]], among))
    return free


def _under(caps: Sequence[Cap], person_key: Keys, sent: Sent) -> Seconds:
    """Return when the message that is m before the next one is d days old, of all caps the last."""
    order = np.lexsort((sent.at, sent.person_key))
    keys, at = sent.person_key[order], sent.at[order]
    first = np.searchsorted(keys, person_key, side="left")
    last = np.searchsorted(keys, person_key, side="right")
    free = np.full(len(person_key), NEVER)
    for cap in caps:
        counts = last - cap.messages
        full = np.flatnonzero(counts >= first)
        since = (
            at[counts[full]] if cap.messages else np.full(len(full), np.iinfo(np.int64).max // 4)
        )
        free[full] = np.maximum(free[full], since + cap.days * DAY)
    return free
