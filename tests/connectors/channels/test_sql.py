import sqlite3
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import OperationalError

from connectors.base import ReconnectError, RejectedError, TransientError, Window
from connectors.channels.sql import Connector, Options
from connectors.tabular.cells import column_of
from connectors.tabular.database import Database

SECRET = "s3cret-pass"
QUERY = (
    "SELECT day, campaign_id, name, status, cost, clicks FROM ads WHERE day BETWEEN :start AND :end"
)
FORM = {
    "date": {"column": "day"},
    "campaign": {"id": "campaign_id", "name": "name", "status": "status"},
    "metrics": {"spend": "cost", "clicks": "clicks"},
    "numbers": {"decimal": "."},
}
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "warehouse.db"
    with sqlite3.connect(file) as db:
        db.execute(
            "CREATE TABLE ads (day TEXT, campaign_id INTEGER, name TEXT, status TEXT, cost, clicks)"
        )
        db.executemany(
            "INSERT INTO ads VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("2026-04-30", 120210000000000001, "Old", "paused", 7.0, 1),
                ("2026-05-02", 120210000000000001, "Spring", "active", 1.5, 3),
                ("2026-05-02", 120210000000000001, "Spring", "active", 2.5, None),
                ("2026-05-05", 120210000000000002, "Brand", "paused", 4.0, 5),
            ],
        )
    db.close()
    return file


def channel(path, **change):
    values = {
        "account_id": "1",
        "currency": "EUR",
        "time_zone": "UTC",
        "url": f"sqlite:///{path}",
        "query": QUERY,
        "format": FORM,
    }
    return Connector(Options(**{**values, **change}))


def figures(connector, level="campaign", window=MAY):
    parts = connector.covered(level, window)
    return pd.concat([f for part in parts for f in connector.performance(level, part)])


def entities(connector, level="campaign"):
    return [entity for page in connector.entities([level]) for entity in page]


def test_reads_the_window_and_sums_rows_of_one_key(path):
    connector = channel(path)
    assert connector.covered("campaign", MAY) == [Window(date(2026, 5, 2), date(2026, 5, 5))]
    assert figures(connector).to_dict("records") == [
        {"entity_id": "120210000000000001", "date_day": "2026-05-02", "spend": 4.0, "clicks": 3.0},
        {"entity_id": "120210000000000002", "date_day": "2026-05-05", "spend": 4.0, "clicks": 5.0},
    ]
    assert figures(connector, "account").spend.sum() == 8


def test_a_window_without_rows_is_unknown(path):
    assert channel(path).covered("campaign", Window(date(2027, 1, 1), date(2027, 1, 2))) == []


def test_entities_come_from_all_days_or_a_query_of_their_own(path):
    names = [
        (entity.entity_id[-1], entity.name, entity.status) for entity in entities(channel(path))
    ]
    assert names == [("1", "Spring", "enabled"), ("2", "Brand", "paused")]
    listed = channel(path, entity_query="SELECT 5 AS campaign_id, 'Listed' AS name, 'x' AS status")
    assert [entity.name for entity in entities(listed)] == ["Listed"]


def test_levels_can_have_queries_of_their_own(path):
    connector = channel(path, query=None, queries={"campaign": QUERY})
    assert connector.covered("account", MAY) == []
    assert entities(connector, "account") == []
    with pytest.raises(RejectedError, match="no query for level 'account'; there are: campaign"):
        list(connector.performance("account", MAY))


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("SELECT 1", "does not use :end and :start"),
        ("SELECT :start, :end, :brand", "parameters that nobody fills: :brand"),
    ],
)
def test_a_query_must_take_the_window(path, query, part):
    with pytest.raises(ValidationError, match=part):
        channel(path, query=query)


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("SELEC :start, :end", "syntax error"),
        ("SELECT * FROM elsewhere WHERE :start < :end", "no such table"),
        ("DELETE FROM ads WHERE day BETWEEN :start AND :end", "readonly"),
        ("SELECT day, name FROM ads WHERE day BETWEEN :start AND :end", "no column 'campaign_id'"),
        (QUERY.replace("clicks", "-1 AS clicks", 1), "row 1 of the query, column 'clicks': '-1"),
    ],
)
def test_a_wrong_query_is_refused(path, query, part):
    with pytest.raises(RejectedError, match=part):
        channel(path, query=query).covered("campaign", MAY)
    assert len(sqlite3.connect(path).execute("SELECT * FROM ads").fetchall()) == 4


def test_a_locked_database_is_worth_another_try(path):
    holder = sqlite3.connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(TransientError, match="locked"):
            channel(path, url=f"sqlite:///{path}?timeout=0.01").covered("campaign", MAY)
    finally:
        holder.close()


def test_a_refused_connection_may_pass_and_keeps_the_password():
    url = f"postgresql+psycopg://reader:{SECRET}@127.0.0.1:9/marts?application_name={SECRET}"
    with pytest.raises(
        TransientError, match=r"postgresql://127\.0\.0\.1/marts: connect: "
    ) as caught:
        channel("", url=url).covered("campaign", MAY)
    assert SECRET not in "".join(map(str, caught.getrepr(style="long").reprtraceback.reprentries))
    assert SECRET not in repr(channel("", url=url)._options)  # noqa: SLF001


@pytest.mark.parametrize(
    ("url", "part"),
    [
        (f"no url {SECRET}", "no SQLAlchemy URL"),
        (f"oracledb9://reader:{SECRET}@host/x", "no driver for 'oracledb9'"),
        (f"mysql+pymysql://reader:{SECRET}@host/x", r"no driver for 'mysql\+pymysql'"),
        ("sqlite:///no/such/file.db", "no such file"),
    ],
)
def test_a_wrong_url_is_refused_and_not_shown(url, part):
    with pytest.raises(RejectedError, match=part) as caught:
        channel("", url=url).covered("campaign", MAY)
    assert SECRET not in str(caught.getrepr(style="short"))


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("28P01", ReconnectError),
        ("57014", TransientError),
        ("08006", TransientError),
        ("40P01", TransientError),
        ("42P01", RejectedError),
        ("42501", RejectedError),
    ],
)
def test_sqlstates_have_a_meaning_and_secrets_are_cut_out(state, kind):
    class OriginalError(Exception):
        sqlstate = state

    database = Database(SecretStr(f"postgresql+psycopg://reader:{SECRET}@host/x"), 1)
    error = OperationalError("SELECT", {}, OriginalError(f"said {SECRET} in passing"))
    typed = database.typed(error, "query")
    assert type(typed) is kind
    assert SECRET not in str(typed)


def test_figures_become_floats_and_ids_stay_exact():
    assert column_of([Decimal("1.5"), None, 2], ".", figure=True).to_pylist() == [1.5, None, 2.0]
    assert column_of([120210000000000001], ".", figure=False).to_pylist() == ["120210000000000001"]
    assert column_of([None, None], ".", figure=True).to_pylist() == [None, None]
    assert column_of([date(2026, 5, 1)], ".", figure=False).to_pylist() == ["2026-05-01"]
    assert column_of([Decimal("1.5"), "--"], ",", figure=True).to_pylist() == ["1,5", "--"]
