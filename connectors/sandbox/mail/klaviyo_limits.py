"""How much may an account ask of Klaviyo? Fixed windows, for all of its private keys together.

The day's limit goes by the sandbox's clock. Those of a second and a minute go by
`MailWorld.seconds`, and are not enforced without it: many calls are made at one moment of a clock
that stands still. Source: the reference, section 1.2; rate limits in the schemas of klaviyo-api.
"""

from collections import Counter

from connectors.sandbox.exchange import Request
from connectors.sandbox.mail.klaviyo_wire import throttled
from connectors.sandbox.mail.world import MailWorld

SECOND, MINUTE, DAY = 1, 60, 86_400
REPORTS = {SECOND: 1, MINUTE: 2, DAY: 225}
PLAIN = {SECOND: 10, MINUTE: 150}
LIMITS: dict[str, dict[int, int]] = {
    "accounts": {SECOND: 1, MINUTE: 15},
    "flows": {SECOND: 3, MINUTE: 60},
    "profiles": {SECOND: 75, MINUTE: 750},
    "profile-import": {SECOND: 75, MINUTE: 750},
    "segments": {SECOND: 75, MINUTE: 750},
    "lists": {SECOND: 75, MINUTE: 750},
}
"""Kind of call to how many in so many seconds."""


class Limits:
    """What each account has used."""

    def __init__(self, mail: MailWorld) -> None:
        self._mail = mail
        self._used: Counter[tuple[str, str, int, int]] = Counter()

    def use(self, account_id: str, request: Request) -> dict[str, str]:
        """Count a call and return what the answer tells of the limits. Raise the error of one that
        it would pass; then it does not count."""
        kind, limits = _kind(request)
        keys = {}
        for seconds, most in limits.items():
            now = self._clock(seconds)
            if now is None:
                continue
            key = (account_id, kind, seconds, int(now // seconds))
            if self._used[key] >= most:
                raise throttled(max(1.0, seconds - now % seconds))
            keys[seconds] = key
        self._used.update(keys.values())
        left = limits[MINUTE] - (self._used[keys[MINUTE]] if MINUTE in keys else 1)
        told = {"Limit": limits[MINUTE], "Remaining": max(0, left), "Reset": MINUTE}
        return {f"RateLimit-{name}": str(value) for name, value in told.items()}

    def _clock(self, seconds: int) -> float | None:
        if seconds == DAY:
            return self._mail.now().timestamp()
        return self._mail.seconds() if self._mail.seconds else None


def _kind(request: Request) -> tuple[str, dict[int, int]]:
    kind = request.path.removeprefix("/api/").partition("/")[0]
    if kind.endswith("-reports"):
        return "reports", REPORTS
    return kind, LIMITS.get(kind, PLAIN)
