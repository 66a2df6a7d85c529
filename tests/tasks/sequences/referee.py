"""Was the year right? Judged by the clock on the wall and by nothing of the engine's own.

Local times are those of `zoneinfo`; hours are looked for by going on a quarter of an hour at a time
until they are open; caps are counted over what was really sent.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.tasks.sequences.year import HOURS, START, Year

DAY, QUARTER = 86_400, 900
BEGAN = int(START.timestamp())
ENDED = BEGAN + HOURS * 3600
TOLERANCE = 48 * 3600
HOLIDAYS = {date(2027, 12, 25), date(2027, 3, 28)}
OPEN = {
    "welcome": (time(9), time(18), {0, 1, 6}),
    "thanks": (time(8), time(20), {*range(7)}),
    "birthday": (time(8), time(12), {*range(7)}),
}
CAPS = [(1, DAY), (3, 7 * DAY)]
OWN_CAPS = {"thanks": [(2, 20 * DAY)]}
STEPS = {
    "welcome": ["hello", "more", "last"],
    "thanks": ["thanks", "review"],
    "birthday": ["wish", "gift"],
}


class Referee:
    """Looks a year over; every method yields what is wrong."""

    def __init__(self, year: Year, tick: int) -> None:
        self.year, self.tick = year, tick
        self.got: dict[tuple, tuple[int, str]] = {}
        self.by_person: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for at, it in year.messages:
            self.got[it.source, it.step, it.round, it.person_key] = (at, it.arm)
            self.by_person[it.person_key].append((at, it.source))
        self.skipped = {
            (it.source, it.step, it.round, it.person_key): (at, it) for at, it in year.skips
        }

        self.last_arm = {it.person_key: it.arm for _, it in year.messages if it.step == "last"}
        self.ends: dict[int, list[tuple]] = defaultdict(list)
        for it in year.ends:
            self.ends[it[2]].append(it)

    def wrong(self) -> Iterator[str]:
        """Yield everything that is wrong with the year."""
        yield from self.twice()
        yield from self.outside_hours()
        yield from self.over_caps()
        yield from self.unwanted()
        yield from self.missing_entries()
        for at, sequence, key, number, _ in self.year.entries:
            yield from self.chain(at, sequence, key, number)

    def twice(self) -> Iterator[str]:
        if len(self.got) != len(self.year.messages):
            yield f"{len(self.year.messages) - len(self.got)} messages went out twice"
        for key in self.got.keys() & self.skipped.keys():
            yield f"{key} was sent and given up"

    def outside_hours(self) -> Iterator[str]:
        for at, it in self.year.messages:
            if not is_open(at, self.zone(it.person_key), it.source):
                yield f"{it.source} {it.step} went out at {self.clock(at, it.person_key)}"

    def over_caps(self) -> Iterator[str]:
        for key, found in self.by_person.items():
            for source in {None, *(name for _, name in found)}:
                own = sorted(at for at, name in found if source in (None, name))
                for most, within in CAPS if source is None else OWN_CAPS.get(source, []):
                    for first, last in zip(own, own[most:], strict=False):
                        if last - first < within:
                            yield f"{key} got {most + 1} of {source} within {within} s"

    def unwanted(self) -> Iterator[str]:
        for at, it in self.year.messages:
            if self.year.unsubscribed[it.person_key - 1000] <= at:
                yield f"{it.person_key} got {it.step} after having unsubscribed"
        last = {(name, key, n): at for at, name, key, n, _ in self.year.ends}
        for at, it in self.year.messages:
            if at > last.get((it.source, it.person_key, it.round), at):
                yield f"{it.person_key} got {it.step} after having left"

    def missing_entries(self) -> Iterator[str]:
        """Compare who came in with who should have."""
        there = {(name, key, entry) for _, name, key, _, entry in self.year.entries}
        wanted = {*self.signups(), *self.first_orders(), *self.birthdays()}
        for missing in wanted - there:
            yield f"{missing} did not come in"
        for one in there - wanted:
            if one[0] != "thanks":
                yield f"{one} came in"

    def signups(self) -> Iterator[tuple[str, int, str]]:
        for n, at in enumerate(self.year.signup):
            seen = self.seen(at)
            if seen < ENDED and at > seen - 3 * DAY and self.year.unsubscribed[n] > seen:
                yield "welcome", 1000 + n, f"signup {at}"

    def first_orders(self) -> Iterator[tuple[str, int, str]]:
        """Each first order, unless another came before the next look."""
        for n, orders in enumerate(self.year.orders):
            if not orders or (seen := self.seen(orders[0])) >= ENDED:
                continue
            newest = bisect_right(orders, seen) - 1
            if self.year.unsubscribed[n] > seen:
                yield "thanks", 1000 + n, f"order {n}-{newest}"

    def birthdays(self) -> Iterator[tuple[str, int, str]]:
        for n, text in enumerate(self.year.birthday):
            for year in (2026, 2027, 2028) if text else ():
                month, day = int(text[5:7]), int(text[8:])
                kept = date(year, 2, 28) if text[5:] == "02-29" and year % 4 else None
                kept = kept or date(year, month, day)
                zone = ZoneInfo(self.year.zone[n])
                eve = datetime.combine(kept - timedelta(days=1), time(), zone).timestamp()
                seen = self.seen(int(eve))
                if eve > BEGAN - 3 * DAY and seen < ENDED and self.year.unsubscribed[n] > seen:
                    yield "birthday", 1000 + n, f"birthday {kept}"

    def chain(self, at: int, sequence: str, key: int, number: int) -> Iterator[str]:
        """Follow one person through one round: each message went out as early as it could, or
        there is a reason."""
        since = at
        for step in STEPS[sequence]:
            message = (sequence, step, number, key)
            planned = opening(self.after_wait(step, since, key), self.zone(key), sequence)
            first = self.seen(planned)
            if message in self.got:
                went = self.got[message][0]
                yield from self.as_early(message, went, first, planned)
                since = went
            elif message in self.skipped:
                when, skip = self.skipped[message]
                yield from self.as_early(message, when, first, planned)
                if skip.reason == "cap" and self.free(key, sequence, when):
                    yield f"{message} was given up without need"
                if skip.reason == "late" and is_open(when, self.zone(key), sequence):
                    yield f"{message} was called late within its hours"
                since = when
            elif (
                first >= ENDED
                or self.still_waiting(sequence, key, number)
                or self.gone(sequence, step, key, at, number)
            ):
                return
            elif step == "more" and self.arm_is_none(key):
                since = self.after_wait(step, since, key)  # nobody waits for hours there
                since = opening(since, self.zone(key), sequence)
            else:
                yield f"{message}, entered {at}, planned {planned}, is missing without a reason"
                return

    def as_early(self, message: tuple, went: int, first: int, planned: int) -> Iterator[str]:
        sequence, _, _, key = message
        if went < planned:
            yield f"{message} went out {planned - went} s early"
        if went > planned + TOLERANCE + self.tick:
            yield f"{message} went out {went - planned} s late"
        for look in range(first, went, self.tick):
            if is_open(look, self.zone(key), sequence) and self.free(key, sequence, look):
                yield f"{message} could have gone out at {look}, and did at {went}"

    def free(self, key: int, sequence: str, at: int) -> bool:
        """Tell whether caps let a message pass at a moment, other messages of it included."""
        for caps, source in ((CAPS, None), (OWN_CAPS.get(sequence, []), sequence)):
            own = [when for when, name in self.by_person[key] if source in (None, name)]
            for most, within in caps:
                if sum(at - within < when <= at for when in own) >= most:
                    return False
        return True

    def gone(self, sequence: str, step: str, key: int, at: int, number: int) -> bool:
        """Tell whether somebody had left by the time of a message, for a reason that holds."""
        year, n = self.year, key - 1000
        ends = {(name, who, count): when for when, name, who, count, _ in self.ends[key]}
        end = ends.get((sequence, key, number))
        if end is None:
            return False
        if year.unsubscribed[n] <= end:
            return True
        if sequence == "welcome":
            return any(at < order <= end for order in year.orders[n])
        if sequence == "birthday":
            return end >= at + 3 * DAY
        asked = self.after_wait(step, self.got_or_skipped((sequence, "thanks", number, key)), key)
        return step == "review" and bisect_right(year.orders[n], self.seen(asked)) <= 2

    def still_waiting(self, sequence: str, key: int, number: int) -> bool:
        """Tell whether caps hold a message of a round back when the year ends."""
        over = any((it[1], it[3]) == (sequence, number) for it in self.ends[key])
        return not over and not self.free(key, sequence, ENDED - self.tick)

    def got_or_skipped(self, message: tuple) -> int:
        return (self.got.get(message) or self.skipped.get(message) or (0,))[0]

    def arm_is_none(self, key: int) -> bool:
        """Tell whether the last message does not tell of another arm."""
        return self.last_arm.get(key, "none") == "none"

    def after_wait(self, step: str, since: int, key: int) -> int:
        zone = self.zone(key)
        if step == "hello":
            return since
        if step == "more":
            return days_later(since, 3, zone)
        if step == "review":
            return days_later(since, 5, zone)
        if step in ("thanks", "gift"):
            return since + (20 if step == "thanks" else 1) * 3600
        return next_half_past_two(since, zone, monday=step == "last")

    def zone(self, key: int) -> str:
        return self.year.zone[key - 1000]

    def seen(self, at: int) -> int:
        """Return the first look at or after a moment."""
        return max(BEGAN, BEGAN + -(-(at - BEGAN) // self.tick) * self.tick)

    def clock(self, at: int, key: int) -> str:
        return f"{local(at, self.zone(key)):%A %Y-%m-%d %H:%M}"


def local(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone))


@lru_cache(maxsize=500_000)
def is_open(at: int, zone: str, sequence: str) -> bool:
    start, end, weekdays = OPEN[sequence]
    there = local(at, zone)
    fits = there.weekday() in weekdays and there.date() not in HOLIDAYS
    return fits and start <= there.time() < end


def opening(at: int, zone: str, sequence: str) -> int:
    while not is_open(at, zone, sequence):
        at += QUARTER - at % QUARTER
    return at


def days_later(at: int, days: int, zone: str) -> int:
    there = local(at, zone).replace(tzinfo=None) + timedelta(days=days)
    return first_moment(there, zone)


def next_half_past_two(at: int, zone: str, *, monday: bool) -> int:
    day = local(at, zone).date()
    while True:
        then = first_moment(datetime.combine(day, time(2, 30)), zone)
        if then > at and (not monday or day.weekday() == 0):
            return then
        day += timedelta(days=1)


def first_moment(clock: datetime, zone: str) -> int:
    """Return the first moment at which a clock shows a time, or shows a later one."""
    there = int(clock.replace(tzinfo=ZoneInfo(zone)).timestamp())
    if plain(there, zone) == clock:  # the first of two, if there are two
        return there
    guess = int(clock.replace(tzinfo=UTC).timestamp()) - 15 * 3600
    low, high = guess, guess + 30 * 3600
    shows = [at for at in range(low, high, QUARTER) if plain(at, zone) >= clock]
    at = shows[0]
    return bisect_left(range(at - QUARTER, at), True, key=lambda it: plain(it, zone) >= clock) + (
        at - QUARTER
    )


def plain(at: int, zone: str) -> datetime:
    return local(at, zone).replace(tzinfo=None)
