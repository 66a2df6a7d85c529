"""Which entities are never changed? Those that the brand protects, and all that lies below them."""

import re
from fnmatch import translate
from functools import cache

from config.guardrails import Protected
from tasks.gate.places import Places, ThingKey
from tasks.gate.running import PARENTS
from tasks.gate.state import GateState, Thing


class Protection:
    """Remembers what it has said of a campaign or account: thousands of changes lie below one."""

    def __init__(self, state: GateState, places: Places) -> None:
        self._state, self._places = state, places
        self._remembered: dict[ThingKey, str] = {}

    def of(self, key: ThingKey, name: str = "") -> str:
        """Say by what an entity is protected, itself or from above; '' if by nothing.

        `name` is what it is called, if it is not among those pulled last.
        """
        thing = self._places.thing(key) or self._unpulled(key, name)
        for protected in self._state.guardrails.protected:
            if fits(protected, thing):
                return f"the {thing.level} {thing.name} is protected ({_words(protected)})"
        above = self._above(thing, key[0])
        if above is None:
            return ""
        if above not in self._remembered:
            self._remembered[above] = self.of(above)
        return self._remembered[above]

    def _above(self, thing: Thing, account_key: int) -> ThingKey | None:
        """Return what an entity lies in; of what lies in nothing that is known, the account."""
        if thing.level == "account":
            return None
        level = PARENTS.get(thing.level)
        if level and thing.parent_id:
            return account_key, level, thing.parent_id
        return account_key, "account", self._state.accounts[account_key].account_id

    def _unpulled(self, key: ThingKey, name: str) -> Thing:
        if key[1] != "account":
            return Thing(key[1], key[2], name, "unknown")
        account = self._state.accounts[key[0]]
        return Thing("account", key[2], account.name, account.status)


def fits(protected: Protected, thing: Thing) -> bool:
    """Say whether a protection means an entity itself."""
    return (
        protected.level in (None, thing.level)
        and (not protected.name or _pattern(protected.name).match(thing.name) is not None)
        and protected.entity_id in ("", thing.entity_id)
        and (not protected.label or protected.label in thing.labels)
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(translate(name), re.IGNORECASE)


def _words(protected: Protected) -> str:
    given = protected.model_dump(exclude_defaults=True)
    return ", ".join(f"{key} {value}" for key, value in given.items()) or "everything is"
