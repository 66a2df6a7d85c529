"""A year in the life of a brand's people: what they do is drawn, what they get is the engine's."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import numpy as np

from config.mail import Cap, MailRules
from config.mail_sequences import Sequence
from connectors.enrolments import MAY, NEVER, UNSUBSCRIBED, Occasions, People, Skip, moment, seconds
from connectors.mail import DueMail
from tasks.sequences.anniversaries import month_days
from tasks.sequences.crowd import Crowd, people_at
from tasks.sequences.entering import candidate_days, date_occasions, enter
from tasks.sequences.plans import Plan, plan_of, rules_of
from tasks.sequences.simulate import tick_of

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
START, HOURS = datetime(2027, 1, 1, tzinfo=UTC), 365 * 24
RULES = MailRules(
    caps=(Cap(messages=1, days=1), Cap(messages=3, days=7)),
    quiet_hours=(time(20), time(8)),
    holidays=(date(2027, 12, 25), date(2027, 3, 28)),
    tolerance_hours=48,
)
APPROVAL = {"by": "Jane", "on": "2026-12-31", "digest": "0"}
RUNNING = {"title": "T", "objective": "O", "state": "running", "approval": APPROVAL}
WELCOME = {
    "enters": {"event": "signup"},
    "steps": [
        {"id": "hello", "message": "welcome_1"},
        {"id": "days", "wait": {"days": 3}},
        {"id": "split", "split": {"short": 0.5, "long": 0.4, "none": 0.1}},
        {"id": "more", "messages": {"short": "w_short", "long": "w_long", "none": None}},
        {"id": "monday", "wait": {"until": "monday 02:30"}},  # left out on some Sundays
        {"id": "last", "message": "welcome_3"},
    ],
    "leaves": {"events": ["order"]},
    "hours": {"between": ["09:00", "18:00"], "weekdays": ["monday", "tuesday", "sunday"]},
}
THANKS = {
    "enters": {"event": "order", "within_days": 2},
    "again_after_days": 10,
    "steps": [
        {"id": "hours", "wait": {"hours": 20}},
        {"id": "thanks", "message": "thank_you"},
        {"id": "days", "wait": {"days": 5}},
        {"id": "rich", "when": "orders > 2", "otherwise": "leave"},
        {"id": "review", "message": "review"},
    ],
    "caps": [{"messages": 2, "days": 20}],
    "priority": 80,
}
BIRTHDAY = {
    "enters": {"date": "birthday", "days_before": 1, "yearly": True},
    "steps": [
        {"id": "night", "wait": {"until": "02:30"}},
        {"id": "wish", "message": "birthday"},
        {"id": "wait", "wait": {"hours": 1}},
        {"id": "gift", "message": "gift"},
    ],
    "leaves": {"after_days": 3},
    "hours": {"between": ["01:00", "12:00"]},
    "priority": 60,
}
WRITTEN = {
    name: Sequence.model_validate({**RUNNING, **body}, strict=False)
    for name, body in (("welcome", WELCOME), ("thanks", THANKS), ("birthday", BIRTHDAY))
}


@dataclass(slots=True)
class Year:
    """What happened: to people (per person, seconds) and to messages."""

    zone: list[str]
    signup: list[int]
    birthday: list[str]
    orders: list[list[int]]
    unsubscribed: list[int]
    messages: list[tuple[int, DueMail]] = field(default_factory=list)
    skips: list[tuple[int, Skip]] = field(default_factory=list)
    entries: list[tuple[int, str, int, int, str]] = field(default_factory=list)
    """At, sequence, person, round, entry."""
    ends: list[tuple[int, str, int, int, str]] = field(default_factory=list)
    """At, sequence, person, round, state."""
    born: dict[str, list[int]] = field(default_factory=dict)
    """MM-DD to the people whose birthday it is."""


def lived(people: int, seed: int, tick: int = 3600) -> Year:
    """Draw what people do, and live the year through in ticks of so many seconds."""
    chance = np.random.default_rng(seed)
    first, last = seconds(START), seconds(START) + HOURS * 3600
    days = chance.integers(0, 365 * 40, people)
    births = [date.fromordinal(date(1960, 1, 1).toordinal() + day).isoformat() for day in days]
    births[::97] = ["1984-02-29"] * len(births[::97])
    births[5::31] = [""] * len(births[5::31])
    year = Year(
        zone=[ZONES[n] for n in chance.integers(0, 3, people)],
        signup=chance.integers(first - 30 * 86_400, last, people).tolist(),
        birthday=births,
        orders=[
            sorted(chance.integers(first, last, count).tolist())
            for count in chance.poisson(2.5, people)
        ],
        unsubscribed=[
            int(at) if gone else last * 2
            for gone, at in zip(
                chance.random(people) < 0.3, chance.integers(first, last, people), strict=True
            )
        ],
    )
    for person, text in enumerate(year.birthday):
        year.born.setdefault(text[5:], []).append(person)
    _live(year, tick)
    return year


def _live(year: Year, tick: int) -> None:
    count, rules = len(year.zone), rules_of(RULES, "Europe/Berlin")
    plans = {name: plan_of(name, it, RULES) for name, it in WRITTEN.items()}
    keys = np.arange(1000, 1000 + count)
    people = People(
        ZONES,
        np.array([ZONES.index(zone) for zone in year.zone]),
        np.full(count, MAY),
        np.full(count, NEVER),
        figures={"orders": np.zeros(count)},
    )
    crowd = Crowd("acme", keys, people)
    happens = _happenings(year)
    place = 0
    for at in range(seconds(START), seconds(START) + HOURS * 3600, tick):
        events: list[tuple[int, str, int, str]] = []
        while place < len(happens) and happens[place][0] <= at:
            events.append(happens[place])
            place += 1
        for when, kind, person, _ in events:
            if kind == "unsubscribe":
                people.standing[person] = UNSUBSCRIBED
            elif kind == "order":
                people.last_order[person] = when
                people.figures["orders"][person] += 1
        _enter(year, crowd, plans, events, at)
        _tick(year, crowd, plans, rules, at)


def _happenings(year: Year) -> list[tuple[int, str, int, str]]:
    found = [(at, "signup", n, f"signup {at}") for n, at in enumerate(year.signup)]
    found += [(at, "unsubscribe", n, "") for n, at in enumerate(year.unsubscribed)]
    found += [
        (at, "order", n, f"order {n}-{number}")
        for n, orders in enumerate(year.orders)
        for number, at in enumerate(orders)
    ]
    return sorted(found)


def _enter(year: Year, crowd: Crowd, plans: dict[str, Plan], events: list, at: int) -> None:
    now = moment(at)
    for name, kind in (("welcome", "signup"), ("thanks", "order")):
        own = [(when, person, entry) for when, it, person, entry in events if it == kind]
        persons = np.array([person for _, person, _ in own], np.int64)
        occasions = Occasions(
            crowd.person_key[persons],
            np.array([when for when, _, _ in own], np.int64),
            tuple(entry for _, _, entry in own),
        )
        if own:
            _let_in(year, crowd, plans[name], occasions, persons, now)
    occasions = _birthdays(year, plans["birthday"], crowd, now)
    if len(occasions.person_key):
        persons = np.searchsorted(crowd.person_key, occasions.person_key)
        _let_in(year, crowd, plans["birthday"], occasions, persons, now)


def _birthdays(year: Year, plan: Plan, crowd: Crowd, now: datetime) -> Occasions:
    """Ask only those whose birthday may be near, as the database does."""
    enters = plan.written.enters
    near = month_days(candidate_days(now, enters.within_days), enters.days_before)
    persons = np.array([n for day in near for n in year.born.get(day, ())], np.int64)
    return date_occasions(
        plan,
        crowd.person_key[persons],
        [year.birthday[n] for n in persons.tolist()],
        people_at(crowd.people, persons),
        now,
        "Europe/Berlin",
    )


def _let_in(year, crowd, plan, occasions, persons, now) -> None:
    people = people_at(crowd.people, persons)
    entries = enter(plan, occasions, people, crowd.inside(plan.name), now)
    if len(entries):
        crowd.enrol(entries)
        year.entries += [
            (entries.at, plan.name, key, number, entry)
            for key, number, entry in zip(
                entries.person_key.tolist(), entries.round.tolist(), entries.entry, strict=True
            )
        ]


def _tick(year: Year, crowd: Crowd, plans: dict[str, Plan], rules, at: int) -> None:
    due = crowd.next_due()
    if due is None or due > at:
        return
    rows = np.flatnonzero(crowd.texts["state"] == "active")
    moves = tick_of(plans, crowd, rules, moment(at))
    year.messages += [(at, it) for it in moves.messages]
    year.skips += [(at, it) for it in moves.skips]
    ended = rows[crowd.texts["state"][rows] != "active"]
    year.ends += [
        (
            at,
            crowd.texts["sequence"][row],
            int(crowd.person_key[crowd.numbers["person"][row]]),
            int(crowd.numbers["round"][row]),
            crowd.texts["state"][row],
        )
        for row in ended.tolist()
    ]
