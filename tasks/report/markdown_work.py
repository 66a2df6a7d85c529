"""How does a report in Markdown tell what people have to do? Every text is escaped here."""

from collections.abc import Iterable, Iterator, Sequence

from tasks.report import work_words as words
from tasks.report.escape import markdown as literal
from tasks.report.marks import MARKS, link, section, sentence, table_of
from tasks.report.numbers import day
from tasks.report.work_model import Chore, Load, Work


def to_do(work: Work) -> str:
    """Count what is open, late and done per owner, and list what is due first."""
    if not work.loads:
        return ""
    blocks = [
        table_of(words.LOAD_HEADS, "lrrr", map(_load, work.loads)),
        table_of(words.CHORE_HEADS, "rllll", _chores(work.chores)) or words.NOTHING_OPEN,
        words.listed(work),
        f"Done: `{words.DONE_BY}` · All of it: `{work.listing}`" if work.chores else "",
    ]
    return section(words.TO_DO, "\n\n".join(filter(None, blocks)))


def _load(load: Load) -> Sequence[str]:
    late = f"{MARKS['warning']} {load.late:,}" if load.late else "0"
    return [literal(load.owner), late, f"{load.open:,}", f"{load.done:,}"]


def _chores(chores: Iterable[Chore]) -> Iterator[Sequence[str]]:
    """Yield rows; what several have to do in the same way is explained once."""
    explained = {""}
    for chore in chores:
        late = f" {MARKS['warning']} {words.late(chore)}" if chore.late_days else ""
        high = f" ({words.matters(chore)})" if words.matters(chore) else ""
        why = [sentence(chore.why)] if chore.why else []
        if chore.how not in explained:
            why.append(f"How: {sentence(chore.how)}")
            explained.add(chore.how)
        yield [
            link(f"{chore.number}", chore.link) if chore.link else f"{chore.number}",
            day(chore.due_on) + late,
            sentence(chore.what) + high,
            " ".join(why),
            literal(chore.owner),
        ]
