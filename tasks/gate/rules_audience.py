"""Does a change take too many people out of a mail service's list? A broken import must not."""

from connectors.audience import VALUE, size_of
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal, percent
from tasks.report.numbers import plural


def well_counted(asked: Asked, _: Book) -> Refusal | None:
    """Values that are no audiences, or counts that do not lead from the one to the other."""
    if asked.proposal.subject.field != "audience":
        return None
    proposal = asked.proposal
    for value in (proposal.before, proposal.after):
        if not isinstance(value, str) or not VALUE.fullmatch(value):
            return Refusal("invalid", f"{value} does not say how many people are in the list")
    before, after = _sizes(asked)
    added, removed = (proposal.content.get(name, "") for name in ("added", "removed"))
    if not (added.isdecimal() and removed.isdecimal()):
        return Refusal("invalid", "it does not say how many people come into the list and go")
    if before + int(added) - int(removed) == after and int(removed) <= before:
        return None
    return Refusal(
        "invalid", f"{added} added and {removed} removed do not make {after} people of {before}"
    )


def small_removal(asked: Asked, book: Book) -> Refusal | None:
    """Too large a share of the people in a list, taken out at once."""
    if asked.proposal.subject.field != "audience":
        return None
    (before, _), removed = _sizes(asked), int(asked.proposal.content["removed"])
    limit = book.guardrails.list_removal_percent
    if not before or 100 * removed <= limit * before:
        return None
    return Refusal(
        "list_removal",
        f"it would take {removed:,} of {plural(before, 'person', 'people')} out of the list, "
        f"{percent(100 * removed / before)} of at most {percent(limit)}",
    )


def not_emptied(asked: Asked, _: Book) -> Refusal | None:
    """Nobody left in a list that has somebody."""
    if asked.proposal.subject.field != "audience":
        return None
    before, after = _sizes(asked)
    if after or not before:
        return None
    count = plural(before, "person", "people")
    return Refusal("list_emptied", f"nobody would be left of {count} in the list")


def _sizes(asked: Asked) -> tuple[int, int]:
    return size_of(str(asked.proposal.before)), size_of(str(asked.proposal.after))
