"""The demo's brands on a simulated market, with a warehouse of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings import settings
from connectors.sandbox.demo import DEMO_TODAY, demo
from connectors.sandbox.server import Sandbox
from connectors.sandbox.social import demo_social
from connectors.sandbox.web import demo_webs
from connectors.warehouse import Warehouse
from deployments.demo import environment, site_environment


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
        Warehouse.create(settings().warehouse_url.get_secret_value()).close()
        yield sandbox
    settings.cache_clear()


def warehouse() -> Warehouse:
    """Open the warehouse that the settings name."""
    return Warehouse(settings().warehouse_url.get_secret_value())
