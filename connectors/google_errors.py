"""What do Google's APIs say when a call fails, and when does a day end for them?

The body of a failed call is `{"error": {"code", "status", "message", "details": [...]}}`; one of
the details is a google.rpc.ErrorInfo with the reason (Google's "API Improvement Proposal" 193).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.exchange import Reply, word

PACIFIC = ZoneInfo("America/Los_Angeles")


def error_of(reply: Reply) -> Mapping[str, Any]:
    """Return what a reply says of its failure; empty if it says nothing in Google's form."""
    return object_of(object_of(reply.body).get("error"))


def reason_of(error: Mapping[str, Any]) -> str:
    """Return the reason of google.rpc.ErrorInfo, else the status; '' if there is neither."""
    details = map(object_of, list_of(error.get("details")))
    reasons = (word(reason) for detail in details if (reason := detail.get("reason")))
    return next(reasons, word(error.get("status", "")))


def until_midnight(now: datetime) -> float:
    """Return the seconds until midnight in Los Angeles, when Google's days end."""
    today = now.astimezone(PACIFIC).date()
    end = datetime.combine(today + timedelta(days=1), time(), PACIFIC)
    return (end.astimezone(UTC) - now).total_seconds()


def object_of(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """Return a JSON list, an empty one for anything else."""
    return value if isinstance(value, list) else []
