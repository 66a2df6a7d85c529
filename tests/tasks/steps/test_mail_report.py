"""What does a report on mail read from the warehouse and the files?"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from config.library import Library
from config.settings import HERE, settings
from connectors.base import Window
from connectors.enrolments import Skip
from connectors.sending_domain.facts import SendingDomain
from connectors.warehouse import Warehouse
from tasks.report.mail import mail_of
from tasks.report.mail_model import Mail, Size
from tasks.run import Run
from tasks.steps.customers import score
from tasks.steps.mail_report import mail_material
from tasks.steps.opening import brand_library
from tests.connectors.warehouse.mail_people import (
    ANN,
    BOB,
    KEYS,
    NOW,
    add_event,
    add_message,
    order,
    person,
    save,
)

AS_OF = NOW.date()
DAY = timedelta(days=1)
PROCESS = """\
title: {title}
objective: Write to people
platforms: [{platforms}]
workflow:
  - step: Mail
    tasks:
      - {{what: Look, who: this process, by: every run, done_by: flow}}
pulls:
  - {{platform: {pulled}, level: campaign}}
kpis: [clicks]
report: {{kpis: [clicks], charts: [clicks]}}
"""
BRAND = """\
name: Acme
currency: EUR
time_zone: Europe/Berlin
owners:
  jane: {name: Jane}
goals:
  - name: grow
    kpi: conversions
    baseline: 10
    target: 20
    by: 2027-12-31
    owner: jane
    serves: people come back
accounts:
  - {name: news, platform: smtp, account_id: news}
  - {name: people, platform: customers, account_id: list}
  - {name: letters, platform: mailchimp, account_id: m1}
"""
MAIL = "mail: {account: news, sender: Acme <news@acme.example>}\n"
SEGMENTS = """\
segments:
  - {name: german, title: Customers in Germany, countries: [DE]}
  - {name: loyal, title: Loyal customers, when: orders >= 2}
  - {name: signed_up, title: Signed up, when: days_since_signup > 3}
"""
SEQUENCE = """\
title: Welcome
objective: loyalty
enters: {event: signup}
steps:
  - {id: s1, message: hello}
  - {id: pause, wait: {days: 3}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    library = tmp_path / "library"
    (library / "processes").mkdir(parents=True)
    (library / "checks").mkdir()
    for name in ("metrics.yaml", "kpis.yaml"):
        shutil.copy(HERE / name, library)
    (tmp_path / "brands/acme/mail/sequences").mkdir(parents=True)
    for name, platforms in (
        ("email_marketing", "smtp, customers"),
        ("mailchimp_only", "mailchimp"),
    ):
        text = PROCESS.format(title=name, platforms=platforms, pulled=platforms.split(",")[0])
        (library / f"processes/{name}.yaml").write_text(text)
    (tmp_path / "brands/acme.yaml").write_text(BRAND + MAIL)
    (tmp_path / "brands/acme/mail/segments.yaml").write_text(SEGMENTS)
    (tmp_path / "brands/acme/mail/sequences/welcome.yaml").write_text(SEQUENCE)
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(tmp_path / "brands"))
    monkeypatch.setenv("MARKETLOOP_LIBRARY_DIR", str(library))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def warehouse(sqlite_url) -> Iterator[Warehouse]:
    with Warehouse(sqlite_url) as opened:
        yield opened


def run_of(process: str = "email_marketing") -> Run:
    return Run("r", "acme", process, AS_OF, NOW, ("news", "people"))


def told(warehouse: Warehouse, library: Library) -> Mail:
    scored = score(warehouse, library, "acme", AS_OF)
    mail = mail_of(mail_material(warehouse, library, run_of(), scored), library.brand("acme"))
    assert mail is not None
    return mail


def fill(warehouse: Warehouse, library: Library) -> None:
    """Let two people be known for ten days, and one buy again two days ago."""
    early = NOW - 10 * DAY
    save(warehouse, ANN, replace(BOB, country="", consent_at=None), now=early)
    warehouse.save_orders("acme", [[order(1, ANN, days=60)]], KEYS)
    score(warehouse, library, "acme", AS_OF - 8 * DAY)
    warehouse.save_orders("acme", [[order(2, ANN, days=2)]], KEYS)
    save(warehouse, replace(ANN, customer_id="c3", address="c@mail.example"), now=NOW - DAY)
    score(warehouse, library, "acme", AS_OF)


def pulled(warehouse: Warehouse, account_key: int, first: date, last: date) -> None:
    """Store the ledger's figures, as pulls do."""
    window = Window(first, last)
    found = warehouse.mail_figures(account_key, window, conversion_days=5)
    for level in ("message", "mailbox_provider"):
        its = [it for it in warehouse.mail_entities(account_key) if it.level == level]
        warehouse.save_entities(account_key, [its], NOW)
        with warehouse.pull(account_key, level=level, window=window, run_id="r", now=NOW) as writer:
            writer.add(found[level])


def test_customers_are_told_with_their_stages_and_segments(warehouse, folder):
    library = brand_library("acme")
    fill(warehouse, library)
    its = told(warehouse, library).customers
    assert (its.counts.known, its.counts.welcome) == (3, 3)
    assert (its.growth.came, its.growth.since) == (1, (NOW - 10 * DAY).date())
    assert its.ages.year == 3, "Bob's list says only when he signed up"
    stages = {row.stage: row.size for row in its.stages}
    assert stages["subscriber"] == Size(2, 1, 1, 0)
    assert stages["active"] == Size(1, 1, 0, 0)
    german, loyal, signed_up = its.segments
    assert (german.title, german.size, german.unknown) == (
        "Customers in Germany", Size(2, 1, 1, 0), 1,
    )  # fmt: skip
    assert loyal.size == Size(1, None, None, None), (
        "nobody was in it a week ago, or it was not there"
    )
    assert signed_up.unknown == 0
    assert [(it.one, it.other, it.people) for it in its.shared] == [
        ("Customers in Germany", "Signed up", 2),
        ("Customers in Germany", "Loyal customers", 1),
        ("Loyal customers", "Signed up", 1),
    ]
    assert "customers ordered again" in its.no_model or "repeat" in its.no_model


def test_what_was_sent_is_told_as_far_as_its_figures_were_read(warehouse, folder):
    library = brand_library("acme")
    fill(warehouse, library)
    first = add_message(warehouse, ANN, 1)
    add_message(warehouse, BOB, 1, message_id="<b>", provider="gmx_web_de")
    add_message(warehouse, BOB, 2, message_id="<c>", state="doubtful", source="gone")
    add_event(warehouse, ANN, first, "click")
    key = int(warehouse.accounts("acme")["account_key"].iloc[0])
    pulled(warehouse, key, AS_OF - 10 * DAY, AS_OF - DAY)
    its = told(warehouse, library).sending
    assert its.sent.window == Window(AS_OF - 28 * DAY, AS_OF - DAY)
    assert its.sent.unknown_days == 18
    gone, welcome = sorted(its.sent.sequences, key=lambda row: row.title == "Welcome")
    assert (welcome.reached.sent, welcome.reached.clicked, welcome.template) == (2, 1, "hello")
    assert (gone.title, gone.state, gone.reached.sent) == ("gone", "", 1)
    assert {row.name: row.reached.sent for row in its.providers} == {"gmail": 2, "gmx_web_de": 1}
    (doubt,) = its.sent.troubles
    assert (doubt.kind, doubt.source, doubt.count) == ("in doubt", "Sequence gone", 1)


def test_what_keeps_messages_back_and_the_domain_are_told(warehouse, folder):
    library = brand_library("acme")
    add_message(warehouse, ANN, 1)
    key = int(warehouse.accounts("acme")["account_key"].iloc[0])
    warehouse.stop_mail("acme", "sequence", "welcome", who="breaker", why="bounces", now=NOW)
    skip = Skip("acme", "sequence", "welcome", "s1", 1, person(ANN), NOW, "late")
    warehouse.write_skips("acme", [skip], NOW - DAY)
    found = SendingDomain("acme.example", "ok", "weak", "missing", "unknown", ("Add DMARC",))
    warehouse.save_sending_domain(key, found, NOW - 4 * DAY)
    its = told(warehouse, library).sending
    assert [(row.kind, row.source) for row in its.sent.troubles] == [
        ("halted", "Sequence Welcome"), ("given up", "Sequence Welcome"),
    ]  # fmt: skip
    assert its.domain.old
    assert its.domain.records[2] == ("DMARC", "missing")
    assert its.sent.unknown_days == 28


def test_a_brand_that_does_not_send_by_itself_is_told_of_its_customers_only(warehouse, folder):
    (folder / "brands/acme.yaml").write_text(BRAND)
    add_message(warehouse, ANN, 1)
    its = told(warehouse, brand_library("acme"))
    assert its.sending is None
    assert its.customers.counts.known == 0


def test_another_process_is_told_nothing(warehouse, folder):
    library, run = brand_library("acme"), run_of("mailchimp_only")
    scored = score(warehouse, library, "acme", AS_OF)
    assert mail_material(warehouse, library, run, scored) is None


def test_nothing_that_is_read_names_anybody(warehouse, folder):
    library = brand_library("acme")
    fill(warehouse, library)
    add_message(warehouse, ANN, 1)
    scored = score(warehouse, library, "acme", AS_OF)
    material = mail_material(warehouse, library, run_of(), scored)
    for text in (repr(material), repr(told(warehouse, library))):
        for secret in ("annabel", "quist", "bobby", "mail.example", str(person(ANN))):
            assert secret not in text.lower()
