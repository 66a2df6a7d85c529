"""On which day does a date of a person come round? 29 February is kept on the 28th where there is
none, so that nobody is congratulated late."""

from calendar import isleap
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

LEAP_DAY = (2, 29)


def anniversary(day: date, year: int) -> date:
    """Return the day in a year on which a date comes round."""
    if (day.month, day.day) == LEAP_DAY and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def kept_on(text: str, days: Sequence[date], before: int, *, yearly: bool) -> date | None:
    """Return on which of these days somebody comes in `before` days ahead of a date that is
    written `1984-02-29`; None for none of them, and for a text that is no such date.

    A yearly date comes round from the year after its own on.
    """
    try:
        of_person = date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
    for day in days:
        then = day + timedelta(days=before)
        if then == of_person and not yearly:
            return day
        if yearly and then.year > of_person.year and anniversary(of_person, then.year) == then:
            return day
    return None


def month_days(days: Iterable[date], before: int) -> tuple[str, ...]:
    """Return the `MM-DD` of all dates that may come round on these days, for a database to look
    for; those that do not are sorted out by `kept_on`."""
    found = set()
    for day in days:
        then = day + timedelta(days=before)
        found.add(f"{then:%m-%d}")
        if (then.month, then.day) == (2, 28) and not isleap(then.year):
            found.add("02-29")
    return tuple(sorted(found))
