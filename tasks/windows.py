"""Which days does a window have, and which days is it compared with?

Every window ends with the last complete day, which is the day before `as_of`; an account whose data
is some days behind, but not yet stale, has its own last complete day.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from connectors.base import Window
from tasks.report.numbers import day

USUAL_DAYS = 28
"""How many days before the window say what is usual: whole weeks, so that weekdays balance."""

_SHIFTS = {"last_week": 7, "last_year": 364}  # 364 days are 52 weeks: the same weekdays


def window_of(name: str, as_of: date, behind: int = 0) -> Window | None:
    """Return the days of `yesterday`, `last_7_days`, `week_to_date` or `month_to_date`.

    `behind` is how many days the data is behind yesterday. Weeks begin on Monday and are, like
    months, those of `as_of`. On their first day nothing of them is complete yet: then there is no
    window (None) and a check on it cannot judge.
    """
    end = as_of - timedelta(days=1 + behind)
    if name == "yesterday":
        start = end
    elif name == "week_to_date":
        start = as_of - timedelta(days=as_of.weekday())
    elif name == "month_to_date":
        start = as_of.replace(day=1)
    else:
        start = end - timedelta(days=_length(name) - 1)
    return Window(start, end) if start <= end else None


def compared(function: str, window: Window) -> Window:
    """Return the days that a formula's function looks at when the check looks at `window`.

    previous: as many days, right before. last_week, last_year: the same weekdays 7 or 364 days
    earlier. usual: the 28 days before. Anything else (account, the plain value): the same days.
    """
    day_before = window.start - timedelta(days=1)
    if function == "previous":
        return Window(window.start - timedelta(days=window.days), day_before)
    if function == "usual":
        return Window(window.start - timedelta(days=USUAL_DAYS), day_before)
    shift = timedelta(days=_SHIFTS.get(function, 0))
    return Window(window.start - shift, window.end - shift)


def merged(windows: Iterable[Window]) -> list[Window]:
    """Return the same days as few windows: ascending, none touching another."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda window: window.start):
        if result and window.start <= result[-1].end + timedelta(days=1):
            last = result.pop()
            window = Window(last.start, max(last.end, window.end))
        result.append(window)
    return result


def in_words(name: str, window: Window, as_of: date) -> str:
    """Return a window as a sentence names it, with dates where the data is behind."""
    fresh = window.end == as_of - timedelta(days=1)
    if name == "yesterday":
        return name if fresh else day(window.end)
    if name in ("week_to_date", "month_to_date"):
        return f"this {name.split('_')[0]} to {day(window.end)}"
    days = f"{window.days} days" if window.days > 1 else "day"
    return f"the last {days}" if fresh else f"the {days} to {day(window.end)}"


def _length(name: str) -> int:
    first, number, last = (*name.split("_"), "", "")[:3]
    if first != "last" or last != "days" or not number.isdecimal():
        raise ValueError(
            f"no window {name!r}; valid: yesterday, last_7_days (any number), week_to_date, "
            "month_to_date"
        )
    return int(number)
