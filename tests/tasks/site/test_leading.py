"""Where pages lead: broken links, chains and circles of redirects."""

import pytest

from connectors.sites import SiteLink
from tests.tasks.site.building import answer, found, page, redirect, results, site, url, verdict

GONE = answer("/gone", 404)
AWAY = "https://other.test/x"


def test_a_broken_link_is_told_once_on_the_page_that_matters_most():
    sources = [page(f"/p{n}", "/gone") for n in range(5)]
    home = page("/", SiteLink(url("/gone"), "our offer"))
    (told,) = results("broken_internal_link", site(home, *sources, GONE))
    assert told.sentence == (
        'The link "our offer" on / leads to /gone, which does not work: answers 404. '
        "It stands on 6 pages."
    )
    assert told.numbers == {"links": 1.0, "pages": 6.0}


def test_pages_of_one_importance_are_taken_by_address():
    one = site(page("/"), page("/b", "/gone"), page("/a", "/gone"), GONE)
    assert found("broken_internal_link", one) == ["/a"]


def test_two_broken_targets_on_one_page_are_one_finding_that_counts_them():
    one = site(page("/", "/gone", "/out"), GONE, answer("/out", 500))
    (told,) = results("broken_internal_link", one)
    assert "leads to /gone (and 1 more link)" in told.sentence
    assert told.numbers["links"] == 2.0


@pytest.mark.parametrize(
    "target",
    [answer("/a", 403), answer("/a", None), page("/a"), redirect("/a", "/"), answer("/a", 301)],
)
def test_what_answers_or_says_nothing_is_no_broken_link(target):
    assert found("broken_internal_link", site(page("/", "/a"), target)) == []


def test_a_redirect_that_ends_nowhere_is_a_broken_link():
    one = site(page("/", "/old"), redirect("/old", "/gone", final=404))
    assert found("broken_internal_link", one) == ["/"]


def test_a_page_that_links_to_itself_or_was_not_read_has_no_broken_link():
    one = site(page("/"), answer("/gone", 404, links=(SiteLink(url("/gone")),)))
    assert found("broken_internal_link", one) == []


def test_links_are_unknown_without_a_complete_crawl_of_a_page_that_was_read():
    assert verdict("broken_internal_link", site(page("/")), "/") == "ok"
    assert verdict("broken_internal_link", site(page("/"), full=None), "/") == "unknown"
    stopped = site(page("/"), crawl={"state": "stopped"})
    assert verdict("broken_internal_link", stopped, "/") == "unknown"
    assert verdict("broken_internal_link", site(page("/"), GONE), "/gone") == "unknown"


def test_an_outbound_link_to_what_is_gone_is_told_with_its_whole_address():
    one = site(page("/", AWAY), crawl={"outside": {AWAY: 404}})
    (told,) = results("broken_outbound_link", one)
    assert f"leads to {AWAY} on another site" in told.sentence


@pytest.mark.parametrize(
    ("outside", "said"),
    [({AWAY: 200}, "ok"), ({AWAY: 403}, "ok"), ({AWAY: 500}, "ok"), ({AWAY: None}, "unknown"),
     ({}, "unknown")],
)  # fmt: skip
def test_other_answers_of_other_sites_are_no_finding_and_silence_is_unknown(outside, said):
    one = site(page("/", AWAY), crawl={"outside": outside})
    assert verdict("broken_outbound_link", one, "/") == said


def test_a_page_without_outbound_links_has_no_broken_one():
    assert verdict("broken_outbound_link", site(page("/", "/a"), page("/a")), "/") == "ok"


def test_a_chain_is_told_with_its_way():
    one = site(page("/", "/a"), redirect("/a", "/b", "/c"), page("/c", "/a"), weigh="high")
    (told,) = results("redirect_chain", one)
    assert told.sentence.startswith("/a leads to /c only after 2 redirects, and is linked from 2 p")
    assert told.todo.title == "Let /a and the links to it lead straight to /c"


@pytest.mark.parametrize("hops", [("/b",), ("/b", "/a"), ("/b", "/c", "/b")])
def test_one_redirect_or_a_circle_is_no_chain(hops):
    final = 200 if hops == ("/b",) else 301
    assert found("redirect_chain", site(page("/", "/a"), redirect("/a", *hops, final=final))) == []


@pytest.mark.parametrize(
    "hops", [("/a",), ("/b", "/a"), ("/b", "/c", "/b"), tuple(f"/{n}" for n in range(11))]
)
def test_a_circle_and_an_endless_way_are_loops(hops):
    one = site(page("/", "/a"), redirect("/a", *hops, final=301), weigh="high")
    (told,) = results("redirect_loop", one)
    assert told.verdict == "critical"
    assert " → ".join(hops) in told.sentence or hops == ("/a",)


@pytest.mark.parametrize(("hops", "final"), [((AWAY,), 301), (("/b", AWAY), 301), (("/b",), 200)])
def test_a_redirect_to_another_site_is_no_loop(hops, final):
    one = site(page("/", "/a"), redirect("/a", *hops, final=final))
    assert found("redirect_loop", one) == []
    assert verdict("redirect_loop", one, "/a") == "ok"
