from datetime import datetime

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from config.currencies import CurrencyError, minor_units
from config.schedules import ScheduleError, check_cron, check_time_zone

FIELD = st.text(alphabet="0123456789*,/-MONJAN", min_size=1, max_size=7)
LIKELY = st.sampled_from(
    ["*", "0", "7", "*/15", "1-5", "31", "29,30", "2", "MON", "FEB", "60", "5/2"]
)


@pytest.mark.parametrize(
    "cron",
    [
        "0 7 * * *", "*/15 * * * *", "0 7 * * MON-FRI", "0 0 29 2 *", "0 0 31 JAN,apr *",
        "0 0 31 2 MON", "5/10 8-18/2 * * 0,7", "59 23 31 12 7",
    ],
)  # fmt: skip
def test_takes_what_cron_takes(cron):
    check_cron(cron)


@pytest.mark.parametrize(
    ("cron", "message"),
    [
        ("61 * * * *", "'61' is no minute"),
        ("* 24 * * *", "'24' is no hour"),
        ("* * 0 * *", "'0' is no day of the month"),
        ("* * * 13 *", "'13' is no month"),
        ("* * * * 8", "'8' is no day of the week"),
        ("* * * * MOON", "'MOON' is no day of the week"),
        ("0 0 31 2 *", "no Feb has a day 31"),
        ("0 0 31 4,6 *", "no Apr or Jun has a day 31"),
        ("0 0 * * FRI-MON", "ends before it starts"),
        ("*/0 * * * *", "the step of '*/0'"),
        ("*/99 * * * *", "the step of '*/99'"),
        ("* * * *", "five fields, not 4"),
        ("0 * * * * *", "five fields, not 6"),
        ("@daily", "five fields, not 1"),
        ("", "five fields, not 0"),
        ("1,,2 * * * *", "'' is no minute"),
        ("H * * * *", "'H' is no minute"),
    ],
)
def test_says_which_field_is_wrong(cron, message):
    with pytest.raises(ScheduleError) as caught:
        check_cron(cron)
    assert message in caught.value.message
    assert caught.value.remedy


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(LIKELY, FIELD), min_size=5, max_size=5).map(" ".join))
def test_what_it_takes_runs_in_the_scheduler(cron):
    try:
        check_cron(cron)
    except ScheduleError:
        return
    assert croniter(cron, datetime(2026, 1, 1)).get_next(datetime) > datetime(2026, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"])
def test_takes_iana_time_zones(zone):
    check_time_zone(zone)


@pytest.mark.parametrize(
    ("zone", "remedy"),
    [
        ("Berlin", "did you mean Europe/Berlin?"),
        ("new_york", "did you mean America/New_York?"),
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("../../etc/passwd", "write it like Europe/Berlin"),
        ("", "write it like Europe/Berlin"),
        ("\0", "write it like Europe/Berlin"),
    ],
)
def test_refuses_other_time_zones(zone, remedy):
    with pytest.raises(ScheduleError) as caught:
        check_time_zone(zone)
    assert caught.value.remedy == remedy


@pytest.mark.parametrize(("code", "units"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLP", 0)])
def test_knows_the_minor_units_of_money(code, units):
    assert minor_units(code) == units


@pytest.mark.parametrize(
    ("code", "message", "remedy"),
    [
        ("XAU", "no known minor units", "billed in"),
        ("XTS", "no known minor units", "billed in"),
        ("DEM", "no known minor units", "billed in"),
        ("eur", "is no ISO 4217 code", "did you mean EUR?"),
        ("QQQ", "is no ISO 4217 code", "valid:"),
    ],
)
def test_refuses_other_currencies(code, message, remedy):
    with pytest.raises(CurrencyError) as caught:
        minor_units(code)
    assert message in caught.value.message
    assert remedy in caught.value.remedy
