"""How does an action get from one state to the next, when several want to move it at once?

Every step locks the action, compares the version that the caller saw, and commits the new state
together with its entry in the history. With an action that takes another one back that other one
moves too: it is `undoing` while the first is carried out, `undone` once that is `applied`, and
else again what it was.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.actions import STEPS, Action, ActionState, Effect, Judged
from connectors.base import RejectedError
from connectors.changes import Value, text_of
from connectors.warehouse.action_rows import (
    EVENT_COLUMNS,
    effect_row,
    event_row,
    judge_on,
    number,
    numbers_row,
)
from connectors.warehouse.action_tables import action_events, actions
from connectors.warehouse.actions import find_action
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.stops import stopped_by

LEDGER = "marketloop"
"""Who lets proposals expire."""

Details = Mapping[str, object]


class ChangedMeanwhileError(RejectedError):
    """The action is not, or no longer, what the caller took it for. `action` is how it is now."""

    def __init__(self, message: str, action: Action) -> None:
        super().__init__(message)
        self.action = action


class ActionSteps(Database):
    """What moves an action on. Raises `LookupError` for an action that does not exist."""

    def move(
        self,
        action_id: int,
        to: ActionState,
        *,
        version: int,
        actor: str,
        now: datetime,
        reason: str = "",
        explanation: str = "",
        details: Details | None = None,
        applied_at: datetime | None = None,
        judged: Judged | None = None,
        outcome: Effect | None = None,
        attempts: int | None = None,
        before: Value | None = None,
        numbers: Mapping[str, float] | None = None,
    ) -> Action:
        """Move an action along `STEPS` and return it as it then is.

        The action's reason and explanation become those given. Facts that are left out stay;
        `applied` without `applied_at` was applied now. Raises `ChangedMeanwhileError` if the
        action has another version or cannot go there.
        """
        facts: dict[str, Any] = {"applied_at": applied_at, "judged": judged, "attempts": attempts}
        values = {name: value for name, value in facts.items() if value is not None}
        if outcome is not None:
            values["outcome"] = outcome
        if before is not None:
            values |= {"value_before": text_of(before), "number_before": number(before)}
        if numbers is not None:
            values["numbers"] = numbers_row(numbers)
        with self.writing() as connection:
            action = _seen(connection, action_id, version)
            step = _Step(connection, actor, now, reason, explanation, details or {})
            return step.take(action, to, values)

    def approve(
        self, action_id: int, *, version: int, who: str, why: str, now: datetime, needed: int
    ) -> Action:
        """Note a person's approval; with as many as `needed` the action is approved.

        Raises `ChangedMeanwhileError` as `move` does, and `RejectedError` if the same person has
        approved it already or its time is over.
        """
        with self.writing() as connection:
            action = _waiting(connection, action_id, version, who, now)
            if _name(who) in map(_name, action.approvals):
                raise RejectedError(
                    f"{who} has approved action {action_id} already; it needs another person"
                )
            approvals = (*action.approvals, who)
            enough = len(approvals) >= needed
            details = {"approvals": approvals, "needed": needed}
            step = _Step(connection, who, now, "", why, details)
            values = {"approvals": [*approvals]}
            return step.write(action, "approved" if enough else "proposed", values)

    def edit(
        self, action_id: int, *, version: int, after: Value, who: str, why: str, now: datetime
    ) -> Action:
        """Change what a proposal wants. Approvals so far were for another value: they are void.
        So is the expected effect, which stays in the history alone.

        Raises as `approve` does; `RejectedError` too for a value of the wrong kind or no change.
        """
        with self.writing() as connection:
            action = _waiting(connection, action_id, version, who, now)
            old = action.proposal.after
            if isinstance(after, str) is not isinstance(old, str):
                field = action.proposal.subject.field
                raise RejectedError(f"action {action_id}: {after!r} is no value of {field}")
            if after == old:
                raise RejectedError(f"action {action_id} wants {text_of(after)} already")
            expected = action.proposal.expected
            details = {"old": old, "new": after, "void": action.approvals, "expected": expected}
            values: dict[str, Any] = {
                "value_after": text_of(after),
                "number_after": number(after),
                "expected": None,
                "approvals": [],
            }
            step = _Step(connection, who, now, "", why, details)
            return step.write(action, "proposed", values)

    def claim_action(self, action_id: int, *, run_id: str, now: datetime) -> Action | None:
        """Take an approved action to carry it out: `applying`, its attempt counted.

        Of several workers one gets it, the others get None. So does everybody for an action that
        is not approved, whose time is over, or on which a stop switch is: nothing may be written.
        One that takes back what cannot be taken back (any more) becomes `refused`.
        """
        actor = f"run {run_id}"
        with self.writing() as connection:
            action = find_action(connection, action_id, lock=True)
            proposal = action.proposal
            if action.state != "approved" or proposal.expires_at <= now:
                return None
            if stopped_by(connection, proposal.brand, proposal.process) is not None:
                return None
            if proposal.takes_back is not None:
                original = find_action(connection, proposal.takes_back, lock=True)
                if "undoing" not in STEPS[original.state]:
                    why = f"action {original.action_id} is {original.state}: nothing to take back"
                    step = _Step(connection, actor, now, "no_change", why, {})
                    step.take(action, "refused", {})
                    return None
            details = {"before": proposal.before, "intended": proposal.after}
            step = _Step(connection, actor, now, "", "", details)
            return step.take(action, "applying", {"attempts": action.attempts + 1})

    def expire(self, brand: str, now: datetime) -> list[Action]:
        """End the brand's proposals and approvals whose time is over, and return them."""
        query = (
            sa.select(actions.c.action_id)
            .where(
                actions.c.brand == brand,
                actions.c.state.in_(("proposed", "approved")),
                actions.c.expires_at <= now,
            )
            .order_by(actions.c.action_id)
        )
        with self.writing() as connection:
            over = connection.scalars(query.with_for_update()).all()
            return [_expire(connection, find_action(connection, key), now) for key in over]


class _Step:
    """One step's author and words, in its transaction."""

    def __init__(
        self,
        connection: Connection,
        actor: str,
        now: datetime,
        reason: str,
        explanation: str,
        details: Details,
    ) -> None:
        self._connection = connection
        self._actor = actor
        self._now = now
        self._words = {"reason": reason, "explanation": explanation}
        self._details = details

    def take(self, action: Action, to: ActionState, values: Mapping[str, Any]) -> Action:
        """Move an action along `STEPS`, and with it the one that it takes back."""
        if to not in STEPS[action.state]:
            then = ", ".join(STEPS[action.state]) or "nothing else"
            raise ChangedMeanwhileError(
                f"action {action.action_id} is {action.state} and cannot become {to}; "
                f"what can follow is: {then}",
                action,
            )
        if to == "judged" and not (action.judged or values.get("judged")):
            raise ValueError(f"action {action.action_id} cannot be judged without a judgement")
        facts = dict(values)
        if to == "applied" and action.state == "applying":
            facts.setdefault("applied_at", self._now)
        if "applied_at" in facts:
            facts["judge_on"] = judge_on(facts["applied_at"], action.proposal.judge_after_days)
        if action.proposal.takes_back is not None:
            self._take_along(action, to)
        return self.write(action, to, facts)

    def write(self, action: Action, state: ActionState, values: Mapping[str, Any]) -> Action:
        """Write an action's new state and its entry in the history."""
        version = action.version + 1
        row = {**values, **self._words, "state": state, "version": version, "updated_at": self._now}
        if (outcome := row.get("outcome")) is not None:
            row["outcome"] = effect_row(outcome)
        self._connection.execute(
            sa.update(actions).where(actions.c.action_id == action.action_id).values(row)
        )
        moved = find_action(self._connection, action.action_id)
        event = event_row(moved, self._actor, self._details)
        insert_rows(self._connection, action_events, EVENT_COLUMNS, [event])
        return moved

    def _take_along(self, action: Action, to: ActionState) -> None:
        """Move the action that this one takes back."""
        original = find_action(self._connection, action.proposal.takes_back or 0, lock=True)
        by = {"by": action.action_id}
        step = _Step(self._connection, self._actor, self._now, "", "", by)
        if to == "applying":
            step.take(original, "undoing", {})
        elif action.state == "applying" and original.state == "undoing":
            if to == "applied":
                step.take(original, "undone", {})
                return
            state, reason, explanation = _before_undoing(self._connection, original)
            step = _Step(self._connection, self._actor, self._now, reason, explanation, by)
            step.take(original, state, {})


def _seen(connection: Connection, action_id: int, version: int) -> Action:
    """Return the locked action if it is still the one that the caller saw."""
    action = find_action(connection, action_id, lock=True)
    if action.version != version:
        raise ChangedMeanwhileError(
            f"action {action_id} is {action.state} by now (version {action.version}, "
            f"not {version}); look at it again",
            action,
        )
    return action


def _waiting(
    connection: Connection, action_id: int, version: int, who: str, now: datetime
) -> Action:
    """Return a proposal that a person may still decide on."""
    action = _seen(connection, action_id, version)
    if not who.strip():
        raise RejectedError(f"action {action_id}: say who decides")
    if action.state != "proposed":
        raise ChangedMeanwhileError(
            f"action {action_id} is {action.state}; only what is proposed can be decided on", action
        )
    if action.proposal.expires_at <= now:
        raise RejectedError(
            f"action {action_id} could be decided on until "
            f"{action.proposal.expires_at:%Y-%m-%d %H:%M} UTC; wait for it to be proposed again"
        )
    return action


def _expire(connection: Connection, action: Action, now: datetime) -> Action:
    missing = "decided on" if action.state == "proposed" else "carried out"
    why = f"it was not {missing} until {action.proposal.expires_at:%Y-%m-%d %H:%M} UTC"
    return _Step(connection, LEDGER, now, "", why, {}).take(action, "expired", {})


def _before_undoing(connection: Connection, action: Action) -> tuple[ActionState, str, str]:
    """Return the state, reason and explanation that an action had before it was `undoing`."""
    query = (
        sa.select(action_events.c.state, action_events.c.reason, action_events.c.explanation)
        .where(action_events.c.action_id == action.action_id, action_events.c.state != "undoing")
        .order_by(action_events.c.version.desc())
        .limit(1)
    )
    state, reason, explanation = connection.execute(query).one()
    return state, reason, explanation


def _name(who: str) -> str:
    return " ".join(who.split()).casefold()
