"""How does a calendar program read what is planned? iCalendar, RFC 5545.

Written by hand: moments in UTC need no time zone tables, and what is left are four rules, escaping
(3.3.11), folding (3.1), CRLF and a lasting UID (3.8.4.7). A library would be longer to wire.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from tasks.social.calendar import Planned

LENGTH = timedelta(minutes=15)
"""How long a post is shown; it takes no time."""

OCTETS = 75
"""A line has at most so many, its end not counted."""

_STATUS = {"scheduled": "CONFIRMED", "published": "CONFIRMED"}


def render_ics(brand: str, title: str, posts: Iterable[Planned], now: datetime) -> str:
    """Return a calendar of posts, one event each; `brand` is the short name, `now` is aware.

    An event keeps its UID when a post is moved, so a calendar program moves it too; of an evergreen
    post each return is an event.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Marketloop//Content calendar//EN",
        f"X-WR-CALNAME:{_text(title)}",
        *(line for post in posts for line in _event(brand, post, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(brand: str, post: Planned, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    again = f".{post.day:%Y%m%d}" if post.evergreen else ""
    yield f"UID:{post.name}{again}.{post.network}.{brand}@marketloop"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(post.at)}"
    yield f"DTEND:{_moment(post.at + LENGTH)}"
    yield f"SUMMARY:{_text(f'{post.network}: {post.name} ({post.state})')}"
    about = f"{post.summary}\n\nFor {post.objective}, by {post.owner}.".strip()
    yield f"DESCRIPTION:{_text(about)}"
    yield f"CATEGORIES:{_text(post.network)},{_text(post.objective)}"
    yield f"STATUS:{_STATUS.get(post.state, 'TENTATIVE')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    for sign in "\\;,":
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Cut a line between signs, never within one; what follows begins with a blank."""
    part, taken = "", 0
    for sign in line:
        size = len(sign.encode())
        if taken + size > OCTETS:
            yield part
            part, taken = " ", 1
        part, taken = part + sign, taken + size
    yield part
