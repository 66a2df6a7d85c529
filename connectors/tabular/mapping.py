"""Which column of somebody's table means what to us?"""

import codecs
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from ruamel.yaml import YAML

from config.models import Level
from connectors.base import Status

NESTED: tuple[Level, ...] = ("campaign", "ad_group", "ad", "keyword")
"""Levels whose columns a mapping names, in the order in which their ids are built."""

PARENTS: dict[Level, Level] = {"ad_group": "campaign", "ad": "ad_group", "keyword": "ad_group"}

SHIPPED = files("connectors.tabular.mappings")


def _several(value: object) -> object:
    return (value,) if isinstance(value, (str, dict)) else value


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name or "utf-8")
    except LookupError as error:
        raise ValueError(f"no encoding {name!r}; utf-8 and windows-1252 are usual") from error
    return name


Encoding = Annotated[str, AfterValidator(_known_encoding)]

Columns = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""One column, or several whose texts are joined."""


class Model(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DateColumn(Model):
    """The day stands in one column."""

    column: str
    format: str = ""
    """As of `strptime`: `%d/%m/%Y`. Empty: found out, and refused where two formats fit."""
    until: str = ""
    """A column with the row's last day: a row that covers more than one day is refused."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that make the day."""
        return (self.column, self.until) if self.until else (self.column,)


class DateParts(Model):
    """Year, month and day stand apart. The month is a number or a name."""

    day: str
    month: str
    year: int | str
    """A column, or the year itself where the table has none."""
    language: str = "en"
    """Of the months' names, as CLDR calls it: `de`, `pt_BR`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that make the day."""
        return (
            (self.day, self.month, self.year)
            if isinstance(self.year, str)
            else (self.day, self.month)
        )


class EntityColumns(Model):
    """What a level's entities are called, and what is known of them.

    Without `id`, the name is the id, prefixed with the parent's so that it is unique.
    """

    id: Columns = ()
    name: Columns = ()
    status: str = ""
    daily_budget: str = ""
    budget_type: str = ""
    """A column that says `Daily` where the budget is one."""
    url: str = ""

    @model_validator(mode="after")
    def _identified(self) -> "EntityColumns":
        if not self.id and not self.name:
            raise ValueError("name at least one of `id` and `name`")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column named here."""
        single = (self.status, self.daily_budget, self.budget_type, self.url)
        return (*self.id, *self.name, *filter(None, single))


class MetricColumn(Model):
    """Where a metric stands. It is summed, or with a weight (another metric) averaged by that."""

    column: str
    weight: str = ""


def _metric(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


class NumberFormat(Model):
    """How the table writes numbers. Currency signs and spaces around a number do not matter."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""

    @model_validator(mode="after")
    def _different(self) -> "NumberFormat":
        if self.decimal == self.thousands:
            raise ValueError("`decimal` and `thousands` are the same sign")
        return self


class Totals(Model):
    """How rows that sum up others are told apart, so that nothing is counted twice."""

    first_cell: str = ""
    """What the row's first cell begins with: `Total: `. The row must also lack a day."""
    empty: Columns = ()
    """Columns that are all empty in such a row."""


class Mapping(Model):
    """What the columns of one kind of table mean."""

    like: str = ""
    """A ready-made mapping that this one changes."""
    title: str = ""
    advice: str = ""
    """What to do when columns are missing."""
    date: Annotated[tuple[DateColumn | DateParts, ...], BeforeValidator(_several)] = ()
    """One way, or several of which the first that the table has is taken."""
    campaign: EntityColumns | None = None
    ad_group: EntityColumns | None = None
    ad: EntityColumns | None = None
    keyword: EntityColumns | None = None
    metrics: dict[str, Annotated[MetricColumn, BeforeValidator(_metric)]] = {}
    breakdowns: dict[str, str] = {}
    currency: str = ""
    """A column that must say the account's currency in every row."""
    optional: tuple[str, ...] = ()
    """Columns that an export may lack."""
    also_called: dict[str, Columns] = {}
    """Other names of a column."""
    numbers: NumberFormat | None = None
    """None: found out, and refused where a number fits two formats."""
    blanks: tuple[str, ...] = ("", "--")
    """Texts that mean "no value": an unknown figure, an entity called `(none)`."""
    totals: Totals = Totals()
    statuses: dict[str, Status] = {}
    encoding: Encoding = ""
    """Empty: UTF-8, or UTF-16 where the file says or shows so."""
    delimiter: Annotated[str, Field(max_length=1)] = ""
    skip_rows: Annotated[int, Field(ge=0)] | None = None
    """Rows above the header. None: the header is looked for in the first 40 rows."""
    sheet: str = ""

    @property
    def levels(self) -> dict[Level, EntityColumns]:
        """The levels below the account that have columns."""
        named = {level: getattr(self, level) for level in NESTED}
        return {level: columns for level, columns in named.items() if columns}

    @property
    def described(self) -> tuple[str, ...]:
        """The columns that describe a row: entities and breakdowns, each once."""
        names = [name for columns in self.levels.values() for name in columns.columns]
        return tuple(dict.fromkeys([*names, *self.breakdowns.values()]))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the mapping knows, each once."""
        names = [*(name for way in self.date for name in way.columns), *self.described]
        names += [metric.column for metric in self.metrics.values()]
        names += [*self.totals.empty, *filter(None, [self.currency])]
        return tuple(dict.fromkeys(names))

    @property
    def figures(self) -> frozenset[str]:
        """The columns that hold figures and nothing else; all others are read as text."""
        figures = {metric.column for metric in self.metrics.values()}
        return frozenset(figures.difference(self.described, *(way.columns for way in self.date)))

    def names_of(self, column: str) -> Iterator[str]:
        """Yield the names under which a column may stand, the usual one first."""
        yield column
        yield from self.also_called.get(column, ())

    @model_validator(mode="after")
    def _nested(self) -> "Mapping":
        for level in self.levels:
            parent = PARENTS.get(level)
            if parent and parent not in self.levels and not self.like:
                raise ValueError(f"`{level}` needs `{parent}`: an entity has a parent")
        for name, metric in self.metrics.items():
            if metric.weight and metric.weight not in self.metrics:
                raise ValueError(f"metric `{name}`: its weight `{metric.weight}` is not mapped")
        return self

    def without_figures(self) -> "Mapping":
        """Return the mapping for a list of entities, which has neither days nor figures."""
        entities = {name for columns in self.levels.values() for name in columns.columns}
        absent = [column for column in self.columns if column not in entities]
        return self.model_copy(update={"date": (), "optional": (*self.optional, *absent)})

    def with_metrics(self, extra: dict[str, MetricColumn]) -> "Mapping":
        """Add metrics that the business asks for; a table may lack their columns."""
        new = {name: metric for name, metric in extra.items() if name not in self.metrics}
        return self.model_copy(
            update={
                "metrics": {**self.metrics, **new},
                "optional": (*self.optional, *(metric.column for metric in new.values())),
            }
        )

    def for_currency(self, currency: str) -> "Mapping":
        """Fill `{currency}` in column names, as in Meta's `Amount spent (EUR)`."""
        raw = self.model_dump_json().replace("{currency}", currency)
        return Mapping.model_validate_json(raw)


def shipped() -> list[str]:
    """Return the names of the ready-made mappings."""
    return sorted(
        entry.name.removesuffix(".yaml")
        for entry in SHIPPED.iterdir()
        if entry.name.endswith(".yaml")
    )


def load(chosen: object) -> object:
    """Turn a ready-made mapping's name, or a mapping `like` one, into plain values.

    Raises:
        ValueError: there is no ready-made mapping of that name.
    """
    if isinstance(chosen, str):
        if chosen not in shipped():
            raise ValueError(f"no mapping {chosen!r}; there are: {', '.join(shipped())}")
        return YAML(typ="safe", pure=True).load(SHIPPED.joinpath(f"{chosen}.yaml").read_bytes())
    if isinstance(chosen, dict) and chosen.get("like"):
        base = load(chosen["like"])
        return _merged(base, {k: v for k, v in chosen.items() if k != "like"})
    return chosen


def _merged(base: Any, change: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `change` laid over it; dictionaries are merged one level deep."""
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        merged[key] = (
            {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def _usable(mapping: Mapping) -> Mapping:
    if not mapping.metrics:
        raise ValueError("`metrics` is empty: name at least one column with figures")
    if not mapping.date:
        raise ValueError("`date` is missing: name the column with the day")
    return mapping


Format = Annotated[Mapping, BeforeValidator(load), AfterValidator(_usable)]
"""An option: the name of a ready-made mapping, or a mapping written out."""
