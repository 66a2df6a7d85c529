"""How fast do 16 months of Search Console get into SQLite, against bare `json` and `sqlite3`?

Both store the pairs of query and page, and every day's figures of them. The floor has the answers
in memory, as bytes, one per day; ours fetches them over HTTP, with as many days per question as
fit, from a sandbox that has them ready. The peak of memory is that of a process of its own.

Run as a program, it is that sandbox: `python -m tests.benchmarks.bench_search_console PAIRS`.
"""

import json
import resource
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

import requests

from connectors.base import Window
from connectors.channels import search_console
from connectors.channels.search_console import questions
from connectors.warehouse import Warehouse
from deployments.server import child
from tests.benchmarks.measure import Line, in_turns
from tests.connectors.sandbox.web.searched import (
    DOMAIN,
    NOW,
    TODAY,
    SearchedSite,
    SearchSandbox,
)

LEVEL = "query_page"
LAST = TODAY - timedelta(days=3)
A_DAY = 2_071
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
ENTITY = (
    "INSERT INTO entities (account_key, level, entity_id, parent_id, name, status, url, labels, "
    "details) VALUES (?, 'query_page', ?, ?, ?, 'enabled', ?, '[]', '{}') "
    "ON CONFLICT (account_key, level, entity_id) DO UPDATE SET name = excluded.name, "
    "parent_id = excluded.parent_id, status = excluded.status, url = excluded.url"
)
UPSERT = (
    "INSERT INTO performance_daily (entity_key, breakdown, date_day, clicks, impressions, more, "
    "pull_id) VALUES (?, '', ?, ?, ?, ?, 0) ON CONFLICT (entity_key, breakdown, date_day) "
    "DO UPDATE SET clicks = excluded.clicks, impressions = excluded.impressions, "
    "more = excluded.more, pull_id = excluded.pull_id"
)


def run(*, small: bool) -> list[Line]:
    """Pull and store pairs of query and page: ours against the floor, and its memory."""
    days, pairs = (30, 10_000) if small else (483, 100_000)
    window = Window(LAST - timedelta(days=days - 1), LAST)
    with tempfile.TemporaryDirectory() as name, _sandbox(pairs, Path(name)) as url:
        # First, and in a process of its own: one that starts later begins as large as this one is.
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            before, peak = pool.submit(_memory, url, window, Path(name)).result()
        bench = _Bench(Path(name), url, window)
        rounds = in_turns(3, {"ours": bench.ours, "floor": bench.floor})
        bench.check()
    compared = (
        f"pull and store {bench.rows:,} rows of query and page, {bench.pairs:,} different pairs, "
        "into SQLite, against json.loads of the same bytes and executemany upserts"
    )
    memory = f"peak memory of a process that pulls and stores these {bench.rows:,} rows"
    detail = f"{before:.0f} MB of it before the pull, for Python and what is imported"
    ratios = rounds.ratios("ours", "floor")
    return [
        Line(compared, ratios, "times", at_most=1.5, detail=rounds.seconds()),
        Line(memory, [peak], "MB", at_most=500, detail=detail),
    ]


@contextmanager
def _sandbox(pairs: int, folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_search_console", f"{pairs}"]
    with child(command, {}, folder / "sandbox.log", listen=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


def _options(url: str) -> search_console.Options:
    return search_console.Options(
        account_id=DOMAIN,
        client_id="client",
        client_secret="secret",
        refresh_token="token",
        base_url=f"{url}/search_console",
        token_url=f"{url}/google/token",
        metrics={"position": "position"},
    )


def _pull(url: str, window: Window, warehouse: Warehouse) -> int:
    """Pull as a run's step does; return the rows."""
    channel = search_console.Connector(_options(url), clock=lambda: NOW)
    key = warehouse.save_account("bench", "search", channel.account(), NOW)
    assert channel.covered(LEVEL, window) == [window]
    with warehouse.pull(key, LEVEL, window, run_id="bench", now=NOW) as writer:
        writer.describe = partial(channel.describe, LEVEL)
        for frame in channel.performance(LEVEL, window):
            writer.add(frame)
    return writer.rows


def _memory(url: str, window: Window, folder: Path) -> tuple[float, float]:
    """Return the largest sizes of this process before and after a pull, in megabytes."""
    with Warehouse.create(f"sqlite:///{folder / 'memory.db'}") as warehouse:
        before = _peak()
        _pull(url, window, warehouse)
    return before, _peak()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT / 1_000_000


class _Bench:
    """A migrated warehouse file without any entity, to be copied for every turn."""

    def __init__(self, folder: Path, url: str, window: Window) -> None:
        self._folder, self._url, self._window = folder, url, window
        self._numbers = count()
        self._template = folder / "template.db"
        Warehouse.create(f"sqlite:///{self._template}").close()
        self._days = _bodies(url, window)
        self._last: dict[str, Path] = {}
        self.rows = self.pairs = 0

    def ours(self) -> Callable[[], None]:
        warehouse = Warehouse(f"sqlite:///{self._fresh('ours')}")

        def work() -> None:
            self.rows = _pull(self._url, self._window, warehouse)
            warehouse.close()

        return work

    def floor(self) -> Callable[[], None]:
        connection = sqlite3.connect(self._fresh("floor"))  # journal mode WAL is in the file
        for pragma in ("synchronous = NORMAL", "cache_size = -16384"):  # as the warehouse
            connection.execute(f"PRAGMA {pragma}")

        def work() -> None:
            keys: dict[str, int] = {}
            for body in self._days:
                rows = json.loads(body)["rows"]
                pairs = {f"{row['keys'][1]} {row['keys'][2]}": row["keys"][1:] for row in rows}
                for entity_id in pairs.keys() - keys.keys():
                    added = connection.execute(ENTITY, _entity(pairs[entity_id]))
                    keys[entity_id] = added.lastrowid
                connection.executemany(UPSERT, (_figures(row, keys) for row in rows))
            connection.commit()
            connection.close()

        return work

    def check(self) -> None:
        """Fail if ours and the floor did not store the same."""
        ours, floor = (_stored(self._last[name]) for name in ("ours", "floor"))
        assert ours == floor
        assert len(ours) == self.rows
        self.pairs = len({row[0] for row in ours})

    def _fresh(self, contestant: str) -> Path:
        if contestant in self._last:
            self._last[contestant].unlink()
        file = self._folder / f"{contestant}{next(self._numbers)}.db"
        self._last[contestant] = file
        return Path(shutil.copy(self._template, file))


def _bodies(url: str, window: Window) -> list[bytes]:
    """Return the answers of every day."""
    options = _options(url)
    token = requests.post(
        f"{url}/google/token",
        data={"grant_type": "refresh_token", "refresh_token": "token"},
        timeout=10,
    ).json()["access_token"]
    address = f"{url}/search_console/webmasters/v3/sites/sc-domain%3Aexample.com"
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"

    def ask(question: dict[str, Any]) -> bytes:
        body = {**question, "rowLimit": 25_000, "startRow": 0}
        reply = session.post(f"{address}/searchAnalytics/query", json=body, timeout=300)
        reply.raise_for_status()
        return reply.content

    return [ask(questions.question(options, LEVEL, day)) for day in window.split(1)]


def _entity(keys: Any) -> tuple[Any, ...]:
    query, page = keys
    return (1, f"{query} {page}", page, query, page)


def _figures(row: dict[str, Any], keys: dict[str, int]) -> tuple[Any, ...]:
    day, query, page = row["keys"]
    more = json.dumps({"position": row["position"]})
    return (keys[f"{query} {page}"], day, row["clicks"], row["impressions"], more)


def _stored(file: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "SELECT entity_id, date_day, clicks, impressions, more FROM performance_daily "
            "JOIN entities USING (entity_key) WHERE level = 'query_page' ORDER BY 1, 2"
        )
        return [(*row[:4], json.loads(row[4])["position"]) for row in rows]


def _serve(pairs: int) -> None:
    site = SearchedSite(
        pages=max(pairs // 50, 20), queries=max(pairs // 5, 50), pairs=pairs, a_day=A_DAY
    )
    with SearchSandbox({DOMAIN: site}) as sandbox:
        print(sandbox.url, flush=True)
        Event().wait()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
