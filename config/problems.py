"""What is wrong in a file that a person wrote, said so that they can mend it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

SHOWN_CHOICES = 12
"""A longer list of valid choices is cut: the nearest ones help more than all."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where, and what to do. It never holds a secret's value."""

    file: str
    line: int
    """Counted from 1; 0 when the whole file is meant."""
    key: str
    """Path to the value, such as `accounts[0].options.token`; empty for the whole file."""
    message: str
    remedy: str = ""
    severity: Literal["error", "note"] = "error"
    """A note is worth reading and stops nothing."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [f"{place}:", f"{self.key}:" if self.key else "", self.message]
        text = " ".join(part for part in parts if part)
        return f"{text}; {self.remedy}" if self.remedy else text


class ConfigurationError(Exception):
    """The files cannot be used. `problems` has every error of every file, in their order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that make the files unusable, without the notes."""
    return [problem for problem in problems if problem.severity == "error"]


def nearest(wrong: str, choices: Iterable[str]) -> str:
    """Return the choice that was probably meant, or nothing."""
    near = get_close_matches(wrong[:80], sorted(set(choices)), n=1, cutoff=0.6)
    return near[0] if near else ""


def choose(wrong: str, choices: Iterable[str]) -> str:
    """Return the remedy for a name that is none of `choices`: the nearest one, then all of them.

    Of a long list only the nearest one is named, if there is one.
    """
    names = sorted(set(choices))
    if not names:
        return "there are none yet"
    near = nearest(wrong, names)
    meant = f"did you mean {near}?" if near else ""
    if near and len(names) > SHOWN_CHOICES:
        return meant
    listed = ", ".join(names[:SHOWN_CHOICES])
    more = f" and {len(names) - SHOWN_CHOICES} more" if len(names) > SHOWN_CHOICES else ""
    return f"{meant} valid: {listed}{more}".strip()


def quoted(value: str) -> str:
    """Return a name for a message, shortened if it is long."""
    return repr(value if len(value) <= 60 else value[:57] + "...")
