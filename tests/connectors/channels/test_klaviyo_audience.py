"""People get into Klaviyo's lists and out of them, as far as was let through."""

import pytest

from connectors.base import RejectedError, TransientError
from connectors.changes import ABSENT, Subject
from connectors.channels.klaviyo import Options, lists
from connectors.channels.klaviyo.calling import Calls
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.accounts import GROUPS
from connectors.sandbox.mail.klaviyo_things import Things

from ..conftest import Answer
from .mail_services import (
    KLAVIYO,
    NOW,
    Listening,
    answers,
    connector,
    member,
    moved,
    sent,
    simulated,
    status,
)

ACCOUNT = ("klaviyo", KLAVIYO)
VIP, COMPUTED = GROUPS[1], GROUPS[3]


def item_of(sandbox, group=VIP):
    return Things(sandbox.mail, sandbox.mail.accounts[ACCOUNT], "").list_id(group)


def subject(item):
    return Subject("account", KLAVIYO, "audience", item)


def push(channel, sandbox, add=(), remove=()):
    item = item_of(sandbox)
    allowed = moved(channel, item, channel.members(item), list(add), list(remove))
    return channel.push(allowed, [*map(member, add)], [*map(member, remove)])


def outside(sandbox, consent):
    there = {one.address for one in sandbox.mail.members(ACCOUNT, VIP.number)}
    known = (one for one in sandbox.mail.people(ACCOUNT) if one.consent == consent)
    return next(one.address for one in known if one.address not in there)


def test_members_are_hashes_and_only_the_address_is_read():
    session = Listening()
    with simulated("klaviyo", session=session) as (sandbox, channel):
        there = sandbox.mail.members(ACCOUNT, VIP.number)
        keys = channel.members(item_of(sandbox))
    assert keys == {channel.member_key(one.address) for one in there}
    assert all(query["fields[profile]"] == "email" for _, query in session.asked)
    assert channel.member_key(" Jo@MÜLLER.example") == channel.member_key("jo@müller.example")


def test_a_list_of_several_pages_is_read_to_its_end():
    people = [f"new{i}@people.example" for i in range(130)]
    session = Listening()
    with simulated("klaviyo", session=session) as (sandbox, channel):
        item = item_of(sandbox)
        before = channel.members(item)
        assert push(channel, sandbox, people).state == "accepted"
        session.asked.clear()
        assert len(channel.members(item)) == len(before) + 130
        assert len(session.asked) == 2


def test_a_page_that_comes_twice_counts_once_and_a_dead_cursor_fails():
    people = [f"new{i}@people.example" for i in range(100)]
    with simulated("klaviyo") as (sandbox, channel):
        push(channel, sandbox, people)
        whole = channel.members(item_of(sandbox))
        sandbox.faults.add(Fault("page_twice", path="/profiles"))
        assert channel.members(item_of(sandbox)) == whole
        sandbox.faults.add(Fault("page_token_expired", path="/profiles", first=2))
        with pytest.raises(RejectedError, match="400 invalid"):
            channel.members(item_of(sandbox))


def test_people_come_and_go_and_are_there_when_read_again():
    with simulated("klaviyo") as (sandbox, channel):
        item = item_of(sandbox)
        new, known = "Jörg+news@people.example", outside(sandbox, "subscribed")
        out = sandbox.mail.members(ACCOUNT, VIP.number)[0].address
        allowed = moved(channel, item, channel.members(item), [new, known], [out])
        assert channel.settings([subject(item)])[subject(item)].value == allowed.change.before
        answer = channel.push(allowed, [member(new), member(known)], [member(out)])
        assert (answer.state, answer.error) == ("accepted", "")
        assert channel.settings([subject(item)])[subject(item)].value == allowed.change.after


@pytest.mark.parametrize("consent", ["unsubscribed", "cleaned", "pending"])
def test_what_somebody_agreed_to_stays_as_it_is(consent):
    with simulated("klaviyo") as (sandbox, channel):
        address = outside(sandbox, consent)
        assert push(channel, sandbox, [address]).state == "accepted"
        assert sandbox.mail.person(ACCOUNT, address).consent == consent


def test_profiles_go_a_thousand_a_call(server):
    server.script(Answer(b"", 204))
    options = Options(account_id=KLAVIYO, api_key="x", base_url=server.url)
    calls = Calls(options, None, None, lambda: NOW)
    ids = [str(number) for number in range(2100)]
    assert [call() for call in lists.changes(calls, "L1", ids, ids[:1001])] == [0] * 5
    assert [(seen.method, len(seen.json()["data"])) for seen in server.seen] == [
        ("POST", 1000), ("POST", 1000), ("POST", 100), ("DELETE", 1000), ("DELETE", 1),
    ]  # fmt: skip


def test_whoever_has_a_profile_gets_no_second_one():
    session = Listening()
    with simulated("klaviyo", session=session) as (sandbox, channel):
        push(channel, sandbox, [outside(sandbox, "subscribed").upper()])
    assert not [call for call, _ in session.asked if "profile-import" in call]


def test_other_people_than_were_let_through_do_not_go():
    with simulated("klaviyo") as (sandbox, channel):
        item = item_of(sandbox)
        allowed = moved(channel, item, channel.members(item), ["new@people.example"], [])
        answer = channel.push(allowed, [member("other@people.example")], [])
        assert answer.state == "refused"
        assert "not the people" in answer.error
        assert sandbox.mail.log == []


def test_a_segment_cannot_be_written():
    with simulated("klaviyo") as (sandbox, channel):
        segment = subject(item_of(sandbox, COMPUTED))
        setting = channel.settings([segment])[segment]
        allowed = moved(channel, segment.item, frozenset(), ["a@b.example"], [])
        answer = channel.push(allowed, [member("a@b.example")], [])
    assert (setting.value, answer.state) == (ABSENT, "refused")
    assert "segment" in setting.fixed


@pytest.mark.parametrize(
    ("fault", "state", "there"),
    [
        ("cut_after", "unknown", True),
        ("cut_before", "unknown", False),
        ("throttle", "refused", False),
    ],
)
def test_what_became_of_a_push_is_said_as_it_is(fault, state, there):
    with simulated("klaviyo") as (sandbox, channel):
        sandbox.faults.add(Fault(fault, method="POST", path="relationships"))
        answer = push(channel, sandbox, ["new@people.example"])
        keys = channel.members(item_of(sandbox))
    assert (answer.state, channel.member_key("new@people.example") in keys) == (state, there)
    assert "people.example" not in answer.error


def test_what_fails_before_the_list_is_written_writes_nothing(server):
    server.script(*answers({"data": []}, {"data": []}, Answer(status=400)))
    channel = connector("klaviyo", server.url)
    allowed = moved(channel, "L1", frozenset(), ["a@b.example"], [])
    answer = channel.push(allowed, [member("a@b.example")], [])
    assert answer.state == "refused"
    assert answer.error.startswith("not sent: ")


def test_what_is_sent(server):
    profile = {"data": {"id": "P1"}}
    server.script(*answers({"data": []}, {"data": []}, profile, Answer(b"", 204)))
    channel = connector("klaviyo", server.url)
    allowed = moved(channel, "L1", frozenset(), ["A@b.example"], [])
    assert channel.push(allowed, [member("A@b.example")], []).state == "accepted"
    assert server.seen[1].query["filter"] == 'any(email,["A@b.example"])'
    assert sent(server) == [
        {"data": {"type": "profile", "attributes": {"email": "A@b.example"}}},
        {"data": [{"type": "profile", "id": "P1"}]},
    ]


def test_profiles_without_an_address_are_passed_over(server):
    rows = [{"id": "P1", "attributes": {"email": None}}, {"id": "P2", "attributes": {}}]
    server.script({"data": rows, "links": {"next": None}})
    assert connector("klaviyo", server.url).members("L1") == frozenset()


@pytest.mark.parametrize("item", ["", "a/b", "../flows", "L 1"])
def test_what_names_no_list_is_refused_before_anything_is_sent(server, item):
    with pytest.raises(RejectedError, match="is no list's id"):
        connector("klaviyo", server.url).settings([subject(item)])
    assert server.seen == []


def test_an_audience_goes_by_push_alone_and_nothing_else_does(server):
    channel = connector("klaviyo", server.url)
    allowed = moved(channel, "L1", frozenset(), ["a@b.example"], [])
    with pytest.raises(RejectedError, match="needs its people"):
        channel.write([allowed])
    with pytest.raises(RejectedError, match="only an audience takes people"):
        channel.push(status("F1", "paused"), [], [])
    with pytest.raises(RejectedError, match="cannot change label of campaign"):
        channel.settings([Subject("campaign", "F1", "label", "x")])
    assert channel.check([allowed.change]) == [""]
    assert server.seen == []


def test_an_error_while_reading_is_no_empty_list(server):
    server.script(Answer(status=503))
    with pytest.raises(TransientError):
        connector("klaviyo", server.url).members("L1")
