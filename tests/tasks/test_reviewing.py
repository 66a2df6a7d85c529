"""What we set holds or has drifted, by whom; what was to come back does so, or is given up."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.actions import GIVEN_UP
from connectors.changes import Setting, Subject
from tasks.applying import Next
from tasks.reviewing import bring_back, items_by_entity, review, shared_budgets
from tests.tasks.gate.town import TODAY, action, edit, pause, proposal, status_of

DRAFT = Subject("ad_group", "g1", "ad", "d1g3st")
KEYWORD = Subject("ad_group", "g1", "keyword", "exact:red")


def made(subject, after, state="applied", **changes):
    return action(7, proposal(subject, "absent", after), 2, state=state, judged=None, **changes)


def by_ana(new, days_ago=1.0, subject=DRAFT):
    return replace(edit(subject, "paused", new, days_ago), who="ana@example.com")


def test_a_draft_that_a_person_enables_holds_and_says_who_did():
    enabled = Setting(DRAFT, "enabled")
    follows = review(made(DRAFT, "paused"), enabled, [by_ana("enabled")])
    assert follows == Next("verified", "", "it is enabled now, by ana@example.com")
    assert review(made(DRAFT, "paused"), enabled, []).explanation == "it is enabled now"
    assert review(made(DRAFT, "paused", "verified"), enabled, [by_ana("enabled")]) is None


def test_a_draft_that_was_called_drifted_for_running_holds_again():
    told = made(DRAFT, "paused", "drifted", explanation="it is enabled now")
    assert review(told, Setting(DRAFT, "enabled"), []).state == "verified"


def test_a_draft_that_nobody_enabled_needs_no_words():
    assert review(made(DRAFT, "paused"), Setting(DRAFT, "paused"), []) == Next("verified")


@pytest.mark.parametrize("value", ["removed", "absent", "unknown"])
def test_a_draft_that_neither_waits_nor_runs_has_drifted(value):
    assert review(made(DRAFT, "paused"), Setting(DRAFT, value), []).state == "drifted"


def test_only_what_was_made_paused_may_be_enabled():
    paused = action(7, pause(), 2, state="applied", judged=None)
    assert review(paused, Setting(status_of(), "enabled"), []).state == "drifted"
    assert review(made(KEYWORD, "enabled"), Setting(KEYWORD, "paused"), []).state == "drifted"


def test_an_item_is_known_by_the_id_of_the_entity_that_it_is():
    settings = {
        (1, DRAFT): Setting(DRAFT, "paused", item_id="g1~77"),
        (1, KEYWORD): Setting(KEYWORD, "enabled", item_id="g1~55"),
        (2, KEYWORD): Setting(KEYWORD, "absent"),
        (1, status_of()): Setting(status_of(), "enabled"),
    }
    assert items_by_entity(settings) == {
        (1, status_of("g1~77", "ad")): (1, DRAFT),
        (1, status_of("g1~55", "keyword")): (1, KEYWORD),
    }


def due(late=0, **changes):
    lasting = pause(restore_on=TODAY - timedelta(days=late))
    return action(7, lasting, 100, state="judged", **changes)


def back(one, value, edits=(), *, read=True):
    setting = None if value is None else Setting(one.proposal.subject, value)
    return bring_back(one, setting, edits, TODAY, read=read)


@pytest.mark.parametrize("late", [0, 1, 31])
def test_what_still_stands_comes_back_within_a_month_of_its_day(late):
    assert back(due(late), "paused") == Next("approved")


@pytest.mark.parametrize(("value", "read"), [("paused", True), (None, False)])
def test_what_could_not_come_back_for_a_month_is_given_up(value, read):
    follows = back(due(32), value, read=read)
    assert (follows.state, follows.reason) == ("refused", "late")
    assert follows.explanation == (
        "it could not come back within 31 days of 2026-10-11: it stays as it is until a person "
        "takes action 7 back"
    )


@pytest.mark.parametrize(
    ("value", "reason", "explanation"),
    [
        ("enabled", "no_change", "it is enabled now, by ana@example.com, as it was before"),
        ("removed", "moved", "it is removed now, by ana@example.com, and stays so"),
        (None, "moved", "it is not there any more"),
    ],
)
@pytest.mark.parametrize("late", [0, 40])
def test_what_we_set_and_is_not_there_any_more_never_comes_back(value, reason, explanation, late):
    follows = back(due(late), value, [by_ana(value, subject=status_of())])
    assert follows == Next("refused", reason, explanation)
    assert reason in GIVEN_UP


def test_of_what_could_not_be_read_the_next_run_says_more():
    assert back(due(), None, read=False) is None


def test_amounts_are_compared_as_amounts():
    budget = Subject("campaign", "c1", "daily_budget")
    raised = proposal(budget, Decimal(100), Decimal(120), restore_on=TODAY)
    one = action(7, raised, 100)
    assert back(one, Decimal("120.00")) == Next("approved")
    assert back(one, Decimal(100)).reason == "no_change"
    assert back(one, Decimal(150)).explanation == "it is 150 now, and stays so"


def theirs(old, new, minutes, who="ana@example.com"):
    """A person's edit of the status, so many minutes after ours of 20 days ago."""
    made = edit(status_of(), old, new, 20 - minutes / 24 / 60)
    return replace(made, who=who)


def our_pause(state="verified", **changes):
    return action(7, pause(restore_on=TODAY), 20, state=state, judged=None, **changes)


PAUSED = Setting(status_of(), "paused")
ENABLED_AND_PAUSED = [
    theirs("paused", "enabled", 3 * 60),
    theirs("enabled", "paused", 9 * 60, "bo@example.com"),
]


@pytest.mark.parametrize("state", ["applied", "verified", "judged"])
def test_what_a_person_has_set_again_is_not_ours_any_more(state):
    follows = review(our_pause(state), PAUSED, ENABLED_AND_PAUSED)
    said = "it is paused again, by bo@example.com"
    assert follows == Next("drifted", "drifted", said)
    assert review(our_pause("drifted", explanation=said), PAUSED, ENABLED_AND_PAUSED) is None


def test_what_has_drifted_is_not_verified_because_a_person_has_set_it_again():
    drifted = our_pause("drifted", explanation="it is enabled now, by ana@example.com")
    assert review(drifted, PAUSED, ENABLED_AND_PAUSED).state == "drifted"
    assert review(drifted, PAUSED, []).state == "verified"


def test_what_a_person_has_set_again_never_comes_back_by_itself():
    follows = bring_back(our_pause(), PAUSED, ENABLED_AND_PAUSED, TODAY, read=True)
    said = "it is paused again, by bo@example.com, and stays so"
    assert follows == Next("refused", "moved", said)


def test_what_a_person_did_before_us_takes_nothing_away():
    earlier = [theirs("enabled", "paused", -90), theirs("paused", "enabled", -60)]
    assert review(our_pause("applied"), PAUSED, earlier) == Next("verified")
    assert bring_back(our_pause(), PAUSED, earlier, TODAY, read=True) == Next("approved")


@pytest.mark.parametrize(
    ("edits", "stands"),
    [
        ([theirs("removed", "enabled", 4)], True),  # before us, by a clock that is ahead of ours
        ([theirs("paused", "enabled", 4)], False),
        ([theirs(None, "enabled", 4)], False),
        ([theirs("removed", "enabled", 4), theirs("paused", "enabled", 6)], False),
        ([theirs("removed", "enabled", 11)], False),
    ],
)
def test_of_the_minutes_of_ours_what_was_there_before_an_edit_tells_which_came_first(edits, stands):
    follows = review(our_pause("applied"), PAUSED, edits)
    assert follows.state == ("verified" if stands else "drifted")
    follows = bring_back(our_pause(), PAUSED, edits, TODAY, read=True)
    assert follows.state == ("approved" if stands else "refused")


def test_a_draft_that_a_person_has_enabled_and_paused_again_still_holds():
    edits = [by_ana("enabled", 1.5), by_ana("paused")]
    assert review(made(DRAFT, "paused"), Setting(DRAFT, "paused"), edits).state == "verified"


def test_a_shared_budget_is_known_by_the_first_campaign_that_shares_it():
    budgets = {one: Subject("campaign", one, "daily_budget") for one in ("c1", "c2", "c3")}
    settings = {
        (1, budgets["c2"]): Setting(budgets["c2"], Decimal(100), shared_by=("c1", "c2")),
        (1, budgets["c3"]): Setting(budgets["c3"], Decimal(100)),
        (1, status_of()): Setting(status_of(), "enabled"),
    }
    first = (1, budgets["c1"])
    assert shared_budgets(settings) == {first: first, (1, budgets["c2"]): first}
