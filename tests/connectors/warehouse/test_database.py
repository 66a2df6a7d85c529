"""What wrong URLs and broken databases get, and that no error shows a password."""

import sqlite3

import pytest
from sqlalchemy.exc import StatementError

from connectors.base import ConnectorError, RejectedError, TransientError
from connectors.warehouse import Warehouse
from connectors.warehouse.database import Database

SECRET = "planted-password"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"postgres//user:{SECRET}@host/db", "is not understood; write sqlite"),
        (f"oracle9://user:{SECRET}@host/db", "is not understood"),
        (f"postgresql://user:{SECRET}@host:port/db", "is not understood"),
        (f"mysql://user:{SECRET}@host/db", "cannot be mysql; use sqlite or postgresql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_an_unusable_url_is_refused_without_repeating_it(url, message):
    with pytest.raises(RejectedError, match=message) as caught:
        Database(url)
    assert SECRET not in str(caught.getrepr(chain=True, showlocals=False))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_may_come_back(scheme):
    with pytest.raises(TransientError, match=r"user:\*\*\*@127.0.0.1:1/db") as caught:
        Warehouse(f"{scheme}://user:{SECRET}@127.0.0.1:1/db")
    assert SECRET not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path):
    file = tmp_path / "notes.db"
    file.write_text("these are my notes, not a database" * 50, encoding="utf-8")
    with pytest.raises(RejectedError, match=r"notes\.db: file is not a database"):
        Warehouse.create(f"sqlite:///{file}")


def test_a_locked_database_may_become_free(sqlite_url, monkeypatch, now):
    monkeypatch.setattr("connectors.warehouse.database.BUSY_SECONDS", 0.01)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    with Warehouse(sqlite_url) as warehouse:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TransientError, match="database is locked"):
            warehouse.start_run("r", "acme", "google_ads", now.date(), None, now)
    other.close()


def test_an_error_shows_no_value(warehouse, now):
    with pytest.raises(ConnectorError) as caught:
        warehouse.start_run("r", None, SECRET, now.date(), None, now)
    assert SECRET not in str(caught.value)


def test_a_naive_moment_is_refused(warehouse, now):
    with pytest.raises(StatementError, match="has no time zone"):
        warehouse.start_run("r", "acme", "p", now.date(), None, now.replace(tzinfo=None))


def test_sqlite_is_set_up_for_many_processes(sqlite_url):
    with Warehouse(sqlite_url) as warehouse, warehouse.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 1,
        "busy_timeout": 60_000,
    }
