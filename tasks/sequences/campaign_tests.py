"""Which arm of a campaign's test won? Answered once, at a declared moment, by a declared rule.

Each arm needs `least` messages: declared, or enough to see a difference of `least_difference` from
`base` with `alpha` and `power`. An arm wins if every other one is worse than it with a p-value
below `alpha` divided by the number of ordered pairs, as the best is chosen after looking. Else the
`fallback` goes out. Successes among machines that open and click by themselves are the same in all
arms and make differences smaller, never larger.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from config.mail_sequences import CampaignTest
from tasks.statistics.proportions import p_worse_than, sample_size


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an arm until the moment of the decision."""

    sent: int
    successes: int  # messages with a click or conversion


@dataclass(frozen=True, slots=True)
class Decision:
    """How a test ended, with the numbers that made it end so."""

    arm: str
    reason: str
    numbers: Mapping[str, float]


def least_sample(test: CampaignTest) -> int:
    """Return how many messages each arm needs."""
    if test.least is not None:
        return test.least
    better = test.base * (1 + test.least_difference)
    return sample_size(test.base, better, _limit(test), test.power)


def decide(test: CampaignTest, results: Mapping[str, Result]) -> Decision:
    """Return what the others get; an arm without a result has sent nothing."""
    nothing = Result(0, 0)
    found = [results.get(arm, nothing) for arm in test.arms]
    numbers = {
        f"{kind}_{arm}": float(value)
        for arm, it in zip(test.arms, found, strict=True)
        for kind, value in (("sent", it.sent), ("successes", it.successes))
    }
    least = least_sample(test)
    if (fewest := min(it.sent for it in found)) < least:
        reason = f"{fewest:,} messages in an arm are fewer than the {least:,} that it takes"
        return Decision(test.fallback, reason, numbers)
    trials = np.array([it.sent for it in found], np.float64)
    won = np.minimum(np.array([it.successes for it in found], np.float64), trials)
    best = int(np.argmax(won / trials))
    p = np.delete(p_worse_than(won, trials, best), best)
    worst, arm = float(p.max()), [*test.arms][best]
    numbers |= {"p": worst, "limit": _limit(test)}
    if worst < _limit(test):
        rate = won[best] / trials[best]
        return Decision(arm, f"{arm} is best with {rate:.2%} (p = {worst:.2g})", numbers)
    return Decision(test.fallback, f"no arm is clearly the best (p = {worst:.2g})", numbers)


def _limit(test: CampaignTest) -> float:
    arms = len(test.arms)
    return test.alpha / (arms * (arms - 1))
