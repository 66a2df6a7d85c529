"""Which entities does a change touch? What it is made to, what that is part of, and its parts.

A change inside an ad group moves the figures of the ad group, its campaign and its account; a
change of a campaign those of its ad groups too. The ad group beside is not touched. The budget that
several campaigns share is changed for all of them, whichever it is spoken of by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from connectors.changes import Subject
from tasks.comparison import Touch

Thing = tuple[int, str, str]
"""An account's key, a level, the platform's id. An account's own id is left empty."""

_IN_AD_GROUPS = ("ad", "keyword", "search_term")


@dataclass(frozen=True, slots=True)
class Event:
    """A change of ours or somebody else's edit, and where."""

    account_key: int
    subject: Subject
    touch: Touch
    action_id: int | None = None
    campaign_id: str | None = None  # where an action names it: what was never pulled is in it


class Family:
    """What is part of what, and which campaigns share a budget, as last pulled.

    Takes frames by level, with account_key, entity_id, parent_id, campaign_id and name; of
    campaigns details and status too.
    """

    def __init__(self, entities: Mapping[str, pd.DataFrame]) -> None:
        self._parents: dict[Thing, tuple[str | None, str | None]] = {}
        self._names: dict[Thing, str] = {}
        for level, frame in entities.items():
            things = list(_things(level, frame))
            above = zip(_texts(frame["parent_id"]), _texts(frame["campaign_id"]), strict=True)
            self._parents.update(zip(things, above, strict=True))
            self._names.update(zip(things, frame["name"].tolist(), strict=True))
        campaigns = entities.get("campaign")
        self._sharing = {} if campaigns is None else _sharing(campaigns)

    def line(self, thing: Thing, campaign_id: str | None = None) -> tuple[Thing, ...]:
        """Return a thing and all that it is part of, its account last.

        Of what was never pulled the ad group is known where its id begins with that one's, as
        Google's do (`ad group~id`), and the campaign by `campaign_id`.
        """
        key, level, entity_id = thing
        whole: Thing = (key, "account", "")
        if level in ("account", "campaign"):
            return tuple(dict.fromkeys((thing, whole)))
        found = [thing]
        parent, campaign = self._parents.get(thing, (None, None))
        group: Thing = (key, "ad_group", parent or entity_id.partition("~")[0])
        if level in _IN_AD_GROUPS and group in self._parents:
            found.append(group)
            campaign = campaign or self._parents[group][1]
        if campaign := campaign or campaign_id:
            found.append((key, "campaign", campaign))
        return (*found, whole)

    def concerned(self, account_key: int, subject: Subject) -> tuple[Thing, ...]:
        """Return what a change is made to: of a shared budget all campaigns on it, in order."""
        if subject.level == "account":
            return ((account_key, "account", ""),)
        own: Thing = (account_key, subject.level, subject.entity_id)
        return self._sharing.get(own, (own,)) if subject.field == "daily_budget" else (own,)

    def canonical(self, account_key: int, subject: Subject) -> Subject:
        """Return the subject that stands for all that are one: the first campaign on a budget."""
        first = self.concerned(account_key, subject)[0][2]
        if subject.level == "account" or first == subject.entity_id:
            return subject
        return Subject(subject.level, first, subject.field, subject.item)

    def name(self, account_key: int, subject: Subject) -> str:
        """Return what people call a subject's entity; its id where it was never pulled."""
        thing = (account_key, subject.level, subject.entity_id)
        return self._names.get(thing) or subject.entity_id


class Rows:
    """The entities of a cube's level, and what happened to each of them."""

    def __init__(
        self, family: Family, level: str, entities: pd.DataFrame, events: Iterable[Event] = ()
    ) -> None:
        """`entities` are the cube's, by `entity_key`; of whole accounts by `account_key`."""
        self._family = family
        if level == "account":
            keys = entities["account_key"].tolist()
            things: Iterable[Thing] = [(int(key), "account", "") for key in keys]
        else:
            keys, things = entities["entity_key"].tolist(), _things(level, entities)
        self._keys: dict[Thing, int] = {}
        self._parts: dict[Thing, list[int]] = {}  # of a thing: the rows that are it or inside it
        for thing, key in zip(things, keys, strict=True):
            self._keys[thing] = int(key)
            for above in family.line(thing):
                self._parts.setdefault(above, []).append(int(key))
        self._happened = [(event, self.touched_by(event)) for event in events]

    def key(self, thing: Thing) -> int | None:
        """Return a thing's key, None if it is not among them."""
        return self._keys.get(thing)

    def touched_by(self, event: Event) -> set[int]:
        """Return the keys of all that an event touches."""
        found: set[int] = set()
        for thing in self._family.concerned(event.account_key, event.subject):
            found.update(self._parts.get(thing, ()))
            line = self._family.line(thing, event.campaign_id)
            found.update(self._keys[above] for above in line if above in self._keys)
        return found

    def touches(self, action_id: int, judged: int) -> dict[int, list[Touch]]:
        """Return by key what happened, for an action that is judged by the row of that key.

        The action itself is nothing that happened to that row. To every other that it touches, such
        as a campaign on the same budget, it is.
        """
        found: dict[int, list[Touch]] = {}
        for event, keys in self._happened:
            for key in keys:
                if event.action_id != action_id or key != judged:
                    found.setdefault(key, []).append(event.touch)
        return found


def _things(level: str, frame: pd.DataFrame) -> Iterable[Thing]:
    for key, entity_id in zip(
        frame["account_key"].tolist(), frame["entity_id"].tolist(), strict=True
    ):
        yield int(key), level, str(entity_id)


def _texts(column: pd.Series) -> list[str | None]:
    """Return a column's texts; what is missing is None, whatever pandas has for it."""
    return [value if isinstance(value, str) and value else None for value in column.tolist()]


def _sharing(campaigns: pd.DataFrame) -> dict[Thing, tuple[Thing, ...]]:
    """Return each campaign that is not alone on its budget with all that are on it.

    A removed one spends from none; where the platform names no budget, it is the campaign's own.
    """
    on: dict[tuple[int, str], list[Thing]] = {}
    columns = campaigns["details"].tolist(), campaigns["status"].tolist()
    for thing, details, status in zip(_things("campaign", campaigns), *columns, strict=True):
        budget = str((details or {}).get("budget_id") or "")
        if budget and status != "removed":
            on.setdefault((thing[0], budget), []).append(thing)
    return {
        thing: tuple(sorted(sharers))
        for sharers in on.values()
        if len(sharers) > 1
        for thing in sharers
    }
