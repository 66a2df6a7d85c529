"""How much may an account ask of HubSpot? So many calls in ten seconds, and fewer searches.

They go by `MailWorld.seconds`, and are not enforced without it: many calls are made at one moment
of a clock that stands still. Source: the reference, section 2.
"""

from collections import defaultdict, deque

from connectors.sandbox.mail.hubspot_wire import ROLLING, SECONDLY, LimitError
from connectors.sandbox.mail.world import MailWorld

CALLS, WINDOW = 190, 10.0
SEARCHES, SECOND = 5, 1.0


class Limits:
    """What each account has used lately."""

    def __init__(self, mail: MailWorld) -> None:
        self._mail = mail
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def use(self, account_id: str, *, search: bool) -> dict[str, str]:
        """Count a call and return what the answer tells of the limits; a search's tells nothing.
        Raise the error of one that it would pass; then it does not count."""
        if search:
            self._count(account_id, SECONDLY, SEARCHES, SECOND)
            return {}
        left = CALLS - self._count(account_id, ROLLING, CALLS, WINDOW)
        told = {"Max": CALLS, "Remaining": left, "Interval-Milliseconds": int(WINDOW * 1000)}
        return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in told.items()}

    def _count(self, account_id: str, policy: str, most: int, seconds: float) -> int:
        """Return how many calls there were lately, this one among them."""
        if self._mail.seconds is None:
            return 1
        now, made = self._mail.seconds(), self._calls[account_id, policy]
        while made and made[0] <= now - seconds:
            made.popleft()
        if len(made) >= most:
            raise LimitError(policy)
        made.append(now)
        return len(made)
