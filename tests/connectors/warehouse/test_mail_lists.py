"""How large a brand's list is, how it grows, and how people move, counted in the database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.mail_lists import ListAges, ListCounts, ListGrowth, Turnover
from connectors.warehouse import Warehouse
from tests.connectors.warehouse.mail_people import ANN, BOB, NOW, address, save

DAY = timedelta(days=1)
SINCE = NOW - 28 * DAY
MONDAY = date(2026, 11, 2)


def somebody(number: int, **changes):
    made = replace(ANN, customer_id=f"c{number}", address=f"c{number}@mail.example", fields={})
    return replace(made, **changes)


def growth(warehouse: Warehouse) -> ListGrowth | None:
    return warehouse.list_growth("acme", SINCE, NOW)


def suppress(warehouse: Warehouse, customer, reason: str, at=NOW - DAY):
    warehouse.suppress("acme", address(customer), reason, "imap", at)


def test_people_are_counted_by_whether_they_may_be_written_to(warehouse):
    same = somebody(5, consent="unsubscribed")
    save(
        warehouse,
        ANN,
        BOB,
        somebody(3, address=None),
        somebody(4, consent="pending"),
        same,
        somebody(6, address=same.address),
    )
    save(warehouse, ANN, brand="other")
    suppress(warehouse, BOB, "hard_bounce")
    suppress(warehouse, BOB, "by_hand")
    assert warehouse.list_counts("acme") == ListCounts(6, 5, 4, 1, 1), "only Ann is left"
    assert warehouse.list_counts("nobody") == ListCounts(0, 0, 0, 0, 0)


def test_ages_are_those_of_the_consent_or_of_having_signed_up(warehouse):
    undated = {"consent_at": None, "signed_up_at": None}
    save(
        warehouse,
        somebody(1, consent_at=NOW - 90 * DAY),
        somebody(2, consent_at=NOW - 91 * DAY),
        somebody(3, consent_at=None, signed_up_at=NOW - 365 * DAY),
        somebody(4, consent_at=NOW - 730 * DAY),
        somebody(5, consent_at=NOW - 731 * DAY),
        somebody(6, **undated),
        somebody(7, consent="unsubscribed"),
    )
    assert warehouse.list_ages("acme", NOW) == ListAges(1, 2, 1, 1, 1)
    assert warehouse.list_ages("nobody", NOW) == ListAges(0, 0, 0, 0, 0)


def test_nobody_is_known_and_nothing_has_grown(warehouse):
    assert growth(warehouse) is None


def test_whom_the_first_list_brings_came_when_it_says_so(warehouse):
    save(
        warehouse,
        somebody(1, consent_at=NOW - 3 * DAY),
        somebody(2, consent_at=NOW - 300 * DAY),
        somebody(3, consent_at=None),
        now=NOW - 2 * DAY,
    )
    assert growth(warehouse) == ListGrowth(NOW - 2 * DAY, 1, 0, 0)


def test_later_people_come_and_go_when_we_hear_of_it(warehouse):
    save(warehouse, ANN, BOB, somebody(3), somebody(4), now=NOW - 100 * DAY)
    save(warehouse, ANN, BOB, somebody(5, consent_at=None), now=NOW - 20 * DAY)
    save(warehouse, somebody(6), now=NOW - 50 * DAY)
    warehouse.withdraw_consent(
        "acme", address_key=address(BOB), source="one click", at=NOW - DAY, now=NOW - DAY
    )
    warehouse.withdraw_consent(
        "acme", address_key=address(ANN), source="x", at=NOW - 40 * DAY, now=NOW - 40 * DAY
    )
    suppress(warehouse, somebody(3), "hard_bounce")
    suppress(warehouse, somebody(4), "soft_bounces", NOW - 40 * DAY)
    assert growth(warehouse) == ListGrowth(SINCE, 1, 1, 1)


def test_another_source_of_the_same_consent_is_no_growth(warehouse):
    save(warehouse, ANN, now=NOW - 100 * DAY)
    save(warehouse, replace(ANN, consent_source="form", consent_at=NOW - 2 * DAY), now=NOW - DAY)
    assert growth(warehouse) == ListGrowth(SINCE, 0, 0, 0)


def test_who_came_and_went_within_the_days_is_in_neither_count(warehouse):
    save(warehouse, ANN, now=NOW - 100 * DAY)
    save(warehouse, BOB, now=NOW - 9 * DAY)
    warehouse.withdraw_consent(
        "acme", address_key=address(BOB), source="x", at=NOW - DAY, now=NOW - DAY
    )
    assert growth(warehouse) == ListGrowth(SINCE, 0, 0, 0)


def test_who_was_suppressed_before_or_has_unsubscribed_does_not_bounce_away(warehouse):
    save(warehouse, ANN, replace(BOB, consent="unsubscribed"), now=NOW - 100 * DAY)
    suppress(warehouse, ANN, "by_hand", NOW - 50 * DAY)
    suppress(warehouse, ANN, "hard_bounce")
    suppress(warehouse, BOB, "hard_bounce")
    assert growth(warehouse).bounced == 0


def turnover(warehouse: Warehouse, before: int = 0, day: int = 7) -> dict[str, Turnover]:
    found = warehouse.segment_turnover("acme", MONDAY + before * DAY, MONDAY + day * DAY)
    return {it.segment: it for it in found}


def move(warehouse, segment, people, days, brand="acme"):
    warehouse.move_members(brand, segment, people, MONDAY + days * DAY)


def test_turnover_counts_who_is_in_a_segment_and_was(warehouse):
    move(warehouse, "vip", [1, 2, 3], -3)
    move(warehouse, "vip", [2, 3, 4, 5], 2)
    move(warehouse, "vip", [3, 4, 5, 6], 7)
    move(warehouse, "new", [7], 8)
    move(warehouse, "vip", [9], -3, brand="other")
    assert turnover(warehouse) == {"vip": Turnover("vip", MONDAY - 3 * DAY, 4, 3, 3, 2)}
    sizes = [warehouse.segment_sizes("acme", MONDAY + days * DAY).get("vip") for days in (0, 7)]
    assert sizes == [3, 4]


def test_who_left_and_came_back_has_stayed(warehouse):
    for days, people in ((-1, [1]), (2, []), (5, [1])):
        move(warehouse, "vip", people, days)
    its = turnover(warehouse)["vip"]
    assert (its.now, its.before, its.entered, its.left) == (1, 1, 0, 0)


def test_moves_are_those_from_one_stage_into_another(warehouse):
    for name, people in (("stage:new", [1, 2, 3]), ("stage:active", [4]), ("vip", [1, 2])):
        move(warehouse, name, people, -1)
    for name, people in (("stage:new", [3]), ("stage:active", [1, 2, 4, 8]), ("vip", [5])):
        move(warehouse, name, people, 3)
    found = warehouse.moves_between("acme", "stage:", MONDAY, MONDAY + 7 * DAY)
    assert found.to_dict("records") == [
        {"left": "stage:new", "entered": "stage:active", "people": 2}
    ]
    assert warehouse.moves_between("acme", "stage:", MONDAY, MONDAY + DAY).empty


def test_how_tests_ended_is_told_by_campaign(warehouse):
    assert warehouse.test_ends("acme") == {}
    warehouse.decide_campaign("acme", "frost", "warm", "it is best", {"sent_warm": 9.0}, NOW)
    warehouse.decide_campaign("other", "frost", "plain", "so", {}, NOW)
    (ended,) = warehouse.test_ends("acme").values()
    assert (ended.arm, ended.at, ended.reason) == ("warm", NOW, "it is best")
    assert ended.numbers == {"sent_warm": pytest.approx(9.0)}
