"""Klaviyo's own Python client works against the sandbox as against Klaviyo."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.exchange import Request
from connectors.sandbox.mail import demo_mail
from connectors.sandbox.mail.klaviyo_limits import Limits
from connectors.sandbox.mail.klaviyo_wire import KlaviyoError

REVISION = "2026-10-15"


@pytest.fixture
def sandbox():
    with Sandbox(small(), today=DEMO_TODAY, mail=demo_mail()) as running:
        yield running


@pytest.fixture
def client(sandbox):
    from klaviyo_api import KlaviyoAPI

    host = f"{sandbox.url}/klaviyo"
    return KlaviyoAPI("demo-us1", max_delay=1, max_retries=1, test_host=host)


def metric(client, name="Placed Order"):
    return next(it.id for it in client.Metrics.get_metrics().data if it.attributes.name == name)


def report(client, kind, metric_id, days=("2026-10-20", "2026-10-31"), **more):
    start, end = days
    attributes = {
        "statistics": ["recipients", "delivered", "clicks_unique", "conversion_value"],
        "timeframe": {"start": f"{start}T00:00:00+00:00", "end": f"{end}T23:59:59+00:00"},
        "conversion_metric_id": metric_id,
        **more,
    }
    ask = {
        "campaign-values-report": client.Reporting.query_campaign_values,
        "flow-values-report": client.Reporting.query_flow_values,
        "flow-series-report": client.Reporting.query_flow_series,
    }[kind]
    return ask({"data": {"type": kind, "attributes": attributes}}).data.attributes


def failing(call, *args, **named):
    from openapi_client.exceptions import ApiException

    with pytest.raises(ApiException) as caught:
        call(*args, **named)
    return caught.value


def raw(sandbox, path, method="GET", revision=REVISION, **more):
    headers = {"Authorization": "Klaviyo-API-Key demo-us1"}
    headers |= {"revision": revision} if revision else {}
    url = f"{sandbox.url}/klaviyo/api/{path}"
    return requests.request(method, url, headers=headers, timeout=5, **more)


def test_the_account(client):
    [account] = client.Accounts.get_accounts().data
    assert (account.id, account.attributes.timezone) == ("AcmeSh", "Europe/Berlin")


def test_campaigns_and_their_messages(client):
    campaigns = client.Campaigns.get_campaigns(page_size=100)
    assert (len(campaigns.data), bool(campaigns.links.next)) == (100, True)
    rest = client.Campaigns.get_campaigns(page_cursor=campaigns.links.next.split("cursor%5D=")[1])
    assert (len(rest.data), rest.links.next) == (1, None)
    told = client.Campaigns.get_campaign_messages(include=["campaign"], page_size=2)
    parents = {one.relationships.campaign.data.id for one in told.data}
    assert {one.id for one in told.included} == parents
    assert told.data[0].attributes.definition.status == "sent"


def test_series_add_up_to_values(client):
    id_ = metric(client)
    series = report(client, "flow-series-report", id_, interval="daily")
    values = report(client, "flow-values-report", id_)
    sums = {
        row.groupings["flow_message_id"]: sum(row.statistics["recipients"])
        for row in series.results
    }
    told = {
        row.groupings["flow_message_id"]: row.statistics["recipients"] for row in values.results
    }
    assert len(series.date_times) == 12
    assert {key: value for key, value in sums.items() if value} == told


def test_campaign_values_go_by_the_day_of_sending(client):
    rows = report(client, "campaign-values-report", metric(client)).results
    assert len(rows) == 3  # one every four days
    assert all(row.statistics["recipients"] > 7000 for row in rows)


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        ("flow-series-report", {"interval": "daily", "days": ("2026-08-01", "2026-10-31")}, "60 "),
        ("campaign-values-report", {"days": ("2025-01-01", "2026-10-31")}, "longer than a year"),
        ("campaign-values-report", {"group_by": ["campaign_id"]}, "required in group_by"),
    ],
)
def test_reports_that_ask_too_much(client, kind, more, sentence):
    error = failing(report, client, kind, metric(client), **more)
    assert error.status == 400
    assert sentence in error.body


def test_a_metric_that_is_no_conversion(client):
    error = failing(report, client, "campaign-values-report", metric(client, "Opened Email"))
    assert "does not support querying for values data" in error.body


def test_flows_are_set(client):
    flow = client.Flows.get_flows().data[0]
    body = {"data": {"type": "flow", "id": flow.id, "attributes": {"status": "draft"}}}
    assert client.Flows.update_flow(flow.id, body).data.attributes.status == "draft"
    assert client.Flows.get_flow(flow.id).data.attributes.status == "draft"


def test_lists_take_profiles_and_leave_them(client):
    list_id = client.Lists.get_lists().data[1].id
    upserted = client.Profiles.create_or_update_profile(
        {"data": {"type": "profile", "attributes": {"email": "new@people.example"}}}
    )
    body = {"data": [{"type": "profile", "id": upserted.data.id}]}
    client.Lists.add_profiles_to_list(list_id, body)

    def ids():
        found, cursor = set(), None
        while True:
            page = client.Lists.get_profiles_for_list(list_id, page_size=10, page_cursor=cursor)
            found |= {one.id for one in page.data}
            if page.links.next is None:
                return found
            cursor = page.links.next.split("cursor%5D=")[1].split("&")[0]

    assert upserted.data.id in ids()
    client.Lists.remove_profiles_from_list(list_id, body)
    assert upserted.data.id not in ids()


def test_segments_come_in_tens_and_have_a_size_when_asked(client):
    [segment] = client.Segments.get_segments(page_size=10).data
    told = client.Segments.get_segment(segment.id, additional_fields_segment=["profile_count"])
    assert told.data.attributes.profile_count > 0


@pytest.mark.parametrize(("revision", "status"), [("", 400), ("2023-01-01", 410), (REVISION, 200)])
def test_a_revision_is_needed_and_lives_for_two_years(sandbox, revision, status):
    assert raw(sandbox, "accounts", revision=revision).status_code == status


def test_a_page_is_never_larger_than_the_most(sandbox):
    assert raw(sandbox, "segments?page[size]=11").status_code == 400
    assert raw(sandbox, "segments?page[cursor]=rubbish").status_code == 400


def test_reports_are_two_a_minute_by_the_time_that_is_given(sandbox, client):
    from openapi_client.exceptions import ApiException

    id_ = metric(client)
    now = [1000.0]
    sandbox.mail.seconds = lambda: now[0]
    waits = []
    for later in (0.0, 0.2, 1.0, 1.0, 60.0):
        now[0] += later
        try:
            report(client, "campaign-values-report", id_)
        except ApiException as error:
            waits.append(int(error.headers["Retry-After"]))
        else:
            waits.append(0)
    assert waits == [0, 1, 0, 18, 0]


def test_225_reports_a_day():
    mail, now = demo_mail(), datetime(2026, 11, 2, 9, tzinfo=UTC)
    mail.now = lambda: now
    limits, call = Limits(mail), Request("POST", "/api/flow-series-reports")
    for _ in range(225):
        limits.use("AcmeSh", call)
    with pytest.raises(KlaviyoError) as caught:
        limits.use("AcmeSh", call)
    assert caught.value.response.headers == {"Retry-After": str(15 * 3600)}
    limits.use("Other1", call)
    mail.now = lambda: now + timedelta(days=1)
    limits.use("AcmeSh", call)


def test_limits_are_told(sandbox):
    headers = raw(sandbox, "flows").headers
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("60", "59")
