from datetime import date

import pytest

from connectors.base import Window
from tasks.windows import compared, in_words, merged, window_of

THURSDAY = date(2026, 11, 12)


def window(start: str, end: str) -> Window:
    return Window(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("yesterday", window("2026-11-11", "2026-11-11")),
        ("last_1_days", window("2026-11-11", "2026-11-11")),
        ("last_7_days", window("2026-11-05", "2026-11-11")),
        ("week_to_date", window("2026-11-09", "2026-11-11")),
        ("month_to_date", window("2026-11-01", "2026-11-11")),
    ],
)
def test_a_window_ends_with_the_last_complete_day(name, expected):
    assert window_of(name, THURSDAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("yesterday", window("2026-11-09", "2026-11-09")),
        ("last_7_days", window("2026-11-03", "2026-11-09")),
        ("week_to_date", window("2026-11-09", "2026-11-09")),
        ("month_to_date", window("2026-11-01", "2026-11-09")),
    ],
)
def test_data_that_is_behind_ends_it_earlier(name, expected):
    assert window_of(name, THURSDAY, behind=2) == expected


@pytest.mark.parametrize(
    ("name", "as_of"),
    [("month_to_date", date(2026, 12, 1)), ("week_to_date", date(2026, 11, 9))],
)
def test_on_its_first_day_a_month_or_week_has_no_window(name, as_of):
    assert window_of(name, as_of) is None


def test_data_from_before_the_month_gives_no_month_to_date():
    assert window_of("month_to_date", date(2026, 11, 2), behind=1) is None


def test_the_second_day_of_a_month_has_one_day():
    assert window_of("month_to_date", date(2024, 3, 2)) == window("2024-03-01", "2024-03-01")


@pytest.mark.parametrize("name", ["last_days", "last_x_days", "tomorrow", "last_7_weeks", ""])
def test_an_unknown_window_is_refused(name):
    with pytest.raises(ValueError, match="valid: yesterday"):
        window_of(name, THURSDAY)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("", window("2026-11-05", "2026-11-11")),
        ("account", window("2026-11-05", "2026-11-11")),
        ("previous", window("2026-10-29", "2026-11-04")),
        ("last_week", window("2026-10-29", "2026-11-04")),
        ("last_year", window("2025-11-06", "2025-11-12")),
        ("usual", window("2026-10-08", "2026-11-04")),
    ],
)
def test_what_seven_days_are_compared_with(function, expected):
    assert compared(function, window("2026-11-05", "2026-11-11")) == expected


def test_last_year_keeps_the_weekdays():
    now = window("2024-03-01", "2024-03-05")
    assert compared("last_year", now).start.weekday() == now.start.weekday()


def test_windows_that_touch_are_merged():
    days = [
        window("2026-11-05", "2026-11-11"),
        window("2026-10-08", "2026-11-04"),
        window("2026-11-11", "2026-11-11"),
        window("2025-11-06", "2025-11-12"),
    ]
    assert merged(days) == [
        window("2025-11-06", "2025-11-12"),
        window("2026-10-08", "2026-11-11"),
    ]


@pytest.mark.parametrize(
    ("name", "behind", "expected"),
    [
        ("yesterday", 0, "yesterday"),
        ("yesterday", 1, "10 Nov 2026"),
        ("last_7_days", 0, "the last 7 days"),
        ("last_7_days", 1, "the 7 days to 10 Nov 2026"),
        ("last_1_days", 0, "the last day"),
        ("week_to_date", 0, "this week to 11 Nov 2026"),
        ("month_to_date", 0, "this month to 11 Nov 2026"),
    ],
)
def test_a_window_in_words(name, behind, expected):
    days = window_of(name, THURSDAY, behind)
    assert days is not None
    assert in_words(name, days, THURSDAY) == expected
