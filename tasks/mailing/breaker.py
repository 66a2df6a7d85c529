"""Must a sequence or campaign be stopped at once? By its bounces and complaints.

Providers sort a sender's mail into junk, for months, once too many people complain (0.3 % is where
Gmail and Yahoo begin, `sender guidelines`, 2024) or too many addresses do not exist.
"""

from dataclasses import dataclass

from config.mail import Breaker

FEW_HARD_BOUNCES = 5
FEW_COMPLAINTS = 3
"""Among too few messages for a share, so many of them stop as well."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Why something is stopped, with the numbers that it was judged by."""

    what: str  # bounced, complained
    count: int
    of: int
    limit: float | None  # the share; None: too few messages for one

    @property
    def sentence(self) -> str:
        """Say why, to people."""
        told = {"bounced": "bounced for good", "complained": "were complained about"}[self.what]
        counted = f"{self.count:,} of {self.of:,} messages {told}"
        if self.limit is None:
            return f"{counted}: too many for so few"
        return f"{counted} ({self.count / self.of:.2%}); the limit is {self.limit:.2%}"


def judge(handed: int, hard_bounced: int, complained: int, *, rules: Breaker) -> Trip | None:
    """Return why a sequence or campaign must be stopped, None if it need not.

    All counts are of messages handed over in the last `rules.days` days. Bounces are measured by
    messages handed over, complaints by those that did not bounce. Nothing handed over trips
    nothing; a share that equals its limit does not trip, one above does.
    """
    delivered = handed - hard_bounced
    for what, count, of, limit, few in (
        ("complained", complained, delivered, rules.complained, FEW_COMPLAINTS),
        ("bounced", hard_bounced, handed, rules.bounced, FEW_HARD_BOUNCES),
    ):
        if handed < rules.least:
            if count >= few:
                return Trip(what, count, of, None)
        elif count > limit * of:
            return Trip(what, count, of, limit)
    return None
