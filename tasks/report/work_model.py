"""What does a report say of what people still have to do? Plain data."""

from dataclasses import dataclass
from datetime import date

from config.words import Importance


@dataclass(frozen=True, slots=True)
class Load:
    """What one owner has to do, and has done."""

    owner: str  # as people know them
    open: int  # late ones among them
    late: int
    done: int  # within the last days


@dataclass(frozen=True, slots=True)
class Chore:
    """A work item, in words."""

    number: int
    what: str
    why: str  # the evidence
    how: str  # the remedy; '' if none is known
    owner: str  # as people know them
    due_on: date
    late_days: int  # 0: it is not late
    priority: Importance
    link: str = ""  # to the form in which to say that it is done; '' if there is none


@dataclass(frozen=True, slots=True)
class Work:
    """What is open, done and late. Bounded, whatever the number of items."""

    loads: tuple[Load, ...] = ()  # the most late first
    chores: tuple[Chore, ...] = ()  # the first due first
    left: int = 0  # open ones that the list has no room for
    listing: str = ""  # the command that shows all of them
