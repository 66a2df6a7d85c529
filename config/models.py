"""What a business decides, as typed models: the shapes of every YAML file under `config/`.

A file is right by itself when these models take it. What must fit between files (a target names
a KPI that exists, a check names an owner of the brand) is checked in `config/library.py`.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from config.content_rules import ContentRules
from config.guardrails import Envelope, Guardrails
from config.mail import MailRules
from config.playbooks import Playbook
from config.words import (
    NAME_PATTERN,
    SECRET_PATTERN,
    WINDOW_PATTERN,
    AccountId,
    Firing,
    Importance,
    Level,
    Mode,
    Model,
    Name,
    SecretRef,
    Unit,
)

__all__ = [  # words that others read here
    "NAME_PATTERN",
    "SECRET_PATTERN",
    "WINDOW_PATTERN",
    "Firing",
    "Level",
    "Mode",
    "Model",
    "Name",
    "Unit",
]

# --- metrics.yaml, kpis.yaml -------------------------------------------------------------------


class Metric(Model):
    """A number pulled per day and entity, and where each platform has it."""

    title: str
    """What people call it."""
    unit: Unit
    """How it is written in messages and reports."""
    weight: str = ""
    """Over days and entities the metric is summed; with a weight (another metric) it is the mean
    weighted by that, as an impression share or a position needs."""
    sources: dict[str, str] = {}
    """Connector name to its field, for metrics beyond the core ones: `google_ads: metrics.x`."""


class Kpi(Model):
    """A formula over metrics. Ratios are ratios of sums over the window."""

    title: str
    """What people call it."""
    formula: str
    """Metrics with + - * / ( ): `spend / conversions`."""
    unit: Unit
    better: Literal["lower", "higher", "neither"]
    """Which direction is good."""


# --- checks/*.yaml -----------------------------------------------------------------------------


class Remedy(Model):
    """What a person does about a finding: it opens a work item, which is tracked to done."""

    do: str
    """What is to be done, as a template with the fields of the sentence: `Mend {url} on {name}`."""
    how: str = ""
    """How, or where to read about it."""
    within_days: Annotated[int, Field(ge=0, le=365)] = 14
    """Days until it is due; what is high by importance is due in half the time."""


class Filter(Model):
    """Which entities of the level a check looks at; all conditions must hold."""

    status: tuple[Literal["enabled", "paused", "removed", "ended", "unknown"], ...] = ()
    """One of these; exports without a status column have `unknown`."""
    name: str = ""
    """A shell pattern on the entity's name, upper and lower case alike: `*brand*`."""
    not_name: str = ""
    """A shell pattern that the name must not fit."""
    label: str = ""
    """A label that the entity must have."""
    platform: str = ""
    """Of accounts of this platform; empty means of all that the process reads."""


class Case(Model):
    """One rung of a check. The first case whose condition holds gives the verdict."""

    when: str
    """A condition over metrics and KPIs, such as `cpa > 1.5 * target(cpa)`. Functions of one name:
    previous, last_week, last_year, usual, account, target. Also: daily_budget, days."""
    verdict: Firing


class Check(Model):
    """A condition on figures over a window."""

    name: Name
    """Unique over all files: alerts and overrides go by it."""
    level: Level
    """What is judged; the process must pull this level."""
    filter: Filter = Filter()
    kpi: Name
    """The KPI or metric whose value, target and change the finding shows."""
    window: Annotated[str, StringConstraints(pattern=WINDOW_PATTERN)]
    """`yesterday`, `last_7_days` (any number of complete days), `week_to_date`, `month_to_date`."""
    minimum: dict[Name, float] = {}
    """Metric to the least sum in the window; below it the verdict is unknown, too little data."""
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    owner: str = ""
    """An owner of the brand; empty, or one the brand does not have, means its first one."""
    sentence: str
    """A template. Fields: {name}, {value}, {target}, {previous}, {change}, {window}, {minimum}, and
    any metric or KPI by its name."""
    remedy: Remedy | None = None
    """What a person does about it; without one a finding opens no work item."""


FactName = Literal[
    "no_data",
    "pull_failed",
    "ad_disapproved",
    "spend_while_inactive",
    "landing_page_down",
    # of a site's files and of the site as a whole
    "robots_changed",
    "certificate_ends",
    "sitemap_unreadable",
    "sitemap_errors",
    "indexed_share_fell",
    "crawl_incomplete",
    # of a page
    "page_gone",
    "page_fails",
    "page_lost",
    "became_noindex",
    "canonical_elsewhere",
    "blocked_by_robots",
    "broken_internal_link",
    "broken_outbound_link",
    "redirect_chain",
    "redirect_loop",
    "title_missing",
    "title_duplicate",
    "description_missing",
    "description_duplicate",
    "heading_missing",
    "hreflang_unpaired",
    "structured_data_broken",
    "mixed_content",
    "analytics_gone",
    "orphan_page",
    "sitemap_lists_wrong",
    "sitemap_misses",
    "page_slow",
    "web_vitals_fail",
    "not_indexed",
    # of contents
    "content_decays",
    "content_thin",
    "content_outdated",
    "competitor_published",
    # of searches
    "pages_compete",
    "clicks_below_position",
    # of posts on social networks, and of what is said below them
    "post_below_usual",
    "post_above_usual",
    "post_gone",
    "unanswered_question",
    "unanswered_complaint",
    # of an account on a social network, and of what is planned for it
    "followers_falling",
    "watched_volume",
    "content_hole",
    "content_not_ready",
    "publication_failed",
    "publication_missed",
    # of a list of customers
    "customers_missing",
    "customers_unusable",
    "customers_still_subscribed",
    # of an account that mail to customers is sent from
    "mail_in_doubt",
    "mail_halted",
    "mail_given_up",
    "mail_plan_broken",
    "sending_domain_weak",
]
"""What can be so; `tasks/facts.py`, `tasks/{site,social,mailing}/` say when it is."""


class Fact(Model):
    """A check on something that is so or not, instead of on a figure."""

    name: Name
    """Unique over all files: alerts and overrides go by it."""
    fact: FactName
    verdict: Firing | Literal["ok"]
    """With `ok` the fact is only listed in the report and wakes nobody."""
    by_importance: dict[Importance, Firing | Literal["ok"]] = {}
    """For facts about pages: the verdict where a page matters that much, instead of `verdict`; with
    `ok` the fact is only listed in the report and wakes nobody."""
    platform: str = ""
    """For no_data and pull_failed: only accounts of this platform; empty means all."""
    limits: dict[Name, float] = {}
    """For facts that have limits: these instead of the usual ones."""
    owner: str = ""
    """An owner of the brand; empty, or one the brand does not have, means its first one."""
    sentence: str
    """A template; its fields depend on the fact, {name} and {reason} among them."""
    remedy: Remedy | None = None
    """What a person does about it; without one a finding opens no work item."""


class CheckLibrary(Model):
    """A file of checks that processes include by the file's name."""

    checks: tuple[Check, ...] = ()
    facts: tuple[Fact, ...] = ()


# --- processes/*.yaml --------------------------------------------------------------------------


class WorkflowTask(Model):
    """One piece of a step: what, who is responsible, by when, and who does it."""

    what: str
    """What is done."""
    who: str
    """Who is responsible."""
    by: str
    """By when."""
    done_by: Literal["flow", "person"]
    """Whether the flow does it, or a person."""
    every: Literal["", "day", "week", "month", "quarter"] = ""
    """For a person's work that comes again: a work item is opened in every such period."""
    due_days: Annotated[int, Field(ge=0, le=92)] = 5
    """Days from the beginning of the period until it is due."""
    owner: str = ""
    """An owner of the brand; empty, or one the brand does not have, means its first one."""


class WorkflowStep(Model):
    """One step of a process towards its objective."""

    step: str
    tasks: Annotated[tuple[WorkflowTask, ...], Field(min_length=1)]


class Pull(Model):
    """What one run reads from each account."""

    level: Level
    breakdown: str = ""
    """The platform's own breakdowns, comma-separated: `age,gender`."""
    platform: str = ""
    """Of which of the process's platforms; may be left out where there is only one."""
    history_days: Annotated[int | None, Field(ge=1, le=1100)] = None
    """How far back the first run reads this; left out, as far as the process's `history_days`."""


class Report(Model):
    """What the report shows beside the findings."""

    kpis: tuple[Name, ...]
    """Columns of the KPI table, against target and the previous period."""
    charts: tuple[Name, ...]
    """KPIs and metrics drawn by day."""
    level: Level = "campaign"
    """What a row of the KPI table is."""
    rows: Annotated[int, Field(ge=1, le=200)] = 20
    """At most this many entities in the KPI table, the largest of `sort_by` first."""
    sort_by: Name = "spend"
    """The metric by which entities are large."""
    platform: str = ""
    """Whose entities the KPI table has; empty means all platforms with figures of the level."""


class Process(Model):
    """A series of steps towards a marketing objective; one flow."""

    title: str
    """What people call it."""
    objective: str
    """The marketing objective it works towards."""
    platforms: Annotated[tuple[str, ...], Field(min_length=1)]
    """Whose accounts it is about: `[google_ads]`."""
    workflow: Annotated[tuple[WorkflowStep, ...], Field(min_length=1)]
    pulls: tuple[Pull, ...]
    history_days: Annotated[int, Field(ge=1, le=1100)] = 120
    """How far back the first run of an account reads."""
    stale_after_days: Annotated[int, Field(ge=0, le=30)] = 0
    """How many days behind yesterday an account's data may be before verdicts are unknown."""
    kpis: tuple[Name, ...]
    """The KPIs and metrics that this process is measured by."""
    libraries: tuple[Name, ...] = ()
    """Files of `checks/`, without their ending."""
    checks: tuple[Check, ...] = ()
    """Checks of this process alone."""
    facts: tuple[Fact, ...] = ()
    playbooks: tuple[Playbook, ...] = ()
    """From what a check finds to the change that would help."""
    report: Report

    @property
    def platform(self) -> str:
        """The first of its platforms: whose budgets and settings its playbooks change."""
        return self.platforms[0]

    def pulls_of(self, platform: str) -> tuple[Pull, ...]:
        """Return what is pulled from the accounts of one of its platforms."""
        return tuple(pull for pull in self.pulls if (pull.platform or self.platform) == platform)


# --- brands/*.yaml -----------------------------------------------------------------------------


class Owner(Model):
    """Somebody responsible, and how to reach them."""

    name: str
    """As people know them."""
    notify: tuple[SecretRef, ...] = ()
    """Where the Apprise URLs are; a URL holds a password or token, so it is a secret."""


class AccountEntry(Model):
    """One account of the brand and how its data gets here."""

    name: Name
    """What commands and reports call it; unique in this file."""
    platform: str
    """Whose figures these are: `google_ads`, `meta_ads`."""
    connector: str = ""
    """A connector of `connectors/channels/`; empty means the one named like the platform."""
    account_id: AccountId
    """As the platform shows it; of a website its address. `${NAME}` stands for a variable."""
    secrets: dict[str, SecretRef] = {}
    """Option of the connector to where its secret is."""
    options: dict[str, Any] = {}
    """The connector's other options; its `Options` model checks them."""


class Goal(Model):
    """What, by which KPI, from where to where, by when, whose, and for which business objective."""

    name: Name
    kpi: Name
    """A KPI or metric."""
    baseline: float
    """Where it stood when the goal was set."""
    target: float
    """Where it should be."""
    by: date
    """The day it should be reached: 2026-12-31."""
    owner: str
    """One of `owners`."""
    serves: str
    """The business objective behind it."""


class Target(Model):
    """What a KPI should be, for a whole platform or for all."""

    kpi: Name
    """A KPI or metric."""
    target: float
    """Money in the brand's currency; a percentage as a fraction (2 % is 0.02)."""
    platform: str = ""
    """Empty means all; a target for one platform goes before one for all."""


class EntityTargets(Model):
    """Targets per entity, from a CSV file or an SQL query.

    Columns: account (the entry's name), level, entity_id, kpi, target.
    """

    csv: str = ""
    """A path, relative to the brand file."""
    sql: str = ""
    """A query that returns these columns."""
    url: SecretRef | None = None
    """The SQLAlchemy URL that `sql` runs on."""


class Budget(Model):
    """What a calendar month may cost: of one platform, or of several together."""

    platform: str = ""
    """Of which platform."""
    platforms: tuple[str, ...] = ()
    """Of which platforms together, instead of `platform`: `[google_ads, meta_ads]`. The process
    Media budget splits such a month over all of them."""
    monthly: Annotated[Decimal, Field(gt=0)]
    """In the brand's currency."""
    account: str = ""
    """An entry of `accounts`; empty means all accounts of the platform together."""

    @property
    def over(self) -> tuple[str, ...]:
        """The platforms that it is for."""
        return self.platforms or (self.platform,)


class Schedule(Model):
    """When a process runs."""

    cron: str
    """Minute, hour, day of month, month, day of week: `0 7 * * MON-FRI`."""
    time_zone: str = ""
    """IANA; empty means the brand's."""
    active: bool = True
    """False pauses it."""


class Override(Model):
    """What a brand changes in a shared check. Switching one off needs a reason."""

    off: bool = False
    """True switches the check off."""
    reason: str = ""
    """Why; reports show it."""
    minimum: dict[Name, float] | None = None
    """Replaces the limits of these metrics."""
    cases: tuple[Case, ...] | None = None
    """Replaces all cases."""
    verdict: Firing | None = None
    """For facts, which have no cases; it holds whatever the importance, unless the next says so."""
    by_importance: dict[Importance, Firing | Literal["ok"]] | None = None
    """For facts about pages: replaces the verdicts of pages that matter so much."""
    limits: dict[Name, float] | None = None
    """For facts: replaces the limits of these names."""
    owner: str = ""
    """Who gets what the check finds."""


class PlaybookOverride(Model):
    """What a brand changes in a shared playbook. Switching one off needs a reason."""

    off: bool = False
    """True switches the playbook off."""
    reason: str = ""
    """Why; reports show it."""
    mode: Mode | None = None
    """The most that this playbook may do here; the brand's and the process's modes still hold."""
    envelope: Envelope | None = None
    """Inside which it may act by itself."""
    owner: str = ""
    """Who decides on its proposals."""


class SiteRules(Model):
    """What a brand's website has to be like."""

    important: tuple[str, ...] = ()
    """Shell patterns on paths: `/`, `/products/*`. These pages matter whatever their traffic."""
    unimportant: tuple[str, ...] = ()
    """The same for pages of which nobody needs to be woken: `/archive/*`."""
    owners: dict[str, Name] = {}
    """Pattern on paths to the owner of what is to be done there; the first that fits counts."""
    tags: tuple[str, ...] = ()
    """Analytics ids that every page must carry: `G-XXXXXXX`."""
    thin_words: Annotated[int, Field(ge=1)] = 150
    """Fewer words than this make a page thin."""
    outdated_after_days: Annotated[int, Field(ge=1)] = 730
    """A page whose text did not change for so long is outdated."""
    dated: tuple[str, ...] = ("*",)
    """Patterns on paths of the pages that may become outdated at all: `/blog/*`."""
    full_crawl_days: Annotated[int, Field(ge=1, le=90)] = 7
    """A full crawl is due when the last one is this old."""
    review_days: Annotated[int, Field(ge=7, le=92)] = 28
    """A review of the contents is due when the last one is this old."""
    inspections: Annotated[int, Field(ge=0, le=2000)] = 200
    """At most so many pages are inspected at a search engine per full crawl."""
    speed_pages: Annotated[int, Field(ge=0, le=500)] = 20
    """At most so many pages are measured per full crawl, the most important ones first."""


class Brand(Model):
    """A business whose marketing we run. The file's name is the brand's short name."""

    name: str
    """As people write it."""
    currency: str
    """ISO 4217; targets and budgets are in it."""
    time_zone: str
    """IANA: `Europe/Berlin`."""
    mode: Mode = "observe"
    """observe never writes; propose writes what a person approved; act writes inside guardrails."""
    owners: Annotated[dict[Name, Owner], Field(min_length=1)]
    """Who is responsible; the first one gets whatever has no owner."""
    accounts: Annotated[tuple[AccountEntry, ...], Field(min_length=1)]
    """Where the figures come from."""
    goals: tuple[Goal, ...] = ()
    targets: tuple[Target, ...] = ()
    entity_targets: tuple[EntityTargets, ...] = ()
    budgets: tuple[Budget, ...] = ()
    schedules: dict[Name, Schedule] = {}
    """Process to when it runs; a process without one is started by hand."""
    checks: dict[Name, Override] = {}
    """Name of a check to what is different for this brand."""
    modes: dict[Name, Mode] = {}
    """Process to the most it may do; without an entry the brand's mode holds."""
    guardrails: Guardrails = Guardrails()
    """Limits that no change passes, whatever its origin; left out means the strict defaults."""
    envelope: Envelope | None = None
    """Inside which a playbook in mode `act` may change things without being asked."""
    playbooks: dict[Name, PlaybookOverride] = {}
    """Name of a playbook to what is different for this brand."""
    site: SiteRules = SiteRules()
    """What the brand's website has to be like."""
    content: ContentRules = ContentRules()
    """The brand's rules of posting on social networks."""
    mail: MailRules = MailRules()
    """The brand's rules of writing to customers."""
