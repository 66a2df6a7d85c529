"""The server: pages, log, controls over HTTP, and the command."""

import json
import signal
import subprocess
import sys
from datetime import date
from http.client import HTTPConnection

import pytest
import requests


def test_landing_pages_follow_the_incidents_and_the_clock(sandbox):
    def status(path):
        return requests.get(f"{sandbox.url}/site/{path}", timeout=5).status_code

    assert status("shop/outdoor-jackets") == 500
    assert status("shop/running-shoes") == status("clinic/whitening") == 200
    assert status("shop/nowhere") == status("nobody/brand") == 404
    sandbox.set_clock(date(2026, 11, 1))
    assert status("shop/outdoor-jackets") == 200


def test_the_log_names_calls_but_no_secrets(caller):
    caller.graph("act_1234500001", appsecret_proof="s3cret-proof")
    caller.refresh()
    caller.sandbox.faults.add("cut_before")
    with pytest.raises(requests.ConnectionError):
        caller.graph("act_1234500001")
    calls = caller.sandbox.requests
    assert [(c.method, c.path, c.account, c.status, c.fault) for c in calls] == [
        ("GET", "/meta/v26.0/act_1234500001", "1234500001", 200, ""),
        ("POST", "/google/token", "", 200, ""),
        ("GET", "/meta/v26.0/act_1234500001", "1234500001", 0, "cut_before"),
    ]
    assert calls[0].moment <= calls[1].moment
    log = requests.get(f"{caller.sandbox.url}/_sandbox/log", timeout=5)
    assert len(log.json()["requests"]) == 3
    assert "s3cret" not in log.text
    assert "access_token" not in log.text


def test_other_processes_control_it_over_http(sandbox):
    def control(what, method="GET", **body):
        url = f"{sandbox.url}/_sandbox/{what}"
        return requests.request(method, url, json=body or None, timeout=5)

    assert control("clock", "POST", today="2026-11-05").json() == {"today": "2026-11-05"}
    assert sandbox.world.clock == date(2026, 11, 5)
    listed = control("faults", "POST", kind="status", platform="meta", status=500).json()["faults"]
    assert [(fault["kind"], fault["matched"]) for fault in listed] == [("status", 0)]
    assert control("faults", "DELETE").json() == {"faults": []}
    assert control("log", "DELETE").json() == {"requests": []}


@pytest.mark.parametrize(
    ("what", "body"),
    [("clock", {"today": "soon"}), ("clock", {}), ("faults", {"kind": "x"}), ("faults", {"a": 1})],
)
def test_wrong_controls_are_answered_with_400(sandbox, what, body):
    assert requests.post(f"{sandbox.url}/_sandbox/{what}", json=body, timeout=5).status_code == 400


def test_one_connection_serves_many_calls(sandbox):
    connection = HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    connection.connect()
    socket = connection.sock
    for path in ("/site/shop/brand", "/nowhere", "/_sandbox/clock"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is socket  # http.client would have opened another one
    connection.close()
    assert requests.get(f"{sandbox.url}/nothing", timeout=5).status_code == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_is_and_ends_on_a_signal(number):
    command = [sys.executable, "-m", "connectors.sandbox", "--scenario", "size", "--campaigns", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline())
        assert requests.get(f"{ready['url']}/_sandbox/clock", timeout=5).status_code == 200
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == b""
