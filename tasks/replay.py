"""What would rules have done day by day? The records of a replay, and what they add up to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from config.library import Library
from config.models import Schedule
from config.playbooks import KeywordResearchPlaybook, Playbook
from config.schedules import first_time
from config.words import Mode
from connectors.actions import Proposal

MORNING = time(7)
"""When a process without a schedule is taken to run."""

DAYS = 90
"""How many days a replay looks at unless it is told."""

MOST_ENTITIES = 5
"""How many of the entities that were proposed for most often a tally names."""

Fate = Literal["waits", "done", "refused"]
"""What would become of a proposal: a person decides, it is done alone, or it is not made."""

FATES: Mapping[str, Fate] = {"proposed": "waits", "approved": "done", "refused": "refused"}
"""By the state that the ledger would record."""


@dataclass(frozen=True, slots=True)
class Said:
    """A proposal, and what would become of it."""

    proposal: Proposal
    fate: Fate
    reason: str = ""  # of refused: a closed code
    explanation: str = ""  # its sentence, with the numbers


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a replay. `known` is False where nothing was known then of the days before."""

    day: date
    known: bool
    findings: Mapping[str, int]  # playbook to how many findings it answered
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Often:
    """An entity that was proposed for, and how often."""

    account_key: int
    level: str
    entity_id: str
    name: str  # as the platform has it: data, escape it when rendering
    times: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What one playbook would have done over all days."""

    playbook: str
    title: str
    mode: Mode  # that holds for it now
    findings: int
    days_found: int  # days on which its checks found something
    days_fired: int  # days on which it proposed something
    waits: int
    done: int
    refused: Mapping[str, int]  # reason to how often, the most frequent first
    most: tuple[Often, ...]

    @property
    def proposals(self) -> int:
        """How many proposals it made, whatever would have become of them."""
        return self.waits + self.done + sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class Replay:
    """A process's rules, run over days that are past."""

    brand: str
    process: str
    first: date
    last: date
    as_if_known: bool  # each day saw what is known today of the days before it
    days: tuple[Day, ...]  # those on which the process runs
    tallies: tuple[Tally, ...]
    notes: tuple[str, ...]  # what could not be as it was
    shortcoming: str = ""  # why it does not stand for having read its rules; '': it does

    @property
    def known_days(self) -> int:
        """On how many days anything was known."""
        return sum(day.known for day in self.days)


def tallies(
    days: Iterable[Day], playbooks: Iterable[Playbook], modes: Mapping[str, Mode]
) -> tuple[Tally, ...]:
    """Add up, per playbook, what it found and proposed; one that never did has zeros."""
    days = list(days)
    by_playbook: dict[str, list[tuple[date, Said]]] = defaultdict(list)
    for day in days:
        for said in day.said:
            by_playbook[said.proposal.playbook].append((day.day, said))
    found = [(day.day, day.findings) for day in days]
    return tuple(
        _tally(playbook, modes[playbook.name], found, by_playbook[playbook.name])
        for playbook in playbooks
    )


def notes(
    days: Sequence[Day],
    playbooks: Iterable[Playbook],
    modes: Mapping[str, Mode],
    since: Mapping[str, datetime | None],
    failed: Mapping[str, str],
    *,
    as_if_known: bool,
) -> tuple[str, ...]:
    """Return, as sentences, what in a replay is not as it was or would be.

    `since` has, by account entry, from when on its change history is known.
    """
    playbooks = list(playbooks)
    return (
        *_on_knowledge(days, as_if_known=as_if_known),
        *(
            f"{entry} could not be read now ({error}): its statuses and budgets are those "
            "last pulled, its bids and targets are unknown."
            for entry, error in failed.items()
        ),
        *filter(None, (_on_history(entry, at, days) for entry, at in since.items())),
        *_on_playbooks(playbooks, modes),
        "What passes counts as done on the same day; a real day also has hours and weekdays "
        "on which nothing is changed, stop switches, and people who say no.",
    )


def _on_knowledge(days: Sequence[Day], *, as_if_known: bool) -> Iterator[str]:
    unknown = sum(not day.known for day in days)
    if as_if_known:
        yield (
            "Every day saw what is known today of the days before it, later conversions and "
            "corrections included; on the day itself less was known."
        )
    elif unknown:
        yield (
            f"On {unknown} of {len(days)} days nothing was known yet: the figures of the days "
            "before were pulled later. --as-if-known replays them with what is known today."
        )


def _on_history(entry: str, since: datetime | None, days: Sequence[Day]) -> str:
    if since is None:
        return f"{entry}: no change history is known; settings are taken to be today's."
    if days and since.date() > days[0].day:
        return (
            f"{entry}: changes before {since:%Y-%m-%d} are not known; until then settings are "
            "taken to be those of that day, and nobody's changes hold anything off."
        )
    return ""


def _on_playbooks(playbooks: Sequence[Playbook], modes: Mapping[str, Mode]) -> Iterator[str]:
    observing = [one.name for one in playbooks if modes[one.name] == "observe"]
    if observing:
        yield f"They only observe, and were replayed as if they proposed: {', '.join(observing)}."
    asking = [one.name for one in playbooks if isinstance(one, KeywordResearchPlaybook)]
    if asking:
        yield f"Without the planner's ideas of then, which nobody kept: {', '.join(asking)}."


def _tally(
    playbook: Playbook,
    mode: Mode,
    found: Sequence[tuple[date, Mapping[str, int]]],
    said: Sequence[tuple[date, Said]],
) -> Tally:
    counts = [findings.get(playbook.name, 0) for _, findings in found]
    fates = Counter(one.fate for _, one in said)
    refused = Counter(one.reason for _, one in said if one.fate == "refused")
    return Tally(
        playbook=playbook.name,
        title=playbook.title,
        mode=mode,
        findings=sum(counts),
        days_found=sum(count > 0 for count in counts),
        days_fired=len({day for day, _ in said}),
        waits=fates["waits"],
        done=fates["done"],
        refused=dict(refused.most_common()),
        most=_most([one.proposal for _, one in said]),
    )


def _most(proposals: Iterable[Proposal]) -> tuple[Often, ...]:
    names: dict[tuple[int, str, str], str] = {}
    times: Counter[tuple[int, str, str]] = Counter()
    for proposal in proposals:
        key = (proposal.account_key, proposal.subject.level, proposal.subject.entity_id)
        names[key] = proposal.name
        times[key] += 1
    return tuple(Often(*key, names[key], count) for key, count in times.most_common(MOST_ENTITIES))


def moments(
    first: date,
    last: date,
    time_zone: str,
    schedule: Schedule | None,
    runs: Iterable[tuple[date, datetime]],
) -> dict[date, datetime]:
    """Return the days of a span on which a process runs, each with the moment of its run.

    `runs` are the runs there were, each with the day that it judged, the oldest first: of those
    made on that very day the last one counts. On other days the schedule tells; without one the
    process is taken to run every morning. A schedule that is switched off tells as well.
    """
    zone = ZoneInfo(time_zone)
    ran = {as_of: at for as_of, at in runs if at.astimezone(zone).date() == as_of}
    found: dict[date, datetime] = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day in ran:
            found[day] = ran[day]
        elif at := first_time(schedule.cron, day) if schedule else MORNING:
            clock = ZoneInfo(schedule.time_zone or time_zone) if schedule else zone
            found[day] = datetime.combine(day, at, clock)
    return found


def as_if_proposing(library: Library, brand: str, process: str, names: Sequence[str]) -> Library:
    """Return the library with only the playbooks named (all, if none is), none of which merely
    observes: what they would do if they might is what a replay is asked for.

    Raise `LookupError` for a playbook that the brand's process does not have.
    """
    there = {playbook.name: playbook for playbook in library.playbooks_for(brand, process)}
    off = {one.name: one.reason for one in library.playbooks_off(brand, process)}
    for name in names:
        if name in off:
            raise LookupError(f"playbook {name} is switched off for {brand}: {off[name]}")
        if name not in there:
            raise LookupError(f"no playbook {name!r} in {process}; there are: {', '.join(there)}")
    own, rules = library.process(process), library.brand(brand)
    kept = [it for it in own.playbooks if it.name in there and (not names or it.name in names)]
    playbooks = tuple(it.model_copy(update={"mode": _at_least(it.mode)}) for it in kept)
    overrides = {
        name: it.model_copy(update={"mode": it.mode and _at_least(it.mode)})
        for name, it in rules.playbooks.items()
    }
    changes = {
        "mode": _at_least(rules.mode),
        "modes": {name: _at_least(mode) for name, mode in rules.modes.items()},
        "playbooks": overrides,
    }
    return replace(
        library,
        processes={**library.processes, process: own.model_copy(update={"playbooks": playbooks})},
        brands={**library.brands, brand: rules.model_copy(update=changes)},
    )


def _at_least(mode: Mode) -> Mode:
    return "propose" if mode == "observe" else mode
