"""How do other processes steer a running sandbox? Its own HTTP interface, `<url>/_sandbox/...`.

clock    GET, or POST {"today": "2026-11-03"} or {"advance": 1} (days)
moment   POST {"moment": "2026-11-03T08:15:00+00:00"}
minute   GET, or POST {"minute": 600}: of the UTC day; when the day changes it is nine again
faults   GET, POST a fault's fields, DELETE
log      GET the calls so far, DELETE
writes   GET every write that came in: accepted, refused, or only to be validated (see `edits.py`)
person   POST {"account", "level", "entity_id", "field", "value"} and, as needed, "item", "who",
         "tool": what somebody changes by hand
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault

if TYPE_CHECKING:
    from connectors.sandbox.server import Sandbox


def controlled(sandbox: "Sandbox", request: Request, what: str) -> Response:
    """Answer a call to the sandbox itself. Wrong values raise what the server answers with 400."""
    answers = {
        "clock": _clock,
        "minute": _minute,
        "moment": _moment,
        "faults": _faults,
        "log": _log,
        "writes": _writes,
        "person": _person,
    }
    if what not in answers:
        return answer({"error": f"there are: {', '.join(answers)}"}, 404)
    return answer(answers[what](sandbox, request))


def _clock(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    if request.method == "POST":
        sent = request.json()
        if "advance" in sent:
            sandbox.advance(int(sent["advance"]))
        else:
            sandbox.set_clock(date.fromisoformat(sent["today"]))
    return {"today": sandbox.world.clock.isoformat()}


def _minute(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    if request.method == "POST":
        sandbox.set_minute(int(request.json()["minute"]))
    return {"minute": sandbox.world.minute}


def _moment(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    if request.method == "POST":
        sandbox.set_moment(datetime.fromisoformat(request.json()["moment"]).astimezone(UTC))
    return {"moment": sandbox.world.moment().isoformat()}


def _faults(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    if request.method == "POST":
        sandbox.faults.add(Fault(**request.json()))
    elif request.method == "DELETE":
        sandbox.faults.clear()
    return {"faults": sandbox.faults.listed()}


def _log(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    if request.method == "DELETE":
        sandbox.forget_requests()
    return {"requests": [asdict(call) for call in sandbox.requests]}


def _writes(sandbox: "Sandbox", _: Request) -> dict[str, Any]:
    return {"writes": [edit.listed() for edit in sandbox.writes]}


def _person(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    sent = request.json()
    sandbox.edit_by_hand(sent.pop("account"), **sent)
    return {"writes": [sandbox.writes[-1].listed()]}
