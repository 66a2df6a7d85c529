"""How recently, how often and for how much did each customer buy, compared with the others?

Recency, frequency and monetary value (Hughes, "Strategic Database Marketing", 1994), each scored
from 1 to 5 among all who ever bought:

    score = 1 + floor(5 * customers who are strictly worse / customers)

So 5 is better than at least four fifths of the customers, and equal customers have equal scores,
whatever the order of the rows; where all values differ, each score is a fifth of the customers. Of
many who are equal the common score is the lowest that any of them would have: where two thirds
ordered once, they have 1, and nobody has 2, 3.
"""

from dataclasses import dataclass

import numpy as np

from tasks.cube import Floats
from tasks.customers.histories import Histories

SCORES = 5


@dataclass(frozen=True, slots=True)
class Rfm:
    """One place per person of the histories. Whoever never bought has NaN in all but `value` and
    `orders`."""

    recency_days: Floats  # since the last order day
    orders: Floats  # order days
    value: Floats  # all orders, less refunds
    mean_value: Floats  # per order day
    r: Floats  # 1 to 5; the most recent has 5
    f: Floats
    m: Floats  # of `value`


def rfm(histories: Histories) -> Rfm:
    """Return figures and scores of everybody."""
    bought = histories.orders > 0
    orders = histories.orders.astype(np.float64)
    recency = histories.as_of - histories.last
    return Rfm(
        recency,
        orders,
        histories.value,
        histories.value / np.where(bought, orders, np.nan),
        quintiles(-recency),
        quintiles(np.where(bought, orders, np.nan)),
        quintiles(np.where(bought, histories.value, np.nan)),
    )


def quintiles(values: Floats) -> Floats:
    """Return the score of each value among all that are known, 5 for the highest; NaN stays."""
    scores = np.full(len(values), np.nan)
    known = np.isfinite(values)
    among = values[known]
    if not len(among):
        return scores
    # Whoever has at least k fifths of all below him is above the last one of these k fifths.
    places = [-(-step * len(among) // SCORES) - 1 for step in range(1, SCORES)]
    limits = np.partition(among, places)[places]
    scores[known] = 1.0 + np.searchsorted(limits, among, side="left")
    return scores
