"""How do a crawl's findings lie in their rows? There and back.

Texts come from anywhere. What a database cannot hold is replaced: NUL by U+FFFD, half a surrogate
pair by a question mark.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from connectors.sites import CrawledPage, LinkAnswer, SitemapEntry
from connectors.warehouse.url_keys import url_key

MORE = (
    "redirects",
    "headings",
    "alternates",
    "structured_data",
    "structured_data_errors",
    "insecure",
    "tags",
)
"""Fields of a page with several values each, which share one JSON column; `spared` is in it too."""

PAGE_COLUMNS = (
    "crawl_id", "url_key", "url", "asked_at", "status", "reason", "led_to", "final_status",
    "content_type", "size", "seconds", "depth", "found_by", "title", "description", "canonical",
    "robots", "language", "words", "text_hash", "modified", "more",
)  # fmt: skip
LINK_COLUMNS = ("crawl_id", "source_key", "target", "text", "nofollow")
ENTRY_COLUMNS = ("crawl_id", "entry_key", "sitemap", "url", "modified", "title")
ANSWER_COLUMNS = ("crawl_id", "url_key", "url", "asked_at", "status", "reason")


def plain(text: str) -> str:
    """Return a text that every database can hold."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def plain_or_none(text: str | None) -> str | None:
    """Return a text that every database can hold; None stays."""
    return None if text is None else plain(text)


def page_row(crawl_id: int, key: int, page: CrawledPage) -> tuple[Any, ...]:
    """Return the cells of a page, in the order of `PAGE_COLUMNS`."""
    return (
        crawl_id,
        key,
        plain(page.url),
        page.asked_at,
        page.status,
        plain(page.reason),
        plain(page.redirects[-1]) if page.redirects else None,
        page.final_status,
        plain(page.content_type),
        page.size,
        page.seconds,
        page.depth,
        page.found_by,
        plain_or_none(page.title),
        plain_or_none(page.description),
        plain_or_none(page.canonical),
        plain(",".join(page.robots)),
        plain(page.language),
        page.words,
        page.text_hash,
        page.modified,
        _more(page),
    )


def link_rows(crawl_id: int, key: int, page: CrawledPage) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of a page's links, in the order of `LINK_COLUMNS`."""
    for link in page.links:
        yield crawl_id, key, plain(link.target), plain(link.text), link.nofollow


def entry_row(crawl_id: int, key: int, entry: SitemapEntry) -> tuple[Any, ...]:
    """Return the cells of a sitemap's entry, in the order of `ENTRY_COLUMNS`."""
    sitemap, url, title = map(plain, (entry.sitemap, entry.url, entry.title))
    return crawl_id, key, sitemap, url, entry.modified, title


def answer_row(crawl_id: int, key: int, answer: LinkAnswer) -> tuple[Any, ...]:
    """Return the cells of an answer, in the order of `ANSWER_COLUMNS`."""
    return (
        crawl_id, key, plain(answer.url), answer.asked_at, answer.status, plain(answer.reason)
    )  # fmt: skip


def by_url(records: Iterable[Any]) -> dict[int, Any]:
    """Return records by their address's number, the first of each."""
    found: dict[int, Any] = {}
    for record in records:
        found.setdefault(url_key(record.url), record)
    return found


def _more(page: CrawledPage) -> str:
    values = {name: _plain_all(getattr(page, name)) for name in MORE} | {"spared": page.spared}
    return orjson.dumps({name: value for name, value in values.items() if value}).decode()


def _plain_all(value: Any) -> Any:
    if isinstance(value, tuple):
        return [plain(text) for text in value]
    return {plain(name): plain(text) for name, text in value.items()}
