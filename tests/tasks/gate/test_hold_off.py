"""Which entries of a platform's change history did not come from us?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.changes import Subject
from tasks.gate.history import History
from tasks.gate.hold_off import MOMENT, TOLERANCE, foreign_edits
from tasks.gate.passing import decide
from tasks.gate.places import Places
from tests.tasks.gate.town import (
    NOW,
    account,
    action,
    budget_of,
    edit,
    money,
    proposal,
    setting,
    state,
)

OWN = action(7, money("100", "90"), 1)
SECOND = timedelta(seconds=1)


def at(offset, **changes):
    made = edit(budget_of("c1"), Decimal(100), Decimal("90.00"))
    return replace(made, at=OWN.applied_at + offset, **changes)


@pytest.mark.parametrize(
    ("one", "foreign"),
    [
        (at(timedelta(0)), False),
        (at(TOLERANCE), False),
        (at(TOLERANCE + SECOND), True),
        (at(-TOLERANCE), False),
        (at(-TOLERANCE - SECOND), True),
        (at(SECOND, new=Decimal(91)), True),
        (at(SECOND, new=None), False),
        (at(SECOND, subject=budget_of("c2")), True),
        (at(SECOND, subject=Subject("campaign", "c1", "status")), True),
        (at(SECOND, subject=Subject("ad_group", "c1", "daily_budget")), True),
    ],
)
def test_an_entry_is_ours_by_subject_value_and_time(one, foreign):
    assert foreign_edits([one], [OWN]) == ([one] if foreign else [])


def test_a_write_that_a_dead_run_did_not_confirm_until_hours_later_is_ours():
    written = at(timedelta(0))
    recovered = replace(OWN, applied_at=OWN.applied_at + timedelta(hours=9))
    assert foreign_edits([written], [recovered]) == []


@pytest.mark.parametrize(
    ("changes", "foreign"),
    [
        ({"state": "applying", "attempts": 0}, False),
        ({"state": "failed", "attempts": 1}, False),
        ({"state": "proposed", "attempts": 0}, True),
        ({"state": "rejected", "attempts": 0}, True),
    ],
)
def test_only_what_was_sent_explains_an_entry(changes, foreign):
    own = replace(OWN, applied_at=None, **changes)
    assert bool(foreign_edits([at(SECOND)], [own])) == foreign


def test_the_tolerance_can_be_said():
    one = at(timedelta(minutes=2))
    assert foreign_edits([one], [OWN], timedelta(minutes=1)) == [one]


def test_order_is_kept_and_nothing_is_nothing():
    foreign = [at(timedelta(hours=hours)) for hours in (3, 1, 2)]
    assert foreign_edits(foreign, [OWN]) == foreign
    assert foreign_edits([], [OWN]) == []


TARGETING = Subject("campaign", "c1", "other", "targeting")


def other(offset, **changes):
    return at(offset, **({"subject": TARGETING, "old": None, "new": None} | changes))


@pytest.mark.parametrize(
    ("beside", "foreign"),
    [
        (other(timedelta(0)), False),
        (other(MOMENT), False),
        (other(-MOMENT), False),
        (other(MOMENT + SECOND), True),
        (other(-MOMENT - SECOND), True),
        (other(SECOND, who="a colleague"), True),
        (other(SECOND, tool="EDITOR"), True),
        (other(SECOND, subject=replace(TARGETING, entity_id="c2")), True),
        (other(SECOND, subject=replace(TARGETING, level="ad_group")), True),
        (at(SECOND, subject=Subject("campaign", "c1", "status"), new="paused"), True),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_another_setting_is_ours_only_as_part_of_what_we_wrote(beside, foreign, first):
    ours = at(timedelta(0))
    told = [beside, ours] if first else [ours, beside]
    assert foreign_edits(told, [OWN]) == ([beside] if foreign else [])


def test_another_setting_without_a_write_of_ours_beside_it_is_foreign_at_any_time():
    alone = other(SECOND)
    theirs = at(timedelta(0), new=Decimal(91))
    assert foreign_edits([theirs, alone], [OWN]) == [theirs, alone]
    assert foreign_edits([alone], [OWN]) == [alone]


def test_other_settings_of_a_shared_budget_came_with_ours():
    of_others = {"c2": "c1"}

    def canonical(subject):
        return replace(subject, entity_id=of_others.get(subject.entity_id, subject.entity_id))

    told = at(SECOND, subject=budget_of("c2"))
    beside = other(SECOND, subject=replace(TARGETING, entity_id="c2"))
    assert foreign_edits([told, beside], [OWN], canonical=canonical) == []
    assert foreign_edits([told, beside], [OWN]) == [told, beside]


MADE = Subject("ad_group", "9", "keyword", "exact:red shoes")
DRAFTED = Subject("ad_group", "9", "ad", "0f3c")


@pytest.mark.parametrize(
    ("made", "after", "told", "foreign"),
    [
        (MADE, "enabled", at(SECOND, old=None, new="enabled"), False),
        (MADE, "absent", at(SECOND, old="enabled", new="removed"), False),
        (MADE, "absent", at(SECOND, old=None, new="removed"), False),
        (DRAFTED, "paused", at(SECOND, old=None, new="paused"), False),
        (DRAFTED, "removed", at(SECOND, old="paused", new="removed"), False),
        (MADE, "enabled", at(SECOND, old=None, new="paused"), True),
        (MADE, "enabled", at(SECOND, old="paused", new="enabled"), True),
        (MADE, "enabled", at(TOLERANCE + SECOND, old=None, new="enabled"), True),
        (replace(MADE, entity_id="8"), "enabled", at(SECOND, old=None, new="enabled"), True),
    ],
)
def test_what_we_made_is_ours_under_its_own_id_too(made, after, told, foreign):
    level = "keyword" if made.field == "keyword" else "ad"
    told = replace(told, subject=Subject(level, "9~55", "status"))
    before = "absent" if after in ("enabled", "paused") else "enabled"
    own = replace(OWN, proposal=proposal(made, before, after))
    assert foreign_edits([told], [own]) == ([told] if foreign else [])


def test_what_we_made_with_a_bid_has_it_from_us():
    own = replace(OWN, proposal=proposal(MADE, "absent", "enabled"))
    status = at(SECOND, old=None, new="enabled", subject=Subject("keyword", "9~55", "status"))
    bid = at(SECOND, old=None, new=Decimal(1), subject=Subject("keyword", "9~55", "cpc_bid"))
    assert foreign_edits([bid, status], [own]) == []
    for theirs in (replace(bid, old=Decimal(2)), replace(bid, who="a colleague")):
        assert foreign_edits([theirs, status], [own]) == [theirs]
    assert foreign_edits([bid], [own]) == [bid]


@pytest.mark.parametrize("days_ago", [0, 6])
def test_a_persons_other_setting_opens_a_hold_off_that_names_it(days_ago):
    asked = money("90", "85")
    accounts = {1: account(edits=[edit(TARGETING, None, None, days_ago)])}
    decision = decide([asked], state(asked, accounts=accounts))[0]
    assert decision.reason == "hold_off"
    assert decision.explanation.startswith("somebody@example.com changed its targeting on ")


@pytest.mark.parametrize("days_ago", [7, 20])
def test_it_ends_like_any_other(days_ago):
    asked = money("90", "85")
    accounts = {1: account(edits=[edit(TARGETING, None, None, days_ago)])}
    assert decide([asked], state(asked, accounts=accounts))[0].passed


def test_it_holds_nothing_beside_its_entity():
    asked = money("90", "85")
    elsewhere = replace(TARGETING, entity_id="c2")
    accounts = {1: account(edits=[edit(elsewhere, None, None)])}
    assert decide([asked], state(asked, accounts=accounts))[0].passed


def test_it_is_no_value_of_ours_that_moved():
    """What counts as the value of 7 and of 30 days ago, and our own days, stay as they were."""
    asked = money("90", "85")
    made = NOW - timedelta(days=5)
    own = replace(OWN, applied_at=made, created_at=made, updated_at=made)
    of_ours = replace(at(SECOND), at=made + SECOND)
    later = edit(TARGETING, None, None, 1)

    def history(edits):
        brand = state(asked, accounts={1: account(edits=edits)}, actions=[own])
        return History(brand, Places(brand), frozenset())

    place = (1, asked.subject)
    before, after = history([of_ours]), history([of_ours, later])
    assert after.past(place) == before.past(place)
    assert after.past(place).stood(7, NOW.date(), Decimal(90)) == Decimal(100)
    assert after.foreign == {(1, "campaign", "c1"): later}
    assert before.foreign == {}


def test_our_own_changes_hold_nothing_off():
    asked = money("90", "85")
    own = replace(OWN, applied_at=NOW - timedelta(days=4))
    ours = replace(at(SECOND), at=own.applied_at + SECOND)
    accounts = {1: account(edits=[ours])}
    own = replace(own, created_at=own.applied_at, updated_at=own.applied_at)

    assert decide([asked], state(asked, accounts=accounts, actions=[own]))[0].passed
    assert decide([asked], state(asked, accounts=accounts))[0].reason == "hold_off"


def test_our_own_change_of_a_shared_budget_is_told_of_every_campaign():
    asked = money("90", "85", evidence=("It is the budget of Campaign 2 too.",))
    made = NOW - timedelta(days=4)
    own = replace(OWN, applied_at=made, created_at=made, updated_at=made)
    told = replace(at(SECOND), at=made + SECOND, subject=budget_of("c2"))
    brand = state(
        asked,
        accounts={1: account(edits=[told])},
        actions=[own],
        settings={(1, asked.subject): setting(asked, shared_by=("c1", "c2"))},
    )
    assert decide([asked], brand)[0].passed
    other = replace(told, new=Decimal(95))
    brand = replace(brand, accounts={1: account(edits=[other])})
    assert decide([asked], brand)[0].reason == "hold_off"
