"""What is there at a simulated e-mail service to begin with: accounts, flows, lists, incidents?"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Literal, get_args

from connectors.sandbox.mail.figures import Rates

Service = Literal["mailchimp", "klaviyo", "hubspot"]
SERVICES: tuple[Service, ...] = get_args(Service)
Key = tuple[Service, str]
"""A service, and an account's id there."""

PersonConsent = Literal["subscribed", "unsubscribed", "pending", "never", "cleaned"]
"""`cleaned`: the address bounced for good."""
FlowStatus = Literal["live", "paused", "draft"]


@dataclass(frozen=True, slots=True)
class MailIncident:
    """Something that goes wrong from `start` to `end` (None: it goes on).

    complaints      campaigns sent then draw `factor` times as many complaints
    broken_trigger  the flow of number `target` sends nothing
    worn_out        over `days` from `start`, clicks and orders sink to `factor` times the usual
    """

    kind: Literal["complaints", "broken_trigger", "worn_out"]
    start: date
    end: date | None = None
    target: int = 0
    factor: float = 1.0
    days: int = 1

    def active(self, day: date) -> bool:
        """Tell whether it goes on that day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """A series of messages that somebody enters by doing something."""

    number: int
    name: str
    messages: tuple[str, ...]
    a_day: int  # people who enter on a usual day


FLOWS = (
    StoredFlow(1, "Welcome", ("Hello", "What we stand for", "Ten percent"), 40),
    StoredFlow(2, "Abandoned basket", ("You left something", "Still there"), 60),
    StoredFlow(3, "Thank you", ("How was it?",), 25),
)


@dataclass(frozen=True, slots=True)
class MailAccount:
    """One account at one service."""

    service: Service
    account_id: str
    name: str = "Acme Shop"
    time_zone: str = "Europe/Berlin"
    currency: str = "EUR"
    token: str = "sandbox-mail-us1"  # noqa: S105  what its caller must show
    began: date = date(2025, 9, 28)
    every_days: int = 4  # a campaign goes out
    send_at: time = time(10)  # local
    recipients: int = 8_000
    people: int = 120
    rates: Rates = field(default_factory=Rates)
    flows: tuple[StoredFlow, ...] = FLOWS
    incidents: tuple[MailIncident, ...] = ()

    @property
    def key(self) -> Key:
        """What the account goes by in the world."""
        return self.service, self.account_id


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A message to a list, sent once."""

    number: int
    name: str
    sent_at: datetime  # UTC
    recipients: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom an account knows. Numbers count from 1."""

    number: int
    address: str = field(repr=False)
    consent: PersonConsent
    since: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """People who belong together: a list, or a part of one."""

    number: int
    name: str
    kind: Literal["list", "static", "dynamic"]


GROUPS = (
    Group(1, "Newsletter", "list"),
    Group(2, "VIP", "static"),
    Group(3, "Lapsed", "static"),
    Group(4, "Opened lately", "dynamic"),
)


def rates_on(account: MailAccount, day: date) -> Rates:
    """Return the account's rates on a day, as far as they have worn out."""
    rates = account.rates
    for it in account.incidents:
        if it.kind == "worn_out" and it.active(day):
            left = 1 - (1 - it.factor) * min(1.0, (day - it.start).days / it.days)
            rates = replace(rates, clicks=rates.clicks * left, orders=rates.orders * left)
    return rates
