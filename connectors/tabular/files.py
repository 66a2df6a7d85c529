"""Which files does a path or glob mean, and how is each of them opened?"""

from glob import glob
from pathlib import Path

from connectors.base import RejectedError
from connectors.tabular.delimited import Delimited
from connectors.tabular.mapping import Mapping
from connectors.tabular.parquet import Parquet
from connectors.tabular.problems import Source
from connectors.tabular.workbook import Workbook

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}


def matching(pattern: str) -> list[Path]:
    """Return the files that a path or glob means, in the order of their names.

    Raises:
        RejectedError: there are none.
    """
    literal = Path(pattern).expanduser()
    if literal.is_file():
        return [literal]
    found = sorted(
        Path(path) for path in glob(str(literal), recursive=True) if Path(path).is_file()
    )
    if not found:
        raise RejectedError(
            f"{pattern}: no file matches (looked from {Path.cwd()}); mend `path` in the brand file "
            "or put the export there"
        )
    return found


def open_source(path: Path, mapping: Mapping) -> Source:
    """Open a file as what its name says it is; whatever is no workbook or Parquet is text."""
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        return Workbook(path, mapping)
    if kind in {".parquet", ".pq"}:
        return Parquet(path, mapping)
    return Delimited(path, mapping)
