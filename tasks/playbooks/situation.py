"""What does a playbook see? Everything that was read, as data; it asks nothing and nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from config.guardrails import Guardrails
from connectors.actions import Action
from connectors.changes import KeywordIdea, Setting, Subject
from connectors.records import Result
from tasks.cube import Cube
from tasks.targets import Targets
from tasks.vocabulary import Vocabulary

Place = tuple[int, Subject]
"""An account's key, and what would be changed in it."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a calendar month of some accounts together may cost, in the brand's currency."""

    platforms: frozenset[str]
    accounts: frozenset[int]
    monthly: float


@dataclass(frozen=True)
class Situation:
    """A brand's accounts on a process's platforms, as one run sees them. Frames as in `Reading`.

    `findings` come from checks evaluated on mature figures only: their windows end where the
    conversions (or whatever they rest on) have arrived.
    """

    brand: str
    process: str
    platform: str  # the first of them
    as_of: date
    now: datetime  # aware, UTC
    currency: str  # the brand's
    accounts: pd.DataFrame
    entities: Mapping[str, pd.DataFrame]  # by level
    findings: Sequence[Result]
    cubes: Mapping[str, Cube]  # by level; reach back as far as the playbooks asked
    vocabulary: Vocabulary
    targets: Targets
    lags: Mapping[int, Mapping[str, int]]
    """Account key to metric to the days its figures need to arrive (0: yesterday is complete)."""
    settings: Mapping[Place, Setting] = field(default_factory=dict)
    """What the platform says now of the places that the playbooks asked for. A place that is
    missing does not exist, or could not be read: propose nothing for it."""
    actions: Sequence[Action] = ()  # the brand's, of the last 90 days, newest first
    breakdowns: Mapping[tuple[int, str], pd.DataFrame] = field(default_factory=dict)
    """Account key and kind (`age,gender`) to rows: breakdown, date_day, and a column per metric."""
    ideas: Mapping[int, Sequence[KeywordIdea]] = field(default_factory=dict)  # by account key
    briefs: Sequence[Mapping[str, object]] = ()  # approved ones, see `config/briefs.py`
    guardrails: Guardrails = field(default_factory=Guardrails)
    """The brand's limits: what they would refuse is not worth proposing."""
    monthly_budgets: Mapping[str, float] = field(default_factory=dict)  # by platform, of the brand
    month_spend: Mapping[int, float] = field(default_factory=dict)  # by account key, so far
    spent_through: Mapping[int, date] = field(default_factory=dict)
    """Account key to the last day in `month_spend`; without an entry yesterday."""
    platforms: tuple[str, ...] = ()
    """All that the process is about, if they are several. Then there are `months` too, and what is
    known of the month of accounts that the run leaves out, for their figures are not there."""
    months: Sequence[Month] = ()
    unseen: Mapping[int, str] = field(default_factory=dict)
    """Account key to the name of those left out."""
