"""Which hashtags and which times are worth proposing for the next post, and why?

What brought most so far is proposed, but for a share of the posts: those try something of which
little is known, and which may still be as good as the best. Otherwise what did well by luck in the
beginning would be proposed for ever. Who tries is decided by the caller's seed alone (a number made
of the post's name), so that asking twice gives the same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from config.content_rules import ContentRules
from config.content_times import PublishTimeError, moment, written
from tasks.report.numbers import plural
from tasks.social.calendar_slots import is_quiet
from tasks.social.lifts import Lift, Lifts, plain_tag

SHARE = 0.2
"""Of the posts that try something."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag that is proposed, without #."""

    hashtag: str
    lift: Lift
    trial: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that is proposed."""

    at: datetime  # aware, UTC
    publish_at: str  # the brand's local time, as content files have it
    times: float  # the usual, as far as hour and weekday make it
    trial: bool
    reason: str


def choose_hashtags(
    known: Lifts, candidates: Iterable[str], most: int, seed: int, share: float = SHARE
) -> tuple[Tag, ...]:
    """Return at most `most` of the hashtags that fit a post, the best first.

    One that clearly costs (its whole interval is below 1) is left out. On a share of the posts the
    last place is for one that is tried out. Of equals the one that was named first goes before.
    """
    named: dict[str, str] = {}
    for tag in candidates:
        named.setdefault(plain_tag(tag), tag.lstrip("#"))
    there = [(tag, known.hashtag(tag)) for tag in named.values()]
    able = sorted(
        (it for it in there if it[1].high >= 1.0), key=lambda it: it[1].times, reverse=True
    )
    best, rest = able[: max(most, 0)], able[max(most, 0) :]
    draw = np.random.default_rng(seed)
    tried = _tried([lift for _, lift in rest], best[-1][1].times if best else 0.0, draw, share)
    chosen = [Tag(tag, lift, False, _reason(f"#{tag}", lift, known)) for tag, lift in best]
    if best and tried is not None:
        tag, lift = rest[tried]
        chosen[-1] = Tag(tag, lift, True, _trial(f"#{tag}", lift, known, share))
    return tuple(chosen)


def choose_slots(
    known: Lifts,
    rules: ContentRules,
    zone: ZoneInfo,
    taken: Sequence[datetime],
    after: datetime,
    until: datetime,
    count: int,
    seed: int,
    share: float = SHARE,
) -> tuple[Slot, ...]:
    """Return at most `count` free times between two moments, the first one first, one a day.

    The days and hours that bring most; a share of them at another hour of its day, to try it out.
    `taken` are the moments of the account's other posts. Fewer, or none, where too few are free.
    """
    draw = np.random.default_rng(seed)
    chosen: list[Slot] = []
    free = free_hours(rules, zone, taken, after, until)
    while free and len(chosen) < count:
        best = max(free, key=lambda at: (_times(known, at, zone), -at.timestamp()))
        day = best.astimezone(zone).date()
        others = [at for at in free if at != best and at.astimezone(zone).date() == day]
        lifts = [known.hours[at.astimezone(zone).hour] for at in others]
        usual = known.hours[best.astimezone(zone).hour].times
        tried = _tried(lifts, usual, draw, share)
        at = best if tried is None else others[tried]
        chosen.append(_slot(known, at, zone, tried is not None, share))
        free = [it for it in _spaced(free, [at], rules) if it.astimezone(zone).date() != day]
    return tuple(sorted(chosen, key=lambda slot: slot.at))


def free_hours(
    rules: ContentRules,
    zone: ZoneInfo,
    taken: Sequence[datetime],
    after: datetime,
    until: datetime,
) -> list[datetime]:
    """Return the full hours of the brand's clock (aware, UTC) after one moment and up to another
    at which something may be published.

    None within the quiet hours, on a holiday, or too close to one of `taken`; nor one that the
    clock leaves out or shows twice (daylight saving): a file could not name it.
    """
    first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day in rules.holidays:
            continue
        for hour in range(24):
            try:
                at = moment(f"{day} {hour:02}:00", zone)
            except PublishTimeError:
                continue
            if after < at <= until and not is_quiet(at.astimezone(zone).time(), rules):
                found.append(at)
    return _spaced(found, taken, rules)


def _spaced(
    moments: Iterable[datetime], taken: Sequence[datetime], rules: ContentRules
) -> list[datetime]:
    least = timedelta(minutes=rules.spacing_minutes)
    return [at for at in moments if all(abs(at - other) >= least for other in taken)]


def _tried(
    lifts: Sequence[Lift], best: float, draw: np.random.Generator, share: float
) -> int | None:
    """Return the place of what is tried out, None if nothing is: it is not this post's turn, or
    nothing may still be as good as the best. Two numbers are drawn, whatever comes of them."""
    turn, which = draw.random(2).tolist()
    able = [place for place, lift in enumerate(lifts) if lift.high >= best]
    return able[int(which * len(able))] if turn < share and able else None


def _times(known: Lifts, at: datetime, zone: ZoneInfo) -> float:
    local = at.astimezone(zone)
    return known.hours[local.hour].times * known.weekdays[local.weekday()].times


def _slot(known: Lifts, at: datetime, zone: ZoneInfo, trial: bool, share: float) -> Slot:
    local = at.astimezone(zone)
    hour, weekday = known.hours[local.hour], known.weekdays[local.weekday()]
    name = WEEKDAYS[local.weekday()]
    if trial:
        reason = _trial(f"{local:%H:%M}", hour, known, share)
    else:
        reason = _reason(f"{local:%H:%M}", hour, known)
        if hour.posts:
            reason += f" {_reason(name, weekday, known)}"
    publish_at = written(at, zone)
    return Slot(at, publish_at, _times(known, at, zone), trial, f"{name} {publish_at}: {reason}")


def _reason(what: str, lift: Lift, known: Lifts) -> str:
    if not lift.posts:
        return f"{what}: no post so far, nothing speaks for or against it."
    return (
        f"{what} brings {lift.times:.2f} times the usual {known.figure} "
        f"(80 %: {lift.low:.2f} to {lift.high:.2f}; {plural(lift.posts, 'post')})."
    )


def _trial(what: str, lift: Lift, known: Lifts, share: float) -> str:
    return (
        f"{what} is tried out, as {share:.0%} of posts try something: "
        f"{plural(lift.posts, 'post') if lift.posts else 'no post'} so far, "
        f"it may bring {lift.low:.2f} to {lift.high:.2f} times the usual {known.figure}."
    )
