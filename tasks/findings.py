"""How does a verdict become a record with its numbers and a sentence for people?"""

from datetime import timedelta
from math import isnan

import numpy as np

from config.formula import Reference
from config.sentence import CHECK_FIELDS, fill, template_fields
from connectors.base import Window
from connectors.records import Result, ToDo
from tasks.cube import Booleans, Integers
from tasks.judged import REASONS, UNKNOWN, VERDICTS, Judged
from tasks.remedies import to_do
from tasks.report.numbers import change, change_text, number, plural
from tasks.windows import in_words

NAMED = 3
"""How many entities a sentence about many gives as examples."""

LEVEL_WORDS = {
    "ad_group": "ad group",
    "search_term": "search term",
    "query_page": "page of a query",
}
LEVELS = {"query": "queries", "query_page": "pages of queries"}
_NO = "unknown"


def results_of(judged: Judged, rows: Integers) -> list[Result]:
    """Return a record for each of these rows, with every figure that decided or is shown."""
    table = _Table(judged, rows)
    return [table.result(place) for place in range(len(rows))]


def unjudged(judged: Judged, among: Booleans) -> list[Result]:
    """Return a record per account and reason for the entities that could not be judged.

    It speaks of the account (entity_key None) and counts in `numbers["entities"]`; where only one
    entity is meant, the record is the entity's own.
    """
    rows = np.flatnonzero(among & (judged.verdicts == UNKNOWN))
    account, reason = judged.panel.cube.account[rows], judged.reasons[rows]
    results: list[Result] = []
    for group in np.unique(account * len(REASONS) + reason):
        members = rows[account * len(REASONS) + reason == group]
        if len(members) == 1:
            results += results_of(judged, members)
        else:
            results.append(_group(judged, members))
    return results


class _Table:
    """The columns of a check's records, gathered for some rows at once."""

    def __init__(self, judged: Judged, rows: Integers) -> None:
        self.judged, self.check, self.panel = judged, judged.check, judged.panel
        self.rows = rows
        self.verdicts: list[int] = judged.verdicts[rows].tolist()
        self.reasons: list[int] = judged.reasons[rows].tolist()
        self.behind: list[int] = self.panel.behind[rows].tolist()
        self.windows = {lag: _window(judged, lag) for lag in set(self.behind)}
        self.spans = {
            lag: in_words(self.check.window, window, self.panel.as_of)
            for lag, window in self.windows.items()
        }
        entities = self.panel.cube.entities
        self.accounts: list[int] = entities["account_key"].to_numpy()[rows].tolist()
        self.keys: list[int | None] = [None] * len(rows)
        if "entity_key" in entities:
            self.keys = entities["entity_key"].to_numpy()[rows].tolist()
        self.names = _names(judged, rows)
        self.currencies = dict(
            zip(self.panel.accounts["account_key"], self.panel.accounts["currency"], strict=True)
        )
        self.value = self._column(Reference("", self.check.kpi))
        self.target = self._column(Reference("target", self.check.kpi))
        self.previous = self._column(Reference("previous", self.check.kpi))
        self.fields = template_fields(self.check.sentence)
        remedy = template_fields(self.check.remedy.do) if self.check.remedy else []
        self.extra = {
            name: self._column(Reference("", name))
            for name in dict.fromkeys([*self.fields, *remedy])
            if name not in CHECK_FIELDS
        }
        self.numbers = {
            str(reference): self._column(reference) for reference in _references(judged)
        }

    def result(self, place: int) -> Result:
        """Return the record of one row."""
        window = self.windows[self.behind[place]]
        reason = REASONS[self.reasons[place]]
        return Result(
            check=self.check.name,
            level=self.check.level,
            entity_key=self.keys[place],
            account_key=self.accounts[place],
            name=self.names[place],
            verdict=VERDICTS[self.verdicts[place]],
            kpi=self.check.kpi,
            unit=self.panel.vocabulary.unit(self.check.kpi),
            value=_known(self.value[place]),
            target=_known(self.target[place]),
            previous=_known(self.previous[place]),
            window_start=window.start,
            window_end=window.end,
            sentence=self._sentence(place, reason),
            reason=reason,
            numbers={
                name: column[place]
                for name, column in self.numbers.items()
                if not isnan(column[place])
            },
            owner=self.check.owner,
            todo=self._to_do(place),
        )

    def _to_do(self, place: int) -> ToDo | None:
        remedy = self.check.remedy
        if remedy is None or VERDICTS[self.verdicts[place]] in ("ok", "unknown"):
            return None
        fields = {field: self._field(field, place) for field in template_fields(remedy.do)}
        return to_do(remedy, fields, None)

    def _column(self, reference: Reference) -> list[float]:
        figure = self.panel.figure(reference.function, reference.name, self.check.window)
        column: list[float] = figure[self.rows].tolist()
        return column

    def _sentence(self, place: int, reason: str) -> str:
        """Return the template filled; a verdict that does not fire gets plain words instead."""
        verdict, name = VERDICTS[self.verdicts[place]], self.names[place]
        if verdict == "unknown":
            why = _why(self.judged, reason, self.rows[place : place + 1])
            return f"{name} cannot be judged: {why}"
        if verdict == "ok":
            value = self._number(self.check.kpi, self.value[place], place)
            return f"{name} is ok: {self.check.kpi} {value} ({self.spans[self.behind[place]]})"
        return fill(self.check.sentence, {f: self._field(f, place) for f in self.fields})

    def _field(self, field: str, place: int) -> str:
        kpi = self.check.kpi
        match field:
            case "name":
                return self.names[place]
            case "value":
                return self._number(kpi, self.value[place], place)
            case "target":
                return self._number(kpi, self.target[place], place, none="not set")
            case "previous":
                return self._number(kpi, self.previous[place], place)
            case "change":
                relative = change(self.value[place], self.previous[place])
                return change_text(relative, none=_NO)
            case "window":
                return self.spans[self.behind[place]]
            case "minimum":
                return _minimum(self.judged, self._currency(place))
        return self._number(field, self.extra[field][place], place)

    def _number(self, name: str, value: float, place: int, *, none: str = _NO) -> str:
        return number(value, self.panel.vocabulary.unit(name), self._currency(place), none=none)

    def _currency(self, place: int) -> str:
        return str(self.currencies.get(self.accounts[place], ""))


def _references(judged: Judged) -> list[Reference]:
    """Return what a record's numbers are: all that the cases ask for, and what that is made of."""
    check, formulas = judged.check, judged.panel.vocabulary.formulas
    asked = [reference for condition in judged.conditions for reference in condition.references]
    asked += [Reference("", name) for name in (check.kpi, *check.minimum)]
    asked += [
        Reference(reference.function, metric)
        for reference in tuple(asked)
        if reference.name in formulas and reference.function != "target"
        for metric in sorted(formulas[reference.name].names)
    ]
    return list(dict.fromkeys(asked))


def _group(judged: Judged, rows: Integers) -> Result:
    """Return one record for several entities of an account that share a reason."""
    check, cube = judged.check, judged.panel.cube
    single = results_of(judged, rows[:1])[0]
    word = LEVEL_WORDS.get(check.level, check.level)
    entities = plural(len(rows), word, LEVELS.get(check.level, ""))
    examples = ", ".join(_names(judged, rows[:NAMED]))
    more = f" and {len(rows) - NAMED:,} more" if len(rows) > NAMED else ""
    window = Window(single.window_start, single.window_end)
    why = _why(judged, single.reason, rows)
    accounts = judged.panel.accounts
    names = dict(zip(accounts["account_key"], accounts["name"], strict=True))
    account_key = int(cube.account_keys[cube.account[rows[0]]])
    return Result(
        check=check.name,
        level=check.level,
        entity_key=None,
        account_key=account_key,
        name=str(names.get(account_key, "")),
        verdict="unknown",
        kpi=check.kpi,
        unit=single.unit,
        value=None,
        target=None,
        previous=None,
        window_start=window.start,
        window_end=window.end,
        sentence=f"{entities} cannot be judged: {why} ({examples}{more})",
        reason=single.reason,
        numbers={"entities": float(len(rows))},
        owner=check.owner,
    )


def _why(judged: Judged, reason: str, rows: Integers) -> str:
    """Say why these rows, which share a reason, are not judged."""
    behind = int(judged.panel.behind[rows[0]])
    if judged.panel.windows(judged.check.window)[behind] is None:
        return "its window has no complete day yet"
    days = in_words(judged.check.window, _window(judged, behind), judged.panel.as_of)
    return {
        "stale": "the account's data is too old, no complete pull covers its latest days",
        "missing": f"days of {days} or of what it is compared with were never pulled completely",
        "too_little_data": f"less than {_minimum(judged, '')} ({days})",
        "no_target": "no target is set",
        "undefined": f"{_undefined(judged, rows)} has no value (nothing to divide by, or not set)",
    }[reason]


def _undefined(judged: Judged, rows: Integers) -> str:
    """Name the figures of the cases that these rows do not have."""
    window, panel = judged.check.window, judged.panel
    references = dict.fromkeys(
        reference for condition in judged.conditions for reference in condition.references
    )
    without = [
        str(reference)
        for reference in references
        if np.isnan(panel.figure(reference.function, reference.name, window)[rows]).any()
    ]
    return " or ".join(without) or "a ratio"


def _minimum(judged: Judged, currency: str) -> str:
    metrics = judged.panel.vocabulary.metrics
    return " and ".join(
        f"{number(least, metrics[name].unit, currency)} {metrics[name].title.lower()}"
        for name, least in judged.check.minimum.items()
    )


def _window(judged: Judged, behind: int) -> Window:
    """Return the days of the check; where it has none yet, the last complete day stands in."""
    last = judged.panel.as_of - timedelta(days=1 + behind)
    return judged.panel.windows(judged.check.window)[behind] or Window(last, last)


def _names(judged: Judged, rows: Integers) -> list[str]:
    """Return the entities' names; one without a name is called by its id."""
    entities = judged.panel.cube.entities
    names = entities["name"].take(rows).tolist()
    if "entity_id" not in entities:
        return [str(name) for name in names]
    ids = entities["entity_id"].take(rows).tolist()
    return [str(name or entity_id) for name, entity_id in zip(names, ids, strict=True)]


def _known(value: float) -> float | None:
    return None if isnan(value) else value
