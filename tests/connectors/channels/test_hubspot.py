"""HubSpot's statistics become counts on days of sending, and contacts and deals nobody's names."""

from datetime import UTC, date, datetime, timedelta
from math import isnan

import pytest

from config.platforms import LEVELS
from connectors.audience import AudienceChannel
from connectors.base import ReconnectError, RejectedError, TransientError, Window
from connectors.channels import hubspot
from connectors.channels.hubspot import Options, calling
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail import MailAccount, MailWorld, hubspot_search
from connectors.sandbox.mail.accounts import FLOWS, GROUPS
from connectors.sandbox.mail.deals import deals

from ..conftest import Answer, FakeTime
from .hubspot_account import (
    DETAILS,
    FIELDS,
    HUBSPOT,
    KEY,
    METRICS,
    connector,
    day,
    email,
    error,
    limit,
    page,
    simulated,
)
from .mail_services import Listening, answers, figures

SPAN = Window(date(2026, 11, 1), date(2026, 11, 2))  # New York's clocks go back on the 1st
FIRST, SECOND = ("2026-11-01T04", "2026-11-02T05"), ("2026-11-02T05", "2026-11-03T05")
EMPTY = {"emails": []}


def scripted(server, listed, *told, stats=(), **options):
    """Script the account, the list of e-mails (three times) and what is told of them."""
    pages = [page(list(listed)), page(list(stats)), page([])]
    server.script(*answers(DETAILS, *pages, *told))
    return connector(server.url, metrics={"sent": "sent", "opens": "open"}, **options)


def days(*rows):
    return {"total": len(rows), "results": list(rows)}


def found_by(channel, level="campaign"):
    return {one.entity_id: one for page in channel.entities([level]) for one in page}


def test_counts_come_by_the_day_of_sending_under_either_name(server):
    told = days(
        day(*FIRST, key="aggregateStatistic", sent=704, open=443, click=8),
        day(*SECOND, sent=10, open=4, click=None),
    )
    frame = figures(scripted(server, [email("9007199254740993")],
                             {"emails": [9007199254740993]}, told), SPAN)  # fmt: skip
    assert list(frame["date_day"]) == ["2026-11-01", "2026-11-02"]
    assert frame.iloc[0].to_dict() == {
        "entity_id": "9007199254740993", "date_day": "2026-11-01", "clicks": 8.0, "sent": 704.0,
        "opens": 443.0,
    }  # fmt: skip
    assert isnan(frame["clicks"][1])


def test_a_window_is_the_accounts_own_days_also_where_one_has_25_hours(server):
    list(scripted(server, [], {"emails": [1]}, days()).performance("campaign", SPAN))
    statistics, histogram = server.seen[4:]
    assert statistics.path == "/marketing/emails/2026-09/statistics/list"
    span = {"startTimestamp": "2026-11-01T04:00:00Z", "endTimestamp": "2026-11-03T04:59:59Z"}
    assert statistics.query == span
    assert histogram.query == {"interval": "DAY", "emailIds": "1", **span}


def test_a_day_that_begins_at_one_o_clock_is_a_day(server):
    cairo = {**DETAILS, "timeZone": "Africa/Cairo"}  # midnight of 24 April is skipped there
    told = days(day("2026-04-23T22", "2026-04-24T21", sent=3))
    server.script(*answers(cairo, page([]), page([]), page([]), {"emails": [1]}, told))
    window = Window(date(2026, 4, 24), date(2026, 4, 24))
    frame = figures(connector(server.url), window)
    assert frame[["date_day", "sent"]].to_numpy().tolist() == [["2026-04-24", 3]]


def test_what_sends_by_itself_has_zeros_on_days_without_any_sending(server):
    mails = [
        email("1", "AUTOMATED"),
        email("2", "AUTOMATED", publishDate="2026-11-02T05:00:00Z"),
        email("3", "AUTOMATED_DRAFT"),
        email("4", "AUTOMATED", publishDate=None),
        email("5", "AUTOMATED", publishDate="2026-11-03T05:00:00Z"),
    ]
    frame = figures(scripted(server, mails, EMPTY, days(day(*SECOND, sent=5)), days()), SPAN)
    assert frame[["entity_id", "date_day", "sent"]].to_numpy().tolist() == [
        ["1", "2026-11-01", 0], ["1", "2026-11-02", 5], ["2", "2026-11-02", 0],
    ]  # fmt: skip


@pytest.mark.parametrize(("state", "sent"), [("AUTOMATED", [0, 3]), ("PUBLISHED", [3])])
def test_a_day_without_counts_is_one_without_any_sending(server, state, sent):
    told = days(day(*FIRST), day(*SECOND, sent=3))
    frame = figures(scripted(server, [email("1", state)], {"emails": [1]}, told), SPAN)
    assert frame["sent"].tolist() == sent


def test_what_is_sent_once_has_no_rows_on_other_days(server):
    told = days(day(*FIRST, sent=0, open=0, click=0), day(*SECOND, sent=7, open=1))
    frame = figures(scripted(server, [email()], {"emails": [1]}, told), SPAN)
    assert frame[["date_day", "sent"]].to_numpy().tolist() == [["2026-11-02", 7]]
    assert frame["clicks"].isna().all()


def test_a_window_in_which_nothing_was_sent_has_no_figures(server):
    assert list(scripted(server, [email()], EMPTY).performance("campaign", SPAN)) == []


@pytest.mark.parametrize(
    "told",
    [
        days(day("2026-11-01T00", "2026-11-02T00", sent=1)),
        days(day("2026-11-01T04", "2026-12-01T05", sent=1)),
        days({"interval": {"start": "2026-11-01T04:00:00Z", "end": "2026-11-02T05:00:00Z"}}),
        {**days(), "paging": {"next": {"after": "2"}}},
        {"total": 0},
    ],
)
def test_days_that_are_not_the_accounts_are_refused(server, told):
    with pytest.raises(RejectedError, match="histogram: JSON of an unknown shape"):
        figures(scripted(server, [], {"emails": [1]}, told), SPAN)


def test_what_comes_is_what_the_world_has():
    window = Window(date(2026, 10, 20), date(2026, 11, 1))
    with simulated() as (sandbox, channel):
        mail = sandbox.mail
        frame = figures(channel, window)
        came = [
            mail.came_of(KEY, one)
            for one in mail.campaigns(KEY)
            if window.start <= one.sent_at.date() <= window.end
        ]
        came += [
            mail.flow_day(KEY, flow, place, window.start + timedelta(days=i))
            for flow in FLOWS
            for place in range(len(flow.messages))
            for i in range(window.days)
        ]
    assert [frame[name].sum() for name in METRICS] == [
        sum(getattr(one, field) for one in came) for field in FIELDS
    ]
    assert frame["clicks"].sum() == sum(one.clicks for one in came)
    assert not frame.duplicated(["entity_id", "date_day"]).any()


def test_a_broken_trigger_is_zeros_and_no_gap():
    with simulated() as (_, channel):
        mails = found_by(channel)
        frame = figures(channel, Window(date(2026, 10, 20), date(2026, 11, 1)))
    basket = next(id_ for id_, one in mails.items() if one.name.startswith("Abandoned basket"))
    sent = frame[frame["entity_id"] == basket].set_index("date_day")["sent"]
    assert sent["2026-10-23"] > 30
    assert sent["2026-10-24":].tolist() == [0] * 9


def test_emails_with_and_without_statistics_are_put_together(server):
    counted = {"stats": {"counters": {"sent": 704}, "ratios": {"openratio": 62.926}}}
    pages = [
        page([email("1"), email("2")], "2"),
        page([], "3"),
        page([email("3"), email("2")]),
        page([email("2", **counted), email("4", "AUTOMATED", **counted)]),
        page([email("5", archived=True)]),
    ]
    server.script(*answers(*pages))
    found = found_by(connector(server.url))
    assert list(found) == ["1", "2", "3", "4", "5"]
    assert [one.details.get("sent") for one in found.values()] == [None, "704", None, "704", None]
    assert [found[id_].status for id_ in "145"] == ["ended", "enabled", "removed"]
    assert [seen.query.get("after") for seen in server.seen] == [None, "2", "3", None, None]


@pytest.mark.parametrize(
    ("row", "status", "name"),
    [
        (email("1", "AUTOMATED_DRAFT"), "paused", "E-mail 1"),
        (email("1", "SCHEDULED", name="Größe 🎁"), "enabled", "Größe 🎁"),
        (email("1", "A_WORD_OF_TOMORROW", name="", subject="S"), "unknown", "S"),
        ({"id": "1"}, "unknown", "1"),
        (email("1", None, name=None, type=None, publishDate=""), "unknown", "1"),
    ],
)
def test_what_an_email_is(server, row, status, name):
    server.script(*answers(page([row]), page([]), page([])))
    [found] = found_by(connector(server.url)).values()
    assert (found.status, found.name) == (status, name)


def test_emails_and_lists_of_the_simulated_account():
    with simulated() as (sandbox, channel):
        mails, lists = found_by(channel), found_by(channel, "segment")
        [account] = found_by(channel, "account").values()
        sizes = [len(sandbox.mail.members(KEY, group.number)) for group in GROUPS]
    assert len(mails) == 108  # 101 campaigns, 6 messages of flows, an archived draft
    assert account.name == f"HubSpot {HUBSPOT}"
    assert [int(one.details["size"]) for one in lists.values()] == sizes
    assert [one.details["type"] for one in lists.values()] == [
        "DYNAMIC", "MANUAL", "MANUAL", "DYNAMIC",
    ]  # fmt: skip


def test_lists_are_read_to_their_end_and_only_those_of_contacts(server):
    def listed(id_, of="0-1", **more):
        return {"listId": id_, "name": "L", "processingType": "MANUAL", "objectTypeId": of, **more}

    pages = [
        {"lists": [listed("1", additionalProperties={"hs_list_size": "7"})], "hasMore": True},
        {"lists": [listed("1"), listed("2", "0-3")], "hasMore": True},
        {"lists": [listed("3", additionalProperties=None)], "hasMore": False},
    ]
    server.script(*answers(*pages))
    found = found_by(connector(server.url), "segment")
    assert {id_: one.details.get("size") for id_, one in found.items()} == {"1": "7", "3": None}
    assert [seen.json()["offset"] for seen in server.seen] == [0, 1, 3]


def contact(id_, **properties):
    return {"id": id_, "properties": {"hs_object_id": id_, **properties}}


def read(pages):
    return [one for page in pages for one in page]


def test_all_contacts_come_by_pages_short_and_empty_ones_too(server):
    server.script(*answers(page([contact("1")], "a"), page([], "b"), page([contact("2")])))
    channel = connector(server.url)
    assert [one.contact_id for one in read(channel.contacts())] == ["1", "2"]
    assert [seen.query.get("after") for seen in server.seen] == [None, "a", "b"]
    assert server.seen[0].path == "/crm/objects/2026-09/contacts"


def test_no_contact_is_no_error_and_a_circle_is_one(server):
    server.script(page([]))
    assert read(connector(server.url).contacts()) == []
    server.script(page([contact("1")], "a"))
    with pytest.raises(TransientError, match="turns in a circle"):
        read(connector(server.url).contacts())


def test_nothing_personal_is_asked_for_of_contacts():
    session = Listening()
    with simulated(session=session) as (sandbox, channel):
        whole = read(channel.contacts())
        people = sandbox.mail.people(KEY)
        session.asked.clear()
        list(channel.entities(["account", "campaign", "segment"]))
        figures(channel, Window(date(2026, 10, 28), date(2026, 11, 1)))
    assert len(whole) == len(people)
    assert sum(one.opted_out for one in whole) == sum(
        one.consent == "unsubscribed" for one in people
    )
    assert "people" not in repr(whole)
    assert not [path for path, _ in session.asked if "contacts" in path or "memberships" in path]


def test_a_search_overlaps_and_names_the_right_property(server):
    server.script(*answers(page([]), DETAILS, page([])))
    channel = connector(server.url)
    since = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert read(channel.contacts(since)) == read(channel.deals(since)) == []
    filters = [server.seen[i].json()["filterGroups"][0]["filters"][0] for i in (0, 2)]
    at = str(round((since - timedelta(minutes=5)).timestamp() * 1000))
    assert filters == [
        {"propertyName": "lastmodifieddate", "operator": "GTE", "value": at},
        {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": at},
    ]


def test_a_search_goes_on_beyond_10000_after_the_last_id_that_it_showed(server):
    rows = [contact("719869649082"), contact("7198")]
    pages = answers(page(rows, "10000"), page([contact("7198"), contact("7200")], "200"), page([]))
    server.script(*pages)
    since = datetime(2026, 11, 1, tzinfo=UTC)
    found = read(connector(server.url).contacts(since))
    assert [one.contact_id for one in found] == ["719869649082", "7198", "7200"]
    first, second, third = (seen.json() for seen in server.seen)
    assert [body["after"] for body in (first, second, third)] == ["0", "0", "200"]
    beyond = {"propertyName": "hs_object_id", "operator": "GT", "value": "7198"}
    assert second["filterGroups"][0]["filters"][1] == third["filterGroups"][0]["filters"][1]
    assert second["filterGroups"][0]["filters"][1] == beyond
    assert {tuple(body["sorts"]) for body in (first, second, third)} == {("hs_object_id",)}


def test_all_that_changed_in_one_millisecond_are_found_also_where_a_search_shows_fewer(monkeypatch):
    monkeypatch.setattr(calling, "SEARCH_MOST", 1000)
    monkeypatch.setattr(hubspot_search, "MOST_RESULTS", 1000)
    account = MailAccount("hubspot", HUBSPOT, token="demo-us1", people=2250)
    session = Listening()
    with simulated(MailWorld([account]), session=session) as (_, channel):
        found = read(channel.contacts(datetime(2025, 9, 28, tzinfo=UTC)))
    assert len({one.changed_at for one in found}) == 1
    assert len(found) == len({one.contact_id for one in found}) == 2250
    assert len(session.asked) == 12


def test_a_search_that_gets_nowhere_is_given_up(server):
    server.script(page([], "10000"))
    with pytest.raises(TransientError, match="turns in a circle"):
        read(connector(server.url).contacts(datetime(2026, 11, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ({"amount": "1500", "amount_in_home_currency": None, "deal_currency_code": "USD"}, 1500),
        ({"amount": "1500.50"}, 1500.5),
        ({"amount": "1500", "amount_in_home_currency": "1390", "deal_currency_code": "EUR"}, 1390),
        ({"amount": "1500", "deal_currency_code": "EUR"}, None),
        ({"amount": None, "amount_in_home_currency": ""}, None),
        ({"amount": "0"}, 0),
    ],
)
def test_a_deals_value_is_in_the_accounts_currency_or_unknown(server, told, value):
    server.script(*answers(DETAILS, page([contact("512", **told)])))
    [deal] = read(connector(server.url).deals())
    assert deal.value == value or (value is None and isnan(deal.value))
    assert (deal.deal_id, deal.won, deal.closed_at) == ("512", False, None)


def test_an_amount_that_is_no_number_is_refused(server):
    server.script(*answers(DETAILS, page([contact("512", amount="a lot")])))
    with pytest.raises(RejectedError, match="deals: JSON of an unknown shape"):
        read(connector(server.url).deals())


def test_deals_are_those_of_the_world():
    with simulated() as (sandbox, channel):
        there = list(deals(sandbox.mail, KEY))
        found = read(channel.deals())
        since = datetime(2026, 10, 25, tzinfo=UTC)
        lately = read(channel.deals(since))
    assert len(found) == len(there)
    assert sum(one.won for one in found) == sum(one.won for one in there) > 0
    worth = sum(one.value for one in found if one.won and not isnan(one.value))
    assert worth == pytest.approx(
        sum(one.value or 0 for one in there if one.won and not one.currency)
    )
    assert 0 < len(lately) < len(found)
    assert all(one.changed_at >= since - timedelta(minutes=5) for one in lately)


@pytest.mark.parametrize(("policy", "wait"), [("SECONDLY", 1), ("TEN_SECONDLY_ROLLING", 10)])
def test_a_limit_of_seconds_is_waited_for(server, policy, wait):
    time_ = FakeTime()
    server.script(*answers(limit(policy), DETAILS))
    assert connector(server.url, time_=time_).account().currency == "USD"
    assert time_.slept == [wait]


def test_the_limit_of_a_day_stops_everything_until_the_accounts_midnight(server):
    time_ = FakeTime()
    server.script(*answers(DETAILS, limit("DAILY"), page([])))
    channel = connector(server.url, time_=time_)
    channel.account()
    with pytest.raises(TransientError, match="used up until 2026-11-03 05:00 UTC") as caught:
        list(channel.entities(["campaign"]))
    assert (caught.value.retry_after, time_.slept) == (20 * 3600, [])
    with pytest.raises(TransientError, match="no calls for"):
        channel.members("21")
    assert len(server.seen) == 2


def test_the_limit_of_a_day_before_the_zone_is_known_stops_for_an_hour(server):
    server.script(limit("DAILY"))
    with pytest.raises(TransientError, match="calls of the day are used up") as caught:
        connector(server.url).account()
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize("status", [423, 477, 500, 502, 504])
def test_what_may_pass_is_tried_again(server, status):
    server.script(*answers(error(status, "INTERNAL_ERROR"), DETAILS))
    assert connector(server.url).account().time_zone == "America/New_York"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (error(), "400 VALIDATION_ERROR; the request itself is wrong"),
        (error(403, "MISSING_SCOPES", context={"missingScopes": ["content"]}), "scopes content"),
        (error(403, "MISSING_SCOPES"), "403 MISSING_SCOPES"),
        (error(404, "OBJECT_NOT_FOUND"), "check the id"),
    ],
)
def test_what_will_not_pass_is_said_once_and_without_names(server, answer, sentence):
    server.script(answer)
    with pytest.raises(RejectedError, match=sentence) as caught:
        connector(server.url).account()
    assert "people.example" not in str(caught.value)
    assert len(server.seen) == 1


def test_a_dead_token_needs_a_person_and_another_accounts_is_refused(server):
    server.script(error(401, "INVALID_AUTHENTICATION"))
    with pytest.raises(ReconnectError, match="check access_token, or reconnect"):
        connector(server.url).account()
    server.script(DETAILS)
    with pytest.raises(RejectedError, match=f"the token is of account {HUBSPOT}"):
        connector(server.url, account_id="1").account()


def test_a_page_that_comes_twice_counts_once_and_a_dead_cursor_fails():
    with simulated() as (sandbox, channel):
        sandbox.faults.add(Fault("page_twice", path="/contacts"))
        assert len(read(channel.contacts())) == 120
        sandbox.faults.add(Fault("page_token_expired", path="/contacts", first=2))
        with pytest.raises(RejectedError, match="400 VALIDATION_ERROR"):
            read(channel.contacts())


@pytest.mark.parametrize("kind", ["html", "half_page", "cut_body", "cut_before", "throttle"])
def test_a_spoilt_answer_is_asked_for_again(kind):
    with simulated() as (sandbox, channel):
        sandbox.faults.add(Fault(kind, path="/statistics"))
        assert len(figures(channel, Window(date(2026, 10, 30), date(2026, 11, 1)))) > 6


def test_levels_are_those_that_are_known():
    channel = connector("http://127.0.0.1:1")
    assert isinstance(channel, AudienceChannel)
    assert LEVELS["hubspot"] == hubspot.LEVELS
    for level, breakdown, why in (("ad", "", "no figures of ad"), ("campaign", "age", "breakdown")):
        with pytest.raises(RejectedError, match=why):
            list(channel.performance(level, SPAN, breakdown))
    with pytest.raises(RejectedError, match="has no level ad"):
        list(channel.entities(["ad"]))
    with pytest.raises(ValueError, match="conversions is built in, or unknown"):
        Options(account_id="1", access_token="x", metrics={"conversions": "sent"})
    assert list(channel.edits(SPAN.start, SPAN.end)) == []


def test_a_name_that_the_account_has_is_told(server):
    server.script(Answer({**DETAILS, "portalName": "Räder & Co"}))
    assert connector(server.url).account().name == "Räder & Co"
