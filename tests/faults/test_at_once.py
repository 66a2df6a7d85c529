"""Runs at the same time leave what they leave one after the other, and tell nothing twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.orders import STEP_BOUNDARIES
from tests.faults.scene import PROCESSES, Story, Undisturbed, wrongs

STORY = Story("clinic", "google_ads")
BACKENDS = ["sqlite", "postgresql"]
ROUNDS = 10


@pytest.fixture(scope="session")
def _one_by_one() -> dict[bool, Undisturbed]:
    return {}


@pytest.fixture
def one_by_one(scene, _one_by_one) -> Callable[[bool], Undisturbed]:
    """Return what the brand's processes leave when one runs after the other."""

    def look_up(first: bool) -> Undisturbed:
        if first not in _one_by_one:
            stage = scene(replace(STORY, first=first))
            for process in PROCESSES:
                (ended,) = stage.run_well(stage.attempt(STORY.brand, process))
            _one_by_one[first] = stage.leaves(ended)
        return _one_by_one[first]

    return look_up


@pytest.mark.parametrize("backend", [pytest.param("sqlite", marks=pytest.mark.slow), "postgresql"])
def test_one_process_twice(scene, undisturbed, backend):
    wanted = undisturbed(STORY)
    stage = scene(STORY, backend)
    stage.run_well(*[stage.attempt(STORY.brand, STORY.process)] * 2)
    assert wrongs(stage, wanted) == []


def test_both_processes_of_a_brand(scene, one_by_one):
    wanted = one_by_one(False)
    stage = scene(STORY)
    stage.run_well(*(stage.attempt(STORY.brand, process) for process in PROCESSES))
    assert wrongs(stage, wanted) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("first", [True, False], ids=["first", "next"])
def test_both_processes_twice_in_many_rounds(scene, one_by_one, backend, first):
    wanted = one_by_one(first)
    found = {}
    for number in range(ROUNDS):
        stage = scene(replace(STORY, first=first), backend)
        stage.run_well(*[stage.attempt(STORY.brand, process) for process in PROCESSES] * 2)
        if wrong := wrongs(stage, wanted):
            found[number] = wrong
    assert found == {}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_run_from_begin_to_end_between_any_two_acts(scene, undisturbed, backend):
    wanted = undisturbed(STORY)
    acts = {*STEP_BOUNDARIES, "before apply_alerts", "after commit", "before send", "after send"}
    places = [(place, number) for place, number, _ in wanted.ended.places if place in acts]
    found = {}
    for place in places:
        stage = scene(STORY, backend)
        others = ((STORY.brand, STORY.process),)
        stage.run_well(stage.attempt(STORY.brand, STORY.process, meanwhile=place, others=others))
        if wrong := wrongs(stage, wanted):
            found[place] = wrong
    assert found == {}


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_all_other_runs_between_what_one_decides_and_what_it_stores(scene, one_by_one, backend):
    wanted = one_by_one(False)
    stage = scene(STORY, backend)
    others = tuple((STORY.brand, process) for process in reversed(PROCESSES))
    place = "before apply_alerts", 1
    stage.run_well(stage.attempt(STORY.brand, STORY.process, meanwhile=place, others=others))
    assert wrongs(stage, wanted) == []
