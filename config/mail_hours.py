"""At which times of day may a message go out, and until when does a wait last?

Minutes count from the day's local midnight, 0 to 1440.
"""

import re
from datetime import time

from config.mail_sequences import WEEKDAYS, SendHours

DAY = 1440
"""Minutes."""

_UNTIL = re.compile(r"(?:([a-z]+) )?([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def open_minutes(hours: SendHours, quiet: tuple[time, time]) -> tuple[tuple[int, int], ...]:
    """Return the parts of a day, from a minute until before another, in which both the hours and
    the brand's quiet hours let mail go out; empty: never."""
    quiet_parts = _parts(*quiet) if quiet[0] != quiet[1] else []
    found = _parts(*hours.between)
    for start, end in quiet_parts:
        found = [
            part
            for first, last in found
            for part in ((first, min(last, start)), (max(first, end), last))
            if part[0] < part[1]
        ]
    return tuple(sorted(found))


def parse_until(text: str) -> tuple[int | None, int]:
    """Return weekday (Monday is 0; None for any) and minute of `tuesday 09:00` or `09:00`.

    Raises `ValueError` for another form.
    """
    match = _UNTIL.fullmatch(text)
    if match is None or (match[1] and match[1] not in WEEKDAYS):
        raise ValueError(f"{text!r} is no time to wait for")
    weekday = [*WEEKDAYS].index(match[1]) if match[1] else None
    return weekday, int(match[2]) * 60 + int(match[3])


def _parts(start: time, end: time) -> list[tuple[int, int]]:
    """Return a span of the clock as parts of one day; the same time twice is all of it."""
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    if first < last:
        return [(first, last)]
    return [part for part in ((0, last), (first, DAY)) if part[0] < part[1]]
