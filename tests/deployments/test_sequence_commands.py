"""What will sequences do? The simulation says what the process then does, and writes nothing."""

import hashlib
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.settings import settings
from connectors.mail import Order
from connectors.warehouse import mail_tables as t
from tasks.run import Run
from tasks.steps.automation import Automation
from tasks.steps.opening import brand_library
from tasks.steps.simulating import simulation
from tests.deployments.mail_brand import ANN, BIRTHDAY, NOW, WELCOME, customer, opened

LONG_AGO = NOW - timedelta(days=90)
TUESDAYS = """\
title: Tuesdays
objective: sales
enters: {segment: everybody, already_inside: true}
steps:
  - {id: bought, when: orders > 0, otherwise: leave}
  - {id: half, split: {short: 0.5, long: 0.5}}
  - {id: tuesday, wait: {until: "tuesday 10:00"}}
  - {id: offer, messages: {short: boots, long: socks}}
  - {id: pause, wait: {days: 2}}
  - {id: rich, when: value > 15, otherwise: leave}
  - {id: thanks, message: socks}
"""
EVERYBODY = (
    ANN,
    customer("kim", signed_up_at=NOW - timedelta(hours=2), time_zone="America/New_York"),
    customer("bob", signed_up_at=LONG_AGO, fields={"birthday": "1990-11-05"}),
    customer("eve", country="DE", time_zone="Asia/Tokyo"),
    customer("joe", consent="unsubscribed"),
    customer("una", signed_up_at=LONG_AGO, fields={"birthday": "1990-03-01"}),
)


@pytest.fixture
def brand(tmp_path, sqlite_template, monkeypatch):
    found = opened(tmp_path, sqlite_template, monkeypatch)
    found.people(*EVERYBODY)
    found.members("germans", NOW.date(), customer("eve"))
    yield found
    settings.cache_clear()


def approve(brand, name):
    answer = brand.call("mail", "approve", "sequence", name, "--yes")
    assert answer.exit_code == 0, answer.output


def simulated(brand, *words):
    answer = brand.call("sequence", "simulate", "--json", *words)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def key(brand, name):
    return brand.keys.person("acme", f"c-{name}")


def test_the_command_explains_itself_with_an_example(brand):
    answer = brand.call("sequence", "simulate", "--help", brand="")
    assert "marketloop sequence simulate" in answer.output.partition("Examples:")[2]


def test_it_shows_who_would_get_what_without_names_and_what_it_cannot_know(brand):
    approve(brand, "welcome")
    brand.call("mail", "halt", "sequence", "welcome", "--who", "Jane", "--why", "price")
    answer = brand.call("sequence", "simulate")
    assert answer.exit_code == 0
    assert "welcome, 14 days from 2026-11-02 09:30 (Europe/Berlin)" in answer.output
    assert "0 people are inside now. 4 messages to 2 people would go out." in answer.output
    assert str(key(brand, "ann")) in answer.output
    assert "Sequence welcome is stopped since 2026-11-02 by Jane" in answer.output
    assert "New orders, signups, unsubscriptions" in answer.output
    assert "@" not in answer.output


def test_hours_are_each_persons_own_and_members_of_a_leaving_segment_get_nothing(brand):
    approve(brand, "welcome")
    found = simulated(brand)
    first = {it["person"]: it["at"] for it in found["first"] if it["step"] == "hello"}
    assert first == {
        key(brand, "ann"): "2026-11-02 09:30+01:00",
        key(brand, "kim"): "2026-11-02 14:30+01:00",  # 08:30 in New York
    }
    assert found["per_day"] == [
        {"day": "2026-11-02", "sequence": "welcome", "step": "hello", "messages": 2},
        {"day": "2026-11-05", "sequence": "welcome", "step": "more", "messages": 2},
    ]


def test_dates_come_round_in_the_days_to_come(brand):
    brand.write("sequences/birthday.yaml", BIRTHDAY)
    approve(brand, "birthday")
    found = simulated(brand)
    days = {it["person"]: it["at"][:10] for it in found["first"]}
    assert days == {
        key(brand, "bob"): "2026-11-05",
        key(brand, "ann"): "2026-11-07",
        key(brand, "kim"): "2026-11-07",
        key(brand, "eve"): "2026-11-07",
    }
    assert simulated(brand, "--days", "4")["messages"] == 1


def test_somebody_who_has_been_in_once_does_not_come_in_again(brand):
    approve(brand, "welcome")
    brand.enrolled(ANN, state="finished", step="", due_at=None, planned_at=None)
    assert {it["person"] for it in simulated(brand)["first"]} == {key(brand, "kim")}


def test_who_is_inside_goes_on_behind_what_went_out_before(brand):
    approve(brand, "welcome")
    brand.enrolled(customer("bob"), step="hello", round=1)
    brand.message(customer("bob"))
    found = simulated(brand)
    assert found["inside"] == 1
    mine = [(it["at"], it["step"]) for it in found["first"] if it["person"] == key(brand, "bob")]
    assert mine == [("2026-11-04 09:30+01:00", "more")]


def test_a_condition_at_the_entry_is_asked_of_everybody(brand):
    brand.orders(Order("1", "c-kim", LONG_AGO, 10.0))
    draft = WELCOME.replace("{event: signup}", "{event: signup, when: orders > 0}")
    brand.write("sequences/welcome.yaml", draft)
    found = simulated(brand, "--sequence", "welcome")
    assert {it["person"] for it in found["first"]} == {key(brand, "kim")}


def test_a_draft_is_simulated_beside_those_that_run_and_shown_alone(brand):
    approve(brand, "welcome")
    draft = WELCOME.replace("title: Welcome", "title: Second").replace("boots", "socks")
    brand.write("sequences/second.yaml", draft + "priority: 10\n")
    found = simulated(brand, "--sequence", "second")
    assert found["sequences"] == ["second"]
    first = {it["at"][:10] for it in found["first"] if it["step"] == "hello"}
    assert first == {"2026-11-03"}  # the brand's cap is one a day, and welcome comes first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no sequence of acme runs; name a --sequence: welcome"),
        (["--sequence", "welcom"], "did you mean welcome?"),
        (["--days", "0"], "0 is not in the range"),
    ],
)
def test_what_cannot_be_simulated_is_wrong_use(brand, words, said):
    answer = brand.call("sequence", "simulate", *words)
    assert answer.exit_code == 2
    assert said in answer.output


def test_a_sequence_with_a_mistake_is_not_simulated(brand):
    brand.write("sequences/welcome.yaml", WELCOME.replace("message: socks", "message: sox"))
    answer = brand.call("sequence", "simulate", "--sequence", "welcome")
    assert answer.exit_code == 2
    assert "welcome.yaml:9: steps[2].message: no template 'sox'" in answer.output


def test_nothing_is_written(brand):
    approve(brand, "welcome")

    def contents():
        with brand.warehouse() as warehouse, warehouse.reading() as connection:
            tables = (t.enrolments, t.mail_messages, t.mail_skips, t.sequence_versions)
            return [connection.execute(sa.select(table)).all() for table in tables]

    def files():
        found = (path for path in brand.mail.rglob("*") if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).digest() for path in found}

    before = contents(), files()
    assert simulated(brand)["messages"] > 0
    assert (contents(), files()) == before


def test_what_is_simulated_is_what_the_process_then_does(brand):
    brand.members("everybody", NOW.date(), *EVERYBODY)
    brand.orders(
        Order("1", "c-bob", LONG_AGO, 10.0),
        Order("2", "c-una", LONG_AGO, 20.0),
        Order("3", "c-eve", LONG_AGO, 30.0),
        Order("4", "c-ann", LONG_AGO, 40.0),
    )
    brand.write("sequences/tuesdays.yaml", TUESDAYS)
    brand.enrolled(customer("bob"), step="hello")
    for name in ("welcome", "tuesdays"):
        approve(brand, name)
    planned = simulation("acme", NOW, 4).messages
    columns = ["at", "source", "step", "arm", "person_key"]
    said = [*planned[columns].itertuples(index=False, name=None)]
    assert len(said) == 12  # of Ann four are wanted, and the brand's cap is three a week
    assert said == [*lived(brand, hours=4 * 24)]


def lived(brand, hours):
    """Let the hours come, every message going out at once; yield what goes out."""
    library = brand_library("acme")
    with brand.warehouse() as warehouse:
        for hour in range(hours):
            now = NOW + timedelta(hours=hour)
            run = Run("run", "acme", "marketing_automation", now.date(), now, ())
            moment = Automation(warehouse, library, run, now)
            moment.let_in()
            while due := moment.move():
                for it in due:
                    brand.message(by_key(brand)[it.person_key], it.step, **of(it, now))
                    yield now, it.source, it.step, it.arm, it.person_key


def by_key(brand):
    return {key(brand, it.customer_id[2:]): it for it in EVERYBODY}


def of(due, now):
    return {
        "source": due.source, "round": due.round, "arm": due.arm, "handed_at": now,
        "message_id": f"<{due.source}-{due.step}-{due.person_key}>",
    }  # fmt: skip
