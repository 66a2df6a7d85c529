"""A person decides: approve, reject, change or take back; then it is carried out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from config.library import Library
from connectors.actions import Action
from connectors.base import RejectedError
from connectors.changes import Value, value_of
from connectors.warehouse import ChangedMeanwhileError, Decided, Warehouse
from tasks.change_wording import ending, what
from tasks.gate.passing import needs_two_people
from tasks.joint import Joint, joint_of
from tasks.report.escape import plain
from tasks.run import RunFailedError, WrongUseError
from tasks.steps.apply import Round, place
from tasks.steps.arrival import lags_of_brand
from tasks.steps.events import tell
from tasks.steps.gating import gate_state
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.platforms import Platforms
from tasks.undoing import undo, why_not

Decision = Literal["approve", "reject", "edit", "undo"]

AROUND = timedelta(days=2)
"""The parts of a decision are recorded on one day; some of them again later on it."""


@task(task_run_name="decide-{action}", timeout_seconds=1800, cache_policy=NO_CACHE)
def decide_action(
    action: int, decision: Decision, who: str, why: str, value: str, version: int | None
) -> list[Action]:
    """Record a person's decision and carry out what follows from it; return the actions.

    A part of a decision stands for the whole of it: all parts are approved, rejected or taken back
    together; only a value is edited by itself. `version` is that of the decision as the person saw
    it (`Joint.version`); None means as it is now. Raises `LookupError` for an action that does not
    exist, `RejectedError` for a decision that cannot be taken (any more), `WrongUseError` for one
    that makes no sense, `RunFailedError` for one that was taken and could not be carried out.
    """
    if not who.strip() or not why.strip():
        raise WrongUseError("say who decides, and why: both stay in the ledger")
    with open_warehouse() as warehouse:
        seen = warehouse.action(action)
        whole = whole_of(warehouse, seen)
        if version not in (None, whole.version) and decision != "undo":
            raise _changed(seen, whole, version)
        library = brand_library(seen.proposal.brand)
        person = Person(warehouse, library, who.strip(), why.strip(), datetime.now(UTC))
        if decision == "approve":
            decided = person.approve(seen, whole)
        elif decision == "reject":
            decided = person.reject(seen, whole)
        elif decision == "edit":
            decided = [person.edit(seen, _value(seen, value))]
        else:
            decided = person.undo(seen, whole)
        tell(warehouse, seen.proposal.brand, seen.proposal.process, person.now)
    _say(decided)
    return decided


def whole_of(warehouse: Warehouse, action: Action) -> Joint:
    """Return the decision that an action is a part of."""
    proposal = action.proposal
    if not proposal.group:
        return Joint((action,))
    others = warehouse.actions(
        brand=proposal.brand, playbook=proposal.playbook, since=action.created_at - AROUND
    )
    return joint_of(action, [one for one in others if one.proposal.group == proposal.group])


def _changed(action: Action, whole: Joint, version: int | None) -> RejectedError:
    many = f", one of {len(whole.parts)} changes of one decision," if len(whole.parts) > 1 else ""
    return ChangedMeanwhileError(
        f"action {action.action_id}{many} is {action.state} by now (version {whole.version}, "
        f"not {version}); look at it again",
        action,
    )


def _say(decided: Sequence[Action]) -> None:
    """Log what became of a decision. Raise `RunFailedError` if some of it was not carried out."""
    told = {
        one.action_id: plain(f"{one.action_id} {ending(one)}; {what(one.proposal)}", 0)
        for one in decided
    }
    if len(decided) > 1:
        run_log().info("One decision of %d changes", len(decided))
    undone = [one for one in decided if one.state in ("refused", "expired", "failed")]
    if undone:
        said = "; ".join(told[one.action_id] for one in undone)
        of = f" {len(undone)} of {len(decided)}:" if len(decided) > 1 else ""
        raise RunFailedError(f"it was decided, and not carried out:{of} {said}")
    for one in decided:
        run_log().info("%s", told[one.action_id])


def _value(action: Action, text: str) -> Value:
    """Read a new value as the action's field wants it."""
    field = action.proposal.subject.field
    try:
        return value_of(field, text.strip())
    except ArithmeticError:
        raise WrongUseError(
            f"action {action.action_id}: {text!r} is no {field.replace('_', ' ')}; write a number "
            "such as 42.50"
        ) from None


class Person:
    """Somebody who decides, in one moment."""

    def __init__(
        self, warehouse: Warehouse, library: Library, who: str, why: str, now: datetime
    ) -> None:
        self.warehouse, self.library, self.who, self.why, self.now = (
            warehouse,
            library,
            who,
            why,
            now,
        )

    def approve(self, action: Action, whole: Joint) -> list[Action]:
        """Note the approval of all that waits; carry it out if no second person is needed."""
        if whole.broken:
            raise RejectedError(f"action {action.action_id}: {whole.broken}")
        parts = whole.waiting or (action,)
        needed = 2 if self._needs_two(parts) else 1
        approved = self.warehouse.approve_all(
            parts, who=self.who, why=self.why, now=self.now, needed=needed
        )
        return self._carry_out(approved)

    def reject(self, action: Action, whole: Joint) -> list[Action]:
        """Note that it is not wanted, all that is not begun yet."""
        parts = [one for one in whole.parts if one.state in ("proposed", "approved")]
        return self.warehouse.reject_all(
            parts or [action], who=self.who, why=self.why, now=self.now
        )

    def edit(self, action: Action, after: Value) -> Action:
        """Change the value that is wanted; it waits for an approval of the new value."""
        return self.warehouse.edit(
            action.action_id,
            version=action.version,
            after=after,
            who=self.who,
            why=self.why,
            now=self.now,
        )

    def undo(self, action: Action, whole: Joint) -> list[Action]:
        """Take a change back with all that was done with it, the last first, through the same
        gate: all of it or nothing. What somebody has changed since stays as it is, unless nothing
        else is left. Returns the actions that take back."""
        done = [one for one in reversed(whole.parts) if not why_not(one)] or [action]
        done = [one for one in done if one.state != "drifted"] or done
        as_of = self.now.date()
        group = f"undo:{action.proposal.group}:{self.now.isoformat()}" if done[1:] else ""
        decided = [
            Decided(
                replace(undo(one, as_of, self.now, why=self.why), group=group),
                "approved",
                "",
                f"taken back by {self.who}: {self.why}",
            )
            for one in done
        ]
        run_id = flow_run.id or str(uuid4())
        made = self.warehouse.record(decided, run_id=run_id, actor=self.who, now=self.now)
        if all(one.state == "refused" for one in made):
            raise RejectedError(f"action {action.action_id}: {made[0].explanation}")
        return self._carry_out(made)

    def _carry_out(self, actions: Sequence[Action]) -> list[Action]:
        """Carry out those that are approved; return all as they are then."""
        approved = [one.action_id for one in actions if one.state == "approved"]
        if approved:
            run_id = flow_run.id or str(uuid4())
            brand = actions[0].proposal.brand
            Round(self.warehouse, self.library, brand, run_id, self.now).carry_out(approved)
        return [self.warehouse.action(one.action_id) for one in actions]

    def _needs_two(self, actions: Sequence[Action]) -> bool:
        """Ask the gate, as things are now; what one part needs, all do."""
        brand = actions[0].proposal.brand
        platforms = Platforms(self.warehouse, self.library, brand)
        settings = platforms.settings(map(place, actions))
        lags = lags_of_brand(self.warehouse, self.library, brand, self.now.date())
        state = gate_state(self.warehouse, self.library, brand, settings, lags, self.now)
        return any(needs_two_people(one, state) for one in actions)
