"""Every fault is what it says, at the call it is meant for, and only there."""

import json

import pytest
import requests

from connectors.sandbox.demo import CLINIC_GOOGLE, CLINIC_META, SHOP_META
from connectors.sandbox.faults import KINDS, Fault, Faults

QUERY = "SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE segments.date = '{}'"
QUERY = QUERY.format("2026-11-01")
SHOP, CLINIC = f"act_{SHOP_META}", f"act_{CLINIC_META}"


def google(caller, **body):
    return caller.search(CLINIC_GOOGLE, QUERY, **body)


def code_of(response):
    ((code,),) = (e["errorCode"].values() for e in response.json()["error"]["details"][0]["errors"])
    return code


def test_a_fault_meets_the_calls_it_counts():
    faults = Faults()
    faults.add(Fault("status", platform="meta", account="1", path="insights", first=2, count=2))
    calls = [("meta", "1", "/act_1/insights")] * 5
    met = [faults.due(*call) is not None for call in calls]
    assert met == [False, True, True, False, False]
    others = [("google", "1", "insights"), ("meta", "2", "insights"), ("meta", "1", "/ads")]
    assert not any(faults.due(*call) for call in others)


def test_the_token_endpoint_is_met_only_on_purpose():
    faults = Faults()
    faults.add("status", platform="google")
    assert faults.due("google", "", "/token", "POST") is None
    faults.add("status", platform="google", path="/token")
    assert faults.due("google", "", "/token", "POST") is not None


def test_a_fault_without_count_stays_until_it_is_cleared():
    faults = Faults()
    faults.add("status", count=None)
    assert all(faults.due("meta", "", "/") for _ in range(5))
    faults.clear()
    assert faults.due("meta", "", "/") is None


@pytest.mark.parametrize("wrong", [{"kind": "flood"}, {"kind": "status", "first": 0}])
def test_a_wrong_fault_is_refused_with_the_right_names(wrong):
    with pytest.raises(ValueError, match=r"stall|begin at 1"):
        Fault(**wrong)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_errors_have_the_platforms_body(caller, status):
    caller.sandbox.faults.add("status", status=status, count=2)
    refused = google(caller)
    assert refused.status_code == status
    assert code_of(refused) in ("INTERNAL_ERROR", "TRANSIENT_ERROR", "DEADLINE_EXCEEDED")
    refused = caller.graph(SHOP)
    assert (refused.status_code, refused.json()["error"]["is_transient"]) == (status, True)
    assert google(caller).status_code == caller.graph(SHOP).status_code == 200


@pytest.mark.parametrize("scope", ["ACCOUNT", "DEVELOPER"])
def test_googles_quota_names_scope_and_delay(caller, scope):
    caller.sandbox.faults.add(
        "quota", platform="google", scope=scope, seconds=45, error="RESOURCE_TEMPORARILY_EXHAUSTED"
    )
    refused = google(caller)
    assert refused.status_code == 429
    assert code_of(refused) == "RESOURCE_TEMPORARILY_EXHAUSTED"
    (failure,) = refused.json()["error"]["details"][0]["errors"]
    quota = failure["details"]["quotaErrorDetails"]
    assert (quota["rateScope"], quota["retryDelay"]) == (scope, "45s")


@pytest.mark.parametrize(("code", "subcode"), [(80000, 0), (80004, 2446079), (4, 1504022)])
def test_metas_throttles_name_the_wait_in_minutes(caller, code, subcode):
    caller.sandbox.faults.add("throttle", code=code, subcode=subcode, seconds=300)
    refused = caller.graph(f"{SHOP}/insights")
    assert refused.json()["error"]["code"] == code
    usage = json.loads(refused.headers["X-Business-Use-Case-Usage"])[SHOP_META][0]
    assert usage["estimated_time_to_regain_access"] == (5 if code >= 80000 else 0)
    assert json.loads(refused.headers["X-App-Usage"])["call_count"] == (100 if code == 4 else 12)


@pytest.mark.parametrize("code", [17, 613])
def test_account_throttles_name_the_wait_in_seconds(caller, code):
    caller.sandbox.faults.add("throttle", code=code, seconds=90)
    usage = json.loads(caller.graph(SHOP).headers["X-Ad-Account-Usage"])
    assert (usage["acc_id_util_pct"], usage["reset_time_duration"]) == (100, 90)


def test_usage_can_rise_before_anything_fails(caller):
    caller.sandbox.faults.add("nearly_throttled", percent=92)
    answered = caller.graph(f"{SHOP}/insights")
    assert answered.status_code == 200
    assert json.loads(answered.headers["X-FB-Ads-Insights-Throttle"])["acc_id_util_pct"] == 92


def test_a_stall_outlasts_the_callers_patience(caller):
    caller.sandbox.faults.add("stall", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        caller.http.get(f"{caller.sandbox.meta_url}/v26.0/{SHOP}?access_token=t", timeout=0.05)
    assert caller.graph(SHOP).status_code == 200


def test_a_connection_can_be_cut_before_and_within_the_answer(caller):
    caller.sandbox.faults.add("cut_before")
    with pytest.raises(requests.ConnectionError):
        caller.graph(SHOP)
    caller.sandbox.faults.add("cut_body", count=2)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        caller.graph(f"{SHOP}/ads", fields="name,creative")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        google(caller, stream=True)
    assert google(caller).status_code == 200


def test_half_a_page_is_not_json_though_its_length_is_right(caller):
    caller.sandbox.faults.add("half_page", count=3)
    for response in (google(caller), google(caller, stream=True), caller.graph(f"{SHOP}/ads")):
        assert int(response.headers["Content-Length"]) == len(response.content)
        with pytest.raises(requests.JSONDecodeError):
            response.json()


def test_a_slow_drip_arrives_whole(caller):
    caller.sandbox.faults.add("slow_drip", seconds=0.1, count=2)
    dripped = caller.graph(f"{SHOP}/ads", limit=50), google(caller, stream=True)
    assert dripped[0].elapsed.total_seconds() < 5
    assert dripped[0].json() == caller.graph(f"{SHOP}/ads", limit=50).json()
    assert dripped[1].json()[0]["results"] == google(caller).json()["results"]


@pytest.mark.parametrize("status", [200, 502])
def test_html_instead_of_json(caller, status):
    caller.sandbox.faults.add("html", status=status, count=2)
    for response in (google(caller), caller.graph(SHOP)):
        assert response.status_code == status
        assert response.text.startswith("<!DOCTYPE html>")


def test_an_expired_google_token_is_cured_by_a_refresh(caller):
    caller.sandbox.faults.add("token_expired", platform="google")
    assert code_of(google(caller)) == "OAUTH_TOKEN_EXPIRED"
    assert google(caller).status_code == 401
    caller.authorise()
    assert google(caller).status_code == 200


def test_a_revoked_grant_is_final(caller):
    caller.sandbox.faults.add("token_revoked", count=None)
    assert code_of(google(caller)) == "OAUTH_TOKEN_REVOKED"
    refused = caller.refresh()
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    error = caller.graph(SHOP).json()["error"]
    assert (error["code"], error["error_subcode"]) == (190, 460)


def test_an_expired_meta_token(caller):
    caller.sandbox.faults.add("token_expired", platform="meta")
    error = caller.graph(SHOP).json()["error"]
    assert (error["code"], error["error_subcode"]) == (190, 463)


def test_permission_and_suspension(caller):
    caller.sandbox.faults.add("permission_denied", count=2)
    assert code_of(google(caller)) == "USER_PERMISSION_DENIED"
    assert caller.graph(SHOP).json()["error"]["code"] == 200
    caller.sandbox.faults.add("account_suspended", count=2)
    assert code_of(google(caller)) == "CUSTOMER_NOT_ENABLED"
    assert caller.graph(SHOP).json()["error"]["code"] == 368


def test_an_account_in_trouble_leaves_the_others_alone(caller):
    caller.sandbox.faults.add("status", account=SHOP_META, count=None)
    assert caller.graph(SHOP).status_code == 503
    assert caller.graph(f"{SHOP}/insights").status_code == 503
    assert caller.graph("120200000000001010").status_code == 503  # the account's own campaign
    assert caller.graph(CLINIC).status_code == 200


def test_a_page_can_come_twice(caller):
    caller.sandbox.faults.add("page_twice", platform="google")
    first = google(caller).json()
    again = google(caller, pageToken=first["nextPageToken"]).json()
    assert first["results"] == again["results"]
    assert "nextPageToken" not in again
    caller.sandbox.faults.add("page_twice", platform="google")
    chunks = google(caller, stream=True).json()
    assert chunks[0]["results"] == chunks[1]["results"]
    caller.sandbox.faults.add("page_twice", platform="meta", first=2)
    params = {
        "level": "ad",
        "limit": 10,
        "time_range": '{"since":"2026-11-01","until":"2026-11-01"}',
    }
    pages = [caller.graph(f"{SHOP}/insights", **params).json()]
    while "next" in pages[-1]["paging"]:
        pages.append(caller.http.get(pages[-1]["paging"]["next"], timeout=5).json())
    assert [len(page["data"]) for page in pages] == [10, 6, 6]
    assert pages[1]["data"] == pages[2]["data"]


def test_a_page_token_can_be_too_old(caller):
    caller.sandbox.faults.add("page_twice", platform="google")
    token = google(caller).json()["nextPageToken"]
    caller.sandbox.faults.add("page_token_expired", platform="google")
    assert code_of(google(caller, pageToken=token)) == "EXPIRED_PAGE_TOKEN"


@pytest.mark.parametrize(
    ("kind", "state"), [("report_failed", "Job Failed"), ("report_skipped", "Job Skipped")]
)
def test_reports_can_fail(caller, kind, state):
    caller.sandbox.faults.add(kind)
    caller.graph(f"{SHOP}/insights")
    report = caller.graph(f"{SHOP}/insights", "POST", level="ad").json()["report_run_id"]
    last = [caller.graph(report).json() for _ in range(3)][-1]
    assert (last["async_status"], last["async_percent_completion"]) == (state, 100)
    assert ("error_code" in last) is (state == "Job Failed")
    assert caller.graph(f"{report}/insights").status_code == 400
    fresh = caller.graph(f"{SHOP}/insights", "POST", level="ad").json()["report_run_id"]
    assert [caller.graph(fresh).json() for _ in range(3)][-1]["async_status"] == "Job Completed"


def test_landing_pages_can_fail_too(caller):
    caller.sandbox.faults.add("status", platform="site", status=503)
    page = f"{caller.sandbox.url}/site/shop/brand"
    answers = [caller.http.get(page, timeout=5).status_code for _ in range(2)]
    assert answers == [503, 200]


def test_every_kind_is_described():
    from connectors.sandbox import faults

    assert all(f"\n{kind} " in (faults.__doc__ or "") for kind in KINDS)
