"""The change history: who changed what, within Google's rules about asking."""

from datetime import timedelta

import pytest

from connectors.sandbox import DEMO_TODAY
from connectors.sandbox.demo import CLINIC_GOOGLE

CLINIC = f"customers/{CLINIC_GOOGLE}"
FIELDS = (
    "change_event.resource_name, change_event.change_date_time, change_event.changed_fields,"
    " change_event.change_resource_type, change_event.change_resource_name,"
    " change_event.client_type, change_event.user_email, change_event.old_resource,"
    " change_event.resource_change_operation, change_event.new_resource, change_event.campaign"
)
RANGE = (
    "change_event.change_date_time >= '2026-10-20 00:00:00'"
    " AND change_event.change_date_time <= '2026-11-10 23:59:59'"
)


def asked(where=f"WHERE {RANGE} ORDER BY change_event.change_date_time LIMIT 10000"):
    return " ".join(["SELECT", FIELDS, "FROM change_event", where])


def events(caller, query=""):
    response = caller.search(CLINIC_GOOGLE, query or asked())
    assert response.status_code == 200, response.text
    return [row["changeEvent"] for row in response.json().get("results", [])]


def set_budget(caller, micros):
    budget = {"resourceName": f"{CLINIC}/campaignBudgets/70000000831", "amountMicros": micros}
    caller.mutate("campaignBudgets", {"update": budget, "updateMask": "amountMicros"})


def test_nothing_was_changed_at_first(caller):
    assert events(caller) == []


def test_a_change_is_told_with_old_and_new_and_who(caller):
    set_budget(caller, "50000000")
    (event,) = events(caller)
    assert event["changeDateTime"].startswith("2026-11-02 10:00:00.")  # in Berlin
    assert event["changeResourceType"] == "CAMPAIGN_BUDGET"
    assert event["changeResourceName"] == f"{CLINIC}/campaignBudgets/70000000831"
    assert (event["clientType"], event["resourceChangeOperation"]) == ("GOOGLE_ADS_API", "UPDATE")
    assert event["changedFields"] == "amountMicros"
    assert event["oldResource"]["campaignBudget"]["amountMicros"] == "165000000"
    assert event["newResource"]["campaignBudget"]["amountMicros"] == "50000000"


def test_what_was_refused_validated_or_labelled_is_not_told(caller):
    set_budget(caller, "1")
    budget = {"resourceName": f"{CLINIC}/campaignBudgets/70000000831", "amountMicros": "9000000"}
    operation = {"update": budget, "updateMask": "amountMicros"}
    caller.mutate("campaignBudgets", operation, validateOnly=True)
    caller.mutate("labels", {"create": {"name": "x"}})
    assert events(caller) == []
    assert len(caller.sandbox.writes) == 3


def test_criteria_are_told_as_made_and_removed(caller):
    keyword = {"text": "cheap", "matchType": "BROAD"}
    body = {"campaign": f"{CLINIC}/campaigns/831", "negative": True, "keyword": keyword}
    name = caller.mutate("campaignCriteria", {"create": body}).json()["results"][0]
    caller.mutate("campaignCriteria", {"remove": name["resourceName"]})
    made, removed = events(caller)
    assert made["resourceChangeOperation"] == "CREATE"
    assert "oldResource" not in made
    assert made["newResource"]["campaignCriterion"] == {**body, **name}
    assert removed["resourceChangeOperation"] == "REMOVE"
    assert removed["oldResource"]["campaignCriterion"]["keyword"] == keyword
    assert "newResource" not in removed
    assert made["campaign"] == removed["campaign"] == f"{CLINIC}/campaigns/831"


def test_a_persons_edit_has_the_persons_name_and_tool(caller):
    sandbox = caller.sandbox
    sandbox.edit_by_hand(
        CLINIC_GOOGLE, "campaign", "831", "daily_budget", "44.5", who="a@b.example"
    )
    sandbox.edit_by_hand(CLINIC_GOOGLE, "ad", "83100~8311", "status", "paused", tool="OTHER")
    sandbox.edit_by_hand(
        CLINIC_GOOGLE, "ad_group", "83100", "negative_keyword", "present", item="exact:free"
    )
    budget, ad, negative = events(caller)
    assert (budget["userEmail"], budget["clientType"]) == ("a@b.example", "GOOGLE_ADS_WEB_CLIENT")
    assert budget["newResource"]["campaignBudget"]["amountMicros"] == "44500000"
    assert (ad["clientType"], ad["changedFields"]) == ("OTHER", "status")
    assert ad["newResource"]["adGroupAd"]["status"] == "PAUSED"
    assert negative["newResource"]["adGroupCriterion"]["negative"] is True
    assert negative["changeResourceType"] == "AD_GROUP_CRITERION"
    row = caller.first("SELECT campaign_budget.amount_micros FROM campaign WHERE campaign.id = 831")
    assert row["campaignBudget"]["amountMicros"] == "44500000"


def test_a_person_may_change_what_nobody_can_write_here(caller):
    sandbox = caller.sandbox
    network = "networkSettings.targetSearchNetwork"
    sandbox.edit_by_hand(CLINIC_GOOGLE, "campaign", "831", "other", network)
    headlines = "responsiveSearchAd.headlines"
    sandbox.edit_by_hand(CLINIC_GOOGLE, "ad", "83100~8311", "other", headlines)
    fields = asked().replace(
        "change_event.campaign", "change_event.campaign, change_event.ad_group"
    )
    campaign, ad = events(caller, fields)
    assert (campaign["changeResourceType"], campaign["changedFields"]) == ("CAMPAIGN", network)
    assert campaign["clientType"] == "GOOGLE_ADS_WEB_CLIENT"
    assert (ad["changeResourceType"], ad["changedFields"]) == ("AD", headlines)
    assert ad["changeResourceName"] == f"{CLINIC}/ads/8311"
    assert ad["adGroup"] == f"{CLINIC}/adGroups/83100"
    assert ad["resourceChangeOperation"] == "UPDATE"


@pytest.mark.parametrize(
    "wrong",
    [
        ("planet", "1", "status", "paused", ""),
        ("campaign", "1", "status", "paused", ""),
        ("campaign", "831", "status", "gone", ""),
        ("campaign", "831", "mood", "good", ""),
        ("campaign", "831", "negative_keyword", "present", "free"),
        ("campaign", "831", "negative_keyword", "absent", "exact:free"),
    ],
)
def test_a_wrong_edit_by_hand_is_refused(caller, wrong):
    level, entity, field, value, item = wrong
    with pytest.raises(ValueError, match=r"no |has no"):
        caller.sandbox.edit_by_hand(CLINIC_GOOGLE, level, entity, field, value, item=item)
    assert caller.sandbox.writes == []


def test_the_order_of_edits_in_one_minute_is_kept_and_ranges_hold(caller):
    for micros in ("50000000", "51000000", "52000000"):
        set_budget(caller, micros)
    told = events(caller)
    moments = [event["changeDateTime"] for event in told]
    assert moments == sorted(set(moments))
    assert len({event["resourceName"] for event in told}) == 3
    rest = asked(
        f"WHERE change_event.change_date_time >= '{moments[1]}' AND"
        " change_event.change_date_time <= '2026-11-10' LIMIT 10"
    )
    assert [event["changeDateTime"] for event in events(caller, rest)] == moments[1:]
    newest = asked(f"WHERE {RANGE} ORDER BY change_event.change_date_time DESC LIMIT 1")
    assert [event["changeDateTime"] for event in events(caller, newest)] == moments[-1:]
    caller.sandbox.set_clock(DEMO_TODAY + timedelta(days=1))
    during = asked("WHERE change_event.change_date_time DURING YESTERDAY LIMIT 10")
    assert len(events(caller, during)) == 3


@pytest.mark.parametrize(
    ("where", "code"),
    [
        (f"WHERE {RANGE}", "LIMIT_NOT_SPECIFIED"),
        (f"WHERE {RANGE} LIMIT 10001", "INVALID_LIMIT_CLAUSE"),
        ("LIMIT 10", "CHANGE_DATE_RANGE_INFINITE"),
        ("WHERE change_event.change_date_time >= '2026-11-01' LIMIT 10", "CHANGE_DATE_RANGE_INF"),
        (
            "WHERE change_event.change_date_time BETWEEN '2026-10-01' AND '2026-11-01' LIMIT 10",
            "START_DATE_TOO_OLD",
        ),
        (
            "WHERE change_event.change_date_time BETWEEN '2026-11-01' AND '2026-10-20' LIMIT 10",
            "CHANGE_DATE_RANGE_NEGATIVE",
        ),
        (
            "WHERE change_event.change_date_time BETWEEN 'soon' AND '2026-10-20' LIMIT 10",
            "INVALID_DATE_FORMAT",
        ),
    ],
)
def test_wrong_ranges_and_limits_have_googles_code(caller, where, code):
    response = caller.search(CLINIC_GOOGLE, asked(where))
    (failure,) = response.json()["error"]["details"][0]["errors"]
    ((found),) = failure["errorCode"].values()
    assert response.status_code == 400
    assert found.startswith(code)
