"""How is a post or a reply sent to LinkedIn, and what is known of it afterwards?

LinkedIn has no idempotency key. Each call that makes or deletes something goes out once; what it
answers is one of

    accepted    it names what it made, or has nothing more to say of what it deleted
    refused     it says why not: a wrong value, a missing right, a limit, a text that is there
    unknown     no answer, half of one, or an HTTP 5xx: it may have been carried out

After a limit, and after what is unknown, nothing more is sent: the rest is refused as "not sent".
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from connectors.base import RejectedError, TransientError
from connectors.changes import ABSENT, PRESENT, REMOVED, Change, Permit, Written
from connectors.channels.linkedin.calling import Calls
from connectors.channels.linkedin.comments import CommentName, name_of
from connectors.channels.linkedin.contents import objection_to_post, objection_to_reply
from connectors.channels.linkedin.drafting import Deleting, Making, deleting, making
from connectors.channels.linkedin.errors import LimitError, NotFoundError
from connectors.channels.linkedin.images import Uploads
from connectors.channels.linkedin.settings import refuse_unwritable
from connectors.exchange import Reply
from connectors.one_by_one import Outcome, not_sent, one_by_one, sent_once

MADE = "x-restli-id"
GONE = (ABSENT, REMOVED)


class Writer:
    """Writes in the name of one page."""

    def __init__(
        self, calls: Calls, account_id: str, folder: Path | None, uploads: Uploads
    ) -> None:
        self._calls = calls
        self._account_id = account_id
        self._folder = folder
        self._uploads = uploads

    def write(self, permits: Sequence[Permit]) -> list[Written]:
        """Send the changes in order, each once; return an answer per permit.

        Raises `ReconnectError` while nothing was written, and `RejectedError` for what cannot be
        written at all, before anything is sent.
        """
        refuse_unwritable((permit.change.subject for permit in permits), self._account_id)
        return one_by_one(permits, self._carry_out)

    def objection(self, change: Change) -> str:
        """Return why LinkedIn would refuse a change, '' if it would not. Nothing is sent."""
        refuse_unwritable([change.subject], self._account_id)
        if change.after in GONE:
            return ""
        if change.after != PRESENT:
            return f"a {change.subject.field} becomes {PRESENT} or {ABSENT}, not {change.after}"
        if change.subject.field == "reply":
            return objection_to_reply(change.content)
        return objection_to_post(change.content, self._folder)

    def _carry_out(self, change: Change) -> Outcome:
        """Prepare a change, which publishes nothing, then send it once."""
        if wrong := self.objection(change):
            return Outcome(Written("refused", f"not sent: {wrong}"))
        try:
            call = self._call(change)
            self._calls.throttle.wait()
        except (RejectedError, TransientError) as error:
            return not_sent(error)
        if call is None:
            return Outcome(Written("accepted"))
        return sent_once(lambda: self._send(call), LimitError, lambda: self._calls.request_id)

    def _call(self, change: Change) -> Making | Deleting | None:
        """Return the call to be sent; None if what is to be deleted is not there."""
        if change.after in GONE:
            return deleting(self._calls, change.subject)
        return making(self._calls, self._uploads, change)

    def _send(self, call: Making | Deleting) -> Written:
        """Send a call; what somebody deleted in between is gone, too."""
        if isinstance(call, Making):
            return self._read(call, self._calls.create(call.path, call.body))
        with suppress(NotFoundError):
            self._calls.delete(call.path, call.query)
        return Written("accepted", request_id=self._calls.request_id)

    def _read(self, call: Making, reply: Reply) -> Written:
        """Read an answer of success: a header names what was made, a comment by its number."""
        request_id = self._calls.request_id
        made = reply.headers.get(MADE, "")
        if call.activity and made and name_of(made) is None:
            made = CommentName(call.activity, made).urn
        if made:
            return Written("accepted", request_id=request_id, made=made)
        sentence = f"{reply.where}: {reply.status}, but nothing names what was made"
        return Written("unknown", sentence, request_id)
