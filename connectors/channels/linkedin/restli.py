"""How does LinkedIn want its addresses written? Rest.li 2.0.0, by hand.

A list is `List(a,b)`, an object `(k:v)`; this punctuation stays literal and every value inside is
percent-encoded, so is a URN in a path. `requests` would encode the punctuation too: hence whole
addresses, never `params=`. Source: linkedin-api-client 0.3.0 (encoding rules).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

from connectors.base import Window


def encoded(value: str) -> str:
    """Return a value or a path's part with all of its punctuation percent-encoded."""
    return quote(value, safe="")


def listed(values: Iterable[str]) -> str:
    """Return `List(urn%3Ali%3Ashare%3A1,...)`."""
    return f"List({','.join(map(encoded, values))})"


def days_of(window: Window) -> str:
    """Return the `timeIntervals` of every day of a window: UTC, the end excluded."""
    start, end = milliseconds(window.start), milliseconds(window.end + timedelta(days=1))
    return f"(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"


def query(**parts: str) -> str:
    """Return a query string of values that are encoded already."""
    return "&".join(f"{name}={value}" for name, value in parts.items())


def milliseconds(day: date) -> int:
    """Return the first moment of a UTC day, in milliseconds since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000


def moment(value: int) -> datetime:
    """Return what so many milliseconds since 1970 are."""
    return datetime.fromtimestamp(value / 1000, UTC)
