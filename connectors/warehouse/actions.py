"""Which actions are there, how did they come to be as they are, and what is due with them?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.actions import DONE, GIVEN_UP, WAITING, Action, ActionEvent, ActionState
from connectors.warehouse.action_rows import (
    ACTION_COLUMNS,
    EVENT_COLUMNS,
    action_of,
    event_of,
    fingerprint,
)
from connectors.warehouse.action_tables import SUBJECT, action_events, actions
from connectors.warehouse.bulk import insert_rows, new_keys
from connectors.warehouse.database import Database
from connectors.warehouse.recording import Decided, Ledger, entries, may_be_new

VALUES_PER_QUERY = 5_000
"""SQLite takes 32,766 values in one statement, PostgreSQL 65,535."""

UNDOABLE: tuple[ActionState, ...] = ("applied", "verified", "drifted", "judged")
UNJUDGED: tuple[ActionState, ...] = ("applied", "verified", "drifted")


class ActionStore(Database):
    """The ledger of actions: what goes in, and reading it. `ActionSteps` moves them on."""

    def record(
        self, decided: Sequence[Decided], *, run_id: str, actor: str, now: datetime
    ) -> list[Action]:
        """Record a run's decisions and return the action of each, in their order.

        Recording them again changes nothing and answers with the actions as they now are. What
        else may come of a decision stands in `recording.py`: an answer may be `refused` although
        it was decided otherwise, with the reason `pending_action`.
        """
        fingerprints = [fingerprint(each.proposal) for each in decided]
        with self.writing("actions") as connection:
            ledger = _ledger(connection, decided, fingerprints)
            # Those that are recorded anew need a key too; keys that are not used are lost.
            count = sum(may_be_new(ledger, one) for one in fingerprints)
            keys = new_keys(connection, actions.c.action_id, count) if count else []
            made = entries(decided, fingerprints, ledger, keys, run_id=run_id, actor=actor, now=now)
            insert_rows(connection, actions, ACTION_COLUMNS, made.actions)
            insert_rows(connection, action_events, EVENT_COLUMNS, made.events)
        return made.answers

    def action(self, action_id: int) -> Action:
        """Return one action. Raise `LookupError` if there is none, which says what there is."""
        with self.reading() as connection:
            return find_action(connection, action_id)

    def actions(
        self,
        *,
        brand: str | None = None,
        process: str | None = None,
        playbook: str | None = None,
        states: Sequence[ActionState] | None = None,
        account_key: int | None = None,
        run_id: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[Action]:
        """Return the actions that fit, newest first; `since` is when they were recorded."""
        wanted = {
            actions.c.brand: brand,
            actions.c.process: process,
            actions.c.playbook: playbook,
            actions.c.account_key: account_key,
            actions.c.run_id: run_id,
        }
        where = [column == value for column, value in wanted.items() if value is not None]
        if states is not None:
            where.append(actions.c.state.in_([*states]))
        if since is not None:
            where.append(actions.c.created_at >= since)
        query = sa.select(actions).where(*where).order_by(actions.c.action_id.desc())
        return self._actions(query if limit is None else query.limit(limit))

    def actions_at_hand(self, brand: str, since: datetime) -> list[Action]:
        """Return a brand's actions that were recorded from a moment on, newest first; and older
        ones that are to come back by themselves, or that one of these takes back."""
        recent = actions.c.created_at >= since
        returning = sa.and_(
            actions.c.restore_on.is_not(None), actions.c.state.in_((*UNDOABLE, "undoing"))
        )
        taken_back = sa.select(actions.c.takes_back).where(
            actions.c.brand == brand, recent, actions.c.takes_back.is_not(None)
        )
        wanted = sa.or_(recent, returning, actions.c.action_id.in_(taken_back))
        query = sa.select(actions).where(actions.c.brand == brand, wanted)
        return self._actions(query.order_by(actions.c.action_id.desc()))

    def changed_by(self, run_id: str) -> list[Action]:
        """Return what a run changed, newest first, whatever became of it since.

        Who proposed it does not matter, nor who found out that it was done: of the runs that set
        about it, the last one made the change.
        """
        tries = action_events.alias("tries")
        last_try = (
            sa.select(sa.func.max(tries.c.version))
            .where(tries.c.action_id == actions.c.action_id, tries.c.state == "applying")
            .scalar_subquery()
        )
        query = (
            sa.select(actions)
            .join(action_events, action_events.c.action_id == actions.c.action_id)
            .where(
                action_events.c.actor == f"run {run_id}",
                action_events.c.version == last_try,
                actions.c.applied_at.is_not(None),
            )
        )
        return self._actions(query.order_by(actions.c.action_id.desc()))

    def events(self, action_id: int) -> list[ActionEvent]:
        """Return an action's history, oldest first; raise `LookupError` as `action` does."""
        query = (
            sa.select(action_events)
            .where(action_events.c.action_id == action_id)
            .order_by(action_events.c.version)
        )
        with self.reading() as connection:
            find_action(connection, action_id)
            return [event_of(row) for row in connection.execute(query).mappings()]

    def interrupted(self, brand: str, *, older_than: datetime) -> list[Action]:
        """Return those `applying` since before a moment, oldest first: their worker is silent."""
        return self._due(
            actions.c.brand == brand,
            actions.c.state == "applying",
            actions.c.updated_at < older_than,
        )

    def done_since(self, account_keys: Sequence[int], since: datetime) -> list[Action]:
        """Return what was changed from a moment on, oldest first, whatever became of it since.

        For limits over several changes and for cool-downs: `applied_at` counts. An action that was
        taken back is among them, and so is the action that took it back.
        """
        where = (
            actions.c.account_key.in_([*account_keys]),
            actions.c.state.in_(DONE),
            actions.c.applied_at >= since,
        )
        order = (actions.c.applied_at, actions.c.action_id)
        return self._actions(sa.select(actions).where(*where).order_by(*order))

    def due_restorations(self, brand: str, day: date) -> list[Action]:
        """Return actions whose value before is to come back by that day, oldest first.

        However long ago that day was. Not those for which it has, or waits to be carried out, or
        was rejected by a person, or was given up (`GIVEN_UP`).
        """
        back = actions.alias("back")
        given_up = sa.and_(
            back.c.state == "refused",
            back.c.reason.in_(GIVEN_UP),
            back.c.as_of >= actions.c.restore_on,
        )
        settled = sa.exists().where(
            back.c.takes_back == actions.c.action_id,
            sa.or_(back.c.state.in_((*WAITING, *DONE, "rejected")), given_up),
        )
        return self._due(
            actions.c.brand == brand,
            actions.c.state.in_(UNDOABLE),
            actions.c.restore_on <= day,
            ~settled,
        )

    def due_judgements(self, brand: str, day: date) -> list[Action]:
        """Return changes that have been in force for their days by that day, not judged yet.

        Oldest first; the days count from the UTC day of `applied_at`. What takes another change
        back is never judged, or the harm of a bad one, once it is undone, would count as a gain;
        nor is what was itself taken back before its days were over: it is `undone`.
        """
        return self._due(
            actions.c.brand == brand,
            actions.c.state.in_(UNJUDGED),
            actions.c.takes_back.is_(None),
            actions.c.judged.is_(None),
            actions.c.judge_on <= day,
        )

    def _due(self, *where: sa.ColumnElement[bool]) -> list[Action]:
        return self._actions(sa.select(actions).where(*where).order_by(actions.c.action_id))

    def _actions(self, query: sa.Select[Any]) -> list[Action]:
        with self.reading() as connection:
            return [action_of(row) for row in connection.execute(query).mappings()]


def find_action(connection: Connection, action_id: int, *, lock: bool = False) -> Action:
    """Return an action, `lock`ed for this transaction. Raise `LookupError` if there is none."""
    query = sa.select(actions).where(actions.c.action_id == action_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is not None:
        return action_of(row)
    last = connection.scalar(sa.select(sa.func.max(actions.c.action_id)))
    there = f"the last one is {last}" if last else "it has none yet"
    raise LookupError(f"the ledger has no action {action_id}; {there}")


def _ledger(
    connection: Connection, decided: Sequence[Decided], fingerprints: Sequence[str]
) -> Ledger:
    """Read what bears on these decisions."""
    known: dict[str, Action] = {}
    for part in _parts([*dict.fromkeys(fingerprints)]):
        query = sa.select(actions).where(actions.c.fingerprint.in_(part))
        rows = connection.execute(query.order_by(actions.c.action_id)).mappings()
        known |= {row["fingerprint"]: action_of(row) for row in rows}
    accounts = {each.proposal.account_key for each in decided}
    where = [actions.c[name] for name in SUBJECT]
    waiting = sa.select(actions.c.action_id, *where).where(
        actions.c.account_key.in_(accounts), actions.c.state.in_(WAITING)
    )
    backs = {each.proposal.takes_back for each in decided} - {None}
    taking = sa.select(actions.c.takes_back, actions.c.action_id).where(
        actions.c.takes_back.in_(backs), actions.c.state.in_((*WAITING, *DONE))
    )
    return Ledger(
        known=known,
        waiting={tuple(place): key for key, *place in connection.execute(waiting)},
        taken_back={row[0]: row[1] for row in connection.execute(taking)} if backs else {},
    )


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [
        values[start : start + VALUES_PER_QUERY]
        for start in range(0, len(values), VALUES_PER_QUERY)
    ]
