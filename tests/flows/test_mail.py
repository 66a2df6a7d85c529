"""The demo shop's mail, from its lists to the mailboxes: scored, let in, sent once, forgotten."""

import importlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.settings import settings
from connectors.people_keys import people_keys
from connectors.sandbox.demo import DEMO_TODAY, demo
from connectors.sandbox.mail.history import demo_mail
from connectors.sandbox.mail.lists import listed
from connectors.sandbox.mail.post_office import PostOffice
from connectors.sandbox.server import Sandbox
from connectors.warehouse import Warehouse
from deployments.demo import environment, mail_environment, site_environment
from tasks.run import Outcome
from tests.plain import plain_steps
from tests.privacy import find_everywhere

email = importlib.import_module("flows.email_marketing").email_marketing
automation = importlib.import_module("flows.marketing_automation").marketing_automation

PEOPLE = {str(it.number): it for it in listed()}
EVENING = datetime.combine(DEMO_TODAY, time(22), UTC)


@dataclass
class Day:
    """The demo's day, after the daily run and two runs of the automation."""

    state_dir: Path
    url: str
    post: PostOffice
    outcome: Outcome
    first: dict[str, int]
    second: dict[str, int]

    def warehouse(self) -> Warehouse:
        return Warehouse(self.url)


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Iterator[Day]:
    state_dir = tmp_path_factory.mktemp("mail")
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox(demo(), 1, DEMO_TODAY, mail=demo_mail()) as sandbox,
        PostOffice() as post,
        plain_steps(),
    ):
        variables = {
            **environment(state_dir, sandbox.url),
            **site_environment(DEMO_TODAY.isoformat(), {}, {}),
            **mail_environment(state_dir, post.port),
        }
        for name, value in variables.items():
            patch.setenv(name, value)
        settings.cache_clear()
        url = settings().warehouse_url.get_secret_value()
        Warehouse.create(url).close()
        outcome = email.fn("shop", DEMO_TODAY)
        first = automation.fn("shop", DEMO_TODAY)
        second = automation.fn("shop", DEMO_TODAY)
        yield Day(state_dir, url, post, outcome, first, second)
    settings.cache_clear()


def test_everybody_on_the_list_is_known_and_scored(day):
    with day.warehouse() as warehouse:
        people, scores = warehouse.people_facts("shop"), warehouse.read_scores("shop")
        stages = warehouse.segment_sizes("shop")
    assert len(people) == len(PEOPLE)
    buyers = [it for it in PEOPLE.values() if it.orders]
    assert (scores["orders"] > 0).sum() == len(buyers)
    assert sum(size for name, size in stages.items() if name.startswith("stage:")) == len(scores)
    assert {"stage:active", "stage:lapsed", "newsletter"} <= stages.keys()


def test_what_goes_wrong_at_the_services_is_found(day):
    with day.warehouse() as warehouse:
        alerts = warehouse.open_alerts("shop", "email_marketing")
    assert {(it.check, it.name) for it in alerts if it.verdict == "critical"} == {
        ("mail_complaints", "Members first 21 Oct 2026"),
        ("mail_stopped", "You left something"),
        ("mail_stopped", "Still there"),
    }
    assert "mail_fades" in {it.check for it in alerts}


def test_people_get_what_they_agreed_to_and_once(day):
    got = Counter(it.recipient for it in day.post.taken)
    assert got
    assert max(got.values()) == 1  # the brand's cap: one message a day
    by_address = {it.address: it for it in PEOPLE.values()}
    assert {by_address[address].consent for address in got} == {"yes"}


def test_a_second_run_sends_nothing_again(day):
    assert day.first["sent"] == len(day.post.taken)
    assert day.second.get("sent", 0) == 0


def test_who_signed_up_lately_is_welcomed_in_his_own_words(day):
    welcomed = [message_from_bytes(it.content, policy=SMTP) for it in day.post.taken]
    welcomed = [it for it in welcomed if "/c/shop/" in it.as_string()]
    recent = [
        it for it in PEOPLE.values()
        if it.consent == "yes" and it.signed_up.date() >= DEMO_TODAY - timedelta(days=2)
        and "gone" not in it.address
    ]  # fmt: skip
    sent_to = {it["To"] for it in welcomed}
    assert recent
    assert {it.address for it in recent} <= sent_to
    for mail in welcomed:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.get_body(("plain",)).get_content().strip()
        assert "{{" not in mail.get_body(("html",)).get_content()


def test_a_mailbox_that_is_not_there_is_suppressed(day):
    with day.warehouse() as warehouse, warehouse.reading() as connection:
        refused = connection.scalar(
            sa.text("SELECT count(*) FROM mail_messages WHERE state = 'refused'")
        )
        gone = connection.scalar(
            sa.text("SELECT count(*) FROM suppressions WHERE reason = 'hard_bounce'")
        )
    assert refused
    assert gone == refused == day.first["refused"]


def test_an_address_stands_in_one_table_and_goes_when_its_person_is_erased(day):
    someone = next(it for it in PEOPLE.values() if it.address in {
        one.recipient for one in day.post.taken})  # fmt: skip
    lists = day.state_dir / "lists"
    for file in lists.iterdir():
        file.unlink()
    with day.warehouse() as warehouse, warehouse.reading() as connection:
        tables = [name for name in sa.inspect(connection).get_table_names() if name != "people"]
        for table in tables:
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert "@mailboxes.example" not in str(rows), table
    with day.warehouse() as warehouse:
        gone = warehouse.erase_person(
            "shop", someone.address, people_keys(day.state_dir / "people.key"), now=EVENING
        )
    assert gone["people"] == 1
    assert find_everywhere(day.state_dir, [someone.address]) == []
