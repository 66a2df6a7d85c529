"""What do a page's headers say: robots directives, canonical and alternates, when it changed?"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from scrapy.http import Headers

from connectors.addresses import normal

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")
_FOR_AN_AGENT = re.compile(r"^\s*([a-z][\w-]*)\s*:\s*(.*)$", re.IGNORECASE | re.DOTALL)
_WITH_VALUE = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
_OURS = {"googlebot", "robots"}
MOST = 50
LONGEST = 200


def directives(named: Iterable[str], headers: Headers) -> tuple[str, ...]:
    """Return robots directives for search engines in lower case, each once, sorted.

    `named` are the contents of the meta tags `robots` and `googlebot`. Of X-Robots-Tag those for
    everybody and for Googlebot count; directives add up, whatever says more (Google's rule).
    """
    said: set[str] = set()
    for text in named:
        said.update(_split(text))
    for value in headers.getlist("X-Robots-Tag"):
        text = value.decode("latin-1")
        match = _FOR_AN_AGENT.match(text)
        if match and match[1].lower() not in _WITH_VALUE:
            if match[1].lower() not in _OURS:
                continue
            text = match[2]
        said.update(_split(text))
    return tuple(sorted(said)[:MOST])


def _split(text: str) -> list[str]:
    if text.strip().lower().startswith("unavailable_after"):
        return [" ".join(text.lower().split())[:LONGEST]]  # its date may have commas
    return [part for item in text.lower().split(",") if (part := "".join(item.split())[:LONGEST])]


def linked(headers: Headers, base: str) -> list[tuple[str, str, str]]:
    """Return language, relation and normal address of what the Link header names (RFC 8288)."""
    found = []
    for value in headers.getlist("Link"):
        for target, rest in _LINK.findall(value.decode("latin-1")[:20_000])[:MOST]:
            said = {n.lower(): quoted or bare for n, quoted, bare in _PARAMETER.findall(rest)}
            if url := normal(target, base):
                found.append((said.get("hreflang", ""), said.get("rel", "").lower(), url))
    return found


def modified_day(*said: str) -> date | None:
    """Return the day of the first text that can be read as a moment, ISO 8601 or an HTTP date."""
    for text in filter(None, said):
        if moment := _moment(text.strip()):
            return moment.date()
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
