"""robots.txt, sitemaps, certificates, index, competitors: the site as a whole."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.sites import Certificate, Inspection, SiteFile, SubmittedSitemap
from tasks.site.files import difference
from tests.tasks.site.building import DAY, NOW, page, published, results, site, url, verdict

ALL = "User-agent: *\nDisallow:\n"
NONE = "User-agent: *\nDisallow: /\n"


def robots(text=ALL, ago=0, status=200, address="/robots.txt"):
    return SiteFile("robots", url(address), NOW - ago * DAY, status, text=text, digest=text)


def changed(*spans, newest=None):
    files = [newest or robots()]
    return site(page("/"), files=files, file_changes=spans)


def sentences(fact, one, **given):
    return [it.sentence for it in results(fact, one, **given)]


def test_a_robots_txt_that_changed_is_told_with_the_difference():
    (told,) = results("robots_changed", changed((robots(ago=3), robots(NONE, 2))))
    assert (told.level, told.entity_key, told.verdict) == ("account", None, "warning")
    assert told.sentence.startswith(
        "The robots.txt of Site 1 is not what it was: its lines changed. -Disallow:; +Disallow: /."
    )


def test_changes_of_a_week_are_told_as_one():
    spans = (robots("a", 6), robots("b", 5)), (robots("b", 4), robots("c", 3))
    (said,) = sentences("robots_changed", changed(*spans))
    assert "-a; +c." in said


@pytest.mark.parametrize(
    "spans",
    [
        [],
        [(robots(ago=9), robots(NONE, 8))],
        [(robots(ago=6), robots(NONE, 5)), (robots(NONE, 4), robots(ago=3))],
        [(robots(ago=3), robots("", 2, status=None))],
        [(robots("a\nb", ago=3), robots("a\r\nb\r\n", 2))],
    ],
)
def test_old_undone_silent_and_empty_changes_are_no_finding(spans):
    assert verdict("robots_changed", changed(*spans)) == "ok"


def test_a_robots_txt_that_went_is_told_by_its_answers():
    (said,) = sentences("robots_changed", changed((robots(ago=3), robots("", 2, status=404))))
    assert "it answered 200, and now 404. -User-agent: *; -Disallow:." in said


def test_a_robots_txt_that_was_never_read_is_unknown():
    for files in ([], [robots(status=None)]):
        assert verdict("robots_changed", site(page("/"), files=files)) == "unknown"


def test_long_differences_are_cut():
    said = difference("", "\n".join(f"Disallow: /{n}/" for n in range(40)))
    assert said.endswith("; and 28 more lines")
    assert len(difference("", "x" * 9000)) <= 200


def certified(*seen):
    return site(page("/"), certificates=seen)


def ends(days, host="acme.test", reason=""):
    return Certificate(host, datetime(2026, 11, 12, tzinfo=UTC) + timedelta(days=days), reason)


@pytest.mark.parametrize(
    ("days", "words"),
    [(14, "it ends soon. It ends on 26 Nov 2026 (14 days left)"),
     (-3, "it has ended. It ends on 9 Nov 2026 (0 days left)")],
)  # fmt: skip
def test_a_certificate_near_its_end_is_told(days, words):
    (told,) = results("certificate_ends", certified(ends(90), ends(days, "www.acme.test")))
    assert words in told.sentence
    assert told.verdict == "critical"


def test_a_certificate_that_is_not_trusted_is_told_by_its_reason():
    for it in (ends(90, reason="it is for another host"), Certificate("h", None, "no answer")):
        (said,) = sentences("certificate_ends", certified(it))
        assert it.reason in said


def test_certificates_that_last_are_ok_and_none_is_unknown():
    assert verdict("certificate_ends", certified(ends(15.5))) == "ok"
    assert verdict("certificate_ends", certified()) == "unknown"
    assert verdict("certificate_ends", certified(Certificate("h", None))) == "unknown"
    assert verdict("certificate_ends", certified(ends(20)), limits={"days": 30}) == "critical"


def sitemap(name="/sitemap-a.xml", **given):
    return SiteFile("sitemap", url(name), **{"seen_at": NOW, "status": 200, **given})


@pytest.mark.parametrize(
    ("broken", "reason"),
    [({"status": 500}, "answers 500"), ({"reason": "no XML"}, "no XML"),
     ({"status": None, "reason": "no answer"}, "no answer")],
)  # fmt: skip
def test_a_sitemap_that_cannot_be_read_is_told(broken, reason):
    files = [robots(), sitemap(), sitemap("/sitemap-b.xml", **broken)]
    (told,) = results("sitemap_unreadable", site(page("/"), files=files))
    assert told.sentence == (f"The sitemap /sitemap-b.xml of Site 1 cannot be read: {reason}.")
    assert told.todo.title == "Mend the sitemap /sitemap-b.xml"


def test_a_sitemap_that_nobody_names_any_more_is_no_finding():
    files = [robots(), sitemap(), sitemap("/old.xml", status=404, seen_at=NOW - DAY)]
    assert verdict("sitemap_unreadable", site(page("/"), files=files)) == "ok"


def test_a_site_that_never_had_a_sitemap_has_no_broken_one():
    usual = sitemap("/sitemap.xml", status=404)
    assert verdict("sitemap_unreadable", site(page("/"), files=[robots(), usual])) == "unknown"
    named = robots(f"{ALL}Sitemap: {url('/sitemap.xml')}")
    assert verdict("sitemap_unreadable", site(page("/"), files=[named, usual])) == "warning"
    went = {"files": [robots(), usual], "file_changes": [(sitemap("/sitemap.xml"), usual)]}
    assert verdict("sitemap_unreadable", site(page("/"), **went)) == "warning"


def test_errors_that_the_search_engine_finds_are_told_of_the_worst_sitemap():
    one, two = (SubmittedSitemap(url(f"/{n}.xml"), n, 1, 5, pending=False) for n in (1, 2))
    (told,) = results("sitemap_errors", site(page("/"), submitted=[one, two]))
    assert "found 2 errors and 1 warning in the sitemap /2.xml" in told.sentence
    none = SubmittedSitemap(url("/0.xml"), 0, 3, None, pending=False)
    assert verdict("sitemap_errors", site(page("/"), submitted=[none])) == "ok"
    assert verdict("sitemap_errors", site(page("/"))) == "unknown"


def inspected(verdicts):
    return {
        url(f"/{n}"): Inspection(url(f"/{n}"), NOW, said, "x") for n, said in enumerate(verdicts)
    }


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (["pass"] * 18 + ["fail"] * 2, ["pass"] * 20, "critical"),
        (["pass"] * 16 + ["fail"] * 4, ["pass"] * 18 + ["fail"] * 2, "critical"),
        (["pass"] * 19 + ["fail"], ["pass"] * 20, "ok"),
        (["fail"] * 20, ["fail"] * 20, "ok"),
        (["fail"] * 19, ["pass"] * 20, "unknown"),
        (["fail"] * 19 + ["unknown"], ["pass"] * 20, "unknown"),
    ],
)
def test_the_share_in_the_index_is_of_pages_that_are_known_both_times(now, before, said):
    one = site(page("/"), inspections=inspected(now), inspected_before=inspected(before))
    assert verdict("indexed_share_fell", one) == said


def test_a_crawl_that_was_stopped_says_after_how_many_pages():
    stopped = {"state": "stopped", "reason": "10 pages were asked"}
    (said,) = sentences("crawl_incomplete", site(page("/"), crawl=stopped))
    assert said.startswith("Site 1 was not read to its end: 10 pages were asked, after 1 page.")
    assert verdict("crawl_incomplete", site(page("/"))) == "ok"
    assert verdict("crawl_incomplete", site(page("/"), full=None)) == "unknown"


def test_what_competitors_published_in_a_week_is_told_with_examples():
    rows = [(f"https://other.test/{n}", f"Post {n}", NOW - DAY) for n in range(4)]
    old = ("https://other.test/old", "Old", NOW - 8 * DAY)
    (told,) = results("competitor_published", site(page("/"), published=published(*rows, old)))
    assert told.sentence == (
        "other.test published 4 pages in the last 7 days: Post 0, Post 1, Post 2 and 1 more."
    )
    assert verdict("competitor_published", site(page("/"), published=published(old))) == "ok"
    assert verdict("competitor_published", site(page("/"))) == "unknown"
