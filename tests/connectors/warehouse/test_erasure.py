"""Export, erasure and forgetting of a person, proven by a search over everything written."""

import logging
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa

from connectors.base import TransientError
from connectors.warehouse import mail_tables as t
from connectors.warehouse.database import Database
from connectors.warehouse.schema import metadata
from tests.privacy import find_everywhere

from .mail_people import (
    ANN,
    BOB,
    KEYS,
    NOW,
    add_event,
    add_message,
    address,
    order,
    person,
    save,
)

NEEDLES = ("annabel.quist", "Annabel", "Quistørp", "c-annabel-1", "annabel@old.example")


def of_person(warehouse, key) -> dict[str, int]:
    """Count a person's rows, by table, in whatever table there is."""
    found = {}
    with warehouse.reading() as connection:
        for table in metadata.sorted_tables:
            if "person_key" in table.c:
                query = sa.select(sa.func.count()).where(table.c.person_key == key)
                found[table.name] = connection.scalar(query)
    return {name: count for name, count in found.items() if count}


@pytest.fixture
def full(warehouse):
    """A warehouse with a row of Annabel's in every table that can have one, and some of Bob's."""
    save(warehouse, replace(ANN, address="Annabel@old.example"), BOB)
    save(warehouse, ANN, BOB)
    warehouse.save_orders("acme", [[order(1, ANN), order(2, BOB)]], KEYS)
    for customer, number in ((ANN, 1), (BOB, 2)):
        message = add_message(warehouse, customer, number)
        add_event(warehouse, customer, message, "click", number)
    old = {"address_key": KEYS.address("annabel@old.example")}
    doubt = add_message(warehouse, ANN, 3, state="doubtful", **old)
    add_event(warehouse, ANN, None, "reply", 7)
    warehouse.move_members("acme", "vip", [person(ANN), person(BOB)], NOW.date())
    both = (person(ANN), person(BOB))
    with warehouse.writing() as connection:
        for key in both:
            connection.execute(sa.insert(t.customer_scores).values(
                person_key=key, brand="acme", as_of=NOW.date(), stage="new", orders=1, value=10.0
            ))  # fmt: skip
            connection.execute(sa.insert(t.enrolments).values(
                brand="acme", sequence="welcome", person_key=key, round=1, entered_at=NOW,
                entry="order 1", version="v", step="s", arms={}, state="active", reason="",
                planned_at=NOW, due_at=NOW, updated_at=NOW,
            ))  # fmt: skip
            connection.execute(sa.insert(t.mail_skips).values(
                brand="acme", kind="sequence", source="welcome", step="s9", round=1, person_key=key,
                due_at=NOW, skipped_at=NOW, reason="late",
            ))  # fmt: skip
        connection.execute(sa.insert(t.mail_settlements).values(
            message_key=doubt, state="sent", at=NOW, who="sent folder", why="found"
        ))  # fmt: skip
    return warehouse


def test_the_scene_fills_every_table_of_a_person(full):
    tables = {it.name for it in metadata.sorted_tables if "person_key" in it.c} - {"erasures"}
    assert {*of_person(full, person(ANN))} == tables


@pytest.mark.parametrize("who", [ANN.customer_id, "annabel.quist@MAIL.example"])
def test_an_export_has_everything_and_nothing_of_others(full, who):
    exported = full.export_person("acme", who, KEYS)
    assert {*of_person(full, person(ANN))} | {"mail_events", "mail_settlements"} == {*exported}
    assert exported["people"][0]["address"] == ANN.address
    assert len(exported["mail_events"]) == 2
    text = orjson.dumps(exported).decode()
    assert "bobby" not in text
    assert str(person(BOB)) not in text


@pytest.mark.parametrize("who", [ANN.customer_id, "annabel.quist@MAIL.example"])
def test_an_erased_person_is_gone_and_stays_gone(full, who):
    before = of_person(full, person(ANN))
    others = of_person(full, person(BOB))
    gone = full.erase_person("acme", who, KEYS, now=NOW)
    assert gone == {**before, "mail_events": 2, "mail_settlements": 1}
    assert of_person(full, person(ANN)) == {"erasures": 1}
    assert of_person(full, person(BOB)) == others
    assert full.suppressed("acme", [address(ANN), address(BOB)]) == {address(ANN)}
    saved = save(full, ANN, BOB)
    assert (saved.erased, saved.new, saved.missing) == (1, 0, 0)
    assert full.save_orders("acme", [[order(1, ANN)]], KEYS).erased == 1
    assert of_person(full, person(ANN)) == {"erasures": 1}
    assert full.erase_person("acme", who, KEYS, now=NOW) == {}


def test_somebody_new_with_an_erased_address_is_not_brought_back(full):
    full.erase_person("acme", ANN.customer_id, KEYS, now=NOW)
    again = replace(ANN, customer_id="c-annabel-9")
    assert save(full, again, BOB).erased == 1
    full.unsuppress("acme", address(ANN), who="Kim", why="asked to come back", now=NOW)
    assert save(full, again, ANN, BOB).new == 2


def test_an_address_that_somebody_else_has_is_not_suppressed(full):
    save(full, ANN, replace(BOB, address=ANN.address))
    full.erase_person("acme", ANN.customer_id, KEYS, now=NOW)
    assert full.suppressed("acme", [address(ANN)]) == set()
    assert save(full, ANN, replace(BOB, address=ANN.address)).erased == 1
    assert full.find_person("acme", ANN.address, KEYS) == (person(BOB),)


def test_somebody_in_no_list_is_erased_by_his_orders(warehouse):
    warehouse.save_orders("acme", [[order(1, "stranger")]], KEYS)
    assert warehouse.erase_person("acme", "stranger", KEYS, now=NOW) == {"orders": 1}
    assert warehouse.save_orders("acme", [[order(1, "stranger")]], KEYS).new == 0


def test_another_brand_keeps_its_customer(full):
    save(full, ANN, brand="other")
    full.erase_person("acme", ANN.address, KEYS, now=NOW)
    assert full.find_person("other", ANN.customer_id, KEYS) == (person(ANN, "other"),)


def test_no_byte_of_an_erased_person_is_left(sqlite_url, tmp_path, caplog):
    """Rows that moved from page to page, pages given up, the log beside the file: everything."""
    caplog.set_level(logging.DEBUG)
    crowd = [
        replace(BOB, customer_id=f"other-{n}", address=f"other{n}@mail.example",
                fields={"note": "x" * (n * 37 % 900)})
        for n in range(300)
    ]  # fmt: skip
    with Database(sqlite_url) as database, database.reading() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF").scalar()
    from connectors.warehouse import Warehouse

    with Warehouse(sqlite_url) as warehouse:
        save(warehouse, *crowd[:150], replace(ANN, address="Annabel@old.example"), *crowd[150:])
        for length in (2000, 10, 5000, 300):
            note = {"note": "y" * length}
            save(warehouse, *(replace(it, fields=note) for it in crowd[::3]), ANN)
            save(warehouse, replace(ANN, fields=ANN.fields | note))
        save(warehouse, ANN)
        assert {line.rpartition(" ")[2] for line in find_everywhere(tmp_path, NEEDLES)} > {
            "'annabel.quist'", "'Annabel'", "'c-annabel-1'",
        }  # fmt: skip
        warehouse.erase_person("acme", ANN.customer_id, KEYS, now=NOW)
        assert find_everywhere(tmp_path, NEEDLES) == []
        assert find_everywhere(tmp_path, ["other299@mail.example"])
    assert find_everywhere(tmp_path, NEEDLES) == []
    assert not [needle for needle in NEEDLES if needle.lower() in caplog.text.lower()]


def test_somebody_who_still_reads_an_old_state_is_told_of(sqlite_url, monkeypatch):
    from connectors.warehouse import Warehouse

    with Warehouse(sqlite_url) as warehouse:
        save(warehouse, ANN)
        with warehouse.reading() as reader:
            reader.execute(sa.select(t.people)).all()
            with warehouse.engine.connect() as impatient:
                impatient.exec_driver_sql("PRAGMA busy_timeout=50").scalar()
            monkeypatch.setattr(warehouse.engine, "raw_connection", _impatient(warehouse))
            with pytest.raises(TransientError, match="erase again"):
                warehouse.erase_person("acme", ANN.customer_id, KEYS, now=NOW)
        assert warehouse.find_person("acme", ANN.customer_id, KEYS) == ()
        assert warehouse.erase_person("acme", ANN.customer_id, KEYS, now=NOW) == {}


def _impatient(warehouse):
    open_ = warehouse.engine.raw_connection

    def raw():
        connection = open_()
        connection.cursor().execute("PRAGMA busy_timeout=50").fetchone()
        return connection

    return raw


def test_what_is_old_is_forgotten_and_promises_are_kept(full):
    full.suppress("acme", 5, "unsubscribed", "one click", NOW - timedelta(days=900))
    held = add_message(full, BOB, 4, state="claimed", handed_at=None)
    assert full.forget_mail("acme", NOW - timedelta(days=30)) == {}
    gone = full.forget_mail("acme", NOW + timedelta(days=1))
    assert gone == {"mail_settlements": 1, "mail_events": 3, "mail_messages": 3, "mail_skips": 2}
    assert full.forget_mail("other", NOW + timedelta(days=1)) == {}
    assert full.suppressed("acme", [5]) == {5}
    with full.reading() as connection:
        assert connection.scalars(sa.select(t.mail_messages.c.message_key)).all() == [held]
    full.move_members("acme", "vip", [person(BOB)], NOW.date() + timedelta(days=2))
    assert full.forget_mail("acme", NOW + timedelta(days=3)) == {"segment_members": 1}
    assert full.segment_members("acme", "vip").tolist() == [person(BOB)]


def test_the_analysts_view_of_mail_counts_each_message_once(full, rows):
    refused = {"state": "refused", "code": 550}
    add_message(full, BOB, 5, **refused)
    add_message(full, BOB, 6, state="deferred", handed_at=None)
    twice = add_message(full, BOB, 7)
    for n, kind in enumerate(("soft_bounce", "hard_bounce", "hard_bounce", "complaint")):
        add_event(full, BOB, twice, kind, 20 + n)
    soft = add_message(full, BOB, 8)
    add_event(full, BOB, soft, "soft_bounce", 30)
    found = {row.pop("step"): row for row in rows("SELECT * FROM mail_performance")}
    assert {*found} == {"s1", "s2", "s3", "s5", "s7", "s8"}
    counts = ("sent", "delivered", "hard_bounced", "soft_bounced", "complaints", "clicks")
    assert {step: tuple(row[name] for name in counts) for step, row in found.items()} == {
        "s1": (1, 1, 0, 0, 0, 1),
        "s2": (1, 1, 0, 0, 0, 1),
        "s3": (1, 1, 0, 0, 0, 0),
        "s5": (1, 0, 1, 0, 0, 0),
        "s7": (1, 0, 1, 0, 1, 0),
        "s8": (1, 0, 0, 1, 0, 0),
    }
    assert str(found["s1"]["date_day"]) == "2026-11-20"
    assert (found["s1"]["segment"], found["s1"]["provider"]) == ("new", "gmail")
