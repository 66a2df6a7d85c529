from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from connectors.base import Window
from tasks.report.build import build_report
from tasks.report.movers import DAYS as SPAN
from tasks.report.movers import LONGEST_LIST, MOST_PARTS, days_needed
from tests.tasks.report import visible
from tests.tasks.report.visible import AS_OF, LAG, SEARCH, cube, entities, material, searches

END = AS_OF - timedelta(days=1 + LAG)


def moved(level: str, **changes):
    made = material(**changes)
    return next(found for found in build_report(made).movers if found.level == level)


def of(level: str, things):
    return {**visible.cubes(), level: things}


def plain_sum(things, metric, end: date, row: int) -> float:
    inside = (things.days <= end.toordinal()) & (things.days > end.toordinal() - SPAN)
    return things.values[metric][row, inside].sum()


def test_the_last_28_known_days_are_compared_with_the_28_before():
    found = moved("page")
    assert found.now == Window(END - timedelta(days=27), END)
    assert found.before == Window(END - timedelta(days=55), END - timedelta(days=28))
    pages = visible.cubes()["page"]
    first = found.gained[0]
    assert first.name == "/"
    assert first.clicks == (
        plain_sum(pages, "clicks", END, 0),
        plain_sum(pages, "clicks", END - timedelta(days=28), 0),
    )


def test_positions_are_weighted_by_impressions():
    first = moved("page").gained[0]
    assert first.position == (pytest.approx(3.5), pytest.approx(4.0))


def test_the_largest_gains_and_losses_come_first():
    found = moved("page")
    gains, losses = ([row.gained for row in rows] for rows in (found.gained, found.lost))
    assert gains == sorted(gains, reverse=True)
    assert losses == sorted(losses)
    assert min(gains) > 0 > max(losses)
    assert [row.name for row in found.lost] == ["/desk-lamps", "/blog/how-bright", "/imprint"]


def test_queries_and_parts_are_told_too():
    assert [row.name for row in moved("query").lost] == ["desk lamp", "how many lumens"]
    parts = moved("segment")
    assert [row.name for row in parts.parts] == ["brand queries", "other queries"]
    assert parts.gained == parts.lost == ()


def test_lists_are_bounded_whatever_the_number_of_pages():
    names = [f"/page/{place}" for place in range(3_000)]
    many = moved("page", cubes=of("page", cube(entities(names, SEARCH, 1000), searches(3_000))))
    assert (len(many.gained), len(many.lost)) == (LONGEST_LIST, LONGEST_LIST)
    parts = cube(entities(names[:100], SEARCH, 5000), searches(100))
    assert len(moved("segment", cubes=of("segment", parts)).parts) == MOST_PARTS


def test_what_was_never_shown_has_no_position():
    figures = searches(1)
    figures["impressions"][:, -LAG - SPAN :] = 0
    (gone,) = moved("page", cubes=of("page", cube(entities(["/x"], SEARCH, 900), figures))).gained
    assert gone.position == (None, pytest.approx(4.0))


def test_an_unknown_day_in_the_spans_is_no_zero():
    things = cube(entities(["/x"], SEARCH, 900), searches(1))
    covered = things.covered.copy()
    covered[:, -LAG - 40] = False
    values = {name: value.copy() for name, value in things.values.items()}
    values["clicks"][:, -LAG - 40] = np.nan
    found = moved("page", cubes=of("page", replace(things, covered=covered, values=values)))
    assert (found.known, found.gained, found.lost) == (False, (), ())


def test_levels_and_accounts_without_figures_are_left_out():
    cubes = visible.cubes()
    del cubes["segment"], cubes["query"]
    report = build_report(material(cubes=cubes))
    assert [(found.account, found.level) for found in report.movers] == [("bright.example", "page")]
    assert build_report(material(cubes={"account": cubes["account"]})).movers == ()


def test_of_paid_ads_nothing_is_told(make_market):
    assert build_report(make_market().material()).movers == ()


def test_the_days_that_must_be_read_reach_back_two_spans_from_the_oldest_allowed_day():
    needed = days_needed(AS_OF, LAG)
    found = moved("page")
    assert needed == Window(found.before.start, AS_OF - timedelta(days=1))
