"""The pause that all runs of an account share."""

from datetime import timedelta

import pytest

from connectors.base import TransientError
from connectors.warehouse import SqlThrottle, Warehouse


class Clock:
    """A clock that sleeping moves."""

    def __init__(self, now) -> None:
        self.now, self.slept = now, []

    def __call__(self):
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(now) -> Clock:
    return Clock(now)


@pytest.fixture
def throttle(warehouse, clock):
    return SqlThrottle(warehouse, "google_ads/444", clock=clock, sleep=clock.sleep)


def test_without_a_pause_nobody_waits(throttle, clock):
    throttle.wait()
    assert clock.slept == []


def test_another_process_waits_too(url, throttle, clock):
    with Warehouse(url) as other:
        SqlThrottle(other, "google_ads/444", clock=clock).pause(30, "429")
        SqlThrottle(other, "google_ads/555", clock=clock).pause(60, "429")
    throttle.wait()
    assert clock.slept == [30]


def test_a_pause_is_made_longer_but_never_shorter(throttle, clock):
    for seconds in (20, 40, 10):
        throttle.pause(seconds, "429")
    throttle.wait()
    assert clock.slept == [40]


def test_a_pause_made_longer_while_waiting_is_waited_for(warehouse, throttle, clock):
    def sleep(seconds: float) -> None:
        if not clock.slept:
            throttle.pause(seconds + 15, "429 again")
        clock.sleep(seconds)

    throttle.pause(5, "429")
    SqlThrottle(warehouse, "google_ads/444", clock=clock, sleep=sleep).wait()
    assert clock.slept == [5, 15]


def test_a_pause_too_far_off_ends_the_run_and_says_when(throttle):
    throttle.pause(3600, "daily quota")
    with pytest.raises(TransientError, match=r"before 2026-11-21 07:00 UTC \(daily quota\)") as e:
        throttle.wait()
    assert e.value.retry_after == 3600
