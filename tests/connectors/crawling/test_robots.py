"""What may be asked, by what robots.txt answers."""

from datetime import UTC, datetime

import pytest

from connectors.crawling.fetching import Fetched
from connectors.crawling.robots import file_of, rules_of

ORIGIN = "https://example.com"
TEXT = b"""\xef\xbb\xbfUser-agent: *
Disallow: /all
User-agent: Marketloop-Site-Watch
Disallow: /private*.pdf$
Allow: /private/open
Crawl-delay: 2.5
Sitemap: /map.xml
Sitemap: https://example.com/other.xml
"""


def answer(status: int | None, body: bytes = b"", reason: str = "") -> Fetched:
    url = f"{ORIGIN}/robots.txt"
    return Fetched(url, url, datetime(2026, 1, 1, tzinfo=UTC), status, reason, body)


def test_the_rules_for_us_count_and_no_others():
    rules = rules_of(ORIGIN, answer(200, TEXT))
    asked = ("/all", "/private/a.pdf", "/private/a.pdfx")
    assert [rules.allow(ORIGIN + path) for path in asked] == [True, False, True]
    assert rules.delay == 2.5
    assert rules.sitemaps == [f"{ORIGIN}/map.xml", f"{ORIGIN}/other.xml"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301])
def test_without_rules_everything_may_be_asked(status):
    rules = rules_of(ORIGIN, answer(status, b"User-agent: *\nDisallow: /"))
    assert (rules.allow(f"{ORIGIN}/a"), rules.closed) == (True, "")


@pytest.mark.parametrize(
    ("status", "reason", "closed"),
    [
        (500, "", "robots.txt answers 500"),
        (503, "", "robots.txt answers 503"),
        (429, "", "robots.txt answers 429"),
        (
            None,
            "no answer: connection refused",
            "robots.txt cannot be read: no answer: connection refused",
        ),
    ],
)
def test_a_site_that_cannot_say_what_it_allows_allows_nothing(status, reason, closed):
    rules = rules_of(ORIGIN, answer(status, reason=reason))
    assert (rules.allow(f"{ORIGIN}/"), rules.closed) == (False, closed)


@pytest.mark.parametrize(
    "body", [b"\x00\xff" * 1000, b"Disallow", b"User-agent: *\nCrawl-delay: x"]
)
def test_garbage_forbids_nothing(body):
    rules = rules_of(ORIGIN, answer(200, body))
    assert (rules.allow(f"{ORIGIN}/a"), rules.delay) == (True, 0)


def test_what_stands_behind_the_bound_is_not_read():
    body = b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /"
    assert rules_of(ORIGIN, answer(200, body)).allow(f"{ORIGIN}/a")
    assert len(file_of(answer(200, body)).text) == 500 * 1024
