"""Fixtures for every test: no waiting between retries, settings of their own, one Prefect server."""

from collections.abc import Iterator

import pytest
import stamina

from config.settings import settings


@pytest.fixture(autouse=True, scope="session")
def _no_waiting() -> None:
    stamina.set_testing(True, attempts=3, cap=True)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path, monkeypatch) -> Iterator[None]:
    """Nothing a developer has in the environment or `.env` reaches a test, nor the other way."""
    monkeypatch.chdir(tmp_path)
    for name in ("WAREHOUSE_URL", "BRANDS_DIR", "LIBRARY_DIR", "STATE_DIR", "PREFECT_UI_URL"):
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
