"""How do records cross from the crawling process to us? One line of JSON each, its kind first."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import orjson

from connectors.sites import (
    Certificate,
    CrawledPage,
    CrawlEnd,
    CrawlNews,
    LinkAnswer,
    SiteFile,
    SiteLink,
    SitemapEntry,
)

KINDS: dict[type[CrawlNews], str] = {
    CrawledPage: "page",
    SiteFile: "file",
    SitemapEntry: "entry",
    Certificate: "certificate",
    LinkAnswer: "link",
    CrawlEnd: "end",
}
_TUPLES = tuple(
    field.name for field in fields(CrawledPage) if str(field.type).startswith("tuple[str")
)


def line(news: CrawlNews) -> bytes:
    """Write a record as a line. What is no text in UTF-8 was replaced when it was read."""
    return orjson.dumps((KINDS[type(news)], news), option=orjson.OPT_APPEND_NEWLINE)


def news(line: bytes) -> CrawlNews:
    """Read what `line` wrote.

    Raises:
        ValueError: it is none of our records.
    """
    try:
        kind, given = orjson.loads(line)
        return _READERS[kind](given)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no record: {line[:80]!r}") from error


def _page(given: dict[str, Any]) -> CrawledPage:
    given["asked_at"] = datetime.fromisoformat(given["asked_at"])
    if given["modified"]:
        given["modified"] = date.fromisoformat(given["modified"])
    for name in _TUPLES:
        given[name] = tuple(given[name])
    given["links"] = tuple(
        [SiteLink(link["target"], link["text"], link["nofollow"]) for link in given["links"]]
    )
    return CrawledPage(**given)


def _with_moment(record: Callable[..., CrawlNews], name: str) -> Callable[..., CrawlNews]:
    def read(given: dict[str, Any]) -> CrawlNews:
        if given[name]:
            given[name] = datetime.fromisoformat(given[name])
        return record(**given)

    return read


_READERS: dict[str, Callable[..., CrawlNews]] = {
    "page": _page,
    "file": _with_moment(SiteFile, "seen_at"),
    "entry": _with_moment(SitemapEntry, "modified"),
    "certificate": _with_moment(Certificate, "ends_at"),
    "link": _with_moment(LinkAnswer, "asked_at"),
    "end": lambda given: CrawlEnd(**given),
}
