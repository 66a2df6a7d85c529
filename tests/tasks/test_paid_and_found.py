from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.paid_and_found import FOUND, LONGEST_LIST, PAID, Paid, compare, folded, paid_for

DAY = date(2026, 11, 9)


def paid(*rows, level: str = "search_term") -> pd.DataFrame:
    """Rows of text, currency, spend, clicks, conversions."""
    cells = [(text, level, *rest, DAY) for text, *rest in rows]
    return pd.DataFrame(cells, columns=[*PAID])


def found(*rows) -> pd.DataFrame:
    """Rows of text, clicks, impressions, position."""
    return pd.DataFrame(rows, columns=[*FOUND])


LAMP = ("desk lamp", "EUR", 210.0, 140.0, 6.0)
FIRST = ("desk lamp", 300.0, 1000.0, 1.4)


def test_a_search_that_is_paid_for_although_we_are_clicked_first_is_told_with_its_sample():
    told = compare(paid(LAMP), found(FIRST))
    (query,) = told.saved
    assert (query.text, query.spend, query.position, query.rate) == (
        "desk lamp", 210.0, pytest.approx(1.4), pytest.approx(0.3)
    )  # fmt: skip
    (total,) = told.at_most
    assert (total.currency, total.spend, total.clicks, total.conversions) == ("EUR", 210, 140, 6)
    assert told.uncovered == ()


@pytest.mark.parametrize(
    "organic",
    [
        ("desk lamp", 300.0, 1000.0, 3.1),
        ("desk lamp", 199.0, 1000.0, 1.0),
        ("desk lamp", 50.0, 99.0, 1.0),
        ("another", 300.0, 1000.0, 1.0),
    ],
    ids=["a lower place", "clicked seldom", "a small sample", "another search"],
)
def test_what_is_not_surely_ours_unpaid_is_not_to_be_saved(organic):
    assert compare(paid(LAMP), found(organic)).saved == ()


def test_what_costs_nothing_saves_nothing():
    assert compare(paid(("desk lamp", "EUR", 0.0, 0.0, 0.0)), found(FIRST)).saved == ()


@pytest.mark.parametrize(
    ("organic", "uncovered"),
    [
        (("another", 1.0, 5.0, 2.0), True),
        (("desk lamp", 0.0, 0.0, np.nan), True),
        (("desk lamp", 1.0, 40.0, 20.1), True),
        (("desk lamp", 1.0, 40.0, 20.0), False),
    ],
)
def test_a_converting_search_is_uncovered_where_we_are_not_shown_or_far_behind(organic, uncovered):
    told = compare(paid(LAMP), found(organic))
    assert bool(told.uncovered) is uncovered
    assert told.uncovered_queries == int(uncovered)


def test_a_search_that_does_not_convert_is_not_missed():
    assert compare(paid(("x", "EUR", 9.0, 5.0, 0.9)), found(FIRST)).uncovered == ()


def test_amounts_of_two_currencies_are_never_added():
    told = compare(paid(LAMP, LAMP, ("desk lamp", "CHF", 90.0, 40.0, 1.0)), found(FIRST))
    assert [(it.currency, it.spend) for it in told.saved] == [("CHF", 90.0), ("EUR", 420.0)]
    assert [(it.currency, it.spend) for it in told.at_most] == [("CHF", 90.0), ("EUR", 420.0)]


def test_positions_of_two_sites_are_weighted_by_impressions():
    told = compare(paid(LAMP), found(FIRST, ("desk lamp", 100.0, 1000.0, 3.4)))
    assert told.saved[0].position == pytest.approx(2.4)
    assert told.saved[0].impressions == 2000


def test_keywords_are_not_counted_beside_the_search_terms_that_they_brought():
    both = pd.concat([paid(LAMP), paid(LAMP, level="keyword")])
    assert compare(both, found(FIRST)).saved[0].spend == 210.0
    assert compare(paid(LAMP, level="keyword"), found(FIRST)) is None


def test_unknown_days_are_no_absence():
    assert compare(paid(LAMP), found(("another", np.nan, np.nan, np.nan))) is None
    assert compare(paid(LAMP), found()) is None
    assert compare(paid(("x", "EUR", np.nan, np.nan, np.nan)), found(FIRST)) is None


def test_lists_are_bounded_and_totals_are_whole():
    terms = [(f"lamp {n:03}", "EUR", float(n), 10.0, 2.0) for n in range(1, 101)]
    told = compare(paid(*terms), found(*[(term[0], 90.0, 300.0, 1.0) for term in terms]))
    assert [it.spend for it in told.saved] == [float(100 - n) for n in range(LONGEST_LIST)]
    assert (told.at_most[0].queries, told.at_most[0].spend) == (100, 5050.0)
    lost = compare(paid(*terms), found(("other", 1.0, 1.0, 1.0)))
    assert (len(lost.uncovered), lost.uncovered_queries) == (LONGEST_LIST, 100)


@given(st.permutations([LAMP, ("oak lamp", "EUR", 5.0, 5.0, 5.0), ("x", "CHF", 5.0, 5.0, 5.0)]))
def test_the_order_of_rows_does_not_matter(rows):
    assert compare(paid(*rows), found(FIRST)) == compare(paid(*sorted(rows)), found(FIRST))


def test_what_a_search_costs_is_said_in_each_currency():
    known = Paid(paid(LAMP, ("desk lamp", "CHF", 90.5, 1.0, 1.5)))
    assert paid_for(known, "Desk  LAMP") == (
        "Paid on Google Ads for the same search in 28 days to 9 Nov 2026: "
        "CHF\xa090.50 for 1 click, 1.5 conversions; €210.00 for 140 clicks, 6 conversions"
    )


def test_a_keyword_tells_only_where_no_search_term_does():
    keyword = paid(("desk lamp", "EUR", 300.0, 200.0, 9.0), level="keyword")
    assert "€210" in paid_for(Paid(pd.concat([paid(LAMP), keyword])), "desk lamp")
    assert "a keyword of the same words" in paid_for(Paid(keyword), "desk lamp")


def test_of_a_search_that_is_not_paid_for_or_not_known_nothing_is_said():
    assert paid_for(Paid(paid(LAMP)), "floor lamp") == ""
    assert paid_for(Paid(paid(("x", "EUR", np.nan, np.nan, np.nan))), "x") == ""


def test_searches_are_the_same_whatever_their_case_and_spaces():
    assert folded("  STRASSE  lampe ") == folded("straße Lampe")
