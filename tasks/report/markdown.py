"""How does a report look in Prefect? GitHub-flavoured Markdown with pictures as `data:` addresses.

Both of Prefect's UIs show this, with pictures as blocks of their own; inside a cell one of them
squeezes a picture to the width of the column's words. So a picture stands alone or shares a table
with its like, and marks in tables are characters. Every name passes `escape.markdown`.
"""

from collections.abc import Iterable, Iterator, Sequence

from connectors.records import Verdict
from tasks.report import charts, wording
from tasks.report.escape import markdown as literal
from tasks.report.markdown_changes import (
    acting_rules,
    earlier_changes,
    recent_changes,
    refused_changes,
    stopped,
    tasks_for_people,
    waiting_changes,
)
from tasks.report.markdown_findings import needs_attention
from tasks.report.markdown_mail import customers, providers, sending_domain, what_was_sent
from tasks.report.markdown_paid import paid_and_found
from tasks.report.markdown_site import (
    also_found,
    change_log,
    crawl,
    figures_lack,
    winners_and_losers,
)
from tasks.report.markdown_social import (
    brought,
    last_week,
    planned_posts,
    posts_and_answers,
    visits,
    watched,
)
from tasks.report.markdown_work import to_do
from tasks.report.marks import MARKS, image, link, section, sentence, table_of
from tasks.report.model import Figure, KpiRow, KpiTable, Measure, Report
from tasks.report.numbers import day, number

CHECKS_NAMED = 8
CHARTS_IN_A_ROW = 2
PLANS_DRAWN = 6


def render_markdown(report: Report) -> str:
    """Return the report as the text of a Markdown artifact."""
    sections = [
        _head(report),
        stopped(report.changes),
        _failed(report),
        waiting_changes(report.changes),
        needs_attention(report),
        to_do(report.work),
        tasks_for_people(report.changes),
        posts_and_answers(report.social),
        planned_posts(report.plan_ahead),
        customers(report.mail),
        what_was_sent(report.mail),
        providers(report.mail),
        sending_domain(report.mail),
        change_log(report.site_log),
        recent_changes(report.changes),
        _plans(report),
        *_kpis(report),
        winners_and_losers(report.movers),
        paid_and_found(report.paid_and_found),
        _trends(report),
        *_breakdowns(report),
        visits(report.social),
        watched(report.social),
        brought(report.social),
        crawl(report.crawled),
        acting_rules(report.rules),
        earlier_changes(report.changes),
        refused_changes(report.changes),
        also_found(report.also_found),
        _unjudged(report),
        _freshness(report),
        figures_lack(report.lacking),
        _switched_off(report),
        last_week(report.social),
        _links(report),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(report: Report) -> str:
    return (
        f"# {sentence(wording.title(report))}\n\n"
        f"**{sentence(wording.headline(report))}**\n\n"
        f"As of {day(report.as_of)} · {wording.days(report)} · mode {report.mode}"
    )


def _failed(report: Report) -> str:
    lines = [f"- {literal(f.account)}: {sentence(f.error)}" for f in report.failed]
    return section("Accounts without new data", "\n".join(lines))


def _plans(report: Report) -> str:
    if not report.plans:
        return ""
    first = report.plans[0]
    heads = ["Budget of", "Spent", "Even pace", "Budget", "Month end", "State"]
    rows = (
        [
            literal(plan.scope),
            number(plan.spent, "money", plan.currency),
            number(plan.even_pace, "money", plan.currency),
            number(plan.budget, "money", plan.currency),
            number(plan.projected, "money", plan.currency),
            wording.plan_state(plan),
        ]
        for plan in report.plans
    )
    about = f"{wording.window(first.month)}, spend through {day(first.through)}."
    blocks = [f"{about} {wording.EXTRAPOLATION}", table_of(heads, "lrrrrl", rows)]
    for plan in report.plans[:PLANS_DRAWN]:
        blocks += [literal(plan.scope), image("spend against plan", charts.plan_bar(plan))]
    return section("Spend against plan", "\n\n".join(blocks))


def _kpis(report: Report) -> Iterator[str]:
    for table in report.tables:
        caption = sentence(wording.table_caption(report, table))
        yield f"## {sentence(table.account)}\n\n{_account_table(report.measures, table)}"
        yield f"{caption}; in brackets the change against the 7 days before.\n\n" + _entity_table(
            wording.level(table.level).capitalize(),
            report.measures,
            [*table.rows, *([table.rest] if table.rest else [])],
            table.currency,
            table.total,
        )


def _account_table(measures: Sequence[Measure], table: KpiTable) -> str:
    rows = (
        [
            measure.title,
            wording.value(figure.now, measure, table.currency),
            wording.value(figure.target, measure, table.currency),
            wording.value(figure.previous, measure, table.currency),
            " ".join(filter(None, [wording.change(figure), wording.turn(figure, measure)])),
            _verdict(figure.verdict),
        ]
        for measure, figure in zip(measures, table.total.figures, strict=True)
    )
    heads = ["Whole account", "7 days", "Target", "7 days before", "Change", "Verdict"]
    return table_of(heads, "lrrrrl", rows)


def _entity_table(
    head: str,
    measures: Sequence[Measure],
    rows: Iterable[KpiRow],
    currency: str,
    usual: KpiRow | None = None,
) -> str:
    expected = [figure.target for figure in usual.figures] if usual else [None] * len(measures)
    cells = (
        [
            _row_name(row),
            *(
                _figure(figure, measure, currency, target)
                for figure, measure, target in zip(row.figures, measures, expected, strict=True)
            ),
        ]
        for row in rows
    )
    heads = [head, *(measure.title for measure in measures)]
    return table_of(heads, "l" + "r" * len(measures), cells)


def _row_name(row: KpiRow) -> str:
    mark = f"{MARKS[row.verdict]} " if row.verdict in ("critical", "warning") else ""
    return f"{mark}{literal(row.name)}{f' ({row.status})' if row.status else ''}"


def _figure(figure: Figure, measure: Measure, currency: str, usual: float | None) -> str:
    parts = [wording.value(figure.now, measure, currency)]
    if figure.verdict in ("critical", "warning"):
        parts.insert(0, MARKS[figure.verdict])
    if figure.previous is not None:
        parts.append(f"({wording.change(figure)})".replace(" ", "\N{NO-BREAK SPACE}"))
    if figure.target is not None and figure.target != usual:
        parts.append(f"target {wording.value(figure.target, measure, currency)}")
    return " ".join(parts)


def _trends(report: Report) -> str:
    blocks = []
    for account, group in wording.by_account(report.trends):
        blocks.append(literal(account))
        for start in range(0, len(group), CHARTS_IN_A_ROW):
            row = group[start : start + CHARTS_IN_A_ROW]
            heads = [trend.measure.title for trend in row]
            images = [image(f"{t.measure.title} per day", charts.trend_chart(t)) for t in row]
            blocks.append(table_of(heads, "l" * len(row), [images]))
    blocks += filter(None, [wording.marked(report)])
    if report.trends_left_out:
        blocks.append(wording.left_out(report))
    return section("Trends, day by day", "\n\n".join(blocks))


def _breakdowns(report: Report) -> Iterator[str]:
    for table in report.breakdowns:
        rows = [*table.rows, *([table.rest] if table.rest else [])]
        body = _entity_table(
            sentence(table.title.capitalize()), table.measures, rows, table.currency
        )
        yield section(f"{literal(table.account)} by {sentence(table.title)}", body)


def _unjudged(report: Report) -> str:
    rows = (
        [
            sentence(group.reason),
            f"{group.count:,}",
            _named(group.checks),
            "; ".join(sentence(example) for example in group.examples),
        ]
        for group in report.unjudged
    )
    return section(
        "What could not be judged",
        table_of(["Why", "Verdicts", "Checks", "For example"], "lrll", rows),
    )


def _named(checks: Sequence[tuple[str, int]]) -> str:
    named = [f"{sentence(check)} ({count:,})" for check, count in checks[:CHECKS_NAMED]]
    more = len(checks) - CHECKS_NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")


def _freshness(report: Report) -> str:
    rows = (
        [
            literal(row.account),
            wording.age(row, report.as_of),
            day(row.last_day),
            wording.moment(row),
            sentence(row.error) if row.error else "none",
        ]
        for row in report.freshness
    )
    heads = ["Account", "State", "Last complete day", "Last complete pull", "Error"]
    return section("How fresh the data is", table_of(heads, "lllll", rows))


def _switched_off(report: Report) -> str:
    lines = [f"- {sentence(off.check)}: {sentence(off.reason)}" for off in report.switched_off]
    return section("Checks switched off", "\n".join(lines))


def _links(report: Report) -> str:
    return " · ".join(link(item.text, item.url) for item in report.links)


def _verdict(verdict: Verdict | None) -> str:
    return f"{MARKS[verdict]} {wording.verdict_words(verdict)}" if verdict else ""
