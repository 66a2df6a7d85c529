"""The website connector against real small sites: order of news, bounds, watch, publications."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from connectors.base import Account, RejectedError
from connectors.channels.website import Connector, Options
from connectors.crawling.certificates import read_certificate
from connectors.sites import CrawlEnd, CrawlingChannel, CrawlOrder, SitemapEntry

from ..crawling.conftest import connect, sorted_out
from ..crawling.webserver import Reply, moved, page, serving

FULL = CrawlOrder("full")
ENDS = datetime(2027, 1, 2, tzinfo=UTC)


def robots(text: str) -> Reply:
    return Reply(text, content_type="text/plain")


@pytest.fixture(scope="module")
def shop():
    """A small site without faults, its outside world, and what a full crawl of it told."""
    with serving() as competitor:
        outside = f"http://localhost:{competitor.port}/"
        paths = {
            "/": page("/a", "/pdf", "/old", outside),
            "/a": page("/b", "/hidden", head='<meta name="robots" content="index">'),
            "/b": Reply(page("/c").body, headers={"X-Robots-Tag": "nofollow"}),
            "/pdf": Reply(b"%PDF", content_type="application/pdf"),
            "/old": moved("/new"),
            "/new": page("/"),
            "/hidden": page(),
            "/orphan": page("/below-orphan"),
            "/below-orphan": page(),
            "/important": page(),
            "/robots.txt": robots("User-agent: *\nDisallow: /hidden\nSitemap: /index.xml\n"),
            "/index.xml": Reply(
                "<sitemapindex><sitemap><loc>/map.xml</loc></sitemap></sitemapindex>"
            ),
            "/map.xml": Reply(
                "<urlset><url><loc>/orphan</loc></url><url><loc>/a</loc></url></urlset>"
            ),
        }
        with serving(paths) as site:
            order = CrawlOrder("full", (f"{site.url}important", f"{site.url}a?gclid=1"))
            news = list(connect(site).crawl(order))
            yield site, sorted_out(site, news), outside, competitor


def test_it_is_a_crawling_channel_that_says_what_it_is():
    connector = Connector(Options(account_id="https://www.Example.com", time_zone="Europe/Berlin"))
    assert isinstance(connector, CrawlingChannel)
    assert connector.account() == Account(
        "website", "https://www.example.com/", "https://www.example.com/", "XXX", "Europe/Berlin"
    )


def test_files_come_first_then_pages_then_links_then_the_end(shop):
    _, found, _, _ = shop
    kinds = [kind for kind, _ in groupby(type(item).__name__ for item in found.news)]
    assert kinds[-3:] == ["CrawledPage", "LinkAnswer", "CrawlEnd"]
    assert set(kinds[:-3]) == {"SiteFile", "SitemapEntry"}
    assert found.end == CrawlEnd("complete")


def test_every_page_is_told_with_its_depth_and_how_it_was_found(shop):
    _, found, _, _ = shop
    told = {path: (page.depth, page.found_by) for path, page in found.pages.items()}
    assert told == {
        "/": (0, "start"),
        "/a": (1, "link"),
        "/pdf": (1, "link"),
        "/old": (1, "link"),
        "/new": (1, "link"),
        "/b": (2, "link"),
        "/hidden": (2, "link"),
        "/important": (None, "list"),
        "/orphan": (None, "sitemap"),
        "/below-orphan": (None, "link"),
    }  # and not /c: the page that links to it says nofollow


def test_files_say_what_they_hold(shop):
    site, found, _, _ = shop
    said = [(file.url.removeprefix(site.url), file.status, file.entries) for file in found.files]
    assert said == [("robots.txt", 200, 0), ("index.xml", 200, 1), ("map.xml", 200, 2)]
    assert "Disallow: /hidden" in found.files[0].text
    assert {len(file.digest) for file in found.files} == {64}
    assert [entry.url for entry in found.entries] == [f"{site.url}orphan", f"{site.url}a"]


def test_a_redirect_is_told_and_its_end_is_a_page(shop):
    site, found, _, _ = shop
    old = found.pages["/old"]
    assert (old.status, old.redirects, old.final_status) == (301, (f"{site.url}new",), 200)
    assert found.pages["/new"].title == "A page"


def test_what_is_no_page_is_not_read(shop):
    _, found, _, _ = shop
    pdf = found.pages["/pdf"]
    assert (pdf.status, pdf.content_type, pdf.size, pdf.words) == (200, "application/pdf", 0, None)


def test_what_robots_txt_forbids_is_told_and_not_asked(shop):
    site, found, _, _ = shop
    assert found.pages["/hidden"].reason == "robots.txt forbids it"
    assert "/hidden" not in site.gets()


def test_a_name_that_leads_to_us_is_not_asked(shop):
    _, found, outside, competitor = shop
    assert found.links[outside].reason == "not asked: it leads to a private address"
    assert competitor.asked == []


def test_a_site_whose_robots_txt_fails_is_left_alone():
    with serving({"/": page(), "/robots.txt": Reply("", 503)}) as site:
        found = sorted_out(site, list(connect(site).crawl(FULL)))
    reason = "robots.txt answers 503: nothing may be asked until it does"
    assert found.end == CrawlEnd("stopped", reason)
    assert [path for _, path in site.asked] == ["/robots.txt"]


def test_a_bound_of_pages_stops_the_crawl_but_not_the_important_ones():
    links, never = [f"/{n}" for n in range(30)], threading.Event()

    def slow(path: str) -> Reply:
        never.wait(0.05)
        return page()

    with serving({"/": page(*links), "/z": page()}, slow) as site:
        order = CrawlOrder("full", (f"{site.url}z",))
        found = sorted_out(site, list(connect(site, max_pages=12).crawl(order)))
    assert found.end == CrawlEnd("stopped", "12 pages were asked")
    assert list(found.pages)[-1] == "/z"
    assert len(found.pages) == 12
    assert site.most_at_once == 4


def test_a_watch_asks_what_it_was_told_and_follows_nothing():
    paths = {"/": page("/a"), "/important": page("/b"), "/again": Reply("", 503)}
    with serving(paths) as site:
        order = CrawlOrder("watch", (f"{site.url}important", f"{site.url}again"))
        found = sorted_out(site, list(connect(site).crawl(order)))
    assert set(found.pages) == {"/", "/important", "/again"}
    assert found.pages["/again"].status == 503
    assert [path for _, path in site.asked].count("/again") == 2
    assert found.end == CrawlEnd("complete")


def test_publications_of_competitors_are_told_and_what_fails_is_named():
    feed = Reply("<rss><channel><item><title>New</title><link>/new</link></item></channel></rss>")
    with serving({"/feed": feed, "/gone": Reply("", 410)}) as other:
        files = (f"{other.url}gone", f"{other.url}feed")
        news = Connector(Options(account_id="http://a.example", competitors=files)).publications()
        assert next(news) == SitemapEntry(files[1], f"{other.url}new", None, "New")
        with pytest.raises(RejectedError, match=r"/gone: answers 410; mend `competitors`"):
            next(news)


def test_without_competitors_nothing_is_started():
    assert list(Connector(Options(account_id="http://a.example")).publications()) == []


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"account_id": "not an address"}, "no address such as"),
        ({"account_id": "http://a.b", "exclude": ("cart",)}, "must begin with / or"),
        ({"account_id": "http://a.b", "contact": "a\r\nX: y"}, "plain letters"),
        ({"account_id": "http://a.b", "time_zone": "Mars"}, "IANA"),
        ({"account_id": "http://a.b", "max_pages": 0}, "greater than or equal to 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(given, part):
    with pytest.raises(ValidationError, match=part):
        Options(**given)


def test_a_certificate_says_until_when_and_why_it_is_not_trusted(tmp_path):
    with _tls(tmp_path) as port:
        found = read_certificate(f"https://127.0.0.1:{port}/")
    assert (found.host, found.ends_at, found.reason) == (
        "127.0.0.1",
        ENDS,
        "self-signed certificate",
    )


def test_a_site_without_tls_has_no_certificate():
    assert read_certificate("http://example.com/") is None


class _tls:  # noqa: N801  # a context manager that reads like a function
    """A server that shakes hands, with a certificate of its own making."""

    def __init__(self, folder) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        made = x509.CertificateBuilder(name, name, key.public_key(), 1, ENDS - timedelta(900), ENDS)
        (folder / "pem").write_bytes(
            made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "pem")

    def __enter__(self) -> int:
        import socket

        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self._listening.getsockname()[1]

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._listening.close()

    def _serve(self) -> None:
        for _ in range(2):
            connection, _ = self._listening.accept()
            try:
                with self._context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)
            except (ssl.SSLError, ConnectionError):
                connection.close()
