"""Where is the stop switch on, and who turned it?"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.actions import Stop
from connectors.warehouse.action_tables import STILL_ON, stops
from connectors.warehouse.database import Database


class StopStore(Database):
    """The stop switch, per brand and process; '' stands for all of them."""

    def stop(self, *, brand: str, process: str, who: str, why: str, now: datetime) -> Stop:
        """Turn a switch on. One that is on stays as it is: who turned it first, and why."""
        row = {"brand": brand, "process": process, "since": now, "who": who, "why": why}
        with self.writing("stops") as connection:
            if (on := _find(connection, brand, process)) is not None:
                return on
            connection.execute(sa.insert(stops).values(row))
        return Stop(**row)  # type: ignore[arg-type]

    def release(self, *, brand: str, process: str, who: str, why: str, now: datetime) -> Stop:
        """Turn a switch off and return how it was. Its row stays, with who released it and why.

        Raises `LookupError` if it is not on, which names those that are: a stop of all brands is
        not released by releasing one of them.
        """
        with self.writing("stops") as connection:
            on = _find(connection, brand, process)
            if on is None:
                others = "; ".join(map(_scope, _all_on(connection))) or "none"
                asked = f"{brand or 'all brands'}, {process or 'all processes'}"
                raise LookupError(f"no stop is on for {asked}; on are: {others}")
            connection.execute(
                sa.update(stops)
                .where(stops.c.brand == brand, stops.c.process == process, STILL_ON)
                .values(released_at=now, released_by=who, released_because=why)
            )
        return on

    def stops(self) -> list[Stop]:
        """Return the switches that are on, the oldest first."""
        with self.reading() as connection:
            return _all_on(connection)


def stopped_by(connection: Connection, brand: str, process: str) -> Stop | None:
    """Return a stop that is on for a brand's process, if there is one."""
    return next((stop for stop in _all_on(connection) if stop.holds(brand, process)), None)


def _all_on(connection: Connection) -> list[Stop]:
    names = ("brand", "process", "since", "who", "why")
    query = sa.select(*(stops.c[name] for name in names)).where(STILL_ON)
    rows = connection.execute(query.order_by(stops.c.stop_id)).mappings()
    return [Stop(**row) for row in rows]


def _find(connection: Connection, brand: str, process: str) -> Stop | None:
    on = _all_on(connection)
    return next((s for s in on if (s.brand, s.process) == (brand, process)), None)


def _scope(stop: Stop) -> str:
    return f"{stop.brand or 'all brands'}, {stop.process or 'all processes'}"
