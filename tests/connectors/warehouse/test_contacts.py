"""Whom mail is welcome to, of everybody who has an address."""

from dataclasses import replace

import pytest

from connectors.audience import Member
from connectors.warehouse import contacts
from tests.connectors.warehouse.mail_people import ANN, BOB, NOW, address, person, save


def found(warehouse, brand="acme"):
    return {one.person_key: one for part in warehouse.contacts(brand) for one in part}


def test_a_contact_has_an_address_and_says_where_its_consent_comes_from(warehouse):
    save(warehouse, ANN, replace(BOB, address=None))
    save(warehouse, BOB, brand="other")
    [ann] = found(warehouse).values()
    assert (ann.person_key, ann.welcome) == (person(ANN), True)
    assert ann.member == Member(ann.address, "checkout 2026-03-01", ANN.consent_at)
    assert ann.address.lower() not in repr(ann).lower()


@pytest.mark.parametrize("consent", ["pending", "unsubscribed", "never"])
def test_mail_is_welcome_to_who_agreed_to_it(warehouse, consent):
    save(warehouse, replace(ANN, consent=consent))
    assert not found(warehouse)[person(ANN)].welcome


def test_mail_to_a_suppressed_address_is_not_welcome(warehouse):
    save(warehouse, ANN, BOB)
    warehouse.suppress("acme", address(ANN), "hard_bounce", "imap", NOW)
    warehouse.suppress("other", address(BOB), "hard_bounce", "imap", NOW)
    welcome = {key: one.welcome for key, one in found(warehouse).items()}
    assert welcome == {person(ANN): False, person(BOB): True}


def test_who_withdrew_under_one_name_did_so_under_all(warehouse):
    twin = replace(ANN, customer_id="c-twin", address=ANN.address.upper(), consent="unsubscribed")
    other = replace(ANN, customer_id="c-third", consent="never", address=BOB.address)
    save(warehouse, ANN, twin, BOB, other)
    welcome = {key: one.welcome for key, one in found(warehouse).items()}
    assert welcome == {
        person(ANN): False, person(twin): False, person(BOB): True, person(other): False,
    }  # fmt: skip


def test_batches_leave_nobody_out(warehouse, monkeypatch):
    monkeypatch.setattr(contacts, "AT_ONCE", 2)
    save(warehouse, *(replace(ANN, customer_id=f"c{n}", address=f"p{n}@x.example")
                      for n in range(5)))  # fmt: skip
    parts = [[one.person_key for one in part] for part in warehouse.contacts("acme")]
    assert [len(part) for part in parts] == [2, 2, 1]
    whole = [key for part in parts for key in part]
    assert whole == sorted(whole)
