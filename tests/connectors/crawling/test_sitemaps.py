"""What sitemaps and feeds name, whatever they look like."""

import gzip
from datetime import UTC, datetime

import pytest

from connectors.crawling.sitemaps import read_sitemap
from connectors.sites import SitemapEntry

URL = "https://example.com/files/map.xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAP = f"""<?xml version="1.0"?><urlset xmlns="{NAMESPACE}" xmlns:i="http://image">
<url><loc> https://example.com/a </loc><lastmod>2026-02-03</lastmod>
<i:image><i:loc>https://example.com/i.png</i:loc></i:image></url>
<url><loc>/b?utm_source=x</loc><lastmod>2026-02-03T04:05:06+01:00</lastmod></url>
<url><loc></loc></url><url><loc>mailto:x</loc></url></urlset>""".encode()
RSS = b"""<rss><channel><image><url>/i.png</url></image><item><title>News</title>
<link>https://example.com/news</link><pubDate>Tue, 03 Feb 2026 04:05:06 GMT</pubDate></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Post</title>
<link rel="self" href="/self"/><link href="/post"/><updated>2026-02-03T04:05:06Z</updated></entry>
</feed>"""
A = SitemapEntry(URL, "https://example.com/a", datetime(2026, 2, 3, tzinfo=UTC))
B = SitemapEntry(URL, "https://example.com/b", datetime(2026, 2, 3, 3, 5, 6, tzinfo=UTC))
MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize("body", [MAP, gzip.compress(MAP), b"\xef\xbb\xbf" + MAP])
def test_a_sitemap_is_read_packed_or_not(body):
    assert read_sitemap(URL, body).entries == (A, B)


def test_feeds_are_read():
    [news] = read_sitemap(URL, RSS).entries
    [post] = read_sitemap(URL, ATOM).entries
    assert news == SitemapEntry(URL, "https://example.com/news", MOMENT, "News")
    assert post == SitemapEntry(URL, "https://example.com/post", MOMENT, "Post")


def test_an_index_names_sitemaps():
    index = b"<sitemapindex><sitemap><loc>/one.xml</loc></sitemap></sitemapindex>"
    assert read_sitemap(URL, index).sitemaps == ("https://example.com/one.xml",)


def test_a_plain_list_is_read():
    assert [
        e.url for e in read_sitemap(URL, b"https://example.com/1\nhttps://example.com/2\n").entries
    ] == [
        "https://example.com/1",
        "https://example.com/2",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>Not found", "no sitemap: it is <html>"),
        (b"just words", "no sitemap: neither XML nor addresses"),
        (b"\x1f\x8bnonsense", "what is said to be compressed cannot be unpacked"),
        (gzip.compress(bytes(60 * 2**20)), "over 50 MB unpacked"),
        (b"<", "its XML is broken"),
    ],
)
def test_what_is_no_sitemap_says_so(body, reason):
    found = read_sitemap(URL, body)
    assert found.reason.startswith(reason)
    assert found.entries == ()


def test_what_stands_before_a_break_is_kept():
    found = read_sitemap(URL, MAP[: MAP.index(b"<url><loc></loc>")])
    assert (found.entries, found.reason[:17]) == ((A, B), "its XML is broken")


def test_entities_are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("planted")
    body = f"""<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>
    <urlset><url><loc>https://example.com/&s;</loc></url></urlset>"""
    assert "planted" not in str(read_sitemap(URL, body.encode()))


def test_entities_of_entities_are_not_unfolded():
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    body = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><urlset><url><loc>/&e9;</loc></url></urlset>'
    assert len(str(read_sitemap(URL, body.encode()))) < 2_000


def test_no_more_entries_than_asked_for():
    body = b"<urlset>" + b"<url><loc>/a</loc></url>" * 100 + b"</urlset>"
    assert len(read_sitemap(URL, body, 7).entries) == 7
