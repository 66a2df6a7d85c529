"""Which rows does a Prefect table artifact hold? It can be sorted, searched and copied.

One UI reads every text cell as Markdown, the other shows it as it is; what is copied lands in a
spreadsheet. So numbers stay numbers, None is unknown, and every text passes `escape.table_cell`.
"""

from collections.abc import Sequence

from tasks.report import change_words, wording
from tasks.report.change_model import Entry
from tasks.report.escape import NAME_LENGTH, table_cell
from tasks.report.marks import SENTENCE_LENGTH
from tasks.report.model import Attention, KpiRow, KpiTable, Measure, Report

Cell = str | float | int | None


def kpi_rows(report: Report) -> list[dict[str, Cell]]:
    """Return a row per account and shown entity: the measures of the period, and their changes.

    Money is in major units of the row's currency; a KPI in percent is a fraction.
    """
    return [
        _row(table, row, report.measures)
        for table in report.tables
        for row in (table.total, *table.rows, *([table.rest] if table.rest else []))
    ]


def finding_rows(report: Report) -> list[dict[str, Cell]]:
    """Return a row per finding that the report lists, in its order."""
    return [_finding(item) for item in report.attention]


def action_rows(report: Report) -> list[dict[str, Cell]]:
    """Return a row per action: those that wait, then the newest, as many as a report lists."""
    return [_action(entry) for entry in report.changes.ledger]


def work_rows(report: Report) -> list[dict[str, Cell]]:
    """Return a row per open work item that the report lists, in its order."""
    return [
        {
            "Item": chore.number,
            "Due": chore.due_on.isoformat(),
            "Days late": chore.late_days,
            "What": table_cell(chore.what, SENTENCE_LENGTH),
            "Why": _cell(chore.why, SENTENCE_LENGTH),
            "How": _cell(chore.how, SENTENCE_LENGTH),
            "Owner": table_cell(chore.owner),
            "Priority": chore.priority,
        }
        for chore in report.work.chores
    ]


def _row(table: KpiTable, row: KpiRow, measures: Sequence[Measure]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "Account": table_cell(table.account),
        wording.level(table.level).capitalize(): table_cell(row.name),
        "Verdict": wording.verdict_words(row.verdict),
        "Currency": table.currency,
    }
    for measure, figure in zip(measures, row.figures, strict=True):
        cells[measure.title] = _rounded(figure.now)
        cells[f"{measure.title} change %"] = _percent(figure.change)
    return cells


def _finding(item: Attention) -> dict[str, Cell]:
    return {
        "Verdict": item.verdict,
        "Check": table_cell(item.check),
        "Level": wording.level(item.level),
        "Name": table_cell(item.name),
        "Account": table_cell(item.account) if item.account else "",
        "Value": _rounded(item.figure.now),
        "Target": _rounded(item.figure.target),
        "Change %": _percent(item.figure.change),
        "Currency": item.currency,
        "Owner": table_cell(item.owner),
        "Open since": item.open_since.isoformat() if item.open_since else "",
        "What": table_cell(item.sentence, 0),
    }


def _action(entry: Entry) -> dict[str, Cell]:
    return {
        "Action": entry.number,
        "State": change_words.state(entry),
        "Change": table_cell(entry.what, SENTENCE_LENGTH),
        "Why": table_cell(entry.why, SENTENCE_LENGTH),
        "Account": _cell(entry.account),
        "Playbook": table_cell(entry.playbook),
        "Owner": _cell(entry.owner),
        "Expected change": _cell(entry.expected),
        "Explanation": _cell(entry.explanation, SENTENCE_LENGTH),
        "Approved by": _cell(", ".join(entry.approvals)),
        "Turned out": entry.judged or "",
        "Measured change": _cell(entry.measured),
        "Carried out": entry.applied_at.isoformat(timespec="minutes") if entry.applied_at else "",
        "Until": entry.until.isoformat(timespec="minutes") if entry.state == "proposed" else "",
    }


def _cell(text: str, limit: int = NAME_LENGTH) -> str:
    return table_cell(text, limit) if text else ""


def _rounded(value: float | None) -> float | None:
    """Round to seven significant digits: people read these."""
    return None if value is None else float(f"{value:.7g}")


def _percent(relative: float | None) -> float | None:
    return None if relative is None else round(100 * relative, 1)
