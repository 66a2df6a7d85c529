"""With a real Prefect server: it goes away amid a run; and it is told no secret."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from unittest import mock

import orjson
import pytest

import deployments.server
from deployments.server import child, free_port, prefect_env, prefect_server
from tests.faults.nursery import ROOT
from tests.faults.orders import Attempt
from tests.faults.planted import dumped, files, leaks
from tests.faults.scene import LATER, Scene, Story, wrongs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

STORY = Story("clinic", "google_ads")
TALKATIVE = {
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "connectors,tasks,config,urllib3,requests,apprise,stamina,"
    "google,sqlalchemy.engine,sqlalchemy.pool,alembic,psycopg",
}
"""Everybody's log goes to the server."""

STALL = 8.0
"""Seconds during which the platform says nothing: time enough to end the server."""
DEADLINE = 300.0
"""Seconds until something that takes 30 on an idle machine is taken for hung."""


class Server:
    """A Prefect server with its own folder, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port(0)

    @property
    def variables(self) -> dict[str, str]:
        """Under which variables a run finds it."""
        return prefect_env(self._folder, f"http://127.0.0.1:{self._port}/api")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Start it and wait until it answers; end it with the block, if it still lives."""
        started: list[subprocess.Popen[str]] = []

        @contextmanager
        def noticed(*command: object, **options: object) -> Iterator[subprocess.Popen[str]]:
            with child(*command, **options) as process:  # type: ignore[arg-type]
                started.append(process)
                yield process

        with (
            mock.patch.object(deployments.server, "child", noticed),
            prefect_server(self._folder, self._port) as ready,
        ):
            ready()
            yield started[0]


@contextmanager
def prefect_run(stage: Scene, server: Server, attempt: Attempt) -> Iterator[subprocess.Popen[str]]:
    """Start a run on the server."""
    with (
        (stage.folder / "said.txt").open("a", encoding="utf-8") as said,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.prefect_run"],
            cwd=ROOT,
            env={**os.environ, **server.variables, **attempt.variables, **TALKATIVE},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            text=True,
        ) as process,
    ):
        assert process.stdin
        process.stdin.write(json.dumps(asdict(attempt)))
        process.stdin.close()
        try:
            yield process
        finally:
            process.kill()


def wait_for_the_stall(stage: Scene, process: subprocess.Popen[str], number: int) -> None:
    """Wait until the run's call with this number has come, which is not answered."""
    end = time.monotonic() + DEADLINE
    while stage.market.faults.listed()[0]["matched"] < number:
        assert process.poll() is None, stage.said()
        assert time.monotonic() < end, stage.said()
        time.sleep(0.05)


def test_the_server_is_gone_amid_a_run_and_comes_back(scene, undisturbed):
    wanted = undisturbed(STORY)
    stage = scene(STORY)
    server = Server(stage.folder / "server")
    stage.market.faults.add("stall", platform="google", path="googleAds", first=7, seconds=STALL)
    attempt = stage.attempt(STORY.brand, STORY.process)
    with server.running() as prefect, prefect_run(stage, server, attempt) as run:
        wait_for_the_stall(stage, run, 7)
        os.killpg(prefect.pid, signal.SIGKILL)
        assert run.wait(DEADLINE) == 1, stage.said()
    assert stage.half_sent() == {}
    again = stage.attempt(STORY.brand, STORY.process, after=LATER)
    with server.running(), prefect_run(stage, server, again) as run:
        assert run.wait(DEADLINE) == 0, stage.said()
    assert wrongs(stage, wanted) == []


def test_the_server_is_told_no_secret(planted_scene):
    stage = planted_scene("sqlite")
    server = Server(stage.folder / "server")
    statuses = []
    with server.running():
        for process, path in (("google_ads", "googleAds"), ("facebook_ads", "act_")):
            for kind in ("half_page", "token_revoked"):  # the first is read again, and all is well
                stage.market.faults.add(kind, path=path, first=5)
                attempt = stage.attempt("planted", process, debug=True)
                with prefect_run(stage, server, attempt) as run:
                    statuses.append(run.wait(DEADLINE))
                stage.market.faults.clear()
    assert statuses == [0, 1, 0, 1], stage.said()
    written = dict(files(stage.folder))
    database = b"".join(text for name, text in written.items() if "prefect.db" in name)
    for told in (b"planted-google-ads", b"data:image/svg+xml", b"the password was changed"):
        assert told in database
    inbox = orjson.dumps(stage.market.inbox.messages)
    assert leaks([("the inbox", inbox), *dumped(stage.url), *written.items()]) == []
