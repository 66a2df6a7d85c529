"""Do the pages that ads lead to answer? One polite GET per page, the body left unread.

Addresses come from outside (ads, redirects), so a public page may not lead to a private address:
what answers there is nobody's landing page and must not be asked by us.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

TIMEOUT = (10.0, 20.0)
"""Seconds to connect, and without a byte."""
REDIRECTS = 5
THREADS = 4
ENOUGH = 2**16
"""Bytes after which a page counts as answering."""
HEADERS = {"User-Agent": "marketloop-landing-page-check/1", "Accept": "text/html,*/*;q=0.5"}
MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a page said. `status` is None if nothing was said; `reason` is empty if all is well."""

    url: str
    ok: bool
    status: int | None
    reason: str
    seconds: float


class RefusedError(Exception):
    """We do not ask there. Says why."""


def probe(urls: Iterable[str], session: requests.Session | None = None) -> list[PageAnswer]:
    """Ask each address once, a second time where the failure may pass; keep the order.

    `ok` means that the last redirect ended in a status below 400. `seconds` is the time to the
    end of the first 64 KiB, redirects included.
    """
    shared = session or requests.Session()
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda url: _ask_twice(shared, url), dict.fromkeys(urls)))


def _ask_twice(session: requests.Session, url: str) -> PageAnswer:
    answer = _ask(session, url)
    if answer.ok or answer.reason.startswith("not asked"):
        return answer
    if answer.status is None or answer.status in MAY_PASS:
        return _ask(session, url)
    return answer


def _ask(session: requests.Session, url: str) -> PageAnswer:
    start = time.monotonic()
    status: int | None = None
    try:
        status = _follow(session, url)
        reason = "" if status < 400 else f"answers {status}"
    except RefusedError as error:
        reason = f"not asked: {error}"
    except requests.Timeout:
        reason = "no answer in time"
    except requests.exceptions.SSLError:
        reason = "its certificate is not valid"
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        reason = f"no answer: {type(error).__name__}"
    return PageAnswer(url, not reason, status, reason, time.monotonic() - start)


def _follow(session: requests.Session, url: str) -> int:
    """Return the status at the end of the redirects."""
    inside = _is_private(_host(url))
    for _ in range(REDIRECTS + 1):
        host = _host(url)
        if not inside and _is_private(host):
            raise RefusedError("a public page leads to a private address")
        with session.get(
            url,
            headers=HEADERS,
            auth=lambda request: request,  # else requests would send what ~/.netrc has
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as response:
            if not response.is_redirect:
                _taste(response)
                return response.status_code
            url = _join(url, response.headers["Location"])
    raise RefusedError(f"more than {REDIRECTS} redirects")


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise RefusedError("a redirect to no address") from None


def _taste(response: requests.Response) -> None:
    """Read the beginning: a server that sends only headers does not answer."""
    end = time.monotonic() + TIMEOUT[1]
    size = 0
    while size < ENOUGH and (chunk := response.raw.read1(ENOUGH)):
        size += len(chunk)
        if time.monotonic() > end:
            raise requests.ReadTimeout


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise RefusedError("not an http or https address")
    return host


def _is_private(host: str) -> bool:
    """Tell whether a name leads into a private network. One that leads nowhere does not."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return any(
        not ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found
    )
