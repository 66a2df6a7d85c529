"""Bluesky's real server on this machine: `python -m tests.live.server`, until it is interrupted.

    --folder    where the software is, or is to be installed; .marketloop/live unless said otherwise
    --limited   with the real limits (30 sign-ins in five minutes, 5,000 points of writing an hour)

It says where it is, and a handle and an app password to sign in with. There is no AppView here:
counts, threads and notifications are what only the whole network has.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from tests.live.install import Installed, install

FOLDER = Path(".marketloop/live")
STARTS_WITHIN = 90.0
"""Seconds, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account on the server, and what signs it in."""

    handle: str
    did: str
    app_password: str
    token: str  # of a session with the account's own password


@dataclass(slots=True)
class PersonalServer:
    """A running server. Its clock can be set ahead."""

    url: str
    process: subprocess.Popen[bytes]
    clock: Path
    ahead: float = 0.0
    accounts: dict[str, Account] = field(default_factory=dict)

    def call(self, verb: str, method: str, token: str = "", **request: Any) -> requests.Response:
        """Call a method of the server as it is, without any connector."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= request.pop("headers", {})
        url = f"{self.url}/xrpc/{method}"
        return requests.request(verb, url, headers=headers, timeout=30, **request)

    def account(self, handle: str) -> Account:
        """Return an account, made if there is none yet; the handle ends in `.test`."""
        if handle not in self.accounts:
            password, email = secrets.token_hex(), f"{handle}@{handle}"
            wanted = {"handle": handle, "email": email, "password": password}
            made = self._made("com.atproto.server.createAccount", "", wanted)
            token, name = made["accessJwt"], {"name": "marketloop"}
            app = self._made("com.atproto.server.createAppPassword", token, name)
            self.accounts[handle] = Account(handle, made["did"], app["password"], token)
        return self.accounts[handle]

    def _made(self, method: str, token: str, body: Mapping[str, str]) -> dict[str, Any]:
        answer = self.call("POST", method, token, json=body)
        if not answer.ok:
            raise RuntimeError(f"{method}: {answer.status_code} {answer.text[:300]}")
        made: dict[str, Any] = answer.json()
        return made

    def advance(self, seconds: float) -> None:
        """Let the server believe that so much more time has passed."""
        self.ahead += seconds
        wanted = f"{self.ahead:g}"
        self.clock.write_text(wanted)
        self.process.send_signal(signal.SIGUSR2)
        done = self.clock.with_name(f"{self.clock.name}.set")
        _wait(self.process, lambda: done.is_file() and done.read_text() == wanted, "its clock")


@contextmanager
def running(folder: Path = FOLDER, *, limited: bool = False) -> Iterator[PersonalServer]:
    """Run the server with a directory of identities of its own; nothing is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    programs = install(folder)
    with TemporaryDirectory(dir=folder) as kept, ExitStack() as stack:
        data, plc_port, pds_port = Path(kept), _free_port(), _free_port()
        plc = {"PLC_PORT": str(plc_port)}
        process = stack.enter_context(_started(programs, "plc.mjs", data, plc))
        _wait(process, lambda: _answers(f"http://127.0.0.1:{plc_port}/_health"), "the directory")
        settings = _settings(data, pds_port, plc_port, limited=limited)
        process = stack.enter_context(_started(programs, "pds.mjs", data, settings))
        server = PersonalServer(f"http://127.0.0.1:{pds_port}", process, data / "pds.mjs.clock")
        _wait(process, lambda: _answers(f"{server.url}/xrpc/_health"), "the server")
        yield server


def _settings(data: Path, port: int, plc_port: int, *, limited: bool) -> dict[str, str]:
    (data / "blobs").mkdir()
    return {
        "PDS_PORT": str(port),
        "PDS_HOSTNAME": "localhost",
        "PDS_DID_PLC_URL": f"http://127.0.0.1:{plc_port}",
        "PDS_DATA_DIRECTORY": str(data),
        "PDS_BLOBSTORE_DISK_LOCATION": str(data / "blobs"),
        "PDS_INVITE_REQUIRED": "false",
        "PDS_DEV_MODE": "true",
        "PDS_DISABLE_SSRF_PROTECTION": "true",
        "PDS_RATE_LIMITS_ENABLED": "true" if limited else "false",
        "PDS_JWT_SECRET": secrets.token_hex(16),
        "PDS_ADMIN_PASSWORD": secrets.token_hex(16),
        "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": secrets.token_hex(32),
        "LOG_ENABLED": "false",
    }


@contextmanager
def _started(
    programs: Installed, name: str, data: Path, settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program, and end it and nothing else afterwards."""
    environment = {"PATH": os.environ.get("PATH", ""), "CLOCK_FILE": str(data / f"{name}.clock")}
    with (data / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [programs.node, "--require", "./loopback.cjs", name],
            cwd=programs.folder,
            env={**environment, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Any, what: str) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode}; see its log")
        if time.monotonic() > end:
            raise TimeoutError(f"{what} is not ready after {STARTS_WITHIN:.0f} s")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--limited", action="store_true")
    parser.add_argument("--handle", default="brand.test")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the servers end, too
    with running(given.folder, limited=given.limited) as server:
        account = server.account(given.handle)
        print(f"base_url: {server.url}\naccount_id: {account.handle}")
        print(f"app_password: {account.app_password}", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
