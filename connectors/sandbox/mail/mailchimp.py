"""Mailchimp Marketing API 3.0: the account, campaigns, reports, automations, audience, segments.

Base URL `<sandbox>/mailchimp`; the key stands in `Authorization`, as the password of Basic or as a
Bearer. Each account has one audience. Sending campaigns, journeys and batches are not simulated.
"""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Callable
from typing import Any

from connectors.sandbox.exchange import Request, Response
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.accounts import GROUPS, FlowStatus, MailAccount, StoredFlow
from connectors.sandbox.mail.mailchimp_mailings import Mailings
from connectors.sandbox.mail.mailchimp_members import Audience
from connectors.sandbox.mail.mailchimp_wire import (
    ProblemError,
    Row,
    Slots,
    injected,
    moment_of,
    not_found,
    page,
    success,
    written,
)
from connectors.sandbox.mail.world import MailWorld
from connectors.sandbox.world import World

VERSION = "/3.0"
ACTIONS: dict[str, FlowStatus] = {"pause-all-emails": "paused", "start-all-emails": "live"}


class Part:
    """Answers requests whose path begins after `/mailchimp`."""

    def __init__(self, world: World, mail: MailWorld) -> None:
        self._world = world
        self.mail = mail
        self.slots = Slots()

    def account_of(self, request: Request) -> str:
        """Return the account whose key a request shows, empty if it is nobody's."""
        account = self._account(request)
        return account.account_id if account else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        try:
            with self.slots.one():
                if fault is not None and (error := injected(fault)) is not None:
                    raise error
                account = self._authorised(request)
                with self.mail.lock:
                    return success(self._routed(request, account, fault), request.query)
        except ProblemError as error:
            return error.response

    def _account(self, request: Request) -> MailAccount | None:
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            try:
                shown = b64decode(shown).decode().partition(":")[2]
            except (NoBase64, UnicodeDecodeError):
                return None
        ours = (one for one in self.mail.accounts.values() if one.service == "mailchimp")
        return next((one for one in ours if one.token == shown), None)

    def _authorised(self, request: Request) -> MailAccount:
        if (account := self._account(request)) is None:
            raise ProblemError(401, "API Key Invalid", "Your API key may be invalid.")
        return account

    def _routed(self, request: Request, account: MailAccount, fault: Fault | None) -> Row | None:
        path = request.path.rstrip("/").removeprefix(VERSION)
        if not request.path.startswith(VERSION):
            raise not_found()
        for method, pattern, answered in ROUTES:
            match = re.fullmatch(pattern, path)
            if match is not None and method == request.method:
                call = Called(self.mail, account, request, fault)
                found: Row | None = answered(call, *match.groups())
                return found
        raise not_found()


class Called:
    """One call on behalf of one account."""

    def __init__(
        self, mail: MailWorld, account: MailAccount, request: Request, fault: Fault | None
    ) -> None:
        self.mail = mail
        self.account = account
        self.query = request.query
        self.body: Row = request.json() if request.body else {}
        self.mailings = Mailings(mail, account)
        self._fault = fault

    def page(self, name: str, rows: list[Row]) -> Row:
        """Return a page of a collection."""
        return page(name, rows, self.query, self._fault)

    def sent_in_time(self, rows: list[Row]) -> list[Row]:
        """Return what was sent after and before what the query says; both are left out."""
        since, before = (moment_of(self.query, f"{it}_send_time") for it in ("since", "before"))
        kind = self.query.get("type", "")
        return [
            row
            for row in rows
            if (since is None or written(since) < row["send_time"])
            and (before is None or row["send_time"] < written(before))
            and kind in ("", row["type"])
        ]

    def audience(self, list_id: str) -> Audience:
        """Return the audience of an id; raise the error of one that is not there."""
        if list_id != self.mailings.list_id():
            raise not_found()
        return Audience(self.mail, self.account, list_id)

    def flow(self, workflow_id: str) -> StoredFlow:
        """Return the automation of an id; raise the error of one that is not there."""
        if (found := self.mailings.flow(workflow_id)) is None:
            raise not_found()
        return found


def _root(call: Called) -> Row:
    return {
        "account_id": call.account.account_id,
        "login_id": "1234567",
        "account_name": call.account.name,
        "email": "owner@shop.example",
        "role": "owner",
        "account_timezone": call.account.time_zone,
        "account_industry": "Retail",
        "total_subscribers": len(call.mail.people(call.account.key)),
    }


def _stores(call: Called) -> Row:
    store = {"id": "shop", "name": call.account.name, "currency_code": call.account.currency}
    return call.page("stores", [store])


def _campaigns(call: Called) -> Row:
    rows = call.sent_in_time(call.mailings.campaigns())
    return call.page("campaigns", rows)


def _campaign(call: Called, campaign_id: str) -> Row:
    for row in call.mailings.campaigns():
        if row["id"] == campaign_id:
            return row
    raise not_found()


def _reports(call: Called) -> Row:
    return call.page("reports", call.sent_in_time(call.mailings.reports()))


def _automations(call: Called) -> Row:
    return call.page("automations", call.mailings.automations())


def _automation(call: Called, workflow_id: str) -> Row:
    return call.mailings.automation(call.flow(workflow_id))


def _act(call: Called, workflow_id: str, action: str) -> None:
    call.mail.set_flow(call.account.key, call.flow(workflow_id).number, ACTIONS[action])


def _lists(call: Called) -> Row:
    return call.page("lists", [call.audience(call.mailings.list_id()).whole()])


def _list(call: Called, list_id: str) -> Row:
    return call.audience(list_id).whole()


def _add_many(call: Called, list_id: str) -> Row:
    return call.audience(list_id).add_many(call.body)


def _members(call: Called, list_id: str) -> Row:
    rows = call.audience(list_id).members(GROUPS[0], call.query)
    return {**call.page("members", rows), "list_id": list_id}


def _member(call: Called, list_id: str, hashed: str) -> Row:
    audience = call.audience(list_id)
    if (person := audience.find(hashed)) is None:
        raise not_found()
    return audience.member(person)


def _upsert(call: Called, list_id: str, hashed: str) -> Row:
    return call.audience(list_id).upsert(hashed, call.body)


def _segments(call: Called, list_id: str) -> Row:
    rows = call.audience(list_id).segments(call.query.get("type", ""))
    return {**call.page("segments", rows), "list_id": list_id}


def _segment(call: Called, list_id: str, segment_id: str) -> Row:
    audience = call.audience(list_id)
    return audience.segment(audience.group(segment_id))


def _change(call: Called, list_id: str, segment_id: str) -> Row:
    audience = call.audience(list_id)
    return audience.change(audience.group(segment_id), call.body)


def _segment_members(call: Called, list_id: str, segment_id: str) -> Row:
    audience = call.audience(list_id)
    return call.page("members", audience.members(audience.group(segment_id), call.query))


LIST = r"/lists/(\w+)"
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "", _root),
    ("GET", "/ecommerce/stores", _stores),
    ("GET", "/campaigns", _campaigns),
    ("GET", r"/campaigns/(\w+)", _campaign),
    ("GET", "/reports", _reports),
    ("GET", "/automations", _automations),
    ("GET", r"/automations/(\w+)", _automation),
    ("POST", r"/automations/(\w+)/actions/(pause-all-emails|start-all-emails)", _act),
    ("GET", "/lists", _lists),
    ("GET", LIST, _list),
    ("POST", LIST, _add_many),
    ("GET", f"{LIST}/members", _members),
    ("GET", rf"{LIST}/members/(\w+)", _member),
    ("PUT", rf"{LIST}/members/(\w+)", _upsert),
    ("GET", f"{LIST}/segments", _segments),
    ("GET", rf"{LIST}/segments/(\d+)", _segment),
    ("POST", rf"{LIST}/segments/(\d+)", _change),
    ("GET", rf"{LIST}/segments/(\d+)/members", _segment_members),
)
