"""How does a test's PostgreSQL warehouse become as new? Emptying takes 50 ms, a new one 300."""

from collections.abc import Callable

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Identifier

SCHEMA = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
  SELECT 'version ' || version_num AS line FROM alembic_version
  UNION ALL SELECT attrelid || ' ' || attname || ' ' || atttypid || attnotnull || attisdropped
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'constraint ' || oid || convalidated FROM pg_constraint
  UNION ALL SELECT 'trigger ' || oid || tgenabled::text FROM pg_trigger
  UNION ALL SELECT 'function ' || oid || prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'setting ' || setdatabase || setconfig::text FROM pg_db_role_setting
) AS lines"""

OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""

TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND relname <> 'alembic_version'"""

RESTART = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL"""


class Emptied:
    """One warehouse that tests have one after the other."""

    def __init__(self, create: Callable[[], str]) -> None:
        self._create = create
        self._url = ""
        self._schema = ""

    def url(self) -> str:
        """Return the URL of a migrated warehouse without rows; a new one if its tables changed."""
        if self._url:
            with self._connect() as connection:
                if _schema(connection) == self._schema:
                    _empty(connection)
                    return self._url
        self._url = self._create()
        with self._connect() as connection:
            self._schema = _schema(connection)
        return self._url

    def _connect(self) -> psycopg.Connection:
        url = sa.make_url(self._url).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _schema(connection: psycopg.Connection) -> str:
    """Return what stands for the tables of a database and all that belongs to them."""
    (digest,) = connection.execute(SCHEMA).fetchone() or ("",)
    return str(digest)


def _empty(connection: psycopg.Connection) -> None:
    """Send all others away, take all rows, and let numbers begin anew."""
    connection.execute(OTHERS)
    connection.execute("SET session_replication_role = replica")  # some triggers forbid it
    tables = [Identifier(name) for (name,) in connection.execute(TABLES)]
    asked = [
        SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(place, table)
        for place, table in enumerate(tables)
    ]
    filled = [tables[place] for (place,) in connection.execute(SQL(" UNION ALL ").join(asked))]
    if filled:
        connection.execute(SQL("TRUNCATE {} CASCADE").format(SQL(", ").join(filled)))
    connection.execute(RESTART)
