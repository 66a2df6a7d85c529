"""What does a brand decide of the mail to its customers: who sends, when, how much, to whom?

The brand file's `mail` says the rules; segments, sequences, campaigns and templates are files
beside it, in `<brands>/<brand>/mail/`:

    segments.yaml            who belongs together
    sequences/<name>.yaml    what somebody gets, step by step
    campaigns/<name>.yaml    what a segment gets, once
    templates/<name>.html    what it reads like; <name>.txt beside it is the text part
"""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.words import Model, Name

Stage = Literal["subscriber", "new", "active", "at_risk", "lapsed", "won_back"]
"""Where a customer is in his life with the brand; see `tasks/customers/stages.py`."""

Consent = Literal["subscribed", "pending", "unsubscribed", "never"]
"""Whether somebody agreed to mail. `pending` was asked and has not confirmed; `never` was not
asked. Only `subscribed` gets any."""

Days = Annotated[int, Field(ge=1, le=3650)]
Share = Annotated[float, Field(ge=0, le=1)]


class Cap(Model):
    """The most that one person gets, over all sequences and campaigns."""

    messages: Annotated[int, Field(ge=0, le=100)]
    days: Days


class Ramp(Model):
    """How a new sender earns trust: so many messages on the first day, then more each day."""

    start: date
    first_day: Annotated[int, Field(ge=1)] = 50
    growth: Annotated[float, Field(gt=1, le=3)] = 1.5
    """Times as many each day."""


class Breaker(Model):
    """When a sequence or campaign is stopped at once, without being asked."""

    bounced: Share = 0.015
    """Hard bounces per message sent."""
    complained: Share = 0.0015
    """Complaints per message delivered."""
    least: Annotated[int, Field(ge=1)] = 50
    """Messages of the last `days` days below which a share says nothing; but three complaints
    or five hard bounces among fewer stop too."""
    days: Days = 7
    deferrals: Annotated[int, Field(ge=1)] = 10
    """So many messages in a row that the server puts off, and sending rests for an hour."""


class Lifecycle(Model):
    """After how many days without an order a customer is something else."""

    new_days: Days = 30
    at_risk_days: Days = 90
    lapsed_days: Days = 180

    @model_validator(mode="after")
    def _in_turn(self) -> Self:
        if self.at_risk_days >= self.lapsed_days:
            raise ValueError("at_risk_days must be fewer than lapsed_days: nobody would be at risk")
        return self


class MailRules(Model):
    """The brand's rules of writing to customers. Clock times are each person's own time zone,
    the brand's where it is unknown."""

    account: Name | Literal[""] = ""
    """The account of platform `smtp` that sends; empty: we send nothing by ourselves."""
    mailbox: Name | Literal[""] = ""
    """The account of platform `imap` that bounces and complaints come back to."""
    sender: str = ""
    """`Acme Shop <news@acme.example>`."""
    reply_to: str = ""
    postal_address: str = ""
    """Who writes, as the law wants it at the end of each message."""
    unsubscribe_url: str = ""
    """`https://...` of `marketloop mail serve`, as others reach it (RFC 8058)."""
    unsubscribe_mailto: str = ""
    """Where a mail unsubscribes; the mailbox reads it."""
    check_domain: bool = True
    """Whether the DNS is asked each day about the sender's domain."""
    dkim_selectors: tuple[str, ...] = ()
    """Under which names the server that sends has its DKIM keys in the DNS, such as `s1`."""
    track_clicks: bool = True
    """Whether links of the HTML part lead over `unsubscribe_url`, so that clicks are known."""
    caps: tuple[Cap, ...] = (Cap(messages=1, days=1), Cap(messages=3, days=7))
    quiet_hours: tuple[time, time] = (time(20), time(8))
    """From the first until before the second nothing is sent; the same twice: never quiet."""
    holidays: tuple[date, ...] = ()
    """Days, in the person's time zone, on which nothing is sent."""
    tolerance_hours: Annotated[int, Field(ge=1, le=720)] = 48
    """A message that is later than this is not sent any more, and is told of."""
    ramp: Ramp | None = None
    breaker: Breaker = Breaker()
    lifecycle: Lifecycle = Lifecycle()
    conversion_days: Days = 5
    """An order so many days after a message counts as its conversion; the last one gets it."""
    soft_bounces: Annotated[int, Field(ge=1, le=100)] = 5
    """So many soft bounces in a row, over at least 7 days, suppress an address."""
    keep_days: Days = 730
    """How long what single people got and did is kept, suppressions excepted."""
