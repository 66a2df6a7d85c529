"""Mailchimp Marketing API 3.0: what came of campaigns, automations started and paused, audiences.

Figures are counts of a campaign's report, on the day on which it was sent, in the account's own
zone: `sent`, what bounced, what arrived, complaints, unsubscribes, people who opened, people who
clicked, orders and their value in the currency of the account's stores. They rise for weeks, so a
pull reads 30 past days again. Mailchimp's rates are never read. Opens say little: mail clients open
by themselves.

Automations and RSS campaigns send again and again, and Mailchimp does not tell what of it on which
day: their figures are unknown, on every day from their first one on. Customer journeys cannot be
listed at all; a journey's reports are not counted.

Mailchimp takes ten calls at once from all programs of a user, has no other limit, and says neither
how many are left nor how long to wait; over it comes 429 or, under load, a 403 without JSON.
An account names no currency of its own: it is that of its stores if they have one in common, else
XXX, and what was sold in another currency is unknown.
Source: schemas of mailchimp-marketing 3.0.80; Mailchimp's "Marketing API fundamentals".
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd
import requests

from config.models import Level
from connectors.audience import Member
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.changes import Change, Edit, Permit, Setting, Subject, Written
from connectors.channels.mailchimp import mailings, reports, segments, writing
from connectors.channels.mailchimp.calling import Calls
from connectors.channels.mailchimp.options import Options

__all__ = ["Connector", "Options"]

LEVELS: tuple[Level, ...] = ("campaign",)
"""Levels with figures day by day."""
ROOT, STORES, REPORTS = "", "/ecommerce/stores", "/reports"
NO_CURRENCY = "XXX"


class Connector:
    """One account at Mailchimp; an `AudienceChannel`."""

    restatement_days = 30
    writable = writing.WRITABLE
    edit_history_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        self.account_id = options.account_id
        self._metrics = options.metrics
        self._calls = Calls(options, session, throttle)

    def account(self) -> Account:
        """Return the account. Raises `RejectedError` if the key is another account's."""
        root = self._calls.get(ROOT, "account_id,account_name,account_timezone")
        with self._calls.shape(ROOT):
            own, name, zone = root["account_id"], root["account_name"], root["account_timezone"]
            ZoneInfo(zone)
        if own != self.account_id:
            raise RejectedError(
                f"Mailchimp {self.account_id}: the key is of account {own}; correct account_id"
            )
        return Account("mailchimp", self.account_id, name, self._currency(), zone)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities; campaigns and automations are one level."""
        for level in levels:
            if level == "account":
                yield [Entity(level, self.account_id, self._account.name, "enabled")]
            elif level == "campaign":
                yield from mailings.entities(self._calls)
            else:
                raise RejectedError(f"mailchimp has no level {level}; it has account, campaign")

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield the figures of campaigns on their days of sending; those of automations are NaN."""
        if breakdown:
            raise RejectedError(f"mailchimp has no breakdown {breakdown!r}; leave it out")
        if level not in LEVELS:
            raise RejectedError(f"mailchimp has no figures of level {level}; it has campaign")
        zone, currency = ZoneInfo(self._account.time_zone), self._account.currency
        for rows in self._calls.pages(REPORTS, reports.FIELDS, **reports.bounds(window, zone)):
            with self._calls.shape(REPORTS):
                found = reports.figures(rows, window, zone, currency, self._metrics)
            if found:
                yield reports.frame(found, self._metrics)
        if found := reports.unknown(self._repeating, window, self._metrics):
            yield reports.frame(found, self._metrics)

    def member_key(self, address: str) -> str:
        """Return the id of an address as a member: the MD5 of it in lower case."""
        return segments.member_key(address)

    def members(self, list_id: str) -> frozenset[str]:
        """Return who is in a static segment, `<list id>/<segment id>`."""
        return segments.members(self._calls, list_id)

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return whether automations send now, and who is in segments."""
        writing.refuse_unwritable(subjects, self.account_id)
        return writing.read(self._calls, subjects)

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Return per change why Mailchimp would refuse it; it cannot validate without writing."""
        writing.refuse_unwritable((change.subject for change in changes), self.account_id)
        return [writing.objection(change) for change in changes]

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Start and pause automations, each once; see `writing.py`."""
        writing.refuse_unwritable((it.change.subject for it in permits), self.account_id)
        if together and not self.writes_together([permit.change for permit in permits]):
            raise RejectedError("mailchimp takes one change at a time, never all or nothing")
        return writing.write(self._calls, permits)

    def push(self, permit: Permit, add: Sequence[Member], remove: Sequence[Member]) -> Written:
        """Put people into a segment and take others out; see `AudienceChannel`."""
        writing.refuse_unwritable([permit.change.subject], self.account_id)
        if permit.change.subject.field != "audience":
            raise RejectedError("mailchimp: only an audience takes people; use write")
        return writing.push(self._calls, permit.change, add, remove)

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether Mailchimp can take these all or nothing: one at most."""
        return len(changes) <= 1

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield nothing: Mailchimp has no change history."""
        yield from ()

    @cached_property
    def _account(self) -> Account:
        return self.account()

    @cached_property
    def _repeating(self) -> dict[str, date]:
        return mailings.repeating(self._calls, ZoneInfo(self._account.time_zone))

    def _currency(self) -> str:
        """Return the stores' currency, if there is one and the same."""
        found: set[str] = set()
        for rows in self._calls.pages(STORES, ("currency_code",)):
            with self._calls.shape(STORES):
                found |= {row["currency_code"] for row in rows}
        return found.pop() if len(found) == 1 else NO_CURRENCY
