"""What does a sitemap or feed name? Sitemaps and their indexes, RSS, Atom, plain lists; also gz.

XML of strangers: no entities, no network, nothing kept that is not asked for. A broken end costs
what stands behind the break, not what stands before it.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Literal

from lxml import etree

from connectors.addresses import normal
from connectors.sites import SitemapEntry

MOST_ENTRIES = 50_000
"""What the protocol allows in one sitemap (sitemaps.org)."""
LARGEST = 50 * 2**20
"""Bytes that the protocol allows, decompressed."""
LONGEST_TITLE = 2_000
_PARTS = ("sitemap", "url", "item", "entry")
_ROOTS = {"urlset", "sitemapindex", "rss", "feed", "RDF"}
_WHEN = ("lastmod", "updated", "published", "pubDate", "date")

Content = Literal["sitemaps", "pages"]


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What was read: further sitemaps of an index, entries of any other. A reason if it is bad."""

    entries: tuple[SitemapEntry, ...] = ()
    sitemaps: tuple[str, ...] = ()
    reason: str = ""


def read_sitemap(url: str, body: bytes, most: int = MOST_ENTRIES) -> Sitemap:
    """Read the body of a sitemap or feed that stands at `url`; at most `most` entries."""
    try:
        body = _unpacked(body)
    except (OSError, EOFError, zlib.error):
        return Sitemap(reason="what is said to be compressed cannot be unpacked")
    if len(body) > LARGEST:
        return Sitemap(reason="over 50 MB unpacked")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start != b"<":
        return _listed(url, body, most)
    return _of_xml(url, body, most)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    with gzip.open(BytesIO(body)) as unpacking:
        return unpacking.read(LARGEST + 1)


def _listed(url: str, body: bytes, most: int) -> Sitemap:
    lines = body.decode("utf-8-sig", "replace").split("\n")
    found = [address for line in lines if (address := normal(line.strip()))]
    if not found:
        return Sitemap(reason="" if not body.strip() else "no sitemap: neither XML nor addresses")
    return Sitemap(tuple(SitemapEntry(url, address) for address in found[:most]))


def _of_xml(url: str, body: bytes, most: int) -> Sitemap:
    entries: list[SitemapEntry] = []
    sitemaps: list[str] = []
    reason = ""
    try:
        for kind, entry in _parts(url, body):
            if kind == "sitemap":
                sitemaps.append(entry.url)
            else:
                entries.append(entry)
            if len(entries) + len(sitemaps) >= most:
                break
    except etree.XMLSyntaxError as error:
        reason = f"its XML is broken: {str(error)[:200]}"
    except _NoSitemapError as error:
        reason = f"no sitemap: {error}"
    return Sitemap(tuple(entries), tuple(sitemaps), reason)


class _NoSitemapError(Exception):
    """Well-formed, but something else."""


def _parts(url: str, body: bytes) -> Iterator[tuple[str, SitemapEntry]]:
    parsing = etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = None
    for event, element in parsing:
        name = etree.QName(element).localname
        if root is None:
            root = element
            if name not in _ROOTS:
                raise _NoSitemapError(f"it is <{name[:40]}>")
        elif event == "end" and name in _PARTS:
            if entry := _entry(url, element):
                yield name, entry
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _entry(url: str, element: "etree._Element") -> SitemapEntry | None:
    said: dict[str, str] = {}
    link = ""
    for child in element:
        name = etree.QName(child).localname
        text = (child.text or "").strip()
        if name == "link" and child.get("href"):  # Atom
            if child.get("rel", "alternate") == "alternate":
                link = link or child.get("href")
        elif text:
            said.setdefault(name, text)
    address = normal(said.get("loc") or link or said.get("link", ""), url)
    if not address or not (said.get("loc") or link or said.get("link")):
        return None
    moments = (_moment(said[name]) for name in _WHEN if name in said)
    modified = next((moment for moment in moments if moment), None)
    return SitemapEntry(url, address, modified, said.get("title", "")[:LONGEST_TITLE])


def _moment(text: str) -> datetime | None:
    """Read W3C's date and time, or that of e-mails; a day begins at midnight UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
