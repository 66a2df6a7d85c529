"""The demo's brands on a simulated market, with a warehouse of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from config.settings import settings
from connectors.sandbox.demo import DEMO_TODAY, demo
from connectors.sandbox.server import Sandbox
from connectors.sandbox.social import demo_social
from connectors.sandbox.web import demo_webs
from connectors.warehouse import Warehouse
from deployments.demo import environment, site_environment
from flows.google_ads import google_ads
from tests.plain import plain_steps


@contextmanager
def demo_market(folder: Path) -> Iterator[Sandbox]:
    """Run the demo's market, and point the settings of this process at it and at `folder`.

    Its brands have websites (`sandbox.websites` says what was asked of them) and accounts on social
    networks.
    """
    with (
        Sandbox(demo(), today=DEMO_TODAY, webs=demo_webs(), social=demo_social()) as sandbox,
        pytest.MonkeyPatch.context() as patch,
    ):
        sites = site_environment(f"{DEMO_TODAY}", sandbox.site_urls, sandbox.competitor_urls)
        for name, value in (environment(folder, sandbox.url) | sites).items():
            patch.setenv(name, value)
        settings.cache_clear()
        lay_down(settings().warehouse_url.get_secret_value())
        yield sandbox
    settings.cache_clear()


@contextmanager
def proposed_market(folder: Path) -> Iterator[Sandbox]:
    """Run the demo's market after a run of the shop's Google Ads: its changes wait.

    Steps are plain functions meanwhile. The run is made once, and what it stored is copied.
    """
    with demo_market(folder) as sandbox, plain_steps():
        file = folder / "warehouse.db"
        if not _PROPOSED:
            google_ads.fn("shop", DEMO_TODAY)
            assert not file.with_name("warehouse.db-wal").exists()
            _PROPOSED.append(file.read_bytes())
        file.write_bytes(_PROPOSED[0])
        yield sandbox


_PROPOSED: list[bytes] = []
"""The warehouse of the first `proposed_market`."""


def lay_down(url: str) -> None:
    """Put an empty warehouse where a SQLite URL says, unless one is there. Migrating is slower."""
    file = Path(sa.make_url(url).database or "")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "warehouse.db"
        Warehouse.create(f"sqlite:///{file}").close()
        return file.read_bytes()


def warehouse() -> Warehouse:
    """Open the warehouse that the settings name."""
    return Warehouse(settings().warehouse_url.get_secret_value())
