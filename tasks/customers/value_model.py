"""What will each customer bring in the time to come?

    expected value = expected orders (BG/NBD) x expected mean of his orders (gamma-gamma)

as in P. S. Fader, B. G. S. Hardie, K. L. Lee, "RFM and CLV: using iso-value curves for customer
base analysis", Journal of Marketing Research 42 (2005), here up to a horizon and not discounted.
Time is in days. Either model may be missing, with its reason; what rests on it is unknown then.
"""

from dataclasses import dataclass

import numpy as np

from tasks.cube import Floats
from tasks.customers import bg_nbd, gamma_gamma
from tasks.customers.bg_nbd import BgNbd
from tasks.customers.gamma_gamma import GammaGamma
from tasks.customers.histories import Histories
from tasks.customers.maximum import NoFit

HORIZON_DAYS = 365


@dataclass(frozen=True, slots=True)
class ValueModel:
    """How the customers of a brand buy and spend, or why that cannot be told."""

    buying: BgNbd | NoFit
    spending: GammaGamma | NoFit


@dataclass(frozen=True, slots=True)
class CustomerValues:
    """One place per person of the histories. NaN: he never bought, or no model tells."""

    p_alive: Floats
    expected_orders: Floats
    expected_value: Floats


def fit_value_model(histories: Histories) -> ValueModel:
    """Fit both models to everybody who ever bought."""
    x, t_x, age, mean = _summary(histories)
    return ValueModel(bg_nbd.fit(x, t_x, age), gamma_gamma.fit(x, mean))


def customer_values(
    model: ValueModel, histories: Histories, days: int = HORIZON_DAYS
) -> CustomerValues:
    """Return what each person may be expected to do in the next `days` days."""
    alive, orders, value = (np.full(len(histories.person_key), np.nan) for _ in range(3))
    if isinstance(model.buying, BgNbd):
        bought = histories.orders > 0
        x, t_x, age, mean = _summary(histories)
        alive[bought] = bg_nbd.p_alive(model.buying, x, t_x, age)
        orders[bought] = bg_nbd.expected_orders(model.buying, x, t_x, age, float(days))
        if isinstance(model.spending, GammaGamma):
            each = gamma_gamma.expected_mean(model.spending, x, mean)
            value[bought] = orders[bought] * each
    return CustomerValues(alive, orders, value)


def _summary(histories: Histories) -> tuple[Floats, Floats, Floats, Floats]:
    """Return x, t_x, T in days and the mean value of repeat orders of everybody who ever bought."""
    bought = histories.orders > 0
    first = histories.first[bought]
    x: Floats = histories.orders[bought].astype(np.float64) - 1.0
    mean = histories.repeat_value[bought] / np.where(x > 0, x, np.nan)
    return x, histories.last[bought] - first, histories.as_of - first, mean
