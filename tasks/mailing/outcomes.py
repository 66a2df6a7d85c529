"""What does a server's answer make of a message?"""

from datetime import datetime

from connectors.mail import ClaimState, Handed, HandedState, Outcome
from tasks.mailing.pace import retry_at

STATES: dict[HandedState, ClaimState] = {
    "accepted": "sent",
    "refused": "refused",
    "deferred": "deferred",
    "unknown": "doubtful",
    "not_sent": "released",
}

NO_SUCH_MAILBOX = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Enhanced status codes (RFC 3463, 7505) that say of the recipient's address that nothing will ever
arrive there. Others, and a refusal without one, may be about us: our message, our reputation."""


def outcome_of(handed: Handed, attempts: int, now: datetime) -> Outcome:
    """Return what is written down of a message; `attempts` counts this hand-over too. A server that
    refuses the sender, not this recipient, has not refused the message: it is let go."""
    ours = handed.state == "refused" and handed.whole_session
    state = "released" if ours else STATES[handed.state]
    retry = retry_at(attempts, now) if state == "deferred" else None
    return Outcome(state, handed.code, handed.status, handed.sentence, retry)


def bounced_for_good(handed: Handed) -> bool:
    """Tell whether the server said at once that there is no such mailbox."""
    return handed.state == "refused" and handed.status in NO_SUCH_MAILBOX
