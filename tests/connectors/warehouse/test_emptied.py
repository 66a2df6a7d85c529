"""A PostgreSQL warehouse that tests share is as new for each of them."""

import psycopg
import pytest
import sqlalchemy as sa

from connectors.base import Account
from connectors.warehouse import Warehouse
from tests.emptying import Emptied

ACCOUNT = Account("google_ads", "4445556666", "Acme", "EUR", "Europe/Berlin")


@pytest.fixture
def emptied(create_database, postgresql_template) -> Emptied:
    return Emptied(lambda: create_database(postgresql_template))


def run(url: str, statement: str) -> None:
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def test_nothing_is_left_and_numbers_begin_anew(emptied, now):
    url = emptied.url()
    with Warehouse(url) as left_open:
        first = left_open.save_account("acme", "main", ACCOUNT, now)
        left_open.stop(brand="acme", process="", who="ana", why="a test", now=now)
        assert emptied.url() == url
    with Warehouse(url) as warehouse:
        assert warehouse.accounts("acme").empty
        assert warehouse.stops() == []
        assert warehouse.save_account("acme", "main", ACCOUNT, now) == first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num = '0000'",
        "ALTER TABLE accounts ADD COLUMN odd integer",
        "ALTER TABLE action_events DISABLE TRIGGER USER",
        "CREATE TABLE odd (number integer)",
        "DROP VIEW campaign_performance_daily",
    ],
)
def test_one_whose_tables_were_changed_is_given_to_nobody(emptied, statement):
    url = emptied.url()
    run(url, statement)
    assert emptied.url() != url
