"""Lists at services become like segments: proposed, approved, written over HTTP, read back."""

import logging

import pytest

from connectors.sandbox.faults import Fault
from tasks.change_wording import what
from tasks.run import RunFailedError
from tasks.steps import apply
from tasks.steps.previewing import preview
from tasks.undoing import CannotUndoError, why_not
from tests.privacy import find_everywhere
from tests.tasks.steps.mail_lists import (
    ENVELOPE,
    LETTERS,
    SERIES,
    VIP,
    address_of,
    letters_list,
    opened,
    series_list,
    without_people,
)


@pytest.fixture
def shop(tmp_path, sqlite_template):
    with opened(tmp_path, sqlite_template) as shop:
        yield shop


def of(actions, account):
    return next(one for one in actions if account in one.proposal.name)


def at(service):
    return {"Mailchimp": LETTERS, "Klaviyo": SERIES}[service]


@pytest.mark.parametrize("service", ["Mailchimp", "Klaviyo"])
def test_a_list_becomes_like_its_segment_once_a_person_has_agreed(shop, service):
    key = at(service)
    there = shop.inside(key)
    stays, goes = sorted(there)[:2]
    gone = next(one for one in shop.mail.people(key) if one.consent == "unsubscribed"
                and one.address not in there)  # fmt: skip
    shop.has(*range(40))
    shop.has(900, address=stays)
    shop.has(901, address=goes, consent="never")
    shop.has(902, address=gone.address.upper())
    shop.has(903, consent="pending")
    assert shop.look() == {}
    waiting = of(shop.actions("proposed"), service)
    assert shop.mail.log == []
    assert waiting.proposal.evidence == (
        f"adds 41, removes 1, the list has {len(there)} now",
        f"{len(there) - 2} people in the list are not among the customers, and stay",
    )
    assert what(waiting.proposal) == (
        f"customers “buyers”: 41 added, 1 removed in {service} list {waiting.proposal.subject.item}"
    )
    assert waiting.proposal.owner == "jane"
    done = shop.decide(waiting)
    assert (done.state, done.explanation) == ("applied", "")
    wanted = (there - {goes}) | {gone.address.lower()} | {address_of(n) for n in range(40)}
    assert shop.inside(key) == wanted
    assert shop.mail.person(key, gone.address).consent == "unsubscribed"
    shop.go_on()
    assert shop.look() == {}
    assert len([one for one in shop.actions() if service in one.proposal.name]) == 1
    assert of(shop.actions("verified"), service).action_id == done.action_id


def test_nothing_but_people_knows_an_address(shop, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    shop.brand("act", ENVELOPE)
    shop.has(*range(20))
    shop.has(900, address=sorted(shop.inside(LETTERS))[0], consent="never")
    shop.look()
    shop.sandbox.faults.add(Fault("cut_after", method="POST", platform="mailchimp"))
    assert len(shop.apply()) == 2
    shop.go_on()
    shop.look()
    shop.apply()
    needles = [address for address, *_ in shop.customers.values()]
    log = tmp_path / "state/log.txt"
    log.write_text(caplog.text)
    found = find_everywhere(tmp_path / "state", needles)
    assert {place.partition(":")[0] for place in found} <= {"warehouse.db", "warehouse.db-wal"}
    assert found  # people have them, so that the search would find others too
    without_people(tmp_path / "state")
    assert find_everywhere(tmp_path / "state", needles) == []


def test_inside_the_envelope_nobody_is_asked(shop):
    shop.brand("act", ENVELOPE)
    shop.has(*range(3))
    shop.look()
    assert len(shop.actions("approved")) == 2
    assert {one.state for one in shop.apply()} == {"applied"}
    assert {address_of(n) for n in range(3)} <= shop.inside(LETTERS) & shop.inside(SERIES)


@pytest.mark.parametrize(("mode", "more", "state"), [
    ("act", "envelope: {fields: [status]}", "proposed"),
    ("propose", ENVELOPE, "proposed"),
    ("observe", ENVELOPE, "refused"),
])  # fmt: skip
def test_outside_of_it_a_person_decides_and_observing_writes_nothing(shop, mode, more, state):
    shop.brand(mode, more)
    shop.has(1)
    shop.look()
    assert {one.state for one in shop.actions()} == {state}
    assert shop.apply() == []
    assert shop.mail.log == []


def test_a_lost_answer_after_a_part_is_told_as_it_is_and_the_next_run_goes_on(shop):
    shop.keeps(letters=letters_list(shop))
    there = shop.inside(LETTERS)
    shop.has(*range(620))
    shop.look()
    shop.sandbox.faults.add(Fault("cut_before", method="POST", first=3))
    with pytest.raises(RunFailedError, match="500 of 620 came into the list"):
        shop.decide(*shop.actions("proposed"))
    (failed,) = shop.actions("failed")
    assert failed.explanation.startswith(f"it is {len(there) + 500} people (")
    assert "2 of 4 calls went through" in failed.explanation
    assert why_not(failed) != ""
    shop.go_on()
    shop.look()
    (rest,) = shop.actions("proposed")
    assert rest.proposal.content["added"] == "120"
    assert shop.decide(rest).state == "applied"
    assert shop.inside(LETTERS) == there | {address_of(n) for n in range(620)}


def test_an_answer_that_is_lost_after_all_was_done_counts_as_done(shop):
    shop.has(1, 2)
    shop.look()
    shop.sandbox.faults.add(Fault("cut_after", method="POST", path="relationships"))
    assert shop.decide(of(shop.actions("proposed"), "Klaviyo")).state == "applied"


def test_a_worker_that_dies_in_the_middle_is_settled_by_what_is_there(shop):
    """Nothing is sent blindly again: the next run reads the list."""
    shop.keeps(letters=letters_list(shop))
    shop.has(1, 2)
    shop.look()
    (waiting,) = shop.actions("proposed")
    with shop.warehouse() as warehouse:
        warehouse.approve_all([waiting], who="jane", why="agreed", now=shop.now, needed=1)
        assert warehouse.claim_action(waiting.action_id, run_id="dead", now=shop.now)
    person = shop.mail.meet(LETTERS, address_of(1), "subscribed")
    shop.mail.join(LETTERS, VIP.number, [person])
    shop.go_on()
    shop.look()
    (failed,) = shop.actions("failed")
    assert failed.reason == "moved"
    (rest,) = shop.actions("proposed")
    assert rest.proposal.content["added"] == "1"


def test_other_people_than_those_agreed_to_are_not_written(shop):
    shop.has(1, 2)
    shop.look()
    waiting = of(shop.actions("proposed"), "Mailchimp")
    shop.has(2, consent="unsubscribed")
    shop.has(3)
    shop.know()
    with pytest.raises(RunFailedError, match="other people belong in the list by now"):
        shop.decide(waiting)
    (ended,) = shop.actions("expired")
    assert (ended.reason, ended.attempts) == ("moved", 0)
    assert shop.mail.log == []
    shop.go_on()
    shop.look()
    assert shop.decide(of(shop.actions("proposed"), "Mailchimp")).state == "applied"
    assert address_of(3) in shop.inside(LETTERS)
    assert address_of(2) not in shop.inside(LETTERS)


def test_an_approval_ends_when_the_list_moves(shop):
    shop.has(1)
    shop.look()
    waiting = of(shop.actions("proposed"), "Mailchimp")
    shop.mail.leave(LETTERS, VIP.number, shop.mail.members(LETTERS, VIP.number)[:1])
    with pytest.raises(RunFailedError, match="when it was proposed"):
        shop.decide(waiting)
    assert of(shop.actions("expired"), "Mailchimp").reason == "moved"


def test_a_proposal_whose_numbers_moved_gives_way_and_one_that_still_holds_stays(shop):
    shop.has(1)
    shop.look()
    first = {one.action_id for one in shop.actions("proposed")}
    shop.go_on()
    shop.look()
    assert {one.action_id for one in shop.actions()} == first
    shop.has(2)
    shop.go_on()
    shop.look()
    ended, fresh = shop.actions("expired"), shop.actions("proposed")
    assert {one.action_id for one in ended} == first
    assert "2 added, 0 removed now" in ended[0].explanation
    assert [one.proposal.content["added"] for one in fresh] == ["2", "2"]
    for key in (LETTERS, SERIES):
        person = [shop.mail.meet(key, address_of(n), "subscribed") for n in (1, 2)]
        shop.mail.join(key, VIP.number, person)
    shop.go_on()
    shop.look()
    assert shop.actions("proposed", "approved") == []


def test_a_broken_import_empties_no_list(shop):
    shop.keeps(letters=letters_list(shop))
    shop.has(*range(50))
    shop.look()
    shop.decide(*shop.actions("proposed"))
    people = len(shop.inside(LETTERS))
    shop.has(*range(50), consent="never")
    shop.go_on()
    assert shop.look() == {}
    (refused,) = shop.actions("refused")
    assert refused.reason == "list_removal"
    assert f"50 of {people} people" in refused.explanation
    assert len(shop.inside(LETTERS)) == people


def test_whom_the_service_does_not_take_is_told_and_not_tried_again_every_day(shop, monkeypatch):
    """Mailchimp does not show who has not confirmed there."""
    monkeypatch.setattr(apply, "LATER", (0.0,))
    shop.keeps(letters=letters_list(shop))
    hidden = next(one for one in shop.mail.people(LETTERS) if one.consent == "pending")
    shop.has(1)
    shop.has(2, address=hidden.address)
    shop.look()
    with pytest.raises(RunFailedError, match="1 of 2 came into the list and 0 of 0 left it"):
        shop.decide(*shop.actions("proposed"))
    shop.go_on()
    shop.look()
    with pytest.raises(RunFailedError, match="the service took it, and nobody came into the list"):
        shop.decide(*shop.actions("proposed"))
    shop.go_on()
    shop.look()
    assert {one.state for one in shop.actions()} == {"failed"}
    assert len(shop.actions()) == 2


def test_a_list_that_is_not_there_stops_no_other(shop):
    shop.keeps(letters="b1/1", series=series_list(shop))
    shop.has(1)
    failed = shop.look()
    assert list(failed) == ["letters"]
    assert "no such segment" in failed["letters"]
    assert [one.proposal.name[:7] for one in shop.actions("proposed")] == ["Klaviyo"]


def test_a_service_that_is_down_stops_no_other(shop):
    shop.has(1)
    shop.sandbox.faults.add(Fault("status", platform="klaviyo", count=None))
    failed = shop.look()
    assert list(failed) == ["series"]
    assert [one.proposal.name[:9] for one in shop.actions("proposed")] == ["Mailchimp"]


def test_the_stop_of_all_mail_holds_back_what_was_approved(shop):
    shop.brand("act", ENVELOPE)
    shop.has(1)
    shop.look()
    with shop.warehouse() as warehouse:
        warehouse.stop(brand="acme", process="mail", who="ops", why="a leak", now=shop.now)
    assert shop.apply() == []
    assert len(shop.actions("approved")) == 2
    assert shop.mail.log == []


def test_a_list_goes_back_to_whom_we_put_there_before(shop):
    shop.keeps(letters=letters_list(shop))
    before = shop.inside(LETTERS)
    shop.has(1, 2, 3)
    shop.look()
    first = shop.decide(*shop.actions("proposed"))
    middle = shop.inside(LETTERS)
    shop.has(3, country="AT")
    shop.has(4)
    shop.go_on()
    shop.look()
    second = shop.decide(*shop.actions("proposed"))
    assert [why_not(one) for one in (first, second)] == ["", ""]
    back = shop.decide(second, "undo")
    assert (back.state, back.proposal.content["added"], shop.inside(LETTERS)) == (
        "applied", "1", middle,
    )  # fmt: skip
    assert shop.actions("undone")[0].action_id == second.action_id
    assert shop.decide(first, "undo").state == "applied"
    assert shop.inside(LETTERS) == before


def test_whoever_withdrew_his_consent_is_not_put_back(shop):
    shop.keeps(letters=letters_list(shop))
    shop.has(1, 2, 3)
    shop.look()
    shop.decide(*shop.actions("proposed"))
    shop.has(3, country="AT")
    shop.go_on()
    shop.look()
    done = shop.decide(*shop.actions("proposed"))
    after = shop.inside(LETTERS)
    shop.has(3, consent="unsubscribed")
    shop.know()
    with pytest.raises(RunFailedError, match="may not all be put back"):
        shop.decide(done, "undo")
    assert shop.inside(LETTERS) == after
    with shop.warehouse() as warehouse:
        assert warehouse.action(done.action_id).state == "applied"


def test_what_cannot_be_taken_back_says_so_first(shop):
    """The list was filled by hand with people that are customers: nobody knows whom we found."""
    shop.keeps(letters=letters_list(shop))
    known = sorted(shop.inside(LETTERS))[:3]
    for number, address in enumerate(known):
        shop.has(900 + number, address=address)
    shop.has(1)
    shop.look()
    (waiting,) = shop.actions("proposed")
    assert waiting.proposal.undo == ""
    done = shop.decide(waiting)
    with pytest.raises(CannotUndoError, match="who was in the list before is not known"):
        shop.decide(done, "undo")


def looked(shop, monkeypatch):
    """Return the preview of the lists, having checked that it wrote nothing anywhere."""
    before = {file: file.read_bytes() for file in (shop.folder / "state").glob("*.db")}
    log = list(shop.mail.log)
    monkeypatch.setattr("tasks.steps.previewing.newest_day", lambda *_: shop.now.date())
    found = preview("acme", "email_marketing", shop.now)
    assert {file: file.read_bytes() for file in (shop.folder / "state").glob("*.db")} == before
    assert shop.mail.log == log
    (lists,) = found.playbooks
    return found, lists


def test_a_preview_says_of_each_list_how_many_would_come_and_go(shop, monkeypatch):
    shop.has(*range(40))
    shop.has(41, address=sorted(shop.inside(LETTERS))[0], consent="never")
    shop.know()
    found, lists = looked(shop, monkeypatch)
    said = [(one.fate, what(one.proposal), one.proposal.evidence[0]) for one in lists.said]
    inside = {key: len(shop.inside(key)) for key in (LETTERS, SERIES)}
    assert said[0] == (
        "waits",
        f"customers “buyers”: 40 added, 1 removed in Mailchimp list {letters_list(shop)}",
        f"adds 40, removes 1, the list has {inside[LETTERS]} now",
    )
    assert said[1][1].startswith("customers “buyers”: 40 added")
    assert (lists.evaluated, lists.unknown, lists.matched, found.errors) == (2, 0, 2, {})
    assert shop.actions() == []


def test_a_preview_says_which_lists_are_refused_wait_or_are_as_they_should_be(shop, monkeypatch):
    shop.keeps(letters=letters_list(shop))
    shop.has(*range(50))
    shop.look()
    _, lists = looked(shop, monkeypatch)
    (waiting,) = lists.skipped
    assert (waiting.check, waiting.why) == ("segment buyers", "nothing_to_do")
    assert waiting.sentence.endswith("waits already: 50 added, 0 removed")
    shop.decide(*shop.actions("proposed"))
    _, lists = looked(shop, monkeypatch)
    assert [(one.why, one.name) for one in lists.skipped] == [
        ("as_wanted", f"Mailchimp list {letters_list(shop)}")
    ]
    shop.has(*range(50), consent="never")
    shop.go_on()
    shop.know()
    _, lists = looked(shop, monkeypatch)
    (refused,) = lists.said
    assert (refused.fate, refused.reason) == ("refused", "list_removal")
    assert "0 added, 50 removed" in what(refused.proposal)
    assert lists.skipped == ()


def test_a_preview_names_the_service_that_could_not_be_asked(shop, monkeypatch):
    shop.keeps(letters="b1/1", series=series_list(shop))
    shop.has(1)
    shop.know()
    found, lists = looked(shop, monkeypatch)
    assert "list b1/1" in found.errors["letters"]
    assert (lists.evaluated, lists.unknown, len(lists.said)) == (1, 1, 1)
