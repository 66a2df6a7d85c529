"""The schema: from nothing to the tables in code, and what an unfitting one gets."""

import multiprocessing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from connectors.base import RejectedError
from connectors.warehouse import Warehouse
from connectors.warehouse.schema import HEAD, metadata
from connectors.warehouse.upgrade import MIGRATIONS


def test_migrations_from_empty_make_the_tables_in_code(empty_url):
    with Warehouse.create(empty_url) as warehouse, warehouse.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_code_needs_the_newest_migration():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_creating_twice_keeps_what_is_there(empty_url, now):
    with Warehouse.create(empty_url) as warehouse:
        warehouse.start_run("r1", "acme", "google_ads", now.date(), None, now)
    with Warehouse.create(empty_url) as warehouse, warehouse.reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM runs")) == 1


def test_processes_that_create_at_once_take_turns(empty_url):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_create, args=(empty_url,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    Warehouse(empty_url).close()


def _create(url: str) -> None:
    Warehouse.create(url).close()


def test_a_database_without_tables_names_the_command(empty_url):
    with pytest.raises(RejectedError, match=r"no tables yet.*run `marketloop migrate`"):
        Warehouse(empty_url)


def test_an_older_schema_names_the_command(url, monkeypatch):
    monkeypatch.setattr("connectors.warehouse.upgrade.HEAD", "9999")
    with pytest.raises(RejectedError, match=f"has schema {HEAD}.*run `marketloop migrate`"):
        Warehouse(url)


@pytest.mark.parametrize("opening", [Warehouse, Warehouse.create])
def test_a_newer_schema_asks_for_newer_code(url, opening):
    with Warehouse(url) as warehouse, warehouse.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RejectedError, match=r"has schema 9999.*upgrade marketloop"):
        opening(url)
