"""Which targets do single campaigns, ad groups or keywords have? From a table that people keep.

Columns: account (the entry's name), level, entity_id, kpi, target; in any order, others ignored.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any, get_args

from config.models import Level
from config.problems import Problem, choose, quoted

COLUMNS = ("account", "level", "entity_id", "kpi", "target")
LEVELS = get_args(Level)
MOST_PROBLEMS = 20
"""Of one table; a wrong export has the same mistake on every line."""


@dataclass(frozen=True, slots=True)
class EntityTarget:
    """What a KPI should be for one entity."""

    account: str  # entry of the brand file
    level: Level
    entity_id: str
    kpi: str
    target: float


class RowError(ValueError):
    """A row that cannot be used: its column, what is wrong, and the remedy."""

    def __init__(self, column: str, message: str, remedy: str) -> None:
        super().__init__(f"{column}: {message}; {remedy}")
        self.column = column
        self.message = message
        self.remedy = remedy


def entity_target(
    row: Mapping[str, Any], accounts: Collection[str], kpis: Collection[str]
) -> EntityTarget:
    """Return one row of a CSV file or query as a target. Raise `RowError`."""
    values = {column: str(row.get(column) or "").strip() for column in COLUMNS}
    for column, valid in (("account", accounts), ("level", LEVELS), ("kpi", kpis)):
        if values[column] not in valid:
            message = f"no {column} {quoted(values[column])}" if values[column] else "is empty"
            raise RowError(column, message, choose(values[column], valid))
    if not values["entity_id"]:
        raise RowError("entity_id", "is empty", "write the platform's id")
    number = _number(values["target"])
    level: Level = next(level for level in LEVELS if level == values["level"])
    return EntityTarget(values["account"], level, values["entity_id"], values["kpi"], number)


def read_csv(
    path: Path, file: str, accounts: Collection[str], kpis: Collection[str]
) -> tuple[list[EntityTarget], list[Problem]]:
    """Return the targets of a CSV file (UTF-8, comma or semicolon), and what is wrong with it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
            delimiter = ";" if header.count(";") > header.count(",") else ","
            columns = [name.strip().lower() for name in header.strip().split(delimiter)]
            if missing := [name for name in COLUMNS if name not in columns]:
                remedy = f"the first line must name the columns {', '.join(COLUMNS)}"
                return [], [Problem(file, 1, "", f"no column {', '.join(missing)}", remedy)]
            targets, problems = _targets(lines, columns, delimiter, file, accounts, kpis)
    except OSError as error:
        remedy = "the path is relative to the brand file"
        return [], [Problem(file, 0, "", f"cannot be read: {error.strerror}", remedy)]
    except UnicodeDecodeError:
        return [], [Problem(file, 0, "", "is not UTF-8 text", "save it as CSV UTF-8")]
    except csv.Error as error:
        return [], [Problem(file, 0, "", f"is not valid CSV: {error}")]
    return targets, problems


def _targets(
    lines: Iterator[str],
    columns: list[str],
    delimiter: str,
    file: str,
    accounts: Collection[str],
    kpis: Collection[str],
) -> tuple[list[EntityTarget], list[Problem]]:
    reader = csv.DictReader(lines, columns, delimiter=delimiter)
    targets: dict[tuple[str, str, str, str], tuple[int, EntityTarget]] = {}
    problems: list[Problem] = []
    for row in reader:
        line = reader.line_num + 1  # the header was read before
        try:
            target = entity_target(row, accounts, kpis)
        except RowError as error:
            problems.append(Problem(file, line, error.column, error.message, error.remedy))
            continue
        key = (target.account, target.level, target.entity_id, target.kpi)
        first, _ = targets.setdefault(key, (line, target))
        if first != line:
            message = f"the same account, level, entity and KPI as line {first}"
            problems.append(Problem(file, line, "entity_id", message, "remove one of the two"))
    shown = list(islice(problems, MOST_PROBLEMS))
    if len(problems) > len(shown):
        more = len(problems) - len(shown)
        shown.append(Problem(file, 0, "", f"{more} more lines are wrong", "mend the first ones"))
    return [target for _, target in targets.values()], shown


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        message = f"{quoted(text)} is no number" if text else "is empty"
        raise RowError("target", message, "write it with a point and no thousands separator")
    return number
