"""Who is in each segment, who is not, and of whom can it not be told?

Truth has three values, as in `config/formula.py`: whoever meets all that a segment asks for is in
it, whoever surely does not meet one thing is not, and of all others it is unknown. They are not in
it and are counted.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from config.formula import FALSE, TRUE, UNKNOWN
from config.mail_segments import Segment, parse_segment_condition
from tasks.cube import Booleans, Integers

Truth = npt.NDArray[np.int8]
"""FALSE, UNKNOWN or TRUE of `config.formula`."""


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who is in which segment."""

    segments: tuple[str, ...]
    person_key: Integers
    truth: Truth  # segments x people

    def inside(self, segment: str) -> Booleans:
        """Return whether each person is in a segment. Raise `ValueError` for no such segment."""
        found: Booleans = self.truth[self.segments.index(segment)] == TRUE
        return found

    def members(self, segment: str) -> Integers:
        """Return who is in a segment. Raise `ValueError` if there is none of this name."""
        return self.person_key[self.inside(segment)]

    def sizes(self) -> pd.DataFrame:
        """Return how many are in each `segment`: `people`, and of how many that is `unknown`."""
        people, unknown = (
            (self.truth == value).sum(axis=1, dtype=np.int64) for value in (TRUE, UNKNOWN)
        )
        return pd.DataFrame({"segment": self.segments, "people": people, "unknown": unknown})

    def overlap(self) -> pd.DataFrame:
        """Return how many people are in both segments, of every two; a segment and itself share
        all its people."""
        inside = self.truth == TRUE
        shared = [[np.count_nonzero(one & other) for other in inside] for one in inside]
        matrix = np.array(shared, np.int64).reshape(len(inside), len(inside))
        return pd.DataFrame(matrix, index=[*self.segments], columns=[*self.segments])


def memberships(segments: Sequence[Segment], facts: pd.DataFrame) -> Memberships:
    """Return who is in which segment, by a frame as `customer_facts` makes it."""
    words = {name: _Words.of(facts[name]) for name in ("stage", "country", "language")}
    truth = np.full((len(segments), len(facts)), TRUE, np.int8)
    for row, segment in zip(truth, segments, strict=True):
        for meets in _conditions(segment, words, facts):
            np.minimum(row, meets, out=row)
    return Memberships(
        tuple(segment.name for segment in segments), facts["person_key"].to_numpy(), truth
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """A column of words: each word once, and which one every person has."""

    words: list[object]
    which: Integers

    @classmethod
    def of(cls, column: "pd.Series[str]") -> "_Words":
        which, words = pd.factorize(column, use_na_sentinel=False)
        return cls([*words], which)

    def truth(self, of_word: Callable[[object], int]) -> Truth:
        return np.array([of_word(word) for word in self.words], np.int8)[self.which]


def _conditions(segment: Segment, words: dict[str, _Words], facts: pd.DataFrame) -> list[Truth]:
    """Return for each thing that a segment asks for whether each person meets it."""
    found = []
    if segment.stages:
        found.append(words["stage"].truth(lambda word: _stage(word, segment.stages)))
    if segment.countries:
        found.append(words["country"].truth(lambda word: _country(word, segment.countries)))
    if segment.languages:
        found.append(words["language"].truth(lambda word: _language(word, segment.languages)))
    if segment.when:
        condition = parse_segment_condition(segment.when)
        columns = {name: facts[name].to_numpy(np.float64) for name in condition.names}
        truth = condition.evaluate(lambda _, name: columns[name])
        found.append(np.broadcast_to(np.asarray(truth, np.int8), len(facts)))
    return found


def _stage(word: object, wanted: Collection[str]) -> int:
    if not isinstance(word, str):
        return UNKNOWN
    return TRUE if word in wanted else FALSE  # in no stage is surely not in one of these


def _country(word: object, wanted: Collection[str]) -> int:
    if not isinstance(word, str) or not word:
        return UNKNOWN
    return TRUE if word.upper() in wanted else FALSE


def _language(word: object, wanted: Collection[str]) -> int:
    """Match as RFC 4647 does, section 3.3.1: `de` has `de-AT`, and `de-AT` has not `de`."""
    if not isinstance(word, str) or not word:
        return UNKNOWN
    tag = f"{word.lower()}-"
    return TRUE if any(tag.startswith(f"{one.lower()}-") for one in wanted) else FALSE
