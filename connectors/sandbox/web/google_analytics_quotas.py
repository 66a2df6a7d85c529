"""How much may still be asked of a property? Tokens by day and hour, server errors by hour."""

from collections import Counter
from threading import Lock
from typing import Any

from connectors.sandbox.web.google_analytics_errors import (
    DAY,
    HOUR,
    PROJECT_HOUR,
    SERVER_ERRORS,
    AnalyticsError,
)
from connectors.sandbox.web.google_analytics_questions import Asked

LIMITS = {
    "tokensPerDay": 200_000,
    "tokensPerHour": 40_000,
    "concurrentRequests": 10,
    "serverErrorsPerProjectPerHour": 10,
    "potentiallyThresholdedRequestsPerHour": 120,
    "tokensPerProjectPerHour": 14_000,
}
"""Of a standard property."""
EXHAUSTED = {
    "tokensPerDay": DAY,
    "tokensPerHour": HOUR,
    "tokensPerProjectPerHour": PROJECT_HOUR,
    "serverErrorsPerProjectPerHour": SERVER_ERRORS,
}


class Quotas:
    """What was used up, by property and quota; `hour` is any text that changes with the hour."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._used: Counter[tuple[str, str, str]] = Counter()

    def check(self, property_id: str, day: str, hour: str) -> None:
        """Raise `AnalyticsError` 429 if nothing is left of a quota."""
        for quota, sentence in EXHAUSTED.items():
            if self._left(property_id, quota, day, hour) <= 0:
                raise AnalyticsError(429, sentence)

    def use(self, property_id: str, tokens: int, day: str, hour: str) -> dict[str, Any]:
        """Take tokens; return what the answer tells of all quotas."""
        for quota in LIMITS:
            if quota.startswith("tokens"):
                self.count(property_id, quota, tokens, day, hour)
        return {
            quota: {
                "consumed": tokens if quota.startswith("tokens") else 0,
                "remaining": max(0, self._left(property_id, quota, day, hour)),
            }
            for quota in LIMITS
        }

    def count(self, property_id: str, quota: str, amount: int, day: str, hour: str) -> None:
        """Count something against a quota."""
        with self._lock:
            self._used[property_id, quota, day if quota.endswith("Day") else hour] += amount

    def _left(self, property_id: str, quota: str, day: str, hour: str) -> int:
        span = day if quota.endswith("Day") else hour
        return LIMITS[quota] - self._used[property_id, quota, span]


def tokens(asked: Asked, rows: int) -> int:
    """Return what a report costs: more days, columns and rows cost more, as Google says."""
    days = sum((end - start).days + 1 for _, start, end in asked.ranges)
    columns = len(asked.dimensions) + len(asked.metrics)
    return 1 + days * columns // 50 + rows // 2_000
