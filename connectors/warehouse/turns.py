"""What has happened since a moment: which alerts began and ended, which actions moved on?"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from connectors.actions import STATES, Action, ActionEvent, ActionState
from connectors.turns import AlertTurn, Turned
from connectors.warehouse.action_rows import event_of
from connectors.warehouse.action_tables import action_events, actions
from connectors.warehouse.actions import find_action
from connectors.warehouse.database import Database
from connectors.warehouse.schema import alerts, runs


class TurnStore(Database):
    """What happened, in the order in which it did."""

    def last_finished(self, brand: str, process: str, *, but: str) -> datetime | None:
        """Return when the last run that ended began, of all `but` this one; None: there is none."""
        query = sa.select(sa.func.max(runs.c.started_at)).where(
            runs.c.brand == brand,
            runs.c.process == process,
            runs.c.run_id != but,
            runs.c.finished_at.is_not(None),
        )
        with self.reading() as connection:
            began: datetime | None = connection.scalar(query)
        return began

    def alert_turns(self, brand: str, process: str, since: datetime) -> list[AlertTurn]:
        """Return the alerts that were opened or resolved from a moment on."""
        mine = sa.select(alerts).where(alerts.c.brand == brand, alerts.c.process == process)
        ways: tuple[tuple[Turned, sa.Column[datetime]], ...] = (
            ("opened", alerts.c.opened_at),
            ("resolved", alerts.c.resolved_at),
        )
        with self.reading() as connection:
            found = [
                _turn(row, turned, row[moment.name])
                for turned, moment in ways
                for row in connection.execute(mine.where(moment >= since)).mappings()
            ]
        return sorted(found, key=lambda turn: (turn.at, turn.alert_id))

    def action_turns(
        self,
        brand: str,
        process: str,
        since: datetime,
        *,
        states: Sequence[ActionState] = STATES,
        most: int | None = None,
    ) -> list[tuple[Action, ActionEvent]]:
        """Return the entries of actions' histories from a moment on, with the actions as now.

        Of `states`, the first named first, and no more than `most`: a run may refuse thousands.
        """
        rank = sa.case({state: n for n, state in enumerate(states)}, value=action_events.c.state)
        entries = (
            sa.select(action_events)
            .join(actions, actions.c.action_id == action_events.c.action_id)
            .where(
                actions.c.brand == brand,
                actions.c.process == process,
                actions.c.updated_at >= since,
                action_events.c.at >= since,
                action_events.c.state.in_(states),
            )
            .order_by(rank, action_events.c.event_id)
        )
        with self.reading() as connection:
            rows = connection.execute(entries if most is None else entries.limit(most)).mappings()
            events = [event_of(row) for row in rows]
            keys = {event.action_id for event in events}
            found = {key: find_action(connection, key) for key in keys}
        return [(found[event.action_id], event) for event in events]


def _turn(row: sa.RowMapping, turned: Turned, at: datetime) -> AlertTurn:
    same = ("alert_id", "fingerprint", "brand", "process", "name", "verdict", "sentence", "value",
            "target", "owner")  # fmt: skip
    return AlertTurn(
        **{name: row[name] for name in same},
        check=row["check_name"],
        turned=turned,
        at=at,
        why=(row["resolved_reason"] or "") if turned == "resolved" else "",
    )
