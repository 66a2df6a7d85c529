"""The sandbox's shop, really crawled and stored: each planted fault is found, and nothing else."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web import CLEAN_DAY, Website, simulated_web
from connectors.warehouse import Warehouse
from tasks.site.evidence import Site
from tasks.site.facts import NAMES, SITE_FACTS
from tests.tasks.site.building import results
from tests.tasks.site.demo_shop import Shop, demo_library

ON_QUERIES = "pages_compete"
ONCE_PER_TARGET = "broken_internal_link"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Shop]:
    url = f"sqlite:///{tmp_path_factory.mktemp('shop') / 'warehouse.db'}"
    Warehouse.create(url).close()
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        Website(simulated_web("shop")) as website,
        Warehouse(url) as warehouse,
    ):
        made = Shop(website, warehouse, demo_library(monkeypatch, website))
        made.crawl(CLEAN_DAY)
        made.ask_others(CLEAN_DAY)
        yield made


def differences(site: Site, shop: Shop, day: date) -> dict[str, tuple[list[str], list[str]]]:
    """Return of each fact that is found otherwise than planted what is found and what planted."""
    planted = shop.web.planted()
    different = {}
    for fact in sorted(NAMES):
        found = [it.name for it in results(fact, site, as_of=day)]
        wanted = list(planted.get(fact, ()))
        if fact in SITE_FACTS:
            wanted = [site.account] if wanted else []
        elif fact == ON_QUERIES:
            wanted = ["winter boots"] if wanted else []
        elif fact == ONCE_PER_TARGET:
            broken = {*planted.get("page_gone", ()), *planted.get("page_fails", ())}
            assert set(found) <= set(wanted)
            assert len(found) == len(set(found)) <= len(broken)
            found, wanted = [bool(found)], [bool(wanted)]
        if sorted(found) != sorted(wanted):
            different[fact] = (found, wanted)
    return different


def look(shop: Shop, day: date) -> Site:
    shop.crawl(day)
    shop.ask_others(day)
    shop.pull_searches(day)
    return shop.site(day)


def test_each_planted_fault_is_found_once_and_nothing_else(shop):
    site = look(shop, DEMO_TODAY)
    assert len(shop.web.planted()) >= 33
    assert differences(site, shop, DEMO_TODAY) == {}


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2026, 10, 16), date(2026, 10, 28)])
def test_so_it_is_on_other_days(tmp_path, monkeypatch, day):
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    Warehouse.create(url).close()
    with Website(simulated_web("shop")) as website, Warehouse(url) as warehouse:
        shop = Shop(website, warehouse, demo_library(monkeypatch, website))
        shop.crawl(CLEAN_DAY)
        shop.ask_others(CLEAN_DAY)
        assert differences(look(shop, day), shop, day) == {}


@pytest.mark.slow
def test_what_a_second_crawl_sees_again_is_still_told(shop):
    for day in (DEMO_TODAY, DEMO_TODAY + timedelta(days=2)):
        site = look(shop, day)
    for fact in ("became_noindex", "canonical_elsewhere", "blocked_by_robots"):
        assert fact not in differences(site, shop, day)
