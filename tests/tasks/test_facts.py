from dataclasses import dataclass

import pandas as pd
import pytest

from config.models import Fact
from tasks.evidence import Evidence
from tasks.facts import establish

SENTENCES = {
    "no_data": "{name}: {reason}; last {last_day}",
    "pull_failed": "{name}: {reason}",
    "ad_disapproved": "{name} in {campaign} of {account}: {reason}",
    "spend_while_inactive": "{name} of {account} {status} since {since}: {spend} in {window}",
    "landing_page_down": "{name} in {campaign} of {account}: {url} {reason}",
}


@dataclass
class Page:
    url: str
    ok: bool
    reason: str = ""
    status: int | None = 200


def fact(kind):
    return Fact(name="a_fact", fact=kind, verdict="critical", owner="ann", sentence=SENTENCES[kind])


def established(made, kind, as_of, also=(), **known):
    entities = {"campaign": made.entities(), **known.pop("entities", {})}
    evidence = Evidence(as_of, made.accounts_frame(), entities, {"campaign": made.cube()}, **known)
    return establish([fact(kind)], evidence, also)


def sentences(*args, **known):
    return [result.sentence for result in established(*args, **known)]


DELIVERING = [(1, ago, {"impressions": 50.0, "spend": 5.0}) for ago in range(1, 61)]
SILENT = [row for row in DELIVERING if row[1] > 1]


# --- no_data -----------------------------------------------------------------------------------


def test_data_that_arrives_is_no_finding(market, as_of):
    assert sentences(market(DELIVERING), "no_data", as_of) == []


def test_an_account_without_a_complete_pull_of_yesterday_is_told(market, as_of):
    made = market(DELIVERING, not_pulled=[(1, 1)])
    assert sentences(made, "no_data", as_of) == [
        "Account 1: the last 1 day not pulled completely; last 10 Nov 2026"
    ]


def test_as_many_days_as_the_process_allows_are_no_finding(market, as_of):
    made = market(DELIVERING, not_pulled=[(1, 1)])
    assert sentences(made, "no_data", as_of, stale_after_days=1) == []


def test_an_account_that_was_never_pulled_is_told(market, as_of):
    made = market(not_pulled=[(1, day) for day in range(1, 61)])
    assert sentences(made, "no_data", as_of) == [
        "Account 1: no day was ever pulled completely; last never"
    ]


def test_an_account_that_falls_silent_is_told(market, as_of):
    assert sentences(market(SILENT), "no_data", as_of) == [
        "Account 1: nothing yesterday, after delivery on 28 of 28 days; last 11 Nov 2026"
    ]


@pytest.mark.parametrize(("days", "told"), [(SILENT[:20], True), (SILENT[:19], False), ([], False)])
def test_only_who_used_to_deliver_can_fall_silent(market, as_of, days, told):
    assert bool(sentences(market(days), "no_data", as_of)) is told


@pytest.mark.parametrize(
    ("status", "told"), [("enabled", True), ("unknown", True), ("paused", False), ("ended", False)]
)
def test_an_account_that_is_switched_off_may_be_silent(market, as_of, status, told):
    made = market(SILENT, campaigns=[{"status": status}])
    assert bool(sentences(made, "no_data", as_of)) is told


def test_an_account_whose_pull_failed_has_only_that_to_tell(market, as_of):
    made, failed = market(DELIVERING, not_pulled=[(1, 1)]), {"account_1": "503"}
    assert sentences(made, "no_data", as_of, failures=failed) == []
    (result,) = established(made, "no_data", as_of, [("a_fact", 1, None)], failures=failed)
    assert (result.verdict, result.reason) == ("unknown", "missing")


# --- pull_failed -------------------------------------------------------------------------------


def test_a_failed_pull_is_told_with_its_error(market, as_of):
    made = market(accounts=(1, 2))
    (result,) = established(made, "pull_failed", as_of, failures={"account_2": "403 {name}"})
    assert (result.account_key, result.entity_key, result.level) == (2, None, "account")
    assert (result.verdict, result.owner) == ("critical", "ann")
    assert result.sentence == "Account 2: 403 {name}"


def test_an_account_that_answers_again_is_ok(market, as_of):
    (result,) = established(market(), "pull_failed", as_of, [("a_fact", 1, None)])
    assert result.verdict == "ok"


def test_accounts_that_never_answered_share_a_record(market, as_of):
    failures = {"new": "401", "account_1": "500", "another": "timeout"}
    known, unknown = established(market(), "pull_failed", as_of, failures=failures)
    assert (known.account_key, unknown.account_key) == (1, None)
    assert unknown.sentence == "another, new: another: timeout; new: 401"


def test_accounts_that_answer_at_last_are_ok(market, as_of):
    (result,) = established(market(), "pull_failed", as_of, [("a_fact", None, None)])
    assert (result.account_key, result.verdict) == (None, "ok")


# --- ad_disapproved ----------------------------------------------------------------------------


def ads(**given):
    ad = {
        "entity_key": 70,
        "account_key": 1,
        "entity_id": "70",
        "parent_id": "50",
        "campaign_id": "1",
        "campaign_name": "Campaign 1",
        "name": "Ad",
        "status": "enabled",
        "approval": "disapproved",
        "url": "https://shop.test/a",
        "details": {"type": "TEXT", "policy_topics": "ALCOHOL"},
    }
    groups = pd.DataFrame(
        [
            {"account_key": 1, "entity_id": "50", "status": given.pop("group", "enabled")},
            {"account_key": 2, "entity_id": "50", "status": "paused"},
        ]
    )
    return {"ad": pd.DataFrame([ad | given]), "ad_group": groups}


def test_a_disapproved_ad_is_told(market, as_of):
    (result,) = established(market(), "ad_disapproved", as_of, entities=ads())
    assert (result.level, result.entity_key, result.account_key) == ("ad", 70, 1)
    assert result.sentence == "Ad in Campaign 1 of Account 1: ALCOHOL"


def test_a_platform_that_names_no_reason(market, as_of):
    (sentence,) = sentences(market(), "ad_disapproved", as_of, entities=ads(details={}))
    assert sentence.endswith("the platform names no reason")


@pytest.mark.parametrize("approval", ["approved", "limited", "pending", "unknown", None])
def test_other_answers_of_the_review_are_no_finding(market, as_of, approval):
    assert sentences(market(), "ad_disapproved", as_of, entities=ads(approval=approval)) == []


@pytest.mark.parametrize("given", [{"status": "paused"}, {"group": "paused"}, {"group": "removed"}])
def test_an_ad_that_would_not_run_anyway_is_no_finding(market, as_of, given):
    assert sentences(market(), "ad_disapproved", as_of, entities=ads(**given)) == []


def test_an_ad_of_a_paused_campaign_is_no_finding(market, as_of):
    made = market(campaigns=[{"status": "paused"}])
    assert sentences(made, "ad_disapproved", as_of, entities=ads()) == []


def test_an_ad_whose_group_is_not_known_is_told(market, as_of):
    assert sentences(market(), "ad_disapproved", as_of, entities=ads(parent_id="51"))


@pytest.mark.parametrize(
    ("approval", "verdict"),
    [("approved", "ok"), ("disapproved", "critical"), ("unknown", "unknown")],
)
def test_an_ad_that_is_asked_for_has_a_verdict(market, as_of, approval, verdict):
    asked = [("a_fact", 1, 70)]
    (result,) = established(
        market(), "ad_disapproved", as_of, asked, entities=ads(approval=approval)
    )
    assert result.verdict == verdict


def test_facts_about_ads_need_ads(market, as_of):
    with pytest.raises(LookupError, match="need the level ad"):
        established(market(), "ad_disapproved", as_of)


# --- landing_page_down -------------------------------------------------------------------------

DOWN = Page("https://shop.test/a", ok=False, reason="answers 500")


def test_a_page_that_is_down_is_told_for_its_ad(market, as_of):
    (result,) = established(market(), "landing_page_down", as_of, entities=ads(), pages=[DOWN])
    assert (result.level, result.entity_key) == ("ad", 70)
    assert result.sentence == "Ad in Campaign 1 of Account 1: https://shop.test/a answers 500"


def test_silence_counts_only_where_another_page_was_heard(market, as_of):
    silent, heard = Page(DOWN.url, ok=False, status=None), Page("https://shop.test/b", ok=True)
    told = {"entities": ads(), "as_of": as_of, "made": market(), "kind": "landing_page_down"}
    assert established(**told, pages=[silent]) == []
    assert len(established(**told, pages=[silent, heard])) == 1


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ({}, Page("https://shop.test/a", ok=True)),
        ({}, Page("https://shop.test/b", ok=False)),
        ({"url": None}, DOWN),
        ({"status": "paused"}, DOWN),
        ({"group": "paused"}, DOWN),
    ],
)
def test_a_page_that_answers_or_that_no_running_ad_uses_is_no_finding(market, as_of, given, page):
    assert (
        sentences(market(), "landing_page_down", as_of, entities=ads(**given), pages=[page]) == []
    )


@pytest.mark.parametrize(
    ("pages", "given", "verdict"),
    [
        ([], {}, "unknown"),
        ([Page(DOWN.url, ok=True)], {}, "ok"),
        ([], {"status": "paused"}, "ok"),
        ([Page(DOWN.url, ok=False, status=None)], {}, "unknown"),
    ],
)
def test_an_ad_that_is_asked_for_says_whether_its_page_answers(
    market, as_of, pages, given, verdict
):
    asked = [("a_fact", 1, 70)]
    known = {"entities": ads(**given), "pages": pages}
    (result,) = established(market(), "landing_page_down", as_of, asked, **known)
    assert result.verdict == verdict


# --- spend_while_inactive ----------------------------------------------------------------------


@pytest.mark.parametrize("status", ["paused", "removed", "ended"])
def test_spend_after_the_last_active_day_is_told(market, as_of, ago, status):
    made = market(DELIVERING, campaigns=[{"status": status, "status_since": ago(3)}])
    (result,) = established(made, "spend_while_inactive", as_of)
    assert (result.level, result.entity_key, result.kpi, result.unit) == (
        "campaign",
        1,
        "spend",
        "money",
    )
    assert (result.value, result.numbers) == (10.0, {"spend": 10.0})
    assert (result.window_start, result.window_end) == (ago(2), ago(1))
    assert result.sentence == (
        f"Campaign 1 of Account 1 {status} since 9 Nov 2026: €10.00 in the days since 10 Nov 2026"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"status": "enabled"},
        {"status": "enabled", "status_since": 3},
        {"status": "unknown", "status_since": 3},
        {"status": "paused", "status_since": 1},  # the day itself may have begun active
        {"status": "paused"},  # inactive when first seen
    ],
)
def test_other_spend_is_no_finding(market, as_of, ago, given):
    given = dict(given)
    if "status_since" in given:
        given["status_since"] = ago(given["status_since"])
    made = market(DELIVERING, campaigns=[given])
    assert sentences(made, "spend_while_inactive", as_of) == []


def test_a_campaign_that_is_over_was_so_on_its_end_date(market, as_of, ago):
    campaign = {"status": "ended", "status_since": ago(1), "end_date": ago(4)}
    (result,) = established(market(DELIVERING, campaigns=[campaign]), "spend_while_inactive", as_of)
    assert result.value == 15.0


def test_only_recent_spend_is_news(market, as_of, ago):
    campaign = {"status": "paused", "status_since": ago(50)}
    (result,) = established(market(DELIVERING, campaigns=[campaign]), "spend_while_inactive", as_of)
    assert result.value == 35.0
    old = [row for row in DELIVERING if row[1] > 7]
    assert sentences(market(old, campaigns=[campaign]), "spend_while_inactive", as_of) == []


def test_unknown_days_do_not_hide_the_others(market, as_of, ago):
    campaign = {"status": "paused", "status_since": ago(5)}
    made = market(DELIVERING, campaigns=[campaign], not_pulled=[(1, 2)])
    (result,) = established(made, "spend_while_inactive", as_of)
    assert result.value == 15.0


def test_a_campaign_that_stopped_is_ok_when_asked_for(market, as_of, ago):
    made = market(campaigns=[{"status": "paused", "status_since": ago(5)}])
    (result,) = established(made, "spend_while_inactive", as_of, [("a_fact", 1, 1)])
    assert (result.verdict, result.value) == ("ok", 0.0)
