"""What automations are told: what is news, in which words, and what comes first."""

from dataclasses import replace

import pytest

from connectors.actions import ActionEvent
from connectors.turns import AlertTurn
from tasks.happenings import TOLD, most_important, of_actions, of_alerts
from tests.tasks.gate.town import NOW, action, money

CUT = action(12, money("50", "40", unit="money", group="g"))
ALERT = AlertTurn(
    3, "f00d", "shop", "google_ads", "cpa_above_target", "Shoes", "critical", "It is dear.",
    91.5, 50.0, "search", "opened", NOW, "",
)  # fmt: skip


def entry(state, number=1, **given):
    return ActionEvent(number, 12, given.pop("at", NOW), state, "ana", **given)


def told(*entries):
    return of_actions((CUT, one) for one in entries)


def test_an_alert_is_told_with_its_numbers_and_labels_to_match_on():
    (found,) = of_alerts([ALERT])
    assert (found.event, found.at) == ("marketloop.alert.opened", NOW)
    assert found.resource["prefect.resource.id"] == "marketloop.alert.f00d"
    assert found.resource["marketloop.brand"] == "shop"
    assert (found.payload["value"], found.payload["target"]) == (91.5, 50.0)
    assert [labels["prefect.resource.id"] for labels in found.related] == [
        "marketloop.brand.shop",
        "marketloop.process.google_ads",
    ]


def test_an_unknown_number_is_none():
    (found,) = of_alerts([replace(ALERT, value=float("nan"), target=None)])
    assert (found.payload["value"], found.payload["target"]) == (None, None)


def test_an_action_is_told_with_its_values_and_who_did_it():
    (found,) = told(entry("approved", explanation="agreed with sales"))
    assert found.event == "marketloop.action.approved"
    assert found.resource["prefect.resource.id"] == "marketloop.action.12"
    assert found.resource["marketloop.decision"] == "g"
    assert (found.payload["before"], found.payload["after"]) == ("50", "40")
    assert (found.payload["actor"], found.payload["explanation"]) == ("ana", "agreed with sales")
    assert found.payload["numbers"] == {"cpa": 60.0}


@pytest.mark.parametrize("state", TOLD)
def test_every_state_of_interest_is_told(state):
    assert [one.event for one in told(entry(state))] == [f"marketloop.action.{state}"]


@pytest.mark.parametrize(
    "entry_",
    [
        entry("applying"),
        entry("undoing"),
        entry("approved", reason="errors"),  # it goes back to wait: approved it was before
        entry("verified", details={"by": 13}),  # an undo that failed
        entry("proposed", at=NOW.replace(hour=23)),  # edited, or approved by the first of two
    ],
)
def test_what_is_no_news_is_not(entry_):
    assert told(entry_) == []


def test_what_was_taken_back_is_news():
    assert told(entry("undone", details={"by": 13}))


def test_the_same_thing_has_the_same_id_and_another_one_another():
    first, second = told(entry("applied", 1), entry("applied", 2))
    assert first.id == told(entry("applied", 1))[0].id
    assert len({first.id, second.id, of_alerts([ALERT])[0].id}) == 3
    assert of_alerts([ALERT])[0].id != of_alerts([replace(ALERT, turned="resolved")])[0].id


def test_of_too_many_the_important_ones_are_told_in_the_order_of_time():
    entries = [entry("refused", n) for n in range(50)] + [
        entry("failed", 98, at=NOW.replace(minute=5)), entry("applied", 99),
    ]  # fmt: skip
    found = most_important([*told(*entries), *of_alerts([ALERT])], 4)
    assert [one.event.removeprefix("marketloop.") for one in found] == [
        "alert.opened",
        "action.applied",
        "action.refused",
        "action.failed",
    ]


def test_long_texts_are_cut():
    (found,) = told(entry("failed", explanation="x" * 9000))
    assert len(found.payload["explanation"]) == 500
