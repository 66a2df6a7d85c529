"""Checking, approving, watching and stopping mail: what is typed, what it writes, how it ends."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests

from config.library import load
from config.settings import settings
from connectors.mail_links import Ticket, unsubscribe_link
from deployments.mail_commands import mail
from deployments.mail_receiver import server
from tests.deployments.mail_brand import ANN, HTML, NOW, WELCOME, customer, opened
from tests.deployments.test_mail_receiver import BROWSER, ONE_CLICK

ADDRESSES = ("mail.example", "Ann.Quist")


@pytest.fixture
def brand(tmp_path, sqlite_template, monkeypatch):
    yield opened(tmp_path, sqlite_template, monkeypatch)
    settings.cache_clear()


def approve(brand, kind="sequence", name="welcome", *more):
    return brand.call("mail", "approve", kind, name, "--who", "Jane", "--yes", *more)


def library():
    return load(settings().library_dir, settings().brands_dir, "acme")


@pytest.mark.parametrize("name", sorted(mail.commands))
def test_every_command_explains_itself_with_an_example(brand, name):
    answer = brand.call("mail", name, "--help", brand="")
    assert answer.exit_code == 0
    assert f"marketloop mail {name}" in answer.output.partition("Examples:")[2]


def test_what_is_right_passes_and_says_that_nobody_is_known(brand):
    answer = brand.call("mail", "check")
    assert answer.exit_code == 0
    assert "2 templates, 1 sequence, 1 campaign: nothing must be mended" in answer.output
    assert "acme: no people are known yet" in answer.output


def test_a_check_needs_no_warehouse(brand):
    (brand.folder / "state/warehouse.db").unlink()
    assert brand.call("mail", "check").exit_code == 0


def test_a_check_places_what_is_wrong_and_counts_who_lacks_a_field(brand):
    brand.people(ANN, customer("bob", fields={}), customer("kim", consent="never", fields={}))
    brand.write("templates/boots.html", HTML.replace(' | or("there")', ""))
    answer = brand.call("mail", "check", "boots", "--json")
    assert answer.exit_code == 1
    (found,) = json.loads(answer.output)
    assert (found["file"], found["line"]) == ("brands/acme/mail/templates/boots.html", 8)
    assert found["message"].startswith("1 person (50.0 %) have no first_name")


def test_mistakes_in_plans_and_in_what_cannot_be_read_are_found_too(brand):
    brand.write("sequences/welcome.yaml", WELCOME.replace("germans", "romans"))
    brand.write("templates/socks.html", HTML.replace("{{ preheader }}", "{{ preheader"))
    brand.write("campaigns/spring.yaml", "title: [")
    answer = brand.call("mail", "check")
    assert answer.exit_code == 1
    assert "sequences/welcome.yaml:10: leaves.segments[0]: no segment 'romans'" in answer.output
    assert "templates/socks.html:7: is not valid" in answer.output
    assert "error brands/acme/mail/campaigns/spring.yaml:" in answer.output
    assert brand.call("mail", "check", "boots").exit_code == 0


def test_links_are_asked_only_when_wanted(brand):
    dead = "https://127.0.0.1:9/boots?size=9"
    brand.write("templates/boots.html", HTML.replace("https://acme.example/boots?size=9", dead))
    assert "does not answer" not in brand.call("mail", "check", "boots").output
    answer = brand.call("mail", "check", "boots", "--links")
    assert answer.exit_code == 1
    assert f"boots.html:9: '{dead}' does not answer: no answer" in answer.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "boot"], "did you mean boots?"),
        (["preview", "boot"], "did you mean boots?"),
        (["approve", "sequence", "welcom"], "did you mean welcome?"),
        (["approve", "campaign", "welcome"], "valid: spring"),
        (["halt", "sequence", "spring", "--why", "x"], "valid: welcome"),
        (["resume", "sequence", "welcome", "--why", "x"], "is not stopped; stopped are: none"),
        (["settle", "7", "sent", "--why", "x"], "no message 7 of acme is in doubt; none is"),
        (["halt", "sequence", "welcome", "--why", " "], "say who decides, and why"),
    ],
)
def test_a_wrong_name_ends_with_2_and_says_what_would_be_right(brand, words, said):
    answer = brand.call("mail", *words)
    assert answer.exit_code == 2
    assert said in answer.output


def test_a_preview_shows_awkward_people(brand):
    answer = brand.call("mail", "preview", "boots", "--out", "boots.html")
    assert answer.output == "Wrote boots.html.\n"
    page = (brand.folder / "boots.html").read_text()
    assert "Written from right to left" in page
    assert brand.call("mail", "preview", "boots").output.startswith("Wrote state/previews/")


def test_an_approval_shows_all_of_it_and_lets_it_run(brand):
    brand.people(ANN, customer("eve", country="DE"))
    brand.members("germans", NOW.date(), customer("eve"))
    brand.enrolled(ANN)
    answer = approve(brand)
    assert answer.exit_code == 0
    for line in ("1. hello sends boots", "2. pause waits 3 days", "germans: 1 person",
                 "boots: Boots are here", "1 person is inside", "who is in germans; after 60 days",
                 "welcome runs, approved by Jane"):  # fmt: skip
        assert line in answer.output
    assert [*library().running_sequences("acme")] == ["welcome"]
    after = (brand.mail / "sequences/welcome.yaml").read_text()
    head, _, tail = after.partition("approval: ")
    assert head == WELCOME.replace("draft", "running")
    assert tail.startswith('{by: "Jane", on: "2026-11-02", digest: "')


def test_an_approval_asks_and_writes_nothing_without_a_yes(brand):
    words = ["mail", "approve", "sequence", "welcome"]
    assert brand.call(*words, input="n\n").exit_code == 1
    assert (brand.mail / "sequences/welcome.yaml").read_text() == WELCOME
    assert brand.call(*words, input="y\n").exit_code == 0


def test_what_runs_as_approved_is_not_approved_again_until_something_changes(brand):
    approve(brand)
    assert "runs already" in approve(brand).output
    brand.write("templates/socks.txt", HTML.partition("---\n")[2].partition("---\n")[2])
    changed = brand.call("mail", "status").output
    assert "sequence welcome is not approved: as it is now" in changed
    assert approve(brand).exit_code == 0
    text = (brand.mail / "sequences/welcome.yaml").read_text()
    assert text.count("approval:") == text.count("state:") == 1


def test_a_campaign_is_approved_with_its_reason(brand):
    answer = approve(brand, "campaign", "spring", "--why", 'legal: "fine"')
    assert answer.exit_code == 0
    assert "everybody, without germans" in answer.output
    assert "everybody: not known yet" in answer.output
    (found,) = library().running_campaigns("acme").values()
    assert found.approval.why == 'legal: "fine"'


@pytest.mark.parametrize(
    ("kind", "file", "old", "new", "status", "said"),
    [
        ("sequence", "templates/socks.html", "{{ unsubscribe_url }}", "#", 1, "unsubscribe"),
        ("sequence", "templates/socks.txt", "{{ postal", "{% postal", 1, "socks.txt:4"),
        ("sequence", "sequences/welcome.yaml", "germans", "romans", 1, "no segment 'romans'"),
        ("sequence", "sequences/welcome.yaml", "draft", "retired", 2, "welcome is retired"),
        ("campaign", "campaigns/spring.yaml", "09:00", "noon", 1, "send_at"),
        ("campaign", "campaigns/spring.yaml", "2026-12-01", "2026-10-30", 2, "lies so far back"),
    ],
)
def test_nothing_is_approved_that_cannot_run(brand, kind, file, old, new, status, said):
    path = brand.mail / file
    path.write_text(path.read_text().replace(old, new))
    own = brand.mail / f"{kind}s" / ("welcome.yaml" if kind == "sequence" else "spring.yaml")
    before = own.read_bytes()
    answer = approve(brand, kind, own.stem)
    assert (answer.exit_code, own.read_bytes()) == (status, before)
    assert said in answer.output


def test_a_brand_without_an_account_that_sends_approves_nothing(brand):
    path = brand.folder / "brands/acme.yaml"
    path.write_text(path.read_text().replace("  account: post\n", ""))
    assert "`mail.account` is empty" in approve(brand).output


def test_the_status_counts_and_names_nobody(brand):
    bob = customer("bob")
    brand.people(ANN, bob)
    brand.enrolled(ANN)
    brand.enrolled(bob, state="left", reason="unsubscribed", step="", due_at=None)
    brand.enrolled(bob, sequence="gone")
    brand.message(ANN)
    brand.message(bob, "more", state="doubtful")
    brand.message(ANN, "old", handed_at=NOW - timedelta(days=8))
    with brand.warehouse() as warehouse:
        key = brand.keys.address(bob.address)
        warehouse.suppress("acme", key, "unsubscribed", "one click", NOW)
        warehouse.suppress("acme", key, "complaint", "imap", NOW)
    approve(brand)
    answer = brand.call("mail", "status", "--json")
    found = json.loads(answer.output)
    plans = {(it["kind"], it["name"]): it for it in found["plans"]}
    welcome = plans["sequence", "welcome"]
    assert [*plans] == [("sequence", "gone"), ("sequence", "welcome"), ("campaign", "spring")]
    assert (welcome["state"], welcome["inside"], welcome["ended"]) == (
        "running", {"more": 1}, {"unsubscribed": 1},
    )  # fmt: skip
    assert (welcome["handed"], welcome["doubts"]) == (2, 1)
    assert (plans["sequence", "gone"]["state"], plans["campaign", "spring"]["state"]) == (
        "no file", "draft",
    )  # fmt: skip
    assert found["suppressed"] == 1
    assert found["suppressions"] == {"complaint": 1, "unsubscribed": 1}
    shown = brand.call("mail", "status").output
    assert "1 address suppressed (complaint 1, unsubscribed 1)." in shown
    assert not [it for it in ADDRESSES if it in answer.output + shown]


def test_a_broken_sequence_and_template_are_named(brand):
    approve(brand)
    path = brand.mail / "templates/socks.txt"
    path.write_text("{{ postal_address")
    shown = brand.call("mail", "status").output
    assert "Templates that cannot be used: socks" in shown
    brand.write("sequences/welcome.yaml", "title: Only\n")
    assert "sequence welcome is broken: " in brand.call("mail", "status").output


def test_a_halt_holds_until_somebody_resumes_it(brand):
    first = brand.call("mail", "halt", "sequence", "welcome", "--who", "Jane", "--why", "price")
    assert first.output.startswith(
        "sequence welcome is stopped, since 2026-11-02 08:30 UTC by Jane"
    )
    again = brand.call("mail", "halt", "sequence", "welcome", "--who", "Kim", "--why", "other")
    assert "stopped already, since 2026-11-02 08:30 UTC by Jane: price" in again.output
    with brand.warehouse() as warehouse:
        assert [(it.kind, it.source) for it in warehouse.mail_stops("acme")] == [
            ("sequence", "welcome")
        ]
    assert "stopped: since 2026-11-02 08:30 UTC by Jane" in brand.call("mail", "status").output
    resumed = brand.call("mail", "resume", "sequence", "welcome", "--why", "mended")
    assert resumed.output.startswith("sequence welcome goes on. It was stopped on 2026-11-02")
    with brand.warehouse() as warehouse:
        assert warehouse.mail_stops("acme") == []


def test_a_halt_turns_even_while_a_file_is_broken(brand):
    brand.write("sequences/welcome.yaml", "title: [")
    (brand.folder / "brands/acme.yaml").write_text("name: [")
    assert brand.call("mail", "halt", "sequence", "welcome", "--why", "x").exit_code == 0


def test_a_doubt_is_listed_and_ended_once_and_only_for_its_brand(brand):
    assert brand.call("mail", "doubts").output == "No message of acme is in doubt.\n"
    brand.people(ANN)
    key = brand.message(ANN, state="doubtful", sentence="the connection was cut")
    listed = brand.call("mail", "doubts")
    assert "the connection was cut" in listed.output
    assert not [it for it in ADDRESSES if it in listed.output]
    settled = ["mail", "settle", str(key), "released", "--who", "Jane", "--why", "not in the log"]
    assert brand.call(*settled, brand="other").exit_code == 2
    answer = brand.call(*settled)
    assert answer.output == (
        f"Message {key} of sequence welcome did not go out, and may be sent again.\n"
    )
    assert brand.call(*settled).exit_code == 2
    assert json.loads(brand.call("mail", "doubts", "--json").output) == []


def test_serving_unsubscribes_in_the_warehouse_even_while_a_file_is_broken(brand, monkeypatch):
    from deployments import serving_mail

    brand.people(ANN)
    ticket = Ticket("acme", brand.message(ANN), brand.keys.address(ANN.address))
    brand.write("sequences/welcome.yaml", "title: [")
    answered = []

    class Asked:
        """A server that ends when it was asked twice."""

        def __init__(self, app, host, port):
            self.app, self.place = app, (host, port)

        def run(self):
            with serving(self.app) as base:
                link = unsubscribe_link(brand.keys, base, ticket)
                answered.append(requests.get(link, headers=BROWSER, timeout=5).text)
                answered.append(requests.post(link, data=ONE_CLICK, timeout=5).status_code)
            answered.append(self.place)

    monkeypatch.setattr(serving_mail, "server", Asked)
    served = brand.call("mail", "serve", "--port", "8099", brand="")
    assert served.exit_code == 0
    assert "http://127.0.0.1:8099" in served.output
    assert "Acme" in answered[0]
    assert answered[1:] == [200, ("127.0.0.1", 8099)]
    with brand.warehouse() as warehouse:
        assert warehouse.suppression_counts("acme") == (1, {"unsubscribed": 1})


@contextmanager
def serving(app):
    listening = socket.create_server(("127.0.0.1", 0))
    running = server(app)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join(10)
    listening.close()
