"""Real purchases of a year: scores and stages equal those of a plain, other computation."""

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from config.mail import Lifecycle
from tasks.customers.bg_nbd import BgNbd
from tasks.customers.gamma_gamma import GammaGamma
from tasks.customers.histories import Orders, histories
from tasks.customers.rfm import rfm
from tasks.customers.stages import STAGES, stages
from tasks.customers.value_model import customer_values, fit_value_model

FILE = Path(__file__).parents[3] / "../shared/data/online_retail/online_retail_invoices.csv"
RULES = Lifecycle()
DAYS = (date(2011, 12, 9), date(2011, 7, 1), date(2010, 12, 20))


@pytest.fixture(scope="module")
def invoices():
    """Return 18,532 invoices of 4,338 customers. Every fortieth customer gives his first one back a
    week later: the data have no refunds."""
    frame = pd.read_csv(FILE, parse_dates=["InvoiceDate"])
    assert len(frame) == 18_532
    refunds = frame[frame["CustomerID"] % 40 == 0].drop_duplicates("CustomerID").copy()
    refunds["InvoiceDate"] += pd.Timedelta(days=7)
    refunds["TotalPrice"] *= -1
    assert len(refunds) > 50
    return pd.concat([frame, refunds])


def taken(frame, as_of):
    orders = Orders(
        frame["CustomerID"].to_numpy(),
        frame["InvoiceDate"].to_numpy().astype("datetime64[D]"),
        frame["TotalPrice"].to_numpy(),
    )
    return histories(orders, as_of, RULES.lapsed_days)


def plain(frame, as_of):
    """Return per customer recency, order days, cents, r, f, m and stage, one after another."""
    days, spent = defaultdict(set), defaultdict(list)
    columns = (frame["CustomerID"], frame["InvoiceDate"].dt.date, frame["TotalPrice"])
    for customer, day, value in zip(*(column.tolist() for column in columns), strict=True):
        if day <= as_of:
            spent[customer].append(value)
            if value >= 0:
                days[customer].add(day)
    found = {
        customer: (
            (as_of - max(its)).days,
            len(its),
            round(sum(spent[customer]) * 10_000),
            sorted(its),
        )
        for customer, its in days.items()
    }
    recencies, orders, values = (sorted(row[n] for row in found.values()) for n in range(3))
    older = sorted(-recency for recency in recencies)
    count = len(found)
    return {
        customer: (
            recency,
            often,
            value,
            1 + 5 * bisect_left(older, -recency) // count,
            1 + 5 * bisect_left(orders, often) // count,
            1 + 5 * bisect_left(values, value) // count,
            stage_of(days, as_of),
        )
        for customer, (recency, often, value, days) in found.items()
    }


def stage_of(days, as_of):
    ago = [(as_of - day).days for day in days]
    pauses = [(later, earlier - later) for earlier, later in pairwise(ago)]
    if any(later <= 30 and pause > 180 for later, pause in pauses):
        return "won_back"
    if ago[0] <= 30:
        return "new"
    return "active" if ago[-1] <= 90 else "at_risk" if ago[-1] <= 180 else "lapsed"


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_scores_and_stages_equal_a_plain_computation(invoices, as_of):
    shuffled = invoices.sample(frac=1, random_state=3)
    found = taken(shuffled, as_of)
    score = rfm(found)
    nobody = np.zeros(len(found.person_key), bool)
    days = (found.as_of - day for day in (found.first, found.last, found.returned))
    codes = stages(*days, nobody, RULES)
    mine = {
        customer: (*row[:2], round(row[2] * 10_000), *row[3:6], STAGES[row[6]])
        for customer, *row in zip(found.person_key.tolist(), *(column.tolist() for column in (
            score.recency_days, score.orders, score.value, score.r, score.f, score.m, codes,
        )), strict=True)
    }  # fmt: skip
    assert mine == plain(invoices, as_of)
    assert max(Counter(score.orders.tolist()).values()) > len(mine) / 4, "many are equal"


def test_every_stage_of_customers_is_among_them(invoices):
    counts = Counter(row[-1] for row in plain(invoices, DAYS[0]).values())
    assert {*counts} == {"new", "active", "at_risk", "lapsed", "won_back"}


def test_the_value_model_tells_the_two_months_after_it(invoices):
    """Fitted to seven months of a growing shop in which nobody is seen to leave yet. In its autumn
    season, which the model cannot know, people order half as much again."""
    until, days = date(2011, 7, 9), 60
    found = taken(invoices, until)
    model = fit_value_model(found)
    assert isinstance(model.buying, BgNbd)
    assert isinstance(model.spending, GammaGamma)
    assert model.buying.leaving < 0.001
    values = customer_values(model, found, days)
    time = invoices["InvoiceDate"] - pd.Timestamp(until)
    known = invoices["CustomerID"].isin(found.person_key)
    later = invoices[known & (time > pd.Timedelta(0)) & (time <= pd.Timedelta(days=days))]
    bought = later[later["TotalPrice"] >= 0].drop_duplicates(["CustomerID", "InvoiceDate"])
    assert values.expected_orders.sum() == pytest.approx(len(bought), rel=0.1)
    assert np.nansum(values.expected_value) == pytest.approx(later["TotalPrice"].sum(), rel=0.2)
    spent = later.groupby("CustomerID")["TotalPrice"].sum().reindex(found.person_key, fill_value=0)
    best = np.argsort(-np.nan_to_num(values.expected_value))[: len(spent) // 5]
    assert spent.to_numpy()[best].sum() > 0.6 * spent.sum(), "the best fifth brings most"
