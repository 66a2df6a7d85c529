"""Judge earlier changes whose days of watching are over: did they help, as was expected?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from connectors.actions import Action, Proposal
from connectors.changes import UNJUDGED_FIELDS, Edit, Subject, text_of
from connectors.records import Result
from connectors.warehouse import ChangedMeanwhileError, Warehouse
from tasks.change_wording import FIELD_WORDS, LEVEL_WORDS, what
from tasks.comparison import Figures, Touch
from tasks.cube import Cube, by_account
from tasks.gate.hold_off import foreign_edits
from tasks.outcomes import Outcome, is_ripe, judge, judged_level
from tasks.run import Run
from tasks.steps.arrival import Lags, lags_of
from tasks.steps.judge import Judgement
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.situating import cubes_for_playbooks
from tasks.touches import Event, Family, Rows, Thing

Goal = Literal["conversions", "conversions_value"]

WATCHED = timedelta(days=120)
"""How far back other changes and edits may confound what is judged now."""

QUIET_FIELDS = ("advice", "label", *UNJUDGED_FIELDS)
"""What changes nothing that runs, and so confounds nothing."""

JUDGED_LEVELS = ("ad_group", "campaign", "account")
"""What `judged_level` may answer."""

BROKEN = frozenset({"tracking_broken", "account_tracking_broken", "no_data", "pull_failed"})
"""Checks whose findings make the figures of their days no measure of anything."""


@task(task_run_name="conclude", timeout_seconds=3600, cache_policy=NO_CACHE)
def judge_changes(run: Run, judgement: Judgement) -> list[Action]:
    """Judge the process's changes that are due, and return them; those whose figures are still to
    arrive wait for a later run."""
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        accounts = {int(key) for key in judgement.reading.accounts["account_key"]}
        due = [
            action
            for action in warehouse.due_judgements(run.brand, run.as_of)
            if action.proposal.process == run.process
            and action.proposal.account_key in accounts
            and action.proposal.subject.field not in UNJUDGED_FIELDS
        ]
        if not due:
            return []
        ground = _ground(warehouse, library, run, judgement)
        judged = [moved for one in due if (moved := _conclude(warehouse, run, ground, one))]
    run_log().info("%d earlier changes judged, %d wait for their figures", len(judged), len(due))
    return judged


@dataclass(frozen=True)
class _Ground:
    """What all judgements of a run rest on."""

    as_of: date
    judgement: Judgement
    cubes: Mapping[str, Cube]
    family: Family
    rows: Mapping[str, Rows]
    lags: Lags
    zones: Mapping[int, ZoneInfo]
    incidents: Mapping[int, Sequence[Touch]]


def _ground(warehouse: Warehouse, library: Library, run: Run, judgement: Judgement) -> _Ground:
    accounts = judgement.reading.accounts
    cubes = cubes_for_playbooks(warehouse, library, run, judgement.reading)
    family = Family({level: cube.entities for level, cube in cubes.items() if level != "account"})
    cubes["account"] = by_account(cubes["campaign"], accounts)
    zones = {
        int(key): ZoneInfo(str(zone))
        for key, zone in zip(accounts["account_key"], accounts["time_zone"], strict=True)
    }
    events = list(_events(warehouse, run, zones, family))
    return _Ground(
        as_of=run.as_of,
        judgement=judgement,
        cubes=cubes,
        family=family,
        rows={
            level: Rows(family, level, cube.entities, events)
            for level, cube in cubes.items()
            if level in JUDGED_LEVELS
        },
        lags=lags_of(warehouse, library, run.brand, run.process, accounts, run.as_of),
        zones=zones,
        incidents=_incidents(judgement.results),
    )


def _events(
    warehouse: Warehouse, run: Run, zones: Mapping[int, ZoneInfo], family: Family
) -> Iterator[Event]:
    """Yield what changed in the accounts, by us and by others."""
    since = run.started_at - WATCHED
    ledger = warehouse.actions(brand=run.brand, since=since)
    stored = warehouse.edits([*zones], since)
    for key, zone in zones.items():
        mine = [action for action in ledger if action.proposal.account_key == key]
        yield from _own(mine, zone, family)
        yield from _foreign([edit for of, edit in stored if of == key], mine, key, zone, family)


def _own(actions: Iterable[Action], zone: ZoneInfo, family: Family) -> Iterator[Event]:
    """Yield what we changed in an account."""
    for action in actions:
        proposal = action.proposal
        if action.applied_at is not None and proposal.subject.field not in QUIET_FIELDS:
            on = action.applied_at.astimezone(zone).date()
            key, subject = proposal.account_key, proposal.subject
            words = f"{what(proposal)} (action {action.action_id}){_shared(family, key, subject)}"
            touch = Touch(on, words)
            yield Event(key, subject, touch, action.action_id, proposal.campaign_id)


def _foreign(
    edits: Sequence[Edit], mine: Sequence[Action], key: int, zone: ZoneInfo, family: Family
) -> Iterator[Event]:
    """Yield what others changed in an account: a budget once, however many campaigns share it."""

    def canonical(subject: Subject) -> Subject:
        return family.canonical(key, subject)

    told = {
        (canonical(edit.subject), edit.at, edit.new): edit
        for edit in foreign_edits(edits, mine, canonical=canonical)
        if edit.subject.field not in QUIET_FIELDS
    }
    for edit in told.values():
        subject = edit.subject
        words = _words(edit, family.name(key, subject)) + _shared(family, key, subject)
        yield Event(key, subject, Touch(edit.at.astimezone(zone).date(), words))


def _shared(family: Family, key: int, subject: Subject) -> str:
    """Say why a change of one campaign's budget stands beside another campaign."""
    sharers = len(family.concerned(key, subject))
    return f" (a budget that {sharers} campaigns share)" if sharers > 1 else ""


def _words(edit: Edit, name: str) -> str:
    """Say what somebody changed, as `bid per click of keyword shoes to 2 by jane@example.com`."""
    subject = edit.subject
    item = f" “{subject.item}”" if subject.item else ""
    level = LEVEL_WORDS.get(subject.level, subject.level)
    new = "" if edit.new is None else f" to {text_of(edit.new)}"
    who = edit.who or edit.tool or "somebody"
    field = f"{FIELD_WORDS[subject.field]}{item}" if subject.field != "other" else subject.item
    return f"{field} of {level} {name}{new} by {who}"


def _incidents(results: Iterable[Result]) -> dict[int, list[Touch]]:
    found: dict[int, list[Touch]] = {}
    for result in results:
        if result.check in BROKEN and result.account_key is not None:
            touch = Touch(result.window_end, result.sentence)
            found.setdefault(result.account_key, []).append(touch)
    return found


def _conclude(warehouse: Warehouse, run: Run, ground: _Ground, action: Action) -> Action | None:
    """Judge one action; None where its figures are still to arrive, or another run was faster."""
    figures = _figures(ground, action)
    if figures is None:
        outcome = Outcome("inconclusive", None, "It is not among what was pulled: not to be judged")
    elif is_ripe(action, figures):
        outcome = judge(action, figures)
    else:
        return None
    try:
        return warehouse.move(
            action.action_id,
            "judged",
            version=action.version,
            actor=f"run {run.run_id}",
            now=run.started_at,
            reason=outcome.judged,
            explanation=". ".join([outcome.sentence.rstrip("."), *outcome.notes]),
            judged=outcome.judged,
            outcome=outcome.effect,
        )
    except ChangedMeanwhileError as error:
        run_log().info("action %d was judged elsewhere: %s", action.action_id, error)
        return None


def _figures(ground: _Ground, action: Action) -> Figures | None:
    """Gather what an action is judged by; None if what it shows at has no figures."""
    proposal = action.proposal
    level = judged_level(proposal)
    cube, rows = ground.cubes.get(level), ground.rows.get(level)
    if cube is None or rows is None or action.applied_at is None:
        return None
    if (key := _entity_key(ground.family, rows, level, proposal)) is None:
        return None
    goal, target = _goal(ground, action, level, cube, key)
    lags = ground.lags.get(proposal.account_key, {})
    lag = max(lags.get(name, 0) for name in ("spend", goal)) if goal in lags else None
    return Figures(
        cube=cube,
        entity_key=key,
        applied_on=action.applied_at.astimezone(ground.zones[proposal.account_key]).date(),
        mature_until=None if lag is None else ground.as_of - timedelta(days=1 + lag),
        goal=goal,
        target=target,
        touches=rows.touches(action.action_id, key),
        incidents=ground.incidents.get(proposal.account_key, ()),
        currency=proposal.currency,
    )


def _entity_key(family: Family, rows: Rows, level: str, proposal: Proposal) -> int | None:
    """Return the key of what an action shows at: the thing itself, or what it is part of."""
    key, subject = proposal.account_key, proposal.subject
    own: Thing = (key, subject.level, subject.entity_id)
    line = family.line(own, proposal.campaign_id)
    return next((rows.key(thing) for thing in line if thing[1] == level), None)


def _goal(
    ground: _Ground, action: Action, level: str, cube: Cube, key: int
) -> tuple[Goal, float | None]:
    """Return what counts, and its target: value where the action rests on it, else conversions."""
    by_value = "conversions_value" in action.proposal.metrics
    goal: Goal = "conversions_value" if by_value else "conversions"
    column = "account_key" if level == "account" else "entity_key"
    row = int(np.flatnonzero(cube.entities[column].to_numpy() == key)[0])
    targets = ground.judgement.targets.of(
        "roas" if by_value else "cpa",
        level,
        cube.entities,
        ground.judgement.reading.accounts,
        money=not by_value,
    )
    return goal, None if np.isnan(targets[row]) else float(targets[row])
