"""How pages are reached: orphans, and sitemaps against reality."""

import pytest

from connectors.sites import SiteFile
from tests.tasks.site.building import (
    NOW,
    answer,
    found,
    page,
    redirect,
    results,
    site,
    url,
    verdict,
)

A = page("/a", "/")


@pytest.mark.parametrize(
    ("listed", "reason"),
    [(["/a"], "only a sitemap names it"), (["/"], "only its address leads there")],
)
def test_a_page_that_nothing_links_to_is_an_orphan(listed, reason):
    (told,) = results("orphan_page", site(page("/"), A, crawl={"listed": listed}))
    assert told.sentence == f"No page of the site links to /a: {reason}."


def test_a_link_to_itself_does_not_count():
    assert found("orphan_page", site(page("/"), page("/a", "/a"))) == ["/a"]


@pytest.mark.parametrize(
    "others",
    [
        [page("/", "/a"), A],
        [page("/", "/b"), page("/b", "/a"), A],
        [page("/", "/old"), redirect("/old", "/a"), A],
        [page("/"), page("/a", robots=("noindex",))],
        [page("/"), page("/a", canonical=url("/"))],
    ],
)
def test_linked_redirected_and_hidden_pages_are_no_orphans(others):
    assert found("orphan_page", site(*others)) == []


def test_only_a_complete_crawl_knows_orphans():
    for crawl in ({"state": "stopped"}, None):
        one = site(page("/"), A, crawl=crawl) if crawl else site(page("/"), A, full=None)
        assert found("orphan_page", one) == []
        assert verdict("orphan_page", one, "/a") == "unknown"


@pytest.mark.parametrize(
    ("it", "reason"),
    [
        (answer("/a", 404), "it answers 404"),
        (redirect("/a", "/b"), "it leads to /b"),
        (page("/a", robots=("noindex",)), "it asks to be left out"),
        (page("/a", canonical=url("/b")), "it names /b as the page to be found"),
        (answer("/a", None, spared="forbidden"), "robots.txt forbids it"),
    ],
)
def test_a_sitemap_should_not_list_what_is_not_to_be_found(it, reason):
    one = site(page("/", "/a"), it, crawl={"listed": ["/", "/a"]}, weigh="high")
    (told,) = results("sitemap_lists_wrong", one)
    assert told.sentence == f"The sitemap /sitemap.xml lists /a, which it should not: {reason}."
    assert found("sitemap_lists_wrong", site(page("/", "/a"), it, crawl={"listed": ["/"]})) == []


def test_a_listed_page_that_fails_or_says_nothing_is_another_matter():
    for status, said in [(500, "ok"), (None, "unknown")]:
        one = site(page("/"), answer("/a", status), crawl={"listed": ["/", "/a"]})
        assert verdict("sitemap_lists_wrong", one, "/a") == said


def sitemap(**given):
    return SiteFile("sitemap", url("/sitemap.xml"), NOW, **{"status": 200, **given})


def test_a_page_that_matters_is_missed():
    one = site(page("/"), A, crawl={"listed": ["/"]}, weigh="high", files=[sitemap()])
    (told,) = results("sitemap_misses", one)
    assert (told.name, told.verdict) == ("/a", "warning")


@pytest.mark.parametrize(
    "given",
    [
        {"weigh": "medium"},
        {"crawl": {"listed": []}},
        {"crawl": {"listed": ["/", "/a"]}},
    ],
)
def test_pages_that_matter_less_or_sites_without_sitemaps_miss_nothing(given):
    usual = {"weigh": "high", "crawl": {"listed": ["/"]}}
    assert found("sitemap_misses", site(page("/"), A, **{**usual, **given})) == []


@pytest.mark.parametrize("broken", [sitemap(status=500), sitemap(reason="no XML")])
def test_nobody_can_tell_while_a_sitemap_cannot_be_read(broken):
    one = site(page("/"), A, crawl={"listed": ["/"]}, weigh="high", files=[broken])
    assert found("sitemap_misses", one) == []
    assert verdict("sitemap_misses", one, "/a") == "unknown"
