"""How is a post made, answered with, or taken back, and what is known of it afterwards?

A record is put under a key that follows from its item alone, and only if there is none yet
(`swapRecord: null`): however often it is sent, and however late a lost call arrives, there is one.
Pictures are uploaded before; a blob that no record names is seen by nobody and is thrown away.

    accepted    the server has the record: it names it, or says that there is one under this key
    refused     it says why not, or it was not sent
    unknown     no answer, half of one, an HTTP 5xx

After a limit, and after what is unknown, nothing more is sent: the rest is refused as "not sent".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.base import RejectedError, TransientError
from connectors.changes import ABSENT, PRESENT, REMOVED, Change, Permit, Subject, Written
from connectors.channels.bluesky import pictures
from connectors.channels.bluesky.calling import Calls
from connectors.channels.bluesky.checking import objections
from connectors.channels.bluesky.errors import LimitError, MissingError, SwapError
from connectors.channels.bluesky.own_records import POST, did_of_uri, key_of_uri
from connectors.channels.bluesky.record_keys import key_of, moment_of
from connectors.channels.bluesky.records import Record, record_of
from connectors.channels.bluesky.richtext import facets
from connectors.channels.bluesky.settings import matching, read_back, refuse_unwritable
from connectors.one_by_one import Outcome, not_sent, one_by_one, sent_once
from connectors.social import comment_of, due_of

PUT, DELETE = "com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord"


@dataclass(frozen=True, slots=True)
class Call:
    """One write: the method, what is sent, and the address of the record it makes ('' for none)."""

    method: str
    body: Mapping[str, Any]
    makes: str = ""


class Writer:
    """Writes to one account."""

    def __init__(
        self, calls: Calls, folder: Path | None, clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._calls = calls
        self._folder = folder
        self._clock = clock

    def write(self, permits: Sequence[Permit]) -> list[Written]:
        """Send the changes in order, each once; return an answer per permit.

        Raises `ReconnectError` while nothing was written, and `RejectedError` for what cannot be
        written at all, before anything is sent.
        """
        refuse_unwritable(permit.change.subject for permit in permits)
        return one_by_one(permits, self._carry_out)

    def objection(self, change: Change) -> str:
        """Return why Bluesky would refuse a change, '' if it would not."""
        refuse_unwritable([change.subject])
        if change.after != PRESENT:
            return "" if change.after in (ABSENT, REMOVED) else f"nothing becomes {change.after}"
        return "; ".join(objections(change.content, self._folder))

    def _carry_out(self, change: Change) -> Outcome:
        if objection := self.objection(change):
            return Outcome(Written("refused", f"not sent: {objection}"))
        try:
            self._calls.signed("com.atproto.server.getSession")  # so that the write is signed in
            call = self._making(change) if change.after == PRESENT else self._deleting(change)
        except (RejectedError, TransientError) as error:
            return not_sent(error)
        if call is None:
            return Outcome(Written("accepted"))
        return sent_once(lambda: self._send(call), LimitError)

    def _send(self, call: Call) -> Written:
        try:
            body = self._calls.send(call.method, call.body)
        except SwapError:  # sent before, with another moment of writing: it is the same item
            return Written("accepted", made=call.makes)
        made = str(body.get("uri", "")) if isinstance(body, Mapping) else ""
        if made == call.makes:
            return Written("accepted", made=made)
        return Written("unknown", f"{call.method}: the answer does not name what was made")

    def _making(self, change: Change) -> Call:
        """Return the call that makes a post or a reply; pictures are uploaded by then."""
        did, content = self._calls.did, change.content
        images = [pictures.read(self._folder, one) for one in pictures.named(content)]
        record = record_of(
            content,
            facets(content.get("text", ""), self._resolve),
            self._clock(),
            [(image, self._blob(image)) for image in images],
            self._reply(change.subject),
        )
        return _put(did, self._key(change.subject), record)

    def _deleting(self, change: Change) -> Call | None:
        """Return the call that takes a post back: ours if it is there, else the newest like it;
        None if there is none."""
        key = self._key(change.subject)
        there = matching(change.subject, read_back(self._calls, [change.subject]))
        if not there:
            return None
        taken = next((one for one in there if one.key == key), there[0])
        return Call(DELETE, {"repo": self._calls.did, "collection": POST, "rkey": taken.key})

    def _key(self, subject: Subject) -> str:
        """Return the key of an item: it belongs to when the post was due; of a reply, to when the
        post that it stands under was made, so that whoever looks for it knows how far back."""
        if subject.field == "post":
            return key_of(due_of(subject.item), subject.item)
        post = key_of_uri(subject.entity_id or comment_of(subject.item))
        if (made := moment_of(post)) is None:
            raise RejectedError(f"{subject.entity_id!r} has no key that tells its moment")
        return key_of(made, subject.item)

    def _reply(self, subject: Subject) -> Record | None:
        """Return what a reply answers, and the post at the top of that; None for a post."""
        if subject.field == "post":
            return None
        uri, method = comment_of(subject.item), "com.atproto.repo.getRecord"
        params = {"repo": did_of_uri(uri), "collection": POST, "rkey": key_of_uri(uri)}
        try:
            answer = self._calls.read(method, params)
        except MissingError:
            raise RejectedError("the comment is no longer there") from None
        with self._calls.shape(method):
            parent = {"uri": answer["uri"], "cid": answer["cid"]}
            above = answer["value"].get("reply")
            return {"root": above["root"] if above else parent, "parent": parent}

    def _blob(self, picture: pictures.Picture) -> Any:
        answer = self._calls.upload(picture.content, picture.media_type)
        with self._calls.shape("com.atproto.repo.uploadBlob"):
            return answer["blob"]

    def _resolve(self, handle: str) -> str:
        try:
            return self._calls.resolve(handle)
        except RejectedError:
            return ""


def _put(did: str, key: str, record: Record) -> Call:
    where = {"repo": did, "collection": POST, "rkey": key}
    body = {**where, "record": record, "swapRecord": None}
    return Call(PUT, body, f"at://{did}/{POST}/{key}")
