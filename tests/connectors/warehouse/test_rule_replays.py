"""Replays that were shown come out as they went in, and are nobody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.records import RuleReplay


@pytest.fixture
def cut(now) -> RuleReplay:
    return RuleReplay(
        brand="acme",
        process="google_ads",
        playbook="cut",
        digest="ab12",
        at=now,
        first=now.date() - timedelta(days=89),
        last=now.date(),
        known_days=48,
        as_if_known=False,
        days_fired=7,
        waits=2,
        done=5,
        refused={"cool_down": 3, "protected": 1},
    )


def test_what_was_shown_comes_back_the_newest_first(warehouse, cut, now):
    other = replace(cut, playbook="raise", refused={}, as_if_known=True)
    later = replace(cut, digest="cd34", at=now + timedelta(days=1))
    warehouse.save_rule_replays([cut, other])
    warehouse.save_rule_replays([later])
    assert warehouse.rule_replays("acme", "google_ads") == [later, other, cut]


def test_brands_and_processes_share_nothing(warehouse, cut):
    warehouse.save_rule_replays([cut])
    assert warehouse.rule_replays("other", "google_ads") == []
    assert warehouse.rule_replays("acme", "facebook_ads") == []


def test_nothing_shown_records_nothing(warehouse):
    warehouse.save_rule_replays([])
    assert warehouse.rule_replays("acme", "google_ads") == []
