"""How do LinkedIn's REST calls and answers look? Queries in Rest.li 2.0.0, headers, pages, errors.

Source: reference of LinkedIn's error handling, protocol versions and paging. The codes of a missing
version and of a malformed query are unverified.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault

DEFAULT_COUNT, MOST = 10, 100
NO_VERSION = "202512"
"""LinkedIn skipped this month."""
SUNSET_DAY = 15
"""Of the same month a year later; real ones end on the 15th to 17th."""
LIMIT = "Resource level throttle limit for calls to this resource is reached."
DAY_LIMIT = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
REFUSALS = {
    "token_expired": (401, "EXPIRED_ACCESS_TOKEN", "The token used has expired", 65602),
    "token_revoked": (401, "REVOKED_ACCESS_TOKEN", "The token used has been revoked", 65601),
    "permission_denied": (403, "ACCESS_DENIED", "Not enough permissions to access: posts", 100),
    "account_suspended": (403, "ACCESS_DENIED", "Not enough permissions to access: it", 100),
}
"""What a fault is answered with."""
EXCEPTION = "com.linkedin.content.common.exception.BadRequestResponseException"


class RefusalError(Exception):
    """A call that LinkedIn refuses, with what it says."""

    def __init__(self, status: int, code: str, message: str, service: int | None = None) -> None:
        super().__init__(message)
        body: dict[str, Any] = {"status": status, "code": code, "message": message}
        self.response = answer(
            body if service is None else {**body, "serviceErrorCode": service}, status
        )


class WrongInputError(RefusalError):
    """A field that is wrong, as newer resources tell it: the code is in `errorDetails`."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(422, code, message)
        path = {"inputPath": {"fieldPath": field}} if field else {}
        body = {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": f"{EXCEPTION}: {message}",
            "errorDetails": {
                "inputErrors": [{"description": message, "input": path, "code": code}]
            },
            "status": 422,
        }
        self.response = answer(body, 422)


def fault_response(fault: Fault | None) -> Response | None:
    """Return what LinkedIn says of a fault, None if the call is carried out."""
    if fault is None:
        return None
    if fault.kind == "status":
        message = "Internal Server Error" if fault.status >= 500 else "Request failed"
        return answer({"status": fault.status, "message": message}, fault.status)
    if fault.kind in ("throttle", "quota"):
        message = DAY_LIMIT if fault.error == "DAY" else LIMIT
        return RefusalError(429, "TOO_MANY_REQUESTS", message, 101).response
    if fault.kind in REFUSALS:
        return RefusalError(*REFUSALS[fault.kind]).response
    return None


def check_headers(request: Request, today: date) -> None:
    """Raise what LinkedIn says of missing or wrong headers of `/rest`."""
    version = request.headers.get("linkedin-version", "")
    if not version:
        raise RefusalError(
            400,
            "VERSION_MISSING",
            "A version must be present. Please specify a version by adding its header.",
        )
    if not is_active(version, today):
        raise RefusalError(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise RefusalError(400, "ILLEGAL_ARGUMENT", "X-RestLi-Protocol-Version 2.0.0 is required")
    if any(sign in request.path for sign in ":(,"):
        raise RefusalError(400, "ILLEGAL_ARGUMENT", "Syntax exception in path variables")


def is_active(version: str, today: date) -> bool:
    """Tell whether a version is supported on a day: from its month on, for a year."""
    if not re.fullmatch(r"20\d\d(0[1-9]|1[0-2])", version) or version == NO_VERSION:
        return False
    year, month = int(version[:4]), int(version[4:])
    return date(year, month, 1) <= today < date(year + 1, month, SUNSET_DAY)


def decoded(query_string: str) -> dict[str, Any]:
    """Return a query's values: texts, lists and objects. What is not Rest.li is refused."""
    parts = (part.partition("=") for part in query_string.split("&") if part)
    return {name: _value(value) for name, _, value in parts}


def author_of(sent: Any) -> str:
    """Return the URN in whose name a body speaks, '' if it does not say."""
    if not isinstance(sent, dict):
        return ""
    upload = sent.get("initializeUploadRequest") or {}
    return str(sent.get("author") or sent.get("actor") or upload.get("owner") or "")


def listed(request: Request, rows: Sequence[Any], query: Mapping[str, Any]) -> Response:
    """Return a page of a collection."""
    try:
        start, count = int(query.get("start", 0)), int(query.get("count", DEFAULT_COUNT))
    except ValueError:
        raise RefusalError(400, "ILLEGAL_ARGUMENT", "start and count are numbers") from None
    if not 0 < count <= MOST or start < 0:
        raise RefusalError(400, "ILLEGAL_ARGUMENT", f"count is from 1 to {MOST}")
    links = []
    if start + count < len(rows):
        href = f"{request.path}?start={start + count}&count={count}"
        links = [{"rel": "next", "href": href, "type": "application/json"}]
    paging = {"start": start, "count": count, "links": links, "total": len(rows)}
    return answer({"paging": paging, "elements": list(rows[start : start + count])})


def whole(rows: Sequence[Any]) -> Response:
    """Return everything at once, as statistics come."""
    paging = {"start": 0, "count": DEFAULT_COUNT, "links": []}
    return answer({"paging": paging, "elements": list(rows)})


def created(name: str, body: Any = None) -> Response:
    """Return the answer to a call that made something."""
    headers = {"x-restli-id": name}
    return Response(201, b"", headers=headers) if body is None else answer(body, 201, headers)


def milliseconds(at: datetime) -> int:
    """Return a moment as LinkedIn writes it."""
    return int(at.timestamp() * 1000)


def moment(value: str) -> datetime:
    """Return the moment of so many milliseconds since 1970."""
    return datetime.fromtimestamp(int(value) / 1000, UTC)


def _value(text: str) -> Any:
    if text.startswith("List(") and text.endswith(")"):
        return [_value(item) for item in _split(text[5:-1])]
    if text.startswith("(") and text.endswith(")"):
        pairs = (item.partition(":") for item in _split(text[1:-1]))
        return {name: _value(value) for name, _, value in pairs}
    if any(sign in text for sign in ":(),"):
        raise RefusalError(400, "ILLEGAL_ARGUMENT", "Invalid query parameters: encode the values")
    return unquote(text)


def _split(text: str) -> list[str]:
    """Split at commas that are in no brackets."""
    items, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            items.append(text[start:place])
            start = place + 1
    return [*items, text[start:]] if text else []
