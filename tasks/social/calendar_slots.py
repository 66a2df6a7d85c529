"""May something be published at this time? The brand's quiet hours, holidays and spacing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.content_rules import ContentRules
from config.content_times import written
from config.networks import Network
from tasks.report.numbers import day as written_day
from tasks.report.numbers import plural
from tasks.social.calendar import Planned


def objections(
    at: datetime,
    name: str,
    networks: Sequence[Network],
    rules: ContentRules,
    zone: ZoneInfo,
    posts: Iterable[Planned],
    now: datetime,
) -> list[str]:
    """Return why a post should not be published at a moment (aware), nothing if it may.

    `posts` are what is planned; the post itself, by its name, is in nobody's way, nor is an idea.
    """
    local = at.astimezone(zone)
    found = []
    if at <= now:
        found.append(f"{written(at, zone)} has passed: it is {written(now, zone)}")
    if is_quiet(local.time(), rules):
        start, end = (f"{hour:%H:%M}" for hour in rules.quiet_hours)
        found.append(f"{local:%H:%M} is within the quiet hours from {start} to {end}")
    if local.date() in rules.holidays:
        found.append(f"{written_day(local.date())} is a holiday")
    others = [post for post in posts if post.name != name and post.state != "idea"]
    return [*found, *_collisions(at, networks, rules, zone, others)]


def is_quiet(local: time, rules: ContentRules) -> bool:
    """Tell whether a local time is within the brand's quiet hours."""
    start, end = rules.quiet_hours
    if start <= end:
        return start <= local < end
    return local >= start or local < end


def _collisions(
    at: datetime,
    networks: Sequence[Network],
    rules: ContentRules,
    zone: ZoneInfo,
    others: Iterable[Planned],
) -> Iterator[str]:
    least = timedelta(minutes=rules.spacing_minutes)
    near: dict[tuple[datetime, str], list[Planned]] = {}
    for post in others:
        if post.network in networks and abs(post.at - at) < least:
            near.setdefault((post.at, post.name), []).append(post)
    for (there, other), posts in near.items():
        apart = plural(int(abs(there - at).total_seconds() // 60), "minute")
        yield (
            f"it would be {apart} from {other} ({written(there, zone)}, {posts[0].state}) on "
            f"{', '.join(it.network for it in posts)}, and {rules.spacing_minutes} are the least"
        )
