"""What does a report say of changes? Plain data; texts are not yet escaped for any destination."""

from dataclasses import dataclass
from datetime import date, datetime

from connectors.actions import ActionState, Judged
from connectors.records import Verdict


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop switch that is on, and what it holds back."""

    scope: str
    since: datetime
    who: str
    why: str
    command: str  # that releases it


@dataclass(frozen=True, slots=True)
class Entry:
    """One action of the ledger in words. What is not known or not there is ''."""

    number: int
    state: ActionState
    what: str  # what changes, from what to what; of a task what there is to do
    why: str
    evidence: tuple[str, ...]
    expected: str  # with its range
    risk: str
    undo: str
    ends_on: date | None  # the value before comes back by itself
    until: datetime  # a decision is possible
    owner: str
    approvals: tuple[str, ...]
    account: str
    playbook: str  # its title
    verdict: Verdict
    explanation: str  # of the state
    at: datetime  # since when it is in that state
    applied_at: datetime | None
    judged: Judged | None
    measured: str  # with its range
    link: str  # to the form of the decision
    asked: str = ""  # why a person decides although the playbook may act
    task: bool = False  # for a person to carry out, whatever it is


@dataclass(frozen=True, slots=True)
class Listed:
    """Actions, and how many more there are than the list has room for."""

    entries: tuple[Entry, ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What is decided on in one go: one change, or several of one playbook for one reason."""

    parts: tuple[Entry, ...]
    count: int  # of all parts, those that stand elsewhere included
    together: bool = False  # one decision: all parts or none


@dataclass(frozen=True, slots=True)
class Refused:
    """Changes that were refused for one reason."""

    reason: str  # for people
    count: int
    examples: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """How often a playbook's judged changes improved things. The range holds with 80 %."""

    playbook: str  # its title
    improved: int
    worse: int
    inconclusive: int
    rate: float
    low: float
    high: float

    @property
    def judged(self) -> int:
        """How many were judged: the sample."""
        return self.improved + self.worse + self.inconclusive


@dataclass(frozen=True, slots=True)
class Changes:
    """What was proposed, refused, approved and carried out, and how it turned out.

    Every list is bounded, whatever the number of actions.
    """

    since: date  # `recent` and what was refused go back to the beginning of this day (UTC)
    stopped: tuple[Stopped, ...] = ()
    waiting: tuple[Choice, ...] = ()
    further: Listed = Listed()  # that wait too
    tasks: Listed = Listed()
    recent: Listed = Listed()
    observed: Listed = Listed()
    refused: tuple[Refused, ...] = ()
    outcomes: Listed = Listed()
    records: tuple[Record, ...] = ()  # per playbook
    ledger: tuple[Entry, ...] = ()  # of the table artifact: what waits, then the newest
