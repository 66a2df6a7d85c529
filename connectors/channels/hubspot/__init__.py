"""HubSpot, 2026-09: what marketing e-mails earned, who is in which list, customers and orders.

A marketing e-mail is a campaign, whether it is sent once or by a workflow again and again. Figures
are counts by day of sending, in the account's own zone: `sent`, what bounced, what arrived,
complaints, unsubscribes, people who opened, people who clicked. They rise for weeks, so a pull
reads 30 past days again. HubSpot's ratios are percent and never read. Opens say little: mail
clients open by themselves. Statistics need Marketing Hub Professional or more.

HubSpot has no conversions of an e-mail: a deal says where its contact once came from, not which
e-mail it was won by. So `conversions` and `conversions_value` are unknown here.

An entry of a brand file with `platform: customers` and `connector: hubspot` takes the contacts for
the brand's customers, one with `platform: orders` the deals that were won for what they bought.
Both read the whole account each time. A deal that is not won any more stays an order.

Limits are 100 to 250 calls in ten seconds and 5 searches a second, for all programs of an account;
those of a day end at the account's midnight, and a pull that meets that one fails at once and says
when to go on. A pull takes three calls to list e-mails, one for the window and one for each e-mail
that sends in it.
Source: the reference, section 2; schemas of hubspot-api-client 12.0.0 (the older paths of the same
things); HubSpot's "Account information" (of which the newest version is 2026-03).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd
import requests

from config.models import Level
from connectors.audience import Member
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.changes import Change, Edit, Permit, Setting, Subject, Written
from connectors.channels.hubspot import deals, emails, lists, people, statistics, writing
from connectors.channels.hubspot.calling import Calls
from connectors.channels.hubspot.emails import Email
from connectors.channels.hubspot.errors import Judge
from connectors.channels.hubspot.options import Options
from connectors.mail import Customer, Order

__all__ = ["Connector", "Options"]

LEVELS: tuple[Level, ...] = ("campaign",)
"""Levels with figures day by day."""
DETAILS = "account-info/2026-03/details"


class Connector:
    """One account at HubSpot; an `AudienceChannel`."""

    restatement_days = 30
    writable = writing.WRITABLE
    edit_history_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.account_id = options.account_id
        self._options = options
        self._metrics = options.metrics
        self._judge = Judge(clock)
        self._calls = Calls(options, session, throttle, self._judge)

    def account(self) -> Account:
        """Return the account, which HubSpot gives no name. Raises `RejectedError` if the token is
        another account's."""
        told = self._calls.get(DETAILS)
        with self._calls.shape(DETAILS):
            own, zone, currency = str(told["portalId"]), told["timeZone"], told["companyCurrency"]
            name = told.get("portalName") or f"HubSpot {own}"
            self._judge.zone = ZoneInfo(zone)
        if own != self.account_id:
            raise RejectedError(
                f"HubSpot {self.account_id}: the token is of account {own}; correct account_id"
            )
        return Account(self._options.platform, self.account_id, name, currency, zone)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities: marketing e-mails are campaigns, lists of contacts segments,
        whose `details` have a `size`."""
        for level in levels:
            if level == "account":
                yield [Entity(level, self.account_id, self._account.name, "enabled")]
            elif level == "campaign":
                yield [emails.entity(email) for email in self._emails.values()]
            elif level == "segment":
                yield from lists.entities(self._calls)
            else:
                known = "account, campaign, segment"
                raise RejectedError(f"hubspot has no level {level}; it has {known}")

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield the figures of e-mails on the days on which they were sent."""
        if breakdown:
            raise RejectedError(f"hubspot has no breakdown {breakdown!r}; leave it out")
        if level not in LEVELS:
            raise RejectedError(f"hubspot has no figures of {level}; it has campaign")
        zone = ZoneInfo(self._account.time_zone)
        since = {id_: email.sends_since(zone) for id_, email in self._emails.items()}
        sending = {id_: day for id_, day in since.items() if day and day <= window.end}
        found = list(statistics.rows(self._calls, window, zone, sending, self._metrics))
        if found:
            yield statistics.frame(found, self._metrics)

    def customers(self) -> Iterator[list[Customer]]:
        """Yield pages of all contacts; see `people.py` for what consent is."""
        return people.customers(self._calls, self._options)

    def orders(self) -> Iterator[list[Order]]:
        """Yield pages of all deals that were won, in the account's currency."""
        return deals.orders(self._calls, self._account.currency)

    def member_key(self, address: str) -> str:
        """Return what an address is known by: the SHA-256 of it in its normal form."""
        return lists.member_key(address)

    def members(self, list_id: str) -> frozenset[str]:
        """Return who is in a list."""
        return frozenset(lists.people(self._calls, list_id))

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return who is in lists now."""
        writing.refuse_unwritable(subjects, self.account_id)
        return {subject: lists.setting(self._calls, subject) for subject in subjects}

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Return per change why HubSpot would refuse it; it cannot validate without writing."""
        writing.refuse_unwritable((change.subject for change in changes), self.account_id)
        return ["" for _ in changes]

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Refuse: all that can be written here needs people; see `push`."""
        writing.refuse_unwritable((it.change.subject for it in permits), self.account_id)
        if permits:
            raise RejectedError("hubspot: an audience needs its people; use push")
        return []

    def push(self, permit: Permit, add: Sequence[Member], remove: Sequence[Member]) -> Written:
        """Put people into a list and take others out; see `AudienceChannel`."""
        writing.refuse_unwritable([permit.change.subject], self.account_id)
        return writing.push(self._calls, permit.change, add, remove)

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether HubSpot can take these all or nothing: one at most."""
        return len(changes) <= 1

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield nothing: lists have no change history here."""
        yield from ()

    @cached_property
    def _account(self) -> Account:
        return self.account()

    @cached_property
    def _emails(self) -> dict[str, Email]:
        return emails.emails(self._calls)
