"""A report about several platforms, some of which have no figures at all."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from config.models import Budget, Check
from connectors.records import MINOR, ToDo
from tasks.checks import evaluate
from tasks.report.attention import also_found, needs_attention
from tasks.report.build import build_report
from tasks.report.figures import readable
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.report.wording import left_out, levels, table_caption
from tests.tasks.report import visible
from tests.tasks.report.visible import ACCOUNTS, AS_OF, SEARCH, VISITS, material, minor


@pytest.fixture(scope="module")
def report():
    return build_report(material())


def test_only_accounts_of_the_reports_platform_have_a_table(report):
    assert [(table.account, table.level) for table in report.tables] == [("bright.example", "page")]


def test_entities_are_ordered_by_what_the_process_says(report):
    clicks = [row.figures[0].now for row in report.tables[0].rows]
    assert clicks == sorted(clicks, reverse=True)
    assert len(clicks) == 5
    assert report.tables[0].rest.name == "2 others, together"


def test_the_whole_account_is_what_the_platform_says_it_is(report):
    whole = visible.cubes()["account"]
    table = report.tables[0]
    days = (whole.days >= table.period.start.toordinal()) & (
        whole.days <= table.period.end.toordinal()
    )
    assert table.total.figures[0].now == whole.values["clicks"][0, days].sum()
    rows = sum(row.figures[0].now for row in (*table.rows, table.rest))
    assert rows < table.total.figures[0].now
    caption = table_caption(report, table)
    assert caption.startswith("bright.example: pages by clicks, 31 Oct to 6 Nov 2026")
    assert "not the sum of the rows" in caption


def test_each_account_has_the_charts_of_what_it_tells(report):
    assert [(trend.account, trend.measure.name) for trend in report.trends] == [
        ("bright.example", "clicks"),
        ("bright.example", "impressions"),
        ("bright.example", "position"),
        ("Bright Lamps shop", "sessions"),
        ("Bright Lamps shop", "revenue"),
    ]
    assert report.trends_left_out == 0


def test_a_platforms_own_metric_has_its_chart_even_at_zero():
    cubes = visible.cubes()
    cubes["account"].values["revenue"][1] = 0.0
    names = [trend.measure.name for trend in build_report(material(cubes=cubes)).trends]
    assert "revenue" in names


def test_position_is_not_summed_over_accounts_of_other_platforms(report):
    position = next(trend for trend in report.trends if trend.measure.name == "position")
    known = [value for value in position.series.values if value is not None]
    assert min(known) == pytest.approx(3.5)
    assert position.series.values[-3:] == (None, None, None), "days that are not final yet"


def test_an_account_without_a_currency_writes_none(report):
    assert report.tables[0].currency == ""
    assert next(t.currency for t in report.trends if t.measure.name == "revenue") == "EUR"


def test_months_are_planned_only_for_platforms_of_the_process():
    ours = material()
    spending = Budget(platform="google_ads", monthly=Decimal(900))
    assert build_report(_with_budgets(ours, spending)).plans == ()
    paid = Budget(platform="google_analytics", monthly=Decimal(900))
    (plan,) = build_report(_with_budgets(ours, paid)).plans
    assert (plan.scope, plan.spent) == ("Bright Lamps shop", None), "nothing is known of spend"


def _with_budgets(made, *budgets):
    return replace(made, brand=made.brand.model_copy(update={"budgets": budgets}))


def check(level: str) -> Check:
    return Check.model_validate(
        {
            "name": "clicks_there",
            "level": level,
            "kpi": "clicks",
            "window": "last_7_days",
            "cases": [{"when": "clicks > 100", "verdict": "warning"}],
            "sentence": "{name} has {value}",
        }
    )


@pytest.mark.parametrize("level", ["account", "page"])
def test_verdicts_stand_beside_their_figures_whatever_keys_the_level_has(level):
    made = material()
    accounts, words = made.accounts, made.vocabulary
    verdicts = evaluate(
        [check(level)], made.cubes, accounts, words, made.targets, AS_OF, stale_after_days=4
    )
    report = build_report(replace(made, verdicts=verdicts, results=verdicts.results()))
    table = report.tables[0]
    assert (table.total.verdict == "warning") == (level == "account")
    assert (table.rows[0].verdict == "warning") == (level == "page")
    item = next(it for it in report.attention if it.name in ("bright.example", "/"))
    assert item.series is not None


def test_a_brand_with_only_a_website_has_a_report():
    alone = ACCOUNTS[ACCOUNTS["platform"] == "website"].reset_index(drop=True)
    for cubes in ({}, {"account": visible.cubes()["account"]}):
        report = build_report(material(accounts=alone, cubes=cubes, quality=()))
        assert (report.tables, report.trends, report.movers) == ((), (), ())
        assert len(report.crawled) == 1
        assert "Crawl, index and speed" in render_html(report)
        assert "change log" in render_markdown(report)


def test_a_brand_with_only_its_analytics_has_charts_and_no_table():
    alone = ACCOUNTS[ACCOUNTS["account_key"] == VISITS].reset_index(drop=True)
    report = build_report(material(accounts=alone, sites=(), site_changes={}))
    assert report.tables == ()
    assert [trend.measure.name for trend in report.trends] == ["sessions", "revenue"]
    assert report.site_log is None


def test_whole_accounts_alone_are_enough_for_charts():
    report = build_report(material(cubes={"account": visible.cubes()["account"]}))
    assert report.tables == ()
    assert len(report.trends) == 5


def test_a_search_account_that_was_never_pulled_is_unknown():
    cubes = visible.cubes()
    for level, name in (("account", "bright.example"), ("page", "/")):
        things = visible.entities([name], SEARCH, 900)
        figures = {metric: np.zeros((1, visible.DAYS)) for metric in ("clicks", "impressions")}
        figures["position"] = np.full((1, visible.DAYS), np.nan)
        cubes[level] = visible.cube(things, figures, {SEARCH: visible.DAYS})
    table = build_report(material(cubes=cubes)).tables[0]
    assert {figure.now for figure in table.total.figures} == {None}
    assert {figure.now for row in table.rows for figure in row.figures} == {None}


def test_what_is_about_more_important_pages_comes_first():
    found = [
        replace(minor("page_gone", name), verdict="warning", reason="", todo=todo, numbers=numbers)
        for name, todo, numbers in (
            ("low", ToDo("", "", 3, "low"), {"clicks": 900.0}),
            ("none", None, {}),
            ("medium", ToDo("", "", 3, "medium"), {"clicks": 7.0}),
            ("high", ToDo("", "", 3, "high"), {}),
            ("unknown", None, {"clicks": float("nan")}),
        )
    ]
    order = [result.name for result in needs_attention(found, "clicks")]
    assert order == ["high", "medium", "none", "unknown", "low"]


def test_minor_findings_are_counted_and_need_no_attention():
    results = [*(minor("title_long", f"/{n}") for n in range(5)), minor("alt_missing", "/x")]
    other = replace(minor("title_long", "/fine"), reason="")
    assert needs_attention([*results, other]) == []
    found = also_found([*results, other])
    assert [(it.check, it.count, len(it.examples)) for it in found] == [
        ("Title long", 5, 3),
        ("Alt missing", 1, 1),
    ]
    assert results[0].reason == MINOR


def test_several_of_a_level_are_named():
    assert [levels(name) for name in ("page", "query", "campaign", "ad_group")] == [
        "pages", "queries", "campaigns", "ad groups"
    ]  # fmt: skip


def test_of_searches_nobody_speaks_of_spend_or_campaigns(report):
    for text in (render_html(report), render_markdown(report), left_out(report)):
        assert not [word for word in ("spend", "Spend", "campaign", "conversion") if word in text]


def test_accounts_in_another_order_give_the_same_report(report):
    turned = ACCOUNTS.iloc[::-1].reset_index(drop=True)
    other = build_report(material(accounts=turned))
    assert other.tables == report.tables
    assert {(t.account, t.measure.name) for t in other.trends} == {
        (t.account, t.measure.name) for t in report.trends
    }


@pytest.mark.parametrize(
    ("level", "names", "expected"),
    [
        ("page", ["https://a.example/", "https://a.example/x?y=1"], ["/", "/x?y=1"]),
        ("page", ["https://a.example/x", "https://b.example/x"], None),
        ("page", ["/x", "/y"], None),
        ("page", [], None),
        ("query", ["https://a.example/x"], None),
    ],
)
def test_pages_of_one_site_are_called_by_their_paths(level, names, expected):
    assert readable(level, names) == (expected or names)


def test_tables_and_movers_call_pages_by_their_paths(report):
    cubes = visible.cubes()
    urls = [visible.address(path) for path in visible.PAGES]
    things = visible.entities(urls, SEARCH, 100)
    cubes["page"] = visible.cube(things, visible.searches(len(urls)))
    whole = build_report(material(cubes=cubes))
    assert whole.tables == report.tables
    assert whole.movers == report.movers
