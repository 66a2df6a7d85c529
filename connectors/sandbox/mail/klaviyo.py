"""Klaviyo, revision 2026-10-15: accounts, campaigns, flows, metrics, reports, lists, profiles.

Base URL `<sandbox>/klaviyo`. Every call needs a revision and the private key of its account. Lists
hold profiles whether or not they agreed to mail; segments are computed and cannot be written.
Sending, events, forms and bulk jobs are not simulated.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

from connectors.sandbox.exchange import Request, Response
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail import klaviyo_reports as reports
from connectors.sandbox.mail.accounts import FlowStatus, MailAccount, Person
from connectors.sandbox.mail.klaviyo_limits import Limits
from connectors.sandbox.mail.klaviyo_things import Things
from connectors.sandbox.mail.klaviyo_wire import (
    OLDEST,
    KlaviyoError,
    Row,
    attributes_of,
    document,
    injected,
    invalid,
    not_found,
    page,
    thin,
)
from connectors.sandbox.mail.world import MailWorld
from connectors.sandbox.world import World

FLOW_STATUS: dict[str, FlowStatus] = {"live": "live", "draft": "paused"}
MOST_PROFILES = 1000
"""Of one change to a list."""
KEY = "Klaviyo-API-Key "


class Part:
    """Answers requests whose path begins after `/klaviyo`."""

    def __init__(self, world: World, mail: MailWorld) -> None:
        self._world = world
        self.mail = mail
        self.limits = Limits(mail)

    def account_of(self, request: Request) -> str:
        """Return the account whose key a request shows, empty if it is nobody's."""
        account = self._account(request)
        return account.account_id if account else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            account = self._authorised(request)
            _check_revision(request)
            told = self.limits.use(account.account_id, request)
            with self.mail.lock:
                response = self._routed(request, account, fault)
            headers = {**told, **response.headers}
            return Response(response.status, response.body, response.content_type, headers)
        except KlaviyoError as error:
            return error.response

    def _account(self, request: Request) -> MailAccount | None:
        shown = request.headers.get("authorization", "").removeprefix(KEY)
        ours = (one for one in self.mail.accounts.values() if one.service == "klaviyo")
        return next((one for one in ours if one.token == shown), None)

    def _authorised(self, request: Request) -> MailAccount:
        if (account := self._account(request)) is None:
            raise KlaviyoError(401, "not_authenticated", "Authentication failed.", "No key.")
        return account

    def _routed(self, request: Request, account: MailAccount, fault: Fault | None) -> Response:
        path = request.path.rstrip("/")
        things = Things(self.mail, account, f"{self._world.url}/klaviyo/api")
        for method, pattern, answered in ROUTES:
            match = re.fullmatch(f"/api{pattern}", path)
            if match is not None and method == request.method:
                found = answered(Called(things, request, fault), *match.groups())
                return found if isinstance(found, Response) else document(found)
        raise not_found("resource", path)


class Called:
    """One call on behalf of one account."""

    def __init__(self, things: Things, request: Request, fault: Fault | None) -> None:
        self.things = things
        self.mail = things.mail
        self.key = things.account.key
        self.request = request
        self.query = request.query
        self._fault = fault

    def page(self, rows: list[Row], kind: str, usual: int, most: int) -> Row:
        """Return a page of a collection."""
        url = f"{self.things.url}{self.request.path.removeprefix('/api').rstrip('/')}"
        thinner = thin(rows, self.query, kind)
        return page(url, self.request, thinner, usual, most, self._fault)

    def report(self, kind: str) -> tuple[reports.Asked, Row]:
        """Return what a report is asked for, and all that was sent."""
        name = self.request.path.rstrip("/").rpartition("/")[2].removesuffix("s")
        sent = attributes_of(self.request, name)
        return reports.asked(self.things, sent, kind), sent

    def reported(self, attributes: Row) -> Row:
        """Return a report as a document."""
        name = self.request.path.rstrip("/").rpartition("/")[2].removesuffix("s")
        url = f"{self.things.url}/{name}s"
        data = {"type": name, "attributes": attributes, "links": {"self": url}}
        return {"data": data, "links": {"self": url, "next": None, "prev": None}}

    def profiles(self) -> list[Person]:
        """Return the people that the body names by their ids; raise the error of a strange one."""
        there = {self.things.profile_id(one): one for one in self.mail.people(self.key)}
        body = self.request.json()
        named = [one["id"] for one in body["data"]] if isinstance(body, dict) else []
        if len(named) > MOST_PROFILES:
            raise invalid(f"Up to {MOST_PROFILES} profiles per call.")
        for id_ in named:
            if id_ not in there:
                raise not_found("profile", id_)
        return [there[id_] for id_ in named]


def _check_revision(request: Request) -> None:
    revision = request.headers.get("revision", "")
    if not revision:
        raise invalid("A revision header is required.")
    if revision < OLDEST:
        raise KlaviyoError(410, "gone", "Gone.", f"Revision {revision} has been retired.")


def _accounts(call: Called) -> Row:
    return call.page([call.things.account_row()], "account", 1, 1)


def _campaigns(call: Called) -> Row:
    return call.page(call.things.campaigns(), "campaign", 100, 100)


def _messages(call: Called) -> Row:
    """Return campaigns' messages; with `include=campaign` what they belong to comes along."""
    told = call.page(call.things.messages(), "campaign-message", 20, 100)
    if call.query.get("include") == "campaign":
        parents = {row["relationships"]["campaign"]["data"]["id"] for row in told["data"]}
        told["included"] = [row for row in call.things.campaigns() if row["id"] in parents]
    return told


def _flows(call: Called) -> Row:
    return call.page(call.things.flows(), "flow", 50, 50)


def _flow(call: Called, flow_id: str) -> Row:
    return {"data": call.things.flow_row(call.things.flow(flow_id))}


def _set_flow(call: Called, flow_id: str) -> Row:
    flow = call.things.flow(flow_id)
    status = attributes_of(call.request, "flow").get("status")
    if status not in FLOW_STATUS:
        raise invalid(f"'{status}' is not a valid status.")
    call.mail.set_flow(call.key, flow.number, FLOW_STATUS[status])
    return _flow(call, flow_id)


def _metrics(call: Called) -> Row:
    return call.page(call.things.metrics(), "metric", 200, 200)


def _lists(call: Called) -> Row:
    return call.page(call.things.groups(lists=True), "list", 10, 10)


def _list(call: Called, list_id: str) -> Row:
    return _counted(call, list_id, "list")


def _segments(call: Called) -> Row:
    return call.page(call.things.groups(lists=False), "segment", 10, 10)


def _segment(call: Called, segment_id: str) -> Row:
    return _counted(call, segment_id, "segment")


def _counted(call: Called, id_: str, kind: str) -> Row:
    group = call.things.group(id_, lists=kind == "list")
    row = call.things.group_row(group)
    if call.query.get(f"additional-fields[{kind}]") == "profile_count":
        row["attributes"]["profile_count"] = len(call.mail.members(call.key, group.number))
    return {"data": row}


def _list_profiles(call: Called, list_id: str) -> Row:
    there = call.mail.members(call.key, call.things.group(list_id, lists=True).number)
    rows = [call.things.profile(one) for one in there]
    for row in rows:
        row["attributes"]["joined_group_at"] = row["attributes"]["created"]
    return call.page(rows, "profile", 20, 100)


def _join(call: Called, list_id: str) -> Response:
    group = call.things.group(list_id, lists=True)
    call.mail.join(call.key, group.number, call.profiles())
    return Response(204, b"")


def _leave(call: Called, list_id: str) -> Response:
    group = call.things.group(list_id, lists=True)
    call.mail.leave(call.key, group.number, call.profiles())
    return Response(204, b"")


def _profiles(call: Called) -> Row:
    """Return profiles, with a filter `any(email,[...])` those of some addresses."""
    people = call.mail.people(call.key)
    if text := call.query.get("filter"):
        match = re.fullmatch(r"any\(email,(\[.*\])\)", text)
        if match is None:
            raise invalid(f"Invalid filter provided: '{text[:20]}'.")
        wanted = {str(one).lower() for one in orjson.loads(match.group(1))}
        if len(wanted) > 100:
            raise invalid("At most 100 values in a filter.")
        people = [one for one in people if one.address.lower() in wanted]
    return call.page([call.things.profile(one) for one in people], "profile", 20, 100)


def _import(call: Called) -> Response:
    """Make a profile, or change one: whoever is known keeps what was agreed to."""
    address = str(attributes_of(call.request, "profile").get("email", ""))
    if "@" not in address:
        raise invalid("Invalid email address.")
    known = call.mail.person(call.key, address) is not None
    person = call.mail.meet(call.key, address, "never")
    return document({"data": call.things.profile(person)}, 200 if known else 201)


def _campaign_values(call: Called) -> Row:
    wanted, _ = call.report("campaign")
    return call.reported({"results": reports.campaign_values(call.things, wanted)})


def _flow_values(call: Called) -> Row:
    wanted, _ = call.report("flow")
    return call.reported({"results": reports.flow_values(call.things, wanted)})


def _flow_series(call: Called) -> Row:
    wanted, sent = call.report("flow")
    return call.reported(reports.flow_series(call.things, wanted, sent.get("interval", "")))


ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/accounts", _accounts),
    ("GET", "/campaigns", _campaigns),
    ("GET", "/campaign-messages", _messages),
    ("GET", "/flows", _flows),
    ("GET", r"/flows/(\w+)", _flow),
    ("PATCH", r"/flows/(\w+)", _set_flow),
    ("GET", "/metrics", _metrics),
    ("GET", "/lists", _lists),
    ("GET", r"/lists/(\w+)", _list),
    ("GET", r"/lists/(\w+)/profiles", _list_profiles),
    ("POST", r"/lists/(\w+)/relationships/profiles", _join),
    ("DELETE", r"/lists/(\w+)/relationships/profiles", _leave),
    ("GET", "/segments", _segments),
    ("GET", r"/segments/(\w+)", _segment),
    ("GET", "/profiles", _profiles),
    ("POST", "/profile-import", _import),
    ("POST", "/campaign-values-reports", _campaign_values),
    ("POST", "/flow-values-reports", _flow_values),
    ("POST", "/flow-series-reports", _flow_series),
)
