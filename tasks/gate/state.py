"""What does the gate know when it decides? Plain records; whoever runs it reads and fills them.

Whatever is left unknown (None) is never taken for zero or for leave: what depends on it is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from config.content_rules import ContentRules
from config.guardrails import Guardrails
from config.words import Level, Mode
from connectors.actions import Action, Stop
from connectors.base import Approval, Status
from connectors.changes import Edit, Setting
from tasks.playbooks.situation import Place


@dataclass(frozen=True, slots=True)
class Delivery:
    """What something brings in 7 days. NaN: unknown."""

    spend: float  # 7 times the median of the last 7 complete days
    conversions: float  # of the last 7 complete days


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity as last pulled, and what it delivered."""

    level: Level
    entity_id: str
    name: str
    status: Status
    parent_id: str | None = None
    campaign_id: str | None = None  # its own id for a campaign
    labels: tuple[str, ...] = ()
    approval: Approval | None = None  # ads only
    daily_budget: Decimal | None = None  # its own; the live setting goes before it
    shared_by: tuple[str, ...] = ()  # all campaigns that spend from its budget, if several
    delivery: Delivery | None = None
    item: str = ""  # keywords: as a change names it, `exact:running shoes`


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account. Days are those of its own time zone."""

    account_key: int
    name: str
    currency: str
    time_zone: str  # IANA
    status: Status
    things: Mapping[tuple[Level, str], Thing]
    levels: frozenset[Level]
    """The levels whose entities and last 7 days were pulled completely: what is not among the
    things of such a level delivered nothing. Of other levels nothing is known."""
    delivery: Delivery | None  # of the whole account
    last_day: date | None  # the last day that complete pulls cover
    lags: Mapping[str, int]  # metric to the days that its figures need to arrive
    month_spend: Decimal | None
    """Spent from the first of the month up to and with `spend_through`; None: unknown."""
    spend_through: date | None
    edits: Sequence[Edit] | None
    """The platform's change history of the last 30 days, or of `hold_off_days` if that is more,
    our own changes included. None: it could not be read."""
    account_id: str = ""  # the platform's own, by which an account can be protected
    read_at: datetime | None = None
    """When the things were pulled: later changes, known from the ledger and the change history,
    count instead. None: those of the last 2 days do."""


@dataclass(frozen=True, slots=True)
class MonthlyBudget:
    """What a calendar month of these accounts together may cost, in the brand's currency."""

    name: str  # for sentences: `google_ads`, or an account's entry
    accounts: frozenset[int]
    monthly: Decimal


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """A post that an account has published, by us or by hand."""

    at: datetime
    digest: str  # of its text, see `connectors/social.py`


@dataclass(frozen=True, slots=True)
class Posting:
    """What holds for whatever a brand says on social networks."""

    rules: ContentRules
    time_zone: str  # IANA, of the brand: its quiet hours and holidays are meant
    said: Mapping[int, Sequence[SaidBefore]] = field(default_factory=dict)
    """Account to its posts, as far back as no text is to come again. What stands in the ledger
    counts besides."""


@dataclass(frozen=True, slots=True)
class GateState:
    """A brand at one moment."""

    brand: str
    currency: str  # of its budgets and limits
    now: datetime  # aware
    guardrails: Guardrails
    accounts: Mapping[int, AccountState]
    """All accounts of the brand, on every platform: ceilings are held over all of them."""
    settings: Mapping[Place, Setting]
    """What the platforms say now of the places that would be changed."""
    actions: Sequence[Action] = ()  # the brand's, of the last 90 days, those asked for included
    stops: Sequence[Stop] = ()
    budgets: Sequence[MonthlyBudget] = ()
    modes: Mapping[str, Mode] = field(default_factory=dict)
    """Playbook to what it may do now, where that may have changed since it proposed."""
    posting: Posting | None = None
    """None: unknown, nothing is published."""
