"""The 20 checks that the benchmark runs: every kind of condition, over all kinds of windows."""

from config.models import Case, Check, Filter, Kpi, Metric
from connectors.base import CORE_METRICS

UNITS = {"spend": "money", "conversions_value": "money"}
METRICS = {name: Metric(title=name, unit=UNITS.get(name, "count")) for name in CORE_METRICS}
KPIS = {
    "cpc": Kpi(title="CPC", formula="spend / clicks", unit="money", better="lower"),
    "ctr": Kpi(title="CTR", formula="clicks / impressions", unit="percent", better="higher"),
    "cvr": Kpi(title="CVR", formula="conversions / clicks", unit="percent", better="higher"),
    "cpa": Kpi(title="CPA", formula="spend / conversions", unit="money", better="lower"),
    "roas": Kpi(title="ROAS", formula="conversions_value / spend", unit="ratio", better="higher"),
}
CONDITIONS = (  # window, KPI, critical, warning
    ("last_7_days", "cpa", "cpa > 4 * target(cpa)", "cpa > 3 * target(cpa)"),
    ("last_14_days", "cpa", "cpa > 3.5 * usual(cpa)", "cpa > 2.5 * usual(cpa)"),
    ("last_28_days", "cpa", "cpa > 5 * account(cpa)", "cpa > 4 * account(cpa)"),
    ("last_7_days", "roas", "roas < 0.2 * target(roas)", "roas < 0.3 * target(roas)"),
    ("last_28_days", "roas", "roas < 0.2 * account(roas)", "roas < 0.3 * account(roas)"),
    ("last_7_days", "ctr", "ctr < 0.3 * previous(ctr)", "ctr < 0.5 * previous(ctr)"),
    ("last_14_days", "ctr", "ctr < 0.3 * usual(ctr)", "ctr < 0.5 * usual(ctr)"),
    ("last_7_days", "cvr", "cvr < 0.1 * usual(cvr)", "cvr < 0.2 * usual(cvr)"),
    ("last_28_days", "cvr", "cvr < 0.1 * account(cvr)", "cvr < 0.2 * account(cvr)"),
    ("last_7_days", "cpc", "cpc > 4 * last_week(cpc)", "cpc > 3 * last_week(cpc)"),
    ("last_28_days", "cpc", "cpc > 5 * account(cpc)", "cpc > 4 * account(cpc)"),
    ("yesterday", "spend", "spend > 4 * usual(spend)", "spend > 3 * usual(spend)"),
    ("yesterday", "spend", "spend > 2.5 * daily_budget", "spend > 2 * daily_budget"),
    ("yesterday", "clicks", "clicks < 0.1 * last_week(clicks)", "clicks < 0.2 * last_week(clicks)"),
    ("last_7_days", "spend", "spend > 3 * previous(spend)", "spend > 2.5 * previous(spend)"),
    (
        "month_to_date",
        "spend",
        "spend > 2 * days * daily_budget",
        "spend > 1.8 * days * daily_budget",
    ),
    (
        "week_to_date",
        "spend",
        "spend > 2.5 * days * daily_budget",
        "spend > 2 * days * daily_budget",
    ),
    ("last_7_days", "impressions", "impressions == 0", "impressions < 0.2 * usual(impressions)"),
    (
        "last_7_days",
        "conversions",
        "conversions == 0 and usual(conversions) > 10",
        "conversions < 1 and usual(conversions) > 5 and clicks > 100",
    ),
    ("last_28_days", "spend", "spend > 10000 and conversions == 0", "spend > 500 and roas < 0.1"),
)
CHECKS = tuple(
    Check(
        name=f"check_{number}",
        level="campaign",
        filter=Filter(status=("enabled",), not_name="*test*"),
        kpi=kpi,
        window=window,
        minimum={"clicks": 5} if window != "yesterday" else {},
        cases=(Case(when=critical, verdict="critical"), Case(when=warning, verdict="warning")),
        sentence="{name}: {value} over {window} ({change}), target {target}, spend {spend}",
    )
    for number, (window, kpi, critical, warning) in enumerate(CONDITIONS, 1)
)
