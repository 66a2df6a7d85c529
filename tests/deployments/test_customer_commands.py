"""Customers in numbers, and one of them exported and erased."""

import json
import stat
from datetime import timedelta

import pytest

from config.settings import settings
from connectors.mail import Order
from connectors.warehouse.looking import LookingWarehouse
from deployments.customer_commands import customers
from tests.deployments.mail_brand import ANN, NOW, customer, opened
from tests.privacy import find_everywhere

TODAY = NOW.date()


@pytest.fixture
def brand(tmp_path, sqlite_template, monkeypatch):
    yield opened(tmp_path, sqlite_template, monkeypatch)
    settings.cache_clear()


@pytest.mark.parametrize("name", sorted(customers.commands))
def test_every_command_explains_itself_with_an_example(brand, name):
    answer = brand.call("customers", name, "--help", brand="")
    assert f"marketloop customers {name}" in answer.output.partition("Examples:")[2]


def test_without_people_it_says_what_reads_them(brand):
    answer = brand.call("customers", "segments")
    assert (answer.exit_code, "marketloop run email_marketing" in answer.output) == (0, True)


def test_segments_are_counted_as_of_the_last_run_and_as_of_now(brand):
    bob, eve, kim = customer("bob"), customer("eve", country="DE"), customer("kim", country="")
    brand.people(ANN, bob, eve, kim)
    brand.orders(Order("1", "c-bob", NOW - timedelta(days=3), 10.0))
    for days, inside in ((20, (ANN, eve)), (7, (ANN, eve)), (2, (ANN, bob, kim))):
        brand.members("everybody", TODAY - timedelta(days=days), *inside)
    brand.members("buyers", TODAY - timedelta(days=2), bob)
    brand.members("stage:subscriber", TODAY - timedelta(days=20), ANN, bob)
    brand.members("stage:subscriber", TODAY - timedelta(days=2), ANN)
    brand.members("stage:new", TODAY - timedelta(days=2), bob)
    found = json.loads(brand.call("customers", "segments", "--json").output)
    counted = {it.pop("segment"): [*it.values()][1:] for it in found["segments"]}
    assert counted == {
        # people, now, unknown, entered, left
        "germans": [0, 1, 1, 0, 0],
        "everybody": [3, 4, 0, 2, 1],
        "buyers": [1, 1, 0, 1, 0],
    }
    assert found["people"] == 4
    assert (found["stages"]["subscriber"], found["stages"]["new"]) == (1, 1)
    assert found["moved"] == [{"came_from": "subscriber", "went_to": "new", "people": 1}]
    assert found["shared"] == [{"segment": "buyers", "other": "everybody", "people": 1}]
    shown = brand.call("customers", "segments").output
    assert "4 customers of acme" in shown
    assert "mail.example" not in shown


def test_an_export_has_all_of_a_person_and_is_readable_by_its_owner_only(brand):
    brand.people(ANN, customer("bob"))
    brand.message(ANN)
    printed = json.loads(brand.call("customers", "export", "c-ann").output)
    assert printed["people"][0]["address"] == "Ann.Quist@mail.example"
    file = brand.folder / "ann.json"
    file.write_text("old")
    file.chmod(0o644)
    answer = brand.call("customers", "export", "ann.quist@MAIL.example", "--out", str(file))
    assert json.loads(file.read_text()) == printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert answer.output == "Wrote ann.json: consents 1 row, mail_messages 1 row, people 1 row.\n"


@pytest.mark.parametrize("command", ["export", "erase"])
def test_somebody_unknown_is_wrong_use_and_is_not_repeated(brand, command):
    answer = brand.call("customers", command, "nobody@mail.example")
    assert answer.exit_code == 2
    assert "nothing is held of this customer of acme" in answer.output
    assert "nobody" not in answer.output
    assert brand.call("customers", command, "c-ann", brand="acne").exit_code == 2


def test_an_erasure_says_what_goes_and_asks(brand, monkeypatch):
    brand.people(ANN)
    brand.message(ANN)
    monkeypatch.setattr("deployments.one_customer.Warehouse", LookingWarehouse)  # may not write
    answer = brand.call("customers", "erase", "c-ann", input="n\n")
    assert answer.exit_code == 1
    assert "Goes: consents 1 row, mail_messages 1 row, people 1 row." in answer.output
    assert "Not reached from here: the brand's own lists" in answer.output
    with brand.warehouse() as warehouse:
        assert warehouse.find_person("acme", "c-ann", brand.keys)


def test_who_is_erased_is_nowhere_and_can_be_erased_again(brand):
    brand.people(ANN, customer("bob"))
    brand.message(ANN)
    erased = brand.call("customers", "erase", "Ann.Quist@mail.example", "--yes")
    assert erased.exit_code == 0
    assert "Erased: consents 1 row, mail_messages 1 row, people 1 row." in erased.output
    assert "Quist" not in erased.output
    assert find_everywhere(brand.folder, ["ann.quist", "c-ann"]) == []
    assert find_everywhere(brand.folder, ["bob@mail.example"]) != []
    again = brand.call("customers", "erase", "Ann.Quist@mail.example", "--yes")
    assert "so far erasures 1 row, suppressions 1 row" in again.output
    assert again.output.endswith("Erased: nothing was left.\n")
