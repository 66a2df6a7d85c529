"""How does Google Analytics say no? Google's error body, with the sentences of its quotas."""

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.google_errors import MESSAGES, STATUSES

DAY = (
    "Exhausted property tokens per day. These quota tokens will return in under 24 hours. To learn "
    "more, see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas"
)
HOUR = (
    "Exhausted property tokens per hour. These quota tokens will return in under an hour. To learn "
    "more, see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas"
)
PROJECT_HOUR = (
    "Exhausted property tokens for a project per hour. These quota tokens will return in under an "
    "hour. To learn more, see "
    "https://developers.google.com/analytics/devguides/reporting/data/v1/quotas"
)
CONCURRENT = "Exhausted concurrent requests quota. Please send fewer requests concurrently."
SERVER_ERRORS = (
    "This Analytics property and Google Cloud project pair has exhausted its quota of server "
    "errors per project per hour."
)
QUOTAS = {"RESOURCE_EXHAUSTED": PROJECT_HOUR, "HOUR": HOUR, "DAY": DAY, "CONCURRENT": CONCURRENT}
"""What a `quota` fault may name as its `error`."""
FORBIDDEN = (
    "User does not have sufficient permissions for this property. To learn more about Property "
    "ID, see https://developers.google.com/analytics/devguides/reporting/data/v1/property-id."
)
SCHEMA = (
    "For a list of valid dimensions and metrics, see "
    "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema "
)


class AnalyticsError(Exception):
    """An error to answer with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def invalid(message: str) -> AnalyticsError:
    """Return the error of a request that is wrong."""
    return AnalyticsError(400, message)


def refusal(error: AnalyticsError) -> Response:
    """Return the error's response."""
    status = STATUSES.get(error.status, "UNKNOWN")
    body = {"code": error.status, "message": str(error), "status": status}
    return answer({"error": body}, error.status)


def injected(fault: Fault) -> AnalyticsError | None:
    """Return the error a fault stands for, None if the fault is of another sort."""
    if fault.kind == "quota":
        return AnalyticsError(429, QUOTAS.get(fault.error, fault.error))
    if fault.kind == "status":
        return AnalyticsError(fault.status, MESSAGES.get(fault.status, "Unknown error."))
    if fault.kind in ("permission_denied", "account_suspended"):
        return AnalyticsError(403, FORBIDDEN)
    if fault.kind == "token_revoked":
        return AnalyticsError(401, MESSAGES[401])
    return None
