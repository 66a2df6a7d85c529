"""How a local Prefect server and the other programs of one machine are started and ended."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import requests

STARTUP_SECONDS = 300  # a cold start compiles all of Prefect first, and a busy machine is slow
GRACE_SECONDS = 15


def free_port(wanted: int) -> int:
    """Return `wanted` if it is free on loopback, else a port that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback address")


def end_like_interrupt() -> None:
    """Let SIGTERM and SIGINT end this program alike, so that its children end with it.

    SIGINT too, because a shell that starts a program in the background switches it off.
    """
    for sent in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sent, signal.default_int_handler)


@contextlib.contextmanager
def child(
    command: list[str], env: Mapping[str, str], log: Path, *, listen: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Run a program beside this one, and end it and all it started when the block ends.

    What it prints goes to `log`; with `listen` its standard output comes here instead.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("a", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603  our own programs, no shell
            command,
            env={**os.environ, **env},
            stdout=subprocess.PIPE if listen else errors,
            stderr=errors,
            text=True,
            start_new_session=True,  # so that Ctrl-C reaches this program alone, which then ends it
        ) as process,
    ):
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[str]) -> None:
    """End a program and everything in its process group; ask first, then insist."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
            if not _group_alive(process.pid):
                return


def _group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def prefect_env(state_dir: Path, api_url: str) -> dict[str, str]:
    """Return the variables under which our programs and Prefect's find the local server."""
    return {
        "PREFECT_HOME": str((state_dir / "prefect").resolve()),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "connectors,tasks",
        # Without these the UI of a server on another port than 4200 asks the wrong one.
        "PREFECT_UI_API_URL": api_url,
        "PREFECT_UI_URL": api_url.removesuffix("/api"),
        "DO_NOT_TRACK": "1",
    }


@contextlib.contextmanager
def prefect_server(
    state_dir: Path, port: int, tell: Callable[[str], None] = print
) -> Iterator[Callable[[], None]]:
    """Start a Prefect server on loopback; end it with the block.

    It takes a while: do something else, then call what is yielded to wait until it answers.
    """
    api_url = f"http://127.0.0.1:{port}/api"
    env = prefect_env(state_dir, api_url)
    command = [sys.executable, "-m", "prefect", "server", "start"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    log = state_dir / "prefect-server.log"
    with child(command, env, log) as process:
        yield lambda: _wait_until_healthy(process, f"{api_url}/health", log, tell)


@contextlib.contextmanager
def some_server(state_dir: Path, port: int, tell: Callable[[str], None]) -> Iterator[None]:
    """Have a Prefect server within the block: the configured one, one that runs here, or a new one.

    Call it before Prefect is imported, which reads its settings once.
    """
    address = state_dir / "prefect-server.url"
    if os.environ.get("PREFECT_API_URL"):
        yield
    elif (running := _running_server(address)) is not None:
        os.environ |= prefect_env(state_dir, running)
        yield
    else:
        port = free_port(port)
        api_url = f"http://127.0.0.1:{port}/api"
        os.environ |= prefect_env(state_dir, api_url)
        tell(f"Starting a Prefect server on http://127.0.0.1:{port} ...")
        with prefect_server(state_dir, port, tell) as ready:
            ready()
            address.write_text(api_url, encoding="utf-8")
            try:
                yield
            finally:
                address.unlink(missing_ok=True)


def _running_server(address: Path) -> str | None:
    """Return the address of the server that another of our programs has started, if it answers."""
    if not address.exists():
        return None
    url = address.read_text(encoding="utf-8")
    with contextlib.suppress(requests.RequestException):
        if requests.get(f"{url}/health", timeout=2).ok:
            return url
    return None


def _wait_until_healthy(
    process: subprocess.Popen[str], url: str, log: Path, tell: Callable[[str], None]
) -> None:
    started = time.monotonic()
    told = 0
    while (elapsed := time.monotonic() - started) < STARTUP_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"the Prefect server ended with {process.returncode}; see {log}")
        with contextlib.suppress(requests.RequestException):
            if requests.get(url, timeout=2).ok:
                return
        if elapsed > told + 5:
            told = int(elapsed)
            tell(f"  still starting ({told} s)")
        time.sleep(0.2)
    raise RuntimeError(f"the Prefect server did not answer within {STARTUP_SECONDS} s; see {log}")
