"""What does a failed LinkedIn call mean?

`{"status": 403, "serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": "..."}`; old resources
leave `code` out, newer ones put theirs into `errorDetails.inputErrors`. A 429 names no wait: limits
are per day and end at midnight UTC, shorter ones after minutes. Nobody is told their numbers.
Source: LinkedIn's "Error handling" and "Rate limits"; bodies of 422 and 429 as callers reported
them.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from connectors.base import ConnectorError, RejectedError, TransientError
from connectors.exchange import Reply, word
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNPROCESSABLE, UPGRADE, TOO_MANY = 401, 403, 404, 422, 426, 429
WAITS = (60.0, 300.0, 900.0)
"""Seconds to wait after the first, second and third refusal in a row; then until midnight UTC."""
OF_DAY = " DAY limit"
REQUEST_ID = ("x-li-request-id", "x-li-uuid")
SCOPES = "r_organization_social, w_organization_social and rw_organization_admin"


class NotFoundError(RejectedError):
    """There is no such thing, or no longer."""


class DuplicateError(RejectedError):
    """A post with this text is there already, or was until a short while ago."""


class LimitError(TransientError):
    """A limit was met: nothing was carried out."""


class Judge:
    """Reads replies; it remembers how often in a row LinkedIn asked to wait."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._refusals = 0
        self.request_id = ""
        """Of the last reply, for LinkedIn's support."""

    def __call__(self, reply: Reply) -> None:
        """Raise what a failed reply stands for."""
        ids = (reply.headers.get(name, "") for name in REQUEST_ID)
        self.request_id = word(next(filter(None, ids), ""))
        if reply.status == TOO_MANY:
            raise self._limit(reply)
        if 200 <= reply.status < 300:
            self._refusals = 0
            return
        body = reply.body if isinstance(reply.body, Mapping) else {}
        if "message" in body or reply.status == NOT_FOUND:
            raise _error(reply, body)
        raise status_error(reply)

    def _limit(self, reply: Reply) -> LimitError:
        self._refusals += 1
        named = retry_after(reply.headers)
        seconds = self._wait(reply) if named is None else named
        what = f"{reply.where}: {reply.status}"
        return LimitError(f"{what}; a limit is reached, calls wait {seconds:.0f} s", seconds)

    def _wait(self, reply: Reply) -> float:
        message = reply.body.get("message") if isinstance(reply.body, Mapping) else ""
        if self._refusals <= len(WAITS) and OF_DAY not in str(message):
            return WAITS[self._refusals - 1]
        now = self._clock().astimezone(UTC)
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        return (midnight - now).total_seconds()


def _error(reply: Reply, body: Mapping[str, Any]) -> ConnectorError:
    """Return the error of a body that says what it is."""
    code = _code(body)
    what = f"{reply.where}: {reply.status} {reply.quote(code)}".rstrip()
    sentence = reply.quote(body.get("message", "there is no such thing"))
    if reply.status in RETRYABLE:
        return TransientError(f"{what}; may pass", retry_after(reply.headers))
    if reply.status == UNAUTHORIZED:
        return TokenExpiredError(f"{what}; reconnect the account")
    if reply.status == FORBIDDEN:
        advice = f"the token needs {SCOPES}, of an administrator of the page"
        return RejectedError(f"{what}: {sentence}; {advice}")
    if reply.status == UPGRADE:
        advice = "set the option api_version to a month that LinkedIn still supports"
        return RejectedError(f"{what}: {sentence}; {advice}")
    if reply.status == NOT_FOUND:
        return NotFoundError(f"{what}: {sentence}")
    if reply.status == UNPROCESSABLE and "duplicate" in f"{code} {sentence}".lower():
        return DuplicateError(f"duplicate: {what}: {sentence}")
    return RejectedError(f"{what}: {sentence}")


def _code(body: Mapping[str, Any]) -> str:
    """Return the most telling code: of the first wrong input, or of the whole."""
    details = body.get("errorDetails")
    inputs = details.get("inputErrors") if isinstance(details, Mapping) else None
    first = inputs[0] if isinstance(inputs, list) and inputs else {}
    own = first.get("code") if isinstance(first, Mapping) else ""
    return word(own or body.get("code") or body.get("serviceErrorCode") or "")
