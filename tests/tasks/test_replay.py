"""A replay: on which days, with what settings of then, and what it adds up to."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from config.brand_playbooks import mode_of
from config.library import load
from config.models import Schedule
from config.schedules import first_time
from config.settings import HERE
from connectors.changes import Edit, Setting, Subject
from tasks.rehearsal import Rehearsal
from tasks.replay import Day, Replay, Said, as_if_proposing, moments, notes, tallies
from tasks.report.markdown_replay import in_short, render_replay
from tasks.then import Above, Timeline, entities_then, setting_then
from tests.tasks.gate.town import NOW, TODAY, action, budget_of, proposal, status_of

BUDGET = (1, budget_of())
WEEK_AGO = NOW - timedelta(days=7)


def edit(at: datetime, old: object, new: object, subject: Subject = BUDGET[1]) -> tuple[int, Edit]:
    return 1, Edit(f"{at}", at, subject, old, new, "person@example.com", "UI")


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "value"), [(0, Decimal(80)), (3, Decimal(100)), (5, Decimal(100)), (9, Decimal(60))]
)
def test_a_value_is_what_the_next_later_change_found(days, value):
    edits = [
        edit(days_ago(2), Decimal(100), Decimal(80)),
        edit(days_ago(6), Decimal(60), Decimal(100)),
    ]
    assert Timeline(edits, []).value(BUDGET, Decimal(80), days_ago(days)) == value


def test_what_nobody_tells_of_is_as_it_is_today():
    assert Timeline([], []).value(BUDGET, Decimal(80), WEEK_AGO) == Decimal(80)


def test_a_change_from_an_unknown_value_leaves_what_the_one_before_it_made():
    first = edit(days_ago(9), Decimal(60), Decimal(70))
    timeline = Timeline([first, edit(days_ago(2), None, Decimal(80))], [])
    assert timeline.value(BUDGET, Decimal(80), days_ago(4)) == Decimal(70)
    alone = Timeline([edit(days_ago(2), None, Decimal(80))], [])
    assert alone.value(BUDGET, Decimal(80), days_ago(4)) is None


def test_our_own_changes_are_taken_back_too():
    ours = action(1, proposal(budget_of(), Decimal(100), Decimal(80)))
    ours = replace(ours, state="applied", applied_at=days_ago(2))
    assert Timeline([], [ours]).value(BUDGET, Decimal(80), WEEK_AGO) == Decimal(100)


def frame(**columns: object) -> pd.DataFrame:
    row = {
        "account_key": 1, "level": "campaign", "entity_id": "c1", "campaign_id": "c1",
        "parent_id": None, "status": "paused", "daily_budget": 80.0, "status_since": None,
    }  # fmt: skip
    return pd.DataFrame([row | columns])


def test_entities_have_the_status_and_budget_of_then():
    paused = (1, status_of())
    edits = [
        edit(days_ago(2), Decimal(100), Decimal(80)),
        edit(days_ago(3), "enabled", "paused", paused[1]),
    ]
    then = entities_then(
        frame(status_since=TODAY - timedelta(days=3)), "campaign", Timeline(edits, []), WEEK_AGO
    )
    assert then[["status", "daily_budget", "status_since"]].values.tolist() == [
        ["enabled", 100.0, None]
    ]
    now = entities_then(frame(), "campaign", Timeline(edits, []), NOW)
    assert now[["status", "daily_budget"]].values.tolist() == [["paused", 80.0]]


def test_a_status_that_a_pull_saw_to_differ_was_another_before():
    entities = frame(status_since=TODAY - timedelta(days=3))
    timeline = Timeline([], [])
    timeline.see_statuses([entities])
    assert timeline.value((1, status_of()), "paused", WEEK_AGO) == "enabled"
    assert timeline.value((1, status_of()), "paused", NOW) == "paused"


def test_a_status_that_a_known_change_explains_is_not_seen_twice():
    timeline = Timeline([edit(days_ago(3), "removed", "paused", status_of())], [])
    timeline.see_statuses([frame(status_since=TODAY - timedelta(days=2))])
    assert timeline.value((1, status_of()), "paused", WEEK_AGO) == "removed"


def test_a_setting_of_then_knows_when_it_was_changed_and_nothing_of_learning():
    live = Setting(budget_of(), Decimal(80), learning=True, changed_at=days_ago(2))
    timeline = Timeline(
        [edit(days_ago(9), None, Decimal(100)), edit(days_ago(2), Decimal(100), Decimal(80))], []
    )
    then = setting_then(BUDGET, live, timeline, WEEK_AGO, parent_paused=True)
    assert then == Setting(
        budget_of(), Decimal(100), changed_at=days_ago(9), parent_paused=True, learning=None
    )
    unknown = Timeline([edit(days_ago(2), None, Decimal(80))], [])
    assert setting_then(BUDGET, live, unknown, WEEK_AGO, parent_paused=False) is None


def test_what_lies_below_something_paused_is_paused():
    ads = frame(level="ad", entity_id="g1~a1", campaign_id="c1", parent_id="g1")
    above, ad = Above([ads, frame()]), (1, Subject("ad", "g1~a1", "status"))
    assert above.is_paused(ad, {(1, "ad_group", "g1"): "paused"})
    assert above.is_paused(ad, {(1, "campaign", "c1"): "removed"})
    assert not above.is_paused(ad, {(1, "campaign", "c1"): "enabled"})
    assert not above.is_paused((1, status_of()), {(1, "campaign", "c1"): "paused"})


def cut(**changes: object):
    return proposal(budget_of(), Decimal(100), Decimal(80), **changes)


def rehearsed(*said: Said, at: datetime = NOW) -> Rehearsal:
    ledger = Rehearsal()
    ledger.record(said, at)
    return ledger


def test_what_passes_counts_as_done_and_what_is_refused_does_not():
    other = proposal(budget_of("c2"), Decimal(50), Decimal(40))
    refused = Said(other, "refused", "cool_down", "changed yesterday")
    ledger = rehearsed(Said(cut(), "waits"), refused)
    states = {one.proposal.subject.entity_id: one.state for one in ledger.actions(WEEK_AGO)}
    assert states == {"c1": "applied", "c2": "refused"}
    assert ledger.values(Timeline([], []), NOW) == {BUDGET: Decimal(80)}
    assert ledger.actions(NOW + timedelta(hours=1)) == []


def test_what_comes_back_by_itself_is_back_on_its_day():
    pause = proposal(status_of(), "enabled", "paused", restore_on=TODAY + timedelta(days=1))
    ledger = rehearsed(Said(pause, "done"))
    place, tomorrow = (1, status_of()), NOW + timedelta(days=1)
    ledger.begin(TODAY, NOW, lambda _: None)
    assert ledger.values(Timeline([], []), NOW) == {place: "paused"}
    ledger.begin(TODAY + timedelta(days=1), tomorrow, lambda _: None)
    assert ledger.values(Timeline([], []), tomorrow) == {place: "enabled"}
    assert [one.state for one in ledger.actions(WEEK_AGO)] == ["undone"]


def test_a_later_change_by_somebody_else_goes_before_what_was_rehearsed():
    ledger = rehearsed(Said(cut(), "waits"), at=WEEK_AGO)
    timeline = Timeline([edit(days_ago(2), Decimal(100), Decimal(120))], [])
    assert ledger.values(timeline, days_ago(3)) == {BUDGET: Decimal(80)}
    assert ledger.values(timeline, NOW) == {}


def test_advice_sets_nothing():
    advice = proposal(Subject("campaign", "c1", "advice", "look"), "", "Look at it")
    assert rehearsed(Said(advice, "waits")).values(Timeline([], []), NOW) == {}


def test_an_action_is_judged_when_its_figures_would_have_arrived():
    change = cut(judge_after_days=7)
    ledger = rehearsed(Said(change, "done"))
    over = change.as_of + timedelta(days=7)
    ledger.begin(TODAY, NOW, lambda _: over - timedelta(days=1))
    assert ledger.actions(WEEK_AGO)[0].judged is None
    ledger.begin(TODAY, NOW, lambda _: None)
    assert ledger.actions(WEEK_AGO)[0].judged is None
    ledger.begin(TODAY, NOW, lambda _: over)
    assert ledger.actions(WEEK_AGO)[0].judged == "inconclusive"


BERLIN = "Europe/Berlin"
MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)


def test_a_day_has_the_moment_of_its_last_run():
    runs = [
        (MONDAY, datetime(2026, 11, 2, 6, 2, tzinfo=UTC)),
        (MONDAY, datetime(2026, 11, 2, 15, 0, tzinfo=UTC)),
        (MONDAY, datetime(2026, 11, 9, 6, 0, tzinfo=UTC)),  # made later, as of that day
    ]
    assert moments(MONDAY, MONDAY, BERLIN, None, runs) == {MONDAY: runs[1][1]}


def test_days_without_a_run_have_the_schedules():
    schedule = Schedule(cron="30 6,18 * * MON-FRI", time_zone="UTC", active=False)
    found = moments(MONDAY, SUNDAY, BERLIN, schedule, [])
    assert [*found] == [MONDAY + timedelta(days=number) for number in range(5)]
    assert found[MONDAY] == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    mornings = moments(MONDAY, SUNDAY, BERLIN, None, [])
    assert (len(mornings), mornings[MONDAY]) == (7, datetime(2026, 11, 2, 6, tzinfo=UTC))


@given(
    minute=st.sampled_from(["0", "*/15", "5,50"]),
    hour=st.sampled_from(["*", "7", "6-18/6", "23,1"]),
    day=st.sampled_from(["*", "1", "1-10/3", "30", "*/2"]),
    month=st.sampled_from(["*", "NOV", "2-11/3"]),
    weekday=st.sampled_from(["*", "MON-FRI", "0", "7", "SUN,3"]),
    on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_a_schedule_first_fires_when_cron_says_so(minute, hour, day, month, weekday, on):
    cron = f"{minute} {hour} {day} {month} {weekday}"
    before = datetime.combine(on, time()) - timedelta(seconds=1)
    expected = croniter(cron, before).get_next(datetime)
    assert first_time(cron, on) == (expected.time() if expected.date() == on else None)


@pytest.fixture(scope="module")
def demo():
    return load(HERE, HERE / "demo")


def test_a_playbook_that_only_observes_is_replayed_as_if_it_proposed(demo):
    assert demo.mode("clinic", "google_ads", "google_raise_budget") == "observe"
    rehearsal = as_if_proposing(demo, "clinic", "google_ads", ["google_raise_budget"])
    (only,) = rehearsal.playbooks_for("clinic", "google_ads")
    assert only.name == "google_raise_budget"
    assert mode_of(rehearsal.brand("clinic"), "google_ads", only) == "propose"
    assert demo.mode("clinic", "google_ads", "google_raise_budget") == "observe"


def test_wrong_playbooks_are_told_with_the_right_ones(demo):
    with pytest.raises(LookupError, match=r"no playbook 'cut'.*google_cut_budget"):
        as_if_proposing(demo, "shop", "google_ads", ["cut"])
    with pytest.raises(LookupError, match="facebook_weekdays is switched off for shop: Our Meta"):
        as_if_proposing(demo, "shop", "facebook_ads", ["facebook_weekdays"])


def test_tallies_count_days_fates_reasons_and_entities(demo):
    cuts = next(
        one for one in demo.playbooks_for("shop", "google_ads") if one.name == "google_cut_budget"
    )
    mine = cut(playbook=cuts.name)
    other = proposal(budget_of("c2"), Decimal(50), Decimal(40), playbook=cuts.name)
    days = [
        Day(MONDAY, True, {cuts.name: 2}, (Said(mine, "waits"), Said(other, "done"))),
        Day(MONDAY + timedelta(days=1), True, {cuts.name: 1}, (Said(mine, "refused", "worse"),)),
        Day(MONDAY + timedelta(days=2), True, {cuts.name: 0}, ()),
        Day(MONDAY + timedelta(days=3), False, {}, ()),
    ]
    (tally,) = tallies(days, [cuts], {cuts.name: "propose"})
    assert (tally.findings, tally.days_found, tally.days_fired, tally.proposals) == (3, 2, 2, 3)
    assert (tally.waits, tally.done, tally.refused) == (1, 1, {"worse": 1})
    assert [(one.entity_id, one.times) for one in tally.most] == [("c1", 2), ("c2", 1)]


def test_notes_say_what_was_not_as_it_was(demo):
    playbooks = demo.playbooks_for("clinic", "google_ads")
    modes = {one.name: demo.mode("clinic", "google_ads", one.name) for one in playbooks}
    days = [Day(MONDAY, False, {}, ()), Day(SUNDAY, True, {}, ())]
    since = {"google": datetime(2026, 11, 5, tzinfo=UTC), "other": None}
    said = " ".join(notes(days, playbooks, modes, since, {"other": "no token"}, as_if_known=False))
    for part in (
        "On 1 of 2 days nothing was known yet",
        "--as-if-known",
        "google: changes before 2026-11-05 are not known",
        "other: no change history is known",
        "other could not be read now (no token)",
        "only observe",
        "planner's ideas",
    ):
        assert part in said
    known = " ".join(notes(days, (), {}, {}, {}, as_if_known=True))
    assert "what is known today" in known
    assert "nothing was known" not in known


def test_a_replay_reads_as_markdown_and_names_stay_names(demo):
    cuts = demo.playbooks_for("shop", "google_ads")[1]
    mine = cut(playbook=cuts.name, name="[Shoes](http://x) | <b>")
    days = (
        Day(MONDAY, True, {cuts.name: 1}, (Said(mine, "waits"),)),
        Day(MONDAY + timedelta(days=1), True, {cuts.name: 1}, (Said(mine, "refused", "worse"),)),
        Day(MONDAY + timedelta(days=2), False, {}, ()),
    )
    sums = tallies(days, [cuts], {cuts.name: "observe"})
    found = Replay("shop", "google_ads", MONDAY, SUNDAY, False, days, sums, ("Nobody knows.",))
    text = render_replay(found)
    assert "Runs on 3 days; something was known on 2." in text
    row = next(line for line in text.splitlines() if "google\\_cut" in line)
    assert row.split(" | ")[1:7] == ["observe", "2", "2", "1", "0", "worse 1"]
    assert "](http" not in text
    assert "<b>" not in text
    assert "| 2026-11-02 | 1 | 0 | 0 |" in text
    assert "2026-11-04" not in text
    assert "- Nobody knows" in text
    assert "**On record: these rules, as they are now, no longer count as new or changed" in text
    assert "not on record" in render_replay(replace(found, shortcoming="it is too short"))
    assert in_short(found).endswith("1 would wait for a person, 0 would be done, 1 refused")
