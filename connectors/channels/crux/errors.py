"""What does a failed Chrome UX Report call mean?

404 "chrome ux report data not found" is an answer: too few people came. The body of a 429 has been
seen with and without the outer `error`.
"""

from collections.abc import Mapping
from typing import Any

from connectors.base import ConnectorError, ReconnectError, RejectedError
from connectors.exchange import Reply, word
from connectors.http import AppLimitError, retry_after, status_error

NOT_FOUND, TOO_MANY = 404, 429
MINUTE = 60.0
"""Seconds: the only limit is per minute."""
UNKNOWN = "data not found"
DEAD_KEY = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED"})
ADVICE = {
    "SERVICE_DISABLED": "switch the Chrome UX Report API on in the Cloud project",
    "API_KEY_SERVICE_BLOCKED": "let the key call the Chrome UX Report API",
    "API_KEY_HTTP_REFERRER_BLOCKED": "lift the key's restriction to web pages",
    "API_KEY_IP_ADDRESS_BLOCKED": "let the key be used from this machine's address",
}


class TooFewError(RejectedError):
    """Nothing is told of a page or site: too few visitors."""


def judge(reply: Reply) -> None:
    """Raise what a failed reply stands for."""
    if 200 <= reply.status < 300:
        return
    body = _object(reply.body)
    error = _object(body.get("error")) or (body if "message" in body else {})
    raise _error(reply, error) if error else status_error(reply)


def _error(reply: Reply, error: Mapping[str, Any]) -> ConnectorError:
    sentence = str(error.get("message", ""))
    reason = _reason(error)
    what = f"{reply.where}: {reply.status} {reply.quote(reason)}".rstrip()
    if reply.status == NOT_FOUND and UNKNOWN in sentence.lower():
        return TooFewError(f"{what}; too little traffic")
    if reply.status == TOO_MANY:
        seconds = retry_after(reply.headers) or MINUTE
        return AppLimitError(f"{what}; 150 calls a minute, calls wait {seconds:.0f} s", seconds)
    if reason in DEAD_KEY:
        return ReconnectError(f"{what}; make a new api_key and reconnect the account with it")
    if reason in ADVICE:
        return RejectedError(f"{what}; {ADVICE[reason]}")
    known = status_error(reply)
    return (
        known
        if type(known) is not RejectedError
        else RejectedError(f"{what}: {reply.quote(sentence)}")
    )


def _reason(error: Mapping[str, Any]) -> str:
    """Return the reason of google.rpc.ErrorInfo, else the status."""
    details = error.get("details")
    reasons = (_object(it).get("reason") for it in details) if isinstance(details, list) else ()
    return next((word(it) for it in reasons if it), word(error.get("status", "")))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
