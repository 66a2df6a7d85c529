"""How much each page matters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.models import SiteRules
from tasks.site.importance import importance, owners
from tests.tasks.site.building import url

RULES = SiteRules()


def weighed(rows, rules=RULES):
    frame = pd.DataFrame(rows, columns=["path", "depth", "clicks", "revenue"])
    frame["url"] = frame["path"].map(url)
    return importance(frame.astype({"depth": float, "clicks": float, "revenue": float}), rules)


def one(depth, clicks, revenue, path="/a", rules=RULES):
    others = [("/x", 1, 1000, 1000), ("/y", 1, 200, 200)]
    return weighed([(path, depth, clicks, revenue), *others], rules)[0]


@pytest.mark.parametrize(
    ("depth", "clicks", "revenue", "said"),
    [
        (0, 0, 0, "high"),
        (1, 0, 0, "medium"),
        (3, 0, 0, "medium"),
        (4, 0, 0, "low"),
        (np.nan, 0, 0, "low"),
        (4, 1, 0, "medium"),
        (4, 0, 5, "medium"),
        (9, 2000, 0, "high"),
        (9, 0, 2000, "high"),
        (9, np.nan, np.nan, "medium"),  # unknown says nothing
        (9, np.nan, 2000, "high"),
    ],
)
def test_start_clicks_revenue_and_distance_weigh(depth, clicks, revenue, said):
    assert one(depth, clicks, revenue) == said


def test_few_clicks_are_not_many_however_small_the_site():
    assert list(weighed([("/a", 1, 19, 0), ("/b", 1, 0, 0)])) == ["medium", "medium"]
    assert list(weighed([("/a", 1, 20, 0), ("/b", 1, 0, 0)])) == ["high", "medium"]


def test_pages_that_make_up_four_fifths_are_high():
    rows = [(f"/{n}", 1, clicks, 0) for n, clicks in enumerate([500, 300, 100, 100])]
    assert list(weighed(rows)) == ["high", "high", "medium", "medium"]


def test_what_the_brand_says_goes_before_what_is_measured():
    rules = SiteRules(important=("/a", "/products/*"), unimportant=("/archive/*", "/a"))
    assert one(9, 0, 0, "/products/x/y", rules) == "high"
    assert one(1, 5000, 5000, "/archive/x", rules) == "low"
    assert one(9, 0, 0, "/a", rules) == "high"
    assert one(1, 0, 0, "/products", rules) == "medium"


def test_the_owner_is_that_of_the_first_pattern_that_fits():
    rules = SiteRules(owners={"/blog/*": "writer", "/blog/b": "other", "/s?": "shop"})
    paths = ["/blog/b", "/s1", "/s12", "/"]
    assert owners(map(url, paths), rules) == ["writer", "shop", "", ""]


PAGES = st.lists(
    st.tuples(
        st.one_of(st.just(np.nan), st.integers(0, 6)),
        st.one_of(st.just(np.nan), st.integers(0, 60)),
        st.one_of(st.just(np.nan), st.integers(0, 60)),
    ),
    min_size=1,
    max_size=12,
)


@given(PAGES, st.randoms())
def test_the_order_of_pages_does_not_matter(drawn, random):
    rows = [(f"/{n}", *values) for n, values in enumerate(drawn)]
    mixed = random.sample(rows, len(rows))
    said = dict(zip([row[0] for row in mixed], weighed(mixed), strict=True))
    assert [said[row[0]] for row in rows] == list(weighed(rows))


@given(PAGES)
def test_a_page_with_more_clicks_never_matters_less(drawn):
    rows = [(f"/{n}", 1, clicks, np.nan) for n, (_, clicks, _) in enumerate(drawn)]
    rank = {"low": 0, "medium": 1, "high": 2}
    by_clicks = sorted(
        (clicks, rank[said]) for (_, _, clicks, _), said in zip(rows, weighed(rows), strict=True)
        if not np.isnan(clicks)
    )  # fmt: skip
    assert [said for _, said in by_clicks] == sorted(said for _, said in by_clicks)
