"""What does a failed PageSpeed Insights call mean?

That Lighthouse could not measure a page is a fact about the page. It comes as 400 or 500 with the
sentence "Lighthouse returned error: <CODE>. ...", which nothing but the sentence tells from a fault
of the service. Quotas are not published, no header tells of them, and the body of a 429 names the
limit: "... limit 'Queries per day' of service ...".
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import ConnectorError, ReconnectError, RejectedError
from connectors.exchange import Reply, word
from connectors.http import AppLimitError, retry_after, status_error

TOO_MANY = 429
MINUTE = 100.0
"""Seconds: limits are per minute, and were per 100 seconds."""
PACIFIC = ZoneInfo("America/Los_Angeles")
LIGHTHOUSE = re.compile(r"Lighthouse returned error:\s*(?P<said>.+)", re.IGNORECASE | re.DOTALL)
DEAD_KEY = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED"})
ADVICE = {
    "SERVICE_DISABLED": "switch the PageSpeed Insights API on in the Cloud project",
    "API_KEY_SERVICE_BLOCKED": "let the key call the PageSpeed Insights API",
    "API_KEY_HTTP_REFERRER_BLOCKED": "lift the key's restriction to web pages",
    "API_KEY_IP_ADDRESS_BLOCKED": "let the key be used from this machine's address",
}

Clock = Callable[[], datetime]


class UnmeasuredError(RejectedError):
    """Lighthouse could not measure the page; the text is the reason."""


def judge_at(clock: Clock) -> Callable[[Reply], None]:
    """Return what raises the meaning of failed replies."""

    def judge(reply: Reply) -> None:
        if 200 <= reply.status < 300:
            return
        error = _object(_object(reply.body).get("error"))
        raise _error(reply, error, clock()) if error else status_error(reply)

    return judge


def unmeasured(said: str) -> str:
    """Return the reason of a page that was not measured, in words of at most 200 characters."""
    return f"Lighthouse could not measure it: {' '.join(said.split())}"[:200]


def _error(reply: Reply, error: Mapping[str, Any], now: datetime) -> ConnectorError:
    sentence = reply.quote(error.get("message", ""), 400)
    if found := LIGHTHOUSE.search(sentence):
        return UnmeasuredError(unmeasured(found["said"]))
    reason = _reason(error)
    what = f"{reply.where}: {reply.status} {reply.quote(reason)}".rstrip()
    if reply.status == TOO_MANY:
        of_day = "per day" in sentence.lower()
        seconds = retry_after(reply.headers) or (_until_midnight(now) if of_day else MINUTE)
        limit = "the day's quota is used up" if of_day else "too many calls"
        return AppLimitError(f"{what}; {limit}, calls wait {seconds:.0f} s", seconds)
    if reason in DEAD_KEY:
        return ReconnectError(f"{what}; make a new api_key and reconnect the account with it")
    if reason in ADVICE:
        return RejectedError(f"{what}; {ADVICE[reason]}")
    known = status_error(reply)
    if type(known) is not RejectedError:
        return known
    return RejectedError(f"{what}: {reply.quote(sentence)}")


def _until_midnight(now: datetime) -> float:
    """Return the seconds until midnight in Los Angeles, when Google's days end."""
    today = now.astimezone(PACIFIC).date()
    end = datetime.combine(today + timedelta(days=1), time(), PACIFIC)
    return (end.astimezone(UTC) - now).total_seconds()


def _reason(error: Mapping[str, Any]) -> str:
    """Return the reason of google.rpc.ErrorInfo, else the status."""
    details = error.get("details")
    reasons = (_object(it).get("reason") for it in details) if isinstance(details, list) else ()
    return next((word(it) for it in reasons if it), word(error.get("status", "")))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
