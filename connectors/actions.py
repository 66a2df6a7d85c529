"""What is an action, from proposal to judgement? Plain records, no I/O.

    proposed ─┬─> refused             the gate, with its reason
              ├─> expired             nobody decided in time, or the platform's value has moved
              ├─> rejected            a person
              └─> approved ──> applying ─┬─> applied ──> verified ──> judged ──> undoing ──> undone
                                         ├─> failed          (drifted: somebody changed it again)
                                         └─> approved        surely not carried out: try again

A restoration ("pause for today") and an undo are actions of their own, which name the action that
they take back; its state becomes `undoing` and `undone` with theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from config.stop_scopes import covers
from config.words import Mode
from connectors.changes import Subject, Value
from connectors.records import Verdict

ActionState = Literal[
    "proposed",
    "refused",
    "approved",
    "rejected",
    "expired",
    "applying",
    "applied",
    "failed",
    "verified",
    "drifted",
    "judged",
    "undoing",
    "undone",
]
STATES: tuple[ActionState, ...] = get_args(ActionState)

WAITING: tuple[ActionState, ...] = ("proposed", "approved", "applying")
"""Nothing is decided or done yet: no second action on the same subject."""

DONE: tuple[ActionState, ...] = ("applied", "verified", "drifted", "judged", "undoing", "undone")
"""The platform has, or had, the intended value."""

STEPS: Mapping[ActionState, tuple[ActionState, ...]] = {
    "proposed": ("approved", "refused", "rejected", "expired"),
    "approved": ("applying", "refused", "rejected", "expired"),
    "applying": ("applied", "failed", "approved", "refused", "expired"),
    "applied": ("verified", "drifted", "judged", "undoing"),
    "verified": ("drifted", "judged", "undoing"),
    "drifted": ("drifted", "verified", "judged", "undoing"),
    "judged": ("drifted", "undoing"),
    "undoing": ("undone", "applied", "verified", "drifted", "judged"),
    "refused": (),
    "rejected": (),
    "expired": (),
    "failed": (),
    "undone": (),
}
"""From each state, those that may follow. An undo that fails leads back to where it began."""

RefusalReason = Literal[
    "stopped",  # the stop switch is on
    "mode",  # the brand's, the process's or the playbook's mode does not allow writing
    "not_writable",  # the platform does not let us change this here; its sentence follows
    "blocked_field",
    "protected",
    "account_state",  # the account is not enabled, or its currency is not the brand's
    "immature",  # the figures' conversions have not had time to arrive
    "stale",  # the verdict is unknown, or days are missing
    "learning",
    "pending_action",  # another action on the subject waits, or is not judged yet
    "conflict",  # another proposal of the run for this entity came first
    "hold_off",  # a person or another tool changed it lately
    "cool_down",
    "changes_per_day",
    "below_minimum",
    "above_maximum",
    "step_percent",
    "percent_7_days",
    "percent_30_days",
    "shared_budget",
    "account_ceiling",
    "brand_ceiling",
    "no_ceiling",  # no monthly budget and no ceiling: nothing is raised
    "month_spend",
    "delivery_share",
    "delivery_share_7_days",
    "last_of_its_kind",  # it would leave its ad group or campaign with nothing that runs
    "actions_per_run",
    "actions_per_day",
    "brand_actions_per_day",
    "weekday",
    "hours",
    "errors",  # the circuit breaker: too many writes failed today
    "worse",  # the playbook's actions turned out worse too often
    "refusals",  # the platform refused the playbook's changes too often
    "invalid",  # the platform's own validation would refuse it
    "early",  # a post that is not due yet
    "late",  # a post, or what was to come back by itself, that missed its time by too much
    "quiet_hours",  # the brand publishes nothing at this hour
    "holiday",  # the brand publishes nothing on this day
    "spacing",  # too soon after the account's last post
    "repeated",  # the account said the same not long ago
    "list_removal",  # it would take too large a share of its people out of a list
    "list_emptied",  # it would leave a list with nobody in it
    "group",  # another part of the same decision was refused
    "no_change",  # the value is already what is wanted
    "moved",  # the platform's value is no longer the one that was approved
]
REASONS: tuple[RefusalReason, ...] = get_args(RefusalReason)

GIVEN_UP: tuple[RefusalReason, ...] = ("no_change", "moved", "late")
"""What was to come back by itself and is refused so, on its day or later, never comes back: what we
set is not there any more, or for too long it could not be done."""

Judged = Literal["improved", "worse", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change is expected to do, or did: to a metric or KPI, over `days`, with its range.

    `low` and `high` bound the change with 80 % probability; never a bare number.
    """

    metric: str
    unit: str
    value: float  # the change, not the level: -120.0 spend
    low: float
    high: float
    days: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that would help, with everything that a person needs to decide on it."""

    brand: str
    process: str
    playbook: str
    check: str  # whose finding it answers; '' if it answers none
    as_of: date
    account_key: int
    entity_key: int | None
    subject: Subject
    name: str  # of the entity, as the platform has it: data, escape it when rendering
    campaign_id: str | None
    before: Value
    after: Value
    unit: str  # how the values are written: money, ratio, or '' for words
    currency: str
    verdict: Verdict
    sentence: str  # why, with the numbers
    numbers: Mapping[str, float]  # of the finding
    window_end: date  # the last day of figures that it rests on
    metrics: tuple[str, ...]  # the figures that it rests on: they must have arrived
    expected: Effect | None
    risk: str  # what would make it wrong
    undo: str  # how it is taken back; '' if it cannot be
    priority: int
    owner: str
    mode: Mode  # of the playbook, within the process's and the brand's
    expires_at: datetime
    judge_after_days: int
    restore_on: date | None = None  # the day on which the value before comes back by itself
    group: str = ""  # changes that are one decision: all or none pass the gate
    takes_back: int | None = None  # the action that this restores or undoes
    content: Mapping[str, str] = field(default_factory=dict)  # of things to be made
    evidence: tuple[str, ...] = ()  # further sentences: sample sizes, other campaigns concerned


@dataclass(frozen=True, slots=True)
class Action:
    """A proposal in the ledger. `version` grows with every event: a decision names it."""

    action_id: int
    proposal: Proposal
    state: ActionState
    version: int
    created_at: datetime
    updated_at: datetime
    reason: str = ""  # of refused, expired, failed, drifted: a closed code
    explanation: str = ""  # the reason's sentence, with its numbers
    approvals: tuple[str, ...] = ()  # who approved it
    attempts: int = 0  # how often it was sent
    applied_at: datetime | None = None
    judged: Judged | None = None
    outcome: Effect | None = None  # what it did, once judged


@dataclass(frozen=True, slots=True)
class ActionEvent:
    """One entry of an action's history. Entries are only ever added."""

    event_id: int
    action_id: int
    at: datetime
    state: ActionState
    actor: str  # a person, or `run <id>`
    reason: str = ""
    explanation: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop switch that is on: nothing in its scope is written to any platform."""

    brand: str  # '' means all brands
    process: str  # '' means all processes; `posts` and `mail` see `config/stop_scopes.py`
    since: datetime
    who: str
    why: str

    def holds(self, brand: str, process: str) -> bool:
        """Tell whether a process of a brand is held back."""
        return self.brand in ("", brand) and covers(self.process, process)
