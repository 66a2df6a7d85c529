"""The stop switch, and the platforms' change history."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.actions import Stop
from connectors.base import Account, TransientError
from connectors.changes import Edit, Subject

BUDGET = Subject("campaign", "801", "daily_budget")
STATUS = Subject("ad_group", "31", "status")


def test_a_switch_is_on_until_it_is_released(warehouse, now):
    switch = {"brand": "acme", "process": "google_ads"}
    assert warehouse.stops() == []
    on = warehouse.stop(**switch, who="Kim", why="a sale", now=now)
    assert on == Stop("acme", "google_ads", now, "Kim", "a sale")
    everywhere = warehouse.stop(brand="", process="", who="Lee", why="", now=now)
    assert warehouse.stops() == [on, everywhere]
    assert warehouse.release(**switch, who="Lee", why="over", now=now) == on
    assert warehouse.stops() == [everywhere]


def test_a_switch_that_is_on_stays_as_it_was_turned(warehouse, now):
    switch = {"brand": "acme", "process": ""}
    on = warehouse.stop(**switch, who="Kim", why="a sale", now=now)
    assert warehouse.stop(**switch, who="Lee", why="x", now=now + timedelta(hours=1)) == on
    assert warehouse.stops() == [on]


def test_releasing_what_is_not_on_names_what_is(warehouse, now):
    with pytest.raises(LookupError, match="no stop is on for acme, all processes; on are: none"):
        warehouse.release(brand="acme", process="", who="Kim", why="", now=now)
    warehouse.stop(brand="", process="", who="Lee", why="", now=now)
    with pytest.raises(LookupError, match="on are: all brands, all processes"):
        warehouse.release(brand="acme", process="", who="Kim", why="", now=now)


def test_the_history_of_a_switch_is_kept(warehouse, rows, now):
    switch = {"brand": "acme", "process": ""}
    for who in ("Kim", "Lee"):
        warehouse.stop(**switch, who=who, why="a sale", now=now)
        warehouse.release(**switch, who="Sam", why=f"over for {who}", now=now)
    assert rows("SELECT who, why, released_by, released_because FROM stops ORDER BY stop_id") == [
        {"who": who, "why": "a sale", "released_by": "Sam", "released_because": f"over for {who}"}
        for who in ("Kim", "Lee")
    ]


@pytest.fixture
def edit(now) -> Edit:
    at = now - timedelta(days=2)
    return Edit("e1", at, BUDGET, Decimal("50.00"), Decimal("35.5"), "kim@acme.test", "WEB")


def test_edits_come_out_as_they_went_in(warehouse, account_key, edit, now):
    other = Edit("e2", edit.at - timedelta(hours=1), STATUS, "enabled", "paused", "Kim", "APP")
    made = replace(edit, edit_id="e3", at=now, old=None)
    assert warehouse.save_edits(account_key, iter([[edit, other], [], [made]]), now) == 3
    assert warehouse.edits([account_key], other.at) == [
        (account_key, other), (account_key, edit), (account_key, made),
    ]  # fmt: skip
    assert warehouse.edits([account_key], edit.at) == [(account_key, edit), (account_key, made)]
    assert warehouse.edits([account_key + 1], other.at) == []
    assert warehouse.edits([], other.at) == []


def test_an_edit_of_another_setting_keeps_its_word_and_has_no_values(
    warehouse, account_key, edit, now
):
    other = replace(edit, subject=replace(BUDGET, field="other", item="targeting"))
    other = replace(other, old=None, new=None)
    warehouse.save_edits(account_key, [[other]], now)
    assert warehouse.edits([account_key], edit.at) == [(account_key, other)]


def test_an_edit_that_comes_again_is_no_new_one(warehouse, account_key, edit, now):
    later = now + timedelta(hours=1)
    assert warehouse.save_edits(account_key, [[edit, edit]], now) == 1
    assert warehouse.save_edits(account_key, [[replace(edit, who="?")]], later) == 0
    assert warehouse.edits([account_key], edit.at) == [(account_key, edit)]


def test_ids_of_two_accounts_do_not_meet(warehouse, account_key, edit, now):
    account = Account("meta_ads", "9", "B", "EUR", "UTC")
    other = warehouse.save_account("acme", "other", account, now)
    warehouse.save_edits(account_key, [[edit]], now)
    assert warehouse.save_edits(other, [[edit]], now) == 1
    assert len(warehouse.edits([account_key, other], edit.at)) == 2


def test_it_is_known_how_far_the_history_was_read(warehouse, account_key, edit, now):
    assert warehouse.edits_until(account_key) is None
    warehouse.save_edits(account_key, [], now)
    assert warehouse.edits_until(account_key) == now
    warehouse.save_edits(account_key, [[edit]], now - timedelta(days=1))
    assert warehouse.edits_until(account_key) == now


def test_a_history_that_was_cut_off_is_not_taken_for_read(warehouse, account_key, edit, now):
    def pages():
        yield [edit]
        raise TransientError("503 from the platform")

    with pytest.raises(TransientError, match="503"):
        warehouse.save_edits(account_key, pages(), now)
    assert warehouse.edits_until(account_key) is None
    assert warehouse.edits([account_key], edit.at) == []
