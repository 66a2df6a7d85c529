"""How large is the list of people that a brand writes to, how does it grow, and how do they move?

Plain records: counts only, nobody in particular.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many people there are now."""

    known: int
    addressed: int  # with an address
    subscribed: int
    suppressed: int  # whose address nothing is sent to, whatever they agreed to
    welcome: int  # who may be written to: subscribed, with an address, not suppressed


@dataclass(frozen=True, slots=True)
class ListAges:
    """How long ago those who are subscribed agreed, or signed up where only that is known."""

    quarter: int  # up to 90 days
    year: int  # longer, up to 365
    two_years: int  # longer, up to 730
    older: int
    unknown: int


@dataclass(frozen=True, slots=True)
class ListGrowth:
    """What came to a list and went from it. Nobody is in two of the counts."""

    since: datetime  # later than was asked for if nobody was known before
    came: int  # now subscribed who was not
    unsubscribed: int  # not any more, complaints among them
    bounced: int  # still subscribed, and mail does not arrive


@dataclass(frozen=True, slots=True)
class Turnover:
    """Who is in a segment on a day, and on an earlier one."""

    segment: str
    first: date  # since when anybody was ever in it
    now: int
    before: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class EndedTest:
    """How the test of a campaign ended."""

    arm: str
    at: datetime
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)  # sent_<arm>, successes_<arm>, ...
