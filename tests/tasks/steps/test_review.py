"""Earlier changes are looked after: in a real ledger, on a platform that says what it is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from connectors.actions import Action, Proposal
from connectors.base import Account
from connectors.changes import Edit, Setting, Subject, Value
from connectors.warehouse import Decided, Warehouse
from tasks.applying import PATIENCE
from tasks.gate.hold_off import foreign_edits
from tasks.run import Run
from tasks.steps.review import Review
from tests.market import lay_down
from tests.tasks.gate.town import NOW, TODAY, enable, pause, proposal, status_of

KEYWORD = Subject("ad_group", "1", "keyword", "exact:red shoes")
ITS_STATUS = status_of("1~55", "keyword")
LONG_AGO = NOW - timedelta(days=100)


@dataclass
class Platform:
    """Says what is true now, and who changed what. One that is silent cannot be read."""

    said: dict[Subject, Setting] = field(default_factory=dict)
    history: list[Edit] = field(default_factory=list)
    silent: bool = False
    failed: dict[str, str] = field(default_factory=dict)
    edit_history_days: int = 30
    asked: list[Subject] = field(default_factory=list)

    def entry(self, _: int) -> str:
        return "ads"

    def writable(self, _: int) -> "Platform | None":
        return None if self.silent else self

    def settings(self, places) -> dict[tuple[int, Subject], Setting]:
        places = [*places]
        self.asked += [subject for _, subject in places]
        if self.silent:
            self.failed["ads"] = "no answer"
            return {}
        return {(key, one): self.said[one] for key, one in places if one in self.said}

    def edits(self, since, until) -> Iterator[list[Edit]]:
        yield [edit for edit in self.history if since <= edit.at <= until]

    def says(self, subject: Subject, value: Value, **changes) -> None:
        self.said[subject] = Setting(subject, value, **changes)


@dataclass
class Brand:
    """A brand with one account, its ledger and the platform."""

    store: Warehouse
    platform: Platform = field(default_factory=Platform)

    def __post_init__(self) -> None:
        account = Account("google_ads", "111", "Shop", "EUR", "UTC")
        self.key = self.store.save_account("shop", "ads", account, NOW)

    def done(self, wanted: Proposal, at=LONG_AGO, *states: str) -> Action:
        """Put a change into the ledger that was carried out then."""
        return self.carried_out(self.recorded(wanted, at), at, *states)

    def recorded(self, wanted: Proposal, at: datetime) -> Action:
        """Put an approved change into the ledger."""
        wanted = replace(wanted, account_key=self.key, expires_at=at + timedelta(days=30))
        wanted = replace(wanted, entity_key=None)
        decided = [Decided(wanted, "approved")]
        (one,) = self.store.record(decided, run_id="1", actor="run 1", now=at)
        return one

    def carried_out(self, one: Action, at: datetime, *states: str) -> Action:
        """Carry out a change, and move it on to these states."""
        for state in ("applying", "applied", *states):
            judged = "improved" if state == "judged" else None
            step = {"version": one.version, "judged": judged, "actor": "run 1", "now": at}
            one = self.store.move(one.action_id, state, **step)
        return one

    def look(self, days: int = 0) -> list[Action]:
        """Look after all, some days later; return what moved."""
        now = NOW + timedelta(days=days)
        run = Run(f"r{days}", "shop", "google_ads", now.date(), now, ("ads",))
        library = SimpleNamespace(entries=lambda *_: [SimpleNamespace(name="ads")])
        review = Review(self.store, library, run, now)
        review.platforms = self.platform
        review.look()
        return [*review.moved.values()]

    def now(self, one: Action) -> Action:
        return self.store.action(one.action_id)


@pytest.fixture
def brand(tmp_path) -> Iterator[Brand]:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    lay_down(url)
    with Warehouse(url) as store:
        yield Brand(store)


def lasting(days: int = 0) -> Proposal:
    return pause("c1", restore_on=TODAY - timedelta(days=days))


def cut(subject: Subject, before: int, after: int) -> Proposal:
    return proposal(subject, Decimal(before), Decimal(after))


def edited(subject: Subject, new: Value, who: str = "ana@example.com", days_ago: float = 1) -> Edit:
    at = NOW - timedelta(days=days_ago)
    return Edit(f"{subject} {at}", at, subject, None, new, who, "WEB")


def test_what_was_changed_long_ago_comes_back_on_its_day(brand):
    paused = brand.done(lasting(), LONG_AGO, "verified", "judged")
    brand.platform.says(status_of(), "paused")
    (back,) = brand.look()
    assert (back.state, back.proposal.after) == ("approved", "enabled")
    assert back.proposal.takes_back == paused.action_id
    assert brand.look() == []  # it waits to be carried out


def test_before_its_day_what_was_changed_long_ago_is_left_alone(brand):
    brand.done(lasting(days=-1), LONG_AGO, "verified", "judged")
    assert brand.look() == []
    assert brand.platform.asked == []


def test_what_a_person_has_changed_meanwhile_is_told_once_and_stays(brand):
    paused = brand.done(lasting(), LONG_AGO, "verified")
    brand.platform.says(status_of(), "removed")
    brand.platform.history = [edited(status_of(), "removed")]
    drifted, refused = brand.look()
    assert (drifted.action_id, drifted.state) == (paused.action_id, "drifted")
    assert drifted.explanation == "it is removed now, by ana@example.com"
    assert (refused.state, refused.reason) == ("refused", "moved")
    assert refused.explanation == "it is removed now, by ana@example.com, and stays so"
    brand.platform.asked.clear()
    assert [brand.look(days) for days in (0, 1, 40)] == [[], [], []]
    assert brand.platform.asked == []


def test_what_cannot_be_read_is_tried_for_a_month_and_given_up_once(brand):
    brand.done(lasting(), LONG_AGO, "verified")
    brand.platform.silent = True
    assert [brand.look(days) for days in (0, 1, 31)] == [[], [], []]
    (refused,) = brand.look(32)
    assert (refused.state, refused.reason) == ("refused", "late")
    brand.platform.silent = False
    brand.platform.says(status_of(), "paused")
    assert brand.look(33) == []


def test_what_is_given_up_can_still_be_taken_back_by_a_person(brand):
    paused = brand.done(lasting(days=40), LONG_AGO, "verified")
    brand.platform.says(status_of(), "paused")
    (refused,) = brand.look()
    assert (refused.state, refused.reason) == ("refused", "late")
    assert brand.now(paused).state == "verified"
    by_hand = replace(refused.proposal, as_of=TODAY + timedelta(days=1))
    (again,) = brand.store.record([Decided(by_hand, "approved")], run_id="2", actor="ana", now=NOW)
    assert again.state == "approved"


def test_who_changed_a_keyword_that_we_made_is_known(brand):
    """Google tells of it as a keyword by its id; we made an item of an ad group."""
    at = NOW - timedelta(days=5)
    added = brand.done(proposal(KEYWORD, "absent", "enabled"), at)
    brand.platform.says(KEYWORD, "paused", item_id="1~55")
    brand.platform.history = [
        edited(ITS_STATUS, "enabled", "our application", 5),
        edited(ITS_STATUS, "paused"),
    ]
    (drifted,) = brand.look()
    assert (drifted.action_id, drifted.state) == (added.action_id, "drifted")
    assert drifted.explanation == "it is paused now, by ana@example.com"


def test_our_own_making_of_a_keyword_is_no_edit_of_others(brand):
    """The platform's clock is some minutes ahead of ours."""
    brand.done(proposal(KEYWORD, "absent", "enabled"), NOW - timedelta(days=5))
    brand.platform.says(KEYWORD, "paused", item_id="1~55")
    ahead = edited(ITS_STATUS, "enabled", "our application", 5 - 1 / 24 / 20)
    brand.platform.history = [ahead]
    (drifted,) = brand.look()
    assert drifted.explanation == "it is paused now"


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_keyword_that_we_made_and_paused_later_has_not_drifted(brand, taken_back):
    added = brand.done(proposal(KEYWORD, "absent", "enabled"), NOW - timedelta(days=20), "verified")
    paused = brand.done(pause("1~55", "keyword"), NOW - timedelta(days=5), "verified")
    value = "paused"
    if taken_back:
        value = "enabled"
        back = enable("1~55", "keyword", takes_back=paused.action_id)
        brand.done(back, NOW - timedelta(days=2), "verified")
    brand.platform.says(KEYWORD, value, item_id="1~55")
    brand.platform.says(ITS_STATUS, value)
    assert brand.look() == []
    assert brand.now(added).state == "verified"


def test_a_pause_that_a_person_has_set_again_stays_and_is_theirs(brand):
    """However long ago the person did: what was known once is not forgotten."""
    paused = brand.done(lasting(), LONG_AGO, "verified")
    brand.platform.says(status_of(), "paused")
    theirs = [edited(status_of(), "enabled", days_ago=97), edited(status_of(), "paused", "bo", 95)]
    brand.store.save_edits(brand.key, [theirs], NOW - timedelta(days=90))
    drifted, refused = brand.look()
    assert (drifted.action_id, drifted.state) == (paused.action_id, "drifted")
    assert drifted.explanation == "it is paused again, by bo"
    assert (refused.state, refused.reason) == ("refused", "moved")
    assert refused.explanation == "it is paused again, by bo, and stays so"
    assert brand.look(1) == []


def test_our_own_edit_is_never_taken_for_a_person_s(brand):
    """Not by a clock some minutes ahead, nor when it was recorded long before it was done."""
    at = NOW - timedelta(days=85)
    own = brand.recorded(pause("c1"), at - timedelta(days=20))
    own = brand.carried_out(own, at, "verified")
    brand.platform.says(status_of(), "paused")
    brand.store.save_edits(
        brand.key, [[edited(status_of(), "paused", "our application", 85 - 1 / 24 / 12)]], at
    )
    assert brand.look() == []
    assert brand.now(own).state == "verified"


def test_our_edit_of_another_campaign_s_shared_budget_is_no_edit_of_others(brand):
    """A platform tells of it under every campaign that shares the budget."""
    of = {one: Subject("campaign", one, "daily_budget") for one in ("c1", "c2")}
    first = brand.done(cut(of["c1"], 100, 90), NOW - timedelta(days=9), "verified")
    brand.done(cut(of["c2"], 90, 80), NOW - timedelta(days=6), "verified")
    back = brand.done(cut(of["c2"], 80, 90), NOW - timedelta(days=3))
    for one in of.values():
        brand.platform.says(one, Decimal(90), shared_by=("c1", "c2"))
    brand.platform.history = [
        edited(one, Decimal(value), "our application", days)
        for one in of.values()
        for value, days in ((90, 9), (80, 6), (90, 3))
    ]
    (verified,) = brand.look()
    assert (verified.action_id, verified.state) == (back.action_id, "verified")
    assert brand.now(first).state == "verified"


def test_what_was_claimed_since_the_run_began_was_not_done_before_that(brand):
    """A person's round died while this run still pulled: else its write would seem another's."""
    own = brand.recorded(pause("c1"), NOW - timedelta(minutes=40))
    claimed = NOW + timedelta(minutes=30)
    own = brand.store.move(
        own.action_id, "applying", version=own.version, actor="run 2", now=claimed
    )
    brand.platform.says(status_of(), "paused")
    (applied,) = brand.look()
    assert (applied.state, applied.applied_at, applied.updated_at) == ("applied", claimed, claimed)
    written = claimed + timedelta(minutes=1)
    brand.platform.history = [replace(edited(status_of(), "paused", "our application"), at=written)]
    (verified,) = brand.look(1)
    assert verified.state == "verified"
    stored = [edit for _, edit in brand.store.edits([brand.key], NOW)]
    assert foreign_edits(stored, [brand.now(own)]) == []


def test_what_was_found_a_day_later_was_done_when_its_worker_could_still_send(brand):
    """So what a person did in between is known to have come after it."""
    claimed = NOW - timedelta(days=1)
    own = brand.recorded(pause("c1"), claimed)
    brand.store.move(own.action_id, "applying", version=own.version, actor="run 2", now=claimed)
    brand.platform.says(status_of(), "paused")
    (applied,) = brand.look()
    assert (applied.applied_at, applied.updated_at) == (claimed + PATIENCE, NOW)
    brand.platform.history = [edited(status_of(), "enabled", "ana", 0.6)]
    brand.platform.history += [edited(status_of(), "paused", "ana", 0.3)]
    (drifted,) = brand.look(1)
    assert drifted.explanation == "it is paused again, by ana"
