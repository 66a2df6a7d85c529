"""A site that does everything wrong, and worse: one crawl survives it and says what it met."""

import gzip
import socket
import struct
import threading
import zlib

import brotli
import pytest

from connectors.sites import CrawlOrder

from .conftest import connect, sorted_out
from .webserver import Reply, break_off, drip, flood, hang_up, moved, page, serving

BOMB = bytes(60_000_000)


def packed(body: bytes, encoding: str) -> Reply:
    return Reply(body, headers={"Content-Encoding": encoding})


def endless(path: str) -> Reply | None:
    """A calendar, a shop's filters, and a relative link that lengthens its own address."""
    if path.startswith("/calendar/"):
        day = int(path.rsplit("/", 1)[1])
        return page(f"/calendar/{day + 1}", title=f"Day {day}")
    if path.startswith("/filter?"):
        number = int(path.rsplit("=", 1)[1])
        return page(*(f"/filter?page={number * 10 + n}" for n in range(10)))
    if path.startswith("/deeper"):
        return page(f"{path.rstrip('/')}/deeper/")
    return None


@pytest.fixture(scope="module")
def met():
    """What a crawl of all of it found: the site, its records by path, another server's requests."""
    stop = threading.Event()
    with serving({"/": page(title="Private")}) as other:
        private = f"http://127.0.0.1:{other.port}/"
        paths = {
            "/robots.txt": Reply(
                "User-agent: *\nDisallow: /forbidden\n", content_type="text/plain"
            ),
            "/circle/a": moved("/circle/b"),
            "/circle/b": moved("/circle/a"),
            "/itself": moved("/itself"),
            **{f"/chain/{n}": moved(f"/chain/{n + 1}") for n in range(12)},
            "/chain/12": page(title="The end"),
            "/nowhere": moved("javascript:alert(1)"),
            "/to-private-port": moved(private),
            "/to-10": moved("http://10.0.0.1/"),
            "/to-v6": moved("http://[::1]/"),
            "/gzip": packed(gzip.compress(BOMB), "gzip"),
            "/gzip-twice": packed(gzip.compress(gzip.compress(BOMB)), "gzip, gzip"),
            "/deflate": packed(zlib.compress(BOMB), "deflate"),
            "/brotli": packed(brotli.compress(BOMB, quality=1), "br"),
            "/not-packed": packed(b"<html><title>Plain", "gzip"),
            "/huge": flood(100_000_000),
            "/huge-and-honest": _announced,
            "/drip": drip(stop),
            "/hang-up": hang_up,
            "/break-off": break_off,
            "/reset": _reset,
            "/garbage": Reply(bytes(range(256)) * 20),
            "/wrong-charset": Reply(
                "<title>Über uns</title>".encode("utf-16"), content_type="text/html; charset=x-no"
            ),
            "/open-tags": Reply("<html><body>" + "<div><p><a href=/after-open-tags>" * 5_000),
            "/after-open-tags": page(),
            "/nothing": Reply(b""),
            "/bad-headers": _bad_headers,
            "/no-http": _no_http,
            "/json": Reply("[" * 100_000, content_type="application/json"),
            "/deep-json": Reply(
                f'<script type="application/ld+json">{"[" * 50_000}</script><title>Deep</title>'
            ),
            "/forbidden": page(),
            "/strange-links": page("http://[", "http://:80/", "tel:1", "http://x:y/"),
            "/calendar/1": page("/calendar/2"),
            "/filter?page=1": endless("/filter?page=1"),
            "/deeper/": page("/deeper/deeper/"),
            "/long": page("/" + "x" * 3_000),
        }
        shown = [path for path in paths if path not in ("/robots.txt", "/after-open-tags")]
        outside = [private, "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/"]
        paths["/"] = page(*shown, *outside)
        with serving(paths, endless) as site:
            connector = connect(
                site, page_seconds=3, max_page_bytes=2_000_000, max_depth=8, max_per_path=15
            )
            found = sorted_out(site, list(connector.crawl(CrawlOrder("full"))))
            stop.set()
    return site, found, other


def _announced(handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "100000000")
    handler.end_headers()
    handler.wfile.write(b"<p>" * 1000)
    handler.close_connection = True


def _reset(handler) -> None:
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True


def _bad_headers(handler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nno colon here\r\nX-Odd: \xfe\r\n"
        b"Link: <<>>;;;\r\nLast-Modified: yesterday\r\nX-Robots-Tag: \xff:::\r\n"
        b"Content-Length: 22\r\n\r\n<title>Fine</title>   "
    )


def _no_http(handler) -> None:
    handler.wfile.write(b"\x00\xff\xfe 200 of everything\r\n\r\n" * 20)
    handler.close_connection = True


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/circle/a", 301, "redirects in a circle"),
        ("/itself", 301, "redirects in a circle"),
        ("/chain/0", 301, "more than 10 redirects"),
        ("/nowhere", 301, "redirects to no address"),
        ("/to-private-port", 301, "leads to another site"),
        ("/to-10", 301, "leads to another site"),
        ("/to-v6", 301, "leads to another site"),
        ("/gzip", 200, "over 2 MB when unpacked"),
        ("/gzip-twice", 200, "over 2 MB when unpacked"),
        ("/deflate", 200, "over 2 MB when unpacked"),
        ("/brotli", 200, "over 2 MB when unpacked"),
        ("/not-packed", 200, "what is said to be compressed cannot be unpacked"),
        ("/huge", 200, "over 2 MB"),
        ("/huge-and-honest", 200, "over 2 MB"),
        ("/drip", None, "no whole answer in 3 s"),
        ("/hang-up", None, "no answer: the connection broke off"),
        ("/reset", None, "no answer: the connection broke off"),
        ("/break-off", None, "the answer broke off"),
        ("/forbidden", None, "robots.txt forbids it"),
        ("/no-http", None, "what it answers is no HTTP"),
        ("/garbage", 200, ""),
        ("/wrong-charset", 200, ""),
        ("/open-tags", 200, ""),
        ("/nothing", 200, ""),
        ("/bad-headers", 200, ""),
        ("/json", 200, ""),
        ("/deep-json", 200, ""),
        ("/strange-links", 200, ""),
    ],
)
def test_it_is_told_what_was_met(met, path, status, reason):
    _, found, _ = met
    told = found.pages[path]
    assert (told.status, told.reason) == (status, reason)


def test_what_we_left_alone_ourselves_is_told_apart(met):
    _, found, _ = met
    spared = {path: page.spared for path, page in found.pages.items() if page.spared}
    bombs = ("/gzip", "/gzip-twice", "/deflate", "/brotli", "/huge", "/huge-and-honest")
    assert {path for path, word in spared.items() if word == "too big"} == {*bombs}
    assert {path for path, word in spared.items() if word == "forbidden"} == {"/forbidden"}
    assert [*spared.values()].count("not asked") == 4


def test_the_crawl_comes_to_its_end(met):
    _, found, _ = met
    assert found.end.state == "complete"


def test_every_hop_of_a_chain_is_told(met):
    site, found, _ = met
    told = found.pages["/chain/4"]
    assert told.redirects == tuple(f"{site.url}chain/{n}" for n in range(5, 13))
    assert (told.final_status, found.pages["/chain/12"].title) == (200, "The end")


def test_nothing_private_was_asked(met):
    _, found, other = met
    assert other.asked == []
    private = {"http://10.0.0.1/", "http://[::1]/", other.url, "http://192.168.0.1/"}
    assert private <= set(found.links)
    assert {answer.reason for answer in found.links.values()} == {
        "not asked: it leads to a private address"
    }


def test_a_passing_failure_is_tried_twice_and_no_other(met):
    site, _, _ = met
    asked = [path for _, path in site.asked]
    assert [asked.count(path) for path in ("/break-off", "/drip", "/gzip")] == [2, 1, 1]


def test_what_has_no_end_is_left_after_a_bound_and_told_once(met):
    _, found, _ = met
    refused = [page.reason for page in found.pages.values() if page.reason.startswith("not asked")]
    assert sorted(reason.partition(";")[0] for reason in refused) == [
        "not asked: a folder repeats more than 3 times",
        "not asked: its address is longer than 2,000 characters",
        "not asked: more than 8 clicks away",
        "not asked: over 15 addresses differ in parameters only",
    ]
    assert "/calendar/8" in found.pages
    assert sum(path.startswith("/filter") for path in found.pages) == 16  # and the one that tells


def test_broken_pages_are_read_as_far_as_they_go(met):
    _, found, _ = met
    assert "/after-open-tags" in found.pages
    assert found.pages["/bad-headers"].title == "Fine"
    assert found.pages["/deep-json"].structured_data_errors
    assert found.pages["/strange-links"].links == ()
    assert found.pages["/nothing"].words == 0
    assert len(found.pages["/garbage"].text_hash) == 32
    assert found.pages["/json"].words is None


def test_we_say_who_we_are(met):
    site, _, _ = met
    assert site.agents == {f"marketloop-site-watch/1 (+{site.url})"}
