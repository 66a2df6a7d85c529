"""Pages that are not in the index, and pages that are slow."""

from datetime import timedelta

import pytest

from connectors.sites import Inspection, PageSpeed
from tests.tasks.site.building import DAY, NOW, answer, history, page, results, site, url, verdict

A = url("/a")


def inspected(verdict, now=None, seen=None, **given):
    said = Inspection(A, NOW, verdict, "Crawled - currently not indexed", **given)
    pages = page("/", "/a"), now or page("/a")
    return site(*pages, inspections={A: said}, history=seen, weigh="high")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "Crawled - currently not indexed (never read)"),
        ({"last_crawl": NOW}, "Crawled - currently not indexed (last read on 12 Nov 2026)"),
        ({"robots_txt": "disallowed"}, "robots.txt kept it away"),
        ({"indexing": "blocked_by_meta_tag"}, "the page asked to be left out"),
        ({"fetch": "soft_404"}, "it looks empty to it"),
        ({"google_canonical": url("/b"), "user_canonical": A}, "it takes /b for the original"),
    ],
)
def test_a_page_that_is_not_in_the_index_is_told_with_why(given, reason):
    (told,) = results("not_indexed", inspected("neutral", **given))
    assert told.sentence.startswith(f"/a is not in the search engine's index: {reason}")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (inspected("pass"), "ok"),
        (inspected("partial"), "ok"),
        (inspected("unknown"), "unknown"),
        (inspected("neutral", page("/a", robots=("noindex",))), "ok"),
        (inspected("fail", answer("/a", 500)), "unknown"),
        (site(page("/", "/a"), page("/a")), "unknown"),
    ],
)
def test_only_pages_that_may_be_found_belong_in_the_index(one, said):
    assert verdict("not_indexed", one, "/a") == said


@pytest.mark.parametrize(("days", "said"), [(5, "ok"), (20, "warning")])
def test_a_new_page_is_given_time(days, said):
    first = {"path": "/", "first_seen": NOW - 90 * DAY}
    seen = history(first, {"path": "/a", "first_seen": NOW - timedelta(days=days)})
    assert verdict("not_indexed", inspected("neutral", seen=seen), "/a") == said


def test_on_a_site_that_we_read_for_the_first_time_no_page_is_new():
    seen = history(*({"path": path, "first_seen": NOW} for path in ("/", "/a")))
    assert verdict("not_indexed", inspected("neutral", seen=seen), "/a") == "warning"


def speed(source, form="phone", ago=0, **given):
    return PageSpeed(A, source, form, NOW - ago * DAY, **given)


def measured(*speeds, seconds=0.3, now=None):
    pages = page("/", "/a"), now or page("/a", seconds=seconds)
    return site(*pages, speeds={A: speeds}, weigh="high")


def test_a_page_that_takes_long_or_has_a_low_score_is_slow():
    (told,) = results("page_slow", measured(seconds=4.2))
    assert told.sentence == "/a is slow: it took 4.2 s to answer; the limit is 3 s."
    (told,) = results("page_slow", measured(speed("lab", performance=0.31)))
    assert told.sentence == "/a is slow: Lighthouse gives it 31%; the limit is 50%."
    assert told.numbers == {"seconds": 0.3, "performance": 0.31}


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (measured(speed("lab", performance=0.5)), "ok"),
        (measured(speed("lab", performance=0.2, ago=2), speed("lab", performance=0.9)), "ok"),
        (
            measured(speed("lab", performance=0.2, ago=2), speed("lab", reason="no answer")),
            "warning",
        ),
        (measured(speed("lab", "desktop", performance=0.2), speed("lab", performance=0.9)), "ok"),
        (measured(speed("lab", "desktop", performance=0.2)), "warning"),
        (measured(speed("field", largest_contentful_paint=9000.0)), "ok"),
        (measured(now=answer("/a", 500, seconds=9.0)), "unknown"),
    ],
)
def test_the_newest_measurement_of_a_phone_counts(one, said):
    assert verdict("page_slow", one, "/a") == said


def test_vitals_that_fail_are_told_together():
    field = speed(
        "field", period_end=NOW.date(), largest_contentful_paint=3100.0,
        interaction_to_next_paint=250.0, cumulative_layout_shift=0.1,
    )  # fmt: skip
    (told,) = results("web_vitals_fail", measured(field))
    assert told.sentence == (
        "/a fails the Core Web Vitals for real visitors in the 28 days to 12 Nov 2026: largest "
        "contentful paint 3.1 s, interaction to next paint 250 ms."
    )


@pytest.mark.parametrize(
    ("speeds", "said"),
    [
        ([speed("field", largest_contentful_paint=2500.0)], "ok"),
        ([speed("lab", largest_contentful_paint=9000.0)], "unknown"),
        ([speed("field_origin", largest_contentful_paint=9000.0)], "unknown"),
        ([speed("field", reason="too little traffic")], "unknown"),
        ([], "unknown"),
    ],
)
def test_only_what_visitors_of_the_page_measured_decides(speeds, said):
    assert verdict("web_vitals_fail", measured(*speeds), "/a") == said
