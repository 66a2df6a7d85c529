from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from tasks.report import site_words
from tasks.report.crawled import LONGEST_LIST, WHOLE_SITE, crawled, is_slow, lacking
from tasks.report.site_words import field, lab
from tests.tasks.report.visible import NOW, address, pages, site, speed


def measured(*speeds, path="/"):
    return crawled(site(speeds={address(path): list(speeds)})).speeds


def test_a_crawl_says_when_how_many_and_how_they_answered():
    found = crawled(site())
    assert (found.at, found.state, found.pages) == (NOW - timedelta(days=1), "complete", 410)
    assert site_words.answers(found) == (
        "380 answered (2xx), 20 redirected (3xx), 9 not found or refused (4xx), 1 said nothing"
    )


def test_every_page_is_in_one_class():
    statuses = pd.DataFrame({"status": [200.0, 204, 301, 404, 410, 500, 503, 999, 103, np.nan]})
    found = crawled(site(full=replace(site().full, pages=statuses)))
    assert sum(count for _, count in found.answers) == len(statuses)


def test_a_crawl_that_was_stopped_says_why():
    full = replace(site().full, state="stopped", reason="10,000 pages were read")
    assert site_words.crawl_state(crawled(site(full=full))) == (
        "stopped (10,000 pages were read), 9 Nov 2026 05:00 UTC"
    )


def test_a_site_that_was_never_crawled_has_no_zero_pages():
    found = crawled(site(full=None))
    assert (site_words.crawl_state(found), site_words.pages(found)) == ("never", "–")


def test_the_share_of_indexed_pages_is_of_those_that_are_known():
    found = crawled(site())
    assert (found.indexed, found.inspected) == (5, 6)
    assert site_words.indexed(found) == "83.3%: 5 of 6 pages inspected"
    assert site_words.indexed(crawled(site(inspections={}))) == "no page was inspected"


def test_the_whole_site_stands_first_then_what_is_slow():
    assert [row.page for row in crawled(site()).speeds] == [
        WHOLE_SITE,
        "/desk-lamps",
        "/",
        "/bulbs",
    ]


def test_a_page_that_is_no_longer_there_comes_last():
    speeds = {address("/gone"): [speed(address("/gone"), "lab")], **site().speeds}
    assert crawled(site(speeds=speeds)).speeds[-1].page == "/gone"


def test_measured_pages_are_bounded():
    paths = [f"/p/{place}" for place in range(200)]
    speeds = {address(path): [speed(address(path), "lab")] for path in paths}
    assert len(crawled(site(pages=pages(paths), speeds=speeds)).speeds) == LONGEST_LIST


def test_of_several_measurements_the_newest_of_phones_counts():
    lab = speed(address("/"), "lab")
    older = replace(lab, measured_at=NOW - timedelta(days=3), performance=0.1)
    (row,) = measured(older, lab, replace(lab, form_factor="desktop", performance=0.99))
    assert row.lab == lab


def test_a_measurement_with_values_goes_before_a_newer_one_without():
    lab = speed(address("/"), "lab")
    failed = replace(lab, measured_at=NOW + timedelta(days=1), reason="the page did not answer")
    (row,) = measured(lab, failed)
    assert row.lab == lab


def test_lab_and_field_stand_apart_with_their_time():
    (row,) = [row for row in crawled(site()).speeds if row.page == "/"]
    assert site_words.lab(row) == ("71", "2.3 s", "240 ms", "0.04")
    assert site_words.field(row) == ("2.3 s", "180 ms", "0.04", "phone, 11 Oct to 7 Nov")
    assert site_words.speed_note(row) == "lab: phone, 10 Nov, median of 3"


def test_what_was_not_measured_is_unknown_and_says_why():
    (row,) = [row for row in crawled(site()).speeds if row.page == "/bulbs"]
    assert set(site_words.lab(row) + site_words.field(row)) == {"–"}
    assert site_words.speed_note(row) == "lab: the page did not answer"
    (row,) = [row for row in crawled(site()).speeds if row.page == "/desk-lamps"]
    assert site_words.speed_note(row).endswith("; visitors: too little traffic")


@pytest.mark.parametrize("value", [None, 0.0])
def test_nothing_measured_is_not_zero(value):
    (row,) = measured(speed(address("/"), "lab", cumulative_layout_shift=value))
    assert site_words.lab(row)[3] == ("–" if value is None else "0.00")


def test_one_reason_for_several_levels_is_one_line():
    titles = {1: "Search", 2: "Visits"}
    found = lacking(
        [
            (1, "page", ["cut"]),
            (1, "query", ["cut", "hidden"]),
            (2, "page", ["cut"]),
            (9, "x", ["y"]),
        ],
        titles,
    )
    assert [(it.account, it.what, it.levels) for it in found] == [
        ("Search", "cut", ("page", "query")),
        ("Search", "hidden", ("query",)),
        ("Visits", "cut", ("page",)),
    ]


@pytest.mark.parametrize(
    ("changes", "slow"),
    [
        ({}, False),
        ({"largest_contentful_paint": 2501.0}, True),
        ({"cumulative_layout_shift": 0.11}, True),
        ({"interaction_to_next_paint": 201.0}, True),
        ({"performance": 0.49}, True),
        ({"performance": None, "largest_contentful_paint": None}, False),
    ],
)
def test_what_is_worse_than_good_is_slow_and_marked(changes, slow):
    one = speed(address("/"), "lab", **changes)
    assert is_slow(one) == slow
    (row,) = measured(one if "interaction_to_next_paint" not in changes else replace(
        one, source="field"))  # fmt: skip
    assert any(text.startswith("⚠") for text in (*lab(row), *field(row))) == slow


def test_pages_that_matter_more_stand_before_slower_ones():
    fast, slow = speed(address("/"), "lab"), speed(address("/sale"), "lab", performance=0.1)
    found = crawled(site(speeds={address("/sale"): [slow], address("/"): [fast]}))
    assert [row.page for row in found.speeds] == ["/", "/sale"]


def test_visitors_values_of_known_days_go_before_the_same_without():
    dated = speed(address("/"), "field")
    later = replace(dated, period_end=None, measured_at=NOW + timedelta(hours=1))
    (row,) = measured(dated, later)
    assert row.field == dated
