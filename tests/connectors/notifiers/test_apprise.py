"""One message, one Apprise URL: delivered, maybe delivered, not delivered, or refused."""

import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from json import loads
from typing import Any, ClassVar

import pytest
import requests
from pydantic import SecretStr

from connectors.base import RejectedError, TransientError
from connectors.notifiers import apprise
from connectors.notifiers.apprise import UnconfirmedError, send, shorten

SECRET = "pl4ntedS3cret"


def sent(letter, url: str, **options: Any) -> None:
    send(letter, SecretStr(url), **options)


# --- what the receivers get ------------------------------------------------------------------


def test_a_webhook_gets_the_message_with_its_id(web, message):
    sent(message(), web.url(query="?format=markdown"))
    [got] = web.received
    assert got.message_id == message().message_id
    assert got.body["title"] == message().subject
    assert got.body["message"] == message().body_text
    assert got.body["type"] == "failure"
    assert not got.repeat


def test_a_mail_has_subject_id_text_and_html(mail, message):
    sent(message(), mail.url())
    [got] = mail.received
    assert got["Subject"] == message().subject
    assert got["X-Marketloop-Message-Id"] == message().message_id
    assert len(got.get_all("Message-ID")) == 1
    assert "CRITICAL: Brand & Söhne" in got.get_body(("plain",)).get_content()
    assert got.get_body(("html",)).get_content().splitlines() == message().body_html.splitlines()


def test_a_message_in_doubt_says_so(web, mail, message):
    sent(message(in_doubt=True), web.url())
    sent(message(in_doubt=True), mail.url())
    assert web.received[0].repeat
    assert "may be a repeat" in mail.received[0].get_body(("html",)).get_content()


def test_a_subject_cannot_open_a_header(mail, message):
    sent(message(subject="x\r\nBcc: all@evil.example\r\n\r\nbody"), mail.url())
    [got] = mail.received
    assert got["Subject"] == "x Bcc: all@evil.example body"
    assert got["Bcc"] is None


# --- what becomes of failures ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("302", RejectedError),
        ("400", RejectedError),
        ("401", RejectedError),
        ("403", RejectedError),
        ("404", RejectedError),
        ("410", RejectedError),
        ("408", TransientError),
        ("429", TransientError),
        ("500", TransientError),
        ("503", TransientError),
        ("cut", UnconfirmedError),
    ],
)
def test_a_web_service_that_does_not_take_it(web, message, answer, error):
    with pytest.raises(error, match="env:CHAT") as caught:
        sent(message(), web.url(answer, query="?optional=yes&retry=2"))
    assert type(caught.value) is error
    assert len(web.received) == 1, "sent once, whatever the URL says"
    assert answer == "cut" or answer in str(caught.value)


@pytest.mark.parametrize(("to", "error"), [("550", RejectedError), ("451", TransientError)])
def test_a_mail_server_that_does_not_take_it(mail, message, to, error):
    with pytest.raises(error, match=f"SMTP {to}") as caught:
        sent(message(), mail.url(to))
    assert type(caught.value) is error


def test_a_mail_server_that_does_not_know_the_login(mail, message):
    url = mail.url().replace("://", f"://u:{SECRET}@")
    with pytest.raises(RejectedError, match="offers no AUTH"):
        sent(message(), url)


@pytest.mark.parametrize("url", ["json://127.0.0.1:1/", "mailto://127.0.0.1:1?from=a@b.example"])
def test_nobody_there_means_not_delivered(message, url):
    with pytest.raises(TransientError, match="not reached") as caught:
        sent(message(), url)
    assert type(caught.value) is TransientError


def test_a_receiver_that_does_not_answer_may_have_it(web, message, monkeypatch):
    monkeypatch.setattr(apprise, "READ_SECONDS", 0.05)
    with pytest.raises(UnconfirmedError):
        sent(message(), web.url("hang"))


def test_a_receiver_that_drips_is_left(web, message):
    with pytest.raises(UnconfirmedError):
        sent(message(), web.url("drip"), longest=0.2)


@pytest.mark.parametrize(
    "url",
    [
        *("", SECRET, f"https:/{SECRET}", f"foo://{SECRET}", f"slack://{SECRET}", "json://"),
        f"glib://{SECRET}[",  # its parser breaks
    ],
)
def test_what_is_no_apprise_url_is_named_by_its_reference_only(message, url):
    with pytest.raises(RejectedError, match="env:CHAT does not hold an Apprise URL") as caught:
        sent(message(), url)
    assert SECRET not in str(caught.getrepr(style="long"))


def test_several_receivers_behind_one_secret_are_refused(web, mail, message):
    both = f"{web.url()}, {web.url()}"
    for url in (both, f"{mail.url()},bob@acme.example"):
        with pytest.raises(RejectedError, match="2 receivers"):
            sent(message(), url)
    assert web.received == mail.received == []


# --- secrets ---------------------------------------------------------------------------------


def test_no_log_record_and_no_error_has_a_secret(web, mail, message, caplog, capfd, monkeypatch):
    monkeypatch.setattr(apprise, "READ_SECONDS", 0.05)
    caplog.set_level(1)
    login = f"user:{SECRET}@"
    urls = [
        *(web.url(f"{SECRET}/{answer}", login, f"?-token={SECRET}") for answer in ("200", "404")),
        *(web.url(f"{SECRET}/{answer}", login) for answer in ("503", "cut", "hang")),
        f"json://{login}127.0.0.1:1/{SECRET}",
        mail.url().replace("://", f"://{login}"),
        mail.url("550") + f"&name={SECRET}",
        f"tgram://{SECRET}",
        f"{SECRET}://{SECRET}",
    ]
    said = []
    for url in urls:
        try:
            sent(message(), url)
        except (RejectedError, TransientError) as error:
            said += [repr(error), "".join(traceback.format_exception(error))]
    logging.getLogger("apprise").error("outside of a delivery too: %s", SECRET)
    assert len(said) == 2 * (len(urls) - 1)
    assert len(web.received) == 5
    written = "".join([caplog.text, *capfd.readouterr(), *said])
    assert SECRET not in written
    assert "user" not in "".join(said)


def test_the_first_delivery_of_a_process_is_as_silent(web):
    """Apprise imports its services late: their loggers appear in the middle of a delivery."""
    program = f"""
import logging
from datetime import UTC, datetime
from pydantic import SecretStr
from connectors.notifiers.apprise import send
from connectors.records import Message
logging.basicConfig(level=1)
now = datetime(2026, 11, 3, tzinfo=UTC)
send(Message("1" * 32, "a", "b", "c", "s", "t", "h", "ok", now, destination="env:X"),
     SecretStr("{web.url(f"{SECRET}/200", f"u:{SECRET}@")}"))
logging.getLogger("ours").info("alive")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(web.received) == 1
    assert "alive" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert "urllib3" not in done.stderr


# --- services with markup of their own -------------------------------------------------------

SERVICES = {
    "discord://123456789012345678/abcdefghijklmnopqrstuvwxyz0123456789": 2000,
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alerts": 35000,
    "workflow://host.example/f6b5b1f7e1a14ae0/W1RzYXNkZmFzZGZhc2RmYXNkZg": 28000,  # Teams
    "tgram://123456789:abcdefg_hijklmnop/12315544/": 4096,
    "mmost://host.example/3ccdd113474722377935511fc85d3dd4": 16383,
    "gchat://ABCDEFGHIJ/abcdefghijklmnopqrstuvwxyz/0123456789": 4096,
}
"""Example URLs of chat services, and how many characters each takes."""


class Wire(requests.Session):
    """Stands where requests would connect, and keeps the payloads."""

    payloads: ClassVar[list[Any]] = []

    def request(self, method, url, data=None, json=None, **_):
        self.payloads.append(loads(data) if json is None else json)
        answer = requests.Response()
        answer.status_code, answer.raw = 200, BytesIO(b'{"ok": true}' if "tele" in url else b"ok")
        return answer


def texts(payload: Any) -> Iterator[str]:
    """Yield every text in a payload."""
    if isinstance(payload, str):
        yield unescape(payload)
    elif isinstance(payload, dict | list):
        for inner in payload.values() if isinstance(payload, dict) else payload:
            yield from texts(inner)


@pytest.mark.parametrize("url", SERVICES)
def test_chat_services_get_plain_text_of_the_length_they_take(url, message, monkeypatch):
    monkeypatch.setattr(requests.sessions, "Session", Wire)
    monkeypatch.setattr(Wire, "payloads", [])
    lines = "\n".join(f"line {number}: @everyone _a_ <!here>" for number in range(2000))
    sent(message(body_text=f"{lines}\n\nMessage 0123456789"), url)
    [payload] = Wire.payloads
    body = max(texts(payload), key=len).replace("\N{NO-BREAK SPACE}", " ")
    assert "line 0: @everyone _a_ <!here>" in body, "nothing of it was taken for markup"
    assert body.rstrip().endswith("Message 0123456789")
    assert len(body) <= SERVICES[url]
    assert "👉" not in "".join(texts(payload)), "Apprise found no mention to make"


# --- shortening ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (100, "one\ntwo\n\nthree\n\nlink\nid"),
        (22, "one\ntwo\n…\n\nlink\nid"),
        (16, "one\n…\n\nlink\nid"),
        (13, "on\n…\n\nlink\nid"),
        (7, "link\nid"),
        (3, "lin"),
        (-5, ""),
    ],
)
def test_shortening_keeps_whole_lines_and_the_last_paragraph(length, expected):
    shortened = shorten("one\ntwo\n\nthree\n\nlink\nid", length)
    assert shortened == expected
    assert len(shortened) <= max(length, 0)
