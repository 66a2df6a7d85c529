"""What Google Ads' change history says, in our words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connectors.base import RejectedError
from connectors.changes import Edit, Subject
from connectors.channels.google_ads import edits, other_edits
from connectors.channels.google_ads.edits import query, read_edits

from .google_replies import (
    AD_STATUS,
    BUDGET,
    CAMPAIGN_CPA,
    CAMPAIGN_NEGATIVE,
    CAMPAIGN_ROAS,
    CAMPAIGN_STATUS,
    CUSTOMER,
    GROUP_BID,
    GROUP_KEYWORD,
    GROUP_NEGATIVE,
    GROUP_STATUS,
    KEYWORD_BID,
    KEYWORD_STATUS,
    PATH,
    connector,
    failed,
    results,
)

BERLIN = ZoneInfo("Europe/Berlin")
SINCE = datetime(2026, 11, 10, tzinfo=UTC)
UNTIL = datetime(2026, 11, 20, 23, tzinfo=UTC)
RESOURCES = {
    "CAMPAIGN": ("campaign", "campaigns/801"),
    "CAMPAIGN_BUDGET": ("campaignBudget", "campaignBudgets/77"),
    "CAMPAIGN_CRITERION": ("campaignCriterion", "campaignCriteria/801~31"),
    "AD_GROUP": ("adGroup", "adGroups/9001"),
    "AD_GROUP_CRITERION": ("adGroupCriterion", "adGroupCriteria/9001~55"),
    "AD_GROUP_AD": ("adGroupAd", "adGroupAds/9001~7"),
    "AD": ("ad", "ads/7"),
    "ASSET": ("asset", "assets/7"),
    "AD_GROUP_BID_MODIFIER": ("adGroupBidModifier", "adGroupBidModifiers/9001~30000"),
    "AD_GROUP_ASSET": ("adGroupAsset", "adGroupAssets/9001~7~SITELINK"),
    "CAMPAIGN_ASSET": ("campaignAsset", "campaignAssets/801~7~SITELINK"),
}
GROUP = f"{PATH}/adGroups/9001"


def event(
    kind: str,
    old: dict | None = None,
    new: dict | None = None,
    *,
    fields: str = "",
    operation: str = "UPDATE",
    number: int = 1,
    at: str = "2026-11-20 14:03:11.123456",
    **more: str,
) -> dict:
    part, resource = RESOURCES[kind]
    found = {
        "resourceName": f"{PATH}/changeEvents/1763640191123456~0~{number}",
        "changeDateTime": at,
        "changeResourceType": kind,
        "changeResourceName": f"{PATH}/{resource}",
        "clientType": "GOOGLE_ADS_WEB_CLIENT",
        "userEmail": "ops@example.com",
        "resourceChangeOperation": operation,
        "changedFields": fields,
    }
    found |= more
    changed = {"oldResource": old, "newResource": new}
    return {"changeEvent": found | {k: {part: v} for k, v in changed.items() if v is not None}}


def told(*events: dict, on_budget: tuple[str, ...] = ("801",)) -> list[Edit]:
    pages = read_edits(
        lambda _: iter([list(events)]),
        lambda ids: dict.fromkeys(ids, on_budget),
        BERLIN,
        SINCE,
        UNTIL,
    )
    return [edit for page in pages for edit in page]


def values(*events: dict, **options) -> list[tuple]:
    return [(edit.subject, edit.old, edit.new) for edit in told(*events, **options)]


KEYWORD = {"text": "Running Shoes", "matchType": "EXACT"}
JOBS = {"text": "jobs", "matchType": "BROAD"}
TRIAL = {"text": "free trial", "matchType": "PHRASE"}


def test_an_edit_says_who_did_what_when_and_where():
    changed = event(
        "CAMPAIGN", {"status": "ENABLED"}, {"status": "PAUSED"}, fields="status", number=3
    )
    assert told(changed) == [
        Edit(
            edit_id="1763640191123456~0~3:status:801",
            at=datetime(2026, 11, 20, 13, 3, 11, 123456, tzinfo=UTC),
            subject=CAMPAIGN_STATUS,
            old="enabled",
            new="paused",
            who="ops@example.com",
            tool="GOOGLE_ADS_WEB_CLIENT",
        )
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            event("AD_GROUP", {"status": "PAUSED"}, {"status": "ENABLED"}, fields="status"),
            (GROUP_STATUS, "paused", "enabled"),
        ),
        (
            event("AD_GROUP_AD", {"status": "ENABLED"}, {"status": "PAUSED"}, fields="status"),
            (AD_STATUS, "enabled", "paused"),
        ),
        (
            event(
                "AD_GROUP_CRITERION", {"status": "ENABLED"}, {"status": "PAUSED"}, fields="status"
            ),
            (KEYWORD_STATUS, "enabled", "paused"),
        ),
        (
            event(
                "AD_GROUP",
                {"cpcBidMicros": "1200000"},
                {"cpcBidMicros": "900000"},
                fields="cpcBidMicros",
            ),
            (GROUP_BID, Decimal("1.2"), Decimal("0.9")),
        ),
        (
            event("AD_GROUP_CRITERION", {}, {"cpcBidMicros": "900000"}, fields="cpcBidMicros"),
            (KEYWORD_BID, None, Decimal("0.9")),
        ),
        (
            event(
                "CAMPAIGN_BUDGET",
                {"amountMicros": "40000000"},
                {"amountMicros": "50000000"},
                fields="amountMicros",
            ),
            (BUDGET, Decimal(40), Decimal(50)),
        ),
        (
            event(
                "CAMPAIGN",
                {"maximizeConversions": {"targetCpaMicros": "9000000"}},
                {"maximizeConversions": {"targetCpaMicros": "8000000"}},
                fields="maximizeConversions.targetCpaMicros",
            ),
            (CAMPAIGN_CPA, Decimal(9), Decimal(8)),
        ),
        (
            event(
                "CAMPAIGN",
                {"targetRoas": {"targetRoas": 3.5}},
                {"targetRoas": {"targetRoas": 4.0}},
                fields="targetRoas.targetRoas",
            ),
            (CAMPAIGN_ROAS, Decimal("3.5"), Decimal(4)),
        ),
        (
            event(
                "CAMPAIGN_CRITERION", None, {"negative": True, "keyword": TRIAL}, operation="CREATE"
            ),
            (CAMPAIGN_NEGATIVE, "absent", "present"),
        ),
        (
            event("CAMPAIGN_CRITERION", {"negative": True, "keyword": TRIAL}, operation="REMOVE"),
            (CAMPAIGN_NEGATIVE, "present", "absent"),
        ),
        (
            event(
                "AD_GROUP_CRITERION", None, {"negative": True, "keyword": JOBS}, operation="CREATE"
            ),
            (GROUP_NEGATIVE, "absent", "present"),
        ),
        (
            event(
                "AD_GROUP_CRITERION",
                None,
                {"status": "PAUSED", "keyword": KEYWORD},
                operation="CREATE",
            ),
            (GROUP_KEYWORD, "absent", "paused"),
        ),
        (
            event("CAMPAIGN", {"status": "PAUSED"}, operation="REMOVE"),
            (CAMPAIGN_STATUS, "paused", "removed"),
        ),
        (event("AD_GROUP_AD", operation="REMOVE"), (AD_STATUS, None, "removed")),
        (
            event(
                "CAMPAIGN",
                None,
                {"status": "ENABLED", "name": "x"},
                fields="name,status",
                operation="CREATE",
            ),
            (CAMPAIGN_STATUS, None, "enabled"),
        ),
    ],
)
def test_what_was_changed(changed, expected):
    assert values(changed) == [expected]


def test_one_event_may_hold_several_edits():
    changed = event(
        "AD_GROUP_CRITERION",
        {"status": "ENABLED", "cpcBidMicros": "1000000"},
        {"status": "PAUSED", "cpcBidMicros": "900000"},
        fields="status,cpcBidMicros",
    )
    found = told(changed)
    assert [edit.subject for edit in found] == [KEYWORD_STATUS, KEYWORD_BID]
    assert len({edit.edit_id for edit in found}) == 2


def test_a_keyword_that_went_is_gone_by_its_text_and_by_its_id():
    gone = event("AD_GROUP_CRITERION", {"status": "PAUSED", "keyword": KEYWORD}, operation="REMOVE")
    assert values(gone) == [
        (GROUP_KEYWORD, "paused", "absent"),
        (KEYWORD_STATUS, "paused", "removed"),
    ]


def test_a_shared_budget_is_an_edit_of_every_campaign_on_it():
    changed = event("CAMPAIGN_BUDGET", {}, {"amountMicros": "50000000"}, fields="amountMicros")
    found = told(changed, on_budget=("801", "802"))
    assert [edit.subject.entity_id for edit in found] == ["801", "802"]
    assert len({edit.edit_id for edit in found}) == 2


@pytest.mark.parametrize(
    "other",
    [
        event("ASSET", {}, {"name": "x"}, fields="name"),
        event("AD", {}, {"name": "x"}, fields="name", adGroup=GROUP),
        event("AD", {}, {"finalUrls": []}, fields="finalUrls"),  # in which ad group?
        event("CAMPAIGN", {"name": "x"}, {"name": "y"}, fields="name,labels"),
        event("CAMPAIGN", {}, {"targetRoas": {}}, fields=""),
        event("CAMPAIGN_BUDGET", {"amountMicros": "1"}, operation="REMOVE"),
        event("CAMPAIGN_CRITERION", {}, {}, fields=""),
    ],
)
def test_what_moves_no_figure_is_left_out(other):
    assert told(other) == []


@pytest.mark.parametrize(
    "own",
    [
        event("AD_GROUP_AD", fields="policySummary.approvalStatus,policySummary.reviewStatus"),
        event("AD_GROUP_AD", fields="adStrength,actionItems,primaryStatus,primaryStatusReasons"),
        event("CAMPAIGN", fields="biddingStrategySystemStatus,servingStatus,optimizationScore"),
        event("AD_GROUP", fields="effectiveTargetCpaMicros,effectiveTargetCpaSource"),
        event("AD_GROUP_CRITERION", fields="qualityInfo.qualityScore,systemServingStatus"),
        event("CAMPAIGN_BUDGET", fields="recommendedBudgetAmountMicros,referenceCount"),
        event("CAMPAIGN_ASSET", fields="primaryStatus,primaryStatusDetails"),
        event(
            "CAMPAIGN_ASSET",
            None,
            {"source": "AUTOMATICALLY_CREATED", "fieldType": "SITELINK"},
            operation="CREATE",
        ),
    ],
)
def test_what_google_does_by_itself_is_no_edit(own):
    assert told(own) == []


@pytest.mark.parametrize(
    "made",
    [
        event("AD", None, {"finalUrls": []}, fields="finalUrls", operation="CREATE", adGroup=GROUP),
        event("AD_GROUP_AD", None, {}, fields="ad.finalUrls,adGroup", operation="CREATE"),
        event("CAMPAIGN", None, {}, fields="networkSettings,startDateTime", operation="CREATE"),
        event("CAMPAIGN_BUDGET", None, {}, fields="deliveryMethod", operation="CREATE"),
    ],
)
def test_how_a_thing_was_made_is_no_edit_of_it(made):
    assert told(made) == []


@pytest.mark.parametrize(
    ("changed", "level", "entity_id", "words"),
    [
        (
            event("CAMPAIGN", fields="biddingStrategyType,maximizeConversions.targetCpaTolerance"),
            "campaign",
            "801",
            "bidding strategy type, maximize conversions",
        ),
        (
            event(
                "CAMPAIGN",
                fields="networkSettings.targetSearchNetwork,networkSettings.targetContentNetwork",
            ),
            "campaign",
            "801",
            "network settings",
        ),
        (event("CAMPAIGN", fields="endDateTime"), "campaign", "801", "end date time"),
        (event("CAMPAIGN_BUDGET", fields="deliveryMethod"), "campaign", "801", "delivery method"),
        (
            event(
                "AD",
                fields="responsiveSearchAd.headlines,responsiveSearchAd.descriptions,finalUrls",
                adGroup=GROUP,
            ),
            "ad",
            "9001~7",
            "headlines, descriptions, final urls",
        ),
        (event("AD_GROUP_AD", fields="ad.finalUrls"), "ad", "9001~7", "final urls"),
        (event("AD_GROUP", fields="targetingSetting"), "ad_group", "9001", "targeting setting"),
        (event("AD_GROUP_CRITERION", fields="finalUrls"), "keyword", "9001~55", "final urls"),
        (event("AD_GROUP_CRITERION", fields="bidModifier"), "ad_group", "9001", "bid modifier"),
        (
            event("AD_GROUP_CRITERION", None, {"userList": {}}, operation="CREATE"),
            "ad_group",
            "9001",
            "user list",
        ),
        (
            event("AD_GROUP_CRITERION", {"type": "AGE_RANGE"}, operation="REMOVE"),
            "ad_group",
            "9001",
            "age range",
        ),
        (
            event(
                "AD_GROUP_CRITERION",
                {"type": "AUDIENCE", "status": "ENABLED"},
                {"type": "AUDIENCE", "status": "PAUSED"},
                fields="status",
            ),
            "ad_group",
            "9001",
            "audience",
        ),
        (
            event(
                "CAMPAIGN_CRITERION", None, {"negative": False, "location": {}}, operation="CREATE"
            ),
            "campaign",
            "801",
            "location",
        ),
        (
            event(
                "CAMPAIGN_CRITERION", None, {"negative": True, "placement": {}}, operation="CREATE"
            ),
            "campaign",
            "801",
            "placement",
        ),
        (
            event("CAMPAIGN_CRITERION", {}, {"bidModifier": 1.2}, fields="bidModifier"),
            "campaign",
            "801",
            "bid modifier",
        ),
        (event("CAMPAIGN_CRITERION", operation="REMOVE"), "campaign", "801", "campaign criterion"),
        (event("AD_GROUP_BID_MODIFIER", fields="bidModifier"), "ad_group", "9001", "bid modifier"),
        (
            event("CAMPAIGN_ASSET", None, {"fieldType": "SITELINK"}, operation="CREATE"),
            "campaign",
            "801",
            "sitelink",
        ),
        (event("AD_GROUP_ASSET", fields="status"), "ad_group", "9001", "ad group asset"),
    ],
)
def test_what_we_cannot_set_is_told_in_googles_words(changed, level, entity_id, words):
    assert values(changed) == [(Subject(level, entity_id, "other", words), None, None)]


def test_other_settings_are_told_once_beside_ours():
    found = told(
        event(
            "CAMPAIGN",
            {"status": "ENABLED"},
            {"status": "PAUSED"},
            fields="status,startDateTime,geoTargetTypeSetting.positiveGeoTargetType",
        )
    )
    assert [edit.subject for edit in found] == [
        CAMPAIGN_STATUS,
        Subject("campaign", "801", "other", "start date time, geo target type setting"),
    ]
    assert found[1].edit_id == "1763640191123456~0~1:other:801"


def test_recommendations_that_google_applies_are_another_tools():
    applied = event(
        "CAMPAIGN",
        fields="maximizeConversions",
        clientType="GOOGLE_ADS_RECOMMENDATIONS_SUBSCRIPTION",
    )
    assert told(applied)[0].tool == "GOOGLE_ADS_RECOMMENDATIONS_SUBSCRIPTION"


def test_the_types_of_events_and_the_fields_of_google_are_the_apis():
    from google.ads.googleads.v26.enums.types.change_event_resource_type import (
        ChangeEventResourceTypeEnum,
    )
    from google.ads.googleads.v26.resources.types.change_event import ChangeEvent

    known = ChangeEventResourceTypeEnum.ChangeEventResourceType.__members__
    assert set(edits.TYPES) <= set(known)
    assert set(other_edits.PARTS) <= set(edits.TYPES)
    parts = ChangeEvent.ChangedResource.pb().DESCRIPTOR.fields_by_camelcase_name
    fields = {
        name.removesuffix("_")
        for part, _ in edits.TYPES.values()
        for name in parts[part].message_type.fields_by_camelcase_name
    }
    for start in other_edits.NO_CHANGE:
        assert any(name.startswith(start) for name in fields), start
    left_out = {name for name in fields if name.startswith(other_edits.NO_CHANGE)}
    assert left_out & {path.partition(".")[0] for path in edits.PATHS} == {"status"}


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-11-20 14:03:11.123456", datetime(2026, 11, 20, 13, 3, 11, 123456, tzinfo=UTC)),
        ("2026-07-20 14:03:11", datetime(2026, 7, 20, 12, 3, 11, tzinfo=UTC)),
        ("2026-10-25 02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_moments_are_those_of_the_account(local, utc):
    changed = event("CAMPAIGN", {}, {"status": "PAUSED"}, fields="status", at=local)
    assert told(changed)[0].at == utc


def rows(*numbers: int, at: str = "") -> list[dict]:
    return [
        event(
            "CAMPAIGN",
            {},
            {"status": "PAUSED"},
            fields="status",
            number=number,
            at=at or f"2026-11-20 14:03:{number:02d}.000000",
        )
        for number in numbers
    ]


def collected(answers: list[list[dict]], monkeypatch) -> tuple[list[int], list[str]]:
    monkeypatch.setattr(edits, "PAGE", 3)
    asked: list[str] = []

    def search(text):
        asked.append(text)
        yield answers[len(asked) - 1]

    pages = read_edits(search, lambda _: {}, BERLIN, SINCE, UNTIL)
    numbers = [int(e.edit_id.split("~")[2].split(":")[0]) for page in pages for e in page]
    return numbers, asked


def test_a_full_page_is_followed_from_its_last_moment_on(monkeypatch):
    numbers, asked = collected([rows(1, 2, 3), rows(3, 4, 5), rows(5)], monkeypatch)
    assert numbers == [1, 2, 3, 4, 5]
    starts = [text.split("date_time >= ")[1].split(" AND")[0] for text in asked]
    assert starts == [
        "'2026-11-10 01:00:00.000000'",
        "'2026-11-20 14:03:03.000000'",
        "'2026-11-20 14:03:05.000000'",
    ]


def test_a_moment_with_more_changes_than_can_be_listed_is_an_error(monkeypatch):
    same = rows(1, 2, 3, at="2026-11-20 14:03:11.000000")
    with pytest.raises(RejectedError, match="changes at 2026-11-20 14:03:11"):
        collected([same, same], monkeypatch)


def test_the_query_keeps_googles_rules():
    text = query("2026-11-10 01:00:00.000000", "2026-11-21 00:00:00.000000")
    assert " change_event.change_date_time >= '2026-11-10 01:00:00.000000'" in text
    assert " change_event.change_date_time <= '2026-11-21 00:00:00.000000'" in text
    assert text.endswith("ORDER BY change_event.change_date_time LIMIT 10000")


def test_the_connector_knows_zone_and_budgets(server):
    changed = event("CAMPAIGN_BUDGET", {}, {"amountMicros": "50000000"}, fields="amountMicros")
    on_budget = {"campaign": {"id": "802"}, "campaignBudget": {"id": "77"}}
    server.script(results({"customer": CUSTOMER}), results(changed), results(on_budget))
    ((edit,),) = connector(server).edits(SINCE, UNTIL)
    assert edit.subject == Subject("campaign", "802", "daily_budget")
    assert edit.at == datetime(2026, 11, 20, 13, 3, 11, 123456, tzinfo=UTC)


def test_days_that_google_no_longer_keeps_are_refused(server):
    refused = failed("changeEventError", "START_DATE_TOO_OLD")
    server.script(results({"customer": CUSTOMER}), refused)
    google = connector(server)
    with pytest.raises(RejectedError, match="reaches back 30 days"):
        list(google.edits(SINCE - timedelta(days=60), UNTIL))
    assert google.edit_history_days == 30


def test_events_of_another_shape_are_refused(server):
    server.script(results({"customer": CUSTOMER}), results({"changeEvent": {"resourceName": 1}}))
    with pytest.raises(RejectedError, match="unknown shape"):
        list(connector(server).edits(SINCE, UNTIL))


def test_every_field_is_one_of_the_api():
    from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow

    known = GoogleAdsRow.pb().DESCRIPTOR.fields_by_name["change_event"].message_type
    assert {name.removeprefix("change_event.") for name in edits.FIELDS} <= set(
        known.fields_by_name
    )


def test_the_events_here_are_shaped_as_googles():
    import json

    from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow

    shaped = event("CAMPAIGN_BUDGET", {}, {"amountMicros": "50000000"}, fields="amountMicros")
    row = GoogleAdsRow.from_json(json.dumps(shaped), ignore_unknown_fields=False)
    assert row.change_event.new_resource.campaign_budget.amount_micros == 50_000_000
