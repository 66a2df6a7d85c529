"""The official facebook-business SDK works against the sandbox as against Meta."""

import pytest


@pytest.fixture
def account(sandbox, monkeypatch):
    from facebook_business.adobjects.adaccount import AdAccount
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    monkeypatch.setattr(FacebookSession, "GRAPH", sandbox.meta_url)
    session = FacebookSession("app", "app-secret", "token", timeout=5)
    sandbox.world.app_secret = "app-secret"
    return AdAccount("act_1234500001", api=FacebookAdsApi(session))


PARAMS = {
    "level": "ad",
    "time_range": {"since": "2026-10-20", "until": "2026-11-01"},
    "time_increment": 1,
    "limit": 50,
}


def test_account_campaigns_and_ad_sets(account):
    assert account.api_get(fields=["currency", "timezone_name"])["currency"] == "EUR"
    campaigns = list(account.get_campaigns(fields=["name", "daily_budget"], params={"limit": 2}))
    assert len(campaigns) == 5
    assert campaigns[0]["daily_budget"] == "30000"
    ad_sets = list(account.get_ad_sets(fields=["campaign_id", "targeting"], params={"limit": 3}))
    assert {row["campaign_id"] for row in ad_sets} == {row["id"] for row in campaigns}
    ads = list(account.get_ads(fields=["name", "creative"], params={"limit": 100}))
    assert all(ad["creative"]["id"] for ad in ads)


def test_insights_page_by_cursor(account):
    rows = list(account.get_insights(fields=["ad_id", "spend", "actions"], params=dict(PARAMS)))
    keys = {(row["ad_id"], row["date_start"]) for row in rows}
    assert len(keys) == len(rows) == 16 * 13


def test_asynchronous_reports(account):
    from facebook_business.adobjects.adreportrun import AdReportRun

    run = account.get_insights(fields=["ad_id", "spend"], params=dict(PARAMS), is_async=True)
    for _ in range(3):
        run = run.api_get()
    assert run[AdReportRun.Field.async_status] == "Job Completed"
    assert run[AdReportRun.Field.async_percent_completion] == 100
    rows = list(run.get_result(params={"limit": 100}))
    assert len(rows) == 16 * 13


def test_errors_are_the_sdks_errors(account, sandbox):
    from facebook_business.exceptions import FacebookRequestError

    sandbox.faults.add("throttle", code=80000, seconds=600)
    with pytest.raises(FacebookRequestError) as caught:
        account.api_get(fields=["currency"])
    assert caught.value.api_error_code() == 80000
    sandbox.faults.add("html", status=200)
    with pytest.raises(FacebookRequestError):
        account.api_get(fields=["currency"])
