"""Three months of a company's real display advertising, from its CSV to the analysts' view."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from config.settings import HERE, settings
from connectors.warehouse import Warehouse
from flows.google_ads import google_ads
from tests.plain import plain_steps

ROOT = Path(__file__).parents[2]
FILE = ROOT / "../shared/data/display_ads_2020/online_advertising_performance_data.csv"
SUMS = ["spend", "impressions", "clicks", "conversions", "conversions_value"]


@pytest.fixture
def stored(tmp_path, monkeypatch) -> pd.DataFrame:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", url)
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(HERE / "examples"))
    monkeypatch.setenv("MARKETLOOP_STATE_DIR", str(tmp_path))
    settings.cache_clear()
    Warehouse.create(url).close()
    monkeypatch.chdir(ROOT)
    with plain_steps():
        google_ads.fn("display_2020", date(2020, 7, 1))
    with Warehouse(url) as warehouse, warehouse.reading() as connection:
        query = sa.text("SELECT * FROM campaign_performance_daily")
        return pd.DataFrame(connection.execute(query).mappings())


def test_its_totals_are_what_plain_pandas_computes(stored):
    assert FILE.exists(), f"{FILE} is part of the shared data that the tests read"
    raw = pd.read_csv(FILE)
    names = ["cost", "displays", "clicks", "post_click_conversions", "revenue"]
    expected = raw.groupby(["campaign_number", "month"])[names].sum()
    months = pd.to_datetime(stored["date_day"]).dt.month_name()
    sums = stored.groupby(["campaign_name", months])[SUMS].sum()
    assert len(sums) == len(expected) == 7
    for (campaign, month), row in expected.iterrows():
        assert sums.loc[(campaign, month)].tolist() == pytest.approx(row.tolist(), rel=1e-9)
