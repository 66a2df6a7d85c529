"""What every connector owes us. A new file in `connectors/channels/` is tested here by itself."""

import inspect
import logging
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.registry import AVAILABLE, secret_names
from connectors.sites import Source
from connectors.throttle import LocalThrottle

from .conftest import Answer, FakeTime, ScriptedServer, told

SECRET = "planted-secret-of-the-options"
ACCOUNT_IDS = ("1234567890", "https://shop.example/", "@shop@social.example", "shop.example")
"""Of platforms that number their accounts, and that name them by their site, or by a handle."""
PAGE = "https://shop.example/page"
CAPABILITIES = ("performance", "speed", "crawl", "posts", "customers", "orders")


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


def built(options: type[BaseModel], **given: Any) -> BaseModel:
    """Return the options with whatever is required, and the first account id that is one."""
    known = {"client_id": "client", "runs": 1, **given}
    known = {key: value for key, value in known.items() if key in options.model_fields}
    for account_id in ACCOUNT_IDS[:-1]:
        try:
            return options(account_id=account_id, **known)
        except ValidationError as error:
            if ("account_id",) not in {wrong["loc"] for wrong in error.errors()}:
                raise
    return options(account_id=ACCOUNT_IDS[-1], **known)


def connect(name: str, server: ScriptedServer, time_: FakeTime) -> Source:
    """Connect with whatever the options require, every secret planted, all addresses ours."""
    options = module(name).Options
    secrets = [field for field in secret_names(options) if field != "service_account"]
    addresses = {
        field: f"{server.url}/{field}" for field in options.model_fields if "_url" in field
    }
    addresses = {key: url.replace("token_url", "token") for key, url in addresses.items()}
    made = built(options, **dict.fromkeys(secrets, SECRET), **addresses)
    channel: Source = module(name).Connector(made, throttle=LocalThrottle(time_.clock, time_.sleep))
    return channel


def ask(channel: Source) -> None:
    """Ask the first thing of a channel that it must ask the platform: mostly, what it is."""
    if hasattr(channel, "speed"):  # there is no account behind a key
        list(channel.speed([PAGE], "phone"))
    else:
        channel.account()


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
def test_a_connector_brings_something_that_steps_know(name):
    connector, fields = module(name).Connector, module(name).Options.model_fields
    assert [what for what in CAPABILITIES if hasattr(connector, what)]
    assert hasattr(connector, "restatement_days") or "restatement_days" in fields


@every
def test_the_file_says_what_there_is_to_know(name):
    assert len(module(name).__doc__ or "") > 300


def test_some_connectors_speak_http():
    assert HTTP  # else everything below would pass unasked


@over_http
def test_the_account_is_known_and_nothing_sent_before_something_is_asked(name, server, time_):
    assert connect(name, server, time_).account_id in ACCOUNT_IDS
    assert server.seen == server.tokens == []


@over_http
@pytest.mark.parametrize("answer", PASSING, ids=repr)
def test_what_may_pass_is_tried_again_and_then_named(name, server, time_, answer):
    server.script(answer)
    channel = connect(name, server, time_)
    with pytest.raises(TransientError) as caught:
        ask(channel)
    path = unquote(server.seen[0].path)  # some have the account in it, others know it by its key
    named = channel.account_id if channel.account_id in path else path
    assert named in unquote(str(caught.value))
    assert len(server.seen) == 3


@over_http
@pytest.mark.parametrize("answer", LASTING, ids=repr)
def test_what_will_not_pass_is_asked_once(name, server, time_, answer):
    server.script(answer)
    with pytest.raises(RejectedError):
        ask(connect(name, server, time_))
    assert len(server.seen) == 1


@over_http
def test_a_dead_credential_needs_a_person(name, server, time_):
    server.script(Answer(status=401))
    with pytest.raises(ReconnectError, match="reconnect"):
        ask(connect(name, server, time_))
    assert len(server.seen) <= 2  # at most once more, with a new token


@over_http
def test_a_named_wait_is_kept(name, server, time_):
    server.script(Answer(status=429, headers={"Retry-After": "70"}))
    with pytest.raises(TransientError):
        ask(connect(name, server, time_))
    assert time_.slept == [70, 70]


@over_http
def test_a_long_wait_ends_the_run(name, server, time_):
    server.script(Answer(status=429, headers={"Retry-After": "4000"}))
    with pytest.raises(TransientError) as caught:
        ask(connect(name, server, time_))
    assert (caught.value.retry_after, time_.slept, len(server.seen)) == (4000, [], 1)


@over_http
@pytest.mark.parametrize("answer", [*PASSING, *LASTING, Answer(status=401)], ids=repr)
def test_no_secret_gets_out(name, server, time_, answer, caplog):
    caplog.set_level(logging.DEBUG)
    server.script(answer)
    channel = connect(name, server, time_)
    with pytest.raises((TransientError, RejectedError, ReconnectError)) as caught:
        ask(channel)
    everything = told(caught.value) + caplog.text + repr(channel) + str(vars(channel))
    assert SECRET not in everything
    assert "planted-access-token" not in everything
    assert len(str(caught.value)) < 500


@over_http
def test_options_do_not_show_their_secrets(name):
    options = module(name).Options
    filled = options.model_construct(
        **dict.fromkeys(secret_names(options), SecretStr(SECRET)), account_id=ACCOUNT_IDS[0]
    )
    assert SECRET not in repr(filled) + str(filled)
