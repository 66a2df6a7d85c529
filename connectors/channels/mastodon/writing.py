"""How is a post or a reply sent, and what is known of it afterwards?

Each is sent once. `Idempotency-Key` is the item: for an hour the server answers the same key with
the status that it made at first, which protects against a repetition on the way. What it answers is

    accepted    it says so and names the status
    refused     it says why not (4xx), or that a limit was met (429)
    unknown     no answer, half of one, or an HTTP 5xx: it may have been carried out

After a limit, and after what is unknown, nothing more is sent: the rest is refused as "not sent".
Deleting takes away the newest status that the item names. Posting the same item again within an
hour of deleting it is refused with 404: the key still stands for what is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base import RejectedError, Throttle, TransientError
from connectors.changes import ABSENT, REMOVED, Change, Permit, Written
from connectors.channels.mastodon.calling import Calls
from connectors.channels.mastodon.drafts import Desk, Draft
from connectors.channels.mastodon.errors import LimitError, MissingError
from connectors.channels.mastodon.ours import Ours, refuse_unwritable
from connectors.channels.mastodon.pictures import Uploads
from connectors.exchange import Reply, word
from connectors.one_by_one import Outcome, not_sent, one_by_one, sent_once

STATUSES = "/api/v1/statuses"


@dataclass(frozen=True, slots=True)
class Call:
    """One write: what is sent, and where."""

    method: str
    path: str
    body: Any = None
    key: str = ""


class Writer:
    """Writes as one account."""

    def __init__(
        self, calls: Calls, desk: Desk, ours: Ours, uploads: Uploads, throttle: Throttle
    ) -> None:
        self._calls = calls
        self._desk = desk
        self._ours = ours
        self._uploads = uploads
        self._throttle = throttle

    def write(self, permits: Sequence[Permit]) -> list[Written]:
        """Send the changes in order, each once; return an answer per permit.

        Raises `ReconnectError` while nothing was written, and `RejectedError` for what cannot be
        written at all, before anything is sent.
        """
        refuse_unwritable(permit.change.subject for permit in permits)
        return one_by_one(permits, self._carry_out)

    def _carry_out(self, change: Change) -> Outcome:
        try:
            call = self._call(change)
            self._throttle.wait()
        except (RejectedError, TransientError) as error:
            return not_sent(error)
        if call is None:
            return Outcome(Written("accepted"))
        return sent_once(lambda: self._send(call), LimitError)

    def _call(self, change: Change) -> Call | None:
        """Return the call that makes a change, its pictures ready; None if it is made."""
        if change.after in (ABSENT, REMOVED):
            found = self._ours.find([change.subject]).get(change.subject)
            if found is None or found.row is None:
                return None
            return Call("DELETE", f"{STATUSES}/{found.row['id']}")
        draft = self._desk.draft(change)
        if objection := self._desk.against(draft):
            raise RejectedError(objection)
        return Call("POST", STATUSES, self._body(draft), change.subject.item)

    def _body(self, draft: Draft) -> dict[str, Any]:
        body = {
            "status": draft.text,
            "visibility": draft.visibility,
            "language": draft.language,
            "in_reply_to_id": draft.reply_to,
            "media_ids": [self._uploads.ready(picture) for picture in draft.pictures],
        }
        return {name: value for name, value in body.items() if value}

    def _send(self, call: Call) -> Written:
        headers = {"Idempotency-Key": call.key} if call.key else {}
        try:
            reply = self._calls.send(call.method, call.path, body=call.body, headers=headers)
        except MissingError as error:
            hint = "what it answers is gone, or the same was deleted less than an hour ago"
            return Written("refused", f"{error}: {hint}" if call.key else str(error))
        return _read(call, reply)


def _read(call: Call, reply: Reply) -> Written:
    """Read an answer of success: the status that was made, or the one that was deleted."""
    request_id = word(reply.headers.get("X-Request-Id", ""))
    made = reply.body.get("id") if isinstance(reply.body, dict) else None
    if isinstance(made, str) and made:
        return Written("accepted", "", request_id, made if call.key else "")
    return Written("unknown", f"{reply.where}: {reply.status} but no status came back", request_id)
