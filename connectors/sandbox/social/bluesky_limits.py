"""How often may simulated Bluesky be called? The limits of @atproto/pds 0.5.35, by its clock.

They are off unless asked for, as in the real software (`PDS_RATE_LIMITS_ENABLED`): a sandbox's
clock may stand still for as many calls as one likes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.sandbox.exchange import Response
from connectors.sandbox.social.bluesky_errors import too_many


@dataclass(frozen=True, slots=True)
class Limit:
    """So many points in so much time."""

    points: int
    span: timedelta


SIGN_IN = (Limit(30, timedelta(minutes=5)), Limit(300, timedelta(days=1)))
WRITING = (Limit(5_000, timedelta(hours=1)), Limit(35_000, timedelta(days=1)))
UPLOADS = (Limit(1_000, timedelta(days=1)),)
EVERY_CALL = Limit(3_000, timedelta(minutes=5))
COSTS = {
    "com.atproto.server.createSession": (SIGN_IN, 1),
    "com.atproto.repo.createRecord": (WRITING, 3),
    "com.atproto.repo.putRecord": (WRITING, 2),
    "com.atproto.repo.deleteRecord": (WRITING, 1),
    "com.atproto.repo.uploadBlob": (UPLOADS, 1),
}
"""Method to the limits that it counts for, and its points."""


class Limits:
    """What each account has used. A span begins with the first call in it."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, Limit], tuple[datetime, int]] = {}

    def refuse(self, method: str, account: str, now: datetime) -> Response | None:
        """Count a call; return the refusal if it is one too many."""
        limits, points = COSTS.get(method, ((), 0))
        refusals = [self._take(account, EVERY_CALL, 1, now)]
        refusals += [self._take(account, limit, points, now) for limit in limits]
        return next((refusal for refusal in refusals if refusal), None)

    def _take(self, account: str, limit: Limit, points: int, now: datetime) -> Response | None:
        begun, used = self._used.get((account, limit), (now, 0))
        if now >= begun + limit.span:
            begun, used = now, 0
        self._used[account, limit] = begun, used + points
        if used + points <= limit.points:
            return None
        seconds = (begun + limit.span - now).total_seconds()
        return too_many(seconds, limit.points, f"{limit.points};w={limit.span.total_seconds():.0f}")
