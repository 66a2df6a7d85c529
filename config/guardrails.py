"""Which limits does no change pass? Every one has a strict default: left out never means none."""

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field as Limited

from config.words import Changeable, Level, Model, Name

Percent = Annotated[float, Limited(gt=0, le=100)]
Money = Annotated[Decimal, Limited(gt=0)]
Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

NumberField = Literal["daily_budget", "cpc_bid", "target_cpa", "target_roas"]


class ValueLimits(Model):
    """How far one number of one entity may be moved. Percentages are of the value before."""

    minimum: Money | None = None
    """Never below this; left out: never below half of what it was 30 days ago, and never below
    what the platform takes."""
    maximum: Money | None = None
    """Never above this; left out: never above twice what it was 30 days ago."""
    step_percent: Percent = 20.0
    """The most one change may move it, up or down."""
    percent_7_days: Percent = 30.0
    """The most that all changes of 7 days together may move it, from where it stood before them."""
    percent_30_days: Percent = 50.0
    """The same over 30 days."""


def _limits() -> dict[NumberField, ValueLimits]:
    return {
        "daily_budget": ValueLimits(),
        "cpc_bid": ValueLimits(),
        "target_cpa": ValueLimits(step_percent=10.0, percent_7_days=15.0, percent_30_days=30.0),
        "target_roas": ValueLimits(step_percent=10.0, percent_7_days=15.0, percent_30_days=30.0),
    }


class Protected(Model):
    """Entities that are never changed. All conditions given must hold."""

    level: Level | None = None
    """Empty: any level; what lies below a protected campaign is protected with it."""
    name: str = ""
    """A shell pattern on the name, upper and lower case alike."""
    entity_id: str = ""
    """The platform's own id."""
    label: str = ""
    """A label that it has."""


class Guardrails(Model):
    """Limits on changes. Money is in the brand's currency, times are those of the account."""

    values: dict[NumberField, ValueLimits] = {}
    """Per field; those left out keep their strict limits."""
    cool_down_days: Annotated[int, Limited(ge=0, le=90)] = 3
    """Days that must pass between two changes of the same field of the same entity. Not of a mail
    service's list: whoever withdrew his consent leaves it the next day."""
    changes_per_entity_per_day: Annotated[int, Limited(ge=1, le=24)] = 1
    """Of all fields together."""
    daily_budget_ceiling: Money | None = None
    """The most that all running daily budgets of an account may add up to; left out: its monthly
    budget divided by 30.4; with neither no budget is ever raised."""
    brand_daily_budget_ceiling: Money | None = None
    """The same over all accounts of the brand; left out: the sum of its monthly budgets / 30.4."""
    month_percent: Annotated[float, Limited(gt=0, le=101)] = 100.0
    """How much of the month's budget spend so far plus planned spend may reach."""
    delivery_share: Percent = 20.0
    """The most of an account's delivery (spend or conversions of the last 7 days, whichever is
    more) that pauses and exclusions of one day may take away."""
    delivery_share_7_days: Percent = 40.0
    """The same over 7 days."""
    actions_per_run: Annotated[int, Limited(ge=0, le=10_000)] = 20
    """Changes that one run may make in one account."""
    actions_per_day: Annotated[int, Limited(ge=0, le=10_000)] = 40
    """Changes that all runs of a day may make in one account."""
    brand_actions_per_day: Annotated[int, Limited(ge=0, le=10_000)] = 100
    """Changes of a day over all accounts of the brand."""
    weekdays: tuple[Weekday, ...] = ("MON", "TUE", "WED", "THU", "FRI")
    """Days on which anything may be changed."""
    hours: tuple[time, time] = (time(6), time(20))
    """From and until; the second may be before the first, over midnight. 00:00 twice is the whole
    day."""
    blocked: tuple[Changeable, ...] = ()
    """Fields that are never changed."""
    list_removal_percent: Percent = 20.0
    """The most of the people in a mail service's list that one change may take out of it. A list
    that has somebody in it is never emptied."""
    protected: tuple[Protected, ...] = (Protected(label="marketloop:protected"),)
    """Entities that are never changed."""
    learning: bool = False
    """Whether entities in the platform's learning phase may be changed."""
    hold_off_days: Annotated[int, Limited(ge=0, le=29)] = 7
    """How long an entity is left alone after a person or another tool changed it. At most 29 days:
    Google tells of the changes of the last 30, and of the first of them only a part."""
    error_percent: Percent = 20.0
    """From this share of failed writes (of 5 or more) on, nothing more is written that day."""
    worse_percent: Percent = 40.0
    """From this share of actions judged worse (of 5 or more in 28 days) on, a playbook stops."""
    refused_percent: Percent = 80.0
    """From this share of proposals refused by the platform (5 or more in 7 days) on, a playbook
    stops."""
    second_approval_above: Money | None = None
    """A change of a daily amount by more than this needs two people's approval."""

    def limits(self, field: NumberField) -> ValueLimits:
        """Return how far a field may be moved: what is stated, for the rest its strict limits."""
        strict, stated = _limits()[field], self.values.get(field, ValueLimits())
        return strict.model_copy(
            update={name: getattr(stated, name) for name in stated.model_fields_set}
        )


class Envelope(Model):
    """Inside which playbooks may act without being asked. What lies outside is proposed."""

    fields: Annotated[tuple[Changeable, ...], Limited(min_length=1)]
    """Only these fields."""
    levels: tuple[Level, ...] = ()
    """Only these levels; empty means all."""
    playbooks: tuple[Name, ...] = ()
    """Only these playbooks; empty means all."""
    step_percent: Percent = 20.0
    """Numbers move by at most this much."""
    daily_amount: Money | None = None
    """Amounts of money per day move by at most this much, in the brand's currency."""
