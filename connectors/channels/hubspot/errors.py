"""What does a failed HubSpot call mean?

`{"status": "error", "message": "...", "correlationId": "...", "category": "VALIDATION_ERROR",
"context": {"missingScopes": ["x"]}}`. A message may name somebody's address, so only the category
and missing scopes are passed on. A 429 says with `policyName` which limit was met: one of a second
or of ten, or that of a day, which ends at the account's midnight.
Source: HubSpot's "Error handling" and "API usage guidelines".
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import RejectedError, TransientError
from connectors.exchange import Reply, word
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, LOCKED, TOO_MANY, MIGRATING = 401, 403, 404, 423, 429, 477
DAILY = "DAILY"
WAITS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
"""Policy of a limit to the seconds after which it surely has ended."""
LOCK_WAIT = 2.0
UNKNOWN_MIDNIGHT = 3600.0
"""Seconds that are waited when a day is used up and the account's zone is not known yet."""


class LimitError(TransientError):
    """A limit was met: the call was not carried out."""


class NotFoundError(RejectedError):
    """There is no such thing, or no longer."""


class Judge:
    """Reads replies; it remembers by what HubSpot's support finds the last failure.

    `zone` is the account's, once it is known: its day is that of the daily limit.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.zone: ZoneInfo | None = None
        self.request_id = ""

    def __call__(self, reply: Reply) -> None:
        """Raise what a failed reply stands for."""
        if 200 <= reply.status < 300:
            return
        body = reply.body if isinstance(reply.body, Mapping) else {}
        self.request_id = word(body.get("correlationId", ""))
        what = f"{reply.where}: {reply.status}"
        if reply.status == TOO_MANY:
            raise self._limit(what, word(body.get("policyName", "")), retry_after(reply.headers))
        category = word(body.get("category", ""))
        told = f"{what} {reply.quote(category)}".rstrip()
        if reply.status == LOCKED:
            wait = retry_after(reply.headers) or LOCK_WAIT
            raise TransientError(f"{told}; somebody else changes it, may pass", wait)
        if reply.status in RETRYABLE or reply.status == MIGRATING:
            raise TransientError(f"{told}; may pass", retry_after(reply.headers))
        if reply.status == UNAUTHORIZED:
            raise TokenExpiredError(f"{told}; check access_token, or reconnect the account")
        if reply.status == NOT_FOUND:
            raise NotFoundError(f"{told}; check the id")
        if reply.status == FORBIDDEN and (scopes := _missing(body)):
            raise RejectedError(f"{told}; give the token {reply.quote(scopes)}")
        if category:
            raise RejectedError(f"{told}; the request itself is wrong")
        raise status_error(reply)

    def _limit(self, what: str, policy: str, named: float | None) -> LimitError:
        if policy != DAILY:
            wait = named if named is not None else WAITS.get(policy)
            return LimitError(f"{what}; a limit is reached, may pass", wait)
        used_up = f"{what}; the calls of the day are used up"
        if self.zone is None:
            return LimitError(used_up, UNKNOWN_MIDNIGHT)
        now = self._clock()
        tomorrow = now.astimezone(self.zone).date() + timedelta(days=1)
        until = datetime.combine(tomorrow, time(), self.zone).astimezone(UTC)
        seconds = (until - now).total_seconds()
        return LimitError(f"{used_up} until {until:%Y-%m-%d %H:%M} UTC", seconds)


def _missing(body: Mapping[str, Any]) -> str:
    """Return the scopes that a refusal names, '' if it names none."""
    context = body.get("context")
    scopes = context.get("missingScopes") if isinstance(context, Mapping) else None
    names = [word(one) for one in scopes[:5]] if isinstance(scopes, list) else []
    return f"the scopes {', '.join(names)}" if names else ""
