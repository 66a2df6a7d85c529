"""What does a report say of mail to customers? Plain data, and nothing of anybody in particular.

None is an unknown figure. Names come from files and are data, not yet escaped. Moments are in the
brand's time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from config.mail import Stage
from connectors.base import Window
from connectors.mail_lists import ListAges, ListCounts
from connectors.sending_domain.facts import State


@dataclass(frozen=True, slots=True)
class Growth:
    """What came to the list and went from it."""

    came: int
    unsubscribed: int
    bounced: int
    since: date | None  # None: all of the days; else nobody was known before

    @property
    def net(self) -> int:
        """By how many the list has grown."""
        return self.came - self.unsubscribed - self.bounced


@dataclass(frozen=True, slots=True)
class Size:
    """How many people are in a group, and how many were a week ago."""

    now: int
    before: int | None = None  # None: nobody had counted then, nor who came and went since
    entered: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class StageRow:
    """Customers at the same place in their life with the brand."""

    stage: Stage
    size: Size
    expected: float | None  # money in the next 365 days, of all whom a model tells of; None: none
    told: int  # so many


@dataclass(frozen=True, slots=True)
class Move:
    """People who went from one stage to another within the week."""

    left: Stage
    entered: Stage
    people: int


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment of the brand's file."""

    title: str
    size: Size
    unknown: int  # people of whom it cannot be told whether they are in it


@dataclass(frozen=True, slots=True)
class Shared:
    """People who are in two segments."""

    one: str
    other: str
    people: int


@dataclass(frozen=True, slots=True)
class CustomerList:
    """Who the brand's customers are."""

    currency: str
    counts: ListCounts
    ages: ListAges
    growth: Growth | None  # None: nobody was known
    stages: tuple[StageRow, ...]  # empty: nobody can be told a stage, as no order is known
    moves: tuple[Move, ...]  # most people first
    moves_left: int
    no_model: str  # why nobody's value can be expected; '' if it can
    segments: tuple[SegmentRow, ...]
    shared: tuple[Shared, ...]  # most people first
    shared_left: int


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of messages."""

    sent: float | None = None
    delivered: float | None = None
    bounced: float | None = None
    complained: float | None = None
    unsubscribed: float | None = None
    clicked: float | None = None
    converted: float | None = None
    revenue: float | None = None  # of what was converted


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A step of a sequence, or an arm of a campaign."""

    name: str
    template: str  # '' if it is not known any more
    reached: Reached


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A sequence or campaign."""

    title: str
    state: str  # '' if there is no such file any more
    template: str  # '' where there are several messages
    reached: Reached
    messages: tuple[MessageRow, ...]  # none where there is only one


@dataclass(frozen=True, slots=True)
class Inside:
    """Who stands where in a sequence."""

    title: str
    state: str
    people: int
    steps: tuple[tuple[str, int], ...]  # what they wait for, in the order of the sequence
    finished: int
    left: tuple[tuple[str, int], ...]  # reasons, most people first


@dataclass(frozen=True, slots=True)
class TestArm:
    """One of the messages that a campaign compares."""

    __test__ = False

    name: str
    sent: int
    successes: int
    won: bool


@dataclass(frozen=True, slots=True)
class TestRow:
    """The test of a campaign."""

    __test__ = False

    title: str
    metric: str
    arms: tuple[TestArm, ...]
    until: datetime  # when it ended, or will
    reason: str  # how it ended; '' while it has not


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps messages from people."""

    kind: Literal["halted", "in doubt", "given up"]
    source: str
    count: int | None  # messages; None: all of it
    since: datetime | None
    why: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out by ourselves, and what did not."""

    window: Window
    unknown_days: int  # of it
    currency: str
    sequences: tuple[SourceRow, ...]  # most messages first
    campaigns: tuple[SourceRow, ...]
    left: int  # further sequences and campaigns
    inside: tuple[Inside, ...]
    troubles: tuple[Trouble, ...]
    troubles_left: int
    tests: tuple[TestRow, ...]


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """The mailboxes of a provider."""

    name: str
    reached: Reached


@dataclass(frozen=True, slots=True)
class DomainState:
    """What the DNS says of the domain that sends."""

    domain: str
    looked_at: datetime
    old: bool  # it may have changed since
    records: tuple[tuple[str, State], ...]  # ("SPF", "ok"), ...
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """What a brand sends by itself."""

    sent: Sent
    providers: tuple[ProviderRow, ...]  # most messages first
    domain: DomainState | None  # None: nobody has looked
    domain_asked: bool  # whether anybody is to look


@dataclass(frozen=True, slots=True)
class Mail:
    """A brand's mail to its customers."""

    customers: CustomerList | None  # None: it has no list of them
    sending: Sending | None  # None: services send, and tell their figures themselves
