"""How fast does a pull get into SQLite, against bare `json` and `sqlite3`, and against dlt?

The floor has the pages in memory, as bytes; ours and dlt's fetch them over HTTP from a market that
has them ready. All three end with the same rows. The account and its campaigns are known before.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from connectors.base import CORE_METRICS, Window
from connectors.warehouse import Warehouse
from tests.benchmarks import accounts
from tests.benchmarks.measure import Line, Rounds, in_turns

DAYS = 100
COLUMNS = ("entity_key", "breakdown", "date_day", *CORE_METRICS, "more", "pull_id")
UPSERT = (
    f"INSERT INTO performance_daily ({', '.join(COLUMNS)}) VALUES (?, '', ?, ?, ?, ?, ?, ?, ?, 0) "
    "ON CONFLICT (entity_key, breakdown, date_day) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[3:])
)


def run(*, small: bool) -> list[Line]:
    """Pull and store campaign-days: ours against the floor, dlt against ours."""
    with (
        tempfile.TemporaryDirectory() as name,
        accounts.market(200 if small else 2_000, Path(name)) as url,
    ):
        core = _Bench(Path(name), url, accounts.NO_SHARES)
        with_floor = in_turns(3 if small else 7, {"ours": core.ours, "floor": core.floor})
        core.check()
        with_dlt = in_turns(1 if small else 3, {"ours": core.ours, "dlt": core.dlt})
        shares = _Bench(Path(name), url, accounts.SHARES)
        with_shares = in_turns(3, {"ours": shares.ours, "floor": shares.floor})
        shares.check()
    compared = (
        f"pull and store {core.rows:,} campaign-days into SQLite, against json.loads of the same "
        "bytes and one executemany upsert"
    )
    return [
        _against_floor(compared, with_floor),
        _against_floor(f"{compared}: two more metrics, as the shipped library asks", with_shares),
        Line(
            f"dlt pulling and storing the same {core.rows:,} campaign-days, against ours",
            with_dlt.ratios("dlt", "ours"),
            "times",
            at_least=5,
            detail=with_dlt.seconds(),
        ),
    ]


def _against_floor(compared: str, rounds: Rounds) -> Line:
    ratios = rounds.ratios("ours", "floor")
    return Line(compared, ratios, "times", at_most=1.5, detail=rounds.seconds())


class _Bench:
    """A migrated warehouse file that knows the campaigns, to be copied for every turn."""

    def __init__(self, folder: Path, url: str, metrics: Mapping[str, str]) -> None:
        self._folder = Path(tempfile.mkdtemp(dir=folder))
        self._url, self._metrics = url, metrics
        self._window = accounts.last_days(DAYS)
        self._numbers = count()
        self._template = self._folder / "template.db"
        with Warehouse.create(f"sqlite:///{self._template}") as warehouse:
            self._account_key = accounts.list_campaigns(warehouse, accounts.connect(url))
        self._pages = [*accounts.bare_pages(url, self._window, metrics)]
        self._last: dict[str, Path] = {}
        self.rows = 0

    def ours(self) -> Callable[[], None]:
        warehouse = Warehouse(f"sqlite:///{self._fresh('ours')}")
        channel = accounts.connect(self._url, self._metrics)

        def work() -> None:
            self.rows = accounts.pull(warehouse, self._account_key, channel, self._window)
            warehouse.close()

        return work

    def floor(self) -> Callable[[], None]:
        connection = sqlite3.connect(self._fresh("floor"))  # journal mode WAL is in the file
        for pragma in ("synchronous = NORMAL", "cache_size = -16384"):  # as the warehouse
            connection.execute(f"PRAGMA {pragma}")
        keys = dict(connection.execute("SELECT entity_id, entity_key FROM entities"))
        fields = {name: _camel(path) for name, path in self._metrics.items()}

        def work() -> None:
            connection.executemany(UPSERT, _parsed(self._pages, keys, fields))
            connection.commit()
            connection.close()

        return work

    def dlt(self) -> Callable[[], None]:
        folder = self._folder / f"dlt{next(self._numbers)}"
        pipeline, figures = _dlt_pipeline(folder, self._url, self._window)

        def work() -> None:
            pipeline.run(figures()).raise_on_failed_jobs()
            counts = pipeline.last_trace.last_normalize_info.row_counts
            assert counts["performance_daily"] == self.rows

        return work

    def check(self) -> None:
        """Fail if ours and the floor did not store the same."""
        ours, floor = (_stored(self._last[name]) for name in ("ours", "floor"))
        assert ours == floor
        assert len(ours) == self.rows

    def _fresh(self, contestant: str) -> Path:
        if contestant in self._last:
            self._last[contestant].unlink()
        file = self._folder / f"{contestant}{next(self._numbers)}.db"
        self._last[contestant] = file
        return Path(shutil.copy(self._template, file))


def _camel(path: str) -> str:
    first, *rest = path.removeprefix("metrics.").split("_")
    return first + "".join(word.title() for word in rest)


def _parsed(
    pages: Sequence[bytes], keys: Mapping[str, int], fields: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    for page in pages:
        for row in json.loads(page)["results"]:
            metrics = row["metrics"]
            yield (
                keys[row["campaign"]["id"]],
                row["segments"]["date"],
                int(metrics["costMicros"]) / 1_000_000,
                float(metrics["impressions"]),
                float(metrics["clicks"]),
                metrics["conversions"],
                metrics["conversionsValue"],
                json.dumps({m: metrics[f] for m, f in fields.items() if f in metrics})
                if fields
                else None,
            )


def _stored(file: Path) -> list[tuple[Any, ...]]:
    columns = ", ".join(COLUMNS[:-2])
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            f"SELECT more, {columns} FROM performance_daily ORDER BY entity_key, date_day"
        )
        return [(json.loads(more or "{}"), *rest) for more, *rest in rows]


def _dlt_pipeline(folder: Path, url: str, window: Window) -> tuple[Any, Callable[[], Any]]:
    """Return a pipeline as dlt's guides write it: its REST client, its merge by primary key."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    warnings.filterwarnings("ignore", module="dlt")
    import dlt  # reads the environment when it is imported
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

    client = RESTClient(
        url,
        headers={"Authorization": f"Bearer {accounts.access_token(url)}"},
        paginator=JSONResponseCursorPaginator("nextPageToken", cursor_body_path="pageToken"),
        data_selector="results",
    )

    @dlt.resource(
        name="performance_daily",
        write_disposition="merge",
        primary_key=("campaign_id", "date_day"),
    )
    def figures() -> Iterator[list[dict[str, Any]]]:
        query = {"query": accounts.campaign_query(window)}
        for page in client.paginate(accounts.SEARCH, method="POST", json=query):
            yield [_flat(row) for row in page]

    folder.mkdir()
    pipeline = dlt.pipeline(
        folder.name,
        pipelines_dir=str(folder),
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder / 'warehouse.db'}"),
        dataset_name="bench",
    )
    return pipeline, figures


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    metrics = row["metrics"]
    return {
        "campaign_id": row["campaign"]["id"],
        "date_day": row["segments"]["date"],
        "spend": int(metrics["costMicros"]) / 1_000_000,
        "impressions": float(metrics["impressions"]),
        "clicks": float(metrics["clicks"]),
        "conversions": metrics["conversions"],
        "conversions_value": metrics["conversionsValue"],
    }
