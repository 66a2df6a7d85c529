"""Which words do all renderings of a report share? Not yet escaped for any of them."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from connectors.base import Window
from connectors.records import Verdict
from tasks.report.change_words import waiting_count
from tasks.report.model import Figure, Freshness, KpiTable, Measure, Plan, Report, Trend
from tasks.report.numbers import change_text, day, known, number, plural, short_day
from tasks.report.work_words import late_count, open_count

EXTRAPOLATION = "Month end is simple extrapolation: the mean of the known days, for every day."
CHANGED = "Triangles on the axis: days on which a change was carried out."
IN_FULL = 12
"""Findings shown with sentence and picture; the others of the report's list stand in a table."""
LEVELS = {
    "ad_group": "ad group",
    "search_term": "search term",
    "query_page": "query and page",
}


def title(report: Report) -> str:
    """Return the report's heading."""
    return f"{report.brand}: {report.process}"


def headline(report: Report) -> str:
    """Say in one sentence how things stand."""
    counts = dict(report.counts)
    firing = [
        f"{counts.get(verdict, 0):,} {verdict}"
        for verdict in ("critical", "warning")
        if counts.get(verdict, 0)
    ]
    found = " and ".join(firing) or "No findings"
    failed = plural(len(report.failed), "account")
    waiting = waiting_count(report.changes)
    to_do, late = open_count(report.work), late_count(report.work)
    return (
        f"{found}; {counts.get('ok', 0):,} ok, {counts.get('unknown', 0):,} not judged"
        f"{f'; {failed} without new data' if report.failed else ''}"
        f"{f'; {waiting:,} to decide' if waiting else ''}"
        f"{f'; {to_do:,} to do' if to_do else ''}"
        f"{f', {late:,} late' if late else ''}"
    )


def days(report: Report) -> str:
    """Say which days the tables compare."""
    return f"{window(report.period)} against {window(report.previous)}"


def window(days: Window) -> str:
    """Write a window: "3 to 9 Nov 2026", "28 Oct to 3 Nov 2026"."""
    if days.start == days.end:
        return day(days.end)
    same_month = (days.start.year, days.start.month) == (days.end.year, days.end.month)
    start = str(days.start.day) if same_month else short_day(days.start)
    return f"{start if days.start.year == days.end.year else day(days.start)} to {day(days.end)}"


def verdict_words(verdict: Verdict | None) -> str:
    """Name a verdict for people."""
    return {"unknown": "not judged", None: ""}.get(verdict, str(verdict))


def value(figure: float | None, measure: Measure | None, currency: str) -> str:
    """Write a figure of a measure."""
    return number(figure, measure.unit if measure else "count", currency)


def change(figure: Figure) -> str:
    """Write the change; where there was nothing before, say so."""
    if figure.previous == 0 and known(figure.now):
        return "new" if figure.now else change_text(0.0)
    return change_text(figure.change)


def turn(figure: Figure, measure: Measure | None) -> str:
    """Say whether the change is for the "better" or "worse"; "" if neither can be said."""
    relative = figure.change
    if measure is None or measure.better == "neither" or relative is None or abs(relative) < 5e-4:
        return ""
    return "better" if (relative > 0) == (measure.better == "higher") else "worse"


def level(name: str) -> str:
    """Name a level for people."""
    return LEVELS.get(name, name.replace("_", " "))


def levels(name: str) -> str:
    """Name several of a level."""
    one = level(name)
    return f"{one[:-1]}ies" if one.endswith("ry") else f"{one}s"


def table_caption(report: Report, table: KpiTable) -> str:
    """Say what a KPI table shows; where an account's data is behind, its own days."""
    by = f"by {report.sort_by.lower()}"
    about = f"{table.account}: {levels(table.level)} {by}, {window(table.period)}"
    behind = (report.period.end - table.period.end).days
    late = f" ({plural(behind, 'day')} behind)" if behind else ""
    own = "; the whole as the platform counts it, which is not the sum of the rows"
    return f"{about}{late}{own if table.own_total else ''}"


def plan_state(plan: Plan) -> str:
    """Say how a month's spend stands against an even pace."""
    if plan.spent is None:
        return "spent in another currency" if plan.other_currency else "spend unknown"
    ratio = plan.spent / plan.even_pace
    state = f"{ratio:.0%} of even pace" if ratio < 10 else f"{ratio:,.0f} times even pace"
    unknown = plural(plan.unknown_days, "day")
    return f"{state}; {unknown} of {plan.elapsed_days} unknown" if plan.unknown_days else state


def age(row: Freshness, as_of: date) -> str:
    """Say how far an account's data is behind the last complete day."""
    if row.last_day is None:
        return "no data yet"
    behind = (as_of - row.last_day).days - 1
    return "up to date" if behind <= 0 else f"{plural(behind, 'day')} behind"


def moment(row: Freshness) -> str:
    """Write when an account was last pulled completely."""
    when = row.last_pull
    return f"{day(when.date())} {when:%H:%M} UTC" if when else "never"


def left_out(report: Report) -> str:
    """Say how many charts there was no room for."""
    charts = plural(report.trends_left_out, "chart")
    return f"{charts} of smaller accounts left out."


def marked(report: Report) -> str:
    """Explain the triangles in charts; '' without any."""
    return CHANGED if any(trend.changed for trend in report.trends) else ""


def by_account(trends: Iterable[Trend]) -> list[tuple[str, list[Trend]]]:
    """Group the charts, which are in order, by their account."""
    return [(name, list(group)) for name, group in groupby(trends, key=lambda t: t.account)]
