"""People get into HubSpot's lists and out of them, as far as was let through."""

import pytest

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.changes import ABSENT, Change, Subject
from connectors.channels.hubspot import Options, lists
from connectors.channels.hubspot.calling import Calls
from connectors.channels.hubspot.errors import Judge
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.accounts import GROUPS
from connectors.sandbox.mail.hubspot_things import LIST_ID

from ..conftest import Answer
from .hubspot_account import HUBSPOT, KEY, connector, error, page, simulated
from .mail_services import NOW, Listening, answers, member, moved, permit, sent, status

VIP, COMPUTED = GROUPS[1], GROUPS[3]
ITEM = str(LIST_ID + VIP.number)
SUBJECT = Subject("account", HUBSPOT, "audience", ITEM)
NEW = "Jörg+news@people.example"
LIST = {"listId": "5", "processingType": "MANUAL", "objectTypeId": "0-1",
        "processingStatus": "COMPLETE"}  # fmt: skip


def push(channel, add=(), remove=()):
    allowed = moved(channel, ITEM, channel.members(ITEM), list(add), list(remove))
    return channel.push(allowed, [*map(member, add)], [*map(member, remove)])


def outside(sandbox, consent="subscribed"):
    there = {one.address for one in sandbox.mail.members(KEY, VIP.number)}
    known = (one for one in sandbox.mail.people(KEY) if one.consent == consent)
    return next(one.address for one in known if one.address not in there)


def changed(*missing, add="recordsIdsAdded", lost="recordIdsMissing"):
    return {add: [], "recordIdsRemoved": [], lost: list(missing)}


def contact(id_, address):
    return {"id": id_, "properties": {"email": address}}


def alone(server, *replies, add=("a@b.example",)):
    """Push people into an empty list; say what becomes of it and what was sent beyond reading."""
    server.script(*answers({"list": LIST}, page([]), page([]), *replies))
    channel = connector(server.url)
    allowed = moved(channel, "5", frozenset(), list(add), [])
    answer = channel.push(allowed, [*map(member, add)], [])
    return answer, sent(server)[1:]


def test_members_are_hashes_of_addresses():
    with simulated() as (sandbox, channel):
        there = sandbox.mail.members(KEY, VIP.number)
        keys = channel.members(ITEM)
    assert keys == {channel.member_key(one.address) for one in there}
    assert channel.member_key(" Jo@MÜLLER.example") == channel.member_key("jo@müller.example")


def test_a_list_of_several_pages_is_read_to_its_end(server):
    def ids(first, count):
        return [{"recordId": str(first + i)} for i in range(count)]

    people = [contact(str(i), f"p{i}@people.example") for i in range(3)]
    pages = [page(ids(2**60, 100), "x"), page([], "y"), page(ids(2**60 + 99, 2)), page(people)]
    server.script(*answers(*pages))
    assert len(connector(server.url).members("5")) == 3
    assert [seen.query.get("after") for seen in server.seen[:3]] == [None, "x", "y"]
    asked = [seen.json() for seen in server.seen[3:]]
    assert [len(body["inputs"]) for body in asked] == [100, 1]
    assert asked[1]["inputs"] == [{"id": str(2**60 + 100)}]
    assert all(body["properties"] == ["email"] for body in asked)


def test_people_come_and_go_and_are_there_when_read_again():
    with simulated() as (sandbox, channel):
        known, out = outside(sandbox), sandbox.mail.members(KEY, VIP.number)[0].address
        allowed = moved(channel, ITEM, channel.members(ITEM), [NEW, known], [out])
        before = channel.settings([SUBJECT])[SUBJECT]
        assert (before.value, before.fixed) == (allowed.change.before, "")
        answer = channel.push(allowed, [member(NEW), member(known)], [member(out)])
        assert (answer.state, answer.error) == ("accepted", "")
        assert channel.settings([SUBJECT])[SUBJECT].value == allowed.change.after
        made = [entry.what for entry in sandbox.mail.log]
    assert made == ["joined", "person", "joined", "left"]


@pytest.mark.parametrize("consent", ["unsubscribed", "cleaned", "pending"])
def test_what_somebody_agreed_to_stays_as_it_is(consent):
    with simulated() as (sandbox, channel):
        address = outside(sandbox, consent)
        assert push(channel, [address.upper()]).state == "accepted"
        assert sandbox.mail.person(KEY, address).consent == consent


def test_what_is_sent(server):
    answer, bodies = alone(
        server,
        {"results": [{"id": "9", "new": True}]},
        changed(),
        add=["A@b.example"],
    )
    assert (answer.state, answer.error) == ("accepted", "")
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("GET", "/crm/lists/2026-09/5"),
        ("GET", "/crm/lists/2026-09/5/memberships"),
        ("POST", "/crm/objects/2026-09/contacts/batch/read"),
        ("POST", "/crm/objects/2026-09/contacts/batch/upsert"),
        ("PUT", "/crm/lists/2026-09/5/memberships/add"),
    ]
    new = {"id": "A@b.example", "idProperty": "email", "properties": {}, "objectWriteTraceId": "0"}
    assert bodies == [{"inputs": [new]}, ["9"]]


def test_whoever_has_a_contact_gets_no_second_one(server):
    known = page([contact("7", "a@B.example")])
    server.script(*answers({"list": LIST}, page([]), known, changed()))
    channel = connector(server.url)
    allowed = moved(channel, "5", frozenset(), ["A@b.example"], [])
    assert channel.push(allowed, [member("A@b.example")], []).state == "accepted"
    assert sent(server)[1:] == [["7"]]


def test_a_batch_of_which_only_a_part_was_taken_says_so(server):
    made = {"results": [{"id": "9"}], "numErrors": 1, "errors": [{"category": "VALIDATION_ERROR"}]}
    people = ["a@b.example", "c@d.example"]
    answer, bodies = alone(server, Answer(made, 207), changed("9"), add=people)
    assert (answer.state, answer.error) == ("accepted", "2 people were not taken")
    assert bodies[1:] == [["9"]]


def test_a_batch_of_which_nobody_was_taken_fills_no_list(server):
    answer, bodies = alone(server, Answer({"results": [], "errors": [{}]}, 207))
    assert (answer.state, answer.error) == ("accepted", "1 people were not taken")
    assert len(bodies) == 1


@pytest.mark.parametrize("spelled", [{}, {"add": "recordIdsAdded"}, {"lost": "recordsIdsMissing"}])
def test_either_spelling_of_an_answer_is_understood(server, spelled):
    answer, _ = alone(server, {"results": [{"id": "9"}]}, changed("9", **spelled))
    assert answer.error == "1 people were not taken"


@pytest.mark.parametrize(
    "replies",
    [
        ({"results": [{"id": "9"}]}, {"done": True}),
        ({"results": [{"id": "9"}]}, []),
        ({"results": [{"id": "9"}]}, error(504, "INTERNAL_ERROR")),
        ({"results": [{"id": "9"}]}, Answer(hang_up=True)),
        ({"results": [{"id": "9"}]}, error()),
        ({"done": True},),
        (Answer(cut=True),),
    ],
)
def test_an_answer_that_leaves_open_what_was_done_is_unknown(server, replies):
    answer, bodies = alone(server, *replies)
    assert answer.state == "unknown"
    assert len(bodies) == len(replies)  # each was sent once
    assert "b.example" not in answer.error


@pytest.mark.parametrize(
    "reply", [error(), error(403, "MISSING_SCOPES"), error(429, "RATE_LIMITS", policyName="DAILY")]
)
def test_what_is_refused_at_first_was_not_done(server, reply):
    answer, bodies = alone(server, reply)
    assert (answer.state, len(bodies)) == ("refused", 1)
    assert "people.example" not in answer.error


def test_a_dead_token_is_raised_while_nothing_was_written(server):
    with pytest.raises(ReconnectError):
        alone(server, error(401, "INVALID_AUTHENTICATION"))


def test_people_go_a_thousand_a_call_and_new_ones_by_the_hundred(server):
    server.script(changed())
    options = Options(account_id=HUBSPOT, access_token="x", base_url=server.url)
    calls = Calls(options, None, None, Judge(lambda: NOW))
    ids = [str(number) for number in range(2100)]
    assert [call() for call in lists.changes(calls, "5", ids, [], ids[:1001])] == [0] * 5
    assert [len(seen.json()) for seen in server.seen] == [1000, 1000, 100, 1000, 1]
    new = [member(f"p{i}@people.example") for i in range(101)]
    assert len(list(lists.changes(calls, "5", [], new, []))) == 4


@pytest.mark.parametrize(
    ("fault", "state", "there"),
    [
        ("cut_after", "unknown", True),
        ("status_after", "unknown", True),
        ("cut_before", "unknown", False),
        ("throttle", "refused", False),
        ("quota", "refused", False),
        ("permission_denied", "refused", False),
    ],
)
def test_what_became_of_a_push_is_said_as_it_is(fault, state, there):
    with simulated() as (sandbox, channel):
        address = outside(sandbox)
        sandbox.faults.add(Fault(fault, method="PUT"))
        answer = push(channel, [address])
        keys = {channel.member_key(one.address) for one in sandbox.mail.members(KEY, VIP.number)}
    assert (answer.state, channel.member_key(address) in keys) == (state, there)
    assert "example" not in answer.error


def test_other_people_than_were_let_through_do_not_go():
    with simulated() as (sandbox, channel):
        allowed = moved(channel, ITEM, channel.members(ITEM), ["new@people.example"], [])
        answer = channel.push(allowed, [member("other@people.example")], [])
        assert (answer.state, "not the people" in answer.error) == ("refused", True)
        unproven = channel.push(allowed, [member("new@people.example", "")], [])
        assert (unproven.state, "consent" in unproven.error) == ("refused", True)
        assert sandbox.mail.log == []


def test_a_list_that_hubspot_computes_cannot_be_written():
    item = str(LIST_ID + COMPUTED.number)
    subject = Subject("account", HUBSPOT, "audience", item)
    with simulated() as (sandbox, channel):
        setting = channel.settings([subject])[subject]
        allowed = moved(channel, item, channel.members(item), [NEW], [])
        answer = channel.push(allowed, [member(NEW)], [])
        assert len(sandbox.mail.members(KEY, COMPUTED.number)) == int(setting.value.split(":")[0])
        assert sandbox.mail.log == []  # no contact was made for nothing
    assert "HubSpot computes" in setting.fixed
    assert (answer.state, "HubSpot computes" in answer.error) == ("refused", True)
    gone = Subject("account", HUBSPOT, "audience", "99")
    with simulated() as (_, channel):
        setting = channel.settings([gone])[gone]
        with pytest.raises(RejectedError, match="404"):
            channel.members("99")
    assert (setting.value, setting.fixed) == (ABSENT, "there is no such list")


@pytest.mark.parametrize(
    ("row", "fixed"),
    [
        ({}, ""),
        ({"processingType": "SNAPSHOT"}, ""),
        ({"processingType": "SNAPSHOT", "processingStatus": "PROCESSING"}, "still filling"),
        ({"processingType": "A_WORD_OF_TOMORROW"}, "A_WORD_OF_TOMORROW list"),
        ({"objectTypeId": "0-3"}, "no list of contacts"),
    ],
)
def test_whether_a_list_can_be_written(server, row, fixed):
    server.script(*answers({"list": {**LIST, **row}}, page([])))
    subject = Subject("account", HUBSPOT, "audience", "5")
    setting = connector(server.url).settings([subject])[subject]
    assert bool(setting.fixed) == bool(fixed)
    assert fixed in setting.fixed
    assert setting.value.startswith("0:")


def test_contacts_without_an_address_or_no_longer_there_are_passed_over(server):
    members = page([{"recordId": "1"}, {"recordId": "2"}, {"recordId": "3"}])
    people = {"results": [contact("1", None), {"id": "2", "properties": {}}], "errors": [{}]}
    server.script(*answers(members, Answer(people, 207)))
    assert connector(server.url).members("5") == frozenset()


def test_what_fails_before_the_list_is_written_writes_nothing(server):
    server.script(*answers({"list": LIST}, page([]), error()))
    channel = connector(server.url)
    allowed = moved(channel, "5", frozenset(), ["a@b.example"], [])
    answer = channel.push(allowed, [member("a@b.example")], [])
    assert (answer.state, answer.error.startswith("not sent: ")) == ("refused", True)


def test_an_error_while_reading_is_no_empty_list(server):
    server.script(Answer(status=503))
    with pytest.raises(TransientError):
        connector(server.url).members("5")


@pytest.mark.parametrize("item", ["", "a", "5/x", "../5", "٥"])
def test_what_names_no_list_is_refused_before_anything_is_sent(server, item):
    subject = Subject("account", HUBSPOT, "audience", item)
    with pytest.raises(RejectedError, match="is no list's id"):
        connector(server.url).settings([subject])
    assert server.seen == []


def test_only_an_audience_goes_and_only_by_push(server):
    channel = connector(server.url)
    allowed = moved(channel, "5", frozenset(), ["a@b.example"], [])
    with pytest.raises(RejectedError, match="needs its people"):
        channel.write([allowed])
    with pytest.raises(RejectedError, match="cannot change status of campaign"):
        channel.push(status("1", "paused"), [], [])
    other = Change(Subject("account", "1", "audience", "5"), "0:", "1:")
    with pytest.raises(RejectedError, match="1 is another account"):
        channel.push(permit(other), [], [])
    assert channel.check([allowed.change]) == [""]
    assert channel.write([]) == []
    assert channel.writes_together([allowed.change])
    assert server.seen == []


def test_only_addresses_are_read_of_whoever_is_in_a_list():
    session = Listening()
    with simulated(session=session) as (_, channel):
        channel.members(ITEM)
    assert {path.split("/2026-09/")[1] for path, _ in session.asked} == {
        f"{ITEM}/memberships",
        "contacts/batch/read",
    }
