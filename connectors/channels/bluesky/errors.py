"""What does a failed XRPC call mean? By the `error` of its body, then by its status.

Source: the answers of @atproto/pds 0.5.35 and the AppView's lexicons. A token that has run out is
told with 400, not 401.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from connectors.base import ConnectorError, ReconnectError, RejectedError, TransientError
from connectors.exchange import Reply, word
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error

UNAUTHORIZED, TOO_MANY = 401, 429
DEAD_TOKEN = frozenset({"ExpiredToken", "InvalidToken"})
MISSING = frozenset({"NotFound", "RecordNotFound", "HandleNotFound", "RepoNotFound"})
SIGN_IN = {
    "AuthenticationRequired": "check account_id and app_password, then reconnect the account",
    "AuthFactorTokenRequired": "reconnect the account with an app password, not its own password",
    "AccountTakedown": "Bluesky has taken the account down: a person must act",
    "AccountDeactivated": "the account is deactivated: a person must activate it and reconnect",
}


class LimitError(TransientError):
    """Over a limit: the call was not looked at, so it was not carried out."""


class MissingError(RejectedError):
    """There is no such record, account or handle."""


class SwapError(RejectedError):
    """A record is already there, and it is another one."""


def judge(reply: Reply) -> None:
    """Raise what a failed reply stands for."""
    if not 200 <= reply.status < 300:
        raise _error(reply)


def _error(reply: Reply) -> ConnectorError:
    body = reply.body if isinstance(reply.body, dict) else {}
    name = body.get("error")
    name = word(reply.quote(name)) if isinstance(name, str) else ""
    what = f"{reply.where}: {reply.status} {name}".rstrip()
    if reply.status == TOO_MANY:
        seconds = named_wait(reply.headers)
        wait = "" if seconds is None else f", calls wait {seconds:.0f} s"
        return LimitError(f"{what}; over a limit{wait}", seconds)
    if not name or reply.status in RETRYABLE:
        return status_error(reply)
    if name in DEAD_TOKEN:
        return TokenExpiredError(f"{what}; reconnect the account")
    if reply.status == UNAUTHORIZED:
        return ReconnectError(f"{what}; {SIGN_IN.get(name, 'reconnect the account')}")
    sentence = f"{what}: {reply.quote(body.get('message', ''))}".rstrip(": ")
    if name in MISSING:
        return MissingError(sentence)
    return SwapError(sentence) if name == "InvalidSwap" else RejectedError(sentence)


def named_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until calls are taken again, None if nothing names them.

    `RateLimit-Reset` is in Unix seconds of the server's clock, which its `Date` tells.
    """
    if (seconds := retry_after(headers)) is not None:
        return seconds
    try:
        now = parsedate_to_datetime(headers.get("Date", "")).timestamp()
        return max(0.0, float(headers.get("RateLimit-Reset", "")) - now)
    except ValueError:
        return None
