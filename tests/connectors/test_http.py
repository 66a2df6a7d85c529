"""One request done right, against real HTTP on loopback."""

import logging

import pytest
import requests
import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.exchange import Reply
from connectors.http import Http, PageTurn, TokenExpiredError, check_status, retry_after
from connectors.throttle import LocalThrottle, TieredThrottle

from .conftest import Answer, FakeTime, ScriptedServer, told

SECRET = "planted-secret-token"


class Auth:
    """A credential that can be renewed as often as `renewals` says."""

    def __init__(self, renewals: int = 0) -> None:
        self.renewals = renewals

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {SECRET}"
        return request

    def renew(self) -> bool:
        self.renewals -= 1
        return self.renewals >= 0

    def secrets(self) -> tuple[str, ...]:
        return (SECRET,)


def http(time_: FakeTime, auth: Auth | None = None, **options) -> Http:
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return Http(auth=auth or Auth(), judge=check_status, throttle=throttle, **options)


def test_returns_the_decoded_body(server, time_):
    server.script({"rows": [1, 2]})
    assert http(time_).read("GET", f"{server.url}/x", params={"a": "b"}) == {"rows": [1, 2]}
    assert server.seen[0].query == {"a": "b"}
    assert server.seen[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_a_body_goes_out_as_json(server, time_):
    server.script({})
    http(time_).read("POST", server.url, body={"query": "x"})
    assert server.seen[0].json() == {"query": "x"}
    assert server.seen[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "spoilt",
    [
        Answer(status=503),
        Answer(status=429),
        Answer({"rows": [1] * 100}, cut=True),
        Answer(b'{"rows": [1, 2'),
        Answer(b"<html>Service Unavailable</html>", headers={"Content-Type": "text/html"}),
        Answer(b""),
        Answer(hang_up=True),
    ],
    ids=["503", "429", "cut", "half", "html", "empty", "hang up"],
)
def test_a_passing_failure_is_asked_again(server, time_, spoilt):
    server.script(spoilt, {"rows": [3]})
    assert http(time_).read("GET", server.url) == {"rows": [3]}
    assert len(server.seen) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_a_lasting_failure_is_asked_once(server, time_, status):
    server.script(Answer({"error": "no"}, status, {"Location": "/elsewhere"}))
    with pytest.raises(RejectedError, match=f"GET 127.0.0.1/a/b: {status}"):
        http(time_).read("GET", f"{server.url}/a/b")
    assert len(server.seen) == 1


def test_a_write_is_sent_once(server, time_):
    server.script(Answer(status=503), {"success": True})
    with pytest.raises(TransientError):
        http(time_).send("POST", server.url)
    assert len(server.seen) == 1


def test_gives_up_after_some_tries(server, time_):
    server.script(Answer(status=502))
    with pytest.raises(TransientError, match="502"):
        http(time_).read("GET", server.url)
    assert len(server.seen) == 3  # what the tests' setting of stamina allows


def test_waits_at_least_what_is_named(server, time_):
    server.script(Answer(status=429, headers={"Retry-After": "40"}), {})
    http(time_).read("GET", server.url)
    assert time_.slept == [40]


def test_a_named_wait_holds_back_other_runs_too(server, time_):
    throttle = LocalThrottle(time_.clock, time_.sleep)
    server.script(Answer(status=429, headers={"Retry-After": "40"}), {})
    first, second = (Http(auth=Auth(), judge=check_status, throttle=throttle) for _ in "ab")
    with pytest.raises(TransientError):
        first.send("GET", server.url)
    second.send("GET", server.url)
    assert time_.slept == [40]


def test_a_wait_beyond_reason_ends_the_run(server, time_):
    server.script(Answer(status=429, headers={"Retry-After": "301"}), {})
    connection = http(time_)
    with pytest.raises(TransientError) as caught:
        connection.read("GET", server.url)
    assert caught.value.retry_after == 301
    with pytest.raises(TransientError, match="no calls for 301 s more"):
        connection.read("GET", server.url)
    assert (len(server.seen), time_.slept) == (1, [])


def test_backoff_is_full_jitter_and_grows(server, monkeypatch):
    """What stamina would sleep: anything from zero to 2, 4, 8 ... seconds."""
    waits: list[float] = []

    def note(details: RetryDetails) -> None:
        waits.append(details.wait_for)

    monkeypatch.setattr("connectors.http.random.uniform", lambda low, high: high or low)
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    set_on_retry_hooks([note])
    stamina.set_testing(False)
    try:
        server.script(Answer(status=503))
        with pytest.raises(TransientError):
            Http(auth=Auth(), judge=check_status).read("GET", server.url)
    finally:
        stamina.set_testing(True, attempts=3, cap=True)
        set_on_retry_hooks(None)
    assert waits == [2, 4, 8, 16, 32]
    assert len(server.seen) == 6


def test_an_expired_token_is_renewed_once(server, time_):
    server.script(Answer(status=401), {"ok": 1})
    assert http(time_, Auth(renewals=1)).read("GET", server.url) == {"ok": 1}


def test_a_renewed_token_that_is_refused_too_needs_a_person(server, time_):
    server.script(Answer(status=401))
    with pytest.raises(ReconnectError):
        http(time_, Auth(renewals=9)).read("GET", server.url)
    assert len(server.seen) == 2


def test_a_token_that_cannot_be_renewed_needs_a_person(server, time_):
    server.script(Answer(status=401))
    with pytest.raises(TokenExpiredError, match="401; reconnect"):
        http(time_).read("GET", server.url)
    assert len(server.seen) == 1


def test_a_slow_drip_meets_the_deadline(server, time_):
    server.script(Answer({"rows": "x" * 100}, pieces=100, pause=0.02))
    with pytest.raises(TransientError, match=r"no whole body after 0\.1 s"):
        http(time_, deadline=0.1).send("GET", server.url)


def test_a_slow_body_within_the_deadline_is_whole(server, time_):
    server.script(Answer({"rows": "x" * 100}, pieces=5, pause=0.01))
    assert http(time_).send("GET", server.url) == {"rows": "x" * 100}


def test_a_body_too_large_is_refused(server, time_):
    server.script(Answer({"rows": "x" * 1000}))
    with pytest.raises(RejectedError, match="more than 500 bytes"):
        http(time_, limit=500).read("GET", server.url)


def test_a_service_that_is_not_there_may_come_back(time_):
    with pytest.raises(TransientError, match="ConnectionError"):
        http(time_).read("GET", "http://127.0.0.1:9/path?key=value")


def test_an_address_that_is_none_will_not_work(time_):
    with pytest.raises(RejectedError, match="check base_url"):
        http(time_).read("GET", "not-a-url")


@pytest.mark.parametrize("broken", [Answer(status=503), Answer(b"<html>"), Answer(hang_up=True)])
def test_no_secret_gets_out(server, time_, caplog, broken):
    caplog.set_level(logging.DEBUG)
    server.script(broken)
    connection = http(time_)
    with pytest.raises(TransientError) as caught:
        connection.read("GET", f"{server.url}/path", params={"appsecret_proof": SECRET})
    everything = told(caught.value) + caplog.text + repr(connection)
    assert SECRET not in everything
    assert "/path" in everything


def test_a_quoted_sentence_is_short_and_without_secrets():
    reply = Reply("GET host/path", 400, {"X": SECRET}, {"x": SECRET}, (SECRET,))
    assert reply.quote(f"bad\n token {SECRET}!") == "bad token ***!"
    assert len(reply.quote("x" * 5000)) < 250
    assert SECRET not in repr(reply)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        (
            {
                "Retry-After": "Fri, 20 Nov 2026 10:00:30 GMT",
                "Date": "Fri, 20 Nov 2026 10:00:00 GMT",
            },
            30,
        ),
        (
            {
                "Retry-After": "Fri, 20 Nov 2026 09:00:00 GMT",
                "Date": "Fri, 20 Nov 2026 10:00:00 GMT",
            },
            0,
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(headers, seconds):
    assert retry_after(headers) == seconds


def test_paging_in_a_circle_ends():
    turn = PageTurn("https://host/path")
    assert [turn.to("a"), turn.to("b"), turn.to("a"), turn.to("a")] == ["a", "b", "a", "a"]
    with pytest.raises(TransientError, match="circle"):
        turn.to("a")


class TestThrottle:
    def test_a_shorter_pause_does_not_end_a_longer_one(self, time_):
        throttle = LocalThrottle(time_.clock, time_.sleep)
        throttle.pause(60, "long")
        throttle.pause(1, "short")
        throttle.wait()
        throttle.wait()
        assert time_.slept == [60]

    def test_an_app_limit_holds_every_account_back(self, time_):
        app = LocalThrottle(time_.clock, time_.sleep)
        one, other = (TieredThrottle(LocalThrottle(time_.clock, time_.sleep), app) for _ in "ab")
        one.pause(5, "account")
        other.wait()
        assert time_.slept == []
        one.pause_app(60, "app")
        other.wait()
        assert time_.slept == [60]


def test_the_server_of_these_tests_tells_what_it_saw(server: ScriptedServer):
    server.script({})
    requests.post(f"{server.url}/a?b=c", data={"d": "e"}, timeout=5)
    assert (server.seen[0].path, server.seen[0].form()) == ("/a", {"d": "e"})


def test_what_was_made_is_named_by_a_header_of_an_empty_answer(server, time_):
    server.script(Answer(b"", 201, {"x-made": "7"}))
    reply = http(time_).send_whole("POST", server.url, body={})
    assert (reply.body, reply.headers["X-Made"]) == (None, "7")


def test_a_whole_reply_is_read_again_while_the_failure_may_pass(server, time_):
    server.script(Answer(status=503), Answer({"rows": []}, headers={"Link": "next"}))
    reply = http(time_).read_whole("GET", server.url)
    assert (reply.body, reply.headers["Link"]) == ({"rows": []}, "next")


def test_bytes_go_out_as_they_are(server, time_):
    server.script(Answer(b"", 201))
    http(time_).send("PUT", server.url, form=b"\x89PNG\x00", headers={"Content-Type": "image/png"})
    seen = server.seen[0]
    assert (seen.method, seen.body) == ("PUT", b"\x89PNG\x00")
    assert seen.headers["Content-Type"] == "image/png"
