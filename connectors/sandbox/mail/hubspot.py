"""HubSpot, 2026-09: the account, contacts and what they subscribed to, deals, lists, marketing
e-mails and their statistics.

Base URL `<sandbox>/hubspot`. The older paths (`/crm/v3/...`, `/marketing/v3/...`), which the
vendor's own client still calls, answer the same. Contacts can be made by their address, and only
lists that people fill by hand take members. Sending, forms, workflows and webhooks are not
simulated.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.accounts import GROUPS, Group, MailAccount, Person
from connectors.sandbox.mail.hubspot_emails import Emails
from connectors.sandbox.mail.hubspot_limits import Limits
from connectors.sandbox.mail.hubspot_search import searched
from connectors.sandbox.mail.hubspot_things import (
    CONTACT_DEFAULTS,
    DEAL_DEFAULTS,
    KINDS,
    Things,
    contact_id,
    shown,
)
from connectors.sandbox.mail.hubspot_wire import (
    HubSpotError,
    Row,
    batch_error,
    injected,
    invalid,
    is_true,
    many,
    not_found,
    number,
    page,
    written,
)
from connectors.sandbox.mail.world import MailWorld
from connectors.sandbox.world import World

VERSION = "2026-09"
MOST_OF_A_BATCH = 100
DEFAULTS = {"contacts": CONTACT_DEFAULTS, "deals": DEAL_DEFAULTS}


class Part:
    """Answers requests whose path begins after `/hubspot`."""

    def __init__(self, world: World, mail: MailWorld) -> None:
        self.mail = mail
        self.limits = Limits(mail)

    def account_of(self, request: Request) -> str:
        """Return the account whose token a request shows, empty if it is nobody's."""
        account = self._account(request)
        return account.account_id if account else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            account = self._authorised(request)
            search = request.path.endswith("/search") and "/objects/" in request.path
            told = self.limits.use(account.account_id, search=search)
            with self.mail.lock:
                found = _routed(Called(self.mail, account, request, fault))
            return Response(found.status, found.body, found.content_type, told)
        except HubSpotError as error:
            return error.response

    def _account(self, request: Request) -> MailAccount | None:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        ours = (one for one in self.mail.accounts.values() if one.service == "hubspot")
        return next((one for one in ours if one.token == shown), None)

    def _authorised(self, request: Request) -> MailAccount:
        if (account := self._account(request)) is None:
            message = "Authentication credentials not found."
            raise HubSpotError(401, "INVALID_AUTHENTICATION", message)
        return account


class Called:
    """One call on behalf of one account."""

    def __init__(
        self, mail: MailWorld, account: MailAccount, request: Request, fault: Fault | None
    ) -> None:
        self.mail = mail
        self.key = account.key
        self.things = Things(mail, account)
        self.emails = Emails(mail, account)
        self.request = request
        self.fault = fault

    def page(self, rows: list[Row], usual: int, most: int) -> Row:
        """Return a page of a collection."""
        return page(rows, self.request, usual, most, self.fault)

    def properties(self) -> list[str]:
        """Return the properties that the query names, with commas or one by one."""
        sent = parse_qsl(self.request.query_string)
        texts = [value for name, value in sent if name == "properties"]
        return [name for text in texts for name in text.split(",")]

    def inputs(self) -> tuple[Row, list[Row]]:
        """Return the body of a batch and its inputs; raise the error of one too many."""
        body = self.request.json() or {}
        inputs = body.get("inputs", [])
        if len(inputs) > MOST_OF_A_BATCH:
            raise invalid(f"A batch has at most {MOST_OF_A_BATCH} inputs.")
        return body, inputs


def _routed(call: Called) -> Response:
    request = call.request
    path = re.sub(
        r"^/(crm|marketing)/v3/(objects|lists|emails)", rf"/\1/\2/{VERSION}", request.path
    )
    for method, pattern, answered in ROUTES:
        match = re.fullmatch(pattern, path.rstrip("/"))
        if match is not None and method == request.method:
            found = answered(call, *match.groups())
            return found if isinstance(found, Response) else answer(found)
    raise not_found(f"{request.method} {request.path}")


def _details(call: Called) -> Row:
    return call.things.details()


def _objects(call: Called, kind: str) -> Row:
    defaults = DEFAULTS.get(kind, ())
    if is_true(call.request.query, "archived"):
        return {"results": []}
    there, wanted = call.things.objects(kind), call.properties()
    rows = [shown(row, wanted, defaults) for _, row in there]
    if kind == "deals" and call.request.query.get("associations") == "contacts":
        whose = call.things.deal_contacts()
        rows = [{**row, "associations": whose[row["id"]]} if row["id"] in whose else row
                for row in rows]  # fmt: skip
    return call.page(rows, 10, 100)


def _statuses(call: Called) -> Response:
    """Return who is subscribed to what, by address."""
    if call.request.query.get("channel") != "EMAIL":
        raise invalid("channel must be EMAIL.")
    _, inputs = call.inputs()
    found = {str(one): call.mail.person(call.key, str(one)) for one in inputs}
    rows = [
        {"subscriberIdString": address, "statuses": [call.things.status(one)] if one else []}
        for address, one in found.items()
    ]
    return many(call.request, rows, [])


def _search(call: Called, kind: str) -> Row:
    return searched(call.request, call.things.objects(kind), DEFAULTS.get(kind, ()))


def _read_batch(call: Called) -> Response:
    """Return contacts by their ids, or by their addresses."""
    body, inputs = call.inputs()
    ids = [str(one["id"]) for one in inputs]
    if body.get("idProperty") == "email":
        found = {id_: call.mail.person(call.key, id_) for id_ in ids}
        people = [one for one in found.values() if one is not None]
        missing = [id_ for id_, one in found.items() if one is None]
    else:
        people, missing = call.things.people(ids)
    rows = [_shown(call, one, body.get("properties", [])) for one in people]
    message = "Could not get some CONTACT objects, they may be deleted or not exist."
    errors = [batch_error("OBJECT_NOT_FOUND", message, {"ids": missing})] if missing else []
    return many(call.request, rows, errors)


def _upsert_batch(call: Called) -> Response:
    """Make contacts by their addresses, or find them: whoever is known stays as he is."""
    rows, errors = [], []
    for one in call.inputs()[1]:
        address = str(one.get("id", ""))
        if one.get("idProperty") != "email":
            raise invalid("Only idProperty email is simulated.")
        trace = one.get("objectWriteTraceId")
        if "@" in address and "." in address.rpartition("@")[2]:
            new = call.mail.person(call.key, address) is None
            person = call.mail.meet(call.key, address, "never")
            rows.append({**_shown(call, person, []), "new": new, "objectWriteTraceId": trace})
        elif trace is None:
            raise invalid(f"Email address {address} is invalid")
        else:
            message = f"Email address {address} is invalid"
            context = {"objectWriteTraceId": [str(trace)]}
            errors.append(batch_error("VALIDATION_ERROR", message, context))
    return many(call.request, rows, errors)


def _shown(call: Called, person: Person, wanted: list[str]) -> Row:
    return shown(call.things.contact(person), wanted, CONTACT_DEFAULTS)


def _search_lists(call: Called) -> Row:
    body = call.request.json() or {}
    offset, count = number(body.get("offset", 0), "offset"), number(body.get("count", 20), "count")
    kinds = body.get("processingTypes") or list(KINDS.values())
    groups = [group for group in GROUPS if KINDS[group.kind] in kinds]
    part = [_list_with_size(call, group) for group in groups[offset : offset + count]]
    after = offset + len(part)
    more = after < len(groups)
    return {"lists": part, "hasMore": more, "offset": after, "total": len(groups)}


def _list_with_size(call: Called, group: Group) -> Row:
    row = call.things.list_row(group)
    return {**row, "additionalProperties": {"hs_list_size": str(row.pop("size"))}}


def _list(call: Called, list_id: str) -> Row:
    return {"list": call.things.list_row(call.things.group(list_id))}


def _memberships(call: Called, list_id: str) -> Row:
    there = call.mail.members(call.key, call.things.group(list_id).number)
    rows = [
        {"recordId": str(contact_id(one)), "membershipTimestamp": written(one.since)}
        for one in there
    ]
    return {**call.page(rows, 100, 250), "total": len(rows)}


def _change_memberships(call: Called, list_id: str, what: str) -> Row:
    """Put contacts into a list or take them out; the body is a bare array of their ids."""
    group, ids = call.things.group(list_id), call.request.json()
    if KINDS[group.kind] != "MANUAL":
        raise invalid("Memberships of a DYNAMIC list cannot be changed.")
    if not isinstance(ids, list):
        raise invalid("The body must be an array of record ids.")
    known, missing = call.things.people([str(one) for one in ids])
    change = call.mail.join if what == "add" else call.mail.leave
    moved = [str(contact_id(one)) for one in change(call.key, group.number, known)]
    added, removed = (moved, []) if what == "add" else ([], moved)
    return {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing}


def _emails(call: Called) -> Row:
    rows = call.emails.listed(call.request)
    return {**call.page(rows, 10, 100), "total": len(rows)}


def _statistics(call: Called) -> Row:
    return call.emails.statistics(call.request)


def _histogram(call: Called) -> Row:
    return call.emails.histogram(call.request)


OBJECTS, LISTS = f"/crm/objects/{VERSION}", f"/crm/lists/{VERSION}"
EMAILS = f"/marketing/emails/{VERSION}"
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/account-info/(?:2026-03|v3)/details", _details),
    ("GET", rf"{OBJECTS}/(\w+)", _objects),
    ("POST", rf"{OBJECTS}/(\w+)/search", _search),
    ("POST", f"{OBJECTS}/contacts/batch/read", _read_batch),
    ("POST", f"{OBJECTS}/contacts/batch/upsert", _upsert_batch),
    ("POST", "/communication-preferences/(?:2026-03|v4)/statuses/batch/read", _statuses),
    ("POST", f"{LISTS}/search", _search_lists),
    ("GET", rf"{LISTS}/(\d+)", _list),
    ("GET", rf"{LISTS}/(\d+)/memberships", _memberships),
    ("PUT", rf"{LISTS}/(\d+)/memberships/(add|remove)", _change_memberships),
    ("GET", EMAILS, _emails),
    ("GET", f"{EMAILS}/statistics/list", _statistics),
    ("GET", f"{EMAILS}/statistics/histogram", _histogram),
)
