"""Who is in a Klaviyo list, and how do people get in and out?

An audience's item is a list's id. Klaviyo knows profiles by ids of its own, so addresses are read,
turned into hashes and forgotten: `members` is the only thing here that asks for anything personal.
Being in a list says nothing of consent: subscriptions are neither read nor written, so somebody who
has unsubscribed stays so. Segments are computed by Klaviyo and cannot be written.
Source: schemas of `/api/lists/{id}/relationships/profiles` (1,000 profiles a call) and
`/api/profile-import` (klaviyo-api 25.0.0).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

import orjson

from connectors.audience import Member, Movement, batches, digest_of
from connectors.base import RejectedError
from connectors.changes import ABSENT, Setting, Subject
from connectors.channels.klaviyo.calling import Calls
from connectors.channels.klaviyo.errors import NotFoundError
from connectors.people_keys import normal_address

MOST = 1000
"""Profiles of one call."""
LOOKED_UP = 100
"""Addresses of one filter."""
PROFILES, IMPORT = "profiles", "profile-import"
ONLY_ADDRESS = {"fields[profile]": "email", "page[size]": "100"}


def member_key(address: str) -> str:
    """Return what an address is known by here."""
    return sha256(normal_address(address).encode()).hexdigest()


def path_of(item: str) -> str:
    """Return the path of a list; raise `RejectedError` for what names none."""
    if not re.fullmatch(r"\w{1,64}", item, re.ASCII):
        raise RejectedError(f"klaviyo: {item!r} is no list's id")
    return f"lists/{item}"


def profiles(calls: Calls, item: str) -> dict[str, str]:
    """Return the profiles of a list: what their addresses are known by, and their ids.

    A profile without an address gets no mail and is passed over.
    """
    path = f"{path_of(item)}/{PROFILES}"
    return _by_key(calls, path, ONLY_ADDRESS)


def setting(calls: Calls, subject: Subject) -> Setting:
    """Return who is in a list now."""
    try:
        calls.get(path_of(subject.item), **{"fields[list]": "name"})
    except NotFoundError:
        return Setting(subject, ABSENT, fixed="there is no such list; a segment cannot be written")
    return Setting(subject, digest_of(profiles(calls, subject.item).keys()))


def ids_of(calls: Calls, people: Sequence[Member]) -> list[str]:
    """Return the profiles of people; who has none gets one, which may be repeated safely."""
    found: dict[str, str] = {}
    for part in batches(people, LOOKED_UP):
        addresses = orjson.dumps([one.address for one in part]).decode()
        asked = {**ONLY_ADDRESS, "filter": f"any(email,{addresses})"}
        found |= _by_key(calls, PROFILES, asked)
    keyed = {member_key(one.address): one for one in people}
    made = {key: _import(calls, one) for key, one in keyed.items() if key not in found}
    return [(found | made)[key] for key in keyed]


def changes(
    calls: Calls, item: str, coming: Sequence[str], going: Sequence[str]
) -> Iterator[Callable[[], int]]:
    """Yield the calls that put profiles in and take others out, each to be sent once. Klaviyo takes
    all of a call or refuses it."""
    path = f"{path_of(item)}/relationships/{PROFILES}"
    for method, ids in (("POST", coming), ("DELETE", going)):
        for part in batches(ids, MOST):
            data = [{"type": "profile", "id": id_} for id_ in part]
            yield partial(_change, calls, method, path, data)


def moved(calls: Calls, moving: Movement, present: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the ids of the profiles that come and of those that go."""
    going = [present[member_key(one.address)] for one in moving.going]
    return ids_of(calls, moving.coming), going


def _change(calls: Calls, method: str, path: str, data: list[dict[str, str]]) -> int:
    calls.send(method, path, {"data": data})
    return 0


def _by_key(calls: Calls, path: str, asked: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for rows in calls.pages(path, **asked):
        with calls.shape(path):
            emails: list[tuple[str, Any]] = [
                (row["id"], row["attributes"].get("email")) for row in rows
            ]
        found |= {member_key(email): id_ for id_, email in emails if email}
    return found


def _import(calls: Calls, one: Member) -> str:
    sent = {"data": {"type": "profile", "attributes": {"email": one.address}}}
    made = calls.upsert(IMPORT, sent)
    with calls.shape(IMPORT):
        return str(made["data"]["id"])
