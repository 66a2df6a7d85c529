"""Whose date comes round, person by person, and for many people at once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.mail import MailRules
from config.mail_sequences import Sequence
from connectors.enrolments import MAY, NEVER, People, seconds
from tasks.sequences.anniversaries import kept_on
from tasks.sequences.entering import date_occasions
from tasks.sequences.plans import plan_of
from tests.tasks.sequences.year import RUNNING, ZONES

DATES = ("1984-02-29", "1990-11-22", "1991-11-23", "2026-11-21", "2026-11-24", "", "no date",
         "1980-11-20", "1970-12-01")  # fmt: skip


def plan(within, before, *, yearly):
    enters = {"date": "birthday", "days_before": before, "within_days": within, "yearly": yearly}
    body = {"enters": enters, "steps": [{"id": "wish", "message": "wish"}]}
    return plan_of("b", Sequence.model_validate(RUNNING | body, strict=False), MailRules())


def at_once(one, persons, now):
    keys = np.arange(len(persons)) + 1000
    people = People(
        ZONES, np.array([zone for zone, _ in persons], np.int64), np.full(len(persons), MAY),
        np.full(len(persons), NEVER),
    )  # fmt: skip
    found = date_occasions(one, keys, [text for _, text in persons], people, now, "UTC")
    return list(zip(found.person_key.tolist(), found.at.tolist(), found.entry, strict=True))


def one_by_one(one, persons, now):
    """The same, asked of each person by the clock on his wall."""
    enters = one.written.enters
    for place, (zone, text) in enumerate(persons):
        clock = now.astimezone(ZoneInfo(ZONES[zone]))
        today = clock.date()
        days = [today - timedelta(days=back) for back in range(enters.within_days)]
        day = kept_on(text, days, enters.days_before, yearly=enters.yearly)
        if day is not None:
            since = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
            midnight = seconds(now - since) - (today - day).days * 86_400
            yield 1000 + place, midnight, f"birthday {day + timedelta(days=enters.days_before)}"


@given(
    persons=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(DATES)), max_size=40),
    hours=st.integers(0, 24 * 12),
    within=st.integers(1, 5),
    before=st.integers(0, 3),
    yearly=st.booleans(),
)
def test_many_at_once_are_the_same_as_one_by_one(persons, hours, within, before, yearly):
    one = plan(within, before, yearly=yearly)
    now = datetime(2026, 11, 18, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
    assert at_once(one, persons, now) == [*one_by_one(one, persons, now)]


@pytest.mark.parametrize("year", [2027, 2028])
def test_who_was_born_on_a_leap_day_is_congratulated_in_every_year(year):
    one = plan(1, 0, yearly=True)
    day = date(2028, 2, 29) if year == 2028 else date(2027, 2, 28)
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert [entry for _, _, entry in at_once(one, [(0, "1984-02-29")], now)] == [f"birthday {day}"]
