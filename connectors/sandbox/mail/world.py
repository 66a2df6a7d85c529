"""What do all simulated e-mail services share? Accounts, mailings, people, lists, and a log.

Nothing here has a service's shape. Things have numbers, and each service makes ids of them.
Mailings follow from the seed and the day alone; only what somebody writes is kept: people, who is
in what list, what a flow was set to. The log is the proof of what a service took, whatever its
caller heard of it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from random import Random
from threading import RLock
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.sandbox.mail.accounts import (
    GROUPS,
    FlowStatus,
    Key,
    MailAccount,
    Person,
    PersonConsent,
    Service,
    StoredCampaign,
    StoredFlow,
    rates_on,
)
from connectors.sandbox.mail.figures import Earned, earned

TOPICS = ("New in", "Guide", "Members first", "Last pairs", "Stories", "Restock")
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a service took. `number` is that of the flow, person or group; `people` are
    numbers of people."""

    service: Service
    account_id: str
    what: Literal["flow", "person", "joined", "left"]
    number: int
    at: datetime
    value: str = ""
    people: tuple[int, ...] = ()


class MailWorld:
    """Every simulated service's accounts, at the moment that `now` says."""

    def __init__(self, accounts: list[MailAccount], seed: int = 1) -> None:
        self.seed = seed
        self.accounts: dict[Key, MailAccount] = {one.key: one for one in accounts}
        self.now: Callable[[], datetime] = _no_clock
        """Set by the sandbox whose clock this world goes by."""
        self.seconds: Callable[[], float] | None = None
        """What limits per second and minute go by. None: they are not enforced, for the sandbox's
        clock stands still while many calls are made."""
        self.lock = RLock()
        self.log: list[Entry] = []
        self._people: dict[Key, dict[str, Person]] = {key: {} for key in self.accounts}
        self._members: dict[tuple[Key, int], dict[str, None]] = {}
        self._set: dict[tuple[Key, int], list[tuple[datetime, FlowStatus]]] = {}
        for account in accounts:
            self._settle(account)

    def campaigns(self, key: Key) -> Iterator[StoredCampaign]:
        """Yield what was sent by now, oldest first."""
        account, now, number = self.accounts[key], self.now(), 1
        zone, day = ZoneInfo(account.time_zone), account.began
        while (at := datetime.combine(day, account.send_at, zone).astimezone(UTC)) <= now:
            yield self._campaign(account, number, day, at)
            number, day = number + 1, day + timedelta(days=account.every_days)

    def came_of(self, key: Key, campaign: StoredCampaign) -> Earned:
        """Return what a campaign has earned by now."""
        name, age = f"{key}/campaign/{campaign.number}", self.now() - campaign.sent_at
        return earned(self.seed, name, campaign.recipients, campaign.rates, age)

    def flow_day(self, key: Key, flow: StoredFlow, message: int, day: date) -> Earned:
        """Return what a flow's messages (from 0) of one day, the account's, have earned by now."""
        account, at = self.accounts[key], self._noon(key, day)
        if not self._sends(key, flow, day):
            return Earned()
        name = f"{key}/flow/{flow.number}/{message}/{day}"
        week = (1.1, 1.05, 1.0, 1.0, 0.95, 0.9, 1.0)[day.weekday()]
        wobble = Random(f"{self.seed}/{name}").uniform(0.85, 1.15)  # noqa: S311  a simulation
        recipients = round(flow.a_day * week * wobble * 0.75**message)
        rates = rates_on(account, day)
        rates = replace(rates, clicks=2 * rates.clicks, orders=2 * rates.orders)
        return earned(self.seed, name, recipients, rates, self.now() - at)

    def flow_whole(self, key: Key, flow: StoredFlow, message: int) -> Earned:
        """Return roughly what a flow's message has earned since the account began."""
        account = self.accounts[key]
        age = self.now() - self._noon(key, account.began)
        days = [account.began + timedelta(days=i) for i in range(age.days + 1)]
        sent = sum(self._sends(key, flow, day) for day in days)
        name, recipients = f"{key}/flow/{flow.number}/{message}", flow.a_day * 0.75**message * sent
        return earned(self.seed, name, round(recipients), account.rates, age)

    def flow_status(self, key: Key, number: int) -> FlowStatus:
        """Return what a flow is set to now."""
        return self._status_at(key, number, self.now())

    def set_flow(self, key: Key, number: int, status: FlowStatus) -> None:
        """Start, pause or withdraw a flow."""
        with self.lock:
            self._set.setdefault((key, number), []).append((self.now(), status))
            self.log.append(Entry(*key, "flow", number, self.now(), status))

    def people(self, key: Key) -> list[Person]:
        """Return whom an account knows, in the order in which it came to know them."""
        with self.lock:
            return list(self._people[key].values())

    def person(self, key: Key, address: str) -> Person | None:
        """Return who has an address, None if nobody is known by it."""
        return self._people[key].get(address.strip().lower())

    def meet(self, key: Key, address: str, consent: PersonConsent) -> Person:
        """Return who has an address, somebody new if nobody is known by it. Whom an account knows
        keeps the consent that is known."""
        with self.lock:
            there = self._people[key]
            if (known := self.person(key, address)) is not None:
                return known
            person = Person(len(there) + 1, address.strip(), consent, self.now())
            there[address.strip().lower()] = person
            self.log.append(Entry(*key, "person", person.number, self.now(), consent))
            return person

    def consent(self, key: Key, address: str, consent: PersonConsent) -> None:
        """Let somebody say whether he wants mail. Raises `KeyError` for whom nobody knows."""
        with self.lock:
            name = address.strip().lower()
            self._people[key][name] = replace(self._people[key][name], consent=consent)

    def members(self, key: Key, group: int) -> list[Person]:
        """Return who is in a group, first who came first. Everybody is in the list of number 1."""
        with self.lock:
            if group == 1:
                return self.people(key)
            there = self._people[key]
            return [there[name] for name in self._members.get((key, group), {})]

    def join(self, key: Key, group: int, people: list[Person]) -> list[Person]:
        """Put people into a group; return those who were not there."""
        with self.lock:
            there = self._members.setdefault((key, group), {})
            new = [one for one in people if one.address.lower() not in there]
            there |= dict.fromkeys(one.address.lower() for one in new)
            self._note(key, "joined", group, new)
            return new

    def leave(self, key: Key, group: int, people: list[Person]) -> list[Person]:
        """Take people out of a group; return those who were there."""
        with self.lock:
            there = self._members.setdefault((key, group), {})
            gone = [one for one in people if one.address.lower() in there]
            for one in gone:
                del there[one.address.lower()]
            self._note(key, "left", group, gone)
            return gone

    def _note(
        self, key: Key, what: Literal["joined", "left"], group: int, who: list[Person]
    ) -> None:
        numbers = tuple(one.number for one in who)
        self.log.append(Entry(*key, what, group, self.now(), people=numbers))

    def _campaign(
        self, account: MailAccount, number: int, day: date, at: datetime
    ) -> StoredCampaign:
        luck = Random(f"{self.seed}/{account.key}/{number}")  # noqa: S311  a simulation
        rates = rates_on(account, day)
        for it in account.incidents:
            if it.kind == "complaints" and it.active(day):
                rates = replace(rates, complaints=rates.complaints * it.factor)
        recipients = round(account.recipients * luck.uniform(0.9, 1.1))
        name = f"{TOPICS[number % len(TOPICS)]} {day:%d %b %Y}"
        return StoredCampaign(number, name, at, recipients, rates)

    def _noon(self, key: Key, day: date) -> datetime:
        zone = ZoneInfo(self.accounts[key].time_zone)
        return datetime.combine(day, NOON, zone).astimezone(UTC)

    def _sends(self, key: Key, flow: StoredFlow, day: date) -> bool:
        """Tell whether a flow's messages went out at noon of a day."""
        account, at = self.accounts[key], self._noon(key, day)
        broken = any(
            it.kind == "broken_trigger" and it.target == flow.number and it.active(day)
            for it in account.incidents
        )
        live = self._status_at(key, flow.number, at) == "live"
        return live and not broken and account.began <= day and at <= self.now()

    def _status_at(self, key: Key, number: int, moment: datetime) -> FlowStatus:
        history = self._set.get((key, number), [])
        place = bisect_right([at for at, _ in history], moment)
        return history[place - 1][1] if place else "live"

    def _settle(self, account: MailAccount) -> None:
        """Make up whom an account knows from its first day on, without a word in the log."""
        since = datetime.combine(account.began, time(), UTC)
        luck = Random(f"{self.seed}/{account.key}/people")  # noqa: S311  a simulation
        there = self._people[account.key]
        for number in range(1, account.people + 1):
            address = f"reader{number}@people{number % 7}.example"
            there[address] = Person(number, address, _drawn_consent(luck), since)
        for group in GROUPS[1:]:
            chosen = [name for name in there if luck.random() < 0.25]
            self._members[account.key, group.number] = dict.fromkeys(chosen)


def made_id(signs: str, length: int, *names: object) -> str:
    """Return an id of so many signs that depends on names alone."""
    digest = blake2b("/".join(map(str, names)).encode(), digest_size=32).digest()
    number, made = int.from_bytes(digest, "big"), []
    for _ in range(length):
        number, place = divmod(number, len(signs))
        made.append(signs[place])
    return "".join(made)


def _drawn_consent(luck: Random) -> PersonConsent:
    drawn = luck.random()
    if drawn < 0.85:
        return "subscribed"
    return "unsubscribed" if drawn < 0.93 else "cleaned" if drawn < 0.97 else "pending"


def _no_clock() -> datetime:
    raise LookupError("this world has no clock yet: give it to a Sandbox, or set `now`")
