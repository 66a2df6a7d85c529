"""What did an applied action do? Compared with the days before, and with what nobody touched.

The change of the action's entity is set against the change that comparable entities had between the
same days (difference in differences), on logarithms, so that entities of any size compare. What
such entities change by themselves, without any action, is measured from them and widens the range;
a verdict is given only where the 80 % range lies on one side of nothing. That claims an effect
that is not there in at most 10 % of cases on each side.

Right after a bad week figures get better by themselves. So the days before are taken from further
back: as many, on the same weekdays, and clear of the week that the finding rests on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, hypot
from typing import Literal

from config.words import Level
from connectors.actions import Action, Effect, Judged, Proposal
from connectors.base import Window
from connectors.changes import ENABLED, NUMBER_FIELDS
from tasks.change_wording import effect as in_words
from tasks.comparison import Figures, Touch, compare, comparison, confounders
from tasks.report.numbers import number
from tasks.statistics.proportions import wilson

__all__ = ["Figures", "Touch"]  # what judging takes, for whoever collects it

Measure = Literal["cost", "volume", "rate"]
"""What decides. cost: what a conversion costs, or money brings. volume: what was won, worth its
target, against what was spent for it. rate: clicks per impression, or conversions per click."""

_CLEAR_DAYS = 7  # of the finding's window, right before the action
_KPIS: Mapping[tuple[str, str], tuple[str, str, bool]] = {
    ("conversions", "spend"): ("cpa", "money", True),
    ("conversions_value", "spend"): ("roas", "ratio", False),
    ("clicks", "impressions"): ("ctr", "percent", False),
    ("conversions", "clicks"): ("cvr", "percent", False),
}
"""What a ratio is called, its unit, and whether people write it upside down."""
_UPWARD_FIELDS = ("daily_budget", "cpc_bid", "target_cpa")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement on one action. Without an effect there were not enough figures for any."""

    judged: Judged
    effect: Effect | None
    sentence: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WinRate:
    """How a playbook's judged actions turned out, and the 80 % range of its share of wins."""

    improved: int
    worse: int
    inconclusive: int
    rate: float
    low: float
    high: float


def judged_level(proposal: Proposal) -> Level:
    """Return the level at which an action shows: what is paused is seen in what it belongs to."""
    level, what = proposal.subject.level, proposal.subject.field
    if level == "account" or (level == "campaign" and what == "status"):
        return "account"
    if level in ("campaign", "ad_group") and what in NUMBER_FIELDS:
        return level
    return "ad_group" if measure_of(proposal) == "rate" else "campaign"


def measure_of(proposal: Proposal) -> Measure:
    """Return what decides on an action: what is meant to bring more is judged by what it brings."""
    rests_on = set(proposal.metrics)
    if rests_on in ({"clicks", "impressions"}, {"conversions", "clicks"}):
        return "rate"
    return "volume" if _gives_more(proposal) else "cost"


def windows(action: Action, applied_on: date) -> tuple[Window, Window]:
    """Return the days before and after, as many and on the same weekdays.

    The day of the action itself belongs to neither.
    """
    days = action.proposal.judge_after_days
    after = Window(applied_on + timedelta(days=1), applied_on + timedelta(days=days))
    latest = min(action.proposal.window_end, applied_on) - timedelta(days=_CLEAR_DAYS)
    weeks = -(-(after.end - latest).days // 7)
    shift = timedelta(days=7 * weeks)
    return Window(after.start - shift, after.end - shift), after


def is_ripe(action: Action, figures: Figures) -> bool:
    """Tell whether the days after are over and their figures have arrived."""
    _, after = windows(action, figures.applied_on)
    return figures.mature_until is not None and after.end <= figures.mature_until


def judge(action: Action, figures: Figures) -> Outcome:
    """Judge an action by its figures. Raise `ValueError` before these are ripe (`is_ripe`)."""
    before, after = windows(action, figures.applied_on)
    if not is_ripe(action, figures):
        raise ValueError(
            f"action {action.action_id} cannot be judged before the figures of {after.end} "
            f"have arrived; they have until {figures.mature_until}"
        )
    if action.proposal.subject.field in ("advice", "label", "ad"):
        return Outcome("inconclusive", None, "Nothing that runs was changed: nothing to judge")
    notes = confounders(figures, Window(before.start, after.end))
    measure = measure_of(action.proposal)
    if measure == "volume":
        outcome = _volume(action, figures, before, after)
    else:
        outcome = _ratio(action, figures, before, after, measure)
    return Outcome(outcome.judged, outcome.effect, outcome.sentence, (*outcome.notes, *notes))


def win_rate(actions: Iterable[Action]) -> dict[str, WinRate]:
    """Return per playbook how many of its judged actions improved things, with Wilson's interval.

    Actions that are not judged do not count; inconclusive ones do, as no win. An action that takes
    another one back is no success of its playbook, whatever came of it.
    """
    counts: dict[str, dict[Judged, int]] = {}
    for action in actions:
        if action.judged is not None and action.proposal.takes_back is None:
            of = counts.setdefault(
                action.proposal.playbook, {"improved": 0, "worse": 0, "inconclusive": 0}
            )
            of[action.judged] += 1
    result = {}
    for playbook, of in counts.items():
        total = sum(of.values())
        low, high = wilson(of["improved"], total)
        rate = of["improved"] / total
        result[playbook] = WinRate(of["improved"], of["worse"], of["inconclusive"], rate, low, high)
    return result


def _gives_more(proposal: Proposal) -> bool:
    what, before, after = proposal.subject.field, proposal.before, proposal.after
    if what in ("keyword", "status"):
        return after == ENABLED
    if isinstance(before, str) or isinstance(after, str):
        return False
    return after > before if what in _UPWARD_FIELDS else after < before


def _ratio(
    action: Action, figures: Figures, before: Window, after: Window, measure: Measure
) -> Outcome:
    """Judge a cost per conversion, a return, or a rate against its change elsewhere."""
    above, below = _ratio_of(action.proposal, figures, measure)
    found = compare(figures, above, below, before, after)
    if isinstance(found, str):
        return Outcome("inconclusive", None, found)
    now = found.now
    usual = [now * exp(-log) for log in found.bounds]
    name, unit, upside_down = _KPIS[above, below]
    if upside_down:
        now, usual = 1 / now, [1 / value for value in usual]
    differences = sorted(now - value for value in usual)
    effect = Effect(name, unit, now - usual[0], differences[0], differences[-1], after.days)
    judged = _verdict(*found.bounds[1:])
    sentence = (
        f"{name.upper()} {number(now, unit, figures.currency)} in the {after.days} days after, "
        f"without it {number(usual[0], unit, figures.currency)} "
        f"({number(usual[1], unit, figures.currency)} to "
        f"{number(usual[2], unit, figures.currency)}): {judged}"
    )
    return Outcome(judged, effect, sentence + _expected(action, figures), (comparison(found),))


def _volume(action: Action, figures: Figures, before: Window, after: Window) -> Outcome:
    """Judge what was won, worth its target, against what was spent for it."""
    target = figures.target
    if target is None or not target > 0:
        return Outcome("inconclusive", None, "Without a target nobody knows what more is worth")
    worth = target if figures.goal == "conversions" else 1.0 / target
    won = compare(figures, figures.goal, "", before, after)
    spent = compare(figures, "spend", "", before, after)
    if isinstance(won, str) or isinstance(spent, str):
        return Outcome("inconclusive", None, won if isinstance(won, str) else str(spent))
    (gained, least, most), (cost, cheapest, dearest) = won.gained, spent.gained
    net = gained * worth - cost
    # The range of a difference from the ranges of its parts (Zou and Donner, Statistics in Medicine
    # 27, 2008), taken as independent: that makes it too wide rather than too narrow.
    low = net - hypot((gained - least) * worth, dearest - cost)
    high = net + hypot((most - gained) * worth, cost - cheapest)
    judged = _verdict(low, high)
    unit = "money" if figures.goal == "conversions_value" else "count"
    effect = Effect(figures.goal, unit, gained, least, most, after.days)
    more, value, *ends = (
        number(amount, "money", figures.currency) for amount in (cost, net, low, high)
    )
    sentence = (
        f"{in_words(effect, figures.currency)} more than without it, for {more} more spent; worth "
        f"{value} at its target ({ends[0]} to {ends[1]}): {judged}"
    )
    return Outcome(judged, effect, sentence + _expected(action, figures), (comparison(won),))


def _verdict(low: float, high: float) -> Judged:
    """Return what a range of better (above 0) or worse tells."""
    return "improved" if low > 0 else "worse" if high < 0 else "inconclusive"


def _expected(action: Action, figures: Figures) -> str:
    expected = action.proposal.expected
    return f". Expected: {in_words(expected, figures.currency)}" if expected else ""


def _ratio_of(proposal: Proposal, figures: Figures, measure: Measure) -> tuple[str, str]:
    if measure == "cost":
        return figures.goal, "spend"
    return (
        ("clicks", "impressions")
        if "impressions" in proposal.metrics
        else ("conversions", "clicks")
    )
