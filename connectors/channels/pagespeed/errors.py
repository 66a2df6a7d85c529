"""What does a failed PageSpeed Insights call mean?

That Lighthouse could not measure a page is a fact about the page. It comes as 400 or 500 with the
sentence "Lighthouse returned error: <CODE>. ...", which nothing but the sentence tells from a fault
of the service. Quotas are not published, no header tells of them, and the body of a 429 names the
limit: "... limit 'Queries per day' of service ...".
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.base import ConnectorError, RejectedError
from connectors.exchange import Reply
from connectors.google_errors import error_of, reason_of, until_midnight
from connectors.google_key import key_error
from connectors.http import AppLimitError, retry_after, status_error

TOO_MANY = 429
MINUTE = 100.0
"""Seconds: limits are per minute, and were per 100 seconds."""
LIGHTHOUSE = re.compile(r"Lighthouse returned error:\s*(?P<said>.+)", re.IGNORECASE | re.DOTALL)
API = "PageSpeed Insights API"

Clock = Callable[[], datetime]


class UnmeasuredError(RejectedError):
    """Lighthouse could not measure the page; the text is the reason."""


def judge_at(clock: Clock) -> Callable[[Reply], None]:
    """Return what raises the meaning of failed replies."""

    def judge(reply: Reply) -> None:
        if 200 <= reply.status < 300:
            return
        error = error_of(reply)
        raise _error(reply, error, clock()) if error else status_error(reply)

    return judge


def unmeasured(said: str) -> str:
    """Return the reason of a page that was not measured, in words of at most 200 characters."""
    return f"Lighthouse could not measure it: {' '.join(said.split())}"[:200]


def _error(reply: Reply, error: Mapping[str, Any], now: datetime) -> ConnectorError:
    sentence = reply.quote(error.get("message", ""), 400)
    if found := LIGHTHOUSE.search(sentence):
        return UnmeasuredError(unmeasured(found["said"]))
    reason = reason_of(error)
    what = f"{reply.where}: {reply.status} {reply.quote(reason)}".rstrip()
    if reply.status == TOO_MANY:
        of_day = "per day" in sentence.lower()
        seconds = retry_after(reply.headers) or (until_midnight(now) if of_day else MINUTE)
        limit = "the day's quota is used up" if of_day else "too many calls"
        return AppLimitError(f"{what}; {limit}, calls wait {seconds:.0f} s", seconds)
    return key_error(reply, reason, sentence, API)
