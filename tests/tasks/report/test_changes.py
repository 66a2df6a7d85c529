"""What a report says of changes: chosen, ordered, bounded, and nothing claimed without a range."""

from dataclasses import replace
from datetime import date, timedelta
from math import nan

import pytest

from connectors.actions import REASONS, STATES, Effect
from connectors.changes import Subject
from tasks.report import change_words as words
from tasks.report import changes as choosing
from tasks.report.changes import Names, changed_days, changes_of
from tasks.report.refusals import REFUSALS, refusal_words
from tests.tasks.report import ledger
from tests.tasks.report.conftest import words_of

NAMES = Names(
    accounts={1: "Bright Lamps Europe"},
    playbooks={"google_cut_budget": "Cut the budget"},
    owners={"ads": "Search team", "lead": "Marketing lead"},
    vocabulary=words_of(),
)


def changes(*actions, stops=(), links=None):
    newest_first = sorted(actions, key=lambda action: -action.action_id)
    return changes_of(newest_first, stops, links or {}, NAMES, ledger.NOW)


def numbers(entries):
    return [entry.number for entry in entries]


def test_every_reason_and_every_state_has_words_of_its_own():
    assert set(REFUSALS) == set(REASONS)
    assert len(set(REFUSALS.values())) == len(REASONS)
    assert all("_" not in text for text in REFUSALS.values())
    assert set(words.STATES) == set(STATES)
    assert len(set(words.STATES.values())) == len(STATES)


@pytest.mark.parametrize(
    ("reason", "text"), [("of_tomorrow", "of tomorrow"), ("", "no reason given")]
)
def test_a_reason_of_another_version_can_be_read(reason, text):
    assert refusal_words(reason) == text


def test_the_gravest_decision_comes_first_then_what_is_over_soonest():
    late, soon = (
        ledger.proposal(verdict="warning", expires_at=ledger.NOW + timedelta(days=days))
        for days in (3, 1)
    )
    late, soon = replace(late, playbook="late"), replace(soon, playbook="soon")
    actions = [ledger.action(made=made) for made in (late, soon, ledger.proposal())]
    found = changes(*actions)
    order = [choice.parts[0].number for choice in found.waiting]
    assert order == numbers_of(reversed(actions))
    assert words.waiting_count(found) == 3


def test_a_decision_has_all_that_a_person_needs():
    action = ledger.action(made=ledger.proposal(restore_on=date(2026, 11, 12)))
    found = changes(action, links={action.action_id: "http://127.0.0.1:4200/run?x=%7B"})
    (choice,) = found.waiting
    (entry,) = choice.parts
    assert entry.what == (
        "Daily budget of campaign Search - Generic - Desk lamps: €200.00 → €160.00 (↓ −20%)"
    )
    assert entry.expected == "Spend −€280.00 in 7 days (−€350.00 to −€210.00)"
    assert entry.link == "http://127.0.0.1:4200/run?x=%7B"
    assert dict(words.facts(choice)) == {
        "Expected change": entry.expected,
        "Wrong if": action.proposal.risk,
        "Undo": "Set the budget back to 200 EUR; ends by itself on 12 Nov 2026",
    }
    assert words.about(choice) == [
        "Bright Lamps Europe",
        "Cut the budget",
        "owner Search team",
        "until 13 Nov 2026 05:00 UTC",
    ]


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "data:text/html,x"])
def test_only_a_web_address_is_a_link(link):
    action = ledger.action()
    (choice,) = changes(action, links={action.action_id: link}).waiting
    assert choice.parts[0].link == ""
    assert words.command(choice.parts[0]) == f"marketloop actions approve {action.action_id}"


@pytest.mark.parametrize("broken", [None, *({field: nan} for field in ("value", "low", "high"))])
def test_an_effect_without_its_range_is_not_told(broken):
    effect = replace(ledger.SAVES, **broken) if broken else None
    (choice,) = changes(ledger.action(made=ledger.proposal(expected=effect))).waiting
    assert choice.parts[0].expected == ""
    assert dict(words.facts(choice))["Expected change"] == "no estimate"


def test_a_gain_has_its_sign_and_a_measure_its_title():
    effect = Effect("conversions_value", "money", 120.0, -10.0, 250.0, 1)
    other = Effect("leads", "count", 0.0, -1.0, 2.0, 14)
    pair = (ledger.action(made=ledger.proposal(expected=told)) for told in (effect, other))
    (choice,) = changes(*pair).waiting
    assert [part.expected for part in choice.parts] == [
        "Conversion value +€120.00 in 1 day (−€10.00 to +€250.00)",
        "leads 0 in 14 days (−1 to +2)",
    ]


def test_what_cannot_be_taken_back_says_so_and_strangers_tasks_go_to_the_first_owner():
    (choice,) = changes(ledger.action(made=ledger.proposal(undo="", owner="gone"))).waiting
    assert dict(words.facts(choice))["Undo"] == "cannot be taken back"
    assert choice.parts[0].owner == "Search team"


def test_parts_of_one_decision_stand_together_and_those_of_another_day_apart():
    today = ledger.split()
    before = [
        replace(action, proposal=replace(action.proposal, as_of=date(2026, 11, 9)))
        for action in ledger.split()
    ]
    found = changes(ledger.action(), *today, *before)
    assert [(len(choice.parts), choice.together) for choice in found.waiting] == [
        (1, False),
        (5, True),
        (5, True),
    ]
    split = found.waiting[1]
    assert words.heading(split) == "Google split budget: 5 changes; one decision: all or none"
    assert [head for head, _ in words.facts(split)] == ["Wrong if", "Undo"]
    assert words.shared_why(split) == (split.parts[0].why, split.parts[0].evidence[0])


def test_what_a_playbook_wants_for_one_reason_is_one_card_with_what_differs_apart():
    pair = [
        ledger.action(made=ledger.proposal(name=name, sentence=name, undo=name))
        for name in ("One", "Two")
    ]
    other = ledger.action(made=ledger.proposal(risk="It rains", verdict="warning"))
    found = changes(*pair, other)
    assert [choice.count for choice in found.waiting] == [2, 1]
    card = found.waiting[0]
    assert words.heading(card) == "Cut the budget: 2 changes"
    assert words.shared_why(card) == ()
    assert words.shared_undo(card) == ""
    assert [head for head, _ in words.facts(card)] == ["Wrong if"]
    assert "Cut the budget" not in words.about(card), "the heading says so"


def test_decisions_without_a_place_of_their_own_are_listed_further_down():
    alike = [ledger.action() for _ in range(choosing.PARTS + 3)]
    kinds = [
        ledger.action(made=ledger.proposal(playbook=f"kind_{n}", verdict="warning"))
        for n in range(choosing.CHOICES + 1)
    ]
    found = changes(*alike, *kinds)
    assert len(found.waiting) == choosing.CHOICES
    assert (found.waiting[0].count, len(found.waiting[0].parts)) == (9, choosing.PARTS)
    assert numbers(found.further.entries) == numbers_of([*alike[choosing.PARTS :], *kinds[-2:]])
    assert words.waiting_count(found) == len(alike) + len(kinds)
    assert words.further(found) == "5 further changes"


def numbers_of(actions):
    return [action.action_id for action in actions]


def test_a_drafts_content_is_shown():
    draft = ledger.item("ad", "d41d", after="paused", content={"headline_1": "Warm light"})
    (choice,) = changes(ledger.action(made=draft)).waiting
    assert choice.parts[0].evidence == ("headline 1: Warm light",)


def test_advice_is_a_task_and_no_decision():
    ideas = tuple(f"idea {n}" for n in range(15))
    task = ledger.action(made=ledger.advice("say it in the headline", evidence=ideas))
    taken = replace(task, action_id=task.action_id + 1000, state="applied", applied_at=ledger.NOW)
    found = changes(task, taken)
    assert found.waiting == ()
    assert numbers(found.tasks.entries) == [task.action_id]
    assert found.tasks.entries[0].evidence == task.proposal.evidence, "the list to work through"
    assert [words.state(entry) for entry in found.recent.entries] == ["taken on by a person"]


def test_recent_is_what_was_done_since_yesterday_and_what_is_on_its_way():
    old, yesterday = ledger.ago(1.3), ledger.ago(1.1)
    shown = [
        ledger.action("failed", updated_at=yesterday),
        ledger.action("drifted", applied_at=ledger.ago(30), updated_at=yesterday),
        ledger.action("applying", updated_at=ledger.ago(5)),
        ledger.action("approved", updated_at=ledger.ago(5)),
        ledger.action("undone", applied_at=ledger.ago(30), updated_at=yesterday),
        ledger.action("verified", applied_at=yesterday, updated_at=ledger.NOW),
        ledger.action("rejected", updated_at=yesterday),
        ledger.action("expired", updated_at=yesterday),
    ]
    hidden = [
        ledger.action("failed", updated_at=old),
        ledger.action("drifted", applied_at=ledger.ago(30), updated_at=old),
        ledger.action("verified", applied_at=old, updated_at=ledger.NOW),
        ledger.action("expired", updated_at=old),
        ledger.judged("improved"),
        ledger.action(),
    ]
    found = changes(*shown, *hidden)
    expected = numbers_of(shown)
    assert numbers(found.recent.entries) == expected, "failures first, what came to nothing last"
    assert found.since == date(2026, 11, 9)


def test_what_waits_is_shown_however_old():
    assert changes(ledger.action(created_at=ledger.ago(300), updated_at=ledger.ago(300))).waiting


def test_who_approved_and_why_it_is_so_stand_beside_a_change():
    drifted = ledger.action(
        "drifted",
        updated_at=ledger.NOW,
        applied_at=ledger.ago(5),
        approvals=("One", "Two"),
        explanation="it is 48 now, by a person",
    )
    (entry,) = changes(drifted).recent.entries
    assert words.why_so(entry) == "it is 48 now, by a person; approved by One, Two"
    assert words.when(entry) == "10 Nov 2026 05:00 UTC", "when it was found, not when it was made"


def test_what_was_taken_back_says_why():
    done = ledger.action("undone", applied_at=ledger.ago(4))
    back = ledger.action(
        "applied",
        ledger.proposal(takes_back=done.action_id, sentence="Take back: sold out"),
        applied_at=ledger.NOW,
    )
    entries = {entry.number: entry for entry in changes(done, back).recent.entries}
    assert words.why_so(entries[done.action_id]) == "Take back: sold out"
    assert entries[back.action_id].what.endswith(f"(takes back action {done.action_id})")


def test_refusals_are_grouped_by_reason_the_most_frequent_first():
    found = changes(*ledger.refused())
    first = found.refused[0]
    assert (first.reason, first.count) == ("somebody else changed it lately", 2)
    assert sum(group.count for group in found.refused) == len(ledger.refused())
    assert all(len(group.examples) <= choosing.EXAMPLES for group in found.refused)


def test_the_same_wish_of_two_days_is_refused_once_and_an_old_one_is_no_news():
    yesterday, today, old = (
        ledger.action("refused", reason=reason, updated_at=moment)
        for reason, moment in [
            ("immature", ledger.ago(1)),
            ("hold_off", ledger.NOW),
            ("learning", ledger.ago(3)),
        ]
    )
    (group,) = changes(old, yesterday, today).refused
    assert (group.reason, group.count) == (refusal_words("hold_off"), 1)


def test_what_should_have_come_back_and_must_not_stands_with_what_was_done():
    done = ledger.action("applied", applied_at=ledger.NOW)
    back = ledger.proposal("status", "paused", "enabled", takes_back=7)
    yesterday, today = (
        ledger.action("refused", back, reason="month_spend", explanation=f"{n}", updated_at=moment)
        for n, moment in enumerate((ledger.ago(1), ledger.NOW))
    )
    found = changes(done, today, yesterday)
    first, _ = found.recent.entries
    assert (words.state(first), words.sign(first), words.why_so(first)) == (
        "refused",
        "warning",
        "1",
    )
    assert found.refused == ()


def test_what_a_mode_holds_back_is_observed_and_not_refused():
    found = changes(*ledger.observed(2))
    assert len(found.observed.entries) == 2
    assert found.refused == ()


def test_win_rates_have_a_range_and_a_sample_and_count_only_what_can_win():
    label = ledger.item("label", "checked", playbook="google_cut_budget")
    several = [*(ledger.judged("improved") for _ in range(6)), ledger.judged("worse")]
    found = changes(*several, ledger.judged("inconclusive", proposal=label))
    (record,) = found.records
    assert (record.playbook, record.judged, record.improved) == ("Cut the budget", 7, 6)
    assert 0 < record.low < record.rate < record.high < 1
    assert words.win_rate(record) == "86% (62% to 96%)"
    assert found.outcomes.entries[0].judged == "worse", "what turned out worse comes first"
    assert len(found.outcomes.entries) == 7


def test_what_took_another_change_back_is_not_listed_by_how_it_turned_out():
    bad = ledger.judged("worse")
    undo = replace(ledger.proposal(), takes_back=bad.action_id)
    found = changes(bad, ledger.judged("improved", proposal=undo))
    assert numbers(found.outcomes.entries) == [bad.action_id]
    (record,) = found.records
    assert (record.judged, record.improved, record.worse) == (1, 0, 1)


def test_a_judgement_without_figures_says_why_and_one_that_drifted_says_so():
    blank = ledger.judged("inconclusive", outcome=None, explanation="Too few figures")
    gone = replace(ledger.judged("improved"), state="drifted", explanation="it is 9 now")
    first, second = changes(blank, gone).outcomes.entries
    assert words.note(first) == "changed again since"
    assert (words.measured(second), words.note(second)) == ("not measured", "Too few figures")


def test_a_switch_names_what_it_stops_and_how_to_release_it():
    found = changes(stops=[ledger.stop(brand=""), ledger.stop(process="google_ads")])
    assert [(stop.scope, stop.command) for stop in found.stopped] == [
        ("all brands, all processes", "marketloop resume"),
        ("lamps, google_ads", "marketloop resume --brand lamps --process google_ads"),
    ]


def test_days_of_changes_are_those_of_an_account_and_no_tasks():
    done = ledger.action("verified", applied_at=ledger.ago(3))
    task = ledger.action("applied", ledger.advice("read it"), applied_at=ledger.ago(2))
    days = changed_days([done, task, ledger.action()], [1, 2])
    assert days == {1: {date(2026, 11, 7)}, 2: frozenset()}


def test_thousands_of_actions_make_lists_of_bounded_length():
    def many(actions):
        return [
            replace(
                action,
                proposal=replace(
                    action.proposal,
                    subject=Subject("campaign", str(number), action.proposal.subject.field),
                ),
                action_id=10_000 + number,
            )
            for number, action in enumerate(actions * 100)
        ]

    actions = many(ledger.morning())
    found = changes(*actions)
    waiting = [action for action in actions if action.state == "proposed"]
    assert words.waiting_count(found) + len(found.tasks.entries) + found.tasks.left == len(waiting)
    assert len(found.waiting) <= choosing.CHOICES
    assert all(len(choice.parts) <= choosing.PARTS for choice in found.waiting)
    for listed, most in (
        (found.further, choosing.LONGEST_FURTHER),
        (found.recent, choosing.LONGEST_RECENT),
        (found.tasks, choosing.LONGEST_TASKS),
        (found.observed, choosing.LONGEST_OBSERVED),
        (found.outcomes, choosing.LONGEST_OUTCOMES),
    ):
        assert len(listed.entries) == most
        assert listed.left > 0
    assert len(found.ledger) == choosing.LONGEST_LEDGER
    assert found.ledger[0].state == "proposed"
    assert len(found.refused) <= len(REASONS)
