"""A seeded site of any size that people search for, and a sandbox that has it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np

from connectors.sandbox import Sandbox, demo
from connectors.sandbox.web.search_console import SearchConsole
from connectors.sandbox.web.shapes import Indexed, Origin, SearchDay, SessionsDay, Speeds, Web

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 20, tzinfo=UTC)  # noon in Los Angeles
DOMAIN = "sc-domain:example.com"
PREFIX = "https://www.example.com/blog/"
SECTIONS = ("/", "/blog/", "/shop/")
WORDS = ("boots", "winter", "repair", "size", "ACME", "acme boots", "leather", "größe")


class SearchedSite:
    """A `Web` of which only searches and index are asked."""

    host = "www.example.com"
    currency, time_zone = "EUR", "Europe/Berlin"
    origins: Sequence[Origin] = ()

    def __init__(
        self,
        pages: int = 12,
        queries: int = 40,
        pairs: int = 90,
        a_day: int = 60,
        today: date = TODAY,
    ) -> None:
        random = np.random.default_rng(7)
        self.today = today
        self.pages = ["/", *(f"{SECTIONS[n % 3]}page-{n}" for n in range(1, pages))]
        self.queries = [f"{WORDS[n % len(WORDS)]} {n}".lower() for n in range(queries)]
        slots = random.choice(pages * queries, pairs, replace=False)
        self._query, self._page = slots // pages, slots % pages
        self._a_day = min(a_day, pairs)
        self.days: dict[date, SearchDay] = {}
        self.wrong: dict[str, Sequence[str]] = {}

    def search(self, day: date) -> SearchDay:
        if day not in self.days:
            self.days[day] = self._made(day)
        return self.days[day]

    def _made(self, day: date) -> SearchDay:
        random = np.random.default_rng(day.toordinal())
        size = self._a_day if day < self.today else 0
        chosen = random.choice(len(self._query), size, replace=False)
        impressions = random.integers(1, 200, size)
        clicks = random.binomial(impressions, 0.08)
        position = np.round(random.uniform(1, 30, size), 3)
        order = np.argsort(-clicks, kind="stable")
        columns = (self._query[chosen], self._page[chosen], clicks, impressions, position)
        rare = (7, 90) if size else (0, 0)
        return SearchDay(*(column[order] for column in columns), *rare)

    def sessions(self, day: date) -> SessionsDay:
        raise NotImplementedError

    def speeds(self, path: str, form_factor: str) -> Speeds | None:
        raise NotImplementedError

    def indexed(self, path: str) -> Indexed:
        if path in self.wrong.get("page_not_indexed", ()):
            left_out = "Crawled - currently not indexed"
            return Indexed(
                "NEUTRAL", left_out, "ALLOWED", "INDEXING_ALLOWED", "SUCCESSFUL", "", NOW
            )
        url = f"http://{self.host}{path}"
        fine = ("ALLOWED", "INDEXING_ALLOWED", "SUCCESSFUL", url, NOW)
        return Indexed("PASS", "Submitted and indexed", *fine)

    def planted(self) -> Mapping[str, Sequence[str]]:
        return self.wrong


class SearchSandbox(Sandbox):
    """A sandbox with Search Console."""

    def __init__(self, webs: Mapping[str, Web], port: int = 0) -> None:
        super().__init__(demo(), port=port)
        self.search_console = SearchConsole(self.world, webs)
        self._parts["search_console"] = self.search_console
        self.search_url = f"{self.url}/search_console"
        self.token_url = f"{self.google_url}/token"
