"""Who would get what in the next days, if nothing else happened? Nothing is sent.

Everybody inside goes on as the plans say; people whose date comes round come in. Orders, signups,
unsubscriptions and moves between segments, which nobody knows yet, do not happen, and each message
counts as sent at the moment at which it is wanted. Time goes in ticks, as the flow's does.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import pandas as pd

from config.mail import Cap
from connectors.enrolments import Entries, Moves, Sent, moment, seconds
from connectors.mail import DueMail
from tasks.sequences.advance import advance
from tasks.sequences.crowd import Crowd
from tasks.sequences.plans import Plan, Rules
from tasks.sequences.zones import DAY

COLUMNS = ("at", "kind", "source", "step", "round", "arm", "template", "person_key")

Entering = Callable[[datetime, Crowd], Iterable[Entries]]
"""Who comes in at a moment."""


def simulate(
    plans: Mapping[str, Plan],
    crowd: Crowd,
    rules: Rules,
    start: datetime,
    days: int,
    *,
    entering: Entering | None = None,
    tick: timedelta = timedelta(hours=1),
) -> pd.DataFrame:
    """Return a row per message that would go out: `COLUMNS`, `at` as aware moments.

    `crowd` is changed. `entering` is asked at every tick.
    """
    messages: list[tuple[datetime, DueMail]] = []
    step = int(tick.total_seconds())
    for at in range(seconds(start), seconds(start) + days * DAY, step):
        now = moment(at)
        for entries in entering(now, crowd) if entering else ():
            crowd.enrol(entries)
        due = crowd.next_due()
        if due is not None and due <= at:
            messages += [(now, it) for it in tick_of(plans, crowd, rules, now).messages]
    rows = [(at, *(getattr(it, name) for name in COLUMNS[1:])) for at, it in messages]
    return pd.DataFrame(rows, columns=[*COLUMNS])


def tick_of(plans: Mapping[str, Plan], crowd: Crowd, rules: Rules, now: datetime) -> Moves:
    """Move everybody who is due, and behind what was sent now; return what that brought."""
    at = seconds(now)
    longest = max((cap.days for cap in caps_of(plans, rules)), default=0) * DAY
    rows, came, people = crowd.due(at)
    sent: Sent = crowd.sent_since(came.person_key, at - longest)
    moves = advance(came, plans, people, sent, now, rules)
    crowd.move(rows, came, moves, at)
    if moves.messages:  # the ledger says that they are over: their people go on
        rows, came, people = crowd.due(at)
        sent = crowd.sent_since(came.person_key, at - longest)
        more = advance(came, plans, people, sent, now, rules)
        crowd.move(rows, came, more, at)
        moves = Moves(more.changes, (*moves.messages, *more.messages), (*moves.skips, *more.skips))
    return moves


def caps_of(plans: Mapping[str, Plan], rules: Rules) -> list[Cap]:
    """Return every cap that may hold a message back: the brand's and the sequences' own."""
    return [*rules.caps, *(cap for plan in plans.values() for cap in plan.written.caps)]


def per_day(messages: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return how many messages go out: day of the zone, source, step, messages."""
    day = pd.to_datetime(messages["at"], utc=True).dt.tz_convert(zone).dt.date
    counted = messages.assign(day=day).groupby(["day", "source", "step"], sort=True).size()
    return counted.rename("messages").reset_index()
