"""The receiving end of messages: takes every JSON post and remembers it, so that it can be counted.

<url>/inbox     POST a message; GET those that have come, DELETE them
"""

from threading import Lock
from typing import Any

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault


class Inbox:
    """Messages in the order in which they came, each with the id that its sender gave it."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._lock = Lock()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What has come so far."""
        with self._lock:
            return list(self._messages)

    def account_of(self, request: Request) -> str:
        """Messages are nobody's account."""
        del request
        return ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Take a message, or tell of those that have come."""
        if fault is not None:
            return answer({"error": "the inbox is out of order"}, fault.status)
        with self._lock:
            if request.method == "POST":
                message_id = request.headers.get("x-marketloop-message-id", "")
                self._messages.append({"message_id": message_id, **request.json()})
            elif request.method == "DELETE":
                self._messages.clear()
            return answer({"messages": self._messages})
