"""A month of posts, two changes of the clock, workers killed and answers lost all the time: each
post comes once, in its window, or somebody is asked."""

import pytest

from tests.faults.social_scene import month
from tests.faults.social_trials import blows, live_through, posts, wrongs

QUICK, ALL, BLOWS = 2, 60, 5


@pytest.mark.parametrize(
    "count", [QUICK, pytest.param(ALL, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
def test_every_post_comes_once_or_is_asked_about(tmp_path, count):
    with month(tmp_path, posts(count)) as scene:
        for number, post in enumerate(scene.planned):
            live_through(scene, post, blows(number, BLOWS if count == ALL else 2))
        found = [wrong for post in scene.planned for wrong in wrongs(scene, post)]
    assert found == []
    assert scene.ends["killed"] >= count // 2, scene.ends
    assert len(scene.world.log) >= 2 * count
