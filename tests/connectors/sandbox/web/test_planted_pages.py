"""What is planted is in the bytes that are served, and nothing else is: crawls of whole sites."""

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
import requests

from connectors.sandbox.web import CLEAN_DAY, Website, generated, simulated_web


class Reader(HTMLParser):
    """What a page's head and links say."""

    def __init__(self, text):
        super().__init__()
        self.meta, self.links, self.alternates, self.scripts = {}, [], {}, []
        self.canonical, self.words = "", 0
        self._open = ""
        self.titles, self.headings, self.in_main = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self._open = values.get("type", tag) if tag == "script" else tag
        self.in_main = self.in_main or tag == "main"
        if tag == "meta" and "name" in values:
            self.meta[values["name"]] = values["content"]
        if tag == "a":
            self.links.append(values["href"])
        if tag == "link" and values["rel"] == "canonical":
            self.canonical = values["href"]
        if tag == "link" and "hreflang" in values:
            self.alternates[values["hreflang"]] = values["href"]

    def handle_endtag(self, tag):
        self.in_main = self.in_main and tag != "main"
        self._open = ""

    def handle_data(self, data):
        if self._open == "title":
            self.titles.append(data)
        if self._open == "h1":
            self.headings.append(data)
        if self._open == "application/ld+json":
            self.scripts.append(data)
        if self.in_main:
            self.words += len(data.split())


@dataclass
class Crawl:
    """Everything a site served, as of one day."""

    url: str
    pages: dict[str, Reader] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    chains: dict[str, list[str]] = field(default_factory=dict)
    outbound: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    sitemaps: dict[str, list[str]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    robots: str = ""

    def path(self, address):
        return address.removeprefix(self.url)

    def linked_from(self, path):
        return sorted(p for p, page in self.pages.items() if path in page.links and p != path)


def crawl(website):
    seen = Crawl(website.url)
    with requests.Session() as http:
        seen.robots = http.get(f"{seen.url}/robots.txt", timeout=5).text
        read_sitemaps(seen, http)
        waiting = [*dict.fromkeys(["/", *(p for found in seen.sitemaps.values() for p in found)])]
        for path in waiting:  # grows
            visit(seen, http, path)
            new = seen.pages[path].links if path in seen.pages else []
            for link in new:
                if link.startswith("/") and link not in waiting:
                    waiting.append(link)
    return seen


def read_sitemaps(seen, http):
    for address in re.findall("<loc>(.*?)</loc>", http.get(f"{seen.url}/sitemap.xml").text):
        answer = http.get(address, timeout=5)
        path = seen.path(address)
        if answer.status_code != 200:
            seen.unreadable.append(path)
            continue
        body = gzip.decompress(answer.content) if path.endswith(".gz") else answer.content
        seen.sitemaps[path] = [seen.path(p) for p in re.findall("<loc>(.*?)</loc>", body.decode())]


def visit(seen, http, path):
    answer = http.get(seen.url + path, allow_redirects=False, timeout=5)
    seen.statuses[path] = answer.status_code
    seen.bodies[path] = answer.text
    chain = []
    while answer.status_code == 301 and len(chain) < 4:
        chain.append(seen.path(urljoin(answer.url, answer.headers["Location"])))
        answer = http.get(seen.url + chain[-1], allow_redirects=False, timeout=5)
    seen.chains[path] = chain
    if seen.statuses[path] == 200:
        page = seen.pages[path] = Reader(answer.text)
        outbound = [link for link in page.links if not link.startswith("/")]
        seen.outbound[path] = [(link, http.get(link, timeout=5).status_code) for link in outbound]


def repeated(seen, of):
    values = {path: of(page) for path, page in seen.pages.items() if of(page)}
    often = Counter(values.values())
    return [path for path, value in values.items() if often[value] > 1]


def unpaired(seen):
    return [
        path
        for path, page in seen.pages.items()
        for address in page.alternates.values()
        if seen.url + path not in seen.pages[seen.path(address)].alternates.values()
    ]


def unparsed(page):
    try:
        _ = [json.loads(script) for script in page.scripts]
    except ValueError:
        return True
    return False


def found_on(seen):
    """What a detector finds in one crawl, by fact."""
    blocked = re.findall("Disallow: (.*)", seen.robots)
    broken = [path for path, status in seen.statuses.items() if status >= 400]
    listed = [path for found in seen.sitemaps.values() for path in found]
    indexable = [
        path
        for path, page in seen.pages.items()
        if "robots" not in page.meta
        and page.canonical == seen.url + path
        and not path.startswith(tuple(blocked))
    ]
    found = {
        "page_gone": [path for path in broken if seen.statuses[path] == 404],
        "page_fails": [path for path in broken if seen.statuses[path] == 500],
        "broken_internal_link": [p for path in broken for p in seen.linked_from(path)],
        "broken_outbound_link": [p for p, links in seen.outbound.items()
                                 if any(status >= 400 for _, status in links)],
        "became_noindex": [p for p, page in seen.pages.items() if "robots" in page.meta],
        "canonical_elsewhere": [p for p, page in seen.pages.items()
                                if page.canonical != seen.url + p],
        "blocked_by_robots": [p for p in seen.pages if p.startswith(tuple(blocked))],
        "redirect_chain": [p for p, chain in seen.chains.items() if len(chain) in (2, 3)],
        "redirect_loop": [p for p, chain in seen.chains.items() if len(chain) > 3],
        "title_missing": [p for p, page in seen.pages.items() if not page.titles],
        "title_duplicate": repeated(seen, lambda page: "".join(page.titles)),
        "description_missing": [p for p, page in seen.pages.items()
                                if "description" not in page.meta],
        "description_duplicate": repeated(seen, lambda page: page.meta.get("description")),
        "heading_missing": [p for p, page in seen.pages.items() if len(page.headings) != 1],
        "hreflang_unpaired": unpaired(seen),
        "structured_data_broken": [p for p, page in seen.pages.items() if unparsed(page)],
        "analytics_gone": [p for p in seen.pages if "gtag('config','G-" not in seen.bodies[p]],
        "orphan_page": [p for p in seen.pages if p != "/" and not seen.linked_from(p)],
        "sitemap_lists_wrong": [p for p in listed if p not in indexable],
        "sitemap_misses": [p for p in indexable if p not in listed],
        "sitemap_unreadable": seen.unreadable,
        "content_thin": [p for p, page in seen.pages.items() if page.words < 150],
    }  # fmt: skip
    return {fact: sorted(set(paths)) for fact, paths in found.items() if paths}


@pytest.fixture(scope="module")
def crawls():
    """The shop before anything was planted, and on the demo's day."""
    with Website(simulated_web("shop")) as website:
        website.web.today = CLEAN_DAY
        before = crawl(website)
        website.web.today = date(2026, 11, 2)
        yield before, crawl(website), website.web.planted()


def test_a_crawl_finds_what_is_planted_and_nothing_else(crawls):
    before, after, planted = crawls
    found = found_on(after)
    assert found == {fact: paths for fact, paths in planted.items() if fact in found}
    assert len(found) == 21
    assert list(found_on(before)) == ["content_thin"]


def test_what_changed_between_the_crawls_is_planted_too(crawls):
    before, after, planted = crawls
    assert before.robots != after.robots
    assert "Disallow: /guides/" in after.robots
    assert set(before.statuses) - set(after.statuses) == set(planted["page_lost"])
    dates = {p: re.search('datetime="(.*?)"', body) for p, body in after.bodies.items()}
    old = [p for p, day in dates.items() if day and date.fromisoformat(day[1]).year < 2025]
    assert old == planted["content_outdated"]


def test_texts_change_only_where_pages_were_gone_over(crawls):
    before, after, _ = crawls
    changed = [p for p in before.pages if p in after.pages and before.bodies[p] != after.bodies[p]]
    assert 10 < len(changed) < 80
    assert len(set(after.bodies.values())) > len(after.pages)


def test_the_clinic_has_only_what_is_planted():
    with Website(simulated_web("clinic")) as website:
        found, planted = found_on(crawl(website)), website.web.planted()
    assert found == planted == {
        "became_noindex": ["/treatments/root-canal"], "description_missing": ["/prices"],
    }  # fmt: skip


def test_a_generated_site_is_clean_and_every_page_can_be_reached():
    with Website(generated(pages=130, seed=5)) as website:
        seen = crawl(website)
    assert found_on(seen) == {}
    assert len(seen.pages) == 130
