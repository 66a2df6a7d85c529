"""What every connector owes us. A new file in `connectors/channels/` is tested here by itself."""

import inspect
import logging
from importlib import import_module
from types import ModuleType

import pytest
from pydantic import SecretStr, ValidationError

from connectors.base import Channel, ReconnectError, RejectedError, TransientError
from connectors.registry import AVAILABLE, secret_names
from connectors.throttle import LocalThrottle

from .conftest import Answer, FakeTime, ScriptedServer, told

SECRET = "planted-secret-of-the-options"
ACCOUNT_ID = "1234567890"


def module(name: str) -> ModuleType:
    return import_module(f"connectors.channels.{name}")


HTTP = [name for name in AVAILABLE if "base_url" in module(name).Options.model_fields]
every = pytest.mark.parametrize("name", AVAILABLE)
over_http = pytest.mark.parametrize("name", HTTP)

PASSING = [
    Answer(status=429),
    Answer(status=500),
    Answer(status=502),
    Answer(b"<html>Bad Gateway</html>", 503, {"Content-Type": "text/html"}),
    Answer(b"<html>Service Unavailable</html>", 200, {"Content-Type": "text/html"}),
    Answer(b"\x00\xff garbage"),
    Answer(b'{"data": [{"id": "1", "na'),
    Answer({"data": [], "results": []}, cut=True),
    Answer(b""),
    Answer(hang_up=True),
]
LASTING = [
    Answer(status=400),
    Answer(status=403),
    Answer(status=404),
    Answer(status=301, headers={"Location": "/elsewhere"}),
    Answer(["not", "what", "was", "asked", "for"]),
    Answer({"error": {"code": 100, "message": f"bad {SECRET}", "status": f"{SECRET}"}}, 400),
    Answer({"error": SECRET}, 400),
]


def connect(name: str, server: ScriptedServer, time_: FakeTime) -> Channel:
    """Connect with whatever the options require, every secret planted, all addresses ours."""
    options = module(name).Options
    secrets = [field for field in secret_names(options) if field != "service_account"]
    addresses = {
        field: f"{server.url}/{field}" for field in options.model_fields if "_url" in field
    }
    given = {"account_id": ACCOUNT_ID, "client_id": "client", **dict.fromkeys(secrets, SECRET)}
    known = {key: value for key, value in given.items() if key in options.model_fields}
    addresses = {key: url.replace("token_url", "token") for key, url in addresses.items()}
    throttle = LocalThrottle(time_.clock, time_.sleep)
    channel: Channel = module(name).Connector(options(**known, **addresses), throttle=throttle)
    return channel


@every
def test_options_refuse_what_they_do_not_know(name):
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        module(name).Options(no_such_option=1)


@every
def test_a_secret_is_not_an_open_option(name):
    """What sounds like a secret is typed as one, so that nothing prints it."""
    fields = set(module(name).Options.model_fields)
    loud = {field for field in fields if field.endswith(("secret", "token", "password", "key"))}
    assert loud <= set(secret_names(module(name).Options))


@every
def test_connectors_are_made_alike(name):
    parameters = inspect.signature(module(name).Connector).parameters
    assert list(parameters)[:2] == ["options", "session"]
    assert parameters["session"].default is None
    assert parameters["throttle"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["throttle"].default is None


@every
def test_the_file_says_what_there_is_to_know(name):
    assert len(module(name).__doc__ or "") > 300


def test_some_connectors_speak_http():
    assert HTTP  # else everything below would pass unasked


@over_http
def test_the_account_is_known_and_nothing_sent_before_something_is_asked(name, server, time_):
    assert connect(name, server, time_).account_id == ACCOUNT_ID
    assert server.seen == server.tokens == []


@over_http
@pytest.mark.parametrize("answer", PASSING, ids=repr)
def test_what_may_pass_is_tried_again_and_then_named(name, server, time_, answer):
    server.script(answer)
    with pytest.raises(TransientError) as caught:
        connect(name, server, time_).account()
    assert ACCOUNT_ID in str(caught.value)
    assert len(server.seen) == 3


@over_http
@pytest.mark.parametrize("answer", LASTING, ids=repr)
def test_what_will_not_pass_is_asked_once(name, server, time_, answer):
    server.script(answer)
    with pytest.raises(RejectedError):
        connect(name, server, time_).account()
    assert len(server.seen) == 1


@over_http
def test_a_dead_credential_needs_a_person(name, server, time_):
    server.script(Answer(status=401))
    with pytest.raises(ReconnectError, match="reconnect"):
        connect(name, server, time_).account()
    assert len(server.seen) <= 2  # at most once more, with a new token


@over_http
def test_a_named_wait_is_kept(name, server, time_):
    server.script(Answer(status=429, headers={"Retry-After": "70"}))
    with pytest.raises(TransientError):
        connect(name, server, time_).account()
    assert time_.slept == [70, 70]


@over_http
def test_a_long_wait_ends_the_run(name, server, time_):
    server.script(Answer(status=429, headers={"Retry-After": "4000"}))
    with pytest.raises(TransientError) as caught:
        connect(name, server, time_).account()
    assert (caught.value.retry_after, time_.slept, len(server.seen)) == (4000, [], 1)


@over_http
@pytest.mark.parametrize("answer", [*PASSING, *LASTING, Answer(status=401)], ids=repr)
def test_no_secret_gets_out(name, server, time_, answer, caplog):
    caplog.set_level(logging.DEBUG)
    server.script(answer)
    channel = connect(name, server, time_)
    with pytest.raises((TransientError, RejectedError, ReconnectError)) as caught:
        channel.account()
    everything = told(caught.value) + caplog.text + repr(channel) + str(vars(channel))
    assert SECRET not in everything
    assert "planted-access-token" not in everything
    assert len(str(caught.value)) < 500


@over_http
def test_options_do_not_show_their_secrets(name):
    options = module(name).Options
    filled = options.model_construct(
        **dict.fromkeys(secret_names(options), SecretStr(SECRET)), account_id=ACCOUNT_ID
    )
    assert SECRET not in repr(filled) + str(filled)
