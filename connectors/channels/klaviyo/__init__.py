"""Klaviyo, revision 2026-10-15: what campaigns and flows earned, flows started and paused, lists.

Figures are counts by day of sending, in the account's own zone: `sent`, what bounced, what arrived,
complaints, people who unsubscribed, opened and clicked, conversions and their value in the
account's currency. They rise for weeks, so a pull reads 30 past days again. Klaviyo does not tell
bounces for good from others. Rates are never asked for. Opens say little: mail clients open by
themselves. Of a campaign the figures are the sums over its messages, and so are those of a flow;
somebody who gets two messages counts twice.

Of campaigns reports say no day: it is that of the message's moment of sending. What counts as a
conversion is one metric, `Placed Order` unless set otherwise.

Reports are scarce: one a second, two a minute, 225 a day, for all private keys of an account
together. A pull of 30 days takes two (campaigns and flows), one of 400 days nine; a run asks for
none twice. When the day's are used up Klaviyo names a wait of hours: then a pull fails with the
moment from which on it can be repeated, and everything else goes on.
Source: schemas of klaviyo-api 25.0.0; Klaviyo's "Reporting API overview".
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
from connectors.channels.klaviyo import lists, mailings, reports, writing
from connectors.channels.klaviyo.calling import Calls
from connectors.channels.klaviyo.mailings import SentMessage
from connectors.channels.klaviyo.options import Options

__all__ = ["Connector", "Options"]

LEVELS: tuple[Level, ...] = ("campaign", "message")
"""Levels with figures day by day."""
ACCOUNTS = "accounts"


class Connector:
    """One account at Klaviyo; an `AudienceChannel`, and a `DescribingChannel` of messages."""

    restatement_days = 30
    reported: tuple[Level, ...] = ("message",)
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
        self._metrics = options.metrics
        self._calls = Calls(options, session, throttle, clock)
        wanted, metrics = options.conversion_metrics, options.metrics
        self._reports = reports.Reports(self._calls, wanted, metrics)
        self._described: dict[str, Entity] = {}

    def account(self) -> Account:
        """Return the account. Raises `RejectedError` if the key is another account's."""
        body = self._calls.get(ACCOUNTS)
        with self._calls.shape(ACCOUNTS):
            [row] = body["data"]
            own, told = row["id"], row["attributes"]
            name = told["contact_information"]["organization_name"] or own
            zone, currency = told["timezone"], told["preferred_currency"]
            ZoneInfo(zone)
        if own != self.account_id:
            raise RejectedError(
                f"Klaviyo {self.account_id}: the key is of account {own}; correct account_id"
            )
        return Account("klaviyo", self.account_id, name, currency, zone)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities; campaigns and flows are one level. Messages are told of by
        `describe`, as reports name them."""
        for level in levels:
            if level == "account":
                yield [Entity(level, self.account_id, self._account.name, "enabled")]
            elif level == "campaign":
                yield mailings.campaigns(self._messages.values())
                yield from mailings.flows(self._calls)
            elif level not in self.reported:
                raise RejectedError(f"klaviyo has no level {level}; it has account, campaign")

    def describe(self, level: Level, entity_id: str) -> Entity:
        """Return a message that figures came for."""
        return self._described.get(entity_id) or Entity(level, entity_id, entity_id, "unknown")

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield the figures of campaigns on their days of sending, then those of flows."""
        if breakdown:
            raise RejectedError(f"klaviyo has no breakdown {breakdown!r}; leave it out")
        if level not in LEVELS:
            raise RejectedError(f"klaviyo has no figures of {level}; it has {', '.join(LEVELS)}")
        zone = ZoneInfo(self._account.time_zone)
        yield from self._frames(level, self._reports.campaigns(window, self._messages, zone))
        yield from self._frames(level, self._reports.flows(window))

    def member_key(self, address: str) -> str:
        """Return what an address is known by: the SHA-256 of it in its normal form."""
        return lists.member_key(address)

    def members(self, list_id: str) -> frozenset[str]:
        """Return who is in a list."""
        return frozenset(lists.profiles(self._calls, list_id))

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return whether flows send now, and who is in lists."""
        writing.refuse_unwritable(subjects, self.account_id)
        return writing.read(self._calls, subjects)

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Return per change why Klaviyo would refuse it; it cannot validate without writing."""
        writing.refuse_unwritable((change.subject for change in changes), self.account_id)
        return [writing.objection(change) for change in changes]

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Start and pause flows, each once; see `writing.py`."""
        writing.refuse_unwritable((it.change.subject for it in permits), self.account_id)
        if together and not self.writes_together([permit.change for permit in permits]):
            raise RejectedError("klaviyo takes one change at a time, never all or nothing")
        return writing.write(self._calls, permits)

    def push(self, permit: Permit, add: Sequence[Member], remove: Sequence[Member]) -> Written:
        """Put people into a list and take others out; see `AudienceChannel`."""
        writing.refuse_unwritable([permit.change.subject], self.account_id)
        if permit.change.subject.field != "audience":
            raise RejectedError("klaviyo: only an audience takes people; use write")
        return writing.push(self._calls, permit.change, add, remove)

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether Klaviyo can take these all or nothing: one at most."""
        return len(changes) <= 1

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield nothing: Klaviyo has no change history."""
        yield from ()

    @cached_property
    def _account(self) -> Account:
        return self.account()

    @cached_property
    def _messages(self) -> dict[str, SentMessage]:
        return {one.message_id: one for one in mailings.messages(self._calls)}

    def _frames(self, level: Level, found: Sequence[reports.Told]) -> Iterator[pd.DataFrame]:
        """Yield figures as a frame, if there are any; remember what the messages are called."""
        for one in found:
            parent, name = one.parent_id, one.name or one.message_id
            entity = Entity("message", one.message_id, name, "enabled", parent, parent)
            self._described[one.message_id] = entity
        if found:
            yield reports.frame(found, self._metrics, by_message=level == "message")
