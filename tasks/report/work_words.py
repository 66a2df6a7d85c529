"""Which words do all renderings share when they speak of work? Not yet escaped for any."""

from tasks.report.numbers import plural
from tasks.report.work import DONE_DAYS
from tasks.report.work_model import Chore, Work

TO_DO = "To do"
DONE = f"Done in {DONE_DAYS} days"
LOAD_HEADS = ("Owner", "Late", "Open", DONE)
CHORE_HEADS = ("Item", "Due", "What", "Why", "Owner")
DONE_BY = "marketloop todo done ITEM --why '...'"
CHORES_OPEN = 10
"""Items that are not folded away where that can be done."""
NOTHING_OPEN = "Nothing is open."


def late(chore: Chore) -> str:
    """Say by how much it is late; '' if it is not."""
    return f"late by {plural(chore.late_days, 'day')}" if chore.late_days else ""


def matters(chore: Chore) -> str:
    """Say that it matters much; '' if it does not."""
    return "high priority" if chore.priority == "high" else ""


def listed(work: Work) -> str:
    """Say what the list has no room for; '' if it has all."""
    return f"{plural(work.left, 'further item')}." if work.left else ""


def open_count(work: Work) -> int:
    """Return how many items are open."""
    return sum(load.open for load in work.loads)


def late_count(work: Work) -> int:
    """Return how many of them are late."""
    return sum(load.late for load in work.loads)
