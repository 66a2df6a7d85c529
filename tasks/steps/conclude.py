"""Judge earlier changes whose days of watching are over: did they help, as was expected?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from connectors.actions import Action, Proposal
from connectors.changes import UNJUDGED_FIELDS, Subject, text_of
from connectors.records import Result
from connectors.warehouse import ChangedMeanwhileError, Warehouse
from tasks.change_wording import what
from tasks.comparison import Figures, Touch
from tasks.cube import Cube, by_account
from tasks.gate.hold_off import foreign_edits
from tasks.outcomes import Outcome, is_ripe, judge, judged_level
from tasks.run import Run
from tasks.steps.arrival import Lags, lags_of
from tasks.steps.judge import Judgement
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.situating import cubes_for_playbooks

Goal = Literal["conversions", "conversions_value"]

WATCHED = timedelta(days=120)
"""How far back other changes and edits may confound what is judged now."""

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


@dataclass(frozen=True, slots=True)
class _Event:
    """A change of ours or an edit of somebody else's, and where."""

    account_key: int
    subject: Subject
    campaign_id: str | None
    touch: Touch
    action_id: int | None = None


@dataclass(frozen=True)
class _Ground:
    """What all judgements of a run rest on."""

    as_of: date
    judgement: Judgement
    cubes: Mapping[str, Cube]
    lags: Lags
    zones: Mapping[int, ZoneInfo]
    events: Sequence[_Event]
    incidents: Mapping[int, Sequence[Touch]]


def _ground(warehouse: Warehouse, library: Library, run: Run, judgement: Judgement) -> _Ground:
    accounts = judgement.reading.accounts
    cubes = cubes_for_playbooks(warehouse, library, run, judgement.reading)
    cubes["account"] = by_account(cubes["campaign"], accounts)
    zones = {
        int(key): ZoneInfo(str(zone))
        for key, zone in zip(accounts["account_key"], accounts["time_zone"], strict=True)
    }
    return _Ground(
        as_of=run.as_of,
        judgement=judgement,
        cubes=cubes,
        lags=lags_of(warehouse, library, run.brand, run.process, accounts, run.as_of),
        zones=zones,
        events=list(_events(warehouse, run, zones)),
        incidents=_incidents(judgement.results),
    )


def _events(warehouse: Warehouse, run: Run, zones: Mapping[int, ZoneInfo]) -> Iterable[_Event]:
    """Yield what changed in the accounts, by us and by others."""
    since = run.started_at - WATCHED
    ledger = warehouse.actions(brand=run.brand, since=since)
    for action in ledger:
        proposal = action.proposal
        if action.applied_at is not None and proposal.account_key in zones:
            on = action.applied_at.astimezone(zones[proposal.account_key]).date()
            touch = Touch(on, f"{what(proposal)} (action {action.action_id})")
            yield _Event(
                proposal.account_key,
                proposal.subject,
                proposal.campaign_id,
                touch,
                action.action_id,
            )
    stored = warehouse.edits([*zones], since)
    for key, zone in zones.items():
        mine = [action for action in ledger if action.proposal.account_key == key]
        for edit in foreign_edits((edit for k, edit in stored if k == key), mine):
            new = "" if edit.new is None else f" to {text_of(edit.new)}"
            words = f"{edit.subject.field.replace('_', ' ')}{new} by {edit.who or edit.tool}"
            yield _Event(key, edit.subject, None, Touch(edit.at.astimezone(zone).date(), words))


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
    cube = ground.cubes.get(level)
    key = None if cube is None else _entity_key(cube, level, action)
    if cube is None or key is None or action.applied_at is None:
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
        touches=_touches(ground, cube, level, action),
        incidents=ground.incidents.get(proposal.account_key, ()),
        currency=proposal.currency,
    )


def _entity_key(cube: Cube, level: str, action: Action) -> int | None:
    """Return the row's key of what an action shows at: itself, its campaign, or the account."""
    proposal = action.proposal
    if level == "account":
        return proposal.account_key
    own = level == proposal.subject.level
    wanted = proposal.subject.entity_id if own else _above(proposal, level)
    frame = cube.entities
    rows = (frame["account_key"] == proposal.account_key) & (frame["entity_id"] == wanted)
    keys = frame.loc[rows, "entity_key"]
    return int(keys.iloc[0]) if len(keys) else None


def _above(proposal: Proposal, level: str) -> str | None:
    if level == "campaign":
        return proposal.campaign_id
    return proposal.subject.entity_id.partition("~")[0]  # Google's ads and keywords: group~id


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


def _touches(ground: _Ground, cube: Cube, level: str, action: Action) -> dict[int, list[Touch]]:
    """Return by the cube's keys what else happened to its entities, their parts and campaigns."""
    if level == "account":
        mine = [e.touch for e in ground.events if e.action_id != action.action_id]
        return {action.proposal.account_key: mine}
    keys = {
        (int(account), str(entity_id)): int(key)
        for account, entity_id, key in zip(
            cube.entities["account_key"],
            cube.entities["entity_id"],
            cube.entities["entity_key"],
            strict=True,
        )
    }
    found: dict[int, list[Touch]] = {}
    for event in ground.events:
        if event.action_id == action.action_id:
            continue
        inside = event.subject.entity_id if event.subject.level == level else event.campaign_id
        key = keys.get((event.account_key, inside or ""))
        if key is not None:
            found.setdefault(key, []).append(event.touch)
    return found
