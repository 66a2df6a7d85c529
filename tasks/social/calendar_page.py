"""How does the calendar of posts look as a page? Months of weeks from Monday, and the holes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from config.networks import Network
from tasks.social.calendar import Calendar, Day, Planned
from tasks.social.pages import environment
from tasks.social.preview import TITLES

SHORT: Mapping[Network, str] = {"linkedin": "in", "bluesky": "bs", "mastodon": "ma"}

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Slot:
    """A post at a time, on every network that it goes to then."""

    post: Planned
    networks: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month's weeks; a day before the first or after the last that is shown is None."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


def render_calendar(calendar: Calendar, title: str, zone: str) -> str:
    """Return the page as one self-contained HTML document; `title` is the brand's name."""
    template = environment.get_template("calendar.html")
    return template.render(
        calendar=calendar,
        months=months(calendar),
        title=title,
        zone=zone,
        slots=slots,
        titles=TITLES,
        short=SHORT,
        weekdays=WEEKDAYS,
    )


def months(calendar: Calendar) -> list[Month]:
    """Return the months that the calendar's days are in; weeks begin on Monday."""
    days = {it.day: it for it in calendar.days}
    firsts = sorted({on.replace(day=1) for on in days})
    return [Month(first, tuple(_weeks(first, days))) for first in firsts]


def slots(day: Day) -> list[Slot]:
    """Return a day's posts, each with its networks at that time."""
    networks: dict[tuple[str, str], list[Planned]] = {}
    for post in day.posts:
        networks.setdefault((post.time, post.name), []).append(post)
    return [Slot(same[0], tuple(it.network for it in same)) for same in networks.values()]


def _weeks(first: date, days: Mapping[date, Day]) -> list[tuple[Day | None, ...]]:
    weeks = []
    monday = first - timedelta(days=first.weekday())
    while monday <= first or monday.month == first.month:
        week = [monday + timedelta(days=number) for number in range(7)]
        of_month = tuple(days.get(on) if on.month == first.month else None for on in week)
        if any(of_month):
            weeks.append(of_month)
        monday += timedelta(days=7)
    return weeks
