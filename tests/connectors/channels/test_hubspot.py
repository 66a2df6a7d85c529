"""HubSpot's statistics become counts on days of sending, contacts customers, won deals orders."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import isnan

import pytest
from pydantic import ValidationError

from config.platforms import LEVELS
from connectors.audience import AudienceChannel
from connectors.base import ReconnectError, RejectedError, TransientError, Window
from connectors.channels import hubspot
from connectors.channels.hubspot import Options
from connectors.mail import CustomerSource, OrderSource
from connectors.sandbox.faults import Fault
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


def status(address, said, subscription=9001, **more):
    told = {"subscriberIdString": address, "subscriptionId": subscription, "status": said}
    return {"statuses": [{**told, **more}], "subscriberIdString": address}


def test_all_contacts_come_by_pages_short_and_empty_ones_too(server):
    server.script(*answers(page([contact("1")], "a"), page([], "b"), page([contact("2")])))
    channel = connector(server.url)
    assert [one.customer_id for one in read(channel.customers())] == ["1", "2"]
    assert [seen.query.get("after") for seen in server.seen] == [None, "a", "b"]
    assert server.seen[0].path == "/crm/objects/2026-09/contacts"


def test_no_contact_is_no_error_and_a_circle_is_one(server):
    server.script(page([]))
    assert read(connector(server.url).customers()) == []
    server.script(page([contact("1")], "a"))
    with pytest.raises(TransientError, match="turns in a circle"):
        read(connector(server.url).customers())


def test_figures_ask_for_nothing_personal():
    session = Listening()
    with simulated(session=session) as (_, channel):
        list(channel.entities(["account", "campaign", "segment"]))
        figures(channel, Window(date(2026, 10, 28), date(2026, 11, 1)))
    assert not [path for path, _ in session.asked if "contacts" in path or "memberships" in path]


def test_what_a_contact_is_as_a_customer(server):
    told = contact(
        "7", email=" Jo@People.example ", firstname="Jo", city=None, createdate="2026-01-05T10:00Z",
        hs_language="pt_br", hs_timezone="america_slash_port_hyphen_au_hyphen_prince",
        hs_country_region_code="br",
    )  # fmt: skip
    server.script(page([told, contact("8", hs_timezone="us_slash_nowhere", email="no address")]))
    given = {"first_name": "firstname", "city": "city"}
    one, other = read(connector(server.url, fields=given).customers())
    assert (one.customer_id, one.address, one.problem) == ("7", "Jo@People.example", "")
    assert (one.time_zone, one.language, one.country) == ("America/Port-au-Prince", "pt-br", "BR")
    assert one.signed_up_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert one.fields == {"first_name": "Jo"}
    assert (other.address, other.time_zone, other.country) == (None, "", "")
    assert other.problem.startswith("contact 8: no usable e-mail address")
    asked = server.seen[0].query["properties"].split(",")
    assert {"firstname", "city", "email"} <= set(asked)
    assert "" not in asked


def test_without_a_word_of_consent_nobody_agreed(server):
    stays = contact("1", email="a@people.example", hs_email_optout="false")
    leaves = contact("2", email="b@people.example", hs_email_optout="true")
    server.script(page([stays, leaves]))
    found = read(connector(server.url).customers())
    assert [one.consent for one in found] == ["never", "unsubscribed"]
    assert [one.consent_source for one in found] == ["", "HubSpot: opted out of all mail"]


def test_consent_is_the_status_of_a_subscription_type(server):
    people = [contact(str(i), email=f"{name}@people.example") for i, name in enumerate("abcde")]
    people[4]["properties"]["hs_email_optout"] = "true"
    told = page(
        [
            status("A@people.example", "SUBSCRIBED", legalBasis="CONSENT_WITH_NOTICE",
                   timestamp="2026-02-01T10:00:00Z"),
            status("b@people.example", "UNSUBSCRIBED", timestamp="2026-02-02T10:00:00Z"),
            status("c@people.example", "NOT_SPECIFIED"),
            status("d@people.example", "SUBSCRIBED", subscription=1),
            status("e@people.example", "SUBSCRIBED"),
        ]
    )  # fmt: skip
    server.script(*answers(page([*people, contact("9")]), told))
    found = read(connector(server.url, subscription="9001").customers())
    assert [one.consent for one in found] == [
        "subscribed", "unsubscribed", "never", "never", "unsubscribed", "never",
    ]  # fmt: skip
    assert found[0].consent_source == "HubSpot: subscription 9001, CONSENT_WITH_NOTICE"
    assert [one.consent_at for one in found[:3]] == [
        datetime(2026, 2, 1, 10, tzinfo=UTC), datetime(2026, 2, 2, 10, tzinfo=UTC), None,
    ]  # fmt: skip
    asked = server.seen[1]
    assert asked.query == {"channel": "EMAIL"}
    assert asked.json() == {"inputs": [f"{name}@people.example" for name in "abcde"]}


def test_a_subscription_type_that_is_not_there_is_refused(server):
    people = page([contact("1", email="a@people.example")])
    told = page([status("a@people.example", "SUBSCRIBED", subscription=5)])
    server.script(*answers(people, told))
    with pytest.raises(RejectedError, match="no subscription type 9001; there are: 5") as caught:
        read(connector(server.url, subscription="9001").customers())
    assert "people.example" not in str(caught.value)


def test_consent_is_what_a_property_says(server):
    words = {True: "subscribed", "No": "never"}
    given = {"consent_property": "newsletter", "consent_words": words}
    people = [contact(str(i), newsletter=said) for i, said in enumerate(["true", "NO", "", None])]
    server.script(*answers(page(people), page([contact("1", newsletter="perhaps")])))
    channel = connector(server.url, **given)
    assert [one.consent for one in read(channel.customers())] == ["subscribed"] + ["never"] * 3
    assert "newsletter" in server.seen[0].query["properties"].split(",")
    with pytest.raises(RejectedError, match="newsletter of a contact has a word") as caught:
        read(channel.customers())
    assert "perhaps" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"subscription": "1", "consent_property": "x", "consent_words": {"y": "never"}},
        {"consent_property": "x"},
        {"consent_words": {"y": "never"}},
        {"subscription": "Newsletter"},
    ],
)
def test_consent_is_said_in_one_way(given):
    with pytest.raises(ValidationError):
        Options(account_id=HUBSPOT, access_token="t", **given)


def test_customers_are_those_of_the_world():
    with simulated(subscription="9001", platform="customers") as (sandbox, channel):
        people = sandbox.mail.people(KEY)
        found = read(channel.customers())
        assert channel.account().platform == "customers"
    assert isinstance(channel, CustomerSource)
    assert isinstance(channel, OrderSource)
    assert Counter(one.consent for one in found) == Counter(
        one.consent if one.consent in ("subscribed", "unsubscribed") else "never" for one in people
    )
    assert {one.address for one in found} == {one.address for one in people}
    assert "people" not in repr(found)


def deal(id_, *contacts, **told):
    whose = {"contacts": {"results": [{"id": one, "type": "deal_to_contact"} for one in contacts]}}
    told = {"hs_is_closed_won": "true", "closedate": "2026-10-07T12:15:22.375Z", **told}
    return {**contact(id_, **told), **({"associations": whose} if contacts else {})}


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
    server.script(*answers(DETAILS, page([deal("512", **told)])))
    [order] = read(connector(server.url).orders())
    assert order.value == value or (value is None and isnan(order.value))
    assert (order.order_id, order.customer_id) == ("512", "")


def test_only_won_deals_are_orders_of_the_contact_that_is_named_first(server):
    rows = [
        deal("1", "7", "8", amount="5"),
        deal("2", "7", amount="5", hs_is_closed_won="false"),
        deal("3", "9", amount="5", hs_is_closed_won=None),
        deal("4", "9", amount="5", closedate=None),
    ]
    server.script(*answers(DETAILS, page(rows, "x"), page(rows[1:2])))
    first, undated = read(connector(server.url).orders())
    assert (first.order_id, first.customer_id, first.value) == ("1", "7", 5)
    assert first.ordered_at == datetime(2026, 10, 7, 12, 15, 22, 375_000, tzinfo=UTC)
    assert (undated.order_id, undated.ordered_at) == ("4", None)
    assert server.seen[1].query["associations"] == "contacts"


def test_an_amount_that_is_no_number_is_refused(server):
    server.script(*answers(DETAILS, page([deal("512", amount="a lot")])))
    with pytest.raises(RejectedError, match="deals: JSON of an unknown shape"):
        read(connector(server.url).orders())


def test_orders_are_the_won_deals_of_the_world():
    with simulated(platform="orders") as (sandbox, channel):
        there = [one for one in deals(sandbox.mail, KEY) if one.won]
        found = read(channel.orders())
        people = {one.customer_id for one in read(channel.customers())}
    assert len(found) == len(there) > 0
    assert {one.customer_id for one in found} <= people
    assert [one.ordered_at for one in found] == [one.decided_at for one in there]
    worth = sum(one.value for one in found if not isnan(one.value))
    assert worth == pytest.approx(sum(one.value or 0 for one in there if not one.currency))


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
        assert len(read(channel.customers())) == 120
        sandbox.faults.add(Fault("page_token_expired", path="/contacts", first=2))
        with pytest.raises(RejectedError, match="400 VALIDATION_ERROR"):
            read(channel.customers())


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
