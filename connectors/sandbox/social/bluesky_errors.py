"""How does simulated Bluesky refuse? `{"error": <name>, "message": <sentence>}`.

Names and sentences as @atproto/pds 0.5.35 answered them; those of the AppView from its lexicons.
"""

from typing import Any

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.faults import Fault

BY_STATUS = {
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    502: ("UpstreamFailure", "Upstream Failure"),
    503: ("NotEnoughResources", "Not Enough Resources"),
    504: ("UpstreamTimeout", "Upstream Timeout"),
}


class RefusedError(Exception):
    """What a call is refused with."""

    def __init__(self, message: str, name: str = "InvalidRequest", status: int = 400) -> None:
        super().__init__(message)
        self.response = refusal(status, name, message)


def refusal(status: int, name: str, message: str) -> Response:
    """Return an error's response."""
    return answer({"error": name, "message": message}, status)


def missing(key: str, place: str) -> RefusedError:
    """Return the refusal of a body or parameters that lack something."""
    return RefusedError(f'Missing required key "{key}"{place}')


def too_many(seconds: float, limit: int = 0, policy: str = "") -> Response:
    """Return the response to one call more than the limit; `seconds` until calls are taken."""
    headers = {"Retry-After": f"{seconds:.0f}", "RateLimit-Remaining": "0"}
    headers |= {"RateLimit-Limit": str(limit), "RateLimit-Policy": policy} if limit else {}
    name, message = BY_STATUS[429]
    return answer({"error": name, "message": message}, 429, headers)


def faulty(fault: Fault) -> Response | None:
    """Return what a fault answers; None for one that is about something else."""
    if fault.kind in ("throttle", "quota"):
        return too_many(fault.seconds)
    if fault.kind == "status":
        name, message = BY_STATUS.get(fault.status, ("InvalidRequest", "Invalid Request"))
        return refusal(fault.status, name, message)
    if fault.kind == "permission_denied":
        return refusal(403, "Forbidden", "Missing required scope")
    if fault.kind == "account_suspended":
        return refusal(401, "AccountTakedown", "Account has been taken down")
    return None


def told(value: Any) -> str:
    """Return how a message shows a value that it does not like."""
    if isinstance(value, str):
        return f'"{value}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": ...' for key in value) + "}"
    return "[...]" if isinstance(value, list) else str(value)
