"""What is in a report? Plain data; every renderer shows the same.

None is an unknown figure everywhere. Names and error texts are data, not yet escaped for any
destination. Amounts are in the currency that stands beside them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from config.models import Firing, Mode
from connectors.base import Window
from connectors.records import Verdict
from tasks.paid_and_found import PaidAndFound
from tasks.report.change_model import Changes
from tasks.report.mail_model import Mail
from tasks.report.numbers import change
from tasks.report.site_model import Crawled, Lacking, Movers, SiteLog
from tasks.report.social_model import PlanAhead, SocialAccount
from tasks.report.work_model import Work
from tasks.rules import ActingRule

SEVERITY: tuple[Verdict, ...] = ("critical", "warning", "unknown", "ok")
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A KPI or metric, and how to read it."""

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher", "neither"] = "neither"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over the period, beside what it should be and what it was."""

    now: float | None
    previous: float | None = None
    target: float | None = None
    verdict: Verdict | None = None  # the worst on this measure; None: no check looked at it

    @property
    def change(self) -> float | None:
        """The relative change against the previous period."""
        return change(self.now, self.previous)


@dataclass(frozen=True, slots=True)
class Series:
    """A measure per day. A gap is None."""

    start: date
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """A finding that somebody should look at."""

    verdict: Firing
    check: str  # its title
    level: str
    name: str  # of the entity
    account: str
    sentence: str
    owner: str
    open_since: date | None
    measure: Measure | None  # None: a fact, not a figure
    figure: Figure
    currency: str
    series: Series | None
    beside: str = ""  # what another family of processes knows of it


@dataclass(frozen=True, slots=True)
class FurtherFindings:
    """Findings of one check that did not fit into the list."""

    verdict: Firing
    check: str
    count: int


@dataclass(frozen=True, slots=True)
class AlsoFound:
    """What a check found where it matters too little to wake anybody."""

    check: str  # its title
    count: int
    examples: tuple[str, ...]  # a few sentences


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One entity, or several together. `figures` in the order of `Report.measures`."""

    name: str
    figures: tuple[Figure, ...]
    verdict: Verdict | None = None
    status: str = ""  # said only when it is not `enabled`


@dataclass(frozen=True, slots=True)
class KpiTable:
    """An account: its total, its largest entities, and the others in one row."""

    account: str
    currency: str
    level: str
    period: Window  # ends earlier than the report's where the account's data is behind
    total: KpiRow
    rows: tuple[KpiRow, ...]
    rest: KpiRow | None
    own_total: bool = False  # as the platform counts it, which need not be the sum of the rows


@dataclass(frozen=True, slots=True)
class Trend:
    """A measure of a whole account, day by day."""

    account: str
    currency: str
    measure: Measure
    series: Series
    target: float | None
    changed: frozenset[date] = frozenset()  # days on which an action changed something


@dataclass(frozen=True, slots=True)
class Plan:
    """What a calendar month has cost so far against its budget."""

    scope: str  # the account, or all accounts of the platform
    currency: str  # of the budget
    month: Window
    through: date  # the last complete day
    budget: float
    spent: float | None  # on the days that are known; None if there is none, or no rate for it
    unknown_days: int  # of the days so far
    other_currency: bool = False  # what is spent is in another currency than the budget

    @property
    def elapsed_days(self) -> int:
        """How many days of the month are complete."""
        return (self.through - self.month.start).days + 1

    @property
    def even_pace(self) -> float:
        """What would be spent by now if every day cost the same."""
        return self.budget * self.elapsed_days / self.month.days

    @property
    def projected(self) -> float | None:
        """Simple extrapolation: the mean of the known days so far, for every day of the month."""
        known_days = self.elapsed_days - self.unknown_days
        if self.spent is None or known_days <= 0:
            return None
        return self.spent / known_days * self.month.days


@dataclass(frozen=True, slots=True)
class Breakdown:
    """An account's figures over the period by the platform's own breakdown."""

    account: str
    title: str
    currency: str
    measures: tuple[Measure, ...]
    rows: tuple[KpiRow, ...]
    rest: KpiRow | None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why some verdicts are `unknown`."""

    reason: str  # for people
    count: int
    checks: tuple[tuple[str, int], ...]  # title and count, most first
    examples: tuple[str, ...]  # a few sentences


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old an account's data is."""

    account: str
    last_day: date | None  # the last complete day in the warehouse
    last_pull: datetime | None  # aware, UTC
    error: str = ""  # of the latest pull, if it failed


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A check that the brand does without."""

    check: str  # its title
    reason: str


@dataclass(frozen=True, slots=True)
class FailedAccount:
    """An account whose data did not arrive in this run."""

    account: str
    error: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way to something else. The address is ours, never data."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run of a process for a brand."""

    brand: str
    process: str
    objective: str
    as_of: date
    mode: Mode
    period: Window
    previous: Window
    counts: tuple[tuple[Verdict, int], ...]  # verdicts, in the order of SEVERITY
    measures: tuple[Measure, ...]
    changes: Changes
    attention: tuple[Attention, ...] = ()
    further: tuple[FurtherFindings, ...] = ()
    failed: tuple[FailedAccount, ...] = ()
    plans: tuple[Plan, ...] = ()
    tables: tuple[KpiTable, ...] = ()
    trends: tuple[Trend, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    switched_off: tuple[SwitchedOff, ...] = ()
    links: tuple[Link, ...] = ()
    trends_left_out: int = 0
    sort_by: str = "Spend"  # the title of the metric by which the largest come first
    work: Work = field(default_factory=Work)
    also_found: tuple[AlsoFound, ...] = ()
    movers: tuple[Movers, ...] = ()
    site_log: SiteLog | None = None  # None: no site is watched
    crawled: tuple[Crawled, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    paid_and_found: PaidAndFound | None = None  # None: one of the two is not known
    social: tuple[SocialAccount, ...] = ()
    plan_ahead: PlanAhead | None = None  # None: it is not about social networks
    mail: Mail | None = None  # None: it is not about mail to customers
    rules: tuple[ActingRule, ...] = ()  # that may change things alone
