"""A run that is killed between two steps and made again leaves what an undisturbed one leaves."""

import pytest

from tests.faults.orders import STEP_BOUNDARIES
from tests.faults.scene import EARLIER, LATER, Story, wrongs

RICH = Story("clinic", "google_ads")
"""Opens, updates and resolves alerts of two owners, and finds restated figures."""


def test_the_story_is_rich_enough_to_show_a_loss(undisturbed):
    left = undisturbed(RICH)
    assert len(left.letters) > 1
    assert left.content["revisions"]
    alerts = [line for line in left.content["alerts"] if "'google_ads'" in line]
    assert any("'resolved'" in line for line in alerts)
    assert any(repr(EARLIER) in line and "'open'" in line for line in alerts)
    assert any("'budget_exhausted'" in line for line in alerts)
    for check in ("budget_exhausted", "impression_share_fall", "landing_page_down"):
        assert sum(f"({check})" in letter.text for letter in left.letters) == 1
    assert {name for name, _, _ in left.ended.places} >= {*STEP_BOUNDARIES}


QUICK = [
    f"after {step}" for step in ("begin", "pull_account", "judge", "apply_approved", "deliver")
]


@pytest.mark.parametrize(
    "boundary",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in STEP_BOUNDARIES
    ],
)
def test_killed_between_two_steps_and_run_again(scene, undisturbed, note_kill, boundary):
    wanted = undisturbed(RICH)
    stage = scene(RICH)
    (ended,) = stage.run(stage.attempt(RICH.brand, RICH.process, die_at=(boundary, 1)))
    assert (ended.killed, ended.last) == (True, boundary)
    note_kill("between two steps, sqlite")
    stage.run_well(stage.attempt(RICH.brand, RICH.process, after=LATER))
    assert wrongs(stage, wanted) == []
