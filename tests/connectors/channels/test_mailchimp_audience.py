"""People get into Mailchimp's segments and out of them, as far as was let through."""

import pytest

from connectors.audience import digest_of
from connectors.base import RejectedError
from connectors.changes import ABSENT, Subject
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.mailchimp_mailings import Mailings
from connectors.sandbox.mail.mailchimp_members import FIRST_SEGMENT, member_id

from ..conftest import Answer
from .mail_services import (
    MAILCHIMP,
    Listening,
    answers,
    connector,
    member,
    moved,
    permit,
    sent,
    simulated,
    status,
)

ACCOUNT = ("mailchimp", MAILCHIMP)
VIP, LAPSED, COMPUTED = 2, 3, 4
ITEM = "b1234/49382"


def item_of(sandbox, group=VIP):
    mailings = Mailings(sandbox.mail, sandbox.mail.accounts[ACCOUNT])
    return f"{mailings.list_id()}/{FIRST_SEGMENT + group}"


def subject(item):
    return Subject("account", MAILCHIMP, "audience", item)


def with_consent(sandbox, consent, *, inside):
    """Return the address of somebody with that consent, in the segment or not."""
    there = {one.address for one in sandbox.mail.members(ACCOUNT, VIP)}
    return next(
        one.address
        for one in sandbox.mail.people(ACCOUNT)
        if one.consent == consent and (one.address in there) == inside
    )


def push(channel, sandbox, add=(), remove=()):
    item = item_of(sandbox)
    allowed = moved(channel, item, channel.members(item), list(add), list(remove))
    return channel.push(allowed, [*map(member, add)], [*map(member, remove)])


def test_members_are_known_by_their_ids_however_they_are_written():
    with simulated("mailchimp") as (sandbox, channel):
        there = sandbox.mail.members(ACCOUNT, VIP)
        keys = channel.members(item_of(sandbox))
    assert keys == {member_id(one.address) for one in there}
    assert channel.member_key(f" {there[0].address.upper()} ") in keys


def test_no_address_is_read():
    session = Listening()
    with simulated("mailchimp", session=session) as (sandbox, channel):
        channel.members(item_of(sandbox))
    [(_, query)] = session.asked
    assert query["fields"] == "members.id,total_items"


def test_people_come_and_go_and_are_there_when_read_again():
    with simulated("mailchimp") as (sandbox, channel):
        item = item_of(sandbox)
        new, known = "Jörg+news@people.example", with_consent(sandbox, "subscribed", inside=False)
        out = with_consent(sandbox, "subscribed", inside=True)
        before = channel.members(item)
        allowed = moved(channel, item, before, [new, known], [out])
        assert channel.settings([subject(item)])[subject(item)].value == allowed.change.before
        answer = channel.push(allowed, [member(new), member(known)], [member(out)])
        assert (answer.state, answer.error) == ("accepted", "")
        assert channel.settings([subject(item)])[subject(item)].value == allowed.change.after
        assert sandbox.mail.person(ACCOUNT, new).consent == "subscribed"


def test_somebody_who_unsubscribed_stays_unsubscribed():
    with simulated("mailchimp") as (sandbox, channel):
        gone = with_consent(sandbox, "unsubscribed", inside=False)
        assert push(channel, sandbox, [gone]).state == "accepted"
        assert sandbox.mail.person(ACCOUNT, gone).consent == "unsubscribed"
        assert channel.member_key(gone) in channel.members(item_of(sandbox))


def test_whom_mailchimp_does_not_take_is_counted_and_missing_when_read_again():
    with simulated("mailchimp") as (sandbox, channel):
        answer = push(channel, sandbox, ["no-address", "new@people.example"])
        assert answer.state == "accepted"
        assert "2 people were not taken" in answer.error  # by the list, then by the segment
        keys = channel.members(item_of(sandbox))
        assert channel.member_key("new@people.example") in keys
        assert channel.member_key("no-address") not in keys


def test_twelve_hundred_go_in_three_calls_each_way():
    people = [f"new{i}@people.example" for i in range(1200)]
    session = Listening()
    with simulated("mailchimp", session=session) as (sandbox, channel):
        assert push(channel, sandbox, people).state == "accepted"
        assert push(channel, sandbox, remove=people).state == "accepted"
    posts = [call for call, _ in session.asked if call.startswith("POST")]
    assert len(posts) == 3 * 2 + 3


@pytest.mark.parametrize(
    ("add", "remove", "why"),
    [
        (["other@people.example"], [], "not the people"),
        (["new@people.example", "more@people.example"], [], "not the people"),
        ([], [], "not the people"),
    ],
)
def test_other_people_than_were_let_through_do_not_go(add, remove, why):
    with simulated("mailchimp") as (sandbox, channel):
        item = item_of(sandbox)
        allowed = moved(channel, item, channel.members(item), ["new@people.example"], [])
        answer = channel.push(allowed, [*map(member, add)], [*map(member, remove)])
        assert answer.state == "refused"
        assert why in answer.error
        assert sandbox.mail.log == []


def test_a_list_that_has_changed_since_is_not_written():
    with simulated("mailchimp") as (sandbox, channel):
        item = item_of(sandbox)
        allowed = moved(channel, item, channel.members(item), ["new@people.example"], [])
        push(channel, sandbox, [with_consent(sandbox, "subscribed", inside=False)])
        answer = channel.push(allowed, [member("new@people.example")], [])
    assert "the list has changed" in answer.error


def test_a_segment_that_is_computed_or_not_there_is_fixed():
    with simulated("mailchimp") as (sandbox, channel):
        computed, nowhere = (subject(item_of(sandbox, group)) for group in (COMPUTED, 99))
        found = channel.settings([computed, nowhere])
        assert "Mailchimp computes" in found[computed].fixed
        assert (found[nowhere].value, bool(found[nowhere].fixed)) == (ABSENT, True)
        answer = channel.push(moved(channel, nowhere.item, frozenset(), ["a@b.example"], []),
                              [member("a@b.example")], [])  # fmt: skip
        assert answer.state == "refused"


@pytest.mark.parametrize(
    ("fault", "first", "state"),
    [("cut_after", 1, "unknown"), ("throttle", 1, "refused"), ("throttle", 2, "unknown")],
)
def test_what_became_of_a_push_is_said_as_it_is(fault, first, state):
    with simulated("mailchimp") as (sandbox, channel):
        sandbox.faults.add(Fault(fault, method="POST", first=first))
        answer = push(channel, sandbox, ["new@people.example"])
        there = channel.member_key("new@people.example") in channel.members(item_of(sandbox))
    assert (answer.state, there) == (state, False)
    assert "people.example" not in answer.error


@pytest.mark.parametrize("item", ["b1234", "b1234/x", "b/1/2", "../lists/1", "", "b1234/49382 "])
def test_what_names_no_segment_is_refused_before_anything_is_sent(server, item):
    with pytest.raises(RejectedError, match="names no audience"):
        connector("mailchimp", server.url).settings([subject(item)])
    assert server.seen == []


def test_what_is_sent_subscribes_nobody_who_is_known(server):
    page = {"members": [], "total_items": 0}
    created = {"total_created": 1, "errors": [], "error_count": 0}
    server.script(*answers(page, created, {"total_added": 1, "error_count": 0}))
    channel = connector("mailchimp", server.url)
    channel.push(
        moved(channel, ITEM, frozenset(), ["a@b.example"], []), [member("a@b.example")], []
    )
    assert sent(server) == [
        {
            "members": [
                {
                    "email_address": "a@b.example",
                    "status": "subscribed",
                    "timestamp_opt": "2026-11-02T09:00:00+00:00",
                }
            ],
            "update_existing": False,
        },
        {"members_to_add": ["a@b.example"]},
    ]


def test_an_answer_without_its_counts_leaves_it_open(server):
    server.script(*answers({"members": [], "total_items": 0}, Answer({"odd": 1})))
    channel = connector("mailchimp", server.url)
    allowed = moved(channel, ITEM, frozenset(), ["a@b.example"], [])
    assert channel.push(allowed, [member("a@b.example")], []).state == "unknown"


def test_an_audience_goes_by_push_alone_and_nothing_else_does(server):
    channel = connector("mailchimp", server.url)
    with pytest.raises(RejectedError, match="needs its people"):
        channel.write([moved(channel, ITEM, frozenset(), ["a@b.example"], [])])
    with pytest.raises(RejectedError, match="only an audience takes people"):
        channel.push(status("f1", "paused"), [], [])
    strange = Subject("account", "another", "audience", ITEM)
    with pytest.raises(RejectedError, match="another"):
        channel.settings([strange])
    change = moved(channel, ITEM, frozenset(), ["a@b.example"], []).change
    assert channel.check([change]) == [""]
    assert permit(change).change.after == digest_of({channel.member_key("a@b.example")})
    assert server.seen == []
