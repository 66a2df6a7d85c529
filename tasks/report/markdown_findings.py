"""How does a report in Markdown tell what needs attention? Every text is escaped here."""

from tasks.report import charts, wording
from tasks.report.escape import markdown as literal
from tasks.report.marks import MARKS, image, section, sentence, table_of
from tasks.report.model import Attention, Report
from tasks.report.numbers import day, plural


def needs_attention(report: Report) -> str:
    """Show the most urgent in full, the others in a table, and count what is left."""
    if not report.attention:
        return section("Needs attention", "Nothing that the checks look at.")
    blocks = [_finding(item) for item in report.attention[: wording.IN_FULL]]
    heads = ["Verdict", "Check", "Where", "Now", "Target", "Change", "Owner"]
    blocks.append(
        table_of(heads, "lllrrrl", map(_finding_row, report.attention[wording.IN_FULL :]))
    )
    further = (
        f"- {plural(more.count, 'further finding')} of {sentence(more.check)} ({more.verdict})"
        for more in report.further
    )
    blocks.append("\n".join(further))
    return section("Needs attention", "\n\n".join(filter(None, blocks)))


def _finding(item: Attention) -> str:
    facts = [*_figures(item), _where(item), f"owner {literal(item.owner)}"]
    if item.open_since:
        facts.append(f"open since {day(item.open_since)}")
    lines = [
        f"**{MARKS[item.verdict]} {item.verdict}: {sentence(item.check)}**",
        sentence(item.sentence),
        *([sentence(item.beside)] if item.beside else []),
        " · ".join(facts),
    ]
    if item.series is not None and item.measure is not None:
        title = f"{item.measure.title}, last {len(item.series.values)} days"
        svg = charts.sparkline(item.series, title, 340, 44, verdict=item.verdict)
        lines.append(image(title, svg))
    return "\n\n".join(lines)


def _figures(item: Attention) -> list[str]:
    """Write value, target and change, as far as the finding is about a figure."""
    if (measure := item.measure) is None:
        return []
    figure = item.figure
    parts = [f"{measure.title} **{wording.value(figure.now, measure, item.currency)}**"]
    if figure.target is not None:
        parts.append(f"target {wording.value(figure.target, measure, item.currency)}")
    if figure.previous is not None:
        before = wording.value(figure.previous, measure, item.currency)
        parts.append(f"{wording.change(figure)} from {before}")
    return parts


def _finding_row(item: Attention) -> list[str]:
    figure, measure = item.figure, item.measure
    return [
        f"{MARKS[item.verdict]} {item.verdict}",
        sentence(item.check),
        " · ".join([_where(item), *([sentence(item.beside)] if item.beside else [])]),
        wording.value(figure.now, measure, item.currency) if measure else "",
        wording.value(figure.target, measure, item.currency) if measure else "",
        wording.change(figure) if measure else "",
        literal(item.owner),
    ]


def _where(item: Attention) -> str:
    inside = f" in {literal(item.account)}" if item.account not in ("", item.name) else ""
    return f"{wording.level(item.level)} {literal(item.name)}{inside}"
