"""Who would get what in the next days? Read from the warehouse as it is; nothing is written.

Everybody inside goes on as the plans say, whoever may come in now does, and dates come round. What
nobody knows yet does not happen: see `UNKNOWABLE`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from config.formula import parse
from config.library import Library
from config.mail_sequences import MailApproval
from config.mail_sequences import Sequence as Written
from config.problems import ConfigurationError, errors
from connectors.enrolments import FREE, HELD, NEVER, Codes, Entries, Keys, Occasions, People
from connectors.warehouse.looking import LookingWarehouse
from tasks.run import WrongUseError
from tasks.sequences.anniversaries import month_days
from tasks.sequences.crowd import Crowd, crowd_of, people_at
from tasks.sequences.entering import candidate_days, date_occasions, enter, since
from tasks.sequences.plans import Plan, Rules, plan_of, rules_of
from tasks.sequences.simulate import caps_of, simulate
from tasks.steps.looking import open_to_look
from tasks.steps.opening import brand_library
from tasks.steps.person_figures import figures_of

UNKNOWABLE = (
    "New orders, signups, unsubscriptions and moves between segments are not in it, for nobody "
    "knows them yet; figures in conditions stay as they are now.",
    "What a server puts off and a ramp holds back is not in it; a message counts as sent in the "
    "hour in which it is wanted.",
)
EVERYBODY = 2**31 - 1
EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would go out."""

    brand: str
    zone: str  # the brand's
    start: datetime
    days: int
    sequences: tuple[str, ...]  # whose messages these are
    inside: int  # people in these sequences at the start
    messages: pd.DataFrame  # see `tasks.sequences.simulate.simulate`
    notes: tuple[str, ...]  # what makes it come out otherwise


@dataclass(frozen=True, slots=True)
class _Door:
    """Who may come into a sequence, now or when a date comes round; `people` stands beside
    `person_key`."""

    plan: Plan
    person_key: Keys
    people: People
    now: Occasions | None  # None: `dates` let in, whenever they come round
    dates: Sequence[str] = ()


def simulation(brand: str, now: datetime, days: int, only: str = "") -> Simulation:
    """Return what would go out from `now` on, of all running sequences or of one in whatever
    state, as if it ran beside the others.

    Raise `LookupError` for a sequence that there is not, `ConfigurationError` for one that cannot
    run, `WrongUseError` where none runs.
    """
    library = brand_library(brand)
    settings = library.brand(brand)
    rules = rules_of(settings.mail, settings.time_zone)
    with open_to_look() as warehouse:
        earlier = warehouse.earlier_steps(brand)
        plans = {
            name: plan_of(name, written, settings.mail, earlier.get(name))
            for name, written in _written(library, brand, only, now).items()
        }
        doors = [_door(warehouse, brand, it, rules, now, days) for it in plans.values()]
        crowd = _crowd(warehouse, library, brand, plans, doors, rules, now)
        notes = (*_notes(warehouse, library, brand, plans, now, days), *UNKNOWABLE)
    wanted = (only,) if only else tuple(plans)
    active = np.isin(crowd.texts["sequence"], wanted) & (crowd.texts["state"] == "active")
    messages = simulate(
        plans,
        crowd,
        rules,
        now,
        days,
        entering=lambda at, them: _entering(doors, at, them, now, rules),
    )
    return Simulation(
        brand, settings.time_zone, now, days, wanted, int(active.sum()),
        messages[messages["source"].isin(wanted)].reset_index(drop=True), notes,
    )  # fmt: skip


def _written(library: Library, brand: str, only: str, now: datetime) -> dict[str, Written]:
    running = library.running_sequences(brand)
    if not only:
        if not running:
            there = ", ".join(library.sequences.get(brand, {})) or "there are none yet"
            raise WrongUseError(f"no sequence of {brand} runs; name a --sequence: {there}")
        return running
    written = library.sequence(brand, only)
    wrong = errors(library.plan_problems.get(brand, {}).get(("sequence", only), ()))
    if wrong := [it for it in wrong if it.key not in ("state", "approval.digest")]:
        raise ConfigurationError(wrong)
    today = now.astimezone(ZoneInfo(library.brand(brand).time_zone)).date()
    approval = written.approval or MailApproval(by="simulation", on=today, digest="none")
    return {**running, only: written.model_copy(update={"state": "running", "approval": approval})}


def _door(
    warehouse: LookingWarehouse, brand: str, plan: Plan, rules: Rules, now: datetime, days: int
) -> _Door:
    """Return who may come in: by an event or segment at once, by a date in these days."""
    enters, approval = plan.written.enters, plan.written.approval
    if enters.date:
        ahead = sorted({day for n in range(days + 1) for day in _near(now, n, enters.within_days)})
        keys, texts, people = warehouse.date_candidates(
            brand, enters.date, month_days(ahead, enters.days_before),
            [day + timedelta(days=enters.days_before) for day in ahead],
        )  # fmt: skip
        return _Door(plan, keys, people, None, texts)
    if enters.event:
        first = now - timedelta(days=enters.within_days)
        found, people = warehouse.event_occasions(brand, plan.name, enters.event, first, now)
    else:
        joined = None if enters.already_inside or approval is None else approval.on
        found, people = warehouse.segment_occasions(
            brand, plan.name, enters.segment, joined and since(joined, rules.zone).date()
        )
    return _Door(plan, found.person_key, people, found)


def _near(now: datetime, days: int, within_days: int) -> list[date]:
    return candidate_days(now + timedelta(days=days), within_days)


def _entering(
    doors: Sequence[_Door], at: datetime, crowd: Crowd, start: datetime, rules: Rules
) -> Iterator[Entries]:
    """Yield who comes in at a moment."""
    for door in doors:
        if door.now is not None and at > start:
            continue
        found, people = door.now, _beside(crowd, door.person_key)
        if found is None:
            found = _whose_day_it_is(door, crowd, at, rules)
            people = _beside(crowd, found.person_key)
        entries = enter(door.plan, found, people, crowd.inside(door.plan.name), at)
        if len(entries):
            yield entries


def _whose_day_it_is(door: _Door, crowd: Crowd, at: datetime, rules: Rules) -> Occasions:
    """Ask only those whose date is near, as the database does."""
    enters = door.plan.written.enters
    near = month_days(candidate_days(at, enters.within_days), enters.days_before)
    rows = [row for row, text in enumerate(door.dates) if text[5:10] in near]
    keys, dates = door.person_key[rows], [door.dates[row] for row in rows]
    return date_occasions(door.plan, keys, dates, _beside(crowd, keys), at, rules.zone)


def _beside(crowd: Crowd, person_key: Keys) -> People:
    return people_at(crowd.people, np.searchsorted(crowd.person_key, person_key))


def _crowd(
    warehouse: LookingWarehouse,
    library: Library,
    brand: str,
    plans: Mapping[str, Plan],
    doors: Sequence[_Door],
    rules: Rules,
    now: datetime,
) -> Crowd:
    """Return everybody who is in a sequence or may come into one, with what decides about them."""
    orders = any("order" in plan.leaves.events for plan in plans.values())
    came, beside = warehouse.due(brand, [*plans], EVER, orders=orders, limit=EVERYBODY)
    keys, people = _everybody(
        [(came.person_key, beside), *((door.person_key, door.people) for door in doors)]
    )
    crowd = crowd_of(came, beside)
    number = crowd.numbers
    number["person"] = np.searchsorted(keys, crowd.person_key)[number["person"]]
    number["ledger"] = np.where(number["ledger"] == HELD, FREE, number["ledger"])
    crowd.person_key = keys
    crowd.people = replace(
        people,
        segments={
            name: np.isin(keys, warehouse.segment_members(brand, name))
            for name in {name for plan in plans.values() for name in plan.leaves.segments}
        },
        figures=_figures(warehouse, library, brand, plans, keys, now),
    )
    longest = max((cap.days for cap in caps_of(plans, rules)), default=0)
    crowd.sent = warehouse.sent_to(brand, keys.tolist(), now - timedelta(days=longest))
    for plan in plans.values():
        _remember(warehouse, crowd, plan, now)
    return crowd


def _everybody(parts: Sequence[tuple[Keys, People]]) -> tuple[Keys, People]:
    """Return people that stand in several places once each, in order of their keys."""
    frames = [
        pd.DataFrame({
            "key": keys,
            "zone": np.array(people.zones, dtype=object)[people.zone],
            "standing": people.standing,
            "last_order": people.last_order,
        })
        for keys, people in parts
    ]  # fmt: skip
    all_ = pd.concat(frames).drop_duplicates("key").sort_values("key")
    zone, zones = pd.factorize(all_["zone"])
    return all_["key"].to_numpy(np.int64), People(
        tuple(map(str, zones)),
        zone.astype(np.int64),
        all_["standing"].to_numpy(np.int64),
        all_["last_order"].to_numpy(np.int64),
    )


def _figures(
    warehouse: LookingWarehouse,
    library: Library,
    brand: str,
    plans: Mapping[str, Plan],
    keys: Keys,
    now: datetime,
) -> dict[str, Any]:
    """Return what conditions ask of people, as it is now."""
    conditions = [step.when for plan in plans.values() for step in plan.steps]
    conditions += [plan.written.enters.when for plan in plans.values()]
    names = {one.name for text in conditions if text for one in parse(text).references}
    if not names or not len(keys):
        return {}
    found = figures_of(warehouse, library, brand, keys, now)
    return {name: found[name] for name in names}


def _remember(warehouse: LookingWarehouse, crowd: Crowd, plan: Plan, now: datetime) -> None:
    """Add who was in a sequence before, and what let everybody in; and let those be looked at now
    whom a change of the steps moves."""
    was = warehouse.inside(crowd.brand, plan.name, crowd.person_key.tolist())
    over = np.flatnonzero(~was.active)
    entries = tuple(was.entry[row] for row in over.tolist())
    crowd.enrol(
        Entries(plan.name, plan.version, "", 0, was.person_key[over], was.round[over], entries)
    )
    rows: Codes = np.flatnonzero(crowd.texts["sequence"] == plan.name)
    place = {key: n for n, key in enumerate(was.person_key.tolist())}
    at = [place[key] for key in crowd.person_key[crowd.numbers["person"][rows]].tolist()]
    crowd.numbers["entered_at"][rows] = was.entered_at[at]
    crowd.texts["entry"][rows] = np.array([was.entry[n] for n in at], dtype=object)
    ended = rows[~was.active[at]]
    crowd.numbers["due_at"][ended] = NEVER
    crowd.texts["state"][ended] = "finished"
    if plan.written.changed != "keep":
        old = rows[was.active[at] & (crowd.texts["version"][rows] != plan.version)]
        due = crowd.numbers["due_at"]
        due[old] = np.minimum(due[old], int(now.timestamp()))


def _notes(
    warehouse: LookingWarehouse,
    library: Library,
    brand: str,
    plans: Mapping[str, Plan],
    now: datetime,
    days: int,
) -> Iterator[str]:
    for stop in warehouse.mail_stops(brand):
        if stop.kind == "sequence" and stop.source in plans:
            yield (
                f"Sequence {stop.source} is stopped since {stop.since:%Y-%m-%d} by {stop.who}: "
                "nothing of it goes out before it is resumed."
            )
    if campaigns := library.running_campaigns(brand):
        names = ", ".join(f"{name} ({it.send_at})" for name, it in campaigns.items())
        yield f"Campaigns are not in it, and count for the caps: {names}."
