"""`python -m tests.benchmarks.crawl.served PAGES`: a generated site that answers at once.

Pages of a shop: a head with what search engines read, navigation, a text, links to others. They are
written out before the first is asked for, so that the server costs next to nothing.
"""

import asyncio
import sys

LINKS = 12
NAVIGATION = 8
WORDS = 600
ROBOTS = b"User-agent: *\nDisallow: /cart\n"


def page(number: int, pages: int) -> bytes:
    """Write a page. Of its links some go where everybody's go, some only it has."""
    ahead = [(number * LINKS + step) % pages for step in range(1, LINKS + 1)]
    text = " ".join(f"word{(number * 7 + place * 13) % 997}" for place in range(WORDS))
    nav = "".join(f'<li><a href="/page/{n}">Section {n}</a></li>' for n in range(NAVIGATION))
    links = "".join(f'<p>See <a href="/page/{n}">page {n}</a>.</p>' for n in ahead)
    data = '{"@context": "https://schema.org", "@type": "Product", "name": "A product"}'
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Product {number} of the shop</title>
<meta name="description" content="What there is to know about product {number}.">
<meta name="robots" content="index, follow"><link rel="canonical" href="/page/{number}">
<link rel="alternate" hreflang="de" href="/de/page/{number}">
<link rel="stylesheet" href="/style.css"><script src="/script.js"></script>
<script>gtag('config', 'G-ABCDEF1234');</script>
<script type="application/ld+json">{data}</script></head>
<body><header><nav><ul>{nav}</ul></nav></header><main><h1>Product {number}</h1>
<div class="text"><p>{text}</p></div>{links}</main>
<footer><p>All rights <b>reserved</b></p></footer></body></html>""".encode()


def answer(body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    """Write a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Serving(asyncio.Protocol):
    """One connection that is kept."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._missing = answer(b"not here", "404 Not Found")
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection's other half."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        *requests, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].partition(b"?")[0]
            self._transport.write(self._answers.get(path, self._missing))


async def main(pages: int) -> None:
    """Serve until standard input ends; the port is the first thing said."""
    answers = {b"/page/%d" % n: answer(page(n, pages)) for n in range(pages)}
    answers[b"/"] = answers[b"/page/0"]
    answers[b"/robots.txt"] = answer(ROBOTS, kind="text/plain")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Serving(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
