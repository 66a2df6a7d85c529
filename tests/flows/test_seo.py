"""The SEO process on the demo's shop: everything that is planted is found, and nothing else."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib import import_module

import pytest

from config.settings import settings
from connectors.records import MINOR, Result
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web import CLEAN_DAY
from connectors.work import WorkItem
from flows.seo import seo
from tasks.site.facts import NAMES
from tests.market import demo_market, warehouse
from tests.plain import plain_steps

WEEK_LATER = date(2026, 10, 25)
DAYS = (CLEAN_DAY, WEEK_LATER, DEMO_TODAY)

OF_THE_SITE = frozenset(
    {"robots_changed", "sitemap_errors", "indexed_share_fell", "competitor_published"}
)
MOVED = {"search_opportunity", "search_query_lost", "search_segment_fall"}
"""What no fact tells of: checks of visibility find it."""


class _Morning(datetime):
    day = CLEAN_DAY

    @classmethod
    def now(cls, tz=None):
        return datetime(cls.day.year, cls.day.month, cls.day.day, 6, tzinfo=UTC)


class Lived:
    """What the process found on each day, and what was planted there."""

    def __init__(self) -> None:
        self.found: dict[date, list[Result]] = {}
        self.planted: dict[date, Mapping[str, object]] = {}
        self.work: dict[date, list[WorkItem]] = {}
        self.asked: dict[date, int] = {}

    def names(self, day: date) -> dict[str, list[str]]:
        """Return what was found by check."""
        names: dict[str, list[str]] = {}
        for result in self.found[day]:
            if result.verdict in ("warning", "critical") or result.reason == MINOR:
                names.setdefault(result.check, []).append(result.name)
        return {check: sorted(those) for check, those in names.items()}


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Lived:
    made = Lived()
    flow = import_module("flows.seo")
    with (
        demo_market(tmp_path_factory.mktemp("seo")) as sandbox,
        plain_steps(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(flow, "datetime", _Morning)
        website = sandbox.websites["shop"]
        for day in DAYS:
            _Morning.day = day
            patch.setenv("MARKETLOOP_TODAY", f"{day}")
            settings.cache_clear()
            sandbox.set_clock(day)
            website.forget_requests()
            seo.fn("shop", day)
            made.planted[day] = website.web.planted()
            made.asked[day] = len(website.requests)
            with warehouse() as store:
                made.found[day] = store.results("shop", "seo", day)
                made.work[day] = store.work_items("shop", "seo")
    return made


@pytest.mark.parametrize("day", DAYS)
def test_every_planted_fault_is_found_and_nothing_else(lived, day):
    found, planted = lived.names(day), dict(lived.planted[day])
    compete = planted.pop("pages_compete", [])
    assert bool(found.pop("pages_compete", [])) == bool(compete)
    linking = set(planted.pop("broken_internal_link", []))
    assert set(found.pop("broken_internal_link", [])) <= linking
    for fact in OF_THE_SITE:
        assert bool(found.pop(fact, [])) == bool(planted.pop(fact, [])), fact
    facts = {check: names for check, names in found.items() if check in NAMES}
    assert facts == {fact: [*paths] for fact, paths in planted.items()}


def test_movements_of_searches_are_found_and_nothing_else(lived):
    found = lived.names(DEMO_TODAY)
    assert {check for check in found if check not in NAMES} == MOVED
    assert found["search_query_lost"] == ["jogging shoes"]
    assert found["search_segment_fall"] == ["blog"]


def test_a_broken_link_on_a_page_that_matters_little_wakes_nobody(lived):
    minor = [result for result in lived.found[DEMO_TODAY] if result.reason == MINOR]
    assert "broken_outbound_link" in {result.check for result in minor}
    assert {result.verdict for result in minor} == {"ok"}


def test_what_people_can_mend_is_work_with_an_owner_and_a_day(lived):
    work = [item for item in lived.work[DEMO_TODAY] if item.origin == "finding"]
    gone = next(item for item in work if item.check == "page_gone")
    assert gone.name == "/products/shoes/racing-flat"
    assert gone.owner
    assert gone.due_on >= DEMO_TODAY
    assert len({item.fingerprint for item in work}) == len(work)


def test_a_run_again_opens_nothing_twice(lived):
    seen = [item.fingerprint for item in lived.work[DEMO_TODAY] if item.state == "open"]
    assert len(seen) == len(set(seen))
