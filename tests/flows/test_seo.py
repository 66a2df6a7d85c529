"""The SEO process on the demo's sites: everything that is planted is found, and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pytest

from config.settings import settings
from connectors.records import MINOR, Result
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web import CLEAN_DAY, DemoSite
from connectors.sites import CrawlKind
from connectors.warehouse import Warehouse
from connectors.work import WorkItem
from flows.seo import seo
from tasks.site.facts import NAMES
from tests.market import demo_market, warehouse
from tests.plain import plain_steps

WEEK_LATER = date(2026, 10, 25)
WATCHED = date(2026, 10, 31)
"""Less than a week after a full crawl: a watch is due."""
CRAWLED = (CLEAN_DAY, WEEK_LATER, DEMO_TODAY)

AS_ONE = frozenset(
    {
        "robots_changed", "sitemap_errors", "indexed_share_fell", "competitor_published",
        "pages_compete",
    }
)  # fmt: skip
"""Told of the site or of a query, planted as paths."""
MOVED = {"search_opportunity", "search_query_lost", "search_segment_fall"}
"""What no fact tells of: checks of visibility find it."""
AFTER_A_FULL_CRAWL = frozenset(
    {"page_lost", "blocked_by_robots", "not_indexed", "indexed_share_fell", "sitemap_errors"}
)
"""A watch asks important pages only, and no search engine: of these it sees a part, or nothing."""


class _Morning(datetime):
    day = CLEAN_DAY

    @classmethod
    def now(cls, tz=None):
        return datetime(cls.day.year, cls.day.month, cls.day.day, 6, tzinfo=UTC)


class Lived:
    """What the process found on each day, and what was planted there."""

    def __init__(self) -> None:
        self.found: dict[date, list[Result]] = {}
        self.planted: dict[date, Mapping[str, Sequence[str]]] = {}
        self.work: dict[date, list[WorkItem]] = {}
        self.kinds: dict[date, CrawlKind] = {}

    def names(self, day: date) -> dict[str, list[str]]:
        """Return what was found by check."""
        names: dict[str, list[str]] = {}
        for result in self.found[day]:
            if result.verdict in ("warning", "critical") or result.reason == MINOR:
                names.setdefault(result.check, []).append(result.name)
        return {check: sorted(those) for check, those in names.items()}

    def differences(self, day: date) -> dict[str, tuple[list[str], list[str]]]:
        """Return of each fact that is found otherwise than planted what is found and planted."""
        found, planted = self.names(day), self.planted[day]
        told = {fact: (found.get(fact, []), [*planted.get(fact, ())])
                for fact in NAMES & found.keys() | planted.keys()}  # fmt: skip
        return {fact: pair for fact, pair in told.items() if not _same(fact, *pair)}


def _same(fact: str, found: list[str], planted: list[str]) -> bool:
    if fact == "broken_internal_link":  # each target once, on one of the pages that link to it
        return bool(found) == bool(planted) and {*found} <= {*planted}
    return bool(found) == bool(planted) if fact in AS_ONE else found == planted


def live(brand: DemoSite, days: Sequence[date], folder: Path) -> Lived:
    """Run the process on each of these days, each at six in the morning."""
    made = Lived()
    flow = import_module("flows.seo")
    with (
        demo_market(folder) as sandbox,
        plain_steps(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(flow, "datetime", _Morning)
        for day in days:
            _Morning.day = day
            patch.setenv("MARKETLOOP_TODAY", f"{day}")
            settings.cache_clear()
            sandbox.set_clock(day)
            seo.fn(brand, day)
            made.planted[day] = sandbox.websites[brand].web.planted()
            with warehouse() as store:
                made.found[day] = store.results(brand, "seo", day)
                made.work[day] = store.work_items(brand, "seo")
                made.kinds[day] = _last_crawl(store, brand)
    return made


def _last_crawl(store: Warehouse, brand: str) -> CrawlKind:
    accounts = store.accounts(brand)
    (key,) = accounts.loc[accounts["platform"] == "website", "account_key"]
    return store.crawls(int(key))[0].kind


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Lived:
    days = sorted([*CRAWLED, WATCHED])
    return live("shop", days, tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Lived:
    return live("clinic", [CLEAN_DAY, DEMO_TODAY], tmp_path_factory.mktemp("clinic"))


@pytest.mark.slow
@pytest.mark.parametrize("day", CRAWLED)
def test_every_planted_fault_is_found_and_nothing_else(lived, day):
    assert lived.kinds[day] == "full"
    assert lived.differences(day) == {}


@pytest.mark.slow
def test_a_watch_finds_what_changed_since_the_full_crawl_and_nothing_else(lived):
    assert lived.kinds[WATCHED] == "watch"
    assert lived.differences(WATCHED).keys() <= AFTER_A_FULL_CRAWL
    found, before = lived.names(WATCHED), lived.names(WEEK_LATER)
    for fact in AFTER_A_FULL_CRAWL:
        assert {*found.get(fact, [])} <= {*lived.planted[WATCHED][fact]}
    new = {fact for fact in NAMES & found.keys() if found[fact] != before.get(fact)}
    assert new == {
        "analytics_gone", "became_noindex", "blocked_by_robots", "broken_internal_link",
        "canonical_elsewhere", "competitor_published", "page_gone", "robots_changed",
        "sitemap_lists_wrong", "sitemap_misses",
    }  # fmt: skip


def test_the_clinics_faults_are_found_from_one_full_crawl_to_the_next(clinic):
    assert (clinic.names(CLEAN_DAY), clinic.differences(CLEAN_DAY)) == ({}, {})
    assert clinic.differences(DEMO_TODAY) == {}
    assert clinic.names(DEMO_TODAY) == {
        "became_noindex": ["/treatments/root-canal"],
        "description_missing": ["/prices"],
        "search_segment_fall": ["blog"],
    }


@pytest.mark.slow
def test_movements_of_searches_are_found_and_nothing_else(lived):
    found = lived.names(DEMO_TODAY)
    assert {check for check in found if check not in NAMES} == MOVED
    assert found["search_query_lost"] == ["jogging shoes"]
    assert found["search_segment_fall"] == ["blog"]


@pytest.mark.slow
def test_a_broken_link_on_a_page_that_matters_little_wakes_nobody(lived):
    minor = [result for result in lived.found[DEMO_TODAY] if result.reason == MINOR]
    assert "broken_outbound_link" in {result.check for result in minor}
    assert {result.verdict for result in minor} == {"ok"}


@pytest.mark.slow
def test_what_people_can_mend_is_work_with_an_owner_and_a_day(lived):
    work = [item for item in lived.work[DEMO_TODAY] if item.origin == "finding"]
    gone = next(item for item in work if item.check == "page_gone")
    assert gone.name == "/products/shoes/racing-flat"
    assert gone.owner
    assert gone.due_on >= DEMO_TODAY
    assert len({item.fingerprint for item in work}) == len(work)


@pytest.mark.slow
def test_a_run_again_opens_nothing_twice(lived):
    seen = [item.fingerprint for item in lived.work[DEMO_TODAY] if item.state == "open"]
    assert len(seen) == len(set(seen))
