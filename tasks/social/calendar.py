"""What is planned, and where are the holes? Days and objectives without a post, posts not ready.

Days are the brand's own. A post is planned by its `publish_at`, an evergreen one for its returns
too; one that is still an idea is shown, but fills no hole, and a retired one is not planned.
Holidays, on which nothing is published, are no days without a post and end no run of them. A time
that the zone does not have is a problem of that post's file and is planned nowhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from config.content import Content, ContentState
from config.content_rules import ContentRules
from config.content_times import PublishTimeError, moment
from config.networks import Network
from tasks.report.numbers import day as written_day
from tasks.report.numbers import plural
from tasks.social.occurring import occurrences

SOON = timedelta(days=3)
"""A post that is due within this time and not ready is a hole."""

UNREADY: tuple[ContentState, ...] = ("idea", "draft", "review")
FILLING: tuple[ContentState, ...] = ("draft", "review", "approved", "scheduled", "published")

HoleKind = Literal["days", "objective", "not_ready"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A post on a network at a time."""

    name: str
    network: Network
    at: datetime  # aware, UTC
    day: date  # local
    time: str  # local, "09:00"
    state: ContentState
    objective: str
    owner: str
    summary: str  # the first line of its text, '' for none yet
    evergreen: bool = False  # whether it comes again


@dataclass(frozen=True, slots=True)
class Hole:
    """What is missing, who sees to it, and by when."""

    kind: HoleKind
    about: str  # the objective or the post's name; '' for days
    sentence: str
    owner: str
    day: date  # days: the first of them; else by when
    until: date  # days: the last of them; else the same


@dataclass(frozen=True, slots=True)
class Day:
    """One local day."""

    day: date
    holiday: bool
    posts: tuple[Planned, ...]  # by time
    empty: bool  # whether it is in a hole


@dataclass(frozen=True, slots=True)
class Calendar:
    """A brand's days from one on, and what is missing within the horizon of its rules."""

    brand: str
    days: tuple[Day, ...]
    holes: tuple[Hole, ...]  # the first day first
    waiting: tuple[str, ...]  # approved posts that have no time yet


def calendar(
    brand: str,
    contents: Mapping[str, Content],
    rules: ContentRules,
    zone: ZoneInfo,
    owners: Sequence[str],
    first: date,
    days: int,
) -> Calendar:
    """Return so many days from `first` on, the present day of the brand.

    `owners` are the brand's, the first of which has what is nobody else's. Holes are looked for
    from `first` on over `rules.horizon_days`, whatever is shown.
    """
    ahead = timedelta(days=max(days, rules.horizon_days))
    since, until = (
        datetime.combine(on, time(), zone).astimezone(UTC) for on in (first, first + ahead)
    )
    posts = planned(contents, rules, zone, owners[0], since, until)
    found = holes(contents, posts, rules, zone, owners[0], first)
    missing = {
        on for hole in found if hole.kind == "days" for on in _between(hole.day, hole.until)
    } - set(rules.holidays)
    shown = [
        Day(
            on,
            on in rules.holidays,
            tuple(post for post in posts if post.day == on),
            on in missing,
        )
        for on in _between(first, first + timedelta(days=days - 1))
    ]
    waiting = sorted(
        it.name
        for it in contents.values()
        if it.front.state == "approved" and not it.front.publish_at
    )
    return Calendar(brand, tuple(shown), tuple(found), tuple(waiting))


def planned(
    contents: Mapping[str, Content],
    rules: ContentRules,
    zone: ZoneInfo,
    first_owner: str,
    since: datetime,
    until: datetime,
) -> list[Planned]:
    """Return every post that has its time between two moments (aware, both included), on each of
    its networks, the first one first."""
    posts = [
        Planned(
            content.name,
            network,
            at,
            at.astimezone(zone).date(),
            f"{at.astimezone(zone):%H:%M}",
            content.front.state,
            content.front.objective,
            content.front.owner or first_owner,
            content.text_for(network).partition("\n")[0].strip(),
            content.front.evergreen,
        )
        for content in contents.values()
        for at in _moments(content, rules, zone, since, until)
        for network in content.front.networks
    ]
    return sorted(posts, key=lambda post: (post.at, post.name, post.network))


def _moments(
    content: Content, rules: ContentRules, zone: ZoneInfo, since: datetime, until: datetime
) -> list[datetime]:
    first, state = publish_moment(content, zone), content.front.state
    if first is None or state == "retired":
        return []
    if state == "published":  # by the word of a person it does not come again
        return [first] if since <= first <= until else []
    return occurrences(content, rules, zone, since, until)


def publish_moment(content: Content, zone: ZoneInfo) -> datetime | None:
    """Return when a post is to be published (aware, UTC), None if it says no time that exists."""
    try:
        return moment(content.front.publish_at, zone) if content.front.publish_at else None
    except PublishTimeError:
        return None


def holes(
    contents: Mapping[str, Content],
    posts: Iterable[Planned],
    rules: ContentRules,
    zone: ZoneInfo,
    first_owner: str,
    first: date,
) -> list[Hole]:
    """Return what is missing from a day on within the horizon, the first day first."""
    last = first + timedelta(days=rules.horizon_days - 1)
    filling = [it for it in posts if it.state in FILLING and first <= it.day <= last]
    found = [
        *_days_without({it.day for it in filling}, rules, first_owner, first, last),
        *_objectives_without({it.objective for it in filling}, rules, first_owner, last),
        *_not_ready(contents, zone, first_owner, first),
    ]
    return sorted(found, key=lambda hole: (hole.day, hole.kind, hole.about))


def _days_without(
    taken: set[date], rules: ContentRules, owner: str, first: date, last: date
) -> Iterator[Hole]:
    run: list[date] = []
    for on in [*_between(first, last), None]:
        if on in rules.holidays:
            continue
        if on and on not in taken:
            run.append(on)
            continue
        if len(run) > rules.most_days_without:
            span = f"from {written_day(run[0])} to {written_day(run[-1])}"
            aside = ", holidays aside" if len(run) < len(_between(run[0], run[-1])) else ""
            sentence = (
                f"Nothing is planned {span}: {plural(len(run), 'day')} without a post{aside}, "
                f"and {rules.most_days_without} in a row are the most."
            )
            yield Hole("days", "", sentence, owner, run[0], run[-1])
        run = []


def _objectives_without(
    served: set[str], rules: ContentRules, owner: str, last: date
) -> Iterator[Hole]:
    for objective in rules.objectives:
        if objective not in served:
            sentence = f"No post for {objective} is planned until {written_day(last)}."
            yield Hole("objective", objective, sentence, owner, last, last)


def _not_ready(
    contents: Mapping[str, Content], zone: ZoneInfo, first_owner: str, first: date
) -> Iterator[Hole]:
    for content in contents.values():
        front, at = content.front, publish_moment(content, zone)
        due = front.due or (at.astimezone(zone).date() if at else None)
        if front.state not in UNREADY or due is None or due > first + SOON:
            continue
        state = {"idea": "an idea", "draft": "a draft", "review": "in review"}[front.state]
        was = "was to be" if due < first else "has to be"
        sentence = f"{content.name} {was} approved by {written_day(due)} and is {state}."
        yield Hole("not_ready", content.name, sentence, front.owner or first_owner, due, due)


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
