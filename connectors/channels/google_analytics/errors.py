"""What does a failed Google Analytics call mean?

Google's status says what kind of failure it is; which quota is used up stands only in the sentence
of a 429: "Exhausted property tokens for a project per hour. ...". Limits of an hour end with it,
those of a day at midnight in Los Angeles (Google's "Quotas of the Data API"; the two ends are
observed). Ten server errors in an hour lock the project out, so three are enough for one run.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.base import ConnectorError, RejectedError, TransientError
from connectors.exchange import Reply, word
from connectors.google_errors import error_of, reason_of, until_midnight
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error

UNAUTHORIZED, TOO_MANY, SERVER_ERROR = 401, 429, 500
SERVER_ERRORS = 3
"""How many server errors of an hour one run asks for."""
MINUTE = 60.0
ADVICE = {
    "SERVICE_DISABLED": "switch the Google Analytics Data API on in the Cloud project",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "connect again with the scope analytics.readonly",
    "PERMISSION_DENIED": "check account_id, and add the credential's user to the property",
}

Clock = Callable[[], datetime]


class Judge:
    """Raises what failed replies stand for, and counts the server errors of the hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hour: datetime | None = None
        self._failed = 0

    def __call__(self, reply: Reply) -> None:
        """Raise what a failed reply stands for."""
        if 200 <= reply.status < 300:
            return
        if reply.status >= SERVER_ERROR:
            self._count(reply)
        error = error_of(reply)
        raise _error(reply, error, self._clock()) if error else status_error(reply)

    def _count(self, reply: Reply) -> None:
        now = self._clock()
        hour = now.replace(minute=0, second=0, microsecond=0)
        self._failed = self._failed + 1 if hour == self._hour else 1
        self._hour = hour
        if self._failed >= SERVER_ERRORS:
            raise TransientError(
                f"{reply.where}: {reply.status}, server error number {self._failed} of this hour; "
                "Google locks out who asks for more, calls wait until the next hour",
                until_next_hour(now),
            )


def until_next_hour(now: datetime) -> float:
    """Return the seconds until the hour is over."""
    return 3600.0 - (now.minute * 60 + now.second + now.microsecond / 1e6)


def _error(reply: Reply, error: Mapping[str, Any], now: datetime) -> ConnectorError:
    status, reason = word(error.get("status", "")), reason_of(error)
    what = f"{reply.where}: {reply.status} {reply.quote(reason)}".rstrip()
    if reply.status == UNAUTHORIZED:
        return TokenExpiredError(f"{what}; reconnect the account")
    if reply.status == TOO_MANY:
        return _quota(reply, str(error.get("message", "")), what, now)
    if reply.status in RETRYABLE:
        return TransientError(f"{what}; may pass", retry_after(reply.headers))
    if advice := ADVICE.get(reason) or ADVICE.get(status):
        return RejectedError(f"{what}; {advice}")
    return RejectedError(f"{what}: {reply.quote(error.get('message', ''))}")


def _quota(reply: Reply, sentence: str, what: str, now: datetime) -> TransientError:
    """Return the error of a quota that is used up, with the time until it is there again."""
    said, named = sentence.lower(), retry_after(reply.headers)
    if "per day" in said or "24 hours" in said:
        seconds, until = until_midnight(now), "the day's quota ends at midnight in Los Angeles"
    elif "concurrent" in said or "minute per" in said:
        seconds, until = MINUTE, "too many calls at once"
    else:
        seconds, until = until_next_hour(now), "the hour's quota is used up"
    seconds = named or seconds
    return TransientError(
        f"{what}: {reply.quote(sentence, 100)} {until}; calls wait {seconds:.0f} s", seconds
    )
