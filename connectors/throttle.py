"""Whose turn is it to call? The throttles that need no database.

The one that processes share is `connectors/warehouse/throttles.py`.
"""

import time
from collections.abc import Callable

from connectors.base import Throttle, TransientError

LONGEST_WAIT = 300.0
"""Seconds. Who names a longer wait is not waited for: the run ends, the throttle stays closed."""


class LocalThrottle:
    """A throttle that one process keeps for itself, for where no shared one is handed in."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._open_at = 0.0
        self._reason = ""

    def wait(self) -> None:
        """Block until the pause is over; raise `TransientError` beyond `LONGEST_WAIT`."""
        seconds = self._open_at - self._clock()
        if seconds > LONGEST_WAIT:
            raise TransientError(
                f"no calls for {seconds:.0f} s more ({self._reason}); run it again then", seconds
            )
        if seconds > 0:
            self._sleep(seconds)

    def pause(self, seconds: float, reason: str) -> None:
        """Hold calls back for `seconds`; a shorter pause never ends a longer one."""
        open_at = self._clock() + seconds
        if open_at > self._open_at:
            self._open_at, self._reason = open_at, reason


class TieredThrottle:
    """An account's throttle below the one of the app, whose limits all its accounts share."""

    def __init__(self, account: Throttle, app: Throttle) -> None:
        self._account = account
        self._app = app

    def wait(self) -> None:
        """Block until both the app and the account may be called."""
        self._app.wait()
        self._account.wait()

    def pause(self, seconds: float, reason: str) -> None:
        """Hold back this account."""
        self._account.pause(seconds, reason)

    def pause_app(self, seconds: float, reason: str) -> None:
        """Hold back every account of the app."""
        self._app.pause(seconds, reason)


def pause_app(throttle: Throttle, seconds: float, reason: str) -> None:
    """Hold back every account of the app; this one only, where the throttle knows no app."""
    pause = throttle.pause_app if isinstance(throttle, TieredThrottle) else throttle.pause
    pause(seconds, reason)
