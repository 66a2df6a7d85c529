"""Who comes into a sequence now? Each person once, by the newest of what lets him in.

Somebody who is inside stays where he is. Somebody who was inside comes in again only if the
sequence says after how many days, or if its date comes round each year, and never by the same
order, signup or anniversary.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from config.formula import TRUE, parse
from connectors.enrolments import (
    MAY,
    NEVER,
    Codes,
    Entries,
    Floats,
    Inside,
    Keys,
    Occasions,
    People,
    Truths,
    seconds,
)
from tasks.sequences.anniversaries import kept_on
from tasks.sequences.plans import Plan
from tasks.sequences.zones import DAY, zones_of


def enter(
    plan: Plan, occasions: Occasions, people: People, inside: Inside, now: datetime
) -> Entries:
    """Return who comes in. `people` stands beside the occasions; their `last_order` does not
    count. Occasions of the future or longer ago than `within_days` let nobody in."""
    at = seconds(now)
    within = plan.written.enters.within_days * DAY
    fits = people.standing == MAY
    if plan.state != "running":
        fits[:] = False
    if not plan.written.enters.segment:
        fits &= (occasions.at <= at) & (occasions.at > at - within)
    fits &= _so(plan.written.enters.when, people.figures, len(people))
    rows = _newest(occasions, np.flatnonzero(fits))
    rows, rounds = _again(plan, occasions, inside, rows, at)
    return Entries(
        sequence=plan.name,
        version=plan.version,
        step=plan.steps[0].id,
        at=at,
        person_key=occasions.person_key[rows],
        round=rounds,
        entry=tuple(occasions.entry[row] for row in rows.tolist()),
    )


def date_occasions(
    plan: Plan,
    person_key: Keys,
    texts: Sequence[str],
    people: People,
    now: datetime,
    zone: str,
) -> Occasions:
    """Return whose date comes round now or came round lately, from each person's own midnight on.

    `texts` are the dates of these people as their list has them; `zone` is the brand's.
    """
    at = seconds(now)
    local = zones_of(people.zones, zone).local(np.full(len(people), at), people.zone)
    days, day = np.unique(local // DAY, return_inverse=True)
    dates = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    written = np.fromiter(map(dates.__getitem__, texts), np.int64, len(texts))
    asked, place = np.unique(day * len(dates) + written, return_inverse=True)
    kept = _kept(plan, [*dates], days, asked)
    ago = np.array([NEVER if it is None else it[0] for it in kept], np.int64)[place]
    rows = np.flatnonzero(ago != NEVER)
    moments = at - local[rows] % DAY - ago[rows] * DAY
    entries = tuple(kept[it][1] for it in place[rows].tolist())
    return Occasions(person_key[rows], moments, entries)


def _kept(
    plan: Plan, texts: Sequence[str], days: Codes, asked: Codes
) -> list[tuple[int, str] | None]:
    """Return of each date on a day how many days ago it let in and as what, None if it does not.

    `asked` counts texts within days: people share both, so these are few.
    """
    enters = plan.written.enters
    found: list[tuple[int, str] | None] = []
    for place in asked.tolist():
        number, text = divmod(place, len(texts))
        today = date(1970, 1, 1) + timedelta(days=int(days[number]))
        lately = [today - timedelta(days=back) for back in range(enters.within_days)]
        day = kept_on(texts[text], lately, enters.days_before, yearly=enters.yearly)
        entry = "" if day is None else f"{enters.date} {day + timedelta(days=enters.days_before)}"
        found.append(None if day is None else ((today - day).days, entry))
    return found


def candidate_days(now: datetime, within_days: int) -> list[date]:
    """Return every day that may be, somewhere on earth, one of the last `within_days` days."""
    return [(now + timedelta(days=1 - back)).date() for back in range(within_days + 2)]


def since(approved_on: date, zone: str) -> datetime:
    """Return from when on joining a segment lets people in: the beginning of the approval's day."""
    return datetime.combine(approved_on, time(), ZoneInfo(zone))


def _so(text: str, figures: Mapping[str, Floats], count: int) -> Truths:
    """Tell for whom a condition is so; where a figure is unknown it is not."""
    if not text:
        return np.ones(count, np.bool_)
    unknown = np.full(count, np.nan)
    truth = parse(text).evaluate(lambda _, name: figures.get(name, unknown))
    return np.broadcast_to(np.asarray(truth) == TRUE, count)


def _newest(occasions: Occasions, rows: Codes) -> Codes:
    """Return of each person's occasions the newest one; of several at once the first of them."""
    order = rows[np.lexsort((-rows, occasions.at[rows], occasions.person_key[rows]))]
    keys = occasions.person_key[order]
    last = np.ones(len(keys), np.bool_)
    last[:-1] = keys[1:] != keys[:-1]
    return order[last]


def _again(
    plan: Plan, occasions: Occasions, inside: Inside, rows: Codes, now: int
) -> tuple[Codes, Codes]:
    """Return of these rows those that may come in, and for the how manieth time."""
    places = {key: place for place, key in enumerate(inside.person_key.tolist())}
    days, yearly = plan.written.again_after_days, plan.written.enters.yearly
    kept, rounds = [], []
    for row, key in zip(rows.tolist(), occasions.person_key[rows].tolist(), strict=True):
        place = places.get(key)
        if place is None:
            kept.append(row)
            rounds.append(1)
            continue
        if inside.active[place] or inside.entry[place] == occasions.entry[row]:
            continue
        if days is None and not yearly:
            continue
        if now >= int(inside.entered_at[place]) + (days or 0) * DAY:
            kept.append(row)
            rounds.append(int(inside.round[place]) + 1)
    return np.array(kept, np.int64), np.array(rounds, np.int64)
