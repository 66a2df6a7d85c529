"""What is asked of the gate? A proposal with all that is known of its place, looked up once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from config.guardrails import NumberField, ValueLimits
from connectors.actions import DONE, Action, Proposal
from connectors.changes import ENABLED, NUMBER_FIELDS, SAID_FIELDS, Setting
from tasks.gate.delivery import Share
from tasks.gate.history import Past
from tasks.gate.places import ThingKey, counted
from tasks.gate.state import AccountState, Thing
from tasks.playbooks.situation import Place

Way = Literal["raise", "cut"]
Moved = tuple[Decimal, Decimal, Way]
"""From where, to where and in which direction a number goes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that wants to pass."""

    proposal: Proposal
    account: AccountState
    today: date  # the account's
    place: Place
    key: ThingKey  # the entity
    concerned: tuple[ThingKey, ...]  # the entity; all that share its budget, if it is one
    history_place: Place  # under which its history is kept, see `places.py`
    past: Past
    setting: Setting | None
    thing: Thing | None
    limits: ValueLimits | None  # of number fields
    share: Share  # of its account's delivery that it takes away
    advice: bool  # nothing is written at all
    moved: Moved | None
    raises: bool  # whether more money may be spent per day afterwards
    taken_back: Action | None
    """The action whose before this brings back, see `is_restoration`."""

    @property
    def counted(self) -> tuple[Place | ThingKey, ...]:
        """The things of which this is one change, see `places.py`."""
        return counted(self.place, self.concerned)

    @property
    def says(self) -> bool:
        """Whether this is a post or reply on a social network, or takes one back."""
        return self.proposal.subject.field in SAID_FIELDS

    @property
    def enables(self) -> bool:
        """Whether budgets begin to run."""
        return self.raises and self.proposal.subject.field == "status"


def number_field(proposal: Proposal) -> NumberField | None:
    """Return the field if it holds a number."""
    field = proposal.subject.field
    return cast("NumberField", field) if field in NUMBER_FIELDS else None


def moved(proposal: Proposal) -> Moved | None:
    """Return how a number moves; None if this is no number."""
    before, after = proposal.before, proposal.after
    if not isinstance(before, Decimal) or not isinstance(after, Decimal):
        return None
    if not (before.is_finite() and after.is_finite()):
        return None
    return before, after, "raise" if after > before else "cut"


def raises(proposal: Proposal, how: Moved | None) -> bool:
    """Say whether more money may be spent per day: a higher budget, or one that begins to run."""
    subject = proposal.subject
    if subject.field == "daily_budget":
        return how is not None and how[2] == "raise"
    return (
        subject.field == "status"
        and subject.level in ("campaign", "ad_group")
        and proposal.after == ENABLED
        and proposal.before != ENABLED
    )


def is_restoration(proposal: Proposal, action: Action | None) -> bool:
    """Say whether a proposal brings back exactly what was there before an action of ours.

    It must name an action that was carried out and not yet taken back, on the same setting, and
    swap its values. Whatever else names an action is an ordinary change: every limit holds for it.
    """
    if action is None or action.state not in DONE or action.state == "undone":
        return False
    done = action.proposal
    return (
        (done.brand, done.account_key, done.subject)
        == (proposal.brand, proposal.account_key, proposal.subject)
        and proposal.before == done.after
        and _same_or_gone(proposal, done)
    )


def _same_or_gone(proposal: Proposal, done: Proposal) -> bool:
    """Say whether the values are swapped. What was made can only be removed, not unmade."""
    gone = ("absent", "removed")
    return proposal.after == done.before or (done.before in gone and proposal.after in gone)
