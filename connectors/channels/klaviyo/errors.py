"""What does a failed Klaviyo call mean?

`{"errors": [{"id": "...", "status": 400, "code": "invalid", "title": "...", "detail": "..."}]}`. A
detail may name somebody's address, so only the code and the title are passed on. A 429 says with
`Retry-After` how long to wait, which for the reports of a day may be most of a day.
Source: Klaviyo's "Rate limits, status codes, and errors".
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import RejectedError, Throttle, TransientError
from connectors.exchange import Reply, word
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error
from connectors.throttle import LONGEST_WAIT

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE, TOO_MANY, TIMED_OUT = 401, 403, 404, 410, 429, 524
UNUSABLE = "conversion metric does not support"
ADVICE = {
    FORBIDDEN: "give the private key the scopes that the options name",
    GONE: "the revision has been retired: set the option revision to one that is supported",
}


class LimitError(TransientError):
    """A limit was met: the call was not carried out."""


class NotFoundError(RejectedError):
    """There is no such thing, or no longer."""


class UnusableMetricError(RejectedError):
    """Reports cannot count this metric as a conversion."""


class Judge:
    """Reads replies; it remembers by what Klaviyo's support finds the last failure."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.request_id = ""

    def __call__(self, reply: Reply) -> None:
        """Raise what a failed reply stands for."""
        if 200 <= reply.status < 300:
            return
        error = _first(reply.body)
        self.request_id = word(error.get("id", ""))
        what = f"{reply.where}: {reply.status}"
        if reply.status == TOO_MANY:
            raise self._limit(what, retry_after(reply.headers))
        code, title = (word(error.get(name, "")) for name in ("code", "title"))
        told = f"{what} {reply.quote(f'{code} {title}')}".rstrip()
        if reply.status in RETRYABLE or reply.status == TIMED_OUT:
            raise TransientError(f"{told}; may pass", retry_after(reply.headers))
        if reply.status == UNAUTHORIZED:
            raise TokenExpiredError(f"{told}; check api_key, or reconnect the account")
        if UNUSABLE in str(error.get("detail", "")):
            raise UnusableMetricError(f"{told}; reports cannot count this metric as a conversion")
        if reply.status == NOT_FOUND:
            raise NotFoundError(f"{told}; check the id")
        if error:
            advice = ADVICE.get(reply.status, "the request itself is wrong")
            raise RejectedError(f"{told}; {advice}")
        raise status_error(reply)

    def _limit(self, what: str, seconds: float | None) -> LimitError:
        if seconds is None or seconds <= LONGEST_WAIT:
            return LimitError(f"{what}; a limit is reached, may pass", seconds)
        until = (self._clock() + timedelta(seconds=seconds)).astimezone(UTC)
        return LimitError(f"{what}; a limit is reached until {until:%Y-%m-%d %H:%M} UTC", seconds)


class ReportTurns:
    """The account's throttle for reports: when those of the day are used up, other calls go on."""

    def __init__(self, account: Throttle) -> None:
        self._account = account

    def wait(self) -> None:
        """Block until the account may be called."""
        self._account.wait()

    def pause(self, seconds: float, reason: str) -> None:
        """Hold the account back for a short while; a long wait is of reports alone, and whoever
        asked for one is told."""
        if seconds <= LONGEST_WAIT:
            self._account.pause(seconds, reason)


def _first(body: Any) -> Mapping[str, Any]:
    """Return the first error of a body, empty if it has none."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    first = errors[0] if isinstance(errors, list) and errors else {}
    return first if isinstance(first, Mapping) else {}
