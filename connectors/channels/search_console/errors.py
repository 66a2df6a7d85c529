"""What a failed Search Console call means: by the reasons of its body, never by its sentences.

Source: Google's "Usage limits" and "Standard errors" of the Search Console API. Search analytics
has limits on load that nobody is told, over ten minutes and over a day: after `quotaExceeded` a
pause of 15 minutes helps, or the load of the day is gone.
"""

from collections.abc import Mapping
from typing import Any

from connectors.base import ConnectorError, RejectedError, TransientError
from connectors.exchange import Reply, word
from connectors.google_errors import error_of, list_of, object_of
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error

UNAUTHORIZED, TOO_MANY = 401, 429
LOAD_WAIT = 900.0
"""Seconds: what Google advises when the load was too much."""
RATE_WAIT = 60.0
"""Seconds until a limit per minute lets calls through."""
DAY_WAIT = 6 * 3600.0
"""Seconds. Limits of a day end at midnight, Pacific time, which is at most four such waits off."""
OF_LOAD = frozenset({"quotaExceeded"})
OF_RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
OF_DAY = frozenset({"dailyLimitExceeded", "dailyLimitExceededUnreg"})
ADVICE = {
    "forbidden": "check account_id, and give the credential's user access to the property",
    "insufficientPermissions": "connect again with the scope webmasters.readonly",
    "accessNotConfigured": "switch the Search Console API on in the Cloud project",
    "notFound": "check account_id: https://www.example.com/ with its slash, or sc-domain:...",
}


class InspectionsUsedError(RejectedError):
    """No page can be inspected any more today."""


def judge(reply: Reply) -> None:
    """Raise what a failed reply stands for."""
    if 200 <= reply.status < 300:
        return
    error = error_of(reply)
    raise _error(reply, error) if error else status_error(reply)


def _error(reply: Reply, error: Mapping[str, Any]) -> ConnectorError:
    reason = _reason(error)
    what = f"{reply.where}: {reply.status} {reply.quote(word(reason))}".rstrip()
    if reply.status == UNAUTHORIZED:
        return TokenExpiredError(f"{what}; reconnect the account")
    if reply.status in RETRYABLE - {TOO_MANY}:
        return TransientError(f"{what}; may pass", retry_after(reply.headers))
    if limit := _limit(reply, error, reason, what):
        return limit
    if reason in ADVICE:
        return RejectedError(f"{what}; {ADVICE[reason]}")
    return RejectedError(f"{what}: {reply.quote(error.get('message', ''))}")


def _limit(reply: Reply, error: Mapping[str, Any], reason: str, what: str) -> ConnectorError | None:
    """Return the error of a limit that was reached; None if it is about something else."""
    of_day = reason in OF_DAY or _is_per_day(error)
    if not of_day and reason not in OF_LOAD | OF_RATE and reply.status != TOO_MANY:
        return None
    if reply.where.endswith(":inspect") and (of_day or reason in OF_LOAD):
        return InspectionsUsedError(f"{what}; no page can be inspected any more today")
    named = retry_after(reply.headers)
    if of_day:
        return TransientError(f"{what}; the day's quota ends at midnight in Los Angeles", DAY_WAIT)
    if reason in OF_LOAD:
        seconds = named or LOAD_WAIT
        advice = "if the first query then fails too, the day's load is used up: pull fewer levels"
        return TransientError(f"{what}; calls wait {seconds:.0f} s; {advice}", seconds)
    seconds = named or RATE_WAIT
    return TransientError(f"{what}; calls wait {seconds:.0f} s", seconds)


def _reason(error: Mapping[str, Any]) -> str:
    """Return the first reason (`quotaExceeded`); newer surfaces have only a status."""
    first = next(iter(map(object_of, list_of(error.get("errors")))), {})
    return str(first.get("reason") or error.get("status") or "")


def _is_per_day(error: Mapping[str, Any]) -> bool:
    """Tell whether google.rpc.ErrorInfo names a limit per day (`...PerDayPerSite`)."""
    details = map(object_of, list_of(error.get("details")))
    limits = (str(object_of(detail.get("metadata")).get("quota_limit", "")) for detail in details)
    return any("perday" in limit.lower() for limit in limits)
