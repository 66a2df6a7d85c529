"""How long does it take to score many customers, against a bare groupby of their orders?

The floor is what pandas does for the last order, the number of orders and their sum per person; the
contestant counts order days instead, finds first orders, pauses and refunds, and scores everybody.
"""

import resource
import sys
from datetime import date
from functools import partial
from importlib import import_module

import numpy as np
import pandas as pd

from config.mail import Lifecycle
from tasks.customers.bg_nbd import BgNbd
from tasks.customers.gamma_gamma import GammaGamma
from tasks.customers.histories import Histories, Orders, histories
from tasks.customers.rfm import rfm
from tasks.customers.stages import stages
from tasks.customers.value_model import customer_values, fit_value_model
from tests.benchmarks.measure import Line, in_turns

AS_OF = date(2026, 11, 1)
DAYS = 1_100
RULES = Lifecycle()
ROUNDS = 5
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def run(*, small: bool) -> list[Line]:
    """Score everybody, then fit the value model to them and value them."""
    customers = 10_000 if small else 1_000_000
    orders = bought(customers, 10 * customers)
    frame = pd.DataFrame(
        {"person_key": orders.person_key, "day": orders.day, "value": orders.value}, copy=False
    )
    both = {
        "scoring": lambda: partial(scored, orders),
        "groupby": lambda: partial(grouped, frame),
    }
    timings = in_turns(ROUNDS, both)
    before = peak()
    score = Line(
        f"scores and stages of {customers:,} customers with {len(frame):,} orders, against a bare "
        "groupby().agg() of last day, count and sum",
        timings.ratios("scoring", "groupby"),
        "times",
        at_most=2,
        detail=f"{timings.seconds()}; peak {before:.0f} MB, of it "
        f"{frame.memory_usage(index=False).sum() / 1e6:.0f} MB the orders",
    )
    return [score, *valued(histories(orders, AS_OF, RULES.lapsed_days))]


def bought(customers: int, orders: int) -> Orders:
    """Return orders of people who buy and leave as the BG/NBD model has it, in random order.

    Orders are added to the first ones in proportion to how many people have, until there are so
    many; keys are 63 bits, as those of people are.
    """
    draw = np.random.default_rng(6)
    keys = draw.integers(1, 2**63 - 1, customers)
    first = draw.integers(0, DAYS, customers)
    rate = draw.gamma(0.6, 1.0, customers)
    until = first + np.ceil((DAYS - first) * draw.beta(1.0, 0.6, customers))
    often = rate * (until - first)
    more = draw.choice(customers, orders - customers, p=often / often.sum())
    later = first[more] + draw.random(len(more)) * (until - first)[more]
    person = np.concatenate([keys, keys[more]])
    day = np.concatenate([first, later.astype(np.int64)]) + AS_OF.toordinal() - DAYS
    value = draw.lognormal(3.5, 0.8, orders).round(2)
    value[draw.random(orders) < 0.02] *= -1.0
    order = draw.permutation(orders)
    return Orders(person[order], day[order].astype(np.int32), value)


def scored(orders: Orders) -> Histories:
    """Do all that lies between the orders and everybody's scores and stage."""
    found = histories(orders, AS_OF, RULES.lapsed_days)
    score = rfm(found)
    stages(
        found.as_of - found.first,
        score.recency_days,
        found.as_of - found.returned,
        np.ones(len(found.person_key), np.bool_),
        RULES,
    )
    return found


def grouped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the least that scores could be made of."""
    return frame.groupby("person_key").agg(
        last=("day", "max"), orders=("day", "size"), value=("value", "sum")
    )


def valued(found: Histories) -> list[Line]:
    """Fit both models and value everybody, with the seconds and the memory that takes."""
    import_module("scipy.optimize"), import_module("scipy.special")  # seconds of their own
    model = fit_value_model(found)
    assert isinstance(model.buying, BgNbd), model.buying
    assert isinstance(model.spending, GammaGamma), model.spending
    work = {
        "fitting": lambda: partial(fit_value_model, found),
        "valuing": lambda: partial(customer_values, model, found),
    }
    timings = in_turns(3, work)
    customers = f"{len(found.person_key):,} customers"
    return [
        Line(
            f"fitting BG/NBD and gamma-gamma to {customers}",
            [timing.wall for timing in timings.timings["fitting"]],
            "s",
            detail=f"{timings.seconds('fitting')}; {model.buying.repeat_customers:,} with repeat "
            f"orders; peak {peak():.0f} MB, with the orders and what scoring took",
        ),
        Line(
            f"valuing {customers} for a year",
            [timing.wall for timing in timings.timings["valuing"]],
            "s",
            detail=timings.seconds("valuing"),
        ),
    ]


def peak() -> float:
    """Return the largest resident size that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT / 1_000_000
