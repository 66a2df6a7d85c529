"""Landing pages that answer, do not, or lead where we do not go."""

import pytest

from connectors import landing_pages
from connectors.landing_pages import PageAnswer, probe

from .conftest import Answer


def one(url: str) -> PageAnswer:
    (answer,) = probe([url])
    return answer


@pytest.fixture
def outside(monkeypatch):
    """Let names under example.com have a public address; nothing is asked there."""
    real = landing_pages.socket.getaddrinfo

    def addresses(host, *more):
        return real("93.184.216.34" if host.endswith("example.com") else host, *more)

    monkeypatch.setattr(landing_pages.socket, "getaddrinfo", addresses)


def test_a_page_that_answers(server):
    server.script(Answer(b"<html>"))
    answer = one(f"{server.url}/offer?utm_source=x")
    assert (answer.ok, answer.status, answer.reason) == (True, 200, "")
    assert answer.seconds >= 0
    assert server.seen[0].method == "GET"
    assert server.seen[0].headers["User-Agent"].startswith("marketloop-landing-page-check")


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (410, 1), (503, 2), (429, 2)])
def test_a_page_that_says_no(server, status, asked):
    server.script(Answer(status=status))
    answer = one(server.url)
    assert (answer.ok, answer.status, answer.reason) == (False, status, f"answers {status}")
    assert len(server.seen) == asked


def test_a_page_that_comes_back(server):
    server.script(Answer(hang_up=True), Answer(b"<html>"))
    assert one(server.url).ok


def test_a_page_that_is_gone():
    answer = one("http://127.0.0.1:9/")
    assert (answer.ok, answer.status, answer.reason) == (False, None, "no answer: ConnectionError")


def test_redirects_are_followed(server):
    server.script(Answer(status=302, headers={"Location": "/b"}), Answer(b"<html>"))
    assert one(f"{server.url}/a").ok
    assert [seen.path for seen in server.seen] == ["/a", "/b"]


def test_a_circle_of_redirects_ends(server):
    server.script(Answer(status=302, headers={"Location": "/a"}))
    assert one(server.url).reason == "not asked: more than 5 redirects"
    assert len(server.seen) == 6


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a", "file:///etc/passwd", "/relative", "http://", "http://[1", ""]
)
def test_only_the_web_is_asked(url):
    assert one(url).reason == "not asked: not an http or https address"


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "http://10.0.0.1/", "http://[::1]/"])
@pytest.mark.usefixtures("outside")
def test_a_public_page_may_not_lead_inside(server, monkeypatch, target):
    server.script(Answer(status=302, headers={"Location": target}))
    session = landing_pages.requests.Session()
    inside = session.send

    def send(request, **options):
        request.url = request.url.replace("http://shop.example.com", server.url)
        return inside(request, **options)

    monkeypatch.setattr(session, "send", send)
    (answer,) = probe(["http://shop.example.com/a"], session)
    assert answer.reason == "not asked: a public page leads to a private address"
    assert len(server.seen) == 1


def test_a_redirect_to_another_scheme_is_not_followed(server):
    server.script(Answer(status=302, headers={"Location": "file:///etc/passwd"}))
    assert one(server.url).reason == "not asked: not an http or https address"


def test_a_large_page_is_not_read_to_its_end(server):
    server.script(Answer(b"x" * 10_000_000))
    assert one(server.url).ok


def test_each_page_is_asked_once_in_order(server):
    server.script(Answer(b"<html>"))
    urls = [f"{server.url}/{name}" for name in "abcab"]
    assert [answer.url for answer in probe(urls)] == urls[:3]
    assert len(server.seen) == 3
