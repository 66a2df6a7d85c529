"""Which lists does HubSpot have, who is in them, and how do people get in and out?

An audience's item is a list's id. Only a list of contacts that is filled by hand (MANUAL, or a
SNAPSHOT once it has been taken) can be written. HubSpot knows contacts by ids of its own, so
addresses are read, turned into hashes and forgotten: `people` is the only thing here that asks for
anything personal. Being in a list says nothing of consent: subscriptions are neither read nor
written, so somebody who has unsubscribed stays so.
Source: the reference, section 2; schemas of `/crm/lists` and `/crm/objects/contacts/batch`
(hubspot-api-client 12.0.0).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from connectors.audience import Member, Movement, batches, digest_of
from connectors.base import Entity, RejectedError, TransientError
from connectors.changes import ABSENT, Setting, Subject
from connectors.channels.hubspot.calling import Calls, Row
from connectors.channels.hubspot.errors import NotFoundError
from connectors.people_keys import normal_address

LISTS = "crm/lists/{version}"
READ = "crm/objects/{version}/contacts/batch/read"
UPSERT = "crm/objects/{version}/contacts/batch/upsert"
CONTACTS, BY_HAND, READY = "0-1", ("MANUAL", "SNAPSHOT"), "COMPLETE"
A_PAGE = 100  # of lists
MEMBERS = "250"  # of one page
BATCH = 100  # contacts read or made by one call
MOST = 1000  # people put in or taken out by one call


def entities(calls: Calls) -> Iterator[list[Entity]]:
    """Yield pages of lists of contacts, with how many people each has."""
    path, offset, seen = f"{LISTS}/search", 0, set[str]()
    while True:
        told = calls.ask(path, {"query": "", "count": A_PAGE, "offset": offset})
        with calls.shape(path):
            rows, more = told["lists"], told["hasMore"]
            page = [_entity(row) for row in rows if row["objectTypeId"] == CONTACTS]
            page = [one for one in page if one.entity_id not in seen]
        seen |= {one.entity_id for one in page}
        offset += len(rows)
        if page:
            yield page
        if not more or not rows:
            return


def member_key(address: str) -> str:
    """Return what an address is known by here."""
    return sha256(normal_address(address).encode()).hexdigest()


def path_of(item: str) -> str:
    """Return the path of a list; raise `RejectedError` for what names none."""
    if not re.fullmatch(r"\d{1,20}", item, re.ASCII):
        raise RejectedError(f"hubspot: {item!r} is no list's id")
    return f"{LISTS}/{item}"


def people(calls: Calls, item: str) -> dict[str, str]:
    """Return the contacts of a list: what their addresses are known by, and their ids.

    A contact without an address gets no mail and is passed over.
    """
    path = f"{path_of(item)}/memberships"
    pages = calls.pages(path, "recordId", limit=MEMBERS)
    ids = [str(row["recordId"]) for rows in pages for row in rows]
    return _read(calls, ids, {})


def setting(calls: Calls, subject: Subject) -> Setting:
    """Return who is in a list now, and whether that can be written."""
    path = path_of(subject.item)
    try:
        told = calls.get(path)
    except NotFoundError:
        return Setting(subject, ABSENT, fixed="there is no such list")
    with calls.shape(path):
        fixed = _fixed(told["list"])
    return Setting(subject, digest_of(people(calls, subject.item).keys()), fixed=fixed)


def refuse_computed(calls: Calls, item: str) -> None:
    """Raise `RejectedError` for a list that cannot be written, before contacts are made for it."""
    path = path_of(item)
    told = calls.get(path)
    with calls.shape(path):
        fixed = _fixed(told["list"])
    if fixed:
        raise RejectedError(f"hubspot list {item}: {fixed}")


def moved(
    calls: Calls, moving: Movement, present: dict[str, str]
) -> tuple[list[str], list[Member], list[str]]:
    """Return the ids of the contacts that come, the people of whom there is no contact yet, and the
    ids of those that go."""
    coming = {member_key(one.address): one for one in moving.coming}
    known = _read(calls, [one.address for one in coming.values()], {"idProperty": "email"})
    new = [one for key, one in coming.items() if key not in known]
    ids = [known[key] for key in coming if key in known]
    return ids, new, [present[member_key(one.address)] for one in moving.going]


def changes(
    calls: Calls, item: str, coming: Sequence[str], new: Sequence[Member], going: Sequence[str]
) -> Iterator[Callable[[], int]]:
    """Yield the calls that put people in and take others out, each to be sent once. A call returns
    how many people it did not take."""
    path = f"{path_of(item)}/memberships"
    for part in batches(coming, MOST):
        yield partial(_change, calls, f"{path}/add", part)
    for some in batches(new, BATCH):
        made: list[str] = []
        yield partial(_make, calls, some, made)
        yield partial(_change, calls, f"{path}/add", made)
    for part in batches(going, MOST):
        yield partial(_change, calls, f"{path}/remove", part)


def _read(calls: Calls, ids: Sequence[str], more: Row) -> dict[str, str]:
    """Return contacts: what their addresses are known by, and their ids. Whoever is not there is
    left out; HubSpot says so beside the others, with a 207."""
    found: dict[str, str] = {}
    for part in batches(ids, BATCH):
        inputs = [{"id": id_} for id_ in part]
        body = {"properties": ["email"], "propertiesWithHistory": [], "inputs": inputs, **more}
        told = calls.ask(READ, body)
        with calls.shape(READ):
            emails = [(str(row["id"]), row["properties"].get("email")) for row in told["results"]]
        found |= {member_key(email): id_ for id_, email in emails if email}
    return found


def _make(calls: Calls, some: Sequence[Member], made: list[str]) -> int:
    """Make contacts and note their ids; whom HubSpot knows after all stays as he is."""
    inputs = [
        {"id": one.address, "idProperty": "email", "properties": {}, "objectWriteTraceId": str(i)}
        for i, one in enumerate(some)
    ]
    told = calls.send("POST", UPSERT, {"inputs": inputs})
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list):
        raise _silent(UPSERT)
    made += [str(row["id"]) for row in results if isinstance(row, dict) and "id" in row]
    return len(some) - len(made)


def _change(calls: Calls, path: str, ids: Sequence[str]) -> int:
    """Put contacts in or take them out; the body is a bare array, the answer spells its own way."""
    if not ids:
        return 0
    told: Any = calls.send("PUT", path, list(ids))
    names = ("recordIdsMissing", "recordsIdsMissing")
    found = [told[name] for name in names if name in told] if isinstance(told, dict) else []
    if not found or not isinstance(found[0], list):
        raise _silent(path)
    return len(found[0])


def _silent(path: str) -> TransientError:
    """Return the error of a success that leaves open what was done."""
    return TransientError(f"{path}: a success that does not say how many were not taken")


def _fixed(row: Row) -> str:
    """Return why a list cannot be written, '' if it can."""
    kind, of, state = row["processingType"], row["objectTypeId"], row["processingStatus"]
    if of != CONTACTS:
        return "it is no list of contacts"
    if kind not in BY_HAND:
        return f"it is a {kind} list: HubSpot computes who is in it"
    return "" if state == READY else "HubSpot is still filling it"


def _entity(row: Row) -> Entity:
    details = {"type": str(row["processingType"])}
    size = (row.get("additionalProperties") or {}).get("hs_list_size")
    if size is not None:
        details["size"] = str(size)
    return Entity("segment", str(row["listId"]), row["name"], "enabled", details=details)
