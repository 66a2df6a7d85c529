"""How is the Chrome UX Report called? With a key in the query, 150 times a minute at most."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import requests

from connectors.base import Throttle
from connectors.channels.crux.errors import judge
from connectors.channels.crux.options import Options
from connectors.google_key import GoogleKey
from connectors.http import Http
from connectors.throttle import LocalThrottle, pause_app

CALLS_A_MINUTE = 150
"""Of a Cloud project, both methods together."""
MINUTE = timedelta(minutes=1)

Clock = Callable[[], datetime]


class Calls:
    """The calls with one key, over one pooled session."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle | None,
        clock: Clock,
    ) -> None:
        self.url = f"{options.base_url.rstrip('/')}/v1/records"
        self._throttle = throttle or LocalThrottle()
        self._clock = clock
        self._made: deque[datetime] = deque(maxlen=CALLS_A_MINUTE)
        key = GoogleKey(options.api_key)
        self._http = Http(session, auth=key, judge=judge, throttle=self._throttle)

    def ask(self, method: str, body: Mapping[str, Any]) -> Any:
        """Return the answer of `queryRecord` or `queryHistoryRecord`."""
        self._hold_back()
        return self._http.read("POST", f"{self.url}:{method}", body=body)

    def _hold_back(self) -> None:
        """Let every run wait before the call that would be one too many of this minute."""
        now = self._clock()
        if (
            len(self._made) == CALLS_A_MINUTE
            and (left := self._made[0] + MINUTE - now) > timedelta()
        ):
            pause_app(self._throttle, left.total_seconds(), f"{CALLS_A_MINUTE} calls a minute")
        self._made.append(now)
