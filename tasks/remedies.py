"""What does a person do about a verdict that fires?"""

from collections.abc import Mapping
from datetime import date, timedelta

from config.models import Remedy
from config.sentence import fill
from config.words import Importance
from connectors.records import ToDo


def to_do(
    remedy: Remedy | None, fields: Mapping[str, str], importance: Importance | None
) -> ToDo | None:
    """Return the remedy with its fields filled in; None without a remedy.

    What is about nothing of known importance is of medium priority.
    """
    if remedy is None:
        return None
    return ToDo(fill(remedy.do, fields), remedy.how, remedy.within_days, importance or "medium")


def due(todo: ToDo, as_of: date) -> date:
    """Return by when it is to be done; what matters much, in half the time."""
    days = todo.within_days // 2 if todo.priority == "high" else todo.within_days
    return as_of + timedelta(days=days)
