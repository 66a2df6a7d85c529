"""What a business decides, as typed models: the shapes of every YAML file under `config/`.

A file is right by itself when these models take it. What must fit between files (a target names
a KPI that exists, a check names an owner of the brand) is checked in `config/library.py`.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A name that people type and programs look up: lower case, digits, underscores."""

Level = Literal["account", "campaign", "ad_group", "ad", "keyword", "search_term"]
Mode = Literal["observe", "propose", "act"]
Firing = Literal["warning", "critical"]
Unit = Literal["money", "count", "percent", "ratio", "days"]

SecretRef = Annotated[str, StringConstraints(pattern=r"^(env|block):[A-Za-z][A-Za-z0-9_-]*$")]
"""Where a secret is, never the secret: `env:NAME` (environment or .env) or `block:name` (Prefect)."""


class Model(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- metrics.yaml, kpis.yaml -------------------------------------------------------------------


class Metric(Model):
    """A number pulled per day and entity, and where each platform has it."""

    title: str
    unit: Unit
    weight: str = ""
    """Over days and entities the metric is summed; with a weight (another metric) it is the mean
    weighted by that, as an impression share or a position needs."""
    sources: dict[str, str] = {}
    """Connector name to its field, for metrics beyond the core ones: `google_ads: metrics.x`."""


class Kpi(Model):
    """A formula over metrics. Ratios are ratios of sums over the window."""

    title: str
    formula: str
    unit: Unit
    better: Literal["lower", "higher", "neither"]


# --- checks/*.yaml -----------------------------------------------------------------------------


class Filter(Model):
    """Which entities of the level a check looks at; all conditions must hold."""

    status: tuple[Literal["enabled", "paused", "removed", "ended", "unknown"], ...] = ()
    name: str = ""
    """A shell pattern on the entity's name, upper and lower case alike: `*brand*`."""
    not_name: str = ""
    label: str = ""


class Case(Model):
    """One rung of a check. The first case whose condition holds gives the verdict."""

    when: str
    verdict: Firing


class Check(Model):
    """A condition on figures over a window."""

    name: Name
    level: Level
    filter: Filter = Filter()
    kpi: Name
    """The KPI or metric whose value, target and change the finding shows."""
    window: Annotated[
        str,
        StringConstraints(pattern=r"^(yesterday|last_[1-9]\d{0,2}_days|week_to_date|month_to_date)$"),
    ]
    minimum: dict[Name, float] = {}
    """Metric to the least sum in the window; below it the verdict is unknown, too little data."""
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    owner: str = ""
    sentence: str
    """A template. Fields: {name}, {value}, {target}, {previous}, {change}, {window}, {minimum}, and
    any metric or KPI by its name."""


class Fact(Model):
    """A check on something that is so or not, instead of on a figure."""

    name: Name
    fact: Literal[
        "no_data", "pull_failed", "ad_disapproved", "spend_while_inactive", "landing_page_down"
    ]
    verdict: Firing
    owner: str = ""
    sentence: str


class CheckLibrary(Model):
    """A file of checks that processes include by the file's name."""

    checks: tuple[Check, ...] = ()
    facts: tuple[Fact, ...] = ()


# --- processes/*.yaml --------------------------------------------------------------------------


class WorkflowTask(Model):
    """One piece of a step: what, who is responsible, by when, and who does it."""

    what: str
    who: str
    by: str
    done_by: Literal["flow", "person"]


class WorkflowStep(Model):
    """One step of a process towards its objective."""

    step: str
    tasks: Annotated[tuple[WorkflowTask, ...], Field(min_length=1)]


class Pull(Model):
    """What one run reads from each account."""

    level: Level
    breakdown: str = ""
    """The platform's own breakdowns, comma-separated: `age,gender`."""


class Report(Model):
    """What the report shows beside the findings."""

    kpis: tuple[Name, ...]
    charts: tuple[Name, ...]
    level: Level = "campaign"
    rows: Annotated[int, Field(ge=1, le=200)] = 20
    """At most this many entities in the KPI table, the largest spend first."""


class Process(Model):
    """A series of steps towards a marketing objective; one flow."""

    title: str
    objective: str
    platform: str
    workflow: Annotated[tuple[WorkflowStep, ...], Field(min_length=1)]
    pulls: Annotated[tuple[Pull, ...], Field(min_length=1)]
    history_days: Annotated[int, Field(ge=1, le=1100)] = 120
    """How far back the first run of an account reads."""
    stale_after_days: Annotated[int, Field(ge=0, le=30)] = 0
    """How many days behind yesterday an account's data may be before verdicts are unknown."""
    kpis: tuple[Name, ...]
    libraries: tuple[Name, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[Fact, ...] = ()
    report: Report


# --- brands/*.yaml -----------------------------------------------------------------------------


class Owner(Model):
    """Somebody responsible, and how to reach them."""

    name: str
    notify: tuple[SecretRef, ...] = ()
    """Where the Apprise URLs are; a URL holds a password or token, so it is a secret."""


class AccountEntry(Model):
    """One account of the brand and how its data gets here."""

    name: Name
    platform: str
    connector: str = ""
    """A connector of `connectors/channels/`; empty means the one named like the platform."""
    account_id: str
    secrets: dict[str, SecretRef] = {}
    """Option of the connector to where its secret is."""
    options: dict[str, Any] = {}
    """The connector's other options; its `Options` model checks them."""


class Goal(Model):
    """What, by which KPI, from where to where, by when, whose, and for which business objective."""

    name: Name
    kpi: Name
    baseline: float
    target: float
    by: date
    owner: str
    serves: str


class Target(Model):
    """What a KPI should be, for a whole platform or for all."""

    kpi: Name
    target: float
    platform: str = ""


class EntityTargets(Model):
    """Targets per entity, from a CSV file or an SQL query.

    Columns: account (the entry's name), level, entity_id, kpi, target.
    """

    csv: str = ""
    """A path, relative to the brand file."""
    sql: str = ""
    url: SecretRef | None = None
    """The SQLAlchemy URL that `sql` runs on."""


class Budget(Model):
    """What a calendar month may cost."""

    platform: str
    monthly: Annotated[Decimal, Field(gt=0)]
    account: str = ""
    """An entry of `accounts`; empty means all accounts of the platform together."""


class Schedule(Model):
    """When a process runs."""

    cron: str
    time_zone: str = ""
    """IANA; empty means the brand's."""
    active: bool = True


class Override(Model):
    """What a brand changes in a shared check. Switching one off needs a reason."""

    off: bool = False
    reason: str = ""
    minimum: dict[Name, float] | None = None
    cases: tuple[Case, ...] | None = None
    verdict: Firing | None = None
    """For facts, which have no cases."""
    owner: str = ""


class Brand(Model):
    """A business whose marketing we run. The file's name is the brand's short name."""

    name: str
    currency: str
    time_zone: str
    mode: Mode = "observe"
    owners: Annotated[dict[Name, Owner], Field(min_length=1)]
    accounts: Annotated[tuple[AccountEntry, ...], Field(min_length=1)]
    goals: tuple[Goal, ...] = ()
    targets: tuple[Target, ...] = ()
    entity_targets: tuple[EntityTargets, ...] = ()
    budgets: tuple[Budget, ...] = ()
    schedules: dict[Name, Schedule] = {}
    checks: dict[Name, Override] = {}
