"""What does a failed Mailchimp call mean? A problem document, or too many calls at once.

`{"title": "Invalid Resource", "status": 400, "detail": "...", "errors": [{"field": ...}]}`. A
detail may name somebody's address, so of a document only the title and the fields are passed on.
Over ten simultaneous calls of a user Mailchimp answers 429, and under load a bare 403 without JSON;
neither says how long to wait. Source: Mailchimp's "Error glossary" and "API limits".
"""

from collections.abc import Mapping

from connectors.base import RejectedError, TransientError
from connectors.exchange import Reply, word
from connectors.http import RETRYABLE, TokenExpiredError, retry_after, status_error

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
ADVICE = {
    FORBIDDEN: "the key's user needs the role of a manager or more",
    NOT_FOUND: "check the id, and that the key is of this account's datacenter",
}


class LimitError(TransientError):
    """Too many calls at once: this one was not carried out."""


class NotFoundError(RejectedError):
    """There is no such thing, or no longer."""


def judge(reply: Reply) -> None:
    """Raise what a failed reply stands for."""
    if 200 <= reply.status < 300:
        return
    what = f"{reply.where}: {reply.status}"
    if reply.status == TOO_MANY or _is_bare_refusal(reply):
        raise LimitError(f"{what}; too many calls at once, may pass", retry_after(reply.headers))
    body = reply.body if isinstance(reply.body, Mapping) else {}
    told = f"{what} {reply.quote(_told(body))}".rstrip()
    if reply.status in RETRYABLE:
        raise TransientError(f"{told}; may pass", retry_after(reply.headers))
    if reply.status == UNAUTHORIZED:
        raise TokenExpiredError(f"{told}; check api_key and its datacenter, or reconnect")
    if reply.status == NOT_FOUND:
        raise NotFoundError(f"{told}; {ADVICE[NOT_FOUND]}")
    if "title" in body:
        raise RejectedError(f"{told}; {ADVICE.get(reply.status, 'the request itself is wrong')}")
    raise status_error(reply)


def _is_bare_refusal(reply: Reply) -> bool:
    kind = reply.headers.get("Content-Type", "")
    return reply.status == FORBIDDEN and "json" not in kind.lower()


def _told(body: Mapping[str, object]) -> str:
    errors = body.get("errors")
    wrong = [one for one in errors if isinstance(one, Mapping)] if isinstance(errors, list) else []
    fields = ", ".join(filter(None, (word(one.get("field", "")) for one in wrong[:3])))
    title = word(body.get("title", ""))
    return f"{title} ({fields})" if fields else title
