"""How do Mailchimp's answers look? Problem documents, pages, only the fields that were asked for.

Source: the reference, section 1.1; Mailchimp's "Error glossary" and "Methods and parameters".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import orjson

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.faults import Fault

USUAL, MOST = 10, 1000
"""Things of one page, and at most."""
SIMULTANEOUS = 10
"""Connections of one user, over all programs."""
DOCS = "https://mailchimp.com/developer/marketing/docs/errors/"
Row = dict[str, Any]


class ProblemError(Exception):
    """A call that Mailchimp refuses, with what it says."""

    def __init__(self, status: int, title: str, detail: str, errors: Sequence[Row] = ()) -> None:
        super().__init__(detail)
        body: Row = {"type": DOCS, "title": title, "status": status, "detail": detail}
        body["instance"] = "995c5cb0-3280-4a6e-808b-3b096d0bb219"
        whole = {**body, "errors": list(errors)} if errors else body
        self.response = Response(
            status, orjson.dumps(whole), "application/problem+json; charset=utf-8"
        )


def invalid(field: str, message: str) -> ProblemError:
    """Return the error for a value that is not taken."""
    detail = "The resource submitted could not be validated. See the errors array."
    return ProblemError(400, "Invalid Resource", detail, [{"field": field, "message": message}])


def not_found() -> ProblemError:
    """Return the error for what is not there."""
    return ProblemError(404, "Resource Not Found", "The requested resource could not be found.")


def too_many() -> ProblemError:
    """Return the error for too many calls at once. Nothing tells how long to wait."""
    detail = f"You have exceeded the limit of {SIMULTANEOUS} simultaneous connections."
    return ProblemError(429, "Too Many Requests", detail)


def injected(fault: Fault) -> ProblemError | None:
    """Return the error a fault stands for, None if the fault is of another sort."""
    if fault.kind in ("throttle", "quota"):
        return too_many()
    if fault.kind == "status":
        detail = "An unexpected internal error has occurred. Please contact Support."
        return ProblemError(fault.status, "Internal Server Error", detail)
    if fault.kind in ("token_expired", "token_revoked"):
        detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
        return ProblemError(401, "API Key Invalid", detail)
    if fault.kind in ("permission_denied", "account_suspended"):
        return ProblemError(403, "Forbidden", "You don't have permission to access this.")
    return None


class Slots:
    """How many calls are being answered at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a connection while a call is answered; raise the error of one too many."""
        with self._lock:
            if self._taken >= SIMULTANEOUS:
                raise too_many()
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1


def page(name: str, rows: Sequence[Row], query: Mapping[str, str], fault: Fault | None) -> Row:
    """Return a page of a collection. With `page_twice` rows have shifted since the page before."""
    try:
        count, offset = int(query.get("count", USUAL)), int(query.get("offset", 0))
    except ValueError:
        raise invalid("count", "This value should be of type int.") from None
    if not 0 <= count <= MOST or offset < 0:
        raise invalid("count", f"This value should be between 0 and {MOST}.")
    if fault is not None and fault.kind == "page_twice":
        offset = max(0, offset - 1)
    return {name: list(rows[offset : offset + count]), "total_items": len(rows)}


def only(payload: Row, query: Mapping[str, str]) -> Row:
    """Return what `fields` asks for, such as `reports.id,total_items`; all without it."""
    wanted = query.get("fields")
    if not wanted:
        return payload
    kept: Row = _pruned(payload, [path.split(".") for path in wanted.split(",")])
    return kept


def _pruned(payload: Any, paths: Sequence[Sequence[str]]) -> Any:
    if isinstance(payload, list):
        return [_pruned(one, paths) for one in payload]
    if not isinstance(payload, dict) or any(not path for path in paths):
        return payload
    kept = {}
    for name, value in payload.items():
        below = [path[1:] for path in paths if path[0] == name]
        if below:
            kept[name] = _pruned(value, below)
    return kept


def written(moment: datetime) -> str:
    """Return a moment as Mailchimp writes it: `2026-11-10T09:00:00+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def moment_of(query: Mapping[str, str], name: str) -> datetime | None:
    """Return a moment of a query."""
    if not (text := query.get(name, "")):
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise invalid(name, "This value is not a valid datetime.") from None


def success(payload: Row | None, query: Mapping[str, str]) -> Response:
    """Return the response of a call that went well; without a payload it has no content."""
    if payload is None:
        return Response(204, b"")
    return answer(only(payload, query))
