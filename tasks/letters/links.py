"""Where do a mail's links lead, and how does analytics know that the mail brought somebody?

Links to the brand's own hosts get campaign parameters, whether a template says `link(...)` or just
writes the address; `link(...)` adds them to other addresses too. Parameters that are written stay.
Links of the HTML part lead over our receiver where clicks are counted; those of the text part,
which people read, do not. Nothing but web, mail and telephone addresses is led to.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from config.models import Brand

SCHEMES = ("http", "https", "mailto", "tel")

# A pattern that begins with a plain sign is looked for several times as fast as one that ignores
# upper and lower case.
_HREF = re.compile(
    r"""(?P<before><(?:[aA]|area|v:\w+)\b[^<>]*?\s[hH][rR][eE][fF]\s*=\s*)"""
    r"""(?P<quote>["'])(?P<url>.*?)(?P=quote)""",
    re.DOTALL,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"\u2068\u2069]+")
_AFTER = ".,;:!?)]}'"
"""Signs at the end of an address in a text that are the sentence's."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What analytics is told: the sequence or campaign, and which message of it."""

    source: str  # utm_campaign
    content: str = ""  # utm_content: step and arm


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """The links of one message that lead to us; '' where the brand has none."""

    unsubscribe: str  # https://...
    mailto: str = ""
    click: Callable[[int, str], str] | None = None  # from number and target to a counted link


class ForbiddenLinkError(ValueError):
    """A link leads to what is no address of the web, of mail or of a telephone."""


def campaign_of(source: str, step: str, arm: str) -> Campaign:
    """Return what a message is called in analytics: `welcome`, `second.short`."""
    return Campaign(source, ".".join(part for part in (step, arm) if part))


def own_hosts(brand: Brand) -> frozenset[str]:
    """Return the hosts of a brand: its website's, and the domain that its mail is from. Hosts
    below them are its own too."""
    sites = [it.account_id for it in brand.accounts if it.platform in ("website", "search_console")]
    hosts = {_host(site) for site in sites} | {_host(f"https://{site[10:]}") for site in sites
                                               if site.startswith("sc-domain:")}  # fmt: skip
    hosts.add(brand.mail.sender.rpartition("@")[2].strip(" >").lower())
    return frozenset(host.removeprefix("www.") for host in hosts if host)


def is_own(url: str, hosts: frozenset[str]) -> bool:
    """Tell whether an address is of one of the hosts, or of one below."""
    host = _host(url)
    return any(host == own or host.endswith(f".{own}") for own in hosts)


@lru_cache(maxsize=4096)
def with_campaign(url: str, campaign: Campaign, content: str | None = None) -> str:
    """Return an address with the campaign's parameters; those that it has stay, as does the
    spelling of everything else. What is no address of the web is returned as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return url
    ours = {"utm_source": "email", "utm_medium": "email", "utm_campaign": campaign.source}
    if content or campaign.content:
        ours["utm_content"] = content or campaign.content
    there = {pair.partition("=")[0].lower() for pair in parts.query.split("&")}
    added = urlencode({key: value for key, value in ours.items() if key not in there})
    return urlunsplit(parts._replace(query="&".join(it for it in (parts.query, added) if it)))


def has_campaign(url: str) -> bool:
    """Tell whether an address has campaign parameters."""
    return re.search(r"[?&]utm_campaign=", url) is not None


def html_with_links(
    html: str, campaign: Campaign, hosts: frozenset[str], links: MessageLinks
) -> str:
    """Return an HTML part whose links have campaign parameters and are counted. Raise
    `ForbiddenLinkError`."""
    number = 0

    def changed(match: re.Match[str]) -> str:
        nonlocal number
        if links.unsubscribe and unescape(match["url"]).strip() == links.unsubscribe:
            return match[0]
        plain, spelled, counted = _target(match["url"], campaign, hosts)
        if counted and links.click:
            number += 1
            spelled = escape(links.click(number, plain))
        return f"{match['before']}{match['quote']}{spelled}{match['quote']}"

    return _HREF.sub(changed, html)


def text_with_links(
    text: str, campaign: Campaign, hosts: frozenset[str], links: MessageLinks
) -> str:
    """Return a text part whose links to the brand's hosts have campaign parameters."""

    def changed(match: re.Match[str]) -> str:
        url = match[0].rstrip(_AFTER)
        rest = match[0][len(url) :]
        if url == links.unsubscribe:
            return match[0]
        return _for_text(url, campaign, hosts) + rest

    return _ADDRESS.sub(changed, text)


def addresses(html: str, text: str) -> list[str]:
    """Return the web addresses that a mail leads to, each once, in their order."""
    found = [unescape(match["url"]).strip() for match in _HREF.finditer(html)]
    found += [match[0].rstrip(_AFTER) for match in _ADDRESS.finditer(text)]
    return [it for it in dict.fromkeys(found) if it.lower().startswith(("http://", "https://"))]


@lru_cache(maxsize=4096)  # most links are the same for everybody
def _target(written: str, campaign: Campaign, hosts: frozenset[str]) -> tuple[str, str, bool]:
    """Return an address, as it stands in an attribute, and whether it is of the web."""
    url = unescape(written).strip()
    scheme = _scheme(url)
    if scheme not in SCHEMES and not url.startswith("#"):
        raise ForbiddenLinkError("a link leads to no address of the web, of mail or of a telephone")
    if scheme in ("http", "https"):
        url = with_campaign(url, campaign) if is_own(url, hosts) else url
        return url, escape(url), True
    return url, escape(url), False


@lru_cache(maxsize=4096)
def _for_text(url: str, campaign: Campaign, hosts: frozenset[str]) -> str:
    return with_campaign(url, campaign) if is_own(url, hosts) else url


def _scheme(url: str) -> str | Literal[""]:
    match = re.match(r"([a-z][a-z0-9+.-]*):", url, re.IGNORECASE)
    return match[1].lower() if match else ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def hosts_sentence(hosts: Iterable[str]) -> str:
    """Return hosts as a sentence names them."""
    return ", ".join(sorted(hosts)) or "none"
