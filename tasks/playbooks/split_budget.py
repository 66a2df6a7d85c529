"""Where does the next unit of money bring most? One decision over a platform's budgets, or over
those of several (`split_scope.py`).

Moved are budgets that the account's currency makes comparable, that the platform lets us set, and
that nobody else is busy with. What they add up to stays the same, or is what the month has left. A
budget that is not spent takes no more money: of it only the part that is spent can be moved.

The month is counted as the gate counts it (`month_room.py`). Where budgets add up to more than it
has left only because they are not spent, nothing is proposed: every raise would be refused, and
less would be spent without need.

A month that is going to cost more than its plan, after a day that ran away for instance, is met at
once: by a split that saves what is missing or, where none is sure to gain, by cuts alone.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from config.playbooks import SplitPlaybook
from connectors.actions import Effect, Proposal
from tasks.cube import Booleans, Floats
from tasks.playbooks.budget_units import SPEND, Budgeted, daily, is_busy, is_protected, room
from tasks.playbooks.dividing import divided
from tasks.playbooks.month_room import Amount, most_a_day, runs_over, spend_a_day
from tasks.playbooks.moves import decimal
from tasks.playbooks.pacing import is_due
from tasks.playbooks.proposing import Grounds, Terms, currency_of, proposal
from tasks.playbooks.situation import Place, Situation
from tasks.playbooks.split_scope import Scope, scope_of
from tasks.playbooks.split_words import told_of_platforms
from tasks.report.numbers import change_text, money, number
from tasks.statistics.allocation import Gain, gain, rounded
from tasks.statistics.response import PRIOR, Curves, fit, marginal, weekly

BINDS = 0.85
"""From this share of the budget spent on, in the last week, the budget is what limits the spend."""
LATELY = 7  # days that say how much of a budget is spent


@dataclass(frozen=True, slots=True)
class _Plan:
    """A division of what is spent now. Arrays have one place per unit, money is per day."""

    curves: Curves  # over budgets
    binds: Booleans
    now: Floats  # the budget, or what is spent of it where it does not bind
    after: Floats
    budgets: list[Decimal]  # to be set
    total: float
    gain: Gain
    cuts_alone: bool


def places(playbook: SplitPlaybook, situation: Situation) -> list[Place]:
    """Return the budgets of all running campaigns and ad sets that have one."""
    scope = _asked_of(playbook, situation)
    return [(unit.entity.account_key, unit.subject) for unit in scope.units] if scope else []


def propose(playbook: SplitPlaybook, situation: Situation) -> list[Proposal]:
    """Return a change per budget that is moved, all of one group; none unless the gain is sure.

    Sure: its 80 % range lies above zero, and it exceeds `least_gain` of what the budgets that are
    moved bring now. Cuts because the month is short need no gain, and each stands for itself.
    """
    scope = _asked_of(playbook, situation)
    found = scope.units if scope else []
    free = [unit for unit in found if unit.setting and not _why_not(unit, situation)]
    if scope is None or len(free) < 2:
        return []
    fitted = _fitted(playbook, free)
    if fitted is None:
        return []
    plan = _plan(playbook, situation, fitted, scope, free)
    if plan is None or plan.gain.low <= 0 or plan.gain.relative <= playbook.least_gain:
        short = _is_short(situation, scope)
        plan = _plan(playbook, situation, fitted, scope, free, cuts_alone=True) if short else None
    if plan is None:
        return []
    left_out = [unit for unit in found if unit.setting and unit not in free]
    told = _told(playbook, situation, free, plan, left_out)
    told += told_of_platforms(situation, scope, free, plan.budgets)
    # Cuts come first: carried out one by one, and cut short, they never add up to more than now.
    moved = [place for place, unit in enumerate(free) if plan.budgets[place] != unit.budget]
    moved.sort(key=lambda place: plan.budgets[place] > free[place].budget)
    return [_proposal(playbook, situation, free, plan, place, told) for place in moved]


def _asked_of(playbook: SplitPlaybook, situation: Situation) -> Scope | None:
    """Return what to look at; None where it is not time yet and the month is not short."""
    scope = scope_of(playbook, situation)
    if scope is None:
        return None
    due = is_due(playbook, situation, playbook.every_days) or _is_short(situation, scope)
    return scope if due else None


def _is_short(situation: Situation, scope: Scope) -> bool:
    """Tell whether the month is going to cost more than its plan; not where a part is unknown."""
    return not scope.left_out and runs_over(situation, scope.units, scope.whole)


def _why_not(unit: Budgeted, situation: Situation) -> str:
    """Return why a budget is left as it is, '' if it may be moved."""
    setting = unit.setting
    if setting is None or not isinstance(setting.value, Decimal) or setting.value <= 0:
        return "its budget could not be read"
    if setting.fixed:
        return setting.fixed
    if len(setting.shared_by) > 1:
        return f"its budget is shared by {len(setting.shared_by)} campaigns"
    if setting.learning:
        return "the platform is still learning it"
    if setting.parent_paused:
        return "what it belongs to is paused"
    if is_protected(unit, situation):
        return "it is protected"
    if is_busy(unit, situation):
        return "an earlier change of it is not judged yet, or somebody changed it lately"
    lately = unit.spend[-LATELY:]
    if len(lately) < LATELY or np.isnan(lately).any() or not (lately > 0).any():
        return "it did not run, or is not known to have, in the last week"
    return ""


def _fitted(playbook: SplitPlaybook, free: list[Budgeted]) -> Curves | None:
    """Return how each answers to what is spent on it; None where the goal was never reached."""
    spend, outcome, account = daily(free)
    if not np.nansum(outcome) > 0:
        return None
    least_dispersion = 1.0 if playbook.goal == "conversions" else 0.0
    return fit(weekly(spend, outcome), account, least_dispersion=least_dispersion)


def _plan(
    playbook: SplitPlaybook,
    situation: Situation,
    fitted: Curves,
    scope: Scope,
    free: list[Budgeted],
    *,
    cuts_alone: bool = False,
) -> _Plan | None:
    """Return the best division within the bounds; None where the month does not allow one."""
    budget = np.array([float(unit.budget) for unit in free])
    lately = np.array([unit.spend[-LATELY:].mean() for unit in free])
    usual_high = np.array([np.quantile(unit.spend[-LATELY:], 0.75) for unit in free])
    binds = usual_high >= BINDS * budget
    spent_share = np.where(binds, np.clip(lately / budget, BINDS, 1 / BINDS), 1.0)
    curves = replace(fitted, reference=fitted.reference / spent_share)
    now = np.where(binds, budget, np.minimum(lately, budget))
    rooms = [room(unit, situation, playbook.most) for unit in free]
    low = np.minimum(np.array([float(least) for least, _ in rooms]), now)
    most = now if cuts_alone else np.array([float(most) for _, most in rooms])
    high = np.where(binds, most, now)
    room_left = _room(situation, scope, free, now, cuts_alone=cuts_alone)
    if room_left is None:
        return None
    total = max(min(float(now.sum()), room_left), float(low.sum()))
    held = _held(scope, free)
    after = divided(curves, total, now, low, high, held)
    budgets = _budgets(free, rooms, binds, now, after, total)
    set_to = np.array([float(value) for value in budgets])
    all_of_them = np.ones(len(free), dtype=np.bool_)
    for those, spare in [(all_of_them, _spare(situation, scope.whole)), *held]:
        more = (set_to - budget)[those]
        if (more > 0).any() and not float(more.sum()) <= spare:
            return None
    settled = np.where(set_to == budget, now, set_to)
    gained = gain(curves, now * (total / now.sum()), settled, seed=situation.as_of.toordinal())
    return _Plan(curves, binds, now, settled, budgets, total, gained, cuts_alone)


def _room(
    situation: Situation,
    scope: Scope,
    free: list[Budgeted],
    now: Floats,
    *,
    cuts_alone: bool,
) -> float | None:
    """Return what these budgets may cost a day: less than now only where the month is short.

    None where that is not known, or where more is planned than the month has left although less is
    spent. What is planned does not matter to cuts alone. Nothing is saved on a guess, for accounts
    whose figures are not there.
    """
    moved = {id(unit) for unit in free}
    others = [unit for unit in scope.units if id(unit) not in moved]
    today, spare = float(now.sum()), _spare(situation, scope.whole)
    left = spend_a_day(situation, others, scope.whole) - scope.unseen_a_day
    if np.isnan(spare) or (scope.left_out and left < today):
        return None
    if spare >= 0 or cuts_alone:
        return min(today, left)
    return min(today + spare, left) if left < today else None


def _spare(situation: Situation, amount: Amount) -> float:
    """Return by how much all daily budgets may rise together; negative: they must fall."""
    return most_a_day(situation, amount) - amount.planned


def _held(scope: Scope, free: list[Budgeted]) -> list[tuple[Booleans, float]]:
    """Return which units have a limit of their own within the whole, and by how much these may
    rise together: NaN where nobody knows."""
    keys = [unit.entity.account_key for unit in free]
    return [(np.array([key in part.accounts for key in keys]), part.spare) for part in scope.parts]


def _budgets(
    free: list[Budgeted],
    rooms: list[tuple[Decimal, Decimal]],
    binds: Booleans,
    now: Floats,
    after: Floats,
    total: float,
) -> list[Decimal]:
    """Return the budgets to be set: in the platform's units, together never above the total."""
    moved = np.abs(after / now - 1) > 1e-9
    result = [unit.budget for unit in free]
    at = np.flatnonzero(moved).tolist()
    if not at:
        return result
    coin = max((setting.unit for i in at if (setting := free[i].setting)), default=Decimal("0.01"))
    today = [result[i] if binds[i] else decimal(now[i]) for i in at]
    low = [min(rooms[i][0], value) for i, value in zip(at, today, strict=True)]
    high = [rooms[i][1] if binds[i] else value for i, value in zip(at, today, strict=True)]
    whole = sum(today, Decimal(0)) - decimal(max(0.0, float(now.sum()) - total))
    for i, value in zip(at, rounded(after[moved], low, high, whole, coin), strict=True):
        result[i] = value
    return result


def _told(
    playbook: SplitPlaybook,
    situation: Situation,
    free: list[Budgeted],
    plan: _Plan,
    left_out: list[Budgeted],
) -> tuple[str, ...]:
    """Return what is to be said of the whole decision."""
    unit, days = situation.vocabulary.unit(playbook.goal), playbook.judge_after_days
    slopes, found = plan.curves.slopes, plan.gain
    value, low, high = (
        number(each * days, unit, situation.currency)
        for each in (found.value, found.low, found.high)
    )
    moved = sum(new != old.budget for new, old in zip(plan.budgets, free, strict=True))
    total = money(plan.total, situation.currency)
    said = [
        f"One decision: {moved} of {len(free)} budgets move, together {total} a day as before",
        f"Expected of all together in {days} days: {playbook.goal} {value} more "
        f"({change_text(found.relative)}; 80% range {low} to {high})",
        f"Doubling the spend brings {change_text(2**slopes.common - 1)} (common elasticity "
        f"{slopes.common:.2f} ± {slopes.common_error:.2f}; assumed before the data: {PRIOR})",
    ]
    guessed = int((~slopes.informed).sum())
    if guessed:
        said.append(
            f"Of {guessed} of {len(free)} the spend hardly varied in {playbook.history_days} days: "
            "how they answer to money is assumed, not measured; moving their budgets is what tells"
        )
    if plan.total < plan.now.sum() * (1 - 1e-9):
        today = money(float(plan.now.sum()), situation.currency)
        said[0] = said[0].replace("as before", f"instead of {today}: the month has no more left")
        said[1] += ", compared with cutting all alike"
    said += [f"Left as it is: {u.entity.name}: {_why_not(u, situation)}" for u in left_out[:10]]
    return tuple(said)


def _proposal(
    playbook: SplitPlaybook,
    situation: Situation,
    free: list[Budgeted],
    plan: _Plan,
    place: int,
    told: tuple[str, ...],
) -> Proposal:
    unit, days = free[place], playbook.judge_after_days
    goal_unit = situation.vocabulary.unit(playbook.goal)
    currency = currency_of(situation, unit.entity.account_key)
    next_one = marginal(plan.curves, plan.now)
    usual = float(np.average(next_one, weights=plan.now))
    part = "" if plan.binds[place] else ", of which not all is spent"
    grounds = Grounds(
        check="",
        verdict="ok",
        sentence=(
            f"{_next(next_one[place], playbook.goal, goal_unit, currency)} in this budget{part}, "
            f"{_next(usual, playbook.goal, goal_unit, currency, short=True)} over all budgets"
        ),
        numbers={
            "next": float(next_one[place]),
            "next_over_all": usual,
            "elasticity": float(plan.curves.slopes.elasticity[place]),
            "own_data": float(plan.curves.slopes.own[place]),
            "spent_now": float(plan.now[place]),
            "total": plan.total,
            "gain": plan.gain.value,
            "gain_low": plan.gain.low,
            "gain_high": plan.gain.high,
            "gain_relative": plan.gain.relative,
        },
        metrics=tuple(sorted({SPEND, playbook.goal})),
        window_end=unit.end,
        evidence=told,
    )
    each = (plan.gain.each, plan.gain.each_low, plan.gain.each_high)
    value, low, high = (float(part[place]) * days for part in each)
    terms = Terms(
        expected=Effect(playbook.goal, goal_unit, value, low, high, days),
        undo="Set the budgets of all parts back to what they were",
        risk="Spend that moved with demand, or a change in quality at the same time, was taken for "
        "an answer to money",
    )
    values = (unit.budget, plan.budgets[place])
    made = proposal(playbook, situation, unit.entity, grounds, unit.subject, values, terms)
    group = f"{situation.brand}:{playbook.name}:{situation.as_of.isoformat()}"
    return made if plan.cuts_alone else replace(made, group=group)


def _next(brought: float, goal: str, unit: str, currency: str, *, short: bool = False) -> str:
    """Say what more money brings: an amount per unit of money, or the cost of one more."""
    if unit == "money":
        found = money(brought, currency)
        return found if short else f"The next {money(1.0, currency)} brings {found} of {goal}"
    cost = money(1.0 / brought, currency) if brought > 0 else "more than can be said"
    return cost if short else f"The next conversion costs {cost}"
