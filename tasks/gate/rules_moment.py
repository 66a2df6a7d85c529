"""May anything be changed now? Switches, modes, weekday and hour, what has gone wrong lately."""

from datetime import UTC, time
from typing import get_args

from config.guardrails import Weekday
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.health import JUDGED_DAYS, REFUSED_DAYS, trips
from tasks.gate.refusal import Refusal, percent

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


def stopped(asked: Asked, book: Book) -> Refusal | None:
    """A stop switch that is on for this brand and process, or for all."""
    proposal = asked.proposal
    for stop in book.state.stops:
        if stop.holds(proposal.brand, proposal.process):
            since = f"{stop.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            why = f"the stop switch is on since {since}, by {stop.who}: {stop.why}"
            return Refusal("stopped", why)
    return None


def observed(asked: Asked, book: Book) -> Refusal | None:
    """Mode observe, of the playbook when it proposed or now."""
    proposal = asked.proposal
    now = book.state.modes.get(proposal.playbook, proposal.mode)
    if "observe" not in (proposal.mode, now):
        return None
    return Refusal("mode", f"the playbook {proposal.playbook} may only observe")


def right_weekday(asked: Asked, book: Book) -> Refusal | None:
    """A day of the account's week on which nothing is changed."""
    today = WEEKDAYS[asked.today.weekday()]
    if today in book.guardrails.weekdays:
        return None
    allowed = ", ".join(book.guardrails.weekdays) or "no day"
    return Refusal("weekday", f"it is {today} for the account; changes are made on {allowed}")


def right_hour(asked: Asked, book: Book) -> Refusal | None:
    """An hour of the account's day at which nothing is changed.

    From the first and until before the second; the same twice means the whole day. The hour after
    midnight belongs to the new weekday.
    """
    start, end = book.guardrails.hours
    clock = book.places.clock(asked.key[0])
    if _within(clock.time(), start, end):
        return None
    return Refusal(
        "hours",
        f"it is {clock:%H:%M} for the account ({asked.account.time_zone}); changes are made from "
        f"{start:%H:%M} to {end:%H:%M}",
    )


def few_errors(asked: Asked, book: Book) -> Refusal | None:
    """Too many writes of the account that failed today."""
    limit = book.guardrails.error_percent
    counts = book.health.errors(asked.proposal.account_key)
    if not trips(counts, limit):
        return None
    return Refusal("errors", f"today {_rate(counts)} writes of the account failed {_most(limit)}")


def few_worse(asked: Asked, book: Book) -> Refusal | None:
    """Too many of the playbook's changes that made things worse."""
    limit, playbook = book.guardrails.worse_percent, asked.proposal.playbook
    counts = book.health.worse(playbook)
    if not trips(counts, limit):
        return None
    what = f"{_rate(counts)} changes of {playbook} judged in {JUDGED_DAYS} days were worse"
    return Refusal("worse", f"{what} {_most(limit)}")


def few_refusals(asked: Asked, book: Book) -> Refusal | None:
    """Too many of the playbook's changes that the platform refused."""
    limit, playbook = book.guardrails.refused_percent, asked.proposal.playbook
    counts = book.health.refusals(playbook)
    if not trips(counts, limit):
        return None
    what = f"the platform refused {_rate(counts)} changes of {playbook} in {REFUSED_DAYS} days"
    return Refusal("refusals", f"{what} {_most(limit)}")


def _rate(counts: tuple[int, int]) -> str:
    return f"{counts[0]} of {counts[1]}"


def _most(limit: float) -> str:
    return f"(from {percent(limit)} on nothing is written)"


def _within(now: time, start: time, end: time) -> bool:
    if start < end:
        return start <= now < end
    return now >= start or now < end
