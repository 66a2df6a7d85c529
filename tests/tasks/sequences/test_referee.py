"""Does the referee of the year see what is wrong? Each kind of fault is planted in a right year."""

from bisect import insort
from copy import deepcopy
from dataclasses import replace

import pytest

from tests.tasks.sequences.referee import DAY, Referee, is_open
from tests.tasks.sequences.year import lived

TICK = 3 * 3600
HOUR = 3600


@pytest.fixture(scope="module")
def right():
    return lived(60, 3, TICK)


@pytest.fixture
def year(right):
    return deepcopy(right)


def said(year):
    return [*Referee(year, TICK).wrong()]


def zone_of(year, message):
    return year.zone[message.person_key - 1000]


def first(year, *sources):
    """Return the place of the first message of these sequences."""
    return next(n for n, (_, it) in enumerate(year.messages) if it.source in sources)


def test_a_right_year_is_right(right):
    assert said(right) == []


@pytest.mark.parametrize("sequence", ["welcome", "thanks", "birthday"])
def test_a_message_outside_its_hours_is_seen(year, sequence):
    place = first(year, sequence)
    at, message = year.messages[place]
    zone = zone_of(year, message)
    night = next(at - n * HOUR for n in range(24) if not is_open(at - n * HOUR, zone, sequence))
    year.messages[place] = night, message
    assert any(line.startswith(f"{sequence} {message.step} went out at") for line in said(year))


def test_a_message_over_the_caps_of_all_is_seen(year):
    at, message = year.messages[first(year, "birthday")]
    year.messages.append((at + HOUR, replace(message, source="welcome", step="last", round=9)))
    assert f"{message.person_key} got 2 of None within {DAY} s" in said(year)


def test_a_message_over_a_sequences_own_cap_is_seen(year):
    at, message = year.messages[first(year, "thanks")]
    for days in (8, 16):  # the caps of all let these through
        year.messages.append((at + days * DAY, replace(message, round=message.round + days)))
    assert f"{message.person_key} got 3 of thanks within {20 * DAY} s" in said(year)


def test_a_message_after_a_leave_is_seen(year):
    at, name, key, number, _ = next(it for it in year.ends if it[4] == "left")
    some = year.messages[first(year, name)][1]
    late = replace(some, person_key=key, round=number, step="afterwards")
    year.messages.append((at + HOUR, late))
    year.unsubscribed[key - 1000] = at + DAY * 999  # it is the leave alone that forbids it
    assert f"{key} got afterwards after having left" in said(year)
    assert not any("unsubscribed" in line for line in said(year))


def test_a_message_after_an_unsubscription_is_seen(year):
    at, message = year.messages[-1]
    year.unsubscribed[message.person_key - 1000] = at - 1
    assert f"{message.person_key} got {message.step} after having unsubscribed" in said(year)


def test_a_message_that_went_twice_is_seen(year):
    year.messages.append(year.messages[0])
    assert "1 messages went out twice" in said(year)


def test_a_message_that_is_missing_is_seen(year):
    gone = first(year, "welcome")
    _, message = year.messages.pop(gone)
    key = (message.source, message.step, message.round, message.person_key)
    assert any(line.startswith(f"{key}, entered") for line in said(year))


def test_a_message_that_could_have_gone_earlier_is_seen(year):
    place = first(year, "birthday")
    at, message = year.messages[place]
    later = next(
        at + n * TICK
        for n in range(2, 20)
        if is_open(at + n * TICK, zone_of(year, message), message.source)
    )
    year.messages[place] = later, message
    assert any("could have gone out at" in line for line in said(year))


def test_somebody_who_did_not_come_in_is_seen(year):
    place = next(n for n, it in enumerate(year.entries) if it[1] == "welcome")
    _, name, key, _, entry = year.entries.pop(place)
    assert f"{(name, key, entry)} did not come in" in said(year)


def test_somebody_who_should_not_have_come_in_is_seen(year):
    at, _, key, _, _ = year.entries[0]
    insort(year.entries, (at, "welcome", key, 7, "signup never"))
    assert f"{('welcome', key, 'signup never')} came in" in said(year)
