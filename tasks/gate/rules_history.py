"""Has somebody just changed this? Open actions, others' edits, our own last changes."""

from datetime import timedelta

from connectors.actions import WAITING
from connectors.changes import NUMBER_FIELDS, Edit
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal
from tasks.report.numbers import plural


def first_of_its_place(asked: Asked, book: Book) -> Refusal | None:
    """A second change of one setting in one decision."""
    if (name := book.entered.get(asked.history_place)) is None:
        return None
    field = asked.proposal.subject.field
    return Refusal("conflict", f"a change of {field} of {name} has just passed")


def nothing_open(asked: Asked, book: Book) -> Refusal | None:
    """Another action on the setting that waits, is not judged yet, or has to be taken back.

    For a number, such as a budget, also one on the entity's other numbers and its status: nobody
    could tell later which one did it. A pause minds only pauses, so that it is never too late. A
    restoration minds only those that wait: what it takes back is open itself, and so may be what
    was done before it.
    """
    open_ones = [*asked.past.open]
    if asked.proposal.subject.field in NUMBER_FIELDS and not asked.taken_back:
        for key in asked.concerned:
            open_ones += book.history.steered.get(key, ())
    for action in open_ones:
        if asked.taken_back and action.state not in WAITING:
            continue
        done = action.proposal
        return Refusal(
            "pending_action",
            f"action {action.action_id} of {done.as_of:%Y-%m-%d}, on its {done.subject.field}, is "
            f"{action.state}" + ("" if action.judged else " and not judged yet"),
        )
    return None


def left_alone(asked: Asked, book: Book) -> Refusal | None:
    """A person's or another tool's change of the entity, too short ago.

    Of a shared budget, of any campaign that shares it. Without the platform's change history
    nobody knows, and nothing passes; unless the hold-off is 0 days.
    """
    days = book.guardrails.hold_off_days
    if not days:
        return None
    if asked.account.edits is None:
        return Refusal("hold_off", "the platform's change history could not be read")
    for key in asked.concerned:
        edit = book.history.foreign.get(key)
        if edit and asked.today < (day := book.places.day(key[0], edit.at)) + timedelta(days):
            return Refusal(
                "hold_off",
                f"{edit.who or 'somebody'} changed its {_what(edit)} on {day:%Y-%m-%d} "
                f"({edit.tool or 'unknown tool'}); it is left alone for {days} days",
            )
    return None


def _what(edit: Edit) -> str:
    """Return what an edit changed; of what is not ours to set the platform's own word."""
    subject = edit.subject
    return (subject.item or "settings") if subject.field == "other" else subject.field


def cooled_down(asked: Asked, book: Book) -> Refusal | None:
    """A change of ours of the same setting, too few days ago; of a list of people never."""
    last, days = asked.past.last_own_day, book.guardrails.cool_down_days
    if asked.proposal.subject.field == "audience":
        return None
    if last is None or (asked.today - last).days >= days:
        return None
    return Refusal(
        "cool_down",
        f"its {asked.proposal.subject.field} was changed on {last:%Y-%m-%d}; {days} days must pass",
    )


def few_changes_today(asked: Asked, book: Book) -> Refusal | None:
    """Too many changes of one thing in one day."""
    limit = book.guardrails.changes_per_entity_per_day
    most = max(map(book.changes_today.__getitem__, asked.counted))
    if most < limit:
        return None
    return Refusal("changes_per_day", f"it has {plural(most, 'change')} today, of at most {limit}")
