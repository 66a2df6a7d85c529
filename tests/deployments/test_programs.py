"""The programs that start other programs: they work, end when asked, and leave none behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

from config.settings import HERE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SERVED = "being served"


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Start `marketloop` with a folder of its own; whatever is left at the end is ended."""
    monkeypatch.setenv("MARKETLOOP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    started = []

    def run(*words: str) -> subprocess.Popen[str]:
        log = (tmp_path / f"{words[0]}.log").open("w")
        command = [sys.executable, "-m", "deployments", *words]
        process = subprocess.Popen(command, cwd=HERE.parent, stdout=log, stderr=log, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def wait_for(log: Path, text: str, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while text not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def test_the_demo_ends_with_0_and_leaves_no_process(start, tmp_path):
    demo = start("demo", "--once")
    wait_for(tmp_path / "demo.log", "What needs attention", 500)
    children = family(demo)
    assert demo.wait(60) == 0
    psutil.wait_procs(children, timeout=30)
    assert not [child for child in children if child.is_running()]
    assert "Traceback" not in (tmp_path / "demo.log").read_text()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_up_serves_and_ends_when_asked_with_all_it_started(start, tmp_path, monkeypatch, sent):
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(HERE / "examples"))
    up = start("up", "--port", "0")
    wait_for(tmp_path / "up.log", SERVED)
    api = (tmp_path / "state" / "prefect-server.url").read_text()
    deployments = requests.post(f"{api}/deployments/filter", json={}, timeout=10).json()
    assert {deployment["name"] for deployment in deployments} == {"display_2020", "marketloop"}
    children = family(up)
    os.kill(up.pid, sent)
    assert up.wait(90) == 0
    psutil.wait_procs(children, timeout=30)
    assert not [child for child in children if child.is_running()]
