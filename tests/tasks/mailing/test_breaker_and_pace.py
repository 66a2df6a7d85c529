"""When sending stops by itself, how much goes out on a day, and what an answer means."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.mail import Breaker, Ramp
from connectors.mail import Handed, HandedState, Held, NotClaimedReason
from tasks.mailing.breaker import judge
from tasks.mailing.outcomes import STATES, bounced_for_good, outcome_of
from tasks.mailing.pace import RETRIES, most_on, retry_at
from tasks.mailing.reasons import HELD, NOT_CLAIMED

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(("handed", "bounced", "complained", "what"), [
    (0, 0, 0, None),
    (1000, 15, 0, None),  # at the limit
    (1000, 16, 0, "bounced"),
    (1000, 0, 1, None),
    (1000, 0, 2, "complained"),
    (49, 4, 2, None),  # too few to say
    (49, 5, 0, "bounced"),
    (49, 0, 3, "complained"),
])  # fmt: skip
def test_the_breaker_trips_above_its_limits(handed, bounced, complained, what):
    trip = judge(handed, bounced, complained, rules=Breaker())
    assert (trip and trip.what) == what
    if trip:
        assert f"{trip.count:,} of {trip.of:,}" in trip.sentence


def test_a_ramp_grows_day_by_day_and_ends():
    ramp = Ramp(start=date(2026, 11, 1), first_day=50, growth=1.5)
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)]
    assert [most_on(day, ramp) for day in days] == [0, 50, 75, 112]
    assert most_on(date(2030, 1, 1), ramp) is None
    assert most_on(date(2026, 11, 1), None) is None


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.floats(1.0001, 3), st.integers(1, 10**6))
def test_a_ramp_never_shrinks(day, growth, first):
    ramp = Ramp(start=date(2025, 1, 1), first_day=first, growth=growth)
    today, tomorrow = (most_on(it, ramp) for it in (day, day + timedelta(days=1)))
    assert tomorrow is None or (today is not None and today <= tomorrow)


def test_what_was_put_off_comes_later_and_later():
    assert [retry_at(n, NOW) - NOW for n in range(1, 6)] == [*RETRIES, RETRIES[-1]]


def test_every_answer_has_its_state():
    assert STATES.keys() == {*get_args(HandedState)}
    assert outcome_of(Handed("deferred", 451), 1, NOW).retry_at == NOW + RETRIES[0]
    assert outcome_of(Handed("refused", 550), 1, NOW).state == "refused"
    refused_us = Handed("refused", 550, whole_session=True)
    assert outcome_of(refused_us, 1, NOW).state == "released"


@pytest.mark.parametrize(
    ("status", "dead"),
    [("5.1.1", True), ("5.1.10", True), ("5.2.1", True), ("5.4.4", True), ("5.1.8", False),
     ("5.2.2", False), ("5.7.1", False), ("", False)],
)  # fmt: skip
def test_only_a_mailbox_that_does_not_exist_is_dead(status, dead):
    """As a bounce that comes later with the same status."""
    assert bounced_for_good(Handed("refused", 550, status)) == dead
    assert not bounced_for_good(Handed("deferred", 450, status))
    assert not bounced_for_good(Handed("refused", 550, status, whole_session=True))


def test_every_reason_has_its_sentence():
    assert NOT_CLAIMED.keys() == {*get_args(NotClaimedReason)}
    assert HELD.keys() == {*get_args(Held)}
