"""How is a total divided over budgets: few moves, none too small, and no part above its limit?"""

from collections.abc import Sequence

import numpy as np

from tasks.cube import Booleans, Floats
from tasks.statistics.allocation import allocate
from tasks.statistics.response import Curves

LEAST_MOVE = 0.02
"""Smaller moves are left out: they bring little and begin a cool-down."""
MOST_MOVES = 16
"""Budgets that one decision moves, those that move farthest: a run may make 20 changes by default,
and one refused part refuses all."""
CENT = 0.01  # what rounding may add to a budget


def divided(
    curves: Curves,
    total: float,
    now: Floats,
    low: Floats,
    high: Floats,
    held: Sequence[tuple[Booleans, float]] = (),
) -> Floats:
    """Return the best division of `total` between the bounds in which no part of the whole gets
    more than it may. `held` says of each part which units are in it, and by how much these may rise
    together; NaN: nobody knows.

    What a part would get beyond that goes to the others, and it is divided by itself (the returns
    fall, so that at the best division such a part has all that it may have).
    """
    for those, spare in held:
        if not spare >= 0:  # nothing in it may be raised
            high = np.where(those, np.minimum(high, now), high)
    after = _divided(curves, total, now, low, high)
    limits = sorted((one for one in held if one[1] >= 0), key=lambda one: one[1])
    for those, spare in limits:  # the narrowest first: of what is settled the others take no more
        most = float(now[those].sum()) + max(spare - CENT * len(now), 0.0)
        if after[those].sum() <= most or not (low < high)[those].any():
            continue
        inside = _divided(
            curves,
            most + float(now[~those].sum()),
            now,
            np.where(those, low, now),
            np.where(those, high, now),
        )
        low, high = (np.where(those, inside, bound) for bound in (low, high))
        after = _divided(curves, min(total, float(high.sum())), now, low, high)
    return after


def _divided(curves: Curves, total: float, now: Floats, low: Floats, high: Floats) -> Floats:
    """Return the best division with few moves, none of them by less than `LEAST_MOVE`."""
    after = allocate(curves, total, low, high)
    if total < now.sum() * (1 - 1e-9):
        return after  # all must give
    still = np.zeros(len(now), dtype=np.bool_)
    while (more := ~still & _too_small(after, now)).any():
        still |= more
        after = allocate(curves, total, np.where(still, now, low), np.where(still, now, high))
    return after


def _too_small(after: Floats, now: Floats) -> Booleans:
    """Return which moves are too small, by themselves or beside `MOST_MOVES` larger ones."""
    size = np.abs(after - now)
    largest = np.sort(size)[::-1][:MOST_MOVES]
    return np.asarray((size < LEAST_MOVE * now) | (size < largest[-1]))
