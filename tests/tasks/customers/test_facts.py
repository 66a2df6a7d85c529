"""What is known of people: scores and dates in one row each, and unknown where it is."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from config.mail import Lifecycle
from config.mail_segments import FACTS
from tasks.customers.bg_nbd import BgNbd
from tasks.customers.facts import customer_facts, scores
from tasks.customers.gamma_gamma import GammaGamma
from tasks.customers.histories import Orders, histories
from tasks.customers.value_model import ValueModel, customer_values

TODAY = date(2026, 11, 1)
RULES = Lifecycle()
COLUMNS = ("person_key", "stage", "orders", "value", "first_order", "last_order", "r", "f", "m",
           "p_alive", "expected_orders", "expected_value")  # fmt: skip
"""What the warehouse's table of scores takes, in its order."""


def people(*rows):
    """Return people of rows (key, consent, signed up, consent given)."""
    frame = pd.DataFrame(rows, columns=["person_key", "consent", "signed_up_at", "consent_at"])
    for name in ("signed_up_at", "consent_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.assign(country="DE", language="de")


FOUR = people(
    (9, "subscribed", "2026-10-31T22:59:00Z", "2026-10-31T23:01:00Z"),
    (4, "unsubscribed", None, None),
    (7, "never", None, None),
    (5, "subscribed", None, None),
)


def bought(*rows):
    person, ago, value = (np.array(column) for column in zip(*rows, strict=True))
    return histories(Orders(person, TODAY.toordinal() - ago, value.astype(float)), TODAY, 180)


ORDERS = bought((4, 100, 10), (4, 40, 20), (4, 40, 5), (8, 1, 500), (5, 3, -7))


def facts(those=FOUR, orders=ORDERS, values=None, zone="Europe/Berlin"):
    return customer_facts(those, orders, values, RULES, TODAY, zone)


def test_there_is_a_row_per_person_with_every_fact_a_segment_may_ask_for():
    found = facts()
    assert found["person_key"].tolist() == [9, 4, 7, 5]
    assert {*FACTS} <= {*found.columns}
    assert {str(found[name].dtype) for name in FACTS} == {"float64"}


def test_stages_of_people_with_and_without_orders():
    assert facts()["stage"].tolist() == ["subscriber", "active", "", "subscriber"]


def test_figures_of_a_customer():
    four = facts().loc[1]
    wanted = {"recency_days": 40, "orders": 2, "value": 35, "mean_value": 17.5, "usual_days": 60,
              "days_since_first_order": 100}  # fmt: skip
    assert {name: four[name] for name in wanted} == wanted
    assert (four["r"], four["f"], four["m"]) == (1, 3, 1)  # beside somebody of another list


def test_whoever_never_ordered_has_no_orders_no_value_and_no_score():
    found = facts().loc[[0, 2]]
    assert found["orders"].tolist() == found["value"].tolist() == [0, 0]
    assert found[["recency_days", "mean_value", "r", "f", "m", "usual_days"]].isna().all().all()


def test_a_refund_alone_is_known_and_makes_nobody_a_customer():
    five = facts().loc[3]
    assert (five["orders"], five["value"]) == (0, -7)
    assert np.isnan(five["first_order"])


def test_days_are_those_of_the_brands_time_zone():
    berlin, utc = facts(), facts(zone="UTC")
    assert berlin.loc[0, "days_since_signup"] == 1  # 23:59 on 31 October
    assert berlin.loc[0, "days_since_consent"] == 0  # a minute after midnight
    assert utc.loc[0, "days_since_consent"] == 1
    assert berlin.loc[1:, "days_since_signup"].isna().all()


def test_without_a_list_of_orders_nothing_of_it_is_known():
    found = facts(orders=None)
    assert found["stage"].isna().all()
    assert found[["orders", "value", "recency_days", "r"]].isna().all().all()
    assert found.loc[0, "days_since_signup"] == 1


def test_orders_of_nobody_are_known_to_be_none():
    nothing = Orders(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))
    found = facts(orders=histories(nothing, TODAY, 180))
    assert found["orders"].tolist() == [0, 0, 0, 0]
    assert found["stage"].tolist() == ["subscriber", "", "", "subscriber"]


def test_values_come_along():
    model = ValueModel(
        BgNbd(0.6, 40.0, 0.9, 3.0, 0.0, 0, 0), GammaGamma(4.0, 3.5, 25.0, 0.0, 0, 0.0)
    )
    values = customer_values(model, ORDERS)
    found = facts(values=values)
    place = ORDERS.place_of(np.array([4]))[0]
    assert found.loc[1, "expected_value"] == values.expected_value[place] > 0
    assert found.loc[[0, 2, 3], "p_alive"].isna().all()


def test_histories_of_another_day_are_refused():
    with pytest.raises(ValueError, match="not as of 2026-11-02"):
        customer_facts(FOUR, ORDERS, None, RULES, date(2026, 11, 2), "UTC")


def test_scores_are_kept_of_everybody_in_a_stage():
    kept = scores(facts())
    assert kept["person_key"].tolist() == [9, 4, 5]
    assert {*COLUMNS} <= {*kept.columns}
    assert kept["orders"].dtype == np.int64
    assert kept["stage"].tolist() == ["subscriber", "active", "subscriber"]
    assert len(scores(facts(orders=None))) == 0
