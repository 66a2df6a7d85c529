"""When are two addresses the same page? Normal forms of URLs, no I/O."""

import re
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from pydantic import AfterValidator

CAMPAIGN_PARAMETERS = re.compile(
    r"^(utm_\w+|gclid|gbraid|wbraid|dclid|gad_\w+|fbclid|msclkid|ttclid|li_fat_id|mc_[ce]id|_hs\w+"
    r"|igshid|srsltid|_ga|_gl)$",
    re.IGNORECASE,
)
"""Parameters that say where a visitor comes from, and change nothing about the page."""

PORTS = {"http": 80, "https": 443}
_KEPT = "/-._~!$&'()*+,;=:@?%"
_ENCODED = re.compile("%([0-9a-fA-F]{2})")


def normal(url: str, base: str = "") -> str:
    """Return an address in normal form, or '' if it is no address of the web.

    Lower-case scheme and host (IDNA), no default port, no credentials, no fragment, dots of the
    path resolved, percent-encoding in one spelling (RFC 3986, section 6.2.2), no campaign
    parameters; the other parameters keep their order. A path's final slash counts, upper and lower
    case count. `base` resolves relative addresses.
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        scheme, host, port = parts.scheme.lower(), (parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if scheme not in PORTS or not (host := _host(host)):
        return ""
    netloc = host if port in (None, PORTS[scheme]) else f"{host}:{port}"
    query = [pair for pair in parts.query.split("&") if pair and not _is_campaign(pair)]
    return urlunsplit((scheme, netloc, _path(parts.path), "&".join(map(_spelled, query)), ""))


def _checked(text: str) -> str:
    if not (address := normal(text)):
        raise ValueError(f"{text!r} is no address such as https://www.example.com/")
    return address


Address = Annotated[str, AfterValidator(_checked)]
"""An address as somebody writes it in an option; kept in normal form."""


def path_of(url: str) -> str:
    """Return path and query of an address: what tells pages of one site apart."""
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def site_of(url: str) -> str:
    """Return scheme, host and port of an address: `https://www.example.com`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def same_site(url: str, other: str) -> bool:
    """Tell whether two normal addresses are of one site: host and port, `www.` aside."""
    return _bare(url) == _bare(other)


def with_parameters(url: str, parameters: dict[str, str]) -> str:
    """Return an address with these parameters set, the others kept."""
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True)]
    rest = [(k, v) for k, v in kept if k not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*rest, *parameters.items()])))


def _host(host: str) -> str:
    host = host.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _path(path: str) -> str:
    return _spelled(_without_dots(path)) or "/"


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            del kept[max(1, len(kept) - 1) :]
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _spelled(text: str) -> str:
    """Write every character in one way: plain where it may be, else as upper-case %XX."""
    spelled = _ENCODED.sub(_letter, text)
    return quote(spelled, safe=_KEPT, errors="surrogateescape")


def _letter(match: re.Match[str]) -> str:
    letter = chr(int(match.group(1), 16))
    return (
        letter
        if letter.isascii() and (letter.isalnum() or letter in "-._~")
        else (match.group().upper())
    )


def _is_campaign(pair: str) -> bool:
    return CAMPAIGN_PARAMETERS.match(pair.partition("=")[0]) is not None


def _bare(url: str) -> str:
    netloc = urlsplit(url).netloc
    return netloc.removeprefix("www.")
