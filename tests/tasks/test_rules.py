"""Which acting rules are new or changed, and which replay stands for having read them?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.guardrails import Envelope
from config.library import Library, load
from config.models import Override, PlaybookOverride
from config.settings import HERE
from connectors.records import RuleReplay
from tasks.replay import Day, Replay, tallies
from tasks.rules import acting_rules, digests, shortcoming, shown, unread

PROCESS = "google_ads"
CUT, RAISE, ADVICE = "google_cut_budget", "google_raise_budget", "google_low_quality"
AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
NEWEST = date(2026, 11, 2)
FIRST = NEWEST - timedelta(days=89)


def acting(library: Library, brand: str = "shop", **changes) -> Library:
    """Return the library with a brand that lets everything act, with these fields changed."""
    own = library.brand(brand)
    overrides = {
        it.name: own.playbooks.get(it.name, PlaybookOverride()).model_copy(update={"mode": "act"})
        for process in library.processes.values()
        for it in process.playbooks
    }
    update = {"mode": "act", "envelope": Envelope(fields=("daily_budget",), step_percent=20)}
    changed = own.model_copy(update={**update, "playbooks": overrides, **changes})
    return replace(library, brands={**library.brands, brand: changed})


@pytest.fixture(scope="module")
def demo() -> Library:
    return load(HERE, HERE / "demo")


@pytest.fixture
def library(demo) -> Library:
    return acting(acting(demo), "clinic")


def replays(library: Library, brand: str = "shop", at: datetime = AT) -> list[RuleReplay]:
    """Return what a replay of everything shows."""
    playbooks = library.playbooks_for(brand, PROCESS)
    sums = tallies((), playbooks, library.modes(brand))
    found = Replay(brand, PROCESS, FIRST, NEWEST, False, (), sums, ())
    return shown(found, digests(library, brand, PROCESS), at)


def test_a_new_rule_asks_and_says_what_to_do(library):
    assert unread(library, "shop", PROCESS, [])[CUT] == (
        "the rule is new: read what it would have done: marketloop replay google_ads --brand shop; "
        "from then on it acts"
    )


def test_a_rule_that_was_shown_as_it_is_acts(library):
    assert unread(library, "shop", PROCESS, replays(library)) == {}
    rules = {it.playbook: it for it in acting_rules(library, "shop", PROCESS, replays(library))}
    assert rules[CUT].shown in replays(library)
    assert rules[CUT].unread == ""


def test_a_changed_limit_of_its_check_asks_again_and_no_other_rule_does(demo, library):
    before = replays(library)
    own = {**demo.brand("shop").checks, "cpa_above_target": Override(minimum={"conversions": 30})}
    said = unread(acting(demo, checks=own), "shop", PROCESS, before)
    assert {*said} == {CUT, "google_target_cpa"}
    assert said[CUT].startswith("the rule has changed since its replay of 2026-11-02: read what")


def test_a_rule_that_is_changed_back_is_the_one_that_was_shown(demo, library):
    own = {**demo.brand("shop").checks, "cpa_above_target": Override(minimum={"conversions": 30})}
    later = replays(acting(demo, checks=own), at=AT + timedelta(days=5))
    assert CUT in unread(library, "shop", PROCESS, later)
    assert unread(library, "shop", PROCESS, [*later, *replays(library)]) == {}


def test_another_title_or_owner_asks_nobody(library):
    process = library.process(PROCESS)
    worded = tuple(
        it.model_copy(update={"title": f"{it.title}!", "risk": ""}) for it in process.playbooks
    )
    processes = {PROCESS: process.model_copy(update={"playbooks": worded})}
    other = replace(library, processes={**library.processes, **processes})
    assert unread(other, "shop", PROCESS, replays(library)) == {}


def test_a_replay_of_one_playbook_is_of_no_other(library):
    only = [it for it in replays(library) if it.playbook == CUT]
    said = unread(library, "shop", PROCESS, only)
    assert CUT not in said
    assert "is new" in said[RAISE]


def test_what_does_not_act_stands_aside(demo, library):
    assert acting_rules(demo, "shop", PROCESS, []) == ()
    names = {it.playbook for it in acting_rules(library, "shop", PROCESS, [])}
    assert CUT in names
    assert ADVICE not in names
    assert library.mode("shop", "email_marketing", "push_segments") == "act"
    mail = [it.playbook for it in acting_rules(library, "shop", "email_marketing", [])]
    assert mail == ["pause_complained"], "lists of people are no rule that could be replayed"


def replayed(known: int, of: int, first: date = FIRST, last: date = NEWEST, later=False) -> Replay:
    days = tuple(Day(NEWEST, number < known, {}, ()) for number in range(of))
    return Replay("shop", PROCESS, first, last, later, days, (), ())


@pytest.mark.parametrize(
    "found",
    [
        replayed(90, 90),
        replayed(30, 90),
        replayed(5, 13),  # it runs once a week
        replayed(1, 90, later=True),  # all the history there is
        replayed(90, 120, first=FIRST - timedelta(days=30)),
    ],
)
def test_the_last_90_days_count(found):
    assert shortcoming(found, NEWEST, all_accounts=True) == ""


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (replayed(89, 89, first=FIRST + timedelta(days=1)), "90 days up to 2026-11-02; leave out"),
        (replayed(90, 90, last=NEWEST - timedelta(days=1)), "90 days up to 2026-11-02; leave out"),
        (replayed(29, 90), "only on 29 of 90 days something was known then; add --as-if-known"),
        (replayed(0, 90, later=True), "nothing is known of its days"),
    ],
)
def test_what_shows_too_little_does_not_count_and_says_why(found, said):
    assert said in shortcoming(found, NEWEST, all_accounts=True)


def test_some_of_the_accounts_are_not_the_rule(library):
    assert "leave out --account" in shortcoming(replayed(90, 90), NEWEST, all_accounts=False)
