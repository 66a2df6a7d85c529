"""A brand whose customers live in HubSpot: from its contacts and deals to scores and stages."""

import importlib
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.fact_words import FACTS
from config.settings import HERE, settings
from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.mail import demo_mail
from connectors.sandbox.mail.deals import deals
from connectors.warehouse import Warehouse
from tasks.customers.value_model import fit_value_model
from tasks.mailing.list_facts import ask
from tasks.run import RunFailedError
from tasks.steps import customers
from tasks.steps.mail_knowledge import customer_lists_of
from tasks.steps.opening import brand_library
from tests.plain import plain_steps
from tests.privacy import find_everywhere
from tests.tasks.steps.mail_lists import opened, without_people

email = importlib.import_module("flows.email_marketing").email_marketing

KEY = ("hubspot", "24680135")
BRAND = """\
name: Acme
currency: EUR
time_zone: Europe/Berlin
mode: observe
owners:
  jane: {name: Jane}
goals:
  - {name: grow, kpi: sent, baseline: 10, target: 20, by: 2027-12-31, owner: jane, serves: sales}
accounts:
  - name: contacts
    platform: customers
    connector: hubspot
    account_id: "24680135"
    secrets: {access_token: env:CRM_KEY}
    options:
      base_url: URL
      subscription: "9001"
      fields: {first_name: firstname}
  - name: deals
    platform: orders
    connector: hubspot
    account_id: "24680135"
    secrets: {access_token: env:CRM_KEY}
    options: {base_url: URL}
"""


@pytest.fixture
def crm(tmp_path, sqlite_template, monkeypatch):
    """Yield the sandbox; the brand's files are in `tmp_path/brands`, all that is written is in
    `tmp_path/state`."""
    for name in ("state", "brands"):
        (tmp_path / name).mkdir()
    shutil.copy(sqlite_template, tmp_path / "state/warehouse.db")
    with Sandbox(small(), today=DEMO_TODAY, mail=demo_mail()) as sandbox, plain_steps():
        monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", f"sqlite:///{tmp_path}/state/warehouse.db")
        monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(tmp_path / "brands"))
        monkeypatch.setenv("MARKETLOOP_LIBRARY_DIR", str(HERE))
        monkeypatch.setenv("MARKETLOOP_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("CRM_KEY", "demo-us1")
        settings.cache_clear()
        yield sandbox
    settings.cache_clear()


def write_brand(folder, sandbox):
    text = BRAND.replace("URL", f"{sandbox.url}/hubspot")
    (folder / "brands/acme.yaml").write_text(text)


def test_contacts_and_won_deals_become_scored_customers_once(crm, tmp_path, monkeypatch):
    write_brand(tmp_path, crm)
    fits = []

    def fit(bought):
        fits.append(bought)
        return fit_value_model(bought)

    monkeypatch.setattr(customers, "fit_value_model", fit)
    report = email.fn("acme", DEMO_TODAY).report
    assert len(fits) == 1  # the report tells of this scoring
    assert f"<dd><b>{len(crm.mail.people(KEY))}</b>" in Path(report).read_text()
    people = crm.mail.people(KEY)
    won = [one for one in deals(crm.mail, KEY) if one.won and one.value and not one.currency]
    with Warehouse(settings().warehouse_url.get_secret_value()) as warehouse:
        known, scores = warehouse.people_facts("acme"), warehouse.read_scores("acme")
        stages = warehouse.segment_sizes("acme")
        orders = warehouse.read_orders("acme")
        with warehouse.reading() as connection:
            names = set(connection.scalars(sa.text("SELECT fields FROM people")))
    assert len(known) == len(people)
    agreed = sum(one.consent == "subscribed" for one in people)
    assert (known["consent"] == "subscribed").sum() == agreed > 0
    assert (known["consent"] == "never").any()
    assert orders["value"].sum() == pytest.approx(sum(one.value for one in won))
    assert scores["orders"].sum() == len(won)
    assert (scores["orders"] > 0).sum() == len({one.person for one in won})
    staged = {one.number for one in people if one.consent == "subscribed"}
    staged |= {one.person for one in won}
    assert sum(size for name, size in stages.items() if name.startswith("stage:")) == len(staged)
    assert any("Reader 1" in name for name in names)


def test_addresses_of_contacts_stand_in_one_table_alone(crm, tmp_path):
    write_brand(tmp_path, crm)
    email.fn("acme", DEMO_TODAY)
    address = crm.mail.people(KEY)[0].address
    assert find_everywhere(tmp_path / "state", [address])
    without_people(tmp_path / "state")
    assert find_everywhere(tmp_path / "state", [address]) == []


def test_a_connector_without_customers_is_refused_by_name(crm, tmp_path):
    write_brand(tmp_path, crm)
    file = tmp_path / "brands/acme.yaml"
    head, deals = file.read_text().split("  - name: deals\n")
    columns = "{order_id: a, customer_id: b, ordered_at: c, value: d}"
    wrong = f"""
    platform: customers
    connector: orders
    account_id: list
    options: {{path: x.csv, time_zone: UTC, currency: EUR, columns: {columns}}}
"""
    file.write_text(f"{head}  - name: deals\n{deals}  - name: wrong{wrong}")
    with pytest.raises(RunFailedError, match="account wrong: wrong: orders has no customers"):
        email.fn("acme", DEMO_TODAY)


def test_a_list_that_was_cut_off_is_found_and_told_in_counts(tmp_path, sqlite_template):
    with opened(tmp_path, sqlite_template) as shop:
        shop.has(*range(60))
        shop.has(60, address="no address")
        shop.know()
        shop.go_on()
        for number in range(40):
            del shop.customers[f"c{number}"]
        shop.know()
        with shop.warehouse() as warehouse:
            (found,) = customer_lists_of(warehouse, brand_library("acme"), shop.run())
            shop.go_on(4)
            (old,) = customer_lists_of(warehouse, brand_library("acme"), shop.run())
    assert (found.name, found.seen, found.missing, found.missing_before) == ("people", 21, 40, 0)
    assert (found.unusable, found.still_unsubscribed, found.fresh, old.fresh) == (1, 0, True, False)
    answers = ask("customers_missing", [found], FACTS["customers_missing"].limits)
    assert answers.so.tolist() == [True]
