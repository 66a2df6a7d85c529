"""How do HubSpot's answers look? Errors, pages by `after`, moments, several results in one answer.

Source: the reference, section 2; models of hubspot-api-client 12.0.0.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault

CORRELATION = "aeb5f871-7f07-4993-9211-075dc63e7cbf"
DAILY, ROLLING, SECONDLY = "DAILY", "TEN_SECONDLY_ROLLING", "SECONDLY"
MULTI_STATUS = 207
Row = dict[str, Any]


class HubSpotError(Exception):
    """A call that HubSpot refuses, with what it says."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        told: Row = {"status": "error", "message": message, "correlationId": CORRELATION}
        self.response: Response = answer({**told, "category": category, **more}, status)


class LimitError(HubSpotError):
    """A limit was met."""

    def __init__(self, policy: str) -> None:
        message = f"You have reached your {policy.lower()} limit."
        more = {"errorType": "RATE_LIMIT", "policyName": policy, "requestId": "r-1"}
        super().__init__(429, "RATE_LIMITS", message, **more)


def invalid(message: str) -> HubSpotError:
    """Return the error for what is not taken."""
    return HubSpotError(400, "VALIDATION_ERROR", message)


def not_found(what: str) -> HubSpotError:
    """Return the error for what is not there."""
    return HubSpotError(404, "OBJECT_NOT_FOUND", f"{what} does not exist.")


def injected(fault: Fault) -> HubSpotError | None:
    """Return the error a fault stands for, None if the fault is of another sort."""
    if fault.kind == "throttle":
        return LimitError(ROLLING)
    if fault.kind == "quota":
        return LimitError(DAILY)
    if fault.kind == "status":
        return HubSpotError(fault.status, "INTERNAL_ERROR", "Internal error.")
    if fault.kind in ("token_expired", "token_revoked"):
        return HubSpotError(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
    if fault.kind in ("permission_denied", "account_suspended"):
        scopes = {"missingScopes": ["crm.lists.write"]}
        message = "This app hasn't been granted all required scopes to make this call."
        return HubSpotError(403, "MISSING_SCOPES", message, context=scopes)
    if fault.kind == "page_token_expired":
        return invalid("The 'after' cursor is invalid.")
    return None


def page(rows: Sequence[Row], request: Request, usual: int, most: int, fault: Fault | None) -> Row:
    """Return a page of a collection. With `page_twice` the next page is the same again."""
    limit = number(request.query.get("limit", str(usual)), "limit")
    start = number(request.query.get("after", "0") or "0", "after")
    if not 1 <= limit <= most:
        raise invalid(f"limit must be between 1 and {most}.")
    told: Row = {"results": list(rows[start : start + limit])}
    if start + limit < len(rows):
        after = start if fault is not None and fault.kind == "page_twice" else start + limit
        told["paging"] = following(request, after)
    return told


def following(request: Request, after: int) -> Row:
    """Return where the next page is."""
    link = f"https://api.hubapi.com{request.path}?{urlencode({**request.query, 'after': after})}"
    return {"next": {"after": str(after), "link": link}}


def number(text: object, name: str) -> int:
    """Return a whole number of a query or a body; raise the error of what is none."""
    if not str(text).isdigit():
        raise invalid(f"{name} must be a number.")
    return int(str(text))


def is_true(query: Mapping[str, str], name: str) -> bool:
    """Tell what a query says; the vendor's own client writes `True`."""
    return query.get(name, "").lower() == "true"


def many(request: Request, rows: Sequence[Row], errors: Sequence[Row]) -> Response:
    """Return the answer of a batch; 207 if some of it went wrong."""
    now = "2026-11-02T09:00:00.000Z"
    told: Row = {"status": "COMPLETE", "results": list(rows), "startedAt": now, "completedAt": now}
    if not errors:
        return answer(told)
    return answer({**told, "numErrors": len(errors), "errors": list(errors)}, MULTI_STATUS)


def batch_error(category: str, message: str, context: Mapping[str, list[str]]) -> Row:
    """Return one error of a batch."""
    told = {"status": "error", "category": category, "message": message}
    return {**told, "context": dict(context), "links": {}, "errors": []}


def written(moment: datetime) -> str:
    """Return a moment as HubSpot writes it: `2026-10-07T12:15:22.375Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def moment_of(query: Mapping[str, str], name: str) -> datetime:
    """Return a moment of a query."""
    try:
        found = datetime.fromisoformat(query.get(name, "").replace(" ", "+"))
    except ValueError:
        raise invalid(f"{name} is not a valid timestamp.") from None
    if found.tzinfo is None:
        raise invalid(f"{name} is not a valid timestamp.")
    return found
