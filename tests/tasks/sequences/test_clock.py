"""Zones, hours and waits: laws that hold on every day, those of 23 and 25 hours included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.mail import MailRules
from config.mail_sequences import WEEKDAYS, SendHours, Wait
from connectors.enrolments import moment, seconds
from tasks.sequences.anniversaries import anniversary, kept_on, month_days
from tasks.sequences.hours import LATEST, Hours, hours_of
from tasks.sequences.waits import wait_end
from tasks.sequences.zones import Zones, zones_of

NAMES = (
    "Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe",
    "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC",
)  # fmt: skip
FIRST, LAST = (seconds(datetime(year, 1, 2, tzinfo=UTC)) for year in (2001, 2069))
MOMENTS = st.integers(FIRST, LAST)
ZONES = st.sampled_from(NAMES)


def one(zone: str) -> tuple[Zones, np.ndarray]:
    return zones_of([zone], "UTC"), np.array([0])


def clock(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None)


def ended(wait: Wait, since: datetime, zone: str) -> datetime:
    zones, code = one(zone)
    end = wait_end(wait, np.array([seconds(since)]), code, zones)
    return moment(int(end[0])).astimezone(ZoneInfo(zone))


def opened(hours: Hours, at: int, zone: str) -> int:
    zones, code = one(zone)
    return int(hours.first_open(np.array([at]), code, zones)[0])


@given(MOMENTS, ZONES)
def test_the_clock_shows_what_zoneinfo_says(at, zone):
    zones, code = one(zone)
    local = int(zones.local(np.array([at]), code)[0])
    assert local == seconds(clock(at, zone).replace(tzinfo=UTC))


@given(st.datetimes(datetime(2001, 1, 2), datetime(2069, 1, 1)), ZONES)  # noqa: DTZ001  a clock's
def test_a_time_of_the_clock_is_the_first_moment_that_shows_it_or_a_later_one(local, zone):
    local = local.replace(microsecond=0)
    zones, code = one(zone)
    shown = np.array([seconds(local.replace(tzinfo=UTC))])
    at = int(zones.moment(shown, code)[0])
    assert clock(at, zone) >= local
    assert clock(at - 1, zone) < local or clock(at, zone) == local
    first = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local:  # it exists
        assert at == seconds(first)


@settings(max_examples=40)
@given(MOMENTS, ZONES, st.times(), st.times(), st.sets(st.sampled_from(WEEKDAYS), min_size=1))
def test_the_first_open_moment_is_open_and_none_before_it_is(at, zone, start, end, weekdays):
    start, end = (it.replace(second=0, microsecond=0) for it in (start, end))
    sending = SendHours(between=(start, end), weekdays=tuple(weekdays))
    hours = hours_of(sending, MailRules(quiet_hours=(time(20), time(8))))
    found = opened(hours, at, zone)
    if found >= LATEST:
        return
    assert found >= at
    there = clock(found, zone)
    assert time(8) <= there.time() < time(20)
    assert WEEKDAYS[there.weekday()] in weekdays
    inside = start <= there.time() < end if start < end else (
        there.time() >= start or there.time() < end or start == end
    )  # fmt: skip
    assert inside
    assert opened(hours, found, zone) == found
    for before in range(at, found, max((found - at) // 7, 1)):
        assert opened(hours, before, zone) <= found


@given(MOMENTS, ZONES, st.integers(1, 400))
def test_days_keep_the_time_of_day_where_the_clock_has_it(at, zone, days):
    since = moment(at)
    end = ended(Wait(days=days), since, zone)
    wanted = clock(at, zone) + timedelta(days=days)
    assert end.replace(tzinfo=None) == wanted or end.replace(tzinfo=None) > wanted
    assert abs((end - since).total_seconds() - days * 86_400) <= 3 * 3600 or zone == "Pacific/Apia"


@given(MOMENTS, ZONES, st.integers(0, 1439), st.none() | st.sampled_from(WEEKDAYS))
def test_waiting_until_a_time_always_takes_some_and_not_more_than_a_week(at, zone, minute, weekday):
    text = f"{minute // 60:02}:{minute % 60:02}"
    end = ended(Wait(until=f"{weekday} {text}" if weekday else text), moment(at), zone)
    taken = (end - moment(at)).total_seconds()
    assert 0 < taken <= (7 if weekday else 1) * 86_400 + 26 * 3600
    if zone != "Pacific/Apia" and weekday and (end.hour, end.minute) == divmod(minute, 60):
        assert WEEKDAYS[end.weekday()] == weekday


@pytest.mark.parametrize(
    ("wait", "since", "end"),
    [
        # Berlin puts the clock forward on 28 March 2027 at 02:00 and back on 31 October at 03:00.
        (Wait(days=1), "2027-03-27 02:30", "2027-03-28 03:00"),
        (Wait(days=2), "2027-03-27 02:30", "2027-03-29 02:30"),
        (Wait(hours=24), "2027-03-27 12:00", "2027-03-28 13:00"),
        (Wait(hours=24), "2027-10-30 12:00", "2027-10-31 11:00"),
        (Wait(days=1), "2027-10-30 02:30", "2027-10-31 02:30"),
        (Wait(until="02:30"), "2027-03-28 00:00", "2027-03-28 03:00"),
        (Wait(until="monday 09:00"), "2027-03-29 09:00", "2027-04-05 09:00"),
        (Wait(until="monday 09:00"), "2027-03-29 08:59", "2027-03-29 09:00"),
    ],
)
def test_waits_over_changes_of_the_clock(wait, since, end):
    zone = ZoneInfo("Europe/Berlin")
    begin = datetime.fromisoformat(since).replace(tzinfo=zone)
    assert f"{ended(wait, begin, zone.key):%Y-%m-%d %H:%M}" == end


def test_holidays_are_those_of_the_persons_own_day():
    rules = MailRules(quiet_hours=(time(0), time(0)), holidays=(date(2027, 1, 1),))
    hours = hours_of(SendHours(), rules)
    at = seconds(datetime(2026, 12, 31, 12, tzinfo=UTC))  # in Sydney it is 23:00
    assert opened(hours, at, "Australia/Sydney") == at
    assert opened(hours, at + 3600, "Australia/Sydney") == at + 25 * 3600
    assert opened(hours, at + 3600, "Europe/Berlin") == at + 3600


def test_hours_without_any_minute_never_open():
    hours = hours_of(SendHours(between=(time(21), time(22))), MailRules())
    assert opened(hours, FIRST, "UTC") == LATEST


@settings(max_examples=40)
@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(2021, 2060))
def test_an_anniversary_is_kept_once_a_year_and_never_late(born, year):
    kept = anniversary(born, year)
    assert (kept.month, kept.day) in {(born.month, born.day), (2, 28)}
    every_day = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    found = [day for day in every_day if kept_on(born.isoformat(), [day], 0, yearly=True)]
    assert [day for day in found if day.year == year] == [kept]
    assert f"{born:%m-%d}" in month_days([kept], 0)


@pytest.mark.parametrize("text", ["", "soon", "1984-02-30", "02-29"])
def test_what_is_no_date_comes_round_never(text):
    assert kept_on(text, [date(2027, 2, 28)], 0, yearly=True) is None
