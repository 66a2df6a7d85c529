"""A run that is killed on either side of any transaction, and of any message, and made again.

Among these places are the end of each pull, verdicts stored and alerts not yet, and an outbox
message taken, sent and reported.
"""

from datetime import timedelta

import pytest

from tests.faults.letters import told
from tests.faults.scene import LATER, Story, wrongs

STORY = Story("clinic", "google_ads")
EARLY = timedelta(minutes=2)
"""The claim of a sender that died still holds: it could be slow instead of dead."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
@pytest.mark.parametrize("side", ["before commit", "after commit", "before send", "after send"])
def test_killed_at_each_transaction_or_message(scene, undisturbed, note_kill, side, backend):
    wanted = undisturbed(STORY)
    numbers = [number for place, number, _ in wanted.ended.places if place == side]
    assert len(numbers) > 1
    found = {}
    for number in numbers:
        stage = scene(STORY, backend)
        attempt = stage.attempt(STORY.brand, STORY.process, die_at=(side, number))
        (ended,) = stage.run(attempt)
        assert ended.killed, stage.said()
        note_kill(f"{side}, {backend}")
        half_sent = stage.half_sent()
        stage.run_well(stage.attempt(STORY.brand, STORY.process, after=LATER))
        if wrong := wrongs(stage, wanted, half_sent):
            found[side, number] = wrong
    assert found == {}


@pytest.mark.parametrize(
    ("side", "comes"), [pytest.param("before send", 1, marks=pytest.mark.slow), ("after send", 2)]
)
def test_a_message_in_doubt_waits_until_its_claim_has_lapsed(
    scene, undisturbed, note_kill, side, comes
):
    wanted = undisturbed(STORY)
    stage = scene(STORY)
    stage.run(stage.attempt(STORY.brand, STORY.process, die_at=(side, 1)))
    note_kill(f"{side}, sqlite")
    ((message_id, came),) = stage.half_sent().items()
    assert came == comes - 1
    stage.run_well(stage.attempt(STORY.brand, STORY.process, after=EARLY))
    letters = stage.letters()
    assert [letter.message_id for letter in letters].count(message_id) == came
    assert len(told(letters)) == len(told(wanted.letters)) - 1 + came
    stage.run_well(stage.attempt(STORY.brand, STORY.process, after=LATER))
    assert wrongs(stage, wanted, {message_id: came}) == []
    assert [letter.message_id for letter in stage.letters()].count(message_id) == comes
