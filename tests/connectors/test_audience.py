"""An audience is changed without naming anybody, and only by the people that were let through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.audience import (
    Member,
    audience_change,
    batches,
    digest_of,
    movement,
    sent_in_order,
    size_of,
    spoken,
)
from connectors.base import ReconnectError, RejectedError, TransientError

PRESENT = frozenset({"a@shop.example", "b@shop.example"})


class LimitError(TransientError):
    """The service's limit."""


def member(address, source="checkout"):
    return Member(address, source, None)


def change(wanted):
    return audience_change("1", "list", PRESENT, frozenset(wanted), "lapsed")


def moving(wanted, add=(), remove=(), present=PRESENT):
    people = [[member(one) for one in which] for which in (add, remove)]
    return movement(change(wanted), present, *people, str)


def test_a_change_says_how_many_and_nobody():
    told = change({"b@shop.example", "c@shop.example", "d@shop.example"})
    assert told.content == {"added": "2", "removed": "1", "segment": "lapsed"}
    assert (size_of(told.before), size_of(told.after)) == (2, 3)
    assert "@" not in repr(told)


def test_a_value_is_spoken_of_as_people():
    told = spoken(digest_of({"a", "b"}))
    assert told.startswith("2 people (")
    assert spoken(digest_of({"a"})).startswith("1 person (")
    assert len(told) == len("2 people (ab12cd34)")
    assert (spoken("absent"), spoken("2:short")) == ("absent", "2:short")


@given(st.sets(st.text()), st.randoms())
def test_the_order_changes_no_digest(keys, luck):
    shuffled = sorted(keys, key=lambda _: luck.random())
    assert digest_of(shuffled) == digest_of(keys)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.emails(), max_size=5), st.sets(st.emails(), max_size=5))
def test_different_people_have_different_digests(one, other):
    assert (digest_of(one) == digest_of(other)) == (one == other)


def test_an_address_is_in_no_repr():
    assert "shop.example" not in repr(member("a@shop.example"))


def test_who_is_there_already_does_not_come_and_who_is_not_does_not_go():
    wanted = {"b@shop.example", "c@shop.example"}
    add, remove = ["b@shop.example", "c@shop.example"], ["a@shop.example", "z@shop.example"]
    found = moving(wanted, add, remove)
    assert [one.address for one in found.coming] == ["c@shop.example"]
    assert [one.address for one in found.going] == ["a@shop.example"]


def test_somebody_named_twice_comes_once():
    found = moving({*PRESENT, "c@shop.example"}, ["c@shop.example", "c@shop.example"])
    assert len(found.coming) == 1


@pytest.mark.parametrize(
    ("add", "present", "why"),
    [
        (["c@shop.example"], PRESENT | {"x@shop.example"}, "the list has changed"),
        (["d@shop.example"], PRESENT, "not the people"),
        ([], PRESENT, "not the people"),
    ],
)
def test_other_people_are_refused(add, present, why):
    with pytest.raises(RejectedError, match=why):
        moving({*PRESENT, "c@shop.example"}, add, present=present)


def test_nobody_is_put_in_without_a_source_of_consent():
    people = [member("c@shop.example", source="")]
    with pytest.raises(RejectedError, match="of 1 people nobody says") as caught:
        movement(change({*PRESENT, "c@shop.example"}), PRESENT, people, [], str)
    assert "c@shop" not in str(caught.value)


def test_who_goes_needs_none():
    found = movement(
        change({"b@shop.example"}), PRESENT, [], [member("a@shop.example", source="")], str
    )
    assert len(found.going) == 1


@given(st.lists(st.integers()), st.integers(1, 7))
def test_batches_are_all_of_it_in_order(things, size):
    parts = list(batches(things, size))
    assert [one for part in parts for one in part] == things
    assert all(0 < len(part) <= size for part in parts)


def failing(*outcomes):
    """Return calls that fail as told, or take so many people not."""

    def call(outcome):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return [lambda outcome=outcome: call(outcome) for outcome in outcomes]


@pytest.mark.parametrize(
    ("outcomes", "state", "error"),
    [
        ((0, 0), "accepted", ""),
        ((2, 1), "accepted", "3 people were not taken"),
        ((), "accepted", ""),
        ((RejectedError("no"), 0), "refused", "no"),
        ((LimitError("busy", 9.0), 0), "refused", "busy"),
        ((TransientError("cut"), 0), "unknown", "0 of 2 calls went through, then cut"),
        ((0, RejectedError("no")), "unknown", "1 of 2 calls went through, then no"),
        ((0, LimitError("busy", 9.0)), "unknown", "1 of 2 calls went through, then busy"),
        ((0, ReconnectError("dead")), "unknown", "1 of 2 calls went through, then dead"),
    ],
)
def test_what_became_of_the_calls_is_said_as_it_is(outcomes, state, error):
    answer = sent_in_order(failing(*outcomes), LimitError)
    assert (answer.state, answer.error) == (state, error)
    assert answer.retry_after == (9.0 if "busy" in error else None)


def test_nothing_is_sent_after_a_failure():
    made = []
    calls = failing(TransientError("cut"))
    sent_in_order([*calls, lambda: made.append(1) or 0], LimitError)
    assert made == []


def test_a_dead_credential_is_raised_while_nothing_was_written():
    with pytest.raises(ReconnectError):
        sent_in_order(failing(ReconnectError("dead")), LimitError)
