"""What another family of processes knows, as a report shows it."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from connectors.records import Result
from tasks.landing_facts import Answered, Landings
from tasks.paid_and_found import PAID, Paid
from tasks.report.beside import paid_and_found
from tasks.report.build import build_report
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.report.wording import IN_FULL
from tests.tasks.report import visible

EVIL = "<img src=x onerror=alert(1)> [x](http://evil.example)"
DAY = date(2026, 11, 6)
PAGE = "https://lamps.example/desk"


def searches(*rows) -> Paid:
    """Rows of text, spend, conversions."""
    cells = [(text, "search_term", "EUR", spend, 40.0, n, DAY) for text, spend, n in rows]
    return Paid(
        pd.DataFrame(cells, columns=[*PAID]), {("clicks_below_position", 105): "led bulb e27"}
    )


def queries(**changes) -> dict:
    """Return the cubes in which the first query is clicked by every second who sees it."""
    figures = visible.searches(len(visible.QUERIES), 30.0)
    figures["impressions"][0] = figures["clicks"][0] * 2
    figures["position"] = np.where(np.arange(5)[:, None] == 0, 1.2, 9.0) * np.ones((5, 100))
    things = visible.entities(visible.QUERIES, visible.SEARCH, 200)
    return {**visible.cubes(), "query": visible.cube(things, figures), **changes}


def fired(check: str, level: str, key: int, name: str, account: int = visible.SEARCH) -> Result:
    found = visible.minor(check, name)
    return replace(
        found, verdict="warning", level=level, entity_key=key, account_key=account, reason=""
    )


def both(report) -> list[str]:
    """Return the text of the HTML and of the Markdown, without what marks up."""
    html = re.sub(r"<[^>]+>", "", render_html(report).split("<body>")[1])
    markdown = MarkdownIt("commonmark").enable("table").render(render_markdown(report))
    texts = [html, re.sub(r"<[^>]+>", "", markdown)]
    return [re.sub(r"[\s\u2060]+", " ", text) for text in texts]


@pytest.fixture
def paid_ads(make_market):
    material = make_market().material()
    cube = material.cubes["campaign"].entities
    ads = pd.DataFrame(
        {
            "account_key": cube["account_key"],
            "entity_key": cube["entity_key"] + 1000,
            "parent_id": "g",
            "campaign_id": cube["entity_id"],
            "enabled": True,
            "url": PAGE,
        }
    )
    ids = dict(zip(cube["entity_key"], cube["entity_id"], strict=True))
    return replace(material, landings=Landings(ads, ids, answers={PAGE: Answered(DAY, 500)}))


def test_a_finding_of_ads_shows_its_landing_page(paid_ads):
    report = build_report(paid_ads)
    campaigns = [item for item in report.attention if item.level == "campaign"]
    assert campaigns
    line = "Landing page /desk: answered 500 on 6 Nov"
    assert {item.beside for item in campaigns} == {line}
    for text in both(report):
        assert text.count(line) == len(campaigns)


def test_without_a_website_nothing_is_said_of_pages(paid_ads):
    report = build_report(replace(paid_ads, landings=None))
    assert all("Landing page" not in text for text in both(report))


def test_findings_of_queries_show_what_is_paid_for_the_same_search():
    results = [
        fired("search_query_lost", "query", 201, "Desk Lamp"),
        fired("clicks_below_position", "page", 105, "/bulbs"),
        fired("clicks_below_position", "page", 106, "/sale"),
        fired("page_gone", "page", 105, "/bulbs"),
    ]
    paid = searches(("desk lamp", 70.0, 2.0), ("led bulb e27", 30.0, 1.0))
    report = build_report(visible.material(results=results, paid=paid))
    said = {(item.check, item.name): item.beside for item in report.attention}
    window = "Paid on Google Ads for the same search in 28 days to 6 Nov 2026:"
    assert said == {
        ("Search query lost", "Desk Lamp"): f"{window} €70.00 for 40 clicks, 2 conversions",
        ("Clicks below position", "/bulbs"): f"{window} €30.00 for 40 clicks, 1 conversion",
        ("Clicks below position", "/sale"): "",
        ("Page gone", "/bulbs"): "",
    }
    for text in both(report):
        assert text.count(window) == 2


def test_findings_beyond_those_shown_in_full_have_their_line_too():
    results = [fired("search_query_lost", "query", 201, "desk lamp") for _ in range(IN_FULL + 3)]
    report = build_report(
        visible.material(results=results, paid=searches(("desk lamp", 70.0, 2.0)))
    )
    for text in both(report):
        assert text.count("€70.00 for 40 clicks") == IN_FULL + 3


def test_the_section_lists_what_could_be_saved_and_what_is_uncovered():
    paid = searches(("bright lamps", 120.0, 4.0), ("garden lamp", 60.0, 3.0))
    report = build_report(visible.material(cubes=queries(), paid=paid))
    assert [it.text for it in report.paid_and_found.saved] == ["bright lamps"]
    assert [it.text for it in report.paid_and_found.uncovered] == ["garden lamp"]
    for text in both(report):
        assert "At most €120.00 could be saved in 28 days: 1 search, 40 paid clicks" in text
        assert "garden lamp" in text.split("Paid searches that convert")[1]
        assert "50.0%" in text


def test_without_ads_or_figures_of_queries_there_is_no_section():
    paid = searches(("bright lamps", 120.0, 4.0))
    cubes = queries()
    assert paid_and_found(None, cubes) is None
    assert paid_and_found(paid, {"page": cubes["page"]}) is None
    for text in both(build_report(visible.material(cubes=cubes))):
        assert "Paid and found" not in text


def test_searches_and_pages_stay_text_in_every_rendering():
    results = [fired("search_query_lost", "query", 201, EVIL) for _ in range(IN_FULL + 1)]
    paid = searches((EVIL.casefold(), 70.0, 2.0))
    report = build_report(visible.material(results=results, paid=paid))
    assert report.paid_and_found.uncovered[0].text == EVIL.casefold()
    marked = replace(
        report, attention=tuple(replace(item, beside=EVIL) for item in report.attention)
    )
    html = render_html(marked)
    markdown = MarkdownIt("commonmark").enable("table").render(render_markdown(marked))
    for page in (html, markdown):
        assert "<img src=x" not in page
        assert 'http://evil.example"' not in page
        assert "&lt;img src=x" in page
