"""Propose: what the playbooks would change, what the gate says to it, and who has to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from types import MappingProxyType
from typing import get_args

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.guardrails import Weekday
from config.library import Library
from config.playbooks import Playbook
from connectors.actions import Action, Proposal
from connectors.records import AlertPlan
from connectors.warehouse import Decided, Warehouse
from tasks.action_messages import waiting_messages
from tasks.declined import not_declined
from tasks.envelope import outside
from tasks.gate.passing import Decision
from tasks.gate.state import GateState
from tasks.playbooks.registry import places_of, proposals_of
from tasks.playbooks.situation import Situation
from tasks.run import Run
from tasks.steps.arrival import lags_of
from tasks.steps.gating import gate_state
from tasks.steps.history import read_edits
from tasks.steps.judge import Judgement
from tasks.steps.links import decision_links
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.platforms import Platforms
from tasks.steps.research import researched
from tasks.steps.rules import unread_rules
from tasks.steps.situating import base_situation, cubes_for_playbooks, mature_findings
from tasks.weighing import weigh


@dataclass(frozen=True)
class Deliberation:
    """What a run's playbooks came to, before anything is recorded."""

    playbooks: tuple[Playbook, ...]
    situations: Mapping[str, Situation]  # playbook to what it saw: findings, settings and all
    state: GateState  # what the gate knew
    findings: Mapping[str, int]  # playbook to how many findings it answered
    decided: tuple[Decided, ...]  # every proposal, with what was decided about it
    two_people: frozenset[int]  # places in `decided` that need two approvals
    declined: tuple[tuple[Proposal, Action], ...]  # left out: a person said no lately
    failed: Mapping[str, str]  # account entry to what its platform said


@task(task_run_name="propose", timeout_seconds=3600, cache_policy=NO_CACHE)
def propose(run: Run, judgement: Judgement, failed: Mapping[str, str]) -> list[Action]:
    """Record what the playbooks propose, as approved, waiting or refused; return the actions.

    Nothing is proposed for an account whose pull `failed` in this run: half of its figures are old.

    Recording a day again changes nothing: the same proposal is the same action.
    """
    library = brand_library(run.brand)
    if not library.playbooks_for(run.brand, run.process):
        return []
    now = run.started_at
    with open_warehouse() as warehouse:
        latest = warehouse.latest_as_of(run.brand, run.process)
        if latest and run.as_of < latest:
            run_log().info("Nothing is proposed as of a day before %s, judged already", latest)
            return []
        platforms = Platforms(warehouse, library, run.brand)
        accounts = judgement.reading.accounts["account_key"].tolist()
        read_edits(warehouse, platforms, accounts, now)
        judged, unread = without(judgement, failed), unread_rules(warehouse, library, run)
        result = deliberate(warehouse, library, run, judged, platforms, now, unread=unread)
        actor = f"run {run.run_id}"
        actions = warehouse.record(result.decided, run_id=run.run_id, actor=actor, now=now)
        announce(warehouse, library, run, now)
    for entry, error in result.failed.items():
        run_log().warning("%s: nothing could be proposed: %s", entry, error)
    states = [action.state for action in actions]
    run_log().info(
        "%d proposals: %d wait for a decision, %d approved, %d refused",
        len(states),
        states.count("proposed"),
        states.count("approved"),
        states.count("refused"),
    )
    return actions


def announce(warehouse: Warehouse, library: Library, run: Run, now: datetime) -> None:
    """Put into the outbox what waits for whom, also what an interrupted run has recorded. What was
    told once is not told again; advice waits for nobody's decision, the report has it."""
    waiting = [
        action
        for action in warehouse.actions(brand=run.brand, process=run.process, states=("proposed",))
        if action.proposal.subject.field != "advice"
    ]
    if waiting:
        owners = library.brand(run.brand).owners
        messages = waiting_messages(run, waiting, owners, decision_links(run))
        warehouse.apply_alerts(AlertPlan(messages=tuple(messages)), now)


def deliberate(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    judgement: Judgement,
    platforms: Platforms,
    now: datetime,
    *,
    unread: Mapping[str, str],
) -> Deliberation:
    """Say what would be proposed now, and what of it passes. Nothing is written anywhere.

    `unread` has by playbook why it may not act yet: see `tasks.rules`.
    """
    playbooks = library.playbooks_for(run.brand, run.process)
    cubes = cubes_for_playbooks(warehouse, library, run, judgement.reading)
    lags = lags_of(
        warehouse, library, run.brand, run.process, judgement.reading.accounts, run.as_of
    )
    base = base_situation(warehouse, library, run, judgement, cubes, lags, now)
    base = researched(base, warehouse, platforms, library, run, playbooks)
    situations = [(playbook, _with_findings(base, playbook, judgement)) for playbook in playbooks]
    places = [place for p, situation in situations for place in places_of([p], situation)]
    settings = platforms.settings(places)
    modes = library.modes(run.brand)
    proposals = [
        proposal
        for playbook, situation in situations
        for proposal in proposals_of([playbook], replace(situation, settings=settings), modes)
    ]
    keys = {*base.accounts["account_key"]}
    proposals = [proposal for proposal in proposals if proposal.account_key in keys]
    wanted, declined = not_declined(proposals, base.actions, now)
    state = gate_state(warehouse, library, run.brand, settings, lags, now, actions=base.actions)
    decisions, losers = weigh(wanted, replace(base, settings=settings), at_any_time(state))
    decided = decided_on(library, run, decisions, unread)
    decided += [
        Decided(loser.proposal, "refused", "conflict", loser.explanation) for loser in losers
    ]
    return Deliberation(
        playbooks=playbooks,
        situations={p.name: replace(each, settings=settings) for p, each in situations},
        state=state,
        findings={p.name: len(situation.findings) for p, situation in situations},
        decided=tuple(decided),
        two_people=frozenset(n for n, one in enumerate(decisions) if one.two_people),
        declined=tuple(declined),
        failed=platforms.failed,
    )


def without(judgement: Judgement, failed: Mapping[str, str]) -> Judgement:
    """Return what was judged, without the accounts that failed."""
    reading = judgement.reading
    good = ~reading.accounts["entry"].isin([*failed])
    accounts = reading.accounts[good].reset_index(drop=True)
    return Judgement(
        replace(reading, accounts=accounts),
        judgement.targets,
        judgement.verdicts,
        judgement.results,
        judgement.open_alerts,
        judgement.new_alerts,
    )


def at_any_time(state: GateState) -> GateState:
    """Return the brand without the limits of the moment: stops, weekdays, hours.

    A proposal waits for whoever decides; these limits hold when it is carried out.
    """
    whole_day = (time(0), time(0))
    lifted = {"weekdays": get_args(Weekday), "hours": whole_day}
    return replace(state, guardrails=state.guardrails.model_copy(update=lifted), stops=())


def _with_findings(base: Situation, playbook: Playbook, judgement: Judgement) -> Situation:
    checks = judgement.reading.checks
    facts = {fact.name for fact in checks.facts}
    found = [result for result in judgement.results if result.check in facts]
    findings = mature_findings(playbook, base, checks.checks, judgement.verdicts, found)
    return replace(base, findings=findings)


def decided_on(
    library: Library,
    run: Run,
    decisions: Sequence[Decision],
    unread: Mapping[str, str] = MappingProxyType({}),
) -> list[Decided]:
    """Say what becomes of each proposal: refused, approved in mode `act`, else a person decides.

    What is one decision is asked for as a whole if any part of it has to be.
    """
    why = [_why_ask(library, run, one, unread) if one.reason is None else "" for one in decisions]
    groups = [one.proposal.group for one in decisions]
    asked = {group: said for group, said in zip(groups, why, strict=True) if group and said}
    return [
        Decided(one.proposal, "refused", one.reason, one.explanation)
        if one.reason is not None
        else _allowed(one.proposal, said or asked.get(one.proposal.group, ""))
        for one, said in zip(decisions, why, strict=True)
    ]


def _allowed(proposal: Proposal, why_ask: str) -> Decided:
    if why_ask:
        return Decided(proposal, "proposed", "", why_ask)
    return Decided(proposal, "approved", "", "inside the brand's envelope")


def _why_ask(library: Library, run: Run, decision: Decision, unread: Mapping[str, str]) -> str:
    """Return why a person has to decide, '' if the brand lets the playbook act."""
    proposal = decision.proposal
    if proposal.subject.field == "advice":
        return "a person carries it out"
    if proposal.mode != "act":
        return "the mode is propose"
    if decision.two_people:
        return "it needs two people's approval"
    envelope = library.envelope(run.brand, proposal.playbook)
    why = outside(proposal, envelope, library.brand(run.brand).currency, decision.begins)
    return why or unread.get(proposal.playbook, "")
