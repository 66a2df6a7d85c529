"""What does a change change? Who is concerned, which history counts, what day it is there.

A budget that several campaigns share is one thing, whichever of them it is spoken of by: the
smallest of their ids stands for all. Else three campaigns would be three ways around each limit.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from config.words import Level
from connectors.changes import ITEM_FIELDS, Subject
from tasks.gate.state import GateState, Thing
from tasks.playbooks.situation import Place

ThingKey = tuple[int, Level, str]
"""An account's key, a level, an entity's id."""


class Places:
    """A brand's accounts and what is in them, to be looked up."""

    def __init__(self, state: GateState) -> None:
        self.accounts = state.accounts
        self._zones = {key: ZoneInfo(one.time_zone) for key, one in state.accounts.items()}
        self._now = state.now
        self._clocks = {key: self._clock(key, state.now) for key in state.accounts}
        self._today = {key: clock.date() for key, clock in self._clocks.items()}
        self._sharing = _sharing(state)
        self._items: dict[tuple[int, str | None, str], Thing] = {
            (key, thing.parent_id, thing.item): thing
            for key, account in state.accounts.items()
            for thing in account.things.values()
            if thing.item
        }

    def thing(self, key: ThingKey) -> Thing | None:
        """Return an entity; None if it was not among those pulled last."""
        account = self.accounts.get(key[0])
        return account.things.get(key[1:]) if account else None

    def keyword(self, place: Place) -> Thing | None:
        """Return the keyword that an item of an ad group speaks of, if it was pulled."""
        return self._items.get((place[0], place[1].entity_id, place[1].item))

    def clock(self, account_key: int) -> datetime:
        """Return the present moment as the account's clock shows it."""
        return self._clocks[account_key]

    def day(self, account_key: int, moment: datetime) -> date:
        """Return the day of the account's time zone in which a moment lies."""
        return self._clock(account_key, moment).date()

    def today(self, account_key: int) -> date:
        """Return the account's present day."""
        return self._today.get(account_key) or self.day(account_key, self._now)

    def sharing(self, key: ThingKey) -> tuple[ThingKey, ...]:
        """Return all whose budget a thing's budget is, in order: itself, if it is its alone."""
        return self._sharing.get(key) or (key,)

    def concerned(self, place: Place) -> tuple[ThingKey, ...]:
        """Return the entities that a change is about: of a shared budget all that share it."""
        account_key, subject = place
        key: ThingKey = (account_key, subject.level, subject.entity_id)
        return self.sharing(key) if subject.field == "daily_budget" else (key,)

    def canonical(self, place: Place) -> Place:
        """Return the place under which the history of a setting is kept."""
        account_key, subject = place
        first = self.concerned(place)[0][2]
        if first == subject.entity_id:
            return place
        return account_key, Subject(subject.level, first, subject.field, subject.item)

    def _clock(self, account_key: int, moment: datetime) -> datetime:
        return moment.astimezone(self._zones.get(account_key, UTC))


def counted(place: Place, concerned: tuple[ThingKey, ...]) -> tuple[Place | ThingKey, ...]:
    """Return the things of which a change is one change.

    A keyword, negative keyword, label or ad that is made is a thing of its own: its ad group
    or campaign is not changed by it; and so is each of an account's lists of people. A shared
    budget is a change of all that share it.
    """
    return (place,) if place[1].field in (*ITEM_FIELDS, "audience") else concerned


def _sharing(state: GateState) -> dict[ThingKey, tuple[ThingKey, ...]]:
    """Return who shares a budget with whom; what the platform says now goes before the rest.

    Whom it names no more no longer shares with those it names: the others of their former budget
    keep it among themselves.
    """
    found: dict[ThingKey, tuple[ThingKey, ...]] = {}
    for account_key, account in state.accounts.items():
        for thing in account.things.values():
            if len(thing.shared_by) > 1:
                found |= _together(_keys(account_key, thing.level, thing.shared_by))
    for (account_key, subject), setting in state.settings.items():
        if subject.field == "daily_budget":
            ids = (*setting.shared_by, subject.entity_id)
            shared = _keys(account_key, subject.level, ids)
            for key in shared:
                found |= _together({*found.get(key, ())} - shared)
            found |= _together(shared)
    return found


def _keys(account_key: int, level: Level, ids: Iterable[str]) -> set[ThingKey]:
    return {(account_key, level, one) for one in ids}


def _together(shared: set[ThingKey]) -> dict[ThingKey, tuple[ThingKey, ...]]:
    keys = tuple(sorted(shared))
    return dict.fromkeys(keys, keys)
