"""Which ads are under test, since when, and what does the test say?

The test is declared before it is looked at: `rate`, `least_difference`, `alpha` and `power` fix how
many trials (impressions or clicks) each ad needs, and an ad group is judged once, on the figures of
the day on which its last ad had them. Later days change nothing about it: looking again every day
until something is found would find something in every ad group.

Figures count once everything that the decision rests on has arrived: conversions too, where the
account has any (`most_conversions.py`).

A test begins when the last of its ads begins or with the day after the last decision on its ad
group. Where that lies before the days that we see, periods of `longest_days` are counted from a
fixed day, so that the days of a test do not move along with the calendar.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from config.playbooks import AdTestPlaybook
from connectors.actions import DONE, WAITING
from tasks.cube import Booleans, Cube, Floats, Integers
from tasks.playbooks.figures import Figures
from tasks.playbooks.most_conversions import METRICS, MostConversions
from tasks.playbooks.proposing import Concerned, entities_of
from tasks.playbooks.situation import Situation
from tasks.statistics.proportions import p_worse_than, sample_size

RATES = {"ctr": ("clicks", "impressions"), "cvr": ("conversions", "clicks")}
"""What succeeds, and what a trial is."""
BASE_DAYS, PILOT_DAYS = 28, 7
"""The base rate is that of the ad group's days before the test, or of the account's first days of
it, all ads together: neither says which is better (Gould, Statistics in Medicine 11, 1992)."""
LEAST_SUCCESSES = 100
"""Fewer say too little of a base rate."""


@dataclass(frozen=True, slots=True)
class Test:
    """The ads of one ad group that run, since the test began. Arrays are ads x days."""

    ads: tuple[Concerned, ...]
    group_id: str
    first: date
    last: date
    successes: Floats
    trials: Floats
    sample: int | None  # trials that each ad needs; None while the base rate is not known
    base: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a finished test says. Arrays have one place per ad."""

    test: Test
    ended: date
    successes: Floats
    trials: Floats
    best: int
    p: Floats  # one-sided: the ad is no worse than the best
    limit: float  # below it an ad has lost
    losers: tuple[int, ...]


def decide(playbook: AdTestPlaybook, test: Test) -> Decision | None:
    """Judge the figures up to the day on which every ad had its sample; None before that.

    The best is chosen after looking, so either of two ads may turn out to be it: every ordered
    pair counts as a comparison, k (k - 1) among k ads, and `alpha` is divided among them.
    """
    if test.sample is None:
        return None
    successes, trials = test.successes.cumsum(axis=1), test.trials.cumsum(axis=1)
    full = (trials >= test.sample).all(axis=0)  # an unknown day never compares
    if not full.any() or int(full.argmax()) >= playbook.longest_days:
        return None
    at = int(full.argmax())
    won, tried = successes[:, at], trials[:, at]
    best = int(np.argmax(won / tried))
    p = p_worse_than(np.minimum(won, tried), tried, best)
    limit = playbook.alpha / pairs_of(len(test.ads))
    losers = tuple(int(place) for place in np.flatnonzero(p < limit))
    ended = date.fromordinal(test.first.toordinal() + at)
    return Decision(test, ended, won, tried, best, p, limit, losers)


def pairs_of(ads: int) -> int:
    """Return how many comparisons there are among so many ads: the ordered pairs."""
    return ads * (ads - 1)


def tests(playbook: AdTestPlaybook, situation: Situation) -> Iterator[Test]:
    """Yield the ad groups in which at least two enabled ads run, and no decision waits."""
    success, trial = RATES[playbook.rate]
    cube, frame = situation.cubes.get("ad"), situation.entities.get("ad")
    if cube is None or frame is None or not {success, trial} <= cube.values.keys():
        return
    figures, paying = Figures(situation), MostConversions(situation)
    running = frame[(frame["status"] == "enabled") & frame["parent_id"].notna()]
    held, decided = _decisions(playbook, situation, frame)
    rows = {key: row for row, key in enumerate(cube.entities["entity_key"].tolist())}
    grouped: dict[tuple[int, str], list[Concerned]] = {}
    for ad, group in zip(entities_of(running, "ad"), running["parent_id"].tolist(), strict=True):
        grouped.setdefault((ad.account_key, str(group)), []).append(ad)
    for key, ads in grouped.items():
        needed = METRICS if paying.measured(key[0]) else (success, trial)
        last = figures.last_day("ad", key[0], needed)
        places = [rows[ad.entity_key] for ad in ads if ad.entity_key in rows]
        if last is None or key in held or not 2 <= len(ads) == len(places):
            continue
        if test := _test(playbook, cube, ads, places, key[1], last, decided.get(key)):
            yield test


def _test(
    playbook: AdTestPlaybook,
    cube: Cube,
    ads: Sequence[Concerned],
    rows: Sequence[int],
    group: str,
    last: date,
    decided: date | None,
) -> Test | None:
    success, trial = RATES[playbook.rate]
    seen = cube.days <= last.toordinal()
    days = cube.days[seen]
    if not len(days):
        return None
    trials, successes = (cube.values[name][rows][:, seen] for name in (trial, success))
    shown = cube.values["impressions" if "impressions" in cube.values else trial][rows][:, seen] > 0
    delivers = shown.any(axis=1)
    if delivers.sum() < 2:
        return None
    first = _first(days, shown[delivers], decided, playbook.longest_days)
    base = _base_rate(cube, rows, seen, first, (success, trial))
    if first > last.toordinal():
        return None
    own = days >= first
    alpha = playbook.alpha / pairs_of(int(delivers.sum()))
    worse = (base or 0.0) * (1 - playbook.least_difference)
    return Test(
        ads=tuple(ads[place] for place in np.flatnonzero(delivers).tolist()),
        group_id=group,
        first=date.fromordinal(first),
        last=last,
        successes=successes[delivers][:, own],
        trials=trials[delivers][:, own],
        sample=sample_size(base, worse, alpha, playbook.power) if base else None,
        base=base,
    )


def _first(days: Integers, shown: Booleans, decided: date | None, longest: int) -> int:
    """Return the first day (ordinal) on which all ads run since the last decision."""
    starts = int(days[shown.argmax(axis=1)].max())
    after = decided.toordinal() + 1 if decided else 0
    if max(starts, after) > int(days[0]):
        return max(starts, after)
    last = int(days[-1])
    return max(int(days[0]), last - last % longest)


def _base_rate(
    cube: Cube, rows: Sequence[int], seen: Booleans, first: int, names: tuple[str, str]
) -> float | None:
    """Return the rate that the sample is planned for, known before the ads are compared.

    None where it cannot be known for lack of days or successes. The days are fixed ones: more of
    them, as they come to be seen, would move the end of the test.
    """
    account = cube.account == cube.account[rows[0]]
    own = np.zeros(len(account), dtype=np.bool_)
    own[list(rows)] = True
    days = cube.days[seen]
    for which, start, length in ((own, first - BASE_DAYS, BASE_DAYS), (account, first, PILOT_DAYS)):
        inside = (cube.days >= start) & (cube.days < start + length)
        if start < int(days[0]) or start + length > int(days[-1]) + 1:
            continue
        won, tried = (float(np.nansum(cube.values[name][which][:, inside])) for name in names)
        if won >= LEAST_SUCCESSES and won < tried:
            return won / tried
    return None


def _decisions(
    playbook: AdTestPlaybook, situation: Situation, ads: pd.DataFrame
) -> tuple[set[tuple[int, str]], dict[tuple[int, str], date]]:
    """Return the ad groups on which a decision waits, and the last day of one on each other.

    A decision is a pause of this playbook, or its note on an ad group, that was carried out or
    rejected, and any other change of an ad's status. A note that nobody answered has ended its test
    all the same, with its last day. Advice on an ad that lost neither waits nor ends anything.
    """
    keys = zip(ads["account_key"], ads["entity_id"], strict=True)
    group_of = dict(zip(keys, ads["parent_id"], strict=True))
    waiting: set[tuple[int, str]] = set()
    decided: dict[tuple[int, str], date] = {}
    for action in situation.actions:
        about = action.proposal
        ours = about.playbook == playbook.name
        level, entity = about.subject.level, about.subject.entity_id
        group = group_of.get((about.account_key, entity)) if level == "ad" else entity
        of_ad, of_group = level == "ad" and about.subject.field == "status", level == "ad_group"
        if group is None or not (of_ad or (of_group and ours)):
            continue
        key = (about.account_key, str(group))
        if action.state in WAITING and ours:
            waiting.add(key)
        elif action.state in DONE or (action.state == "rejected" and ours):
            at = (action.applied_at or action.updated_at).date()
            decided[key] = max(decided.get(key, at), at)
        elif action.state == "expired" and of_group:
            decided[key] = max(decided.get(key, about.window_end), about.window_end)
    return waiting, decided
