import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from config.entity_targets import EntityTarget
from connectors.base import RejectedError
from connectors.target_queries import read_targets

QUERY = "SELECT account, level, entity_id, kpi, target FROM targets"


@pytest.fixture
def url(tmp_path):
    url = f"sqlite:///{tmp_path / 'targets.db'}"
    with create_engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE targets (account, level, entity_id, kpi, target)"))
        connection.execute(text("INSERT INTO targets VALUES ('main','campaign','801','cpa',22.5)"))
    return SecretStr(url)


def test_rows_are_targets(url):
    expected = [EntityTarget("main", "campaign", "801", "cpa", 22.5)]
    assert read_targets(url, QUERY, ["main"], ["cpa"]) == expected


def test_a_row_that_fits_nothing_is_named(url):
    with pytest.raises(RejectedError, match=r"row 1 of the targets: kpi: no kpi .*valid: roas"):
        read_targets(url, QUERY, ["main"], ["roas"])


def test_a_wrong_query_is_refused(url):
    with pytest.raises(RejectedError, match="no such column"):
        read_targets(url, "SELECT absent FROM targets", ["main"], ["cpa"])
