"""What becomes of a change is decided by what the platform shows, whatever it answered."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.actions import STEPS
from connectors.changes import Setting, Written
from tasks.applying import SENDS, SILENCE, after_interruption, after_writing, before_writing
from tests.tasks.gate.town import NOW, action, audience, budget_of, post, proposal

BEFORE, AFTER, OTHER = Decimal(100), Decimal(90), Decimal(70)


def an_action(**changes):
    change = proposal(budget_of(), BEFORE, AFTER)
    return replace(action(7, change), state="applying", attempts=1, updated_at=NOW, **changes)


def shows(value, **changes):
    return Setting(budget_of(), value, **changes)


def test_only_the_value_that_was_approved_is_written_over():
    assert before_writing(an_action(), shows(BEFORE)) is None


@pytest.mark.parametrize(
    ("setting", "state", "reason"),
    [
        (None, "failed", "gone"),
        (shows(AFTER), "expired", "moved"),
        (shows(OTHER), "expired", "moved"),
        (shows(BEFORE, fixed="The budget lives on the ad sets."), "refused", "not_writable"),
    ],
)
def test_whatever_else_is_there_ends_it_without_a_write(setting, state, reason):
    follows = before_writing(an_action(), setting)
    assert (follows.state, follows.reason) == (state, reason)


def test_a_value_that_has_moved_is_told_with_both_values():
    assert before_writing(an_action(), shows(OTHER)).explanation == (
        "it was 100 when it was proposed and is 70 now"
    )


@pytest.mark.parametrize("answer", ["accepted", "refused", "unknown"])
def test_what_is_read_back_goes_before_every_answer(answer):
    written = Written(answer, "said so")
    assert after_writing(an_action(), written, shows(AFTER)).state == "applied"
    assert after_writing(an_action(), written, shows(OTHER)).state == "failed"
    assert after_writing(an_action(), written, None).state == "failed"


def test_a_refusal_with_the_old_value_has_failed_and_says_why():
    follows = after_writing(an_action(), Written("refused", "BUDGET_TOO_LOW"), shows(BEFORE))
    assert (follows.state, follows.explanation) == ("failed", "BUDGET_TOO_LOW")


@pytest.mark.parametrize("answer", ["accepted", "unknown"])
def test_the_old_value_without_a_refusal_leaves_it_open(answer):
    assert after_writing(an_action(), Written(answer), shows(BEFORE)) is None


def test_an_interrupted_change_that_is_there_is_applied_at_once():
    assert after_interruption(an_action(), shows(AFTER), NOW).state == "applied"


def test_an_interrupted_change_that_is_not_there_waits_for_the_silence():
    soon, later = NOW + SILENCE - timedelta(seconds=1), NOW + SILENCE
    assert after_interruption(an_action(), shows(BEFORE), soon) is None
    assert after_interruption(an_action(), shows(BEFORE), later).state == "approved"


def test_a_change_is_not_sent_for_ever():
    often = replace(an_action(), attempts=SENDS)
    assert after_interruption(often, shows(BEFORE), NOW + SILENCE).reason == "lost"
    assert after_interruption(often, shows(BEFORE), NOW + SILENCE).state == "failed"


def test_a_change_that_somebody_overtook_has_failed():
    assert after_interruption(an_action(), shows(OTHER), NOW).reason == "moved"
    assert after_interruption(an_action(), None, NOW).reason == "gone"


def test_every_next_state_is_one_that_may_follow():
    settings = [None, *(shows(value) for value in (BEFORE, AFTER, OTHER))]
    answers = [Written("accepted"), Written("refused"), Written("unknown")]
    found = [before_writing(an_action(), setting) for setting in settings]
    found += [after_writing(an_action(), w, s) for w in answers for s in settings]
    found += [after_interruption(an_action(), s, NOW + SILENCE) for s in settings]
    assert {one.state for one in found if one} <= {*STEPS["applying"]}


def test_a_list_is_spoken_of_in_people_and_counts_as_done_only_when_it_shows():
    pushed = replace(action(7, audience(100, added=40, removed=2)), state="applying", attempts=1)
    subject = pushed.proposal.subject
    some = Setting(subject, f"120:{'c' * 32}")
    part = after_writing(pushed, Written("unknown", "20 of 40 came into the list"), some)
    assert (part.state, part.explanation) == (
        "failed",
        "it is 120 people (cccccccc), neither what it was nor what was sent; "
        "20 of 40 came into the list",
    )
    nobody = after_writing(pushed, Written("accepted"), Setting(subject, pushed.proposal.before))
    assert (nobody.state, nobody.reason) == ("failed", "refused")
    assert (
        after_writing(pushed, Written("unknown"), Setting(subject, pushed.proposal.before)) is None
    )


@pytest.mark.parametrize("attempts", [2, 3])
def test_what_may_be_a_lost_write_of_ours_counts_as_ours(attempts):
    again = replace(an_action(), attempts=attempts)
    assert before_writing(again, shows(AFTER)).state == "applied"


def test_what_takes_something_back_is_done_whoever_did_it():
    back = replace(an_action(), proposal=proposal(budget_of(), BEFORE, AFTER, takes_back=6))
    follows = before_writing(back, shows(AFTER))
    assert (follows.state, follows.reason) == ("applied", "already")


def test_what_is_said_already_is_said_whoever_said_it():
    said = replace(action(7, post()), state="applying", attempts=1)
    assert before_writing(said, Setting(said.proposal.subject, "present")).state == "applied"


def test_what_somebody_else_did_first_is_told_as_theirs():
    follows = before_writing(an_action(), shows(AFTER))
    assert follows.explanation == "it was 90 already: somebody else did it"
