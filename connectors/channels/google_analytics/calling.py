"""How is Google Analytics called? Reports, five first pages at a time, the rest page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from connectors.base import Throttle, TransientError
from connectors.channels.google_analytics.errors import Clock, Judge
from connectors.channels.google_analytics.options import Options
from connectors.channels.google_analytics.questions import Question
from connectors.exchange import place
from connectors.google_access import token_of
from connectors.http import Http, expected_shape

VERSION = "v1beta"
SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
TIMEOUT = 120.0
"""Seconds without a byte: large reports are silent until they are done."""
BATCH = 5
"""Reports of one call, at most."""
FIRST_ROWS = 10_000
"""Rows of a report's first page: five of them come in one answer."""
MORE_ROWS = 50_000
"""Rows of its further pages. Google would give 250,000, which take half a gigabyte to decode."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of one report."""

    rows: Sequence[Row]
    metrics: tuple[str, ...]  # Google's names of the rows' values, in order
    metadata: Mapping[str, Any]
    is_last: bool  # of its report


class Calls:
    """The calls of one login about one property, over one pooled session."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle | None,
        clock: Clock,
    ) -> None:
        session = session or requests.Session()
        base = options.base_url.rstrip("/")
        self.url = f"{base}/{VERSION}/properties/{options.account_id}"
        token = token_of(options, session, SCOPE)
        self._http = Http(session, auth=token, judge=Judge(clock), throttle=throttle)

    def one(self, question: Question) -> Page:
        """Return the first row of a report, and what is said about all of it."""
        return self._page(self._ask("runReport", {**question, "limit": "1"}), 0, 1)

    def pages(self, questions: Sequence[Question]) -> Iterator[tuple[int, Page]]:
        """Yield the pages of reports with the report's place among the questions, in order."""
        for start in range(0, len(questions), BATCH):
            asked = questions[start : start + BATCH]
            for at, first in enumerate(self._first_pages(asked)):
                page = self._page(first, 0, FIRST_ROWS)
                yield start + at, page
                offset = FIRST_ROWS
                while not page.is_last:
                    page = self._further_page(asked[at], offset)
                    yield start + at, page
                    offset += MORE_ROWS

    def _first_pages(self, questions: Sequence[Question]) -> list[Any]:
        bodies = [{**question, "limit": f"{FIRST_ROWS}"} for question in questions]
        if len(bodies) == 1:
            return [self._ask("runReport", bodies[0])]
        answer = self._ask("batchRunReports", {"requests": bodies})
        with expected_shape(self.url):
            reports: list[Any] = answer["reports"]
            if len(reports) != len(bodies):
                raise ValueError
        return reports

    def _further_page(self, question: Question, offset: int) -> Page:
        body = {**question, "limit": f"{MORE_ROWS}", "offset": f"{offset}"}
        return self._page(self._ask("runReport", body), offset, MORE_ROWS)

    def _page(self, answer: Any, offset: int, limit: int) -> Page:
        """Read a page. One that is shorter than its report says would be a hole in the figures."""
        with expected_shape(self.url):
            rows, count = answer.get("rows", []), int(answer.get("rowCount", 0))
            metrics = tuple(header["name"] for header in answer.get("metricHeaders", ()))
            page = Page(rows, metrics, answer["metadata"], is_last=offset + limit >= count)
            due = min(limit, max(0, count - offset))
        if len(rows) != due:
            where = place("POST", f"{self.url}:runReport")
            raise TransientError(
                f"{where}: {len(rows)} of {due} rows came; the report changed while it was read, "
                "run it again"
            )
        return page

    def _ask(self, method: str, body: Mapping[str, Any]) -> Any:
        return self._http.read("POST", f"{self.url}:{method}", body=body, read_timeout=TIMEOUT)
