"""Who is in a static segment (a tag) of a Mailchimp audience, and how do people get in and out?

An audience's item is `<list id>/<segment id>`. Members are known by their ids there, the MD5 of the
lower-cased address. Those who have unsubscribed or bounced for good count as members: the tag stays
on them, and they get no mail by it.

Somebody new to the list is subscribed first. Whoever is there already is left as he is, which is
what keeps an unsubscribed person unsubscribed. Source: schemas of `POST /lists/{list_id}` and
`POST /lists/{list_id}/segments/{segment_id}`, both for at most 500 people.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from functools import partial
from hashlib import md5
from typing import Any

from connectors.audience import Member, Movement, batches, digest_of
from connectors.base import RejectedError, TransientError
from connectors.changes import ABSENT, Setting, Subject
from connectors.channels.mailchimp.calling import Calls
from connectors.channels.mailchimp.errors import NotFoundError

MOST = 500
"""People of one call."""
EVERYBODY = dict.fromkeys(
    ("include_unsubscribed", "include_cleaned", "include_transactional"), "true"
)
STATIC = "static"
KNOWN_ALREADY = "ERROR_CONTACT_EXISTS"


def member_key(address: str) -> str:
    """Return a member's id."""
    return md5(address.strip().lower().encode(), usedforsecurity=False).hexdigest()


def path_of(item: str) -> str:
    """Return the path of a segment; raise `RejectedError` for what names none."""
    match = re.fullmatch(r"(\w{1,64})/(\d{1,20})", item, re.ASCII)
    if match is None:
        raise RejectedError(
            f"mailchimp: {item!r} names no audience; it is <list id>/<id of a static segment>"
        )
    return f"/lists/{match[1]}/segments/{match[2]}"


def members(calls: Calls, item: str) -> frozenset[str]:
    """Return the ids of who is in a segment."""
    pages = calls.pages(f"{path_of(item)}/members", (), **EVERYBODY)
    return frozenset(str(row["id"]) for rows in pages for row in rows)


def setting(calls: Calls, subject: Subject) -> Setting:
    """Return who is in a segment now, and whether that can be written."""
    path = path_of(subject.item)
    try:
        found = calls.get(path, "id,type")
    except NotFoundError:
        return Setting(subject, ABSENT, fixed="there is no such segment")
    with calls.shape(path):
        kind = found["type"]
    fixed = "" if kind == STATIC else f"it is a {kind} segment: Mailchimp computes who is in it"
    return Setting(subject, digest_of(members(calls, subject.item)), fixed=fixed)


def changes(calls: Calls, item: str, moving: Movement) -> Iterator[Callable[[], int]]:
    """Yield the calls that put people in and take others out, each to be sent once. A call returns
    how many people it did not take."""
    path = path_of(item)
    whole = path.partition("/segments/")[0]
    for part in batches(moving.coming, MOST):
        yield partial(_subscribe, calls, whole, [_new(one) for one in part])
        yield partial(_tag, calls, path, {"members_to_add": [one.address for one in part]})
    for part in batches(moving.going, MOST):
        yield partial(_tag, calls, path, {"members_to_remove": [one.address for one in part]})


def _new(member: Member) -> dict[str, str]:
    """Return somebody who may be new to the list, and since when he agreed to mail."""
    at = member.consented_at
    since = {"timestamp_opt": at.astimezone(UTC).isoformat(timespec="seconds")} if at else {}
    return {"email_address": member.address, "status": "subscribed", **since}


def _subscribe(calls: Calls, path: str, people: list[dict[str, str]]) -> int:
    """Put people into the list who are not there. A 200 is no success: look at `errors`."""
    body = {"members": people, "update_existing": False}
    told = calls.send(path, body, "total_created,errors.error_code,error_count")
    missed = _missed(path, told)
    errors = told.get("errors")
    codes = [one.get("error_code") for one in errors] if isinstance(errors, list) else []
    return missed - codes.count(KNOWN_ALREADY)


def _tag(calls: Calls, path: str, body: dict[str, list[str]]) -> int:
    return _missed(path, calls.send(path, body, "total_added,total_removed,error_count"))


def _missed(path: str, told: Any) -> int:
    """Return how many were not taken. An answer that does not say leaves open what was done."""
    count = told.get("error_count") if isinstance(told, Mapping) else None
    if not isinstance(count, int):
        raise TransientError(f"POST {path}: a success that does not say how many were not taken")
    return count
