"""What does a server's answer make of a message?"""

from datetime import datetime

from connectors.mail import ClaimState, Handed, HandedState, Outcome
from connectors.mail_reports.statuses import bounce
from tasks.mailing.pace import retry_at

STATES: dict[HandedState, ClaimState] = {
    "accepted": "sent",
    "refused": "refused",
    "deferred": "deferred",
    "unknown": "doubtful",
    "not_sent": "released",
}


def outcome_of(handed: Handed, attempts: int, now: datetime) -> Outcome:
    """Return what is written down of a message; `attempts` counts this hand-over too. A server that
    refuses the sender, not this recipient, has not refused the message: it is let go."""
    ours = handed.state == "refused" and handed.whole_session
    state = "released" if ours else STATES[handed.state]
    retry = retry_at(attempts, now) if state == "deferred" else None
    return Outcome(state, handed.code, handed.status, handed.sentence, retry)


def bounced_for_good(handed: Handed) -> bool:
    """Tell whether the server said at once that nothing will ever arrive at the address, by the
    table that bounces are read by. Any other refusal may be about us: our message, our reputation,
    or the sender whoever it is for."""
    refused = handed.state == "refused" and not handed.whole_session
    return refused and bounce(handed.status) == "hard_bounce"
