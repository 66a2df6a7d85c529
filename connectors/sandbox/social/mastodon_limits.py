"""How much may an account ask of a Mastodon server? Fixed windows, and headers that tell of them.

Headers describe the limit that is nearest. Counted and told, but never refused, is the one of all
calls: here many calls are made at one moment of a clock that stands still.
Sources: Mastodon's `rack_attack.rb` and `rate_limiter.rb`; the reference, section 6.1.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from connectors.sandbox.exchange import Request
from connectors.sandbox.faults import Fault
from connectors.sandbox.social.mastodon_errors import too_many


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in a period that begins at a multiple of its length."""

    name: str
    most: int
    seconds: int
    method: str = ""
    path: str = ""  # how the path begins
    refuses: bool = True

    def meets(self, request: Request) -> bool:
        """Tell whether a call counts."""
        return self.method in ("", request.method) and request.path.startswith(self.path)


LIMITS = (
    Limit("calls", 300, 300, refuses=False),
    Limit("posts", 300, 3 * 3600, "POST", "/api/v1/statuses"),
    Limit("pictures", 30, 1800, "POST", "/api/v2/media"),
    Limit("deletions", 30, 1800, "DELETE", "/api/v1/statuses/"),
)


class Limits:
    """What each account has used."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, str, int]] = Counter()

    def use(self, account_id: str, request: Request, now: datetime) -> None:
        """Count a call. Raise the error of a limit that it would pass."""
        met = [limit for limit in LIMITS if limit.meets(request)]
        for limit in met:
            if limit.refuses and self._left(account_id, limit, now) < 1:
                raise too_many(_until(limit, now))
        self._used.update((account_id, limit.name, _window(limit, now)) for limit in met)

    def headers(
        self, account_id: str, request: Request, now: datetime, fault: Fault | None
    ) -> dict[str, str]:
        """Return what an answer tells of the nearest limit."""
        met = [limit for limit in LIMITS if limit.meets(request)]
        near = min(met, key=lambda limit: self._left(account_id, limit, now))
        left = self._left(account_id, near, now)
        if fault is not None and fault.kind == "nearly_throttled":
            left = near.most * (100 - fault.percent) // 100
        return told(near.most, max(0, left), now + timedelta(seconds=_until(near, now)))

    def _left(self, account_id: str, limit: Limit, now: datetime) -> int:
        return limit.most - self._used[account_id, limit.name, _window(limit, now)]


def told(most: int, left: int, reset: datetime) -> dict[str, str]:
    """Return the headers of a limit; the moment is ISO 8601 with microseconds."""
    return {
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": f"{reset.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def dated(now: datetime) -> dict[str, str]:
    """Return the header that says what time it is on the server."""
    return {"Date": format_datetime(now, usegmt=True)}


def _window(limit: Limit, now: datetime) -> int:
    return int(now.timestamp()) // limit.seconds


def _until(limit: Limit, now: datetime) -> int:
    return limit.seconds - int(now.timestamp()) % limit.seconds
