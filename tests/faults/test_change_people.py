"""People act while a worker does: what they have set stands, and a stop holds from the next write.

A person's edit right before the write itself cannot be seen by anybody: platforms have no "only if
it is still so". Up to the last reading it can, and then it is not written over.
"""

import pytest

from connectors.changes import NUMBER_FIELDS, text_of
from connectors.warehouse import Warehouse
from tests.faults.changes_referee import value_now, wrongs_of
from tests.faults.changes_scene import BRAND, LATER, MORNING
from tests.faults.changes_trials import Trial, trials
from tests.faults.changes_wanted import ACCOUNTS, BACK, CASTS, Wanted
from tests.faults.orders import Event, Place


def edit(place: Place, wanted: Wanted, value: str) -> Event:
    """Let a person set what a change is about."""
    subject = wanted.subject
    what = {
        "account": ACCOUNTS[wanted.process],
        "level": subject.level,
        "entity_id": subject.entity_id,
        "field": subject.field,
        "value": value,
    }
    return Event(place, "person", what)


def other_value(wanted: Wanted) -> str:
    """Return what is neither there nor wanted."""
    return "64" if wanted.subject.field in NUMBER_FIELDS else "removed"


def draw_edit(trial: Trial, places: list[Place], names: tuple[str, ...]) -> tuple[Wanted, Event]:
    """Draw a change that a person comes across, where, and with which value."""
    luck = trial.luck
    by_hand = [one for one in CASTS[trial.cast] if one.subject.field in (*NUMBER_FIELDS, "status")]
    wanted = luck.choice(by_hand)
    place = luck.choice([place for place in places if place[0] in names])
    value = luck.choice((other_value(wanted), text_of(wanted.after)))
    return wanted, edit(place, wanted, value)


@pytest.mark.parametrize("trial", trials("seen", quick=1, total=40))
def test_what_a_person_sets_before_the_last_reading_stands(
    changes_scene, calm_round, note_kill, trial: Trial
):
    names = ("before read", "after read", "before claim", "after claim")
    places = calm_round(trial).reached
    early = places[: places.index(("before write", 1))]
    last = max(place for place in early if place[0] == "before read")
    wanted, event = draw_edit(trial, early[: early.index(last) + 1], names)
    scene = changes_scene(CASTS[trial.cast], trial.backend)
    scene.run_well(scene.round(trial.process, events=(event,)))
    note_kill(f"changes, a person before the last reading, {trial.backend}")
    seen = scene.ledger()
    scene.calm_down()
    assert wrongs_of(scene, seen) == [], f"{trial}, {event}"
    assert text_of(value_now(scene.market, wanted)) == event.what["value"]
    (action,) = [seen.actions[key] for key, one in scene.approved.items() if one == wanted]
    is_back = wanted == BACK and event.what["value"] == text_of(wanted.after)
    assert action.state == ("applied" if is_back else "expired"), "what a person did is theirs"
    assert action.attempts == 0, "nothing was sent, so the entry of it is not ours"


@pytest.mark.parametrize("trial", trials("unseen", quick=1, total=40))
def test_a_person_comes_between_reading_and_writing_or_after_it(
    changes_scene, calm_round, note_kill, trial: Trial
):
    places = calm_round(trial).reached
    late = places[places.index(("before write", 1)) :]
    _, event = draw_edit(trial, late, ("before write", "after write", "before read", "after read"))
    scene = changes_scene(CASTS[trial.cast], trial.backend)
    scene.run_well(scene.round(trial.process, events=(event,)))
    note_kill(f"changes, a person after the last reading, {trial.backend}")
    seen = scene.ledger()
    scene.calm_down()
    assert wrongs_of(scene, seen) == [], f"{trial}, {event}"


@pytest.mark.parametrize("trial", trials("stop", quick=2, total=40))
def test_after_a_stop_nothing_more_is_written(changes_scene, calm_round, note_kill, trial: Trial):
    luck = trial.luck
    names = ("before read", "after read", "before claim", "after claim", "after write")
    place = luck.choice([one for one in calm_round(trial).reached if one[0] in names])
    scope = {"brand": luck.choice(("", BRAND)), "process": ""}
    scene = changes_scene(CASTS[trial.cast], trial.backend)
    (ended,) = scene.run_well(scene.round(trial.process, events=(Event(place, "stop", scope),)))
    since = ended.reached.index(place)
    assert not [one for one in ended.reached[since:] if one[0] == "before write"]
    note_kill(f"changes, a stop {place[0]}, {trial.backend}")
    seen = scene.ledger()
    written = [edit.outcome for edit in scene.writes()].count("accepted")
    scene.run_well(scene.round(trial.process, after=LATER))
    assert [edit.outcome for edit in scene.writes()].count("accepted") == written
    with Warehouse(scene.url) as warehouse:
        warehouse.release(**scope, who="somebody", why="a test", now=MORNING)
    scene.calm_down(first=2)
    assert wrongs_of(scene, seen) == [], f"{trial}, {place}"
