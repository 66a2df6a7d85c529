"""What the budgets of a platform add up to, where some of them are not known per day."""

from math import isnan

import numpy as np
import pytest

from tasks.playbooks.month_room import planned_a_day
from tests.tasks.playbooks.brand_scene import Scene

DAYS = 10
RAN_AWAY = [40.0] * 8 + [900.0, 40.0]  # 40 on a usual day


def scene(*campaigns, ad_sets=()):
    """Campaigns and ad sets, each with what it spent on each day."""
    made = Scene()
    for level, pairs in (("campaign", campaigns), ("ad_group", ad_sets)):
        if pairs:
            rows = [row for row, _ in pairs]
            spend = [np.broadcast_to(spent, DAYS) for _, spent in pairs]
            made = made.add(level, rows, {"spend": np.array(spend)})
    return made.situation()


def test_a_campaign_without_a_known_budget_counts_with_its_usual_day():
    known = ({"daily_budget": 50.0}, 45.0)
    assert planned_a_day(scene(known, ({}, RAN_AWAY)), []) == 90.0
    assert planned_a_day(scene(known, ({}, 0.0)), []) == 50.0
    assert planned_a_day(scene(known, ({"status": "paused"}, RAN_AWAY)), []) == 50.0


def test_where_nothing_is_known_of_it_neither_is_the_total():
    assert isnan(planned_a_day(scene(({"daily_budget": 50.0}, 45.0), ({}, np.nan)), []))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"daily_budget": 20.0}, {"daily_budget": 10.0}, 30.0),
        ({"daily_budget": 20.0}, {}, 25.0),
        ({"daily_budget": 20.0}, {"status": "paused"}, 20.0),
        ({}, {}, 40.0),
    ],
)
def test_a_campaign_whose_ad_sets_have_budgets_has_none(first, second, expected):
    found = scene(({}, RAN_AWAY), ad_sets=[(first, 35.0), (second, 5.0)])
    assert planned_a_day(found, []) == expected


def test_ad_sets_below_a_campaign_with_a_budget_have_none():
    found = scene(({"daily_budget": 50.0}, 40.0), ad_sets=[({}, 35.0), ({}, 5.0)])
    assert planned_a_day(found, []) == 50.0
