"""Who is where in which sequence, and what changes? Columns of equal length, one place per person
and sequence.

Moments stand here as whole seconds since 1970 (UTC) in int64, so that a million of them can be
reckoned with at once. Texts that few rows differ in stand as a code, the place in a tuple of texts.
Only people whose next step is due are ever loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from connectors.mail import DueMail, SourceKind

Seconds = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]
Keys = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NEVER = np.iinfo(np.int64).min
"""A moment that is not known or has not been."""

FREE, HELD, HANDED, DEFERRED = 0, 1, 2, 3
"""What the ledger of messages says of the message of the step that somebody is at. HELD: a worker
has it. HANDED: it is over: sent, perhaps sent, or refused. DEFERRED: it may be claimed again."""

MAY, UNSUBSCRIBED, SUPPRESSED, GONE = 0, 1, 2, 3
"""Whether somebody may be written to. UNSUBSCRIBED: without consent, for whatever reason."""

EnrolmentState = Literal["active", "finished", "left"]

LeaveReason = Literal[
    "unsubscribed", "suppressed", "erased", "segment", "order", "after_days", "retired",
    "condition", "changed",
]  # fmt: skip
SkipReason = Literal["late", "cap", "ramp", "never_open"]


def seconds(moment: datetime) -> int:
    """Return an aware moment as whole seconds, rounded down."""
    if moment.tzinfo is None:
        raise ValueError(f"moment {moment.isoformat()} has no time zone")
    return int(moment.timestamp() // 1)


def moment(at: int) -> datetime:
    """Return seconds as an aware moment."""
    return datetime.fromtimestamp(at, UTC)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """People whose next step in a sequence is due."""

    brand: str
    sequences: tuple[str, ...]
    sequence: Codes
    person_key: Keys
    round: Codes  # how often the person has entered, from 1
    entered_at: Seconds
    versions: tuple[str, ...]
    version: Codes
    steps: tuple[str, ...]
    step: Codes
    arm_texts: tuple[str, ...]  # JSON: {"split": "arm"}
    arms: Codes
    planned_at: Seconds
    due_at: Seconds
    ledger: Codes  # FREE, HELD, HANDED, DEFERRED
    ledger_at: Seconds  # HANDED: when; DEFERRED: from when on it may be tried again

    def __len__(self) -> int:
        return len(self.person_key)


@dataclass(frozen=True, slots=True)
class People:
    """What decides about people, one place per row of that which it stands beside."""

    zones: tuple[str, ...]  # IANA; '' is unknown
    zone: Codes
    standing: Codes  # MAY, UNSUBSCRIBED, SUPPRESSED, GONE
    last_order: Seconds  # NEVER: none
    segments: Mapping[str, Truths] = field(default_factory=dict)
    figures: Mapping[str, Floats] = field(default_factory=dict)  # NaN is unknown

    def __len__(self) -> int:
        return len(self.zone)


@dataclass(frozen=True, slots=True)
class Sent:
    """Messages that people got, may have got, or are about to get; in no particular order."""

    person_key: Keys
    at: Seconds
    source: npt.NDArray[np.object_]  # `sequence:welcome`, `campaign:spring`


@dataclass(frozen=True, slots=True)
class Skip:
    """A message that was due and will never be sent."""

    brand: str
    kind: SourceKind
    source: str
    step: str
    round: int
    person_key: int
    due_at: datetime
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Changes:
    """What enrolments become: `row` is the place in `Enrolled`, the rest is how it is after."""

    row: Codes
    round: Codes
    version: list[str]
    step: list[str]  # '' once it has ended
    arms: list[str]  # JSON
    state: list[EnrolmentState]
    reason: list[str]
    planned_at: Seconds  # NEVER once it has ended
    due_at: Seconds

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Moves:
    """What a moment brings: how people move, what they should get now, what they never will."""

    changes: Changes
    messages: tuple[DueMail, ...]
    skips: tuple[Skip, ...]


@dataclass(frozen=True, slots=True)
class Occasions:
    """What may let people into a sequence."""

    person_key: Keys
    at: Seconds
    entry: tuple[str, ...]  # `order 536365`; the same entry never lets somebody in twice


@dataclass(frozen=True, slots=True)
class Inside:
    """How people stand to a sequence that they have been in, in no particular order."""

    person_key: Keys
    round: Codes
    entered_at: Seconds
    entry: tuple[str, ...]
    active: Truths


@dataclass(frozen=True, slots=True)
class Entries:
    """Who comes into a sequence now."""

    sequence: str
    version: str
    step: str
    at: int  # seconds
    person_key: Keys
    round: Codes
    entry: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.person_key)
