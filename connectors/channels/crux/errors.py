"""What does a failed Chrome UX Report call mean?

404 "chrome ux report data not found" is an answer: too few people came. The body of a 429 has been
seen with and without the outer `error`.
"""

from collections.abc import Mapping
from typing import Any

from connectors.base import ConnectorError, RejectedError
from connectors.exchange import Reply
from connectors.google_errors import error_of, object_of, reason_of
from connectors.google_key import key_error
from connectors.http import AppLimitError, retry_after, status_error

NOT_FOUND, TOO_MANY = 404, 429
MINUTE = 60.0
"""Seconds: the only limit is per minute."""
UNKNOWN = "data not found"
API = "Chrome UX Report API"


class TooFewError(RejectedError):
    """Nothing is told of a page or site: too few visitors."""


def judge(reply: Reply) -> None:
    """Raise what a failed reply stands for."""
    if 200 <= reply.status < 300:
        return
    body = object_of(reply.body)
    error = error_of(reply) or (body if "message" in body else {})
    raise _error(reply, error) if error else status_error(reply)


def _error(reply: Reply, error: Mapping[str, Any]) -> ConnectorError:
    sentence = str(error.get("message", ""))
    reason = reason_of(error)
    what = f"{reply.where}: {reply.status} {reply.quote(reason)}".rstrip()
    if reply.status == NOT_FOUND and UNKNOWN in sentence.lower():
        return TooFewError(f"{what}; too little traffic")
    if reply.status == TOO_MANY:
        seconds = retry_after(reply.headers) or MINUTE
        return AppLimitError(f"{what}; 150 calls a minute, calls wait {seconds:.0f} s", seconds)
    return key_error(reply, reason, sentence, API)
