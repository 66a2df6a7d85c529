"""Who should be in a list, and what would change: from keys to a proposal, without an address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.playbooks import PushAudiencePlaybook
from connectors.audience import Contact, digest_of
from tasks.change_wording import what
from tasks.mailing.audiences import (
    KeptList,
    Proposing,
    Wanted,
    before_it,
    counted,
    earlier_pushes,
    movers,
    not_known_yet,
    outdated,
    proposal_for,
    roster,
    wanted,
)
from tests.tasks.gate.town import action

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
KEPT = KeptList("letters", "mailchimp", 1, "m1", "b1/49382", "at_risk", "Customers at risk", "")
BOOK = PushAudiencePlaybook(name="push", does="push_audience", title="Keep lists", owner="jane")
HOW = Proposing("acme", "email_marketing", BOOK, "propose", NOW.date(), NOW)


def key_of(address):
    return sha256(address.strip().lower().encode()).hexdigest()


def contact(number, *, welcome=True, source="checkout", address=""):
    return Contact(number, address or f"p{number}@x.example", welcome, source, NOW)


def keys(*numbers):
    return frozenset(key_of(f"p{number}@x.example") for number in numbers)


def people(*contacts):
    return roster(contacts, key_of)


def proposed(present, should, kept=KEPT, *, can_go_back=True, how=HOW, **more):
    found = Wanted(should, more.pop("strangers", 0), more.pop("unproven", 0))
    return proposal_for(kept, present, found, how, can_go_back=can_go_back)


def test_members_to_whom_mail_is_welcome_belong_in_it():
    known = people(contact(1), contact(2, welcome=False), contact(3))
    found = wanted(frozenset(), [1, 2, 99], known)
    assert found == Wanted(keys(1), 0, 0)


def test_whom_nobody_knows_stays_and_whom_we_know_goes():
    known = people(contact(1), contact(2), contact(3, welcome=False))
    found = wanted(keys(2, 3, 77, 78), [1], known)
    assert found == Wanted(keys(1, 77, 78), 2, 0)


def test_without_a_source_of_consent_nobody_comes_but_may_stay():
    known = people(contact(1, source=""), contact(2, source=""), contact(3))
    assert wanted(keys(2), [1, 2, 3], known) == Wanted(keys(2, 3), 0, 1)


def test_two_customers_with_one_address_are_one_person():
    known = people(contact(1), contact(2, address=" P1@X.example ", source=""))
    assert wanted(frozenset(), [1, 2], known).people == keys(1)
    (key,) = keys(1)
    twice = [contact(2, address="p1@x.example", source=""), contact(1)]
    for order in (twice, twice[::-1]):
        assert movers(order, keys(1), key_of)[key].consent_source == "checkout"


@given(
    st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)), st.sets(st.integers(0, 6)),
    st.sets(st.integers(0, 6)),
)  # fmt: skip
def test_a_list_that_was_made_as_wanted_wants_nothing(present, members, known, refuse):
    there = people(*(contact(n, welcome=n not in refuse) for n in known))
    first = wanted(keys(*present), members, there).people
    assert wanted(first, members, there).people == first
    assert not first & keys(*(known & refuse))
    assert keys(*(present - known)) <= first


def test_a_list_as_it_should_be_proposes_nothing():
    assert proposed(keys(1, 2), keys(1, 2)) is None


def test_a_proposal_says_counts_and_no_people():
    found = proposed(keys(1, 2), keys(2, 3, 4), strangers=1, unproven=2)
    assert what(found) == ("customers “at_risk”: 2 added, 1 removed in Mailchimp list b1/49382")
    assert found.sentence == (
        "2 people of the segment “Customers at risk” are missing in Mailchimp list b1/49382, and "
        "1 person in it is not to be there."
    )
    assert found.evidence == (
        "adds 2, removes 1, the list has 2 now",
        "1 person in the list is not among the customers, and stays",
        "2 people are left out: nobody says where the consent comes from",
    )
    assert (found.before, found.after) == (digest_of(keys(1, 2)), digest_of(keys(2, 3, 4)))
    assert found.expires_at == NOW + timedelta(days=3)
    assert not any(key in str(found) for key in keys(1, 2, 3, 4))


@pytest.mark.parametrize(
    ("present", "should", "sentence"),
    [
        (keys(), keys(1), "1 person of the segment “Customers at risk” is missing in Mailchimp "
         "list b1/49382."),
        (keys(1, 2, 3), keys(1), "Mailchimp list b1/49382 is to have the segment “Customers at "
         "risk”; 2 people in it are not to be there."),
    ],
)  # fmt: skip
def test_a_sentence_leaves_out_what_does_not_happen(present, should, sentence):
    assert proposed(present, should).sentence == sentence


def test_the_segments_owner_decides_and_else_the_playbooks():
    assert proposed(keys(), keys(1)).owner == "jane"
    assert proposed(keys(), keys(1), replace(KEPT, owner="john")).owner == "john"


def test_what_cannot_go_back_says_so_first():
    assert proposed(keys(), keys(1), can_go_back=False).undo == ""
    assert proposed(keys(), keys(1)).undo


def test_who_was_there_before_is_known_only_if_the_value_says_so():
    known = people(contact(1), contact(2))
    strangers = keys(77)
    assert before_it(digest_of(strangers), strangers | keys(1), [], known) == strangers
    before = digest_of(strangers | keys(1))
    assert before_it(before, strangers | keys(1, 2), [keys(2), keys(1)], known) == (
        strangers | keys(1)
    )
    assert before_it(before, strangers | keys(1, 2), [keys(2)], known) is None
    assert before_it(before, keys(1, 2), [keys(1)], known) is None


def test_earlier_pushes_are_those_that_made_it_what_it_was():
    first, other = proposed(keys(), keys(1)), proposed(keys(), keys(2))
    done = [
        action(1, first, 3),
        action(2, other, 2),
        action(3, first, 1, state="failed"),
        action(4, replace(first, takes_back=2), 1),
        action(5, first, 1, state="undone"),
    ]
    found = earlier_pushes(KEPT.subject, digest_of(keys(1)), done)
    assert [one.action_id for one in found] == [5, 1]


@pytest.mark.parametrize(
    ("state", "new", "said"),
    [
        ("proposed", (keys(), keys(1)), None),
        ("proposed", (keys(), keys(1, 2)), "it would be 2 added, 0 removed now"),
        ("approved", (keys(5), keys(1, 5)), "it would be 1 added, 0 removed now"),
        ("proposed", (keys(1), keys(1)), "as it should be by now"),
        ("applying", (keys(), keys(1, 2)), None),
    ],
)
def test_an_open_change_ends_when_it_would_be_another_one(state, new, said):
    old = action(1, proposed(keys(), keys(1)), state=state)
    fresh = [one for one in [proposed(*new)] if one]
    found = outdated(fresh, [(1, KEPT.subject)], [old])
    assert [one.action_id for one, _ in found] == ([1] if said else [])
    assert all(said in why for _, why in found)


def test_a_list_that_could_not_be_read_ends_nothing_and_an_undo_is_left_alone():
    old = action(1, proposed(keys(), keys(1)), state="proposed")
    assert outdated([], [], [old]) == []
    back = replace(old, proposal=replace(old.proposal, takes_back=7))
    assert outdated([], [(1, KEPT.subject)], [back]) == []


def test_what_waits_or_has_just_failed_is_not_proposed_again():
    wish = proposed(keys(), keys(1))
    states = {"proposed": [], "applying": [], "failed": [], "expired": [wish], "verified": [wish]}
    for state, left in states.items():
        before = replace(action(1, wish), state=state, updated_at=NOW - timedelta(days=6))
        assert not_known_yet([wish], [before], NOW) == left
    old = replace(action(1, wish), state="failed", updated_at=NOW - timedelta(days=8))
    assert not_known_yet([wish], [old], NOW) == [wish]


def test_a_part_is_counted():
    change = proposed(keys(1, 2, 3), keys(3, 4, 5))
    there = keys(2, 3, 4)
    assert counted(change, keys(4, 5), keys(1, 2), there) == (
        "1 of 2 came into the list and 1 of 2 left it"
    )
