"""A year with three zones whose clocks change: everybody gets what he should, and nothing else."""

import pytest

from tests.tasks.sequences.referee import Referee
from tests.tasks.sequences.year import lived


def judged(people: int, seed: int, tick: int) -> None:
    year = lived(people, seed, tick)
    wrong = [*Referee(year, tick).wrong()]
    assert wrong[:5] == []
    assert len(year.messages) > 4 * people
    assert {"cap"} <= {it.reason for _, it in year.skips} <= {"cap", "late"}
    assert {it.source for _, it in year.messages} == {"welcome", "thanks", "birthday"}


def test_a_year_of_a_few_people():
    judged(150, seed=1, tick=3 * 3600)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_year_of_10_000_people():
    judged(10_000, seed=2, tick=3600)
