"""Why did somebody not get a message? In words for people."""

from collections.abc import Mapping

from connectors.mail import Held, NotClaimedReason

NOT_CLAIMED: Mapping[NotClaimedReason, str] = {
    "claimed_before": "it was sent before, or somebody is sending it",
    "put_off": "the server put it off; it is tried again",
    "too_late": "its time is over",
    "too_early": "its time has not come",
    "unknown_person": "nobody of that key is a customer of the brand, or not any more",
    "no_address": "no usable e-mail address is known",
    "no_consent": "the person has not agreed to mail, or has withdrawn",
    "suppressed": "the address is suppressed",
    "left": "the person is not in the sequence any more",
    "stopped": "the stop switch is on",
    "source_stopped": "the sequence or campaign is stopped",
    "over_cap": "the person has got as many messages as the caps allow",
    "over_ramp": "the sender has sent as many messages today as its ramp allows",
}

HELD: Mapping[Held, str] = {
    "lost": "its worker was silent for so long that others had to take it for dead",
    "no_consent": "the person has withdrawn, or the address has changed, since it was claimed",
    "suppressed": "the address has been suppressed since it was claimed",
    "source_stopped": "the sequence or campaign has been stopped since it was claimed",
    "stopped": "the stop switch has been turned since it was claimed",
    "left": "the person has left the sequence since it was claimed",
}

GIVEN_UP: Mapping[str, str] = {
    "late": "later than the tolerance",
    "cap": "held back by caps until too late",
    "ramp": "held back by the ramp until too late",
    "never_open": "without any hour at which it may go out",
}
"""Why a message will never be sent, by `SkipReason`."""
