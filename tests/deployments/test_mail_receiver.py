"""What answers to unsubscriptions and clicks, asked over real HTTP."""

import logging
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import lxml.html
import pytest
import requests
import sqlalchemy as sa

from connectors.mail_links import Ticket, click_link, unsubscribe_link
from connectors.people_keys import PeopleKeys
from connectors.warehouse import Warehouse
from connectors.warehouse.mail_tables import mail_events
from deployments.mail_receiver import MOST_WRONG, WrongLinks, receiver_app, server, somebody_clicked
from deployments.mail_receiver_words import WORDS, words_for

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEYS = PeopleKeys(b"k" * 32)
TICKET = Ticket("acme", 17, KEYS.address("jane@acme.example"))
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
TARGET = "https://acme.example/a?b=c&d=é"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


class Records:
    """What was recorded, in memory."""

    def __init__(self):
        self.left, self.clicks = [], []

    def unsubscribe(self, ticket, source, at):
        self.left.append((ticket, source, at))

    def record_click(self, ticket, source, at):
        self.clicks.append((ticket, source, at))


@contextmanager
def serving(records):
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    running = server(receiver_app(records, KEYS, {"acme": "Acme & Sons"}, lambda: NOW), port=port)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture(scope="module")
def running():
    records = Records()
    with serving(records) as base:
        yield records, base


@pytest.fixture
def site(running):
    records, base = running
    records.__init__()
    return records, base


@pytest.fixture
def page(site):
    return unsubscribe_link(KEYS, site[1], TICKET, "de-AT")


def test_looking_at_the_page_changes_nothing(site, page):
    for ask in (requests.get, requests.head):
        answer = ask(page, headers=BROWSER, timeout=5)
        assert answer.status_code == 200
    assert site[0].left == []


def test_the_page_is_in_the_persons_language_and_asks_for_nothing(page):
    answer = requests.get(page, timeout=5)
    assert '<html lang="de">' in answer.text
    assert "Möchten Sie keine E-Mails mehr von Acme &amp; Sons?" in answer.text
    assert answer.text.count("<button") == 1
    assert "src=" not in answer.text
    assert "http" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_click_unsubscribes_at_once(site, page):
    answer = requests.post(page, data=ONE_CLICK, timeout=5)
    assert (answer.status_code, answer.history) == (200, [])
    assert site[0].left == [(TICKET, "one click", NOW)]
    assert "Erledigt" in answer.text
    assert "<button" not in answer.text


def test_it_may_come_as_a_multipart_form_and_twice(site, page):
    files = {"List-Unsubscribe": (None, "One-Click")}
    for _ in range(2):
        assert requests.post(page, files=files, timeout=5).status_code == 200
    assert {it[0] for it in site[0].left} == {TICKET}


def test_the_button_says_the_same(page):
    form = lxml.html.document_fromstring(requests.get(page, timeout=5).text).forms[0]
    assert (form.method, form.action, dict(form.form_values())) == ("POST", None, ONE_CLICK)


@pytest.mark.parametrize("body", [None, {"List-Unsubscribe": "no"}, b"\xff", {"x": "One-Click"}])
def test_another_post_changes_nothing(site, page, body):
    assert requests.post(page, data=body, timeout=5).status_code == 400
    kind = {"Content-Type": "multipart/form-data; boundary=é".encode("latin-1")}
    assert requests.post(page, data=b"--x", headers=kind, timeout=5).status_code == 400
    assert site[0].left == []


def test_a_large_body_is_refused(site, page):
    assert requests.post(page, data=b"x" * 5000, timeout=5).status_code == 413
    chunks = iter([b"x" * 3000] * 3)
    assert requests.post(page, data=chunks, timeout=5).status_code == 413
    assert site[0].left == []


def test_a_link_that_we_did_not_make_gets_one_answer(site):
    link = unsubscribe_link(KEYS, site[1], TICKET)
    wrong = [link[:-1] + "x", link.replace("/acme/", "/other/"), link.replace("17-", "18-"),
             f"{site[1]}/u/acme/x/y", f"{site[1]}/u/", f"{site[1]}/"]  # fmt: skip
    answers = {(it.status_code, it.text) for it in (requests.get(url, timeout=5) for url in wrong)}
    answers |= {
        (it.status_code, it.text)
        for it in (requests.post(url, data=ONE_CLICK, timeout=5) for url in wrong)
    }
    assert answers == {(404, "Not found.\n")}
    assert site[0].left == []


def test_a_click_is_counted_and_leads_on(site):
    link = click_link(KEYS, site[1], TICKET, 2, TARGET)
    answer = requests.get(link, headers=BROWSER, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    assert answer.headers["Location"] == TARGET.replace("é", "%C3%A9")
    assert site[0].clicks == [(TICKET, "link 2", NOW)]


def test_a_redirect_leads_nowhere_else(site):
    link = click_link(KEYS, site[1], TICKET, 2, TARGET)
    changes = [("acme.example", "evil.example"), ("n=2", "n=3"), ("n=2", "n=٢"), ("n=2", "")]
    for wrong in (*(link.replace(*change) for change in changes), link.partition("?")[0]):
        answer = requests.get(wrong, headers=BROWSER, allow_redirects=False, timeout=5)
        assert (answer.status_code, "Location" in answer.headers) == (404, False)
    assert site[0].clicks == []


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"User-Agent": "python-requests/2"},
        {"User-Agent": ""},
        {**BROWSER, "Sec-Purpose": "prefetch;prerender"},
        {**BROWSER, "X-Moz": "prefetch"},
    ],
)
def test_what_follows_links_before_people_do_is_led_on_and_not_counted(site, headers):
    link = click_link(KEYS, site[1], TICKET, 2, TARGET)
    for method in ("GET", "HEAD"):
        answer = requests.request(method, link, headers=headers, allow_redirects=False, timeout=5)
        assert answer.status_code == 302
    assert site[0].clicks == []
    assert not somebody_clicked("HEAD", {"user-agent": BROWSER["User-Agent"]})


def test_guessing_is_slowed_down_and_whoever_has_a_link_is_served(page):
    records = Records()
    with serving(records) as base, requests.Session() as session:
        wrong = [session.get(f"{base}/u/acme/1-1/{n}", timeout=5).status_code for n in range(62)]
        assert wrong == [404] * MOST_WRONG + [429] * 2
        link = unsubscribe_link(KEYS, base, TICKET)
        assert session.post(link, data=ONE_CLICK, timeout=5).status_code == 200
        assert len(records.left) == 1


def test_counts_end_with_the_minute_and_stay_small():
    wrong = WrongLinks()
    assert not any(wrong.too_many(f"{n}", NOW) for n in range(10_060))
    assert len(wrong.counts) == 10_001
    assert wrong.too_many("another", NOW)
    assert not wrong.too_many("another", NOW + timedelta(minutes=1))
    assert len(wrong.counts) == 1


def test_nothing_is_logged_of_a_request(site, page, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        requests.post(page, data=ONE_CLICK, timeout=5)
        requests.get(page + "x", timeout=5)
    said = caplog.text + "".join(capfd.readouterr())
    ours = [line for line in said.splitlines() if "connectionpool" not in line]  # the asker's own
    assert not [line for line in ours if "17-" in line or "127.0.0.1" in line]


def test_other_pages_say_little(site):
    assert requests.get(f"{site[1]}/health", timeout=5).text == "ok\n"
    assert "Disallow: /" in requests.get(f"{site[1]}/robots.txt", timeout=5).text
    answer = requests.put(f"{site[1]}/health", timeout=5)
    assert (answer.status_code, "Server" in answer.headers) == (404, False)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("de-AT", "en"), "de"),
        (("", "xx, pt-BR;q=0.9, en;q=0.5"), "pt"),
        (("tlh", ""), "en"),
        (("DE",), "de"),
    ],
)
def test_a_language_is_found(wanted, language):
    assert words_for(*wanted) == (language, WORDS[language])


def test_every_language_names_the_brand():
    assert all("{brand}" in it.question and "{brand}" in it.done for it in WORDS.values())


def test_the_warehouse_keeps_what_is_asked(sqlite_template, tmp_path):
    file = tmp_path / "warehouse.db"
    shutil.copy(sqlite_template, file)
    warehouse = Warehouse(f"sqlite:///{file}")
    with serving(warehouse) as base:
        link = unsubscribe_link(KEYS, base, TICKET)
        for _ in range(2):
            assert requests.post(link, data=ONE_CLICK, timeout=5).status_code == 200
        click = click_link(KEYS, base, TICKET, 2, TARGET)
        for _ in range(2):
            answer = requests.get(click, headers=BROWSER, allow_redirects=False, timeout=5)
            assert answer.status_code == 302
    assert warehouse.suppressed("acme", [TICKET.address_key]) == {TICKET.address_key}
    with warehouse.reading() as connection:
        events = connection.execute(sa.select(mail_events.c.kind, mail_events.c.message_key))
        assert sorted(map(tuple, events)) == [("click", 17), ("unsubscribe", 17)]
    warehouse.close()
