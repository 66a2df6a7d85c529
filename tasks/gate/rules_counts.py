"""How many changes may be made? Per run, per day, per brand and day."""

from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal


def few_of_run(asked: Asked, book: Book) -> Refusal | None:
    """Too many changes of one run in the account."""
    made, limit = book.actions_of_run[asked.key[0]], book.guardrails.actions_per_run
    if made < limit:
        return None
    return Refusal(
        "actions_per_run",
        f"this run changes {made} things in the account already, of at most {limit}",
    )


def few_of_day(asked: Asked, book: Book) -> Refusal | None:
    """Too many changes of the account's day."""
    made, limit = book.actions_today[asked.key[0]], book.guardrails.actions_per_day
    if made < limit:
        return None
    return Refusal(
        "actions_per_day", f"{made} things are changed in the account today, of at most {limit}"
    )


def few_of_brand(asked: Asked, book: Book) -> Refusal | None:
    """Too many changes over all accounts, each on its own present day."""
    made, limit = sum(book.actions_today.values()), book.guardrails.brand_actions_per_day
    if made < limit:
        return None
    return Refusal(
        "brand_actions_per_day",
        f"{made} things are changed in the brand's accounts today, of at most {limit}",
    )
