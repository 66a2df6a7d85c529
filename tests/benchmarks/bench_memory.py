"""How much memory does a big pull take? The peak of this whole process, imports included."""

import resource
import sys
import tempfile
from pathlib import Path

from connectors.warehouse import Warehouse
from tests.benchmarks import accounts
from tests.benchmarks.measure import Line

DAYS = 100
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def run(*, small: bool) -> list[Line]:
    """Pull and store a million campaign-days at once, into SQLite."""
    window = accounts.last_days(DAYS)
    with (
        tempfile.TemporaryDirectory() as name,
        accounts.market(200 if small else 10_000, Path(name)) as url,
        Warehouse.create(f"sqlite:///{name}/warehouse.db") as warehouse,
    ):
        channel = accounts.connect(url)
        before = _peak()
        key = accounts.list_campaigns(warehouse, channel)
        rows = accounts.pull(warehouse, key, channel, window)
    compared = f"peak memory of a process that pulls and stores {rows:,} campaign-days into SQLite"
    detail = f"{before:.0f} MB of it before the pull, for Python and what is imported"
    return [Line(compared, [_peak()], "MB", at_most=500, detail=detail)]


def _peak() -> float:
    """Return the largest resident size that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT / 1_000_000
