"""Which addresses of other sites are asked, and what did they answer? One question each.

HEAD, and GET where a server does not know HEAD; no body is read, no redirect followed.
"""

from collections import deque

from connectors.addresses import same_site
from connectors.crawling.job import Job

IMPATIENT = frozenset({405, 501})
"""Answers to HEAD by servers that know GET only."""


class Outbound:
    """Addresses that the pages link to, each once, up to a bound."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._seen: set[str] = set()
        self._waiting: deque[str] = deque()

    def add(self, url: str) -> None:
        """Let an address wait if it is of another site and outbound links are to be checked."""
        if not self._job.check_outbound or self._job.kind != "full":
            return
        if url in self._seen or len(self._seen) >= self._job.bounds.max_outbound:
            return
        if not same_site(url, self._job.start):
            self._seen.add(url)
            self._waiting.append(url)

    def drop(self) -> None:
        """Ask nothing more."""
        self._waiting.clear()

    def next(self) -> str | None:
        """Return the address to ask now."""
        return self._waiting.popleft() if self._waiting else None

    def __bool__(self) -> bool:
        return bool(self._waiting)
