"""HubSpot's own Python client, which calls the older paths, works against the sandbox."""

from datetime import UTC, datetime

import pytest
import requests

from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.mail import demo_mail
from connectors.sandbox.mail.accounts import GROUPS
from connectors.sandbox.mail.hubspot_limits import CALLS, Limits
from connectors.sandbox.mail.hubspot_things import LIST_ID
from connectors.sandbox.mail.hubspot_wire import LimitError

VIP, COMPUTED = (str(LIST_ID + GROUPS[place].number) for place in (1, 3))
OCTOBER = {"start_timestamp": "2026-10-20T00:00:00Z", "end_timestamp": "2026-10-31T22:59:59Z"}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(small(), today=DEMO_TODAY, mail=demo_mail()) as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox):
    from hubspot import HubSpot

    return HubSpot(access_token="demo-us1", host=f"{sandbox.url}/hubspot")


def failing(call, *args, **named):
    with pytest.raises(Exception, match="Reason") as caught:  # each part has a type of its own
        call(*args, **named)
    return caught.value


def raw(sandbox, path, method="GET", **more):
    headers = {"Authorization": "Bearer demo-us1"}
    url = f"{sandbox.url}/hubspot/{path}"
    return requests.request(method, url, headers=headers, timeout=5, **more)


def test_contacts_page_by_a_cursor_and_show_what_was_asked_for(client):
    found, after = {}, None
    while True:
        page = client.crm.contacts.basic_api.get_page(
            limit=50, after=after, properties=["lifecyclestage"], archived=False
        )
        found |= {one.id: one.properties for one in page.results}
        if page.paging is None:
            break
        after = page.paging.next.after
    assert len(found) == 120
    names = {name for properties in found.values() for name in properties}
    assert names == {"createdate", "hs_object_id", "lifecyclestage"}
    assert {len(id_) for id_ in found} == {4, 12}


def test_a_search_filters_and_pages(client):
    def search(value, after="0"):
        filters = [{"propertyName": "hs_object_id", "operator": "GT", "value": value}]
        body = {"filterGroups": [{"filters": filters}], "sorts": ["hs_object_id"], "limit": 40,
                "properties": ["createdate"], "after": after}  # fmt: skip
        return client.crm.contacts.search_api.do_search(body)

    first = search("0")
    assert (first.total, len(first.results), first.paging.next.after) == (120, 40, "40")
    ids = [int(one.id) for one in first.results]
    assert ids != sorted(ids)  # a little out of order, as they come
    assert search("7199").total == 60
    assert search("0", "80").paging is None
    assert failing(search, "0", "10000").status == 400


def test_deals_have_texts_and_nulls(client):
    page = client.crm.deals.basic_api.get_page(
        limit=100, properties=["amount", "amount_in_home_currency", "dealstage", "closedate"]
    )
    amounts = [one.properties["amount"] for one in page.results]
    assert None in amounts
    assert all(isinstance(one, str) for one in amounts if one is not None)
    assert {one.properties["dealstage"] for one in page.results} == {"closedwon", "closedlost"}


def test_lists_take_contacts_and_leave_them(client):
    lists = client.crm.lists.lists_api.do_search({"query": "", "count": 3, "offset": 0})
    assert (len(lists.lists), lists.has_more, lists.offset) == (3, True, 3)
    assert client.crm.lists.lists_api.get_by_id(VIP).list.processing_type == "MANUAL"
    api = client.crm.lists.memberships_api
    before = [one.record_id for one in api.get_page(VIP, limit=250).results]
    told = api.remove(VIP, before[:2])
    assert told.record_ids_removed == before[:2]
    told = api.add(VIP, [before[0], "999"])
    assert (told.records_ids_added, told.record_ids_missing) == ([before[0]], ["999"])
    assert {one.record_id for one in api.get_page(VIP, limit=250).results} == (
        {*before} - {before[1]}
    )
    assert failing(api.add, COMPUTED, before[:1]).status == 400


def test_contacts_are_read_and_made_by_address(client):
    ask = {"idProperty": "email", "properties": ["email"], "propertiesWithHistory": [],
           "inputs": [{"id": "reader1@people1.example"}, {"id": "x@nowhere.example"}]}  # fmt: skip
    told = client.crm.contacts.batch_api.read(ask)
    assert [one.id for one in told.results] == ["7001"]
    assert told.errors[0].context == {"ids": ["x@nowhere.example"]}
    inputs = [
        {"id": id_, "idProperty": "email", "properties": {}, "objectWriteTraceId": f"k{i}"}
        for i, id_ in enumerate(("New@people.example", "broken", "reader1@people1.example"))
    ]
    made = client.crm.contacts.batch_api.upsert({"inputs": inputs})
    assert [one.new for one in made.results] == [True, False]
    assert made.errors[0].context == {"objectWriteTraceId": ["k1"]}
    untraced = {"inputs": [{"id": "broken", "idProperty": "email", "properties": {}}]}
    assert failing(client.crm.contacts.batch_api.upsert, untraced).status == 400


def test_emails_are_fewer_with_statistics(client):
    api = client.marketing.emails.marketing_emails_api

    def ids(**query):
        found, after = [], None
        while True:
            page = api.get_page(limit=100, after=after, **query)
            found += [one.id for one in page.results]
            if page.paging is None:
                return found
            after = page.paging.next.after

    plain, told = ids(), ids(include_stats=True)
    assert len(plain) == len(set(plain)) == 107
    assert set(told) < set(plain)
    assert len(ids(archived=True)) == 1


def test_days_add_up_to_the_whole_and_ratios_are_percent(client):
    api = client.marketing.emails.statistics_api
    told = api.get_emails_list(**OCTOBER)
    assert len(told.emails) == 9  # three campaigns, and six messages of flows
    counters = told.aggregate.counters
    assert told.aggregate.ratios["openratio"] == pytest.approx(
        100 * counters["open"] / counters["delivered"], abs=0.001
    )
    one = api.get_emails_list(email_ids=[told.emails[0]], **OCTOBER)
    assert one.emails == told.emails[:1]
    days = api.get_histogram(interval="DAY", email_ids=[told.emails[-1]], **OCTOBER)
    assert days.total == 12
    assert days.results[0].interval.start == datetime(2026, 10, 19, 22, tzinfo=UTC)
    assert failing(api.get_histogram, interval="HOUR", **OCTOBER).status == 400


def test_figures_come_under_either_name(sandbox):
    query = "interval=DAY&startTimestamp=2026-10-20T00:00:00Z&endTimestamp=2026-10-22T00:00:00Z"
    path = f"marketing/emails/2026-09/statistics/histogram?{query}"
    names = [set(row) - {"interval"} for row in raw(sandbox, path).json()["results"]]
    assert names[:2] == [{"aggregateStatistic"}, {"aggregations"}]


def test_dated_paths_answer_as_the_older_ones(sandbox):
    for dated, older in (
        ("crm/objects/2026-09/contacts", "crm/v3/objects/contacts"),
        (f"crm/lists/2026-09/{VIP}", f"crm/v3/lists/{VIP}"),
        ("marketing/emails/2026-09", "marketing/v3/emails/"),
        ("account-info/2026-03/details", "account-info/v3/details"),
    ):
        assert raw(sandbox, dated).json().get("results", 1) == (
            raw(sandbox, older).json().get("results", 1)
        )
        assert raw(sandbox, dated).status_code == 200


def test_what_is_wrong_is_said(sandbox):
    assert raw(sandbox, "crm/objects/2026-09/contacts?limit=101").status_code == 400
    assert raw(sandbox, "crm/objects/2026-09/yachts").status_code == 400
    assert raw(sandbox, "crm/lists/2026-09/99").json()["category"] == "OBJECT_NOT_FOUND"
    assert raw(sandbox, "crm/objects/2025-01/contacts").status_code == 404
    epoch = {"propertyName": "createdate", "operator": "GTE", "value": "0"}
    body = {"filterGroups": [{"filters": [epoch]}]}
    path = "crm/objects/2026-09/contacts/search"
    assert raw(sandbox, path, "POST", json=body).status_code == 500
    too_many = {"inputs": [{"id": "1"}] * 101}
    path = "crm/objects/2026-09/contacts/batch/read"
    assert raw(sandbox, path, "POST", json=too_many).status_code == 400


def test_limits_are_those_of_ten_seconds_and_of_searches():
    mail, now = demo_mail(), [1000.0]
    mail.seconds = lambda: now[0]
    limits = Limits(mail)
    for _ in range(5):
        assert limits.use("1", search=True) == {}
    with pytest.raises(LimitError):
        limits.use("1", search=True)
    now[0] += 1
    limits.use("1", search=True)
    told = [limits.use("1", search=False) for _ in range(CALLS)]
    assert told[-1]["X-HubSpot-RateLimit-Remaining"] == "0"
    with pytest.raises(LimitError):
        limits.use("1", search=False)
    limits.use("2", search=False)
    now[0] += 10
    limits.use("1", search=False)
