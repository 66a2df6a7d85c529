"""Whose turn is it? Which of two wordings the next publication of a test has.

Neither wording may have the better weekdays, hours or posts. So each publication gets the wording
of which less came before in the same weekday, the same hour, the same post and over all
(minimisation: Taves, Clinical Pharmacology and Therapeutics 15, 1974), and none is ever two ahead.
Where nothing speaks for either it is drawn from the test's name and the number of the publication:
so whoever asks gets the same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

MOST_AHEAD = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """A publication of a test on one account, whether it is out or on its way."""

    post: str  # the content file's name
    arm: str
    due_at: datetime


def next_arm(
    test: str,
    arms: Sequence[str],
    before: Iterable[Turn],
    post: str,
    due_at: datetime,
    zone: ZoneInfo,
) -> str:
    """Return one of two arms for a publication of `post` that is due at a moment.

    `before` are the test's turns on the account; those that are not due earlier do not count.
    """
    first, second = arms
    turns = sorted(
        (it for it in before if it.due_at < due_at and it.arm in arms), key=lambda it: it.due_at
    )
    ahead = sum(_sign(it, first) for it in turns)
    if abs(ahead) > MOST_AHEAD:
        return second if ahead > 0 else first
    local = due_at.astimezone(zone)
    lean = ahead
    for turn in turns:
        its = turn.due_at.astimezone(zone)
        alike = (its.weekday() == local.weekday()) + (its.hour == local.hour) + (turn.post == post)
        lean += alike * _sign(turn, first)
    if lean:
        return second if lean > 0 else first
    return arms[sha256(f"{test}/{len(turns)}".encode()).digest()[0] % 2]


def _sign(turn: Turn, first: str) -> int:
    return 1 if turn.arm == first else -1
