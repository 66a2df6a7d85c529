"""Which campaigns, ad groups, ads and keywords do the rows speak of?

An id that a table has is taken as it is. Otherwise the names from the campaign down make it:
`Spring › Shoes › 300 x 250`, with a `›` inside a name doubled, so that two entities never get one
id. An empty part is called `(none)`: its figures count like any other's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt

from config.models import Level
from connectors.base import Account, Entity, Status
from connectors.tabular.entries import Codes, Entries
from connectors.tabular.mapping import PARENTS, EntityColumns, Mapping, NumberFormat

SIGN = "›"
JOIN = f" {SIGN} "
NONE = "(none)"

STATUSES: dict[str, Status] = {
    "active": "enabled", "eligible": "enabled", "enabled": "enabled", "learning": "enabled",
    "inactive": "paused", "off": "paused", "paused": "paused",
    "archived": "removed", "deleted": "removed", "removed": "removed",
    "completed": "ended", "ended": "ended", "recently_completed": "ended",
}  # fmt: skip
"""Words of platforms' exports for our statuses; a mapping's `statuses` add to them."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The entities of a level: their ids in order, and for each thing the position of its own."""

    ids: list[str]
    of_thing: Codes


class Describer:
    """Says what each thing (a distinct combination of descriptive texts) is at every level."""

    def __init__(
        self, mapping: Mapping, things: Entries, present: set[str], account: Account
    ) -> None:
        self._mapping = mapping
        self._things = things
        self._present = present
        self._account = account
        self._at = {column: index for index, column in enumerate(mapping.described)}
        self._names = {level: self._name_at(c) for level, c in mapping.levels.items()}
        self._ids = {level: self._id_at(c) for level, c in mapping.levels.items()}
        said = {word.casefold(): status for word, status in mapping.statuses.items()}
        self._statuses = {**STATUSES, **said}

    def levels(self) -> list[Level]:
        """Return the levels that the sources have columns for."""
        found: list[Level] = ["account"]
        for level in self._mapping.levels:
            parent = PARENTS.get(level)
            if (self._ids[level] or self._names[level]) and (parent is None or parent in found):
                found.append(level)
        return found

    def group(self, level: Level) -> Grouping:
        """Return the entities of a level, sorted by id."""
        ids = [self._id(level, texts) for texts in self._things.texts]
        ordered = sorted(set(ids))
        position = {entity_id: index for index, entity_id in enumerate(ordered)}
        return Grouping(ordered, np.array([position[entity_id] for entity_id in ids], np.int32))

    def labels(self, breakdowns: Sequence[str]) -> Grouping:
        """Return the labels of things in breakdowns: `age=25-34,gender=female`."""
        at = [(name, self._at[self._mapping.breakdowns[name]]) for name in breakdowns]
        labels = [
            ",".join(f"{name}={texts[index] or NONE}" for name, index in at)
            for texts in self._things.texts
        ]
        ordered = sorted(set(labels))
        position = {label: index for index, label in enumerate(ordered)}
        return Grouping(ordered, np.array([position[label] for label in labels], np.int32))

    def entities(self, level: Level, last_days: npt.NDArray[np.int64]) -> Iterator[Entity]:
        """Yield the entities of a level as the latest row of each describes them.

        Args:
            level: One of `levels()`.
            last_days: For each thing the ordinal of its last day.
        """
        if level == "account":
            status = self._account.status
            yield Entity(level, self._account.account_id, self._account.name, status)
            return
        latest: dict[str, tuple[int, tuple[str, ...]]] = {}
        for day, texts in zip(last_days.tolist(), self._things.texts, strict=True):
            entity_id = self._id(level, texts)
            latest[entity_id] = max(latest.get(entity_id, (-1, ())), (day, texts))
        for entity_id, (_, texts) in sorted(latest.items()):
            yield self._entity(level, entity_id, texts)

    def _entity(self, level: Level, entity_id: str, texts: tuple[str, ...]) -> Entity:
        columns = self._mapping.levels[level]
        parent = PARENTS.get(level)
        names = parts(self._names[level], texts)
        said = self._text(columns.status, texts)
        return Entity(
            level=level,
            entity_id=entity_id,
            name=JOIN.join(names) if names else entity_id,
            status=self._statuses.get(said.casefold(), "unknown"),
            parent_id=self._id(parent, texts) if parent else None,
            campaign_id=self._id("campaign", texts),
            daily_budget=self._daily_budget(columns, texts),
            url=self._text(columns.url, texts) or None,
            details={"status": said} if said else {},
        )

    def _id(self, level: Level, texts: tuple[str, ...]) -> str:
        if level == "account":
            return self._account.account_id
        if own := self._ids[level]:
            return JOIN.join(escaped(parts(own, texts)))
        path = escaped(parts(self._names[level], texts))
        parent = PARENTS.get(level)
        return JOIN.join([self._id(parent, texts), *path] if parent else path)

    def _id_at(self, columns: EntityColumns) -> tuple[int, ...]:
        """Return where the id stands among the described columns, if the sources have it."""
        if not all(column in self._present for column in columns.id):
            return ()
        return tuple(self._at[column] for column in columns.id)

    def _name_at(self, columns: EntityColumns) -> tuple[int, ...]:
        """Return where the name's parts stand, if the sources have the first of them."""
        if not columns.name or columns.name[0] not in self._present:
            return ()
        return tuple(self._at[column] for column in columns.name if column in self._present)

    def _text(self, column: str, texts: tuple[str, ...]) -> str:
        return texts[self._at[column]] if column else ""

    def _daily_budget(self, columns: EntityColumns, texts: tuple[str, ...]) -> Decimal | None:
        kind = self._text(columns.budget_type, texts)
        if kind and "daily" not in kind.casefold():
            return None
        return read_amount(self._text(columns.daily_budget, texts), self._mapping.numbers)


def parts(positions: Sequence[int], texts: tuple[str, ...]) -> list[str]:
    """Return the texts at some positions, an empty one as `(none)`."""
    return [texts[position] or NONE for position in positions]


def escaped(names: Sequence[str]) -> list[str]:
    """Double the joining sign inside names, so that joined ones can be told apart again."""
    return [name.replace(SIGN, SIGN * 2) for name in names]


def read_amount(text: str, given: NumberFormat | None) -> Decimal | None:
    """Return an amount as it is written, None where it is none: `Using ad set budget`."""
    number_format = given or NumberFormat()
    bare = re.sub(r"[^\d.,]", "", text)
    if number_format.thousands:
        bare = bare.replace(number_format.thousands, "")
    try:
        return Decimal(bare.replace(number_format.decimal, "."))
    except InvalidOperation:
        return None
