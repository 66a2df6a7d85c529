from config.models import Fact, Kpi, Metric
from connectors.base import Window
from tasks.needs import needs
from tasks.vocabulary import vocabulary

WORDS = vocabulary(
    {
        **{
            name: Metric(title=name, unit="count")
            for name in ("spend", "clicks", "conversions", "impressions")
        },
        "share": Metric(title="share", unit="ratio", weight="impressions"),
    },
    {"cpa": Kpi(title="CPA", formula="spend / conversions", unit="money", better="lower")},
)


def need(as_of, *checks, facts=(), pulled=("campaign",), **options):
    return needs(checks, facts, WORDS, as_of, pulled=pulled, **options)


def fact(kind):
    return Fact(name="a_fact", fact=kind, verdict="critical", sentence="{name}")


def test_metrics_are_those_of_conditions_kpi_minimum_sentence_and_weights(check, as_of):
    one = check("share < 1", kpi="cpa", minimum={"clicks": 1}, sentence="{name} {value}")
    asked = need(as_of, one)["campaign"].metrics
    assert asked == ("clicks", "conversions", "impressions", "share", "spend")


def test_days_are_those_of_window_and_the_one_before(check, as_of, ago):
    assert need(as_of, check("spend > 1"))["campaign"].windows == (Window(ago(14), ago(1)),)


def test_days_of_comparisons_are_added_and_kept_apart_where_far(check, as_of, ago):
    one = check("spend > usual(spend) and spend > last_year(spend)")
    assert need(as_of, one)["campaign"].windows == (
        Window(ago(371), ago(365)),
        Window(ago(35), ago(1)),
    )


def test_data_that_may_be_behind_needs_days_before(check, as_of, ago):
    windows = need(as_of, check("spend > 1"), stale_after_days=2)["campaign"].windows
    assert windows == (Window(ago(16), ago(1)),)


def test_whole_accounts_are_read_as_campaigns_unless_they_are_pulled(check, as_of):
    one = check("spend > account(clicks)", level="keyword")
    whole = check("spend > 1", level="account", name="another")
    assert need(as_of, one, whole).keys() == {"keyword", "campaign"}
    both = need(as_of, one, whole, pulled=("account", "keyword"))
    assert both.keys() == {"keyword", "account"}
    assert both["account"].metrics == ("clicks", "spend")


def test_a_target_needs_no_figures(check, as_of):
    assert need(as_of, check("1 > target(cpa)"))["campaign"].metrics == ("spend",)


def test_a_window_without_a_day_needs_none(check, as_of):
    one = check("spend > 1", window="month_to_date")
    assert need(as_of.replace(day=1), one)["campaign"].windows == ()


def test_facts_need_figures_too(as_of, ago):
    asked = need(as_of, facts=[fact("no_data"), fact("ad_disapproved")])
    assert asked["campaign"].metrics == ("clicks", "impressions", "sessions", "spend")
    assert asked["campaign"].windows == (Window(ago(29), ago(1)),)


def test_without_checks_nothing_is_needed(as_of):
    assert need(as_of) == {}
