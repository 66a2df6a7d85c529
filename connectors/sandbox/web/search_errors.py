"""How does Search Console say no? Google's error body with the older list of reasons."""

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.google_errors import STATUSES

FORBIDDEN = "User does not have sufficient permission for this site."
REASONS = {500: "internalError", 502: "badGateway", 503: "backendError", 504: "gatewayTimeout"}
OVERLOADED = {"RESOURCE_EXHAUSTED": "quotaExceeded"}
"""Faults name Google Ads' code where no other is given."""
DOMAINS = {"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"}


class SearchError(Exception):
    """An error to answer with."""

    def __init__(self, status: int, reason: str, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.wait = wait


def refusal(error: SearchError) -> Response:
    """Return the error's response."""
    domain = "usageLimits" if error.reason in DOMAINS else "global"
    first = {"message": str(error), "domain": domain, "reason": error.reason}
    body = {"code": error.status, "message": str(error), "errors": [first]}
    if status := STATUSES.get(error.status):
        body["status"] = status
    headers = {"Retry-After": f"{error.wait:g}"} if error.wait else {}
    return answer({"error": body}, error.status, headers)


def injected(fault: Fault) -> SearchError | None:
    """Return the error a fault stands for, None if the fault is of another sort.

    A `quota` fault names the reason in `error`; of `quotaExceeded` nobody is told how long it
    lasts, the others carry their `seconds`.
    """
    if fault.kind == "quota":
        reason = OVERLOADED.get(fault.error, fault.error)
        wait = 0.0 if reason == "quotaExceeded" else fault.seconds
        message = "Search Analytics load quota exceeded. Learn about usage limits."
        return SearchError(403 if reason.startswith("daily") else 429, reason, message, wait)
    if fault.kind == "status":
        reason = REASONS.get(fault.status, "internalError")
        return SearchError(fault.status, reason, "Internal error encountered.")
    if fault.kind in ("permission_denied", "account_suspended"):
        return SearchError(403, "forbidden", FORBIDDEN)
    if fault.kind == "token_revoked":
        return SearchError(401, "authError", "Invalid Credentials")
    return None
