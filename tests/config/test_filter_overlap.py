"""Filters that no entity fulfils together are told apart, and never any others."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.filter_overlap import can_meet
from config.models import Filter
from tasks.selection import selected


def meet(one, other):
    """Return whether two filters can meet, which is the same in both orders."""
    answer = can_meet(Filter(**one), Filter(**other))
    assert can_meet(Filter(**other), Filter(**one)) is answer
    return answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"platform": "google_ads"}, {"platform": "meta_ads"}),
        ({"name": "Shoes"}, {"name": "Shirts"}),
        ({"name": "Shoes"}, {"name": "*brand*"}),
        ({"name": "DE_*"}, {"name": "FR_*"}),
        ({"name": "DE_*brand"}, {"name": "*_generic"}),
        ({"name": "*brand*"}, {"not_name": "*Brand*"}),
        ({"name": "Brand shoes"}, {"not_name": "*brand*"}),
    ],
)
def test_apart(one, other):
    assert not meet(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"platform": "meta_ads", "name": "*brand*", "label": "x"}),
        ({"platform": "meta_ads"}, {"platform": "meta_ads"}),
        ({"name": "Shoes"}, {"name": "*shoes"}),
        ({"name": "SHOES"}, {"name": "shoes"}),
        ({"name": "DE_*"}, {"name": "DE_shoes*"}),
        ({"name": "*_brand"}, {"name": "DE_*"}),
        ({"name": "*brand*"}, {"not_name": "brand*"}),
        ({"name": "Shoes"}, {"not_name": "*brand*"}),
        ({"name": "*[ab]"}, {"name": "*b"}),
        ({"name": "[*"}, {"name": "[a]*"}),
        ({"label": "x"}, {"label": "y"}),
    ],
)
def test_may_meet(one, other):
    assert meet(one, other)


texts = st.text("abAB*?[]_", max_size=5)


@given(texts, texts, texts, texts, st.text("abAB_[]", min_size=1, max_size=5))
def test_filters_that_both_take_an_entity_can_meet(one, other, without, nor, name):
    filters = [Filter(name=one, not_name=without), Filter(name=other, not_name=nor)]
    entities = pd.DataFrame({"name": [name]})
    if all(selected(each, entities).all() for each in filters):
        assert can_meet(*filters)
