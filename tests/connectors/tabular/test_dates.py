from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tabular.dates import BadDay, read_days
from connectors.tabular.mapping import DateColumn, DateParts

ANY = DateColumn(column="Day")


def days(*texts, way=ANY):
    return read_days([(text,) for text in texts], way)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-03",
        "2026/05/03",
        "20260503",
        "03.05.2026",
        "May 3, 2026",
        "3 May 2026",
        "2026-05-03 00:00:00",
    ],
)
def test_dates_that_fit_one_format_need_none(text):
    assert days(text) == [date(2026, 5, 3)]


def test_a_date_that_fits_two_formats_is_refused_with_both_readings():
    (bad,) = days("03/04/2026")
    assert isinstance(bad, BadDay)
    assert "2026-03-04 and 2026-04-03" in bad.what


def test_other_rows_decide():
    assert days("03/04/2026", "25/04/2026") == [date(2026, 4, 3), date(2026, 4, 25)]
    assert days("03/04/2026", "04/25/2026") == [date(2026, 3, 4), date(2026, 4, 25)]


def test_a_date_that_reads_the_same_both_ways_is_fine():
    assert days("04/04/2026") == [date(2026, 4, 4)]


def test_rows_that_contradict_each_other_are_refused():
    assert all(isinstance(day, BadDay) for day in days("25/04/2026", "04/25/2026"))


def test_a_given_format_decides():
    way = DateColumn(column="Day", format="%d/%m/%Y")
    assert days("03/04/2026", way=way) == [date(2026, 4, 3)]
    assert days("2026-04-03", way=way) == [date(2026, 4, 3)]  # a typed cell of a workbook
    assert "format %d/%m/%Y" in days("2026.04.03", way=way)[0].what


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is no date"),
        ("soon", "is no date"),
        ("2026-02-30", "is no date"),
        ("2026-05-03 14:00", "time of day"),
    ],
)
def test_what_is_no_day(text, part):
    assert part in days(text)[0].what


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_day_and_month_by_name(day):
    way = DateParts(day="d", month="m", year="y")
    for name in (f"{day:%B}", f"{day:%b}", str(day.month)):
        assert read_days([(str(day.day), name, str(day.year))], way) == [day]


def test_a_year_that_the_table_lacks_and_months_of_another_language():
    way = DateParts(day="d", month="m", year=2020, language="de")
    assert read_days([("1", "März"), ("31", "Mai")], way) == [date(2020, 3, 1), date(2020, 5, 31)]


def test_a_day_that_the_month_does_not_have():
    way = DateParts(day="d", month="m", year=2021)
    assert "is no date" in read_days([("29", "February")], way)[0].what
    assert "no month" in read_days([("29", "Febtober")], way)[0].what


def test_a_row_for_several_days_is_refused():
    way = DateColumn(column="Reporting starts", until="Reporting ends")
    good, bad = read_days([("2026-05-01", "2026-05-01"), ("2026-05-01", "2026-05-07")], way)
    assert good == date(2026, 5, 1)
    assert "7 days" in bad.what
