"""How do the runs of all processes wait together when a platform says "slow down"?"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from connectors.base import TransientError
from connectors.warehouse.database import Database
from connectors.warehouse.schema import throttles

LONGEST_WAIT = 900.0
"""Seconds a run waits; if a platform asks for more, the run ends and a later one goes on."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlThrottle:
    """A `Throttle` kept in the warehouse under a name such as `google_ads/4445556666`."""

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        longest_wait: float = LONGEST_WAIT,
        clock: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._name = name
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Block until the account may be called; others may put that off while we wait.

        Raises `TransientError` if it is more than `longest_wait` seconds off.
        """
        query = sa.select(throttles.c.resume_at, throttles.c.reason).where(
            throttles.c.throttle == self._name
        )
        while True:
            with self._database.reading() as connection:
                row = connection.execute(query).one_or_none()
            seconds = (row.resume_at - self._clock()).total_seconds() if row else 0.0
            if row is None or seconds <= 0:
                return
            if seconds > self._longest_wait:
                raise TransientError(
                    f"{self._name}: no calls before {row.resume_at:%Y-%m-%d %H:%M} UTC "
                    f"({row.reason}); run it again then",
                    retry_after=seconds,
                )
            self._sleep(seconds)

    def pause(self, seconds: float, reason: str) -> None:
        """Let no run call the account for `seconds` from now. A longer pause is never shortened."""
        resume_at = self._clock() + timedelta(seconds=seconds)
        insert = self._database.upsert(throttles).values(
            throttle=self._name, resume_at=resume_at, reason=reason
        )
        with self._database.writing() as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[throttles.c.throttle],
                    set_={
                        "resume_at": insert.excluded.resume_at,
                        "reason": insert.excluded.reason,
                    },
                    where=insert.excluded.resume_at > throttles.c.resume_at,
                )
            )
