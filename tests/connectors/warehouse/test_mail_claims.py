"""A message is claimed once, by one worker, and only for somebody who wants it now."""

import ast
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from connectors.mail import MailClaim, NotClaimed, Outcome
from connectors.warehouse import Warehouse
from connectors.warehouse.mail_claim_rules import cap_free_at
from connectors.warehouse.mail_consent import suppress_address, withdraw
from connectors.warehouse.mail_tables import enrolments
from tests.mail_people import KEYS, NOON, add_people, address_of, due, save_sender, states, terms

ROOT = Path(__file__).parents[3]
HOUR = timedelta(hours=1)


@pytest.fixture
def sender(warehouse) -> int:
    return save_sender(warehouse)


@pytest.fixture
def claim(warehouse, sender):
    def run(*wanted, worker="w/1", now=NOON, **its):
        return warehouse.claim_mail(sender, "acme", wanted, its.pop("terms", terms()), worker, now)

    return run


@pytest.fixture
def reasons(claim):
    """Claim; return why not, '' for a claim."""

    def run(*wanted, **its):
        return [one.reason if isinstance(one, NotClaimed) else "" for one in claim(*wanted, **its)]

    return run


@pytest.fixture
def hand(warehouse):
    """Mark a claimed message and note down what became of it; return why it was held."""

    def run(claim, state="sent", now=NOON, worker="w/1", **more):
        with warehouse.mail_desk("acme", worker, "marketing_automation") as desk:
            held = desk.next(claim, now)
            if not held:
                desk.record(claim, Outcome(state, **more), now)
        return held

    return run


def enrol(warehouse, person, *, state="active", round_=1, sequence="welcome"):
    with warehouse.writing() as connection:
        connection.execute(sa.insert(enrolments).values(
            brand="acme", sequence=sequence, person_key=person, round=round_, entered_at=NOON,
            entry="signup", version="v", step="one", arms={}, state=state, reason="",
            planned_at=NOON, due_at=NOON, updated_at=NOON,
        ))  # fmt: skip


def welcome(person, **changes):
    return due(person, kind="sequence", source="welcome", step="one", round=1, **changes)


def test_a_claim_names_its_message_and_is_made_once(warehouse, claim):
    add_people(warehouse, [1])
    (first,) = claim(due(1))
    assert isinstance(first, MailClaim)
    assert first.message_id.endswith("@shop.example>")
    assert "person" not in first.message_id
    (second,) = claim(due(1), worker="w/2")
    assert isinstance(second, NotClaimed)
    assert second.reason == "claimed_before"


def test_the_same_message_twice_in_a_batch_is_claimed_once(warehouse, reasons):
    add_people(warehouse, [1])
    assert reasons(due(1), due(1)) == ["", "claimed_before"]


@pytest.mark.parametrize("consent", ["pending", "unsubscribed", "never"])
def test_only_who_agreed_gets_mail(warehouse, reasons, consent):
    add_people(warehouse, [1], consent=consent)
    assert reasons(due(1)) == ["no_consent"]


def test_nobody_unknown_or_without_an_address_gets_mail(warehouse, reasons):
    add_people(warehouse, [1], address=None)
    add_people(warehouse, [3], brand="other")
    assert reasons(due(1), due(2), due(3)) == ["no_address", "unknown_person", "unknown_person"]


def test_a_suppressed_address_gets_none(warehouse, reasons):
    add_people(warehouse, [1, 2])
    with warehouse.writing() as connection:
        suppress_address(connection, "acme", KEYS.address(address_of(1)), "by_hand", "x", NOON)
        suppress_address(connection, "other", KEYS.address(address_of(2)), "by_hand", "x", NOON)
    assert reasons(due(1), due(2)) == ["suppressed", ""]


def test_a_message_has_its_time(warehouse, claim):
    add_people(warehouse, [1, 2])
    early, late = claim(
        due(1, not_before=NOON + HOUR), due(2, not_after=NOON - timedelta(seconds=1))
    )
    assert (early.reason, early.until, late.reason) == ("too_early", NOON + HOUR, "too_late")


def test_caps_count_everything_a_person_got_or_may_have_got(warehouse, claim, hand, reasons):
    add_people(warehouse, [1, 2, 3, 4])
    for person, state in ((1, "sent"), (2, "doubtful"), (3, "refused"), (4, "released")):
        (one,) = claim(due(person))
        hand(one, state)
    again = [due(person, source="summer") for person in (1, 2, 3, 4)]
    later = NOON + timedelta(hours=23)
    assert reasons(*again, now=later, terms=terms((1, 1))) == ["over_cap", "over_cap", "", ""]
    day = NOON + timedelta(days=1)
    assert reasons(*again, now=day, terms=terms((1, 1))) == ["", "", *["claimed_before"] * 2]


def test_a_claim_counts_for_the_caps_of_the_same_batch_by_priority(warehouse, claim):
    add_people(warehouse, [1])
    low, high = claim(due(1), due(1, source="summer", priority=5), terms=terms((1, 1), (3, 7)))
    assert isinstance(high, MailClaim)
    assert (low.reason, low.until) == ("over_cap", NOON + timedelta(days=1))


def test_a_sequences_own_caps_hold_for_it_alone(warehouse, claim, hand):
    add_people(warehouse, [1])
    enrol(warehouse, 1)
    enrol(warehouse, 1, sequence="thanks")
    held = replace(terms(), own_caps={("sequence", "welcome"): terms((1, 7)).caps})
    (first,) = claim(welcome(1), terms=held)
    hand(first)
    later = NOON + timedelta(days=1)
    again, other, campaign = claim(
        replace(welcome(1), step="two"),
        replace(welcome(1), source="thanks"),
        due(1),
        terms=held,
        now=later,
    )
    assert (again.reason, again.until) == ("over_cap", NOON + timedelta(days=7))
    assert isinstance(other, MailClaim)
    assert isinstance(campaign, MailClaim)


def test_the_later_of_all_caps_says_when_a_message_may_go(warehouse, claim):
    add_people(warehouse, [1])
    enrol(warehouse, 1)
    held = replace(terms((1, 3)), own_caps={("sequence", "welcome"): terms((1, 2)).caps})
    _, again = claim(welcome(1), replace(welcome(1), step="two"), terms=held)
    assert again.until == NOON + timedelta(days=3)


@pytest.mark.parametrize("seed", range(3))
def test_two_sequences_that_race_for_the_same_people_keep_all_caps(warehouse, url, sender, seed):
    """Each worker wants three messages of its sequence to everybody, in an order of its own."""
    persons, names = range(20), ("welcome", "thanks")
    add_people(warehouse, persons)
    for person in persons:
        for name in names:
            enrol(warehouse, person, sequence=name)
    held = replace(terms((2, 1)), own_caps={("sequence", "welcome"): terms((1, 1)).caps})
    start, found = Barrier(2), []

    def work(name):
        wanted = [
            replace(welcome(person), source=name, step=step)
            for person in persons
            for step in ("one", "two", "three")
        ]
        Random(f"{name}{seed}").shuffle(wanted)  # noqa: S311  an order
        with Warehouse(url) as own:
            for at in range(0, len(wanted), 7):
                part = wanted[at : at + 7]
                start.wait()
                told = own.claim_mail(sender, "acme", part, held, name, NOON)
                found.extend(zip(part, told, strict=True))

    workers = [Thread(target=work, args=(name,)) for name in names]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    claimed = [wanted for wanted, told in found if isinstance(told, MailClaim)]
    assert Counter(it.person_key for it in claimed) == dict.fromkeys(persons, 2)
    of_welcome = Counter(it.person_key for it in claimed if it.source == "welcome")
    assert set(of_welcome.values()) == {1}
    assert {told.reason for _, told in found if isinstance(told, NotClaimed)} == {"over_cap"}


def test_a_ramp_lets_the_most_important_through(warehouse, claim, hand, reasons):
    add_people(warehouse, range(5))
    (one,) = claim(due(0))
    hand(one)
    wanted = [due(1), due(2, priority=2), due(3, priority=1), due(4)]
    assert reasons(*wanted, terms=terms(a_day=3)) == ["over_ramp", "", "", "over_ramp"]


def test_yesterdays_messages_do_not_count_for_todays_ramp(warehouse, claim, hand, reasons):
    add_people(warehouse, [1, 2])
    (one,) = claim(due(1))
    hand(one)
    tomorrow = NOON + timedelta(days=1)
    assert reasons(due(2), now=tomorrow, terms=terms(a_day=1, now=tomorrow)) == [""]


@pytest.mark.parametrize("brand", ["", "acme"])
@pytest.mark.parametrize("process", ["", "mail", "marketing_automation"])
def test_the_stop_switch_stops_mail(warehouse, claim, hand, reasons, brand, process):
    add_people(warehouse, [1, 2])
    (one,) = claim(due(1))
    warehouse.stop(brand=brand, process=process, who="ops", why="a leak", now=NOON)
    assert reasons(due(2)) == ["stopped"]
    assert hand(one) == "stopped"


def test_other_switches_do_not(warehouse, claim, hand):
    add_people(warehouse, [1])
    warehouse.stop(brand="other", process="", who="ops", why="a leak", now=NOON)
    warehouse.stop(brand="acme", process="google_ads", who="ops", why="a leak", now=NOON)
    (one,) = claim(due(1))
    assert hand(one) is None


def test_a_stopped_campaign_sends_nothing_and_others_go_on(warehouse, claim, hand, reasons):
    add_people(warehouse, [1, 2])
    (one,) = claim(due(1))
    warehouse.stop_mail("acme", "campaign", "spring", who="breaker", why="bounces", now=NOON)
    assert reasons(due(2), due(2, source="summer")) == ["source_stopped", ""]
    assert hand(one) == "source_stopped"
    assert states(warehouse)[1] == "released"


def test_who_has_left_a_sequence_gets_none_of_it(warehouse, claim, hand, reasons):
    add_people(warehouse, [1, 2, 3, 4, 5])
    for person, its in ((1, {}), (2, {"state": "left"}), (3, {"round_": 2}),
                        (5, {"state": "finished"})):  # fmt: skip
        enrol(warehouse, person, **its)
    wanted = [welcome(person) for person in range(1, 6)]
    first, *_ = found = claim(*wanted)
    assert [getattr(one, "reason", "") for one in found] == ["", "left", "left", "left", ""]
    with warehouse.writing() as connection:
        connection.execute(sa.update(enrolments).values(state="left"))
    assert hand(first) == "left"


def test_who_withdraws_after_the_claim_gets_none(warehouse, claim, hand):
    add_people(warehouse, [1, 2])
    one, two = claim(due(1), due(2))
    with warehouse.writing() as connection:
        withdraw(connection, "acme", KEYS.address(address_of(1)), "one click", NOON, NOON)
        suppress_address(connection, "acme", KEYS.address(address_of(2)), "complaint", "x", NOON)
    assert (hand(one), hand(two)) == ("no_consent", "suppressed")
    assert states(warehouse) == {1: "released", 2: "released"}


def test_a_released_message_may_be_claimed_again_under_its_id(warehouse, claim, hand):
    add_people(warehouse, [1])
    (first,) = claim(due(1))
    hand(first, "released")
    (second,) = claim(due(1), worker="w/2", now=NOON + HOUR)
    assert (second.message_key, second.message_id) == (first.message_key, first.message_id)


def test_a_message_that_was_put_off_waits(warehouse, claim, hand):
    add_people(warehouse, [1])
    (first,) = claim(due(1))
    hand(first, "deferred", retry_at=NOON + HOUR, code=451)
    (early,) = claim(due(1), now=NOON + HOUR / 2)
    assert (early.reason, early.until) == ("put_off", NOON + HOUR)
    (again,) = claim(due(1), now=NOON + HOUR)
    assert again.attempts == 1


@pytest.mark.parametrize("state", ["sent", "refused", "doubtful"])
def test_what_went_or_may_have_is_never_claimed_again(warehouse, claim, hand, reasons, state):
    add_people(warehouse, [1])
    (first,) = claim(due(1))
    hand(first, state)
    assert reasons(due(1), now=NOON + timedelta(days=29)) == ["claimed_before"]


def test_workers_at_once_share_the_messages(url, warehouse, sender):
    add_people(warehouse, range(60))
    start, found = Barrier(3), []

    def work(name):
        with Warehouse(url) as own:
            start.wait()
            for at in range(0, 60, 12):
                wanted = [due(person) for person in range(at, at + 12)]
                found.extend(own.claim_mail(sender, "acme", wanted, terms(), name, NOON))

    workers = [Thread(target=work, args=(f"w/{n}",)) for n in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    claims = [one for one in found if isinstance(one, MailClaim)]
    assert len(claims) == len({one.person_key for one in claims}) == 60
    assert {one.reason for one in found if isinstance(one, NotClaimed)} == {"claimed_before"}


def test_too_many_at_once_are_refused(claim):
    with pytest.raises(ValueError, match="at most 200"):
        claim(*[due(n) for n in range(201)])


def test_nothing_due_is_nothing_claimed(claim):
    assert claim() == []


@pytest.mark.parametrize(
    ("ages", "free"),
    [([], None), ([23], 1), ([24], None), ([30, 50, 70], 98), ([30, 50, 169], None)],
)
def test_a_cap_is_free_when_its_oldest_message_is_old_enough(ages, free):
    moments = [NOON - age * HOUR for age in ages]
    found = cap_free_at(moments, terms((1, 1), (3, 7)).caps, NOON)
    assert found == (None if free is None else NOON + free * HOUR)


def test_a_cap_of_none_lets_nothing_through():
    assert cap_free_at([], terms((0, 7)).caps, NOON) == NOON + timedelta(days=7)


def test_no_other_place_makes_claims():
    makers = set()
    for folder in ("config", "connectors", "tasks", "flows", "deployments"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if "MailClaim" in text and any(map(_makes_claim, ast.walk(ast.parse(text)))):
                makers.add(file.relative_to(ROOT).as_posix())
    assert makers == {"connectors/warehouse/mail_claims.py"}


def _makes_claim(node):
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "id", getattr(called, "attr", "")) == "MailClaim"
