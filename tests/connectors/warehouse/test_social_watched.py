"""How often watched words were used: numbers by account, word and day."""

from datetime import date, timedelta

import pandas as pd
import pytest

from connectors.base import Account

DAY = timedelta(days=1)
FIRST = date(2026, 11, 1)


@pytest.fixture
def stored(warehouse, account_key):
    def read(since: date = FIRST) -> list[tuple[str, date, float | None, str]]:
        frame = warehouse.watched_days([account_key], since)
        rows = frame[["term", "date_day", "posts", "why"]].itertuples(index=False, name=None)
        return [(t, d, None if pd.isna(n) else n, why) for t, d, n, why in rows]

    return read


def test_days_come_out_as_they_went_in_and_none_is_no_zero(warehouse, account_key, stored, now):
    days = {FIRST + DAY: None, FIRST: 0}
    warehouse.save_watched(account_key, "#Trail", days, now, why="too many")
    warehouse.save_watched(account_key, "Acme  SHOP", {FIRST: 7}, now)
    assert stored() == [
        ("#trail", FIRST, 0.0, ""),
        ("#trail", FIRST + DAY, None, "too many"),
        ("acme shop", FIRST, 7.0, ""),
    ]
    assert stored(FIRST + DAY) == [("#trail", FIRST + DAY, None, "too many")]


def test_what_is_known_stays_and_what_was_not_becomes_known(warehouse, account_key, stored, now):
    warehouse.save_watched(account_key, "acme", {FIRST: None, FIRST + DAY: 3}, now, why="no scope")
    warehouse.save_watched(account_key, "acme", {FIRST: 5, FIRST + DAY: None}, now, why="too many")
    assert stored() == [("acme", FIRST, 5.0, ""), ("acme", FIRST + DAY, 3.0, "")]
    warehouse.save_watched(account_key, "acme", {FIRST: 6}, now)
    assert stored()[0] == ("acme", FIRST, 6.0, "")


def test_a_reason_may_become_another_one(warehouse, account_key, stored, now):
    for why in ("no scope", "too\0many"):
        warehouse.save_watched(account_key, "acme", {FIRST: None}, now, why=why)
    assert stored() == [("acme", FIRST, None, "too\N{REPLACEMENT CHARACTER}many")]


def test_accounts_are_told_apart(warehouse, account_key, stored, now):
    account = Account("mastodon", "@acme@m.test", "Acme", "EUR", "Europe/Berlin")
    other = warehouse.save_account("acme", "second", account, now)
    warehouse.save_watched(other, "acme", {FIRST: 5}, now)
    assert stored() == []
    frame = warehouse.watched_days([account_key, other], FIRST)
    assert [*frame["account_key"]] == [other]


def test_without_any_the_frame_is_empty_and_typed(warehouse, account_key, stored, now):
    warehouse.save_watched(account_key, "acme", {}, now)
    frame = warehouse.watched_days([account_key], FIRST)
    assert frame.empty
    assert [*frame] == ["account_key", "term", "date_day", "posts", "why"]
    assert str(frame["posts"].dtype) == "float64"
