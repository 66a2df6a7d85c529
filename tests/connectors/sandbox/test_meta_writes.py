"""Writes to Graph v26.0: what is accepted, what is refused with which code, and what is true."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from connectors.sandbox import DEMO_TODAY, Sandbox, demo
from connectors.sandbox.demo import CLINIC_META, SHOP_META
from connectors.sandbox.small import FIRST_META, SMALL_META

SHOP = f"act_{SHOP_META}"
CAMPAIGN, AD_SET, AD = "120200000000001010", "120200000000001011", "120200000000001012"
OWN_CAMPAIGN, OWN_AD_SET = "120200000000001030", "120200000000001031"  # budgets on the ad sets
CAPPED = str(FIRST_META + 210)  # an ad set with a cost cap


def error_of(response):
    error = response.json()["error"]
    return response.status_code, error["code"], error.get("error_subcode", 0)


def field(caller, node, name):
    return caller.graph(node, fields=name).json().get(name)


def write(caller, node, **form):
    response = caller.graph(node, "POST", **form)
    assert response.status_code == 200, response.text
    assert response.json() == {"success": True}


def test_budget_status_and_name_are_set_and_read_back_at_once(caller):
    before = field(caller, CAMPAIGN, "updated_time")
    write(caller, CAMPAIGN, daily_budget="8000", name="Prospecting | New")
    write(caller, AD, status="PAUSED")
    write(caller, AD_SET, status="PAUSED")
    fields = "daily_budget,name,status,updated_time"
    found = caller.graph(CAMPAIGN, fields=fields).json()
    assert (found["daily_budget"], found["name"]) == ("8000", "Prospecting | New")
    assert found["status"] == "ACTIVE"
    assert found["updated_time"] == "2026-11-02T10:00:00+0100"
    assert found["updated_time"] > before
    assert field(caller, AD, "effective_status") == "PAUSED"
    assert field(caller, "120200000000001013", "effective_status") == "ADSET_PAUSED"
    rows = caller.graph(f"{SHOP}/campaigns", fields="name", limit=1).json()["data"]
    assert rows[0]["name"] == "Prospecting | New"
    assert [w.outcome for w in caller.sandbox.writes] == ["accepted"] * 3
    assert str(caller.sandbox.writes[0].new["daily_budget"]) == "80"


def test_a_paused_campaign_pauses_what_is_in_it(caller):
    write(caller, CAMPAIGN, status="PAUSED")
    assert field(caller, AD_SET, "effective_status") == "CAMPAIGN_PAUSED"
    assert field(caller, AD, "effective_status") == "CAMPAIGN_PAUSED"
    assert field(caller, AD, "status") == "ACTIVE"


def test_what_is_archived_is_hidden_and_final(caller):
    write(caller, CAMPAIGN, status="ARCHIVED")
    ids = [r["id"] for r in caller.graph(f"{SHOP}/campaigns").json()["data"]]
    assert CAMPAIGN not in ids
    assert error_of(caller.graph(CAMPAIGN, "POST", status="ACTIVE"))[:2] == (400, 100)
    assert error_of(caller.graph(CAMPAIGN, "POST", daily_budget="8000"))[:2] == (400, 100)
    assert caller.graph(CAMPAIGN, "DELETE").json() == {"success": True}
    assert field(caller, CAMPAIGN, "status") == "DELETED"
    assert field(caller, AD, "effective_status") == "DELETED"


def test_validate_only_keeps_nothing_and_refuses_the_same(caller):
    form = {"execution_options": '["validate_only"]'}
    write(caller, CAMPAIGN, daily_budget="8000", **form)
    refused = caller.graph(CAMPAIGN, "POST", daily_budget="50", **form)
    assert error_of(refused) == (400, 100, 1885272)
    assert field(caller, CAMPAIGN, "daily_budget") == "30000"
    assert [w.outcome for w in caller.sandbox.writes] == ["validated", "refused"]


@pytest.mark.parametrize(
    ("node", "form", "code"),
    [
        (CAMPAIGN, {"daily_budget": "99"}, (400, 100, 1885272)),
        (CAMPAIGN, {"daily_budget": "80.5"}, (400, 100, 0)),
        (CAMPAIGN, {"daily_budget": "-8000"}, (400, 100, 0)),
        (CAMPAIGN, {"status": "ON"}, (400, 100, 0)),
        (CAMPAIGN, {"name": " "}, (400, 100, 0)),
        (AD_SET, {"daily_budget": "8000"}, (400, 100, 1885621)),
        (OWN_CAMPAIGN, {"daily_budget": "8000"}, (400, 100, 1885621)),
        (AD_SET, {"bid_amount": "500"}, (400, 100, 1815857)),
        ("120200000000009999", {"status": "PAUSED"}, (400, 100, 33)),
    ],
)
def test_wrong_writes_are_refused_with_metas_code(caller, node, form, code):
    response = caller.graph(node, "POST", **form)
    assert error_of(response) == code
    if "daily_budget" in form:
        assert response.json()["error"]["error_data"]["blame_field_specs"] == [["daily_budget"]]
    assert {w.outcome for w in caller.sandbox.writes} <= {"refused"}


def test_a_refused_field_takes_the_others_with_it(caller):
    refused = caller.graph(CAMPAIGN, "POST", status="PAUSED", daily_budget="1")
    assert error_of(refused)[2] == 1885272
    assert field(caller, CAMPAIGN, "status") == "ACTIVE"


def test_an_ad_sets_budget_is_changed_four_times_an_hour(caller):
    for minute, amount in ((540, 8000), (550, 8100), (560, 8200), (570, 8300)):
        caller.sandbox.set_minute(minute)
        write(caller, OWN_AD_SET, daily_budget=str(amount))
    caller.sandbox.set_minute(599)
    refused = caller.graph(OWN_AD_SET, "POST", daily_budget="8400")
    assert error_of(refused) == (400, 613, 1487632)
    assert field(caller, OWN_AD_SET, "daily_budget") == "8300"
    write(caller, "120200000000001034", daily_budget="5000")  # another one
    write(caller, OWN_AD_SET, status="PAUSED")  # another field
    caller.sandbox.set_minute(601)
    write(caller, OWN_AD_SET, daily_budget="8400")


def test_a_cost_cap_is_moved_where_there_is_one_and_starts_learning(small_caller):
    fields = "bid_strategy,bid_amount,learning_stage_info"
    before = small_caller.graph(CAPPED, fields=fields).json()
    assert (before["bid_strategy"], before["learning_stage_info"]["status"]) == (
        "COST_CAP",
        "SUCCESS",
    )
    write(small_caller, CAPPED, bid_amount=str(before["bid_amount"] + 150))
    after = small_caller.graph(CAPPED, fields=fields).json()
    assert after["bid_amount"] == before["bid_amount"] + 150
    assert after["learning_stage_info"]["status"] == "LEARNING"
    small_caller.sandbox.advance(7)
    assert field(small_caller, CAPPED, "learning_stage_info")["status"] == "SUCCESS"
    assert error_of(small_caller.graph(CAPPED, "POST", bid_amount="0"))[1] == 100


@pytest.mark.parametrize(("currency", "least"), [("EUR", 100), ("JPY", 100), ("HUF", 100)])
def test_minor_units_are_metas_own(currency, least):
    scenario = demo()
    shop = scenario.brands[0]
    accounts = tuple(replace(account, currency=currency) for account in shop.accounts)
    changed = replace(scenario, brands=(replace(shop, accounts=accounts),))
    with Sandbox(changed, today=DEMO_TODAY) as sandbox, requests.Session() as http:
        url = f"{sandbox.meta_url}/v26.0/"
        read = {"access_token": "t", "fields": "daily_budget"}
        budget = http.get(url + CAMPAIGN, params=read, timeout=5).json()["daily_budget"]
        assert budget == ("30000" if currency == "EUR" else "300")
        least_of = http.get(f"{url}{SHOP}/minimum_budgets", params={"access_token": "t"}, timeout=5)
        row = least_of.json()["data"][0]
        assert (row["currency"], row["min_daily_budget_imp"]) == (currency, least)
        form = {"access_token": "t", "daily_budget": str(least)}
        assert http.post(url + CAMPAIGN, data=form, timeout=5).json() == {"success": True}
        form["daily_budget"] = str(least - 1)
        assert error_of(http.post(url + CAMPAIGN, data=form, timeout=5))[2] == 1885272


CREATIVE = {
    "object_story_spec": {
        "page_id": "1002",
        "link_data": {"link": "https://example.com/new", "message": "Look", "name": "New"},
    }
}


def test_an_ad_is_made_paused_with_a_creative_of_its_own(caller):
    form = {
        "name": "Draft 1",
        "adset_id": AD_SET,
        "status": "PAUSED",
        "creative": json.dumps({"name": "c", **CREATIVE}),
    }
    checked = caller.graph(f"{SHOP}/ads", "POST", execution_options='["validate_only"]', **form)
    assert checked.json() == {"success": True}
    ads = len(caller.graph(f"{AD_SET}/ads").json()["data"])
    made = caller.graph(f"{SHOP}/ads", "POST", **form).json()["id"]
    fields = "name,status,effective_status,adset_id,creative{id,link_url,body}"
    found = caller.graph(made, fields=fields).json()
    assert (found["name"], found["status"]) == ("Draft 1", "PAUSED")
    assert found["effective_status"] == "PAUSED"
    assert found["creative"]["link_url"] == "https://example.com/new"
    assert found["creative"]["body"] == "Look"
    assert len(caller.graph(f"{AD_SET}/ads").json()["data"]) == ads + 1
    write(caller, made, status="ACTIVE")
    assert field(caller, made, "effective_status") == "PENDING_REVIEW"
    caller.sandbox.advance()
    assert field(caller, made, "effective_status") == "ACTIVE"


def test_an_ad_takes_a_creative_that_is_there(caller):
    spec = json.dumps(CREATIVE["object_story_spec"])
    creative = caller.graph(f"{SHOP}/adcreatives", "POST", object_story_spec=spec).json()["id"]
    form = {"name": "Draft 2", "adset_id": AD_SET, "status": "PAUSED"}
    given = json.dumps({"creative_id": creative})
    made = caller.graph(f"{SHOP}/ads", "POST", creative=given, **form).json()["id"]
    assert field(caller, made, "creative")["id"] == creative
    wrong = json.dumps({"creative_id": "5"})
    assert error_of(caller.graph(f"{SHOP}/ads", "POST", creative=wrong, **form)) == (400, 100, 33)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"adset_id": CAMPAIGN},
        {"status": "SOON"},
        {"creative": "{"},
        {"creative": "{}"},
        {"creative": json.dumps({"object_story_spec": {"page_id": "1", "link_data": {}}})},
        {
            "creative": json.dumps(
                {"object_story_spec": {"page_id": "1", "link_data": {"link": "ftp://x"}}}
            )
        },
    ],
)
def test_an_ad_that_lacks_something_is_refused_and_leaves_nothing(caller, wrong):
    form = {"name": "x", "adset_id": AD_SET, "creative": json.dumps(CREATIVE), **wrong}
    assert error_of(caller.graph(f"{SHOP}/ads", "POST", **form))[:2] == (400, 100)
    assert caller.sandbox.world.market.edits.changes(SHOP_META).version == 0


def test_labels_are_put_on_and_taken_off(caller):
    labels = json.dumps([{"name": "tested"}, {"name": "keep"}])
    for node in (CAMPAIGN, AD_SET, AD):
        write(caller, f"{node}/adlabels", adlabels=labels)
    found = field(caller, CAMPAIGN, "adlabels")
    assert [label["name"] for label in found] == ["tested", "keep"]
    assert field(caller, AD, "adlabels") == found
    listed = caller.graph(f"{SHOP}/adlabels").json()["data"]
    assert {label["id"] for label in listed} == {label["id"] for label in found}
    gone = json.dumps([{"id": found[0]["id"]}])
    assert caller.graph(f"{CAMPAIGN}/adlabels", "DELETE", adlabels=gone).json() == {"success": True}
    assert [label["name"] for label in field(caller, CAMPAIGN, "adlabels")] == ["keep"]
    assert error_of(caller.graph(f"{CAMPAIGN}/adlabels", "POST", adlabels="[{}]"))[1] == 100
    assert error_of(caller.graph(f"{SHOP}/adlabels", "POST", name="keep"))[1] == 100
    assert caller.graph(f"{SHOP}/adlabels", "POST", name="new").json()["id"]


FIELDS = (
    "event_time,event_type,actor_name,application_name,object_id,object_name,object_type,extra_data"
)


def activities(caller, **params):
    return caller.graph(f"{SHOP}/activities", fields=FIELDS, **params).json()["data"]


def test_the_activity_log_tells_each_field_the_newest_first(caller):
    write(caller, CAMPAIGN, daily_budget="8000", status="PAUSED")
    caller.sandbox.set_minute(600)
    caller.sandbox.edit_by_hand(
        SHOP_META, "ad_group", OWN_AD_SET, "daily_budget", "55.5", who="person@example.com"
    )
    hand, status, budget = activities(caller)
    assert (hand["event_type"], hand["actor_name"]) == (
        "update_ad_set_budget",
        "person@example.com",
    )
    assert hand["application_name"] == "Ads Manager"
    assert json.loads(hand["extra_data"])["new_value"] == 5550
    assert (budget["event_type"], budget["object_id"]) == ("update_campaign_budget", CAMPAIGN)
    extra = json.loads(budget["extra_data"])
    assert (extra["old_value"], extra["new_value"], extra["currency"]) == (30000, 8000, "EUR")
    extra = json.loads(status["extra_data"])
    assert (extra["old_value"], extra["new_value"]) == ("Active", "Inactive")
    assert status["event_time"] == "2026-11-02T09:00:00+0000"
    assert field(caller, OWN_AD_SET, "daily_budget") == "5550"


def test_a_person_may_change_what_nobody_can_write_here(caller):
    caller.sandbox.edit_by_hand(
        SHOP_META, "ad_group", OWN_AD_SET, "other", "update_ad_set_target_spec"
    )
    (told,) = activities(caller)
    assert (told["event_type"], told["object_id"]) == ("update_ad_set_target_spec", OWN_AD_SET)
    assert (told["application_name"], told["object_type"]) == ("Ads Manager", "ADSET")


def test_activities_are_asked_for_by_time_and_leave_out_what_changed_nothing(caller):
    write(caller, CAMPAIGN, daily_budget="30000")
    assert activities(caller) == []
    write(caller, CAMPAIGN, daily_budget="31000")
    caller.graph(CAMPAIGN, "POST", daily_budget="1")
    moment = int(datetime(2026, 11, 2, 9, tzinfo=UTC).timestamp())
    assert len(activities(caller, since=moment, until=moment + 60)) == 1
    assert len(activities(caller, since="2026-11-02", until="2026-11-02")) == 1
    assert activities(caller, since=moment + 60, until=moment + 120) == []
    assert error_of(caller.graph(f"{SHOP}/activities", since="soon"))[1] == 100
    assert error_of(caller.graph(f"{SHOP}/activities", fields="mood"))[1] == 100


def batch(caller, calls, **form):
    return caller.graph("", "POST", batch=json.dumps(calls), **form)


def test_a_batch_answers_each_call_as_if_it_came_alone(caller):
    calls = [
        {"method": "GET", "relative_url": f"{CAMPAIGN}?fields=daily_budget"},
        {"method": "POST", "relative_url": CAMPAIGN, "body": "daily_budget=8000"},
        {"method": "POST", "relative_url": f"v26.0/{CAMPAIGN}", "body": "daily_budget=1"},
        {"method": "GET", "relative_url": "5?fields=id"},
        {"method": "GET", "relative_url": f"{CAMPAIGN}?fields=daily_budget"},
    ]
    answers = batch(caller, calls, include_headers="false").json()
    assert [answer["code"] for answer in answers] == [200, 200, 400, 400, 200]
    bodies = [json.loads(answer["body"]) for answer in answers]
    assert bodies[0]["daily_budget"] == "30000"
    assert bodies[2]["error"]["error_subcode"] == 1885272
    assert bodies[3]["error"]["error_subcode"] == 33
    assert bodies[4]["daily_budget"] == "8000"
    assert all("headers" not in answer for answer in answers)
    assert "headers" in batch(caller, calls[:1]).json()[0]


@pytest.mark.parametrize("calls", [[], "x", [{"method": "PUT", "relative_url": "1"}], [1], [{}]])
def test_a_wrong_batch_is_refused(caller, calls):
    assert error_of(batch(caller, calls))[:2] == (400, 100)


def test_a_batch_has_at_most_fifty_calls(caller):
    calls = [{"method": "GET", "relative_url": CAMPAIGN}] * 51
    assert batch(caller, calls[:50]).status_code == 200
    refused = batch(caller, calls)
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "GraphBatchException"


def test_figures_follow_from_the_day_after(small_caller):
    account = f"act_{SMALL_META}"
    before = small_caller.graph(str(FIRST_META), fields="daily_budget").json()["daily_budget"]
    write(small_caller, str(FIRST_META), daily_budget=str(int(before) // 2))
    small_caller.sandbox.advance(3)
    days = '{"since":"2026-08-02","until":"2026-08-04"}'
    rows = small_caller.graph(
        f"{account}/insights",
        time_range=days,
        time_increment=1,
        level="campaign",
        fields="campaign_id,spend",
    ).json()["data"]
    spends = [float(row["spend"]) for row in rows if row["campaign_id"] == str(FIRST_META)]
    assert spends[0] > 1.8 * spends[2]
    assert spends[1] > 1.8 * spends[2]


def test_only_the_accounts_own_things_are_changed(caller):
    form = {"name": "x", "adset_id": AD_SET, "creative": json.dumps(CREATIVE)}
    assert error_of(caller.graph(f"act_{CLINIC_META}/ads", "POST", **form))[:2] == (400, 100)
    write(caller, CAMPAIGN, status="PAUSED")
    assert caller.sandbox.writes[-1].account_id == SHOP_META
