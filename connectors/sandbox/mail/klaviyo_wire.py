"""How do Klaviyo's answers look? JSON:API documents, errors, pages by cursor.

Source: the reference, section 1.2; schemas of klaviyo-api 25.0.0 (revision 2026-10-15).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson

from connectors.sandbox.exchange import Request, Response
from connectors.sandbox.faults import Fault

REVISION = "2026-10-15"
OLDEST = "2024-10-15"
"""Earlier revisions have been retired."""
MEDIA = "application/vnd.api+json"
ERROR_ID = "2c76424d-b1ff-4afd-a2a1-728d85dac775"
Row = dict[str, Any]


class KlaviyoError(Exception):
    """A call that Klaviyo refuses, with what it says. `wait`: seconds until a limit ends."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, wait: float | None = None
    ) -> None:
        super().__init__(detail)
        error = {"id": ERROR_ID, "status": status, "code": code, "title": title, "detail": detail}
        headers = {} if wait is None else {"Retry-After": f"{wait:.0f}"}
        body = {"errors": [{**error, "source": {"pointer": "/data/"}, "meta": {}}]}
        self.response = document(body, status, headers)


def invalid(detail: str) -> KlaviyoError:
    """Return the error for what is not taken."""
    return KlaviyoError(400, "invalid", "Invalid input.", detail)


def not_found(kind: str, id_: str) -> KlaviyoError:
    """Return the error for what is not there."""
    detail = f"A {kind} with id {id_} does not exist."
    return KlaviyoError(404, "not_found", "Not found.", detail)


def throttled(wait: float) -> KlaviyoError:
    """Return the error for a limit that was met."""
    detail = f"Request was throttled. Expected available in {wait:.0f} seconds."
    return KlaviyoError(429, "throttled", "Request was throttled.", detail, wait)


def injected(fault: Fault) -> KlaviyoError | None:
    """Return the error a fault stands for, None if the fault is of another sort."""
    if fault.kind in ("throttle", "quota"):
        return throttled(fault.seconds)
    if fault.kind == "status":
        title = "A server error occurred."
        return KlaviyoError(fault.status, "error", title, "Internal error.")
    if fault.kind in ("token_expired", "token_revoked"):
        return KlaviyoError(401, "not_authenticated", "Authentication failed.", "Invalid key.")
    if fault.kind in ("permission_denied", "account_suspended"):
        detail = "You do not have permission to perform this action: it needs another scope."
        return KlaviyoError(403, "permission_denied", "Permission denied.", detail)
    if fault.kind == "page_token_expired":
        return invalid("The cursor is invalid.")
    return None


def document(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response in JSON:API's media type."""
    return Response(status, orjson.dumps(body), MEDIA, headers or {})


def resource(url: str, kind: str, id_: str, attributes: Row, **relations: Row) -> Row:
    """Return a resource. `relations` name others: `campaign={"type": ..., "id": ...}`."""
    related = {
        name: {
            "data": data,
            "links": {"self": f"{url}/relationships/{name}", "related": f"{url}/{name}"},
        }
        for name, data in relations.items()
    }
    whole = {"type": kind, "id": id_, "attributes": attributes, "links": {"self": url}}
    return {**whole, "relationships": related} if related else whole


def page(
    url: str, request: Request, rows: Sequence[Row], usual: int, most: int, fault: Fault | None
) -> Row:
    """Return a page of a collection. With `page_twice` the next page is the same again."""
    size = _size(request.query, usual, most)
    start = _start(request.query)
    after = start + size if fault is None or fault.kind != "page_twice" else start
    links = {"self": url, "prev": None, "next": None}
    if start + size < len(rows):
        cursor = urlsafe_b64encode(f"next::id::{after}".encode()).decode().rstrip("=")
        links["next"] = f"{url}?{urlencode({**request.query, 'page[cursor]': cursor})}"
    return {"data": list(rows[start : start + size]), "links": links}


def thin(rows: Sequence[Row], query: Mapping[str, str], kind: str) -> list[Row]:
    """Return resources with the attributes only that `fields[kind]` names; all without it."""
    wanted = query.get(f"fields[{kind}]")
    if wanted is None:
        return list(rows)
    names = set(wanted.split(","))
    return [
        {**row, "attributes": {k: v for k, v in row["attributes"].items() if k in names}}
        for row in rows
    ]


def attributes_of(request: Request, kind: str) -> Row:
    """Return the attributes of the resource that was sent; it must be of that type."""
    body = request.json()
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or data.get("type") != kind:
        raise invalid(f"The payload provided in the request is invalid: 'type' must be '{kind}'.")
    found = data.get("attributes")
    return found if isinstance(found, dict) else {}


def _size(query: Mapping[str, str], usual: int, most: int) -> int:
    text = query.get("page[size]", str(usual))
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid(f"Page size must be an integer between 1 and {most}.")
    return int(text)


def _start(query: Mapping[str, str]) -> int:
    cursor = query.get("page[cursor]", "")
    if not cursor:
        return 0
    try:
        return int(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().rpartition(":")[2])
    except ValueError:
        raise invalid("The cursor is invalid.") from None
