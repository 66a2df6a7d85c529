"""People in sequences: loaded when due, moved once, whatever the ledger and other workers do."""

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest
import sqlalchemy as sa

from config.mail import MailRules
from config.mail_sequences import Sequence
from connectors.base import Account
from connectors.enrolments import (
    DEFERRED,
    FREE,
    GONE,
    HANDED,
    HELD,
    MAY,
    SUPPRESSED,
    UNSUBSCRIBED,
    Entries,
)
from connectors.warehouse.mail_tables import (
    enrolments,
    mail_messages,
    orders,
    people,
    segment_members,
    suppressions,
)
from tasks.sequences.advance import advance
from tasks.sequences.plans import plan_of, rules_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RULES = MailRules()
WELCOME = Sequence.model_validate(
    {
        "title": "Welcome",
        "objective": "loyalty",
        "state": "running",
        "enters": {"event": "signup"},
        "steps": [
            {"id": "hello", "message": "welcome_1"},
            {"id": "half", "split": {"a": 0.5, "b": 0.5}},
            {"id": "days", "wait": {"days": 3}},
            {"id": "more", "messages": {"a": "more_a", "b": "more_b"}},
        ],
    }
)
PLAN = plan_of("welcome", WELCOME, RULES)
TERMS = rules_of(RULES, "Europe/Berlin")


@pytest.fixture
def crowd(warehouse):
    """Insert people by key, with changes, and let them all in."""

    def add(*keys: int, brand: str = "acme", **changes) -> None:
        row = {
            "brand": brand, "address": "x@x.example", "fields": {"birthday": "1984-02-29"},
            "consent": "subscribed", "consent_source": "", "time_zone": "Europe/Berlin",
            "language": "", "country": "", "first_seen_at": NOW, "updated_at": NOW,
        }  # fmt: skip
        rows = [
            {**row, "person_key": key, "customer_id": str(key), "address_key": key, **changes}
            for key in keys
        ]
        with warehouse.writing() as connection:
            connection.execute(sa.insert(people), rows)
        warehouse.enrol(brand, entries(*keys), NOW)

    return add


def entries(*keys: int, rounds: int = 1) -> Entries:
    own = np.array(keys)
    at = int(NOW.timestamp())
    entry = tuple(f"signup {rounds}" for _ in keys)
    return Entries("welcome", PLAN.version, "hello", at, own, np.full(len(own), rounds), entry)


@pytest.fixture
def say(warehouse):
    """Let the ledger say something of the message of a step."""
    account = Account("smtp", "mail", "Mail", "EUR", "Europe/Berlin")
    account_key = warehouse.save_account("acme", "mail", account, NOW)
    numbers = count()

    def write(key: int, state: str, step: str = "hello", **changes) -> None:
        row = {
            "account_key": account_key, "brand": "acme", "kind": "sequence", "source": "welcome",
            "step": step, "round": 1, "arm": "", "segment": "", "template": "t",
            "person_key": key, "address_key": key, "provider": "other",
            "message_id": f"<{next(numbers)}@acme>", "state": state, "due_at": NOW,
            "claimed_at": NOW, "worker": "w", "attempts": 1, "status": "", "sentence": "",
        }  # fmt: skip
        with warehouse.writing() as connection:
            connection.execute(sa.insert(mail_messages).values(row | changes))

    return write


def look(warehouse, now, **wanted):
    return warehouse.due("acme", ["welcome"], now, **wanted)


def tick(warehouse, now):
    came, persons = look(warehouse, now)
    sent = warehouse.sent_to("acme", came.person_key, now - timedelta(days=7))
    moves = advance(came, {"welcome": PLAN}, persons, sent, now, TERMS)
    return moves, warehouse.write_moves(came, moves, now)


def test_whoever_is_due_is_loaded_with_what_decides_about_him(warehouse, crowd, say):
    crowd(1, time_zone="America/New_York")
    crowd(2, consent="unsubscribed")
    crowd(3, 4)
    say(1, "sent", handed_at=NOW + timedelta(hours=1))
    say(2, "claimed")
    say(3, "deferred", retry_at=NOW + timedelta(hours=2))
    ordered = {"brand": "acme", "order_id": "o", "person_key": 4, "value": 1.0, "ordered_at": NOW}
    member = {"brand": "acme", "segment": "lapsed", "person_key": 4, "entered_on": NOW.date()}
    with warehouse.writing() as connection:
        held = {"brand": "acme", "address_key": 3, "reason": "complaint", "at": NOW, "source": ""}
        connection.execute(sa.insert(suppressions).values(held))
        connection.execute(sa.insert(orders).values(ordered))
        connection.execute(sa.insert(segment_members).values(member))
        connection.execute(sa.delete(people).where(people.c.person_key == 4))
    came, persons = look(warehouse, NOW, segments=["lapsed"], orders=True)
    at = {key: place for place, key in enumerate(came.person_key.tolist())}
    places = [at[key] for key in (1, 2, 3, 4)]
    hour = int(NOW.timestamp()) + 3600
    assert came.ledger[places].tolist() == [HANDED, HELD, DEFERRED, FREE]
    assert came.ledger_at[[at[1], at[3]]].tolist() == [hour, hour + 3600]
    assert persons.standing[places].tolist() == [MAY, UNSUBSCRIBED, SUPPRESSED, GONE]
    assert persons.zones[persons.zone[at[1]]] == "America/New_York"
    assert persons.last_order[[at[4]]].tolist() == [hour - 3600]
    assert persons.last_order[at[1]] < 0
    assert persons.segments["lapsed"][places].tolist() == [False, False, False, True]
    assert came.due_at.tolist() == came.planned_at.tolist() == [hour - 3600] * 4


def test_nobody_is_loaded_before_he_is_due_or_of_another_brand(warehouse, crowd):
    crowd(1)
    crowd(2, brand="other")
    came, _ = look(warehouse, NOW - timedelta(seconds=1))
    assert len(came) == 0
    came, _ = look(warehouse, NOW)
    assert came.person_key.tolist() == [1]


def test_a_message_moves_its_person_once_the_ledger_says_that_it_is_over(warehouse, crowd, say):
    crowd(1)
    moves, moved = tick(warehouse, NOW)
    assert ([it.step for it in moves.messages], moved) == (["hello"], 0)
    again, _ = tick(warehouse, NOW)
    assert again.messages == moves.messages  # nothing was claimed: it is wanted again
    say(1, "sending")
    held, _ = tick(warehouse, NOW)
    assert held.messages == ()


@pytest.mark.parametrize("state", ["sent", "doubtful", "refused"])
def test_behind_a_message_a_person_goes_on_from_when_it_went(warehouse, crowd, say, state):
    crowd(1)
    say(1, state, handed_at=NOW + timedelta(minutes=7))
    moves, moved = tick(warehouse, NOW + timedelta(minutes=10))
    assert (moves.messages, moved) == ((), 1)
    later = NOW + timedelta(days=3, minutes=7)
    assert warehouse.next_due("acme", ["welcome"]) == later
    more, _ = tick(warehouse, later)
    assert [it.template for it in more.messages] in (["more_a"], ["more_b"])


def test_two_workers_that_move_the_same_person_move_him_once(warehouse, crowd, say):
    crowd(1)
    say(1, "sent", handed_at=NOW)
    came, persons = look(warehouse, NOW)
    sent = warehouse.sent_to("acme", came.person_key, NOW)
    moves = advance(came, {"welcome": PLAN}, persons, sent, NOW, TERMS)
    assert [warehouse.write_moves(came, moves, NOW) for _ in range(2)] == [1, 0]


def test_a_message_that_is_too_late_is_given_up_and_told(warehouse, crowd):
    crowd(1)
    late = NOW + timedelta(days=3)
    moves, _ = tick(warehouse, late)
    assert moves.messages == ()
    told = warehouse.skip_counts("acme", NOW).to_dict("records")
    assert told == [
        {"kind": "sequence", "source": "welcome", "step": "hello", "reason": "late", "messages": 1}
    ]


def test_the_same_entries_let_nobody_in_twice(warehouse, crowd):
    crowd(1, 2)
    assert warehouse.enrol("acme", entries(1, 2), NOW) == 0
    assert warehouse.enrol("acme", entries(1, rounds=2), NOW) == 0  # he is inside
    assert warehouse.leave("acme", "welcome", "by_hand", NOW, [1]) == 1
    assert warehouse.enrol("acme", entries(1, rounds=3), NOW) == 0
    assert warehouse.enrol("acme", entries(1, rounds=2), NOW) == 1
    inside = warehouse.inside("acme", "welcome", [1, 2, 9])
    assert sorted(zip(inside.person_key.tolist(), inside.round.tolist(), strict=True)) == [
        (1, 2),
        (2, 1),
    ]


def test_whoever_left_is_never_due(warehouse, crowd):
    crowd(1, 2)
    warehouse.leave("acme", "welcome", "by_hand", NOW)
    assert warehouse.next_due("acme", ["welcome"]) is None
    counted = warehouse.enrolment_counts("acme").to_dict("records")
    assert counted == [
        {"sequence": "welcome", "state": "left", "step": "", "reason": "by_hand", "people": 2}
    ]


def test_who_unsubscribed_leaves_with_the_reason(warehouse, crowd):
    crowd(1, consent="unsubscribed")
    moves, _ = tick(warehouse, NOW)
    assert moves.messages == ()
    with warehouse.reading() as connection:
        row = connection.execute(sa.select(enrolments)).one()
    assert (row.state, row.reason, row.due_at, row.planned_at) == (
        "left",
        "unsubscribed",
        None,
        None,
    )


def test_what_was_sent_counts_whether_it_is_certain_or_not(warehouse, crowd, say):
    crowd(1, 2, 3, 4)
    say(1, "sent", handed_at=NOW)
    say(2, "claimed")
    say(3, "refused", handed_at=NOW)
    say(4, "sent", handed_at=NOW - timedelta(days=9))
    sent = warehouse.sent_to("acme", [1, 2, 3, 4], NOW - timedelta(days=7))
    assert sorted(sent.person_key.tolist()) == [1, 2]
    assert {*sent.source} == {"sequence:welcome"}


def test_steps_of_earlier_versions_are_kept(warehouse):
    for steps in (["a", "b"], ["x"]):
        warehouse.remember_steps("acme", "welcome", "v1", steps, NOW)
    assert warehouse.earlier_steps("acme") == {"welcome": {"v1": ["a", "b"]}}


def test_after_a_change_all_of_other_versions_are_looked_at(warehouse, crowd, say):
    crowd(1)
    say(1, "sent", handed_at=NOW)
    tick(warehouse, NOW)
    later = NOW + timedelta(minutes=1)
    assert warehouse.look_again("acme", "welcome", PLAN.version, later) == 0
    assert warehouse.look_again("acme", "welcome", "another", later) == 1
    assert warehouse.next_due("acme", ["welcome"]) == later


def test_an_order_lets_in_until_it_has(warehouse, crowd):
    crowd(1)
    warehouse.leave("acme", "welcome", "by_hand", NOW)
    rows = [
        {"brand": "acme", "order_id": str(n), "person_key": 1, "value": value,
         "ordered_at": NOW + timedelta(hours=n)}
        for n, value in ((1, 5.0), (2, -5.0), (3, 7.0))
    ]  # fmt: skip
    with warehouse.writing() as connection:
        connection.execute(sa.insert(orders), rows)
    since, until = NOW, NOW + timedelta(days=1)
    found, persons = warehouse.event_occasions("acme", "welcome", "order", since, until)
    assert found.entry == ("order 1", "order 3")  # a refund is no order
    assert persons.standing.tolist() == [MAY, MAY]
    first, _ = warehouse.event_occasions("acme", "welcome", "first_order", since, until)
    assert first.entry == ("order 1",)
    at = int(NOW.timestamp())
    again = Entries("welcome", "v", "hello", at, np.array([1]), np.array([2]), ("order 3",))
    assert warehouse.enrol("acme", again, NOW) == 1
    none, _ = warehouse.event_occasions("acme", "welcome", "order", since, until)
    assert none.entry == ()


def test_a_segment_lets_in_who_joins_it(warehouse, crowd):
    crowd(1, 2)
    warehouse.leave("acme", "welcome", "by_hand", NOW)
    rows = [
        {"brand": "acme", "segment": "lapsed", "person_key": key,
         "entered_on": NOW.date() - timedelta(days=key)}
        for key in (1, 2)
    ]  # fmt: skip
    with warehouse.writing() as connection:
        connection.execute(sa.insert(segment_members), rows)
    since = NOW.date() - timedelta(days=1)
    joined, _ = warehouse.segment_occasions("acme", "welcome", "lapsed", since)
    assert (joined.person_key.tolist(), joined.entry) == ([1], ("segment lapsed 2026-11-22",))
    everybody, _ = warehouse.segment_occasions("acme", "welcome", "lapsed", None)
    assert everybody.person_key.tolist() == [1, 2] or everybody.person_key.tolist() == [2, 1]


def test_dates_are_found_by_their_month_and_day(warehouse, crowd):
    crowd(1)
    crowd(2, fields={"birthday": "1990-03-01"})
    crowd(3, fields={})
    keys, texts, persons = warehouse.date_candidates("acme", "birthday", ["02-29"], [])
    assert (keys.tolist(), texts, len(persons)) == ([1], ["1984-02-29"], 1)


def test_a_campaign_reaches_its_segment_once(warehouse, crowd, say):
    crowd(*range(1, 6))
    members = [
        {"brand": "acme", "segment": name, "person_key": key, "entered_on": NOW.date()}
        for name, keys in (("all", range(1, 6)), ("vip", [5]))
        for key in keys
    ]
    with warehouse.writing() as connection:
        connection.execute(sa.insert(segment_members), members)
    campaign = {"kind": "campaign", "source": "spring", "step": "", "round": 0}
    say(1, "sent", handed_at=NOW, **campaign)
    say(2, "deferred", retry_at=NOW + timedelta(minutes=5), **campaign)
    say(3, "released", **campaign)
    keys, persons = warehouse.audience("acme", "spring", "all", ["vip"], NOW)
    assert (keys.tolist(), len(persons)) == ([3, 4], 2)
    keys, _ = warehouse.audience("acme", "spring", "all", [], NOW + timedelta(minutes=5))
    assert keys.tolist() == [2, 3, 4, 5]


def test_a_campaigns_test_ends_once(warehouse):
    first = warehouse.decide_campaign("acme", "spring", "a", "better", {"p": 0.01}, NOW)
    second = warehouse.decide_campaign("acme", "spring", "b", "later", {}, NOW + timedelta(hours=1))
    assert first == second == ("a", NOW) == warehouse.campaign_decision("acme", "spring")
