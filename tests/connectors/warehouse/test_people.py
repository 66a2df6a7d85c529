"""A list of customers comes in: what changes, and what no list may change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import RejectedError
from connectors.people_keys import PeopleKeys
from connectors.warehouse.people_rows import FromList, Known, Withdrawal, people_changes

from .mail_people import ANN, BOB, KEYS, NOW, address, person, save

LATER = NOW + timedelta(days=1)


def consent(warehouse, customer=ANN) -> str:
    return warehouse.recipients("acme", [person(customer)])[person(customer)].consent


def test_people_come_in_and_go_out_as_recipients(warehouse):
    saved = save(warehouse, ANN, replace(BOB, address=None, problem="row 2: unusable"))
    assert (saved.seen, saved.new, saved.changed, saved.without_address) == (2, 2, 0, 1)
    assert (saved.unusable, saved.problems) == (1, ("row 2: unusable",))
    found = warehouse.recipients("acme", [person(ANN), person(BOB), 7])
    assert sorted(found) == sorted([person(ANN), person(BOB)])
    ann = found[person(ANN)]
    assert (ann.address, ann.address_key) == (
        ANN.address,
        KEYS.address("annabel.quist@mail.example"),
    )
    assert (ann.fields, ann.time_zone, ann.language, ann.country) == (
        ANN.fields, "Europe/Berlin", "de", "DE",
    )  # fmt: skip
    assert found[person(BOB)].address is None
    assert "nnabel" not in repr(ann)
    assert warehouse.recipients("other", [person(ANN)]) == {}


def test_the_same_list_again_changes_nothing(warehouse, rows):
    save(warehouse, ANN, BOB)
    before = rows("SELECT * FROM people ORDER BY person_key")
    saved = save(warehouse, BOB, ANN, now=LATER)
    assert (saved.seen, saved.new, saved.changed) == (2, 0, 0)
    assert rows("SELECT * FROM people ORDER BY person_key") == before
    assert len(rows("SELECT * FROM consents")) == 2


def test_a_change_is_taken_over_and_its_consent_noted(warehouse, rows):
    save(warehouse, ANN)
    changed = replace(
        ANN, consent="unsubscribed", consent_source="account page", consent_at=LATER,
        fields={"first_name": "Ann"},
    )  # fmt: skip
    assert save(warehouse, changed, now=LATER).changed == 1
    assert warehouse.recipients("acme", [person(ANN)])[person(ANN)].fields == {"first_name": "Ann"}
    noted = rows("SELECT consent, source FROM consents ORDER BY consent_id")
    assert [tuple(row.values()) for row in noted] == [
        ("subscribed", "checkout 2026-03-01"), ("unsubscribed", "account page"),
    ]  # fmt: skip


def test_of_a_customer_that_comes_twice_the_later_row_counts(warehouse):
    batches = [[ANN, replace(ANN, country="AT")], [replace(ANN, country="CH"), BOB]]
    saved = warehouse.save_customers("acme", batches, KEYS, NOW)
    assert (saved.seen, saved.new, saved.repeated) == (2, 2, 2)
    assert warehouse.recipients("acme", [person(ANN)])[person(ANN)].country == "CH"


def test_who_is_missing_from_the_list_stays_and_is_told(warehouse):
    save(warehouse, ANN, BOB)
    assert save(warehouse, BOB).missing == 1
    assert consent(warehouse) == "subscribed"


def test_brands_do_not_share_people(warehouse):
    save(warehouse, ANN)
    assert save(warehouse, ANN, brand="other").new == 1
    assert len({person(ANN), person(ANN, "other")}) == 2


def test_a_shared_key_is_refused(warehouse, monkeypatch):
    monkeypatch.setattr(PeopleKeys, "person", lambda *_: 5)
    with pytest.raises(RejectedError, match="same key") as caught:
        save(warehouse, ANN, BOB)
    save(warehouse, ANN)
    with pytest.raises(RejectedError, match="same key"):
        save(warehouse, BOB)
    with pytest.raises(RejectedError, match="same key"):
        save(warehouse, ANN, brand="other")
    assert "c-annabel" not in str(caught.value)


@pytest.mark.parametrize("reason", ["unsubscribed", "complaint"])
def test_whoever_wants_no_mail_stays_unsubscribed(warehouse, reason):
    warehouse.suppress("acme", address(ANN), reason, "one click", NOW)
    saved = save(warehouse, replace(ANN, consent_at=LATER))
    assert (saved.still_unsubscribed, consent(warehouse)) == (1, "unsubscribed")
    assert save(warehouse, replace(ANN, consent_at=LATER)).changed == 0


def test_a_bounced_address_says_nothing_about_consent(warehouse):
    warehouse.suppress("acme", address(ANN), "hard_bounce", "imap", NOW)
    save(warehouse, ANN)
    assert consent(warehouse) == "subscribed"


@pytest.mark.parametrize(
    ("listed", "after"),
    [(None, "unsubscribed"), (-1, "unsubscribed"), (0, "unsubscribed"), (1, "subscribed")],
)
def test_a_withdrawal_holds_against_earlier_consent(warehouse, listed, after):
    save(warehouse, ANN)
    withdrawn = {"source": "letter", "at": NOW, "now": NOW}
    assert warehouse.withdraw_consent("acme", person_key=person(ANN), **withdrawn) == [person(ANN)]
    assert warehouse.withdraw_consent("acme", person_key=person(ANN), **withdrawn) == []
    at = None if listed is None else NOW + timedelta(days=listed)
    save(warehouse, replace(ANN, consent_at=at))
    assert consent(warehouse) == after


def test_a_withdrawal_by_address_is_of_all_who_have_it(warehouse):
    shared = replace(BOB, address="annabel.quist@MAIL.example")
    save(warehouse, ANN, shared)
    changed = warehouse.withdraw_consent(
        "acme", address_key=address(ANN), source="reply", at=NOW, now=NOW
    )
    assert sorted(changed) == sorted([person(ANN), person(BOB)])


def test_the_lists_own_undated_withdrawal_ends_with_the_list(warehouse):
    without = replace(ANN, consent="unsubscribed", consent_at=None)
    save(warehouse, without)
    save(warehouse, replace(without, consent="subscribed"))
    assert consent(warehouse) == "subscribed"


def test_suppressing_twice_keeps_the_first(warehouse, rows):
    assert warehouse.suppress("acme", 5, "hard_bounce", "a", NOW)
    assert not warehouse.suppress("acme", 5, "hard_bounce", "b", LATER)
    assert warehouse.suppress("acme", 5, "complaint", "c", NOW)
    assert warehouse.suppressed("acme", [5, 6]) == {5}
    assert warehouse.suppressed("other", [5]) == set()
    assert [row["source"] for row in rows("SELECT source FROM suppressions ORDER BY source")] == [
        "a", "c",
    ]  # fmt: skip


def test_lifting_a_suppression_keeps_who_and_why(warehouse, rows):
    warehouse.suppress("acme", 5, "hard_bounce", "imap", NOW)
    for who, why in (("", "typo"), ("Kim", " ")):
        with pytest.raises(RejectedError, match="who does it and why"):
            warehouse.unsuppress("acme", 5, who=who, why=why, now=LATER)
    assert warehouse.unsuppress("acme", 5, who="Kim", why="mended", now=LATER) == ("hard_bounce",)
    assert warehouse.suppressed("acme", [5]) == set()
    (row,) = rows("SELECT reason, source, who, why FROM lifted_suppressions")
    assert tuple(row.values()) == ("hard_bounce", "imap", "Kim", "mended")
    assert warehouse.unsuppress("acme", 5, who="Kim", why="again", now=LATER) == ()


def test_facts_say_nothing_that_names_somebody(warehouse):
    save(warehouse, ANN, replace(BOB, address=None, consent_at=None))
    facts = warehouse.people_facts("acme").set_index("person_key")
    assert facts.loc[person(ANN), "consent_at"] == ANN.consent_at
    assert facts["has_address"].to_dict() == {person(ANN): True, person(BOB): False}
    assert facts["consent_at"].isna().sum() == 1
    assert "nnabel" not in str(facts.to_dict())
    assert len(warehouse.people_facts("other")) == 0


def test_texts_that_no_database_holds_are_replaced(warehouse):
    save(warehouse, replace(ANN, fields={"first_name": "A\0n"}, consent_source="\ud800"))
    save(warehouse, replace(ANN, fields={"first_name": "A\0n"}, consent_source="\ud800"))
    found = warehouse.recipients("acme", [person(ANN)])[person(ANN)]
    assert found.fields == {"first_name": "A\N{REPLACEMENT CHARACTER}n"}


MOMENTS = st.none() | st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days))
CONSENTS = st.sampled_from(["subscribed", "pending", "unsubscribed", "never"])


@given(CONSENTS, MOMENTS, MOMENTS, st.booleans(), st.booleans())
def test_no_list_revives_a_withdrawal(listed, listed_at, ours_at, known, suppressed):
    """Whatever the list says: an unsubscribed person is subscribed again only by a later consent
    and without a suppression, or if nobody but the list ever said when."""
    came = replace(ANN, consent=listed, consent_at=listed_at)
    said = FromList(ANN.address, 9, {}, "unsubscribed", "ours", ours_at, None, "", "", "")
    stored = {1: Known("acme", ANN.customer_id, said)} if known else {}
    withdrawn = {9: Withdrawal("unsubscribed", NOW)} if suppressed else {}
    changes = people_changes("acme", {1: (came, 9)}, stored, withdrawn, NOW)
    after = changes.changed[0]["consent"] if known else changes.new[0][6]
    if suppressed or (known and ours_at and not (listed_at and listed_at > ours_at)):
        assert after == "unsubscribed"
    else:
        assert after == listed
