"""How does a report in Markdown tell what is paid and found? Every text is escaped here."""

from collections.abc import Iterable

from tasks.paid_and_found import PaidAndFound, PaidQuery
from tasks.report import paid_words as words
from tasks.report.escape import markdown as literal
from tasks.report.marks import section, sentence, table_of


def paid_and_found(found: PaidAndFound | None) -> str:
    """Show what could be saved and what is not covered."""
    if found is None or not (found.saved or found.uncovered):
        return ""
    blocks = [sentence(words.about(found))]
    if found.saved:
        blocks += [f"**{sentence(words.SAVED)}**", _table(found.saved)]
        blocks += [sentence(words.at_most(total)) for total in found.at_most]
    if found.uncovered:
        blocks += [f"**{sentence(words.UNCOVERED)}**", _table(found.uncovered)]
        blocks += [sentence(text) for text in (words.more_uncovered(found), words.HIDDEN) if text]
    return section(words.PAID_AND_FOUND, "\n\n".join(blocks))


def _table(queries: Iterable[PaidQuery]) -> str:
    rows = ([literal(query.text), *words.cells(query)] for query in queries)
    return table_of(words.HEADS, "lrrrrrr", rows)
