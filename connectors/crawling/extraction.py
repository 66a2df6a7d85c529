"""What does a page say of itself? Its title, directives, links, structured data, its words.

One parse per page, lxml (libxml2), which reads any bytes as some tree. The main text is that of
<main> or else <body>, without navigation, header, footer and asides.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from lxml import etree
from scrapy.http import Headers, Response
from w3lib.encoding import html_to_unicode

from connectors.addresses import normal, site_of
from connectors.crawling.fetching import header
from connectors.crawling.page_headers import directives, linked, modified_day
from connectors.crawling.structured_data import StructuredData, read_structured_data
from connectors.sites import SiteLink

LONGEST = 2_000
LONGEST_LINK_TEXT = 200
MOST_LINKS = 3_000
MOST_HEADINGS = 20
MOST_INSECURE = 100
TAGS = re.compile(r"\b(?:G-[A-Z0-9]{6,12}|GTM-[A-Z0-9]{4,10}|UA-\d{4,10}-\d{1,4}|AW-\d{6,12})\b")
_NO_TEXT = ("script", "style", "noscript", "template", "svg", "iframe")
_AROUND = ("nav", "header", "footer", "aside")
_READ = (
    "html", "base", "title", "meta", "link", "h1", "a", "area", "script", "img", "iframe", "audio",
    "video", "source", "embed", "object", "track",
)  # fmt: skip
_LOADED_BY = {"object": "data"}
_LOADED_RELS = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
_CONTROLS = str.maketrans(dict.fromkeys(map(chr, range(32)), " "))

Node = Any
"""lxml has no types."""


def read_page(response: Response, url: str) -> dict[str, Any]:
    """Return those fields of `CrawledPage` that a page's body and headers give.

    `url` is the address in normal form. At most 3,000 links and 20 headings are kept.
    """
    root = _tree(response)
    found: dict[str, list[Node]] = {tag: [] for tag in _READ}
    if root is not None:
        for node in root.iter(*_READ):
            found[node.tag].append(node)
    base = _base(found["base"], url)
    headers = response.headers
    meta = _meta(found["meta"])
    data = read_structured_data(
        node.text or "" for node in found["script"] if _is_json(node.get("type"))
    )
    return {
        **_head(found, base, headers, meta),
        **_data(data, headers, meta),
        "headings": tuple(text for node in found["h1"][:MOST_HEADINGS] if (text := _text(node))),
        "insecure": tuple(_insecure(found)) if url.startswith("https:") else (),
        "tags": tuple(_tags(found)),
        "links": _links(found["a"] + found["area"], base, url),
        **_words(root),  # last: it takes the tree apart
    }


def _tree(response: Response) -> Node | None:
    declared = header(response.headers, "Content-Type") or None
    body = response.body
    try:
        _, text = html_to_unicode(declared, body, default_encoding="utf-8")
    except (LookupError, UnicodeError):
        text = body.decode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing in it
        return None


def _head(
    found: Mapping[str, list[Node]], base: str, headers: Headers, meta: Mapping[str, str]
) -> dict[str, Any]:
    in_header = linked(headers, base)
    titles = (node for node in found["title"] if node.getparent().tag != "svg")
    title = next((_text(node) for node in titles), "")
    language = next((node.get("lang", "") for node in found["html"]), "")
    alternates = {lang: url for lang, rel, url in in_header if rel == "alternate" and lang}
    canonical = next((url for _, rel, url in in_header if rel == "canonical"), None)
    for node in reversed(found["link"]):  # the first of a kind counts
        rels = (node.get("rel") or "").lower().split()
        url = _address(node.get("href") or "", base)
        if "canonical" in rels and url:
            canonical = url
        if "alternate" in rels and url and (lang := (node.get("hreflang") or "").strip()):
            alternates[lang[:LONGEST_LINK_TEXT]] = url
    named = [meta[name] for name in ("robots", "googlebot") if name in meta]
    return {
        "title": title or None,
        "description": meta.get("description") or None,
        "canonical": canonical,
        "robots": directives(named, headers),
        "language": (language.strip() or header(headers, "Content-Language"))[:100],
        "alternates": alternates,
    }


def _meta(nodes: list[Node]) -> dict[str, str]:
    """Return contents by name or property; robots' are joined, of others the first counts."""
    said: dict[str, str] = {}
    for node in nodes:
        name = (node.get("name") or node.get("property") or "").strip().lower()
        content = _clean(node.get("content") or "")
        if name in ("robots", "googlebot") and name in said:
            said[name] += f",{content}"
        elif name:
            said.setdefault(name, content)
    return said


def _data(data: StructuredData, headers: Headers, meta: Mapping[str, str]) -> dict[str, Any]:
    modified: date | None = modified_day(
        data.modified, meta.get("article:modified_time", ""), header(headers, "Last-Modified")
    )
    return {
        "structured_data": data.types,
        "structured_data_errors": data.errors,
        "modified": modified,
    }


def _links(nodes: list[Node], base: str, url: str) -> tuple[SiteLink, ...]:
    texts: dict[str, str] = {}
    followed: set[str] = set()
    for node in nodes:
        target = _address(node.get("href") or "", base) if node.get("href") is not None else ""
        if not target:
            continue
        if target not in texts and len(texts) >= MOST_LINKS:
            break
        if not texts.get(target):
            texts[target] = _link_text(node)
        if "nofollow" not in (node.get("rel") or "").lower().split():
            followed.add(target)
    return tuple([SiteLink(to, text, to not in followed) for to, text in texts.items()])


def _link_text(node: Node) -> str:
    text = node.text if len(node) == 0 else "".join(node.itertext())
    text = " ".join((text or "").split())
    if not text:
        image = next(node.iter("img"), None)
        text = (
            node.get("aria-label") or node.get("title") or (image is not None and image.get("alt"))
        )
        text = _clean(text or "")
    return text[:LONGEST_LINK_TEXT]


def _insecure(found: Mapping[str, list[Node]]) -> Iterator[str]:
    seen: set[str] = set()
    loading = ("script", "img", "iframe", "audio", "video", "source", "embed", "object", "track")
    loaded = [node.get(_LOADED_BY.get(tag, "src")) for tag in loading for node in found[tag]]
    for node in found["link"]:
        if _LOADED_RELS & set((node.get("rel") or "").lower().split()):
            loaded.append(node.get("href"))
    for address in loaded:
        if not address or address.strip()[:5].lower() != "http:":
            continue
        url = normal(address)
        if url and url not in seen and len(seen) < MOST_INSECURE:
            seen.add(url)
            yield url


def _tags(found: Mapping[str, list[Node]]) -> list[str]:
    said: dict[str, None] = {}
    for node in (*found["script"], *found["iframe"]):
        for text in (node.get("src"), node.text):
            if text:
                said.update(dict.fromkeys(TAGS.findall(text)))
    return list(said)[:MOST_HEADINGS]


def _words(root: Node | None) -> dict[str, Any]:
    if root is None:
        return {"words": 0, "text_hash": ""}
    main = next(root.iter("main"), None)
    if main is None:
        main = next(root.iter("body"), root)
    etree.strip_elements(main, *_NO_TEXT, *_AROUND, with_tail=False)
    words = " ".join(main.itertext()).split()
    text = " ".join(words).encode("utf-8", "replace")
    digest = blake2b(text, digest_size=16).hexdigest() if words else ""
    return {"words": len(words), "text_hash": digest}


def _base(nodes: list[Node], url: str) -> str:
    given = next((node.get("href") for node in nodes if node.get("href")), "")
    return (normal(given, url) if given else "") or url


def _address(href: str, base: str) -> str:
    """Resolve a link. Most links of a site stand on every page: they are resolved once."""
    if href.startswith("#"):
        return ""
    if href.startswith("/") and not href.startswith("//"):
        return _resolved(href, site_of(base))
    return _resolved(href, base)


@lru_cache(20_000)
def _resolved(href: str, base: str) -> str:
    return normal(href.translate(_CONTROLS).strip(), base)


def _is_json(kind: str | None) -> bool:
    return (kind or "").partition(";")[0].strip().lower() == "application/ld+json"


def _text(node: Node) -> str:
    return _clean("".join(node.itertext()))


def _clean(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def is_page(media_type: str, body: bytes) -> bool:
    """Tell whether an answer is HTML; one that does not say what it is is looked at."""
    if media_type:
        return media_type in ("text/html", "application/xhtml+xml")
    return body[:512].lstrip()[:1] == b"<"
