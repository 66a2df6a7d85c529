"""A real HTTP server on loopback that answers what a test scripted."""

import threading
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest
from requests.structures import CaseInsensitiveDict

TOKEN = {"access_token": "planted-access-token", "expires_in": 3599, "token_type": "Bearer"}


@dataclass
class Answer:
    """What the server says. `body` is sent as JSON unless it is bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # claim twice the length, then close
    hang_up: bool = False  # close without a word
    pieces: int = 1  # send the body in so many pieces
    pause: float = 0.0  # seconds between pieces

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: CaseInsensitiveDict[str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


class ScriptedServer:
    """Gives its answers in order, the last one for ever; `/token` always has a token."""

    def __init__(self) -> None:
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def reset(self) -> None:
        """Forget what was seen and scripted."""
        self.seen: list[Seen] = []
        self.tokens: list[Seen] = []
        self.token: Answer = Answer(TOKEN)
        self._answers: deque[Answer] = deque()

    def script(self, *answers: Answer | Any) -> None:
        """Set the answers to come; what is no `Answer` becomes the body of one."""
        self._answers = deque(a if isinstance(a, Answer) else Answer(a) for a in answers)

    def answer(self, request: Seen) -> Answer:
        """Return the next answer."""
        if request.path.endswith("/token"):
            self.tokens.append(request)
            return self.token
        self.seen.append(request)
        if not self._answers:
            return Answer({"error": "nothing scripted"}, status=418)
        return self._answers.popleft() if len(self._answers) > 1 else self._answers[0]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                query, headers = (
                    dict(parse_qsl(parts.query)),
                    CaseInsensitiveDict(self.headers.items()),
                )
                body = self.rfile.read(length)
                _write(self, answer(Seen(self.command, parts.path, query, headers, body)))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        return Handler


def _write(handler: BaseHTTPRequestHandler, reply: Answer) -> None:
    if reply.hang_up:
        handler.close_connection = True
        return
    content = reply.content()
    handler.send_response(reply.status)
    for name, value in {"Content-Type": "application/json", **reply.headers}.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content) * (2 if reply.cut else 1)))
    handler.end_headers()
    step = max(1, len(content) // reply.pieces)
    waiting = threading.Event()
    try:
        for start in range(0, len(content), step):
            handler.wfile.write(content[start : start + step])
            handler.wfile.flush()
            if reply.pause:
                waiting.wait(reply.pause)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the caller has given up
    handler.close_connection = handler.close_connection or reply.cut


@pytest.fixture(scope="session")
def _server() -> Iterator[ScriptedServer]:
    running = ScriptedServer()
    yield running
    running.close()


@pytest.fixture
def server(_server: ScriptedServer) -> ScriptedServer:
    """A scripted server that has seen nothing yet."""
    _server.reset()
    return _server


def told(error: BaseException) -> str:
    """Return everything that a log or a person gets to see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error)


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time_() -> FakeTime:
    """A time of the test's own: nothing really waits."""
    return FakeTime()
