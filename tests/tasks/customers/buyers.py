"""People who buy and leave just as the BG/NBD model has it, drawn at random."""

from dataclasses import dataclass

import numpy as np

from tasks.customers.bg_nbd import BgNbd


@dataclass(frozen=True, slots=True)
class Buyers:
    x: np.ndarray  # repeat orders until T
    t_x: np.ndarray
    age: np.ndarray  # T
    alive: np.ndarray  # whether they have not left at T
    later: np.ndarray  # orders in the time after T


def model(r, alpha, a, b):
    return BgNbd(r, alpha, a, b, 0.0, 0, 0)


def buyers(known: BgNbd, age: np.ndarray, ahead: float, seed: int) -> Buyers:
    """Draw somebody for each T, by what the paper assumes and none of its formulas."""
    draw = np.random.default_rng(seed)
    count = len(age)
    rate = draw.gamma(known.r, 1 / known.alpha, count)
    leaves = draw.beta(known.a, known.b, count)
    x, t_x, later, now = (np.zeros(count) for _ in range(4))
    alive = np.ones(count, bool)
    still = np.arange(count)
    while len(still):
        now[still] += draw.exponential(1 / rate[still])
        still = still[now[still] <= age[still] + ahead]
        before = now[still] <= age[still]
        x[still[before]] += 1
        t_x[still[before]] = now[still[before]]
        later[still[~before]] += 1
        left = draw.random(len(still)) < leaves[still]
        alive[still[left & before]] = False
        still = still[~left]
    return Buyers(x, t_x, np.array(age, float), alive, later)
