"""Run a process's checks and playbooks over days that are past: what would they have done?

Every day is deliberated by the very code that proposes, on what was known at the moment of that
day's run. Nothing is written but that the replay was shown, which new and changed rules wait for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from config.library import Library
from config.settings import settings
from connectors.actions import Proposal
from connectors.base import Window
from connectors.warehouse.looking import LookingWarehouse
from tasks.rehearsal import Rehearsal
from tasks.replay import DAYS, FATES, Day, Replay, Said, as_if_proposing, moments, notes, tallies
from tasks.report.markdown_replay import in_short, render_replay
from tasks.rules import shortcoming
from tasks.run import Run, WrongUseError
from tasks.steps.arrival import lags_of
from tasks.steps.judge import Judgement, look, targets_now
from tasks.steps.looking import account_keys, newest_day, open_to_look, stored_facts
from tasks.steps.opening import brand_library
from tasks.steps.past import ThenPlatforms, ThenWarehouse, recall
from tasks.steps.platforms import LookingPlatforms
from tasks.steps.propose import Deliberation, deliberate
from tasks.steps.reading import read
from tasks.steps.rules import record_shown
from tasks.targets import Targets


@task(task_run_name="replay", timeout_seconds=7200, cache_policy=NO_CACHE)
def replay_days(
    brand: str,
    process: str,
    first: date | None,
    last: date | None,
    playbooks: Sequence[str],
    as_if_known: bool,
) -> str:
    """Leave the replay as an artifact of the run, and return it in a sentence."""
    found = replay(
        brand,
        process,
        datetime.now(UTC),
        first=first,
        last=last,
        playbooks=playbooks,
        as_if_known=as_if_known,
    )
    if FlowRunContext.get():
        key = f"{brand}-{process}-replay".replace("_", "-")
        create_markdown_artifact(render_replay(found), key=key, description=in_short(found))
    return in_short(found)


def replay(
    brand: str,
    process: str,
    now: datetime,
    *,
    first: date | None = None,
    last: date | None = None,
    playbooks: Sequence[str] = (),
    accounts: Sequence[str] | None = None,
    as_if_known: bool = False,
) -> Replay:
    """Return what the playbooks, as the files have them now, would have done on these days.

    Left out, the days are the last 90 that judge complete days. With `as_if_known` every day sees
    what is known today of the days before it. Unless it falls short of that (see
    `tasks.rules.shortcoming`), it is recorded that its rules, as they are now, were shown.

    Raise `LookupError` for a name that there is not, `WrongUseError` for days that make no sense or
    without anything pulled.
    """
    library = brand_library(brand)
    entries = tuple(entry.name for entry in library.entries(brand, process, accounts))
    rehearsed = as_if_proposing(library, brand, process, playbooks)
    played = rehearsed.playbooks_for(brand, process)
    modes = {one.name: library.mode(brand, process, one.name) for one in played}
    with open_to_look() as today:
        keys = account_keys(today, library, brand, process, entries)
        newest = newest_day(today, keys, library.brand(brand).time_zone, now)
        span = _span(newest, first, last)
        times = _moments(today, library, brand, process, span)
        live = LookingPlatforms(today, library, brand)
        past = recall(today, live, keys, span.start, now)
        targets = targets_now(library, Run("replay", brand, process, span.end, now, entries))
        url = settings().warehouse_url.get_secret_value()
        with ThenWarehouse(url, span.end, past, Rehearsal()) as then:
            rerun = _Rerun(rehearsed, brand, process, entries, then, live, targets, as_if_known)
            days = [rerun.day(day, at) for day, at in times.items()]
        since = {live.entry(key): past.since.get(key) for key in keys}
    said = notes(days, played, modes, since, live.failed, as_if_known=as_if_known)
    sums = tallies(days, played, modes)
    found = Replay(brand, process, span.start, span.end, as_if_known, tuple(days), sums, said)
    return _recorded(library, found, entries, newest, now)


def _recorded(
    library: Library, found: Replay, entries: Sequence[str], newest: date, now: datetime
) -> Replay:
    """Record that a replay was shown, unless it falls short; return it with why it does."""
    every = {entry.name for entry in library.entries(found.brand, found.process)}
    short = shortcoming(found, newest, all_accounts={*entries} == every)
    if not short:
        record_shown(library, found, now)
    return replace(found, shortcoming=short)


@dataclass(frozen=True)
class _Rerun:
    """What all days of a replay have in common."""

    library: Library
    brand: str
    process: str
    accounts: tuple[str, ...]
    then: ThenWarehouse
    live: LookingPlatforms
    targets: Targets
    as_if_known: bool

    def day(self, day: date, now: datetime) -> Day:
        """Deliberate as of a day, and rehearse what passes."""
        then = self.then
        then.go_to(day, now, as_if_known=self.as_if_known)
        run = Run("replay", self.brand, self.process, day, now, self.accounts)
        reading = read(then, self.library, run)
        if not reading.cubes["campaign"].covered.any():
            return Day(day, False, {}, ())
        lags = lags_of(then, self.library, self.brand, self.process, reading.accounts, day)
        then.ledger.begin(day, now, lambda proposal: _mature_until(proposal, day, lags))
        verdicts, _ = look(self.library, run, reading, self.targets)
        facts = stored_facts(then, self.library, run)
        judgement = Judgement(reading, self.targets, verdicts, facts, (), 0)
        platforms = ThenPlatforms(then, self.library, self.brand, live=self.live, then=then)
        result = deliberate(then, self.library, run, judgement, platforms, now, unread={})
        said = _said(result)
        then.ledger.record(said, now)
        return Day(day, True, result.findings, said)


def _said(result: Deliberation) -> tuple[Said, ...]:
    return tuple(
        Said(one.proposal, FATES[one.state], one.reason, one.explanation) for one in result.decided
    )


def _mature_until(
    proposal: Proposal, as_of: date, lags: Mapping[int, Mapping[str, int]]
) -> date | None:
    """Return the last day on which everything that a proposal rests on has arrived."""
    own = lags.get(proposal.account_key, {})
    if any(metric not in own for metric in proposal.metrics):
        return None
    lag = max((own[metric] for metric in proposal.metrics), default=0)
    return as_of - timedelta(days=1 + lag)


def _span(newest: date, first: date | None, last: date | None) -> Window:
    """Return the days to replay, the last ones up to `newest` if they are left out."""
    end = last or newest
    start = first or end - timedelta(days=DAYS - 1)
    if end > newest:
        raise WrongUseError(f"{end} is after {newest}, the last day with figures")
    if start > end:
        raise WrongUseError(f"{start} is after {end}: the first day comes before the last")
    return Window(start, end)


def _moments(
    today: LookingWarehouse, library: Library, brand: str, process: str, span: Window
) -> dict[date, datetime]:
    zone, schedule = library.brand(brand).time_zone, library.schedule(brand, process)
    return moments(span.start, span.end, zone, schedule, today.started(brand, process, span))
