"""`marketloop mail serve`: what answers when somebody unsubscribes, or follows a link in a mail?

    GET  /u/<brand>/<id>/<token>    a page with one button; a GET changes nothing, as filters of
                                    incoming mail follow links
    POST /u/<brand>/<id>/<token>    unsubscribes at once: the button, and the one click of RFC 8058
    GET  /c/<brand>/<id>/<token>    counts a click and leads on to the address that the token signs

The links are made by `connectors/mail_links.py`. Whoever has a link that we made is served, however
many come: mailbox providers pass on the clicks of thousands. Links that we did not make get one
answer, which does not say why, and after some of them none. Nothing is logged of a request. It
listens on this machine only; a proxy with a certificate stands before it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.mail_links import Ticket, clicking, leaving
from connectors.people_keys import PeopleKeys
from deployments.mail_receiver_words import words_for

LARGEST_BODY = 4096
"""Bytes; a browser's multipart form has some 200."""
SLOWEST_BODY = 10.0
"""Seconds."""
MOST_WRONG = 60
"""Links that we did not make, per minute and asking address."""
MOST_ASKING = 10_000
"""Asking addresses that are counted in a minute; beyond them all share one count."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

PREFETCHING = ("purpose", "sec-purpose", "x-purpose", "x-moz")
"""Headers by which browsers say that nobody has clicked yet."""
SCANNERS = (
    "barracuda", "bot", "crawl", "curl/", "googleimageproxy", "headless", "libwww", "mimecast",
    "preview", "proofpoint", "python-", "scan", "slurp", "spider", "symantec", "trendmicro",
    "urldefense", "wget/", "yahoomailproxy",
)  # fmt: skip
"""Parts of User-Agent of programs that follow links before people do. Some filters pretend to be
browsers, so that clicks are counted too high rather than too low."""

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


class MailRecords(Protocol):
    """Where it is kept: the warehouse. Each of these may come twice, and counts once."""

    def unsubscribe(self, ticket: Ticket, source: str, at: datetime) -> object:
        """Suppress the address and withdraw the consent, whether the message is known or not;
        `source` says how it was asked for."""
        ...

    def record_click(self, ticket: Ticket, source: str, at: datetime) -> object:
        """Record a click; `source` tells the links of a message apart."""
        ...


@dataclass(slots=True)
class WrongLinks:
    """How many links that we did not make were asked for, by whom, in this minute."""

    counts: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None

    def too_many(self, asking: str, now: datetime) -> bool:
        """Count one more, and say whether it is too many."""
        if self.since is None or now - self.since >= timedelta(minutes=1):
            self.counts, self.since = {}, now
        known = asking in self.counts or len(self.counts) < MOST_ASKING
        who = asking if known else ""
        self.counts[who] = self.counts.get(who, 0) + 1
        return self.counts[who] > MOST_WRONG


@dataclass(slots=True)
class Receiver:
    """The answers."""

    records: MailRecords
    keys: PeopleKeys = field(repr=False)
    brands: Mapping[str, str]  # short name to the name as people write it
    now: Callable[[], datetime]
    wrong: WrongLinks = field(default_factory=WrongLinks)

    async def ask(self, request: Request) -> Response:
        """Show the page with the button."""
        if not (ticket := self._leaving(request)):
            return self._unknown(request)
        return self._page(ticket, request, done=False)

    async def leave(self, request: Request) -> Response:
        """Unsubscribe, for whoever says so: a link alone is not enough."""
        if not (ticket := self._leaving(request)):
            return self._unknown(request)
        body = await _body(request)
        if isinstance(body, Response):
            return body
        if not _says_one_click(body, request.headers.get("content-type", "")):
            return _plain("Say List-Unsubscribe=One-Click (RFC 8058).", 400)
        await run_in_threadpool(self.records.unsubscribe, ticket, "one click", self.now())
        return self._page(ticket, request, done=True)

    async def follow(self, request: Request) -> Response:
        """Lead on, and count it if somebody clicked."""
        target, number = request.query_params.get("to", ""), request.query_params.get("n", "")
        ticket = None
        if number.isascii() and number.isdigit() and len(number) <= 4:
            path = request.path_params
            ticket = clicking(
                self.keys, path["brand"], path["id"], path["token"], int(number), target
            )
        if not ticket:
            return self._unknown(request)
        if somebody_clicked(request.method, request.headers):
            link = f"link {int(number)}"
            await run_in_threadpool(self.records.record_click, ticket, link, self.now())
        return RedirectResponse(target, 302, HEADERS)

    def _leaving(self, request: Request) -> Ticket | None:
        path = request.path_params
        return leaving(self.keys, path["brand"], path["id"], path["token"])

    def _unknown(self, request: Request) -> Response:
        asking = request.client.host if request.client else ""
        if self.wrong.too_many(asking, self.now()):
            return _plain("Too many requests.", 429)
        return not_found()

    def _page(self, ticket: Ticket, request: Request, *, done: bool) -> Response:
        language = request.query_params.get("l", "")
        chosen, words = words_for(language, request.headers.get("accept-language", ""))
        brand = self.brands.get(ticket.brand, ticket.brand)
        page = _pages.get_template("mail_receiver.html").render(
            language=chosen,
            title=words.title,
            question="" if done else words.question.format(brand=brand),
            button=words.button,
            done=words.done.format(brand=brand),
        )
        return HTMLResponse(page, headers=HEADERS)


def receiver_app(
    records: MailRecords,
    keys: PeopleKeys,
    brands: Mapping[str, str],
    now: Callable[[], datetime],
) -> Starlette:
    """Return the ASGI application; `brands` is short name to the name as people write it."""
    answers = Receiver(records, keys, brands, now)
    link = "{brand}/{id}/{token}"
    return Starlette(
        routes=[
            Route(f"/u/{link}", answers.ask, methods=["GET"]),
            Route(f"/u/{link}", answers.leave, methods=["POST"]),
            Route(f"/c/{link}", answers.follow, methods=["GET"]),
            Route("/robots.txt", _robots, methods=["GET"]),
            Route("/health", _health, methods=["GET"]),
        ],
        exception_handlers={404: _missing, 405: _missing},
    )


def server(app: Starlette, host: str = "127.0.0.1", port: int = 8025) -> uvicorn.Server:
    """Return a server that logs nothing of a request; `run()` serves until Ctrl-C."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http="h11",
            h11_max_incomplete_event_size=16 * 1024,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=200,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=5,
        )
    )


def somebody_clicked(method: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request looks like a person's, not like a filter's or a browser's that looks
    ahead."""
    ahead = any(
        word in headers.get(name, "").lower()
        for name in PREFETCHING
        for word in ("prefetch", "prerender", "preview")
    )
    agent = headers.get("user-agent", "").lower()
    return method == "GET" and bool(agent) and not ahead and not any(s in agent for s in SCANNERS)


def not_found() -> Response:
    """Return the answer to every link that we did not make."""
    return _plain("Not found.", 404)


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text + "\n", status, HEADERS)


async def _missing(request: Request, error: Exception) -> Response:
    return not_found()


async def _robots(request: Request) -> Response:
    return _plain("User-agent: *\nDisallow: /", 200)


async def _health(request: Request) -> Response:
    return _plain("ok", 200)


async def _body(request: Request) -> bytes | Response:
    body = b""
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    return _plain("Too much.", 413)
    except TimeoutError:
        return _plain("Too slow.", 408)
    except ClientDisconnect:
        return _plain("Gone.", 400)
    return body


def _says_one_click(body: bytes, content_type: str) -> bool:
    """Tell whether a form says it, in either of the encodings that RFC 8058 allows."""
    if not content_type.lower().startswith("multipart/form-data"):
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        return fields.get("List-Unsubscribe") == ["One-Click"]
    form = message_from_bytes(
        b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body,
        policy=HTTP,
    )
    return any(
        part.get_param("name", header="content-disposition") == "List-Unsubscribe"
        and str(part.get_payload()).strip() == "One-Click"
        for part in form.walk()
        if not part.is_multipart()
    )
