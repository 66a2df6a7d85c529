"""Mailchimp's own Python client works against the sandbox as against Mailchimp."""

from hashlib import md5

import pytest

from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.mail import demo_mail
from connectors.sandbox.mail.mailchimp_wire import SIMULTANEOUS, ProblemError, Slots

ADDRESS = "Newcomer@People.example"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(small(), today=DEMO_TODAY, mail=demo_mail()) as running:
        yield running


@pytest.fixture
def client(sandbox):
    import mailchimp_marketing

    made = mailchimp_marketing.Client({"api_key": "demo-us1", "timeout": 5})
    made.api_client.host = f"{sandbox.url}/mailchimp/3.0"
    return made


@pytest.fixture
def list_id(client):
    return client.lists.get_all_lists(fields=["lists.id"])["lists"][0]["id"]


def hashed(address: str) -> str:
    return md5(address.lower().encode(), usedforsecurity=False).hexdigest()


def failing(call, *args, **named):
    from mailchimp_marketing.api_client import ApiClientError

    with pytest.raises(ApiClientError) as caught:
        call(*args, **named)
    return caught.value


def test_reports_page_and_rates_are_fractions_of_what_arrived(client):
    pages = [client.reports.get_all_campaign_reports(count=50, offset=i) for i in (0, 50, 100)]
    rows = [row for page in pages for row in page["reports"]]
    assert len(rows) == len({row["id"] for row in rows}) == pages[0]["total_items"]
    row = rows[5]
    delivered = row["emails_sent"] - sum(row["bounces"].values())
    assert row["opens"]["open_rate"] == pytest.approx(row["opens"]["unique_opens"] / delivered)


def test_reports_are_narrowed_and_bounds_are_left_out(client):
    def told(**query):
        return client.reports.get_all_campaign_reports(count=1000, **query)["reports"]

    [*_, first] = told(since_send_time="2026-10-20T00:00:00+00:00")
    assert first["send_time"] not in [
        row["send_time"] for row in told(since_send_time=first["send_time"])
    ]
    assert all(row["type"] == "automation" for row in told(type="automation"))
    assert told(before_send_time="2020-01-01T00:00:00+00:00") == []


def test_only_the_fields_that_were_asked_for_come(client):
    got = client.reports.get_all_campaign_reports(fields=["reports.bounces.hard_bounces"])
    assert set(got) == {"reports"}
    assert {tuple(row) for row in got["reports"]} == {("bounces",)}
    assert set(got["reports"][0]["bounces"]) == {"hard_bounces"}


def test_automations_pause_and_start(client):
    workflow = client.automations.list()["automations"][0]["id"]
    client.automations.pause_all_emails(workflow)
    assert client.automations.get(workflow)["status"] == "paused"
    client.automations.start_all_emails(workflow)
    assert client.automations.get(workflow)["status"] == "sending"
    assert failing(client.automations.get, "nowhere").status_code == 404


def test_members_are_put_and_put_again(client, list_id):
    body = {"email_address": ADDRESS, "status_if_new": "subscribed"}
    for _ in range(2):
        assert client.lists.set_list_member(list_id, hashed(ADDRESS), body)["status"] == (
            "subscribed"
        )
    gone = {**body, "status": "unsubscribed"}
    client.lists.set_list_member(list_id, hashed(ADDRESS), gone)
    again = client.lists.set_list_member(list_id, hashed(ADDRESS), body)
    assert again["status"] == "unsubscribed"
    error = failing(
        client.lists.set_list_member, list_id, hashed(ADDRESS), {**body, "status": "subscribed"}
    )
    assert "Member In Compliance State" in error.text


def test_many_members_at_once_and_a_200_is_no_success(client, list_id):
    people = [{"email_address": it, "status": "subscribed"} for it in ("reader1@people1.example",
              "broken", "another@people.example")]  # fmt: skip
    told = client.lists.batch_list_members(list_id, {"members": people})
    assert (told["total_created"], told["error_count"]) == (1, 2)
    assert [one["error_code"] for one in told["errors"]] == [
        "ERROR_CONTACT_EXISTS",
        "ERROR_GENERIC",
    ]
    too_many = {"members": people * 200}
    assert failing(client.lists.batch_list_members, list_id, too_many).status_code == 400


def test_static_segments_take_members_and_computed_ones_do_not(client, list_id):
    static, *_, computed = client.lists.list_segments(list_id)["segments"]
    address = "reader2@people2.example"

    def ids():
        told = client.lists.get_segment_members_list(
            list_id, static["id"], count=1000, include_unsubscribed=True, include_cleaned=True
        )
        return {row["id"] for row in told["members"]}

    change = client.lists.batch_segment_members
    change({"members_to_remove": [address]}, list_id, static["id"])
    assert hashed(address) not in ids()
    told = change({"members_to_add": [address, "x@nowhere.example"]}, list_id, static["id"])
    assert (told["total_added"], told["error_count"]) == (1, 1)
    assert hashed(address) in ids()
    assert failing(change, {"members_to_add": []}, list_id, computed["id"]).status_code == 400


def test_a_wrong_key_and_a_wrong_place(client, sandbox):
    client.api_client.api_key = "other-us1"
    assert failing(client.root.get_root).status_code == 401
    client.api_client.api_key = "demo-us1"
    client.api_client.host = f"{sandbox.url}/mailchimp/2.0"
    assert failing(client.root.get_root).status_code == 404


def test_ten_calls_at_once_and_no_more():
    slots = Slots()
    held = [slots.one() for _ in range(SIMULTANEOUS)]
    for one in held:
        one.__enter__()
    with pytest.raises(ProblemError) as caught, slots.one():
        raise AssertionError("an eleventh was let in")
    assert (caught.value.response.status, caught.value.response.headers) == (429, {})
    held[0].__exit__(None, None, None)
    with slots.one():
        pass
