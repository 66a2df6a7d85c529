"""What does a split of budgets look at, and within which amounts must it stay?

One platform: its budgets, within its month. Several: all their budgets, within the one amount that
the brand states over exactly these, and within whatever it states for one of them besides, be it a
month or what an account may spend per day. Then an account whose figures are not there is left out,
and said to be: its budgets stay as they are, and what it costs counts as the gate counts it, never
as nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from config.playbooks import SplitPlaybook
from tasks.playbooks.budget_units import SPEND, Budgeted, budgets_in
from tasks.playbooks.figures import Figures
from tasks.playbooks.month_room import Amount, amount_of, most_a_day, planned_a_day
from tasks.playbooks.situation import Month, Situation

BEHIND = 2
"""So many days before yesterday the figures of an account may end, to be split with others."""


@dataclass(frozen=True, slots=True)
class Part:
    """Accounts of a whole that have a limit of their own."""

    accounts: frozenset[int]
    spare: float  # by how much their daily budgets may rise together; NaN: nobody knows


@dataclass(frozen=True, slots=True)
class Scope:
    """What one split looks at."""

    units: list[Budgeted]
    whole: Amount
    platforms: tuple[str, ...] = ()  # if they are several
    parts: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()  # which accounts, and why
    unseen_a_day: float = 0.0  # what is planned in these


def scope_of(playbook: SplitPlaybook, situation: Situation) -> Scope | None:
    """Return what a playbook splits here; None where that is nothing.

    Several platforms without one amount over exactly these are not split: nobody has said that
    money may go from one to the other.
    """
    platforms = playbook.platforms or situation.platforms or (situation.platform,)
    if len(platforms) > 1:
        return _together(playbook, situation, platforms)
    if situation.platforms or platforms == (situation.platform,):
        return _alone(playbook, situation, platforms[0])
    return None


def _alone(playbook: SplitPlaybook, situation: Situation, platform: str) -> Scope:
    among = _of(situation, platform) if situation.platforms else None
    units = budgets_in(playbook, situation, among)
    spenders = {unit.entity.account_key for unit in units}
    monthly = situation.monthly_budgets.get(platform)
    return Scope(units, amount_of(situation, units, monthly, spenders, among))


def _of(situation: Situation, platform: str) -> frozenset[int]:
    accounts = situation.accounts
    return frozenset(accounts.loc[accounts["platform"] == platform, "account_key"].tolist())


def _together(
    playbook: SplitPlaybook, situation: Situation, platforms: Sequence[str]
) -> Scope | None:
    month = next((it for it in situation.months if it.platforms == {*platforms}), None)
    if month is None:
        return None
    left_out = _left_out(playbook, situation, month)
    units = budgets_in(playbook, situation, month.accounts - left_out.keys())
    return Scope(
        units,
        _amount(situation, units, month),
        tuple(platforms),
        (*_stated(situation, units, month), *_ceilings(situation, units, month)),
        tuple(left_out.values()),
        planned_a_day(situation, units, left_out),
    )


def _stated(situation: Situation, units: Sequence[Budgeted], whole: Month) -> Iterator[Part]:
    """Yield the months that the brand states for a platform or account of the whole besides."""
    for month in situation.months:
        if month is not whole and month.accounts & whole.accounts:
            amount = _amount(situation, units, month)
            yield Part(month.accounts, most_a_day(situation, amount) - amount.planned)


def _ceilings(situation: Situation, units: Sequence[Budgeted], whole: Month) -> Iterator[Part]:
    """Yield each account where the brand has a ceiling of what one may spend per day."""
    ceiling = situation.guardrails.daily_budget_ceiling
    for key in sorted(whole.accounts) if ceiling is not None else ():
        planned = planned_a_day(situation, units, [key])
        yield Part(frozenset([key]), float(ceiling or 0) - planned)


def _amount(situation: Situation, units: Sequence[Budgeted], month: Month) -> Amount:
    return amount_of(situation, units, month.monthly, month.accounts, month.accounts)


def _left_out(playbook: SplitPlaybook, situation: Situation, month: Month) -> dict[int, str]:
    """Return the accounts whose budgets are not split with the others, each with why not."""
    figures = Figures(situation)
    names = dict(situation.unseen)
    columns = (situation.accounts[name].tolist() for name in ("account_key", "name"))
    names |= zip(*columns, strict=True)
    why = {key: _why(playbook, situation, figures, key) for key in sorted(month.accounts)}
    return {key: f"{names.get(key, key)}: {said}" for key, said in why.items() if said}


def _why(playbook: SplitPlaybook, situation: Situation, figures: Figures, key: int) -> str:
    if key in situation.unseen:
        return "its figures could not be pulled in this run"
    through = situation.spent_through.get(key)
    if through is None:
        return "what it has spent this month is not known"
    if through < situation.as_of - timedelta(days=1 + BEHIND):
        return f"its figures end on {through}"
    if figures.last_day("campaign", key, (SPEND, playbook.goal)) is None:
        return "how many days its figures take to arrive is not known"
    return ""
