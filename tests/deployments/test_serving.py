"""What is served at once, and what in turn; and how it all ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable

import psutil
import pytest

from config.library import load
from config.settings import HERE, settings
from connectors.warehouse import Warehouse
from deployments.serving import serve_apart, served, together
from tests.deployments.test_programs import family, wait_for

PATIENCE = 120
"""Seconds until something that takes 10 on an idle machine is taken for hung."""


def test_a_form_that_somebody_waits_for_waits_for_no_run():
    in_turn, at_once = served(load(HERE, HERE / "demo"))
    names = {form.flow_name for form in at_once}
    assert names == {"decide-action", "stop-switch", "todo", "reply"}
    others = {other.flow_name for other in in_turn}
    assert {"google-ads", "publish-posts", "replay"} <= others
    assert not names & others


class Serving:
    """Stands for a runner: it serves until it is cancelled, or something happens to it."""

    def __init__(self, happens: Callable[[], object] | None = None) -> None:
        self.happens, self.ended = happens, False

    async def start(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as a runner takes it for itself alone
        try:
            await asyncio.sleep(0)
            if self.happens is None:
                await asyncio.Event().wait()
            else:
                self.happens()
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)  # pausing its schedules, which takes a while
            self.ended = True


@pytest.fixture
def _signals():
    kept = {sent: signal.getsignal(sent) for sent in (signal.SIGTERM, signal.SIGINT)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for sent, handler in kept.items():
        signal.signal(sent, handler)


@pytest.mark.usefixtures("_signals")
def test_what_is_served_at_once_has_a_runner_without_a_limit(monkeypatch):
    from prefect.runner import Runner

    runners, added = [], defaultdict(list)

    async def noticed(*both: Runner) -> None:
        runners.extend(both)

    monkeypatch.setattr("deployments.serving.together", noticed)
    monkeypatch.setattr(Runner, "add_deployment", lambda its, one: added[its].append(one))
    what = served(load(HERE, HERE / "demo"))
    serve_apart(what, limit=3)
    assert [(its.limit, added[its]) for its in runners] == [(3, what.in_turn), (None, what.at_once)]


def fails() -> None:
    raise RuntimeError("the service has failed 3 times in a row")


@pytest.mark.usefixtures("_signals")
def test_one_that_fails_ends_the_other_and_its_failure_is_told():
    both = Serving(), Serving(fails)
    with pytest.raises(ExceptionGroup) as told:
        asyncio.run(together(*both))
    assert [str(one) for one in told.value.exceptions] == [
        "the service has failed 3 times in a row"
    ]
    assert all(one.ended for one in both)


@pytest.mark.usefixtures("_signals")
def test_one_that_ends_ends_the_other():
    both = Serving(), Serving(lambda: None)
    asyncio.run(together(*both))
    assert all(one.ended for one in both)


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both(sent):
    both = Serving(), Serving()

    async def signalled() -> None:
        asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), sent)
        await together(*both)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(signalled())
    assert all(one.ended for one in both)


@pytest.fixture
def serving(engine, sqlite_url, tmp_path, monkeypatch):
    """Serve `long_run.py`; what is left at the end is ended, and other tests see no deployment."""
    from prefect.client.orchestration import get_client

    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", sqlite_url)
    monkeypatch.setenv("MARKETLOOP_STATE_DIR", str(tmp_path / "state"))
    settings.cache_clear()
    log = tmp_path / "serving.log"
    command = [sys.executable, "-m", "tests.deployments.long_run"]
    with (
        log.open("w") as said,
        subprocess.Popen(command, cwd=HERE.parent, stdout=said, stderr=said, text=True) as process,
    ):
        try:
            wait_for(log, "being served", PATIENCE)
            yield process
        finally:
            left = family(process) if process.poll() is None else []
            for one in (*left, process):
                one.kill()
    with get_client(sync_client=True) as client:
        for deployment in client.read_deployments():
            client.delete_deployment(deployment.id)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_stop_switch_turns_while_a_long_run_fills_every_place(serving, sqlite_url, tmp_path):
    from prefect.client.orchestration import get_client
    from prefect.deployments import run_deployment

    words = {"stopped": True, "who": "ana", "why": "price error"}
    with get_client(sync_client=True) as client:

        def wait_until(run, state: str) -> None:
            deadline = time.monotonic() + PATIENCE
            while (now := client.read_flow_run(run.id).state).type.value != state:
                assert not now.is_final(), now
                assert time.monotonic() < deadline, now
                time.sleep(0.1)

        long = run_deployment("long-run/test", timeout=0)
        wait_until(long, "RUNNING")
        second = run_deployment("long-run/test", timeout=0)
        switch = run_deployment("stop-switch/marketloop", parameters=words, timeout=0)
        wait_until(switch, "COMPLETED")
        wait_until(long, "RUNNING")
        wait_until(second, "SCHEDULED")
        with Warehouse(sqlite_url) as warehouse:
            assert [(stop.who, stop.why) for stop in warehouse.stops()] == [("ana", "price error")]
        children = family(serving)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(PATIENCE) == 0
        assert not psutil.wait_procs(children, timeout=30)[1]
        assert "Traceback" not in (tmp_path / "serving.log").read_text()
        paused = {one.name: one.paused for one in client.read_deployments()}
        assert {paused["test"], paused["marketloop"]} == {True}
