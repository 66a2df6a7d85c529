"""Which day does a text mean? Never the one of two that is guessed.

A table has few distinct days however many rows, so each distinct text is read once, in plain code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel import Locale
from babel.dates import get_month_names

from connectors.tabular.mapping import DateColumn, DateParts

ISO = "%Y-%m-%d"
FORMATS = (
    ISO, "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y",
)  # fmt: skip
"""What is tried when no format is given; two-digit years need one."""

MIDNIGHT = (
    " 00:00:00",
    "T00:00:00",
    " 00:00:00.000000",
    "T00:00:00.000000",
    " 00:00:00.000",
    "T00:00:00Z",
)


@dataclass(frozen=True, slots=True)
class BadDay:
    """A text that names no day, or more than one."""

    index: int
    value: str
    what: str


def read_days(texts: Sequence[tuple[str, ...]], way: DateColumn | DateParts) -> list[date | BadDay]:
    """Return the day of each distinct text or combination of texts, or why it has none."""
    if isinstance(way, DateParts):
        return [_from_parts(index, parts, way) for index, parts in enumerate(texts)]
    first = _from_column([parts[0] for parts in texts], way)
    if not way.until:
        return first
    last = _from_column([parts[1] for parts in texts], way)
    return [_one_day(index, *pair) for index, pair in enumerate(zip(first, last, strict=True))]


def _one_day(index: int, first: date | BadDay, last: date | BadDay) -> date | BadDay:
    if isinstance(first, BadDay) or isinstance(last, BadDay) or first == last:
        return first if isinstance(last, date) else last
    days = (last - first).days + 1
    what = f"begins a row for {days} days, to {last}; export it with one row per day"
    return BadDay(index, first.isoformat(), what)


def _from_column(texts: list[str], way: DateColumn) -> list[date | BadDay]:
    bare = [_without_midnight(text.strip()) for text in texts]
    if way.format:
        return [_formatted(index, text, way.format) for index, text in enumerate(bare)]
    readings = [dict(_readings(text)) for text in bare]
    fitting = _fitting(readings)
    return [_decided(index, text, readings[index], fitting) for index, text in enumerate(bare)]


def _fitting(readings: Sequence[dict[str, date]]) -> list[str]:
    """Return the formats that fit every text that fits any."""
    readable = [reading for reading in readings if reading]
    return [name for name in FORMATS if readable and all(name in reading for reading in readable)]


def _decided(index: int, text: str, reading: dict[str, date], fitting: list[str]) -> date | BadDay:
    days = sorted({reading[name] for name in fitting if name in reading})
    if len(days) == 1:
        return days[0]
    if len(days) > 1:
        both = " and ".join(day.isoformat() for day in days)
        return BadDay(
            index, text, f"fits two dates, {both}; set `date: {{format: ...}}` in the mapping"
        )
    if reading:
        return BadDay(
            index, text, "is written unlike other dates of the table; write all in one format"
        )
    return BadDay(index, text, _unreadable(text))


def _unreadable(text: str) -> str:
    if not text:
        return "is no date; fill it in, or tell the mapping how totals rows look"
    if ":" in text:
        return "has a time of day; give the account's own day"
    return "is no date; correct it, or set `date: {format: ...}` in the mapping"


def _formatted(index: int, text: str, pattern: str) -> date | BadDay:
    for tried in (pattern, ISO):  # typed dates of workbooks and databases come as ISO
        day = _parse(text, tried)
        if day:
            return day
    what = f"is no date of the format {pattern}; correct it, or `date.format` in the mapping"
    return BadDay(index, text, what if text and ":" not in text else _unreadable(text))


def _readings(text: str) -> Iterator[tuple[str, date]]:
    for pattern in FORMATS:
        day = _parse(text, pattern)
        if day:
            yield pattern, day


def _parse(text: str, pattern: str) -> date | None:
    if pattern == "%Y%m%d" and (len(text) != 8 or not text.isdigit()):
        return None  # strptime would take 2026115
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no time zone here
    except ValueError:
        return None


def _without_midnight(text: str) -> str:
    return next((text.removesuffix(end) for end in MIDNIGHT if text.endswith(end)), text)


def _from_parts(index: int, parts: tuple[str, ...], way: DateParts) -> date | BadDay:
    day, month, *year = (part.strip() for part in parts)
    shown = " ".join([day, month, *year])
    number = (
        int(month) if month.isdigit() else _months(way.language).get(month.casefold().rstrip("."))
    )
    if number is None:
        return BadDay(
            index, shown, f"has no month of the language {way.language!r}; set `date.language`"
        )
    try:
        return date(int(year[0]) if year else int(way.year), number, int(day))
    except ValueError as error:
        return BadDay(index, shown, f"is no date ({error}); correct it")


@cache
def _months(language: str) -> dict[str, int]:
    """Return month names, whole and short, in lower case, with their numbers."""
    locale = Locale.parse(language)
    return {
        name.casefold().rstrip("."): number
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, locale).items()
    }
