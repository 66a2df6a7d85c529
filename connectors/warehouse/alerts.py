"""Which alerts are open, and what does a run change about them?"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.records import AlertPlan, AlertUpdate, NewAlert, OpenAlert
from connectors.warehouse.database import Database
from connectors.warehouse.outbox import PENDING
from connectors.warehouse.schema import STILL_OPEN, alerts, outbox

SEEN = ("name", "verdict", "sentence", "value", "target", "owner")
"""What a later sighting may change about an alert."""


class AlertStore(Database):
    """Alerts and the messages about them, changed together or not at all."""

    def open_alerts(self, brand: str, process: str | None = None) -> list[OpenAlert]:
        """Return the alerts that are not resolved, oldest first."""
        with self.reading() as connection:
            found = _open_alerts(connection, brand)
        return [alert for alert in found if process in (None, alert.process)]

    def alerts_so_far(self, brand: str) -> int:
        """Return how many alerts the brand has ever had, resolved ones included."""
        query = sa.select(sa.func.count()).select_from(alerts).where(alerts.c.brand == brand)
        with self.reading() as connection:
            return connection.scalar(query) or 0

    def apply_alerts(
        self,
        plan: AlertPlan,
        now: datetime,
        *,
        brand: str | None = None,
        known: Sequence[OpenAlert] = (),
    ) -> bool:
        """Apply a plan as a whole. Applying it twice, or by two runs at once, changes no more.

        Alerts are told apart by fingerprint, messages by message_id: an alert that is open
        already is updated, a message that is there already stays as it is.

        `known`: the open alerts of `brand` that the plan was made for. If another run has changed
        them since, nothing is applied and the answer is False: the plan would tell again what that
        run tells. Make a new one.
        """
        with self.writing("alerts") as connection:
            if brand is not None and _state(_open_alerts(connection, brand)) != _state(known):
                return False
            still_open = _open_fingerprints(connection)
            opened = [new for new in plan.opened if new.fingerprint not in still_open]
            again = [_as_update(new) for new in plan.opened if new.fingerprint in still_open]
            if opened:
                connection.execute(sa.insert(alerts), [_row(new, now) for new in opened])
            _update(connection, [*again, *plan.updated], now)
            _resolve(connection, plan, now)
            rows = [asdict(message) | {"state": PENDING} for message in plan.messages]
            if rows:
                connection.execute(self.upsert(outbox).on_conflict_do_nothing(), rows)
        return True


def _open_alerts(connection: Connection, brand: str) -> list[OpenAlert]:
    names = [name for name in OpenAlert.__dataclass_fields__ if name != "check"]
    query = (
        sa.select(*(alerts.c[name] for name in names), alerts.c.check_name.label("check"))
        .where(alerts.c.brand == brand, STILL_OPEN)
        .order_by(alerts.c.alert_id)
    )
    return [OpenAlert(**row) for row in connection.execute(query).mappings()]


def _state(known: Sequence[OpenAlert]) -> list[tuple[object, ...]]:
    """Return that of the open alerts on which it hangs what a plan tells of them."""
    return [(a.alert_id, a.state, a.verdict, a.worst, a.last_as_of) for a in known]


def _open_fingerprints(connection: Connection) -> set[str]:
    return {*connection.scalars(sa.select(alerts.c.fingerprint).where(STILL_OPEN))}


def _row(new: NewAlert, now: datetime) -> dict[str, Any]:
    row = asdict(new)
    as_of = row.pop("as_of")
    return row | {
        "check_name": row.pop("check"),
        "state": "open",
        "opened_at": now,
        "last_seen_at": now,
        "times_seen": 1,
        "opened_as_of": as_of,
        "last_as_of": as_of,
        "worst": new.verdict,
    }


def _as_update(new: NewAlert) -> AlertUpdate:
    return AlertUpdate(
        fingerprint=new.fingerprint,
        as_of=new.as_of,
        worst=new.verdict,
        **{name: getattr(new, name) for name in SEEN},
    )


def _update(connection: Connection, updates: Sequence[AlertUpdate], now: datetime) -> None:
    """Bring open alerts up to date. The same day again counts no second sighting."""
    if not updates:
        return
    as_of = sa.bindparam("seen_as_of", type_=sa.Date)
    later = alerts.c.last_as_of < as_of
    worst = sa.bindparam("seen_worst", type_=sa.Text)
    connection.execute(
        sa.update(alerts)
        .where(alerts.c.fingerprint == sa.bindparam("seen_fingerprint"), STILL_OPEN)
        .values(
            times_seen=alerts.c.times_seen + sa.case((later, 1), else_=0),
            last_as_of=sa.case((later, as_of), else_=alerts.c.last_as_of),
            last_seen_at=now,
            worst=sa.case((alerts.c.worst == "critical", alerts.c.worst), else_=worst),
            **{name: sa.bindparam(f"seen_{name}") for name in SEEN},
        ),
        [{f"seen_{name}": value for name, value in asdict(u).items()} for u in updates],
    )


def _resolve(connection: Connection, plan: AlertPlan, now: datetime) -> None:
    if not plan.resolved:
        return
    connection.execute(
        sa.update(alerts)
        .where(alerts.c.fingerprint == sa.bindparam("of"), STILL_OPEN)
        .values(state="resolved", resolved_at=now, resolved_reason=sa.bindparam("why")),
        [{"of": done.fingerprint, "why": done.reason} for done in plan.resolved],
    )
