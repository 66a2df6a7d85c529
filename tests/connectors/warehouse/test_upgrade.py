"""The schema: from nothing to the tables in code, and what an unfitting one gets."""

import multiprocessing
from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from connectors.base import RejectedError, Window
from connectors.sites import Quality
from connectors.warehouse import Warehouse
from connectors.warehouse.database import Database
from connectors.warehouse.schema import HEAD, metadata
from connectors.warehouse.upgrade import MIGRATIONS, alembic_config


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


OF_0001 = """
INSERT INTO accounts
  (brand, entry, platform, account_id, name, currency, time_zone, status, updated_at)
  VALUES ('acme', 'main', 'google_ads', '44', 'Acme', 'EUR', 'UTC', 'enabled', :now);
INSERT INTO entities (account_key, level, entity_id, name, status, labels, details)
  VALUES (1, 'campaign', '801', 'Brand', 'enabled', '[]', '{}');
INSERT INTO pulls
  (run_id, account_key, level, breakdown, window_start, window_end, state, rows_pulled,
   rows_changed, metrics, pulled_at)
  VALUES ('r', 1, 'campaign', '', '2026-11-01', '2026-11-02', 'complete', 2, 2, 'spend', :now);
INSERT INTO performance_daily (entity_key, breakdown, date_day, spend, pull_id)
  VALUES (1, '', '2026-11-01', 1.5, 1), (1, '', '2026-11-02', 2.5, 1);
INSERT INTO revisions
  VALUES (1, '', '2026-11-01', 'spend', 1, 1.0, 1.5, :now);
INSERT INTO runs (run_id, brand, process, as_of, state, started_at)
  VALUES ('r', 'acme', 'google_ads', '2026-11-03', 'ok', :now);
INSERT INTO throttles VALUES ('t', :now, 'a limit');
"""


OF_0002 = """
INSERT INTO stops (brand, process, since, who, why) VALUES ('acme', '', :now, 'Kim', 'a sale');
INSERT INTO platform_edits
  (account_key, edit_id, at, level, entity_id, field, item, who, tool, seen_at)
  VALUES (1, 'e1', :now, 'campaign', '801', 'status', '', 'Kim', 'WEB', :now);
INSERT INTO edit_reads VALUES (1, :now);
"""

OF_0003 = """
INSERT INTO crawls
  (account_key, kind, state, reason, run_id, claim, started_at, heard_at, finished_at, pages)
  VALUES (1, 'full', 'complete', '', 'r', 1, :now, :now, :now, 1);
INSERT INTO site_pages (account_key, url_key, url, status, first_seen, last_seen)
  VALUES (1, 5, 'https://acme.test/', 200, :now, :now);
INSERT INTO work_items
  (fingerprint, run_id, origin, brand, process, check_name, account_key, name, title, remedy,
   evidence, numbers, priority, owner, due_on, state, opened_at, opened_as_of, last_as_of,
   escalated_to, closed_by, closed_because, version)
  VALUES ('f', 'r', 'check', 'acme', 'seo', 'not_found', 1, 'Home', 'Mend it', '', '', '{}',
   'high', 'seo', '2026-11-30', 'open', :now, '2026-11-21', '2026-11-21', '', '', '', 1);
INSERT INTO work_events (item_id, version, at, event, actor, why, details)
  VALUES (1, 1, :now, 'opened', 'run r', '', '{}');
"""

OF_0004 = """
INSERT INTO social_posts
  (account_key, post_id, published_at, text, url, language, digest, first_seen_at, last_seen_at)
  VALUES (1, 'p1', :now, 'Hello', 'https://social.test/p1', 'en', 'd', :now, :now);
INSERT INTO comment_reads VALUES (1, :now);
"""

OF_0005 = """
INSERT INTO suppressions (brand, address_key, reason, at, source)
  VALUES ('acme', 7, 'by_hand', :now, 'Kim');
"""

OF_0006 = """
INSERT INTO social_watched VALUES (1, '#lamps', '2026-10-30', 12, '', :now);
"""

OF_0007 = """
INSERT INTO customer_list_readings VALUES (1, '2026-11-02', 40, 1, 2, 0);
"""

FILLED = {
    "0001": OF_0001,
    "0002": OF_0001.rstrip() + OF_0002,
    "0003": OF_0001.rstrip() + OF_0002.rstrip() + OF_0003,
    "0004": OF_0001.rstrip() + OF_0002.rstrip() + OF_0003.rstrip() + OF_0004,
    "0005": OF_0001.rstrip() + OF_0002.rstrip() + OF_0003.rstrip() + OF_0004.rstrip() + OF_0005,
}
FILLED["0006"] = FILLED["0005"].rstrip() + OF_0006
FILLED["0007"] = FILLED["0006"].rstrip() + OF_0007
ADDED = {"first_pull_id", "quality"}
"""Columns that later revisions added to tables that were there."""


def fill(url: str, revision: str, now) -> str:
    """Make a warehouse of a revision with a row in tables of every kind."""
    with Database(url) as database, database.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        moment = now.replace(tzinfo=None) if database.sqlite else now
        for statement in FILLED[revision].strip().removesuffix(";").split(";\n"):
            values = {"now": moment} if ":now" in statement else {}
            connection.execute(sa.text(statement), values)
    return url


@pytest.fixture(params=[*FILLED])
def older_url(request, empty_url, now) -> str:
    """A warehouse of each revision that was ever the newest, with data."""
    return fill(empty_url, request.param, now)


@pytest.fixture
def url_of_0001(empty_url, now) -> str:
    return fill(empty_url, "0001", now)


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table that has some."""
    with Database(url) as database, database.reading() as connection:
        inspector = sa.inspect(connection)
        found = {}
        for name in {*inspector.get_table_names()} - {"alembic_version"}:
            columns = [c["name"] for c in inspector.get_columns(name) if c["name"] not in ADDED]
            rows = connection.execute(sa.text(f"SELECT {', '.join(columns)} FROM {name}"))  # noqa: S608
            found[name] = sorted(tuple(map(str, row)) for row in rows)
        return {name: rows for name, rows in found.items() if rows}


def test_an_older_warehouse_keeps_its_data(older_url):
    before = contents(older_url)
    assert len(before) >= 7
    Warehouse.create(older_url).close()
    assert contents(older_url) == before


def test_an_older_warehouse_goes_on(older_url, now):
    window = Window(date(2026, 11, 1), date(2026, 11, 2))
    with Warehouse.create(older_url) as warehouse:
        with warehouse.pull(1, "campaign", window, run_id="r2", now=now) as writer:
            writer.quality = Quality(sampled=0.5)
        assert [it.quality for it in warehouse.pull_quality([1])] == [Quality(sampled=0.5)]
        assert warehouse.work_items("nobody") == []
        assert warehouse.crawls(1, "watch") == []
        assert warehouse.save_posts(1, [], now, since=now) == 0
        assert warehouse.open_comments([1]) == []
        assert warehouse.watched_days([1], date(2026, 11, 1)).empty
        assert warehouse.suppress("acme", 5, "by_hand", "Kim", now)
        assert warehouse.rule_replays("acme", "google_ads") == []
        assert len(warehouse.people_facts("acme")) == 0


def test_a_warehouse_of_0001_goes_on(url_of_0001, frame, now):
    window = Window(date(2026, 11, 1), date(2026, 11, 2))
    with Warehouse.create(url_of_0001) as warehouse:
        with warehouse.pull(1, "campaign", window, run_id="r2", now=now) as writer:
            writer.add(frame(("801", "2026-11-01", {"spend": 1.5})))
            writer.add(frame(("802", "2026-11-02", {"spend": 4.0})))
        figures = warehouse.performance([1], "campaign", window, ["spend"])
        assert sorted(figures.values["spend"].tolist()) == [0.0, 1.5, 4.0]
        assert warehouse.actions() == warehouse.stops() == []
        then = warehouse.performance([1], "campaign", window, ["spend"], known_at=now)
        assert sorted(then.values["spend"].tolist()) == [0.0, 1.5, 4.0]


def test_an_older_warehouse_asks_to_be_migrated(older_url):
    with pytest.raises(RejectedError, match=r"has schema 000\d.*run `marketloop migrate`"):
        Warehouse.prepare(older_url)
