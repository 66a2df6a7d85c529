"""What does a failed call to a Mastodon server mean? Told by the status alone.

The sentence in `{"error": "..."}` is in the account's language and is not repeated. A 429 names no
Retry-After but, in X-RateLimit-Reset, the moment from which calls are taken again (ISO 8601).
Sources: the reference, section 6.1; Mastodon's `api/base_controller.rb`, `rack_attack.rb`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.exchange import Reply
from connectors.http import retry_after, status_error

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE, UNPROCESSABLE, TOO_MANY = 401, 403, 404, 410, 422, 429

Clock = Callable[[], datetime]


class LimitError(TransientError):
    """Over a limit: the server did not look at what the call asks for."""


class MissingError(RejectedError):
    """There is no such thing, or we may not see it."""


class ForbiddenError(RejectedError):
    """The token lacks a scope, or the server has restricted the account."""


class Judge:
    """Reads each reply and raises what it stands for. The clock is for replies without a Date."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, reply: Reply) -> None:
        """Raise the error a reply stands for, if it does."""
        if 200 <= reply.status < 300:
            return
        what = f"{reply.where}: {reply.status}"
        if reply.status == TOO_MANY:
            wait = retry_after(reply.headers) or until_reset(reply.headers, self._clock)
            until = "later" if wait is None else f"in {wait:.0f} s"
            raise LimitError(f"{what}; over a limit of the server, again {until}", wait)
        if reply.status == UNAUTHORIZED:
            raise ReconnectError(f"{what}; the access token is dead, reconnect the account")
        if reply.status == FORBIDDEN:
            raise ForbiddenError(
                f"{what}; the token lacks a scope, or the server has restricted the account"
            )
        if reply.status in (NOT_FOUND, GONE):
            raise MissingError(f"{what}; there is no such thing, or the account may not see it")
        if reply.status == UNPROCESSABLE:
            raise RejectedError(f"{what}; the server does not take these values")
        raise status_error(reply)


def until_reset(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return the seconds from the server's Date to its X-RateLimit-Reset, None if it names none.

    Our own clock counts only where the server sends no Date: it may be wrong.
    """
    try:
        reset = datetime.fromisoformat(headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return None
    try:
        now = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        now = clock()
    return max(1.0, (_aware(reset) - _aware(now)) / timedelta(seconds=1))


def _aware(moment: datetime) -> datetime:
    """Return a moment with its zone: UTC, where a header names none."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
