"""What a page of figures must be like, and what becomes of it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from connectors.base import RejectedError, Window
from connectors.warehouse.batch import PullWriter, dimensions

WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))


def page(**columns) -> pd.DataFrame:
    return pd.DataFrame({"entity_id": ["801"], "date_day": ["2026-11-02"]} | columns)


def write(*pages: pd.DataFrame, breakdown: str = "") -> PullWriter:
    writer = PullWriter(WINDOW, breakdown)
    for each in pages:
        writer.add(each)
    return writer


@pytest.mark.parametrize("wrong", [-0.01, float("inf"), float("-inf")])
def test_a_figure_that_cannot_be_is_refused_by_name(wrong):
    with pytest.raises(RejectedError, match=r"entity 801 on 2026-11-02: clicks is -?(0\.01|inf)"):
        write(page(spend=[1.0], clicks=[wrong]))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"date_day": ["2026-10-31"]}, "2026-10-31 came, but 2026-11-01 to 2026-11-20 was asked"),
        ({"date_day": ["11/02/2026"]}, "'11/02/2026' is no day"),
        ({"date_day": [None]}, "date_day that is empty"),
        ({"entity_id": [None]}, "entity_id that is empty"),
        ({"entity_id": [801]}, "entity_id that is empty or not text"),
        ({"spend": ["1,5"]}, "spend holds"),
        ({"Cost; DROP": [1.0]}, "metric 'Cost; DROP'"),
    ],
)
def test_an_unusable_page_is_refused(columns, message):
    with pytest.raises(RejectedError, match=message):
        write(page(**columns))


def test_a_page_without_a_key_column_is_refused():
    with pytest.raises(RejectedError, match="lack the column date_day"):
        write(page().drop(columns="date_day"))


def test_a_breakdown_must_be_the_one_that_was_asked_for():
    with pytest.raises(RejectedError, match="'age=18-24' does not say age and gender"):
        write(page(breakdown=["age=18-24"], spend=[1.0]), breakdown="age,gender")


def test_a_metric_that_a_page_lacks_is_unknown_there():
    writer = write(page(spend=[1.0]), page(reach=[5]), pd.DataFrame())
    values = writer.figures({"801": 7}).values
    assert writer.rows == 2
    np.testing.assert_array_equal(values["spend"], [1.0, np.nan])
    np.testing.assert_array_equal(values["reach"], [np.nan, 5.0])


def test_negative_zero_is_zero():
    assert not np.signbit(write(page(spend=[-0.0])).figures({"801": 7}).values["spend"][0])


def test_missing_integers_are_unknown():
    clicks = pd.array([None], dtype="Int64")
    assert np.isnan(write(page(clicks=clicks)).figures({"801": 7}).values["clicks"][0])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("age=25-34,gender=male", ("age", "gender")),
        ("gender=male,age=25-34", ("age", "gender")),
        ("placement=facebook, feed", ("placement",)),
        ("", ()),
    ],
)
def test_dimensions_of_a_breakdown(text, names):
    assert dimensions(text) == names
