"""The site over HTTP: files, conditions, redirects, faults, the clock, its competitor."""

import json
import signal
import socket
import subprocess
import sys
from datetime import date, timedelta

import pytest
import requests

from connectors.sandbox import DEMO_TODAY, Sandbox, demo
from connectors.sandbox.web import Website, simulated_web


@pytest.fixture(scope="module")
def served():
    with Website(simulated_web("shop")) as website:
        yield website


@pytest.fixture
def website(served):
    yield served
    served.web.today = DEMO_TODAY
    served.faults.clear()
    served.forget_requests()
    served.slow_seconds = 0.0


def get(address, **options):
    return requests.get(address, timeout=5, **options)


def test_two_days_later_another_robots_txt(website):
    website.web.today = date(2026, 10, 30)
    before = get(f"{website.url}/robots.txt").text
    website.web.today += timedelta(days=1)
    after = get(f"{website.url}/robots.txt").text
    assert set(after.splitlines()) - set(before.splitlines()) == {"Disallow: /guides/"}
    assert f"Sitemap: {website.url}/sitemap.xml" in before


def test_a_page_is_sent_once_to_who_has_it(website):
    page = get(f"{website.url}/about")
    assert page.headers["Content-Type"].startswith("text/html")
    for name, header in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = get(f"{website.url}/about", headers={name: page.headers[header]})
        assert (again.status_code, again.content) == (304, b"")
    other = get(f"{website.url}/about", headers={"If-None-Match": '"other"'})
    assert other.content == page.content


def test_head_has_the_headers_of_get_and_nothing_else(website):
    head, page = requests.head(f"{website.url}/", timeout=5), get(f"{website.url}/")
    assert head.content == b""
    assert head.headers == page.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/products/shoes/racing-flat", 404),
        ("/blog/socks-matter", 410),
        ("/outdoor-jackets", 500),
        ("/sitemap-news.xml", 200),
        ("/summer-sale", 301),
        ("/about?utm_source=x", 200),
    ],
)
def test_statuses(website, path, status):
    assert get(website.url + path, allow_redirects=False).status_code == status


def test_a_sitemap_fails_the_day_after(website):
    website.web.today += timedelta(days=1)
    assert website.web.planted()["sitemap_unreadable"] == ["/sitemap-news.xml"]
    assert get(f"{website.url}/sitemap-news.xml").status_code == 500


def test_only_reading_is_allowed(website):
    answer = requests.post(f"{website.url}/", data={"a": "b"}, timeout=5)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_requests_may_come_in_pieces_and_several_at_once(website):
    host, port = website.web.host.split(":")
    asked = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        plain.sendall(asked[:20])
        plain.sendall(asked[20:] + b"Connection: close\r\n\r\n")
        received = b"".join(iter(lambda: plain.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_a_head_without_end_is_cut(website):
    host, port = website.web.host.split(":")

    def flood(plain):
        while True:
            plain.sendall(b"x" * 4096)

    plain = socket.create_connection((host, int(port)), timeout=5)
    with plain, pytest.raises(ConnectionError):
        flood(plain)


def test_the_log_names_who_asked_for_what(website):
    get(f"{website.url}/about?secret=1", headers={"User-Agent": "Tester/1"})
    get(f"{website.competitor_url}/feed.xml", headers={"User-Agent": "Tester/1"})
    logged = [(v.host, v.method, v.path, v.agent, v.status) for v in website.requests]
    assert logged == [
        ("site", "GET", "/about", "Tester/1", 200),
        ("competitor", "GET", "/feed.xml", "Tester/1", 200),
    ]


def test_faults_meet_the_calls_they_are_for(website):
    website.faults.add("status", status=503, path="/about", platform="site", count=1)
    assert get(f"{website.url}/").status_code == 200
    assert [get(f"{website.url}/about").status_code for _ in "12"] == [503, 200]
    for kind in ("cut_before", "cut_body"):
        website.faults.add(kind, count=1)
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            get(f"{website.url}/")


def test_a_slow_page_takes_its_time_and_the_others_do_not_wait(website):
    website.slow_seconds = 0.05
    slow = get(f"{website.url}/products/bags/gym-bag").elapsed.total_seconds()
    assert slow >= 0.05
    website.faults.add("stall", seconds=0.01, count=1)
    with pytest.raises(requests.ConnectionError):
        get(f"{website.url}/")


def test_the_competitor_publishes_as_the_clock_goes_on(website):
    website.web.today = date(2026, 10, 27)
    before = get(f"{website.competitor_url}/feed.xml").text
    website.web.today = date(2026, 10, 31)
    after = get(f"{website.competitor_url}/feed.xml").text
    listed = get(f"{website.competitor_url}/sitemap.xml").text
    for path in website.web.planted()["competitor_published"]:
        assert path not in before
        assert f"{website.competitor_url}{path}</link>" in after
        assert f"{website.competitor_url}{path}</loc>" in listed
        assert get(website.competitor_url + path).status_code == 200
    assert get(f"{website.competitor_url}/blog/never").status_code == 404


def test_the_feed_names_the_latest_articles_first(website):
    feed = get(f"{website.url}/feed.xml")
    assert feed.headers["Content-Type"] == "application/rss+xml"
    assert feed.text.count("<item>") == 10
    assert feed.text.index("sizing-for-kids") < feed.text.index("city-running-routes")


def test_ports_are_free_again_once_it_is_closed():
    with Website(simulated_web("clinic")) as website:
        port = int(website.web.host.split(":")[1])
        kept = requests.Session()
        assert kept.get(f"{website.url}/", timeout=5).status_code == 200
    with Website(simulated_web("clinic"), port=port) as again:
        assert get(f"{again.url}/").status_code == 200
    Website(simulated_web("clinic")).close()


def test_a_sandbox_serves_its_brands_sites_on_its_own_day():
    webs = {"shop": simulated_web("shop"), "clinic": simulated_web("clinic")}
    with Sandbox(demo(), today=date(2026, 11, 1), webs=webs) as sandbox:
        page = f"{sandbox.site_urls['shop']}/outdoor-jackets"
        assert get(page).status_code == 200
        sandbox.advance()
        assert webs["clinic"].today == DEMO_TODAY
        assert get(page).status_code == get(f"{sandbox.url}/site/shop/outdoor-jackets").status_code
        assert get(page).status_code == 500
        sandbox.faults.add("status", platform="site", status=502, path="/about", count=1)
        assert get(f"{sandbox.site_urls['shop']}/about").status_code == 502
    with pytest.raises(requests.ConnectionError):
        get(page)


def test_a_sandbox_without_sites_has_none():
    with Sandbox(demo()) as sandbox:
        assert sandbox.site_urls == {}


def test_another_process_can_serve_a_site_until_it_is_told_to_stop():
    command = [sys.executable, "-m", "connectors.sandbox.web", "--site", "generated"]
    with subprocess.Popen([*command, "--pages", "50"], stdout=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline())
        assert get(f"{ready['url']}/robots.txt").status_code == 200
        assert (ready["pages"], ready["today"]) == (50, DEMO_TODAY.isoformat())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
