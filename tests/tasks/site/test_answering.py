"""Pages that do not answer as they should, or may not be found any more."""

from datetime import timedelta
from typing import get_args

import pytest

from connectors.sites import Spared
from tests.tasks.site.building import (
    DAY,
    NOW,
    answer,
    changes,
    found,
    history,
    page,
    redirect,
    results,
    site,
    verdict,
)

HOME = page("/", "/a", "/b")
A, B = page("/a", "/"), page("/b", "/")


# --- page_gone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_linked_page_that_is_gone_is_told_with_its_links(status):
    one = site(page("/", "/a", "/b"), page("/b", "/a"), answer("/a", status), weigh="medium")
    (told,) = results("page_gone", one)
    said = f"The page /a is gone (answers {status}), and is still linked from 2 pages."
    assert told.sentence == said
    assert (told.verdict, told.numbers, told.level) == ("warning", {"links": 2.0}, "page")
    assert told.todo.title == "Bring /a back, or redirect it and mend the links to it"


def test_a_gone_page_that_only_a_sitemap_names_is_told():
    one = site(page("/"), answer("/a", 404), crawl={"listed": ["/a"]}, weigh="medium")
    (told,) = results("page_gone", one)
    assert told.sentence.endswith("is still linked from a sitemap.")


def test_a_redirect_that_ends_nowhere_is_gone():
    assert found("page_gone", site(HOME, A, redirect("/b", "/c", final=404))) == ["/b"]


def test_a_gone_page_that_links_only_to_itself_is_no_finding():
    assert found("page_gone", site(page("/"), answer("/a", 404))) == []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (site(HOME, A, B), "ok"),
        (site(HOME, answer("/a", None), B), "unknown"),
        (site(HOME, A, B, full=None), "ok"),
        (site(HOME, answer("/a", 404), B, full=None), "unknown"),
        (site(page("/"), answer("/a", 404), crawl={"state": "stopped"}), "unknown"),
        (site(HOME, B, lost=[answer("/a", 404)]), "unknown"),
    ],
)
def test_whether_a_page_is_gone_is_known_where_it_was_read_and_links_are(one, said):
    assert verdict("page_gone", one, "/a") == said


# --- page_fails --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 400, 405])
def test_a_page_that_answers_with_an_error_fails(status):
    (told,) = results("page_fails", site(HOME, answer("/a", status), B, weigh="high"))
    said = f"The page /a does not work: answers {status}. It is linked from 1 page."
    assert told.sentence == said
    assert told.verdict == "critical"


@pytest.mark.parametrize("status", [401, 403, 429])
def test_whoever_asks_for_a_password_or_less_haste_is_unknown(status):
    assert verdict("page_fails", site(HOME, answer("/a", status), B), "/a") == "unknown"


def test_silence_is_a_failure_where_others_answered_that_day():
    assert found("page_fails", site(HOME, answer("/a", None), B)) == ["/a"]
    nothing = [answer(path, None) for path in ("/", "/a")]
    assert verdict("page_fails", site(*nothing), "/a") == "unknown"


def test_answers_of_another_day_do_not_make_silence_a_failure():
    later = [answer(path, None, asked_at=NOW + DAY) for path in ("/", "/a")]
    assert found("page_fails", site(*later, B)) == []


@pytest.mark.parametrize("word", get_args(Spared))
def test_what_we_left_alone_does_not_fail(word):
    one = site(HOME, answer("/a", None, reason="robots.txt: over", spared=word), B)
    assert found("page_fails", one) == []
    assert verdict("page_fails", one, "/a") == "unknown"


# --- page_lost ---------------------------------------------------------------------------------


def test_a_page_that_a_complete_crawl_comes_upon_no_more_is_lost():
    one = site(page("/", "/b"), B, before=[HOME, A, B], lost=[A], weigh="medium")
    (told,) = results("page_lost", one)
    assert told.name == "/a"
    assert "our crawl no longer came upon it" in told.sentence


def test_a_page_that_says_it_is_gone_and_that_nothing_leads_to_is_lost():
    one = site(page("/", "/b"), B, answer("/a", 410), before=[HOME, A, B])
    (told,) = results("page_lost", one)
    assert "answers 410" in told.sentence
    assert found("page_gone", one) == []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (site(page("/", "/b"), B, redirect("/a", "/b"), before=[HOME, A, B]), "ok"),
        (site(page("/", "/b"), B, A, before=[HOME, A, B]), "ok"),
        (site(HOME, B, answer("/a", 404), before=[HOME, A, B]), "ok"),  # it is page_gone
        (site(page("/"), lost=[A], before=[HOME, A], crawl={"state": "stopped"}), "unknown"),
        (site(page("/"), lost=[A]), "unknown"),
        (site(page("/"), lost=[A], before=[HOME, answer("/a", 500)]), "unknown"),
    ],
)
def test_only_a_page_that_was_one_is_lost_and_only_a_complete_crawl_tells(one, said):
    assert verdict("page_lost", one, "/a") == said


@pytest.mark.parametrize(("days", "told"), [(10, ["/a"]), (40, [])])
def test_a_lost_page_is_told_for_some_weeks(days, told):
    left = history({"path": "/a", "gone_since": NOW - timedelta(days=days)})
    assert found("page_lost", site(page("/"), lost=[A], before=[page("/")], history=left)) == told


# --- became_noindex, canonical_elsewhere -------------------------------------------------------

HIDDEN = page("/a", "/", robots=("noindex", "follow"))
TURNED = page("/a", "/", canonical="https://acme.test/b")


@pytest.mark.parametrize("robots", [("noindex",), ("none",), ("nofollow", "noindex")])
def test_a_page_that_asks_to_be_left_out_is_told_with_its_words(robots):
    now = page("/a", "/", robots=robots)
    (told,) = results("became_noindex", site(HOME, now, B, before=[HOME, A, B], weigh="high"))
    assert told.sentence == f"/a now asks search engines to leave it out: {', '.join(robots)}."
    assert told.verdict == "critical"


def test_a_page_that_names_another_one_is_told_with_it():
    (told,) = results("canonical_elsewhere", site(HOME, TURNED, B, before=[HOME, A, B]))
    assert "https://acme.test/b" in told.sentence


@pytest.mark.parametrize(
    ("fact", "now"), [("became_noindex", HIDDEN), ("canonical_elsewhere", TURNED)]
)
def test_what_became_worse_is_told_only_against_how_the_page_was(fact, now):
    assert verdict(fact, site(HOME, A, B, before=[HOME, A, B]), "/a") == "ok"
    assert verdict(fact, site(HOME, now, B, before=[HOME, now, B]), "/a") == "ok"
    assert verdict(fact, site(HOME, now, B), "/a") == "unknown"
    assert verdict(fact, site(HOME, now, B, before=[HOME, B]), "/a") == "unknown"
    failed = answer("/a", 500)
    assert verdict(fact, site(HOME, now, B, before=[HOME, failed, B]), "/a") == "unknown"
    assert verdict(fact, site(HOME, failed, B, before=[HOME, A, B]), "/a") == "unknown"


@pytest.mark.parametrize(
    ("fact", "now", "change"),
    [
        ("became_noindex", HIDDEN, ("/a", "robots", "", "noindex,follow")),
        ("canonical_elsewhere", TURNED, ("/a", "canonical", None, "https://acme.test/b")),
    ],
)
def test_a_second_crawl_with_the_same_fault_still_tells_it(fact, now, change):
    again = {"before": [HOME, now, B], "changes": changes(change)}
    assert found(fact, site(HOME, now, B, **again)) == ["/a"]
    assert found(fact, site(HOME, A, B, **again)) == []


@pytest.mark.parametrize(
    "change",
    [
        ("/a", "robots", "noindex", "noindex,follow"),
        ("/a", "robots", "noindex", ""),
        ("/b", "robots", "", "noindex"),
        ("/a", "canonical", "", "https://acme.test/b"),
    ],
)
def test_other_changes_are_no_finding(change):
    one = site(HOME, HIDDEN, B, before=[HOME, HIDDEN, B], changes=changes(change))
    assert verdict("became_noindex", one, "/a") == "ok"


# --- blocked_by_robots -------------------------------------------------------------------------

BLOCKED = answer("/a", None, reason="robots.txt forbids it", spared="forbidden")


def test_a_page_that_was_read_and_may_not_be_any_more_is_blocked():
    (told,) = results("blocked_by_robots", site(HOME, BLOCKED, B, before=[HOME, A, B]))
    assert told.sentence == "Search engines may not read /a: robots.txt forbids it."
    again = site(HOME, BLOCKED, B, before=[HOME, BLOCKED, B], history=history({"path": "/a"}))
    assert found("blocked_by_robots", again) == ["/a"]


def test_what_was_never_read_is_not_blocked():
    never = history({"path": "/a", "text_since": None})
    one = site(HOME, BLOCKED, B, before=[HOME, BLOCKED, B], history=never)
    assert verdict("blocked_by_robots", one, "/a") == "ok"
    silent = site(HOME, answer("/a", None), B, before=[HOME, A, B])
    assert verdict("blocked_by_robots", silent, "/a") == "unknown"
