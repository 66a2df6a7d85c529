"""What Google Ads says of settings now: values, units, and why one cannot be changed."""

from decimal import Decimal

import pytest

from connectors.base import RejectedError, TransientError
from connectors.changes import ResearchChannel, Setting, Subject, WritableChannel
from connectors.channels.google_ads import setting_queries
from connectors.channels.google_ads.reading import read
from connectors.channels.google_ads.settings import setting_of
from connectors.channels.google_ads.subjects import WRITABLE
from connectors.draft import digest_of

from ..conftest import Answer
from .google_replies import (
    AD_STATUS,
    BUDGET,
    CAMPAIGN_CPA,
    CAMPAIGN_LABEL,
    CAMPAIGN_NEGATIVE,
    CAMPAIGN_ROAS,
    CAMPAIGN_STATUS,
    CUSTOMER,
    DRAFT,
    GROUP_BID,
    GROUP_CPA,
    GROUP_KEYWORD,
    GROUP_LABEL,
    GROUP_NEGATIVE,
    GROUP_ROAS,
    GROUP_STATUS,
    KEYWORD_BID,
    KEYWORD_STATUS,
    PATH,
    Account,
    ad,
    ad_group,
    campaign,
    connector,
    criterion,
    keyword,
    negative,
    results,
)

CENT = Decimal("0.01")


def told(subject: Subject, **rows: list[dict]) -> Setting | None:
    return setting_of(subject, read(Account(**rows), PATH, [subject]), CENT)


def of_campaign(subject: Subject, budget: dict | None = None, **changes) -> Setting:
    """Return a setting of a campaign; on its budget it is alone."""
    found = told(subject, campaign=[campaign("801", budget, **changes)])
    assert found is not None
    return found


def of_group(subject: Subject, in_campaign: dict | None = None, **changes) -> Setting:
    found = told(subject, ad_group=[ad_group(in_campaign, **changes)])
    assert found is not None
    return found


def of_keyword(subject: Subject, in_campaign: dict | None = None, **changes) -> Setting:
    found = told(subject, ad_group_criterion=[keyword(in_campaign, **changes)])
    assert found is not None
    return found


def test_the_connector_writes_and_researches(server):
    assert isinstance(connector(server), WritableChannel)
    assert isinstance(connector(server), ResearchChannel)


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "value"),
        [("ENABLED", "enabled"), ("PAUSED", "paused"), ("UNKNOWN", "unknown")],
    )
    def test_of_a_campaign(self, status, value):
        assert of_campaign(CAMPAIGN_STATUS, status=status) == Setting(
            CAMPAIGN_STATUS, value, learning=False
        )

    @pytest.mark.parametrize(
        ("subject", "rows"),
        [
            (CAMPAIGN_STATUS, {"campaign": [campaign(status="REMOVED")]}),
            (GROUP_STATUS, {"ad_group": [ad_group(status="REMOVED")]}),
            (AD_STATUS, {"ad_group_ad": [ad(status="REMOVED")]}),
            (KEYWORD_STATUS, {"ad_group_criterion": [keyword(status="REMOVED")]}),
        ],
    )
    def test_of_what_was_removed_is_final(self, subject, rows):
        found = told(subject, **rows)
        assert (found.value, found.fixed) == (
            "removed",
            f"the {subject.level.replace('_', ' ')} was removed, which is final",
        )

    @pytest.mark.parametrize(
        ("subject", "rows"),
        [
            (GROUP_STATUS, {"ad_group": [ad_group({"status": "REMOVED"})]}),
            (GROUP_NEGATIVE, {"ad_group": [ad_group({"status": "REMOVED"})]}),
            (KEYWORD_BID, {"ad_group_criterion": [keyword({"status": "REMOVED"})]}),
        ],
    )
    def test_what_is_in_a_removed_campaign_is_fixed(self, subject, rows):
        assert told(subject, **rows).fixed == "the campaign was removed, which is final"

    def test_what_does_not_exist_has_no_setting(self):
        assert told(CAMPAIGN_STATUS) is None
        assert told(CAMPAIGN_NEGATIVE) is None
        assert told(KEYWORD_STATUS) is None

    @pytest.mark.parametrize(
        ("subject", "rows", "paused"),
        [
            (CAMPAIGN_STATUS, {"campaign": [campaign(status="PAUSED")]}, False),
            (GROUP_STATUS, {"ad_group": [ad_group(status="PAUSED")]}, False),
            (GROUP_STATUS, {"ad_group": [ad_group({"status": "PAUSED"})]}, True),
            (GROUP_KEYWORD, {"ad_group": [ad_group(status="PAUSED")]}, True),
            (GROUP_NEGATIVE, {"ad_group": [ad_group(status="PAUSED")]}, False),
            (AD_STATUS, {"ad_group_ad": [ad()]}, False),
            (AD_STATUS, {"ad_group_ad": [ad({"status": "PAUSED"})]}, True),
            (KEYWORD_BID, {"ad_group_criterion": [keyword({"status": "PAUSED"})]}, True),
        ],
    )
    def test_a_parent_that_does_not_run_is_told(self, subject, rows, paused):
        assert told(subject, **rows).parent_paused is paused

    @pytest.mark.parametrize(
        ("strategy", "status", "learning"),
        [
            ("MAXIMIZE_CONVERSIONS", "LEARNING_NEW", True),
            ("TARGET_CPA", "LEARNING_BUDGET_CHANGE", True),
            ("TARGET_ROAS", "MULTIPLE_LEARNING", True),
            ("TARGET_ROAS", "ENABLED", False),
            ("TARGET_ROAS", "LIMITED_BY_BUDGET", False),
            ("TARGET_ROAS", "MULTIPLE", None),
            ("TARGET_ROAS", "UNAVAILABLE", None),
            ("TARGET_ROAS", "", None),
            ("MANUAL_CPC", "UNAVAILABLE", False),
        ],
    )
    def test_learning(self, strategy, status, learning):
        changes = {"biddingStrategyType": strategy, "biddingStrategySystemStatus": status}
        assert of_campaign(CAMPAIGN_STATUS, **changes).learning is learning


class TestBudget:
    def test_is_money_in_steps_of_the_currency(self):
        found = of_campaign(BUDGET)
        assert (found.value, found.unit, found.fixed) == (Decimal("40.5"), CENT, "")
        assert found.shared_by == ()

    def test_a_shared_one_names_all_its_campaigns(self):
        rows = [campaign(number, {"explicitlyShared": True, "referenceCount": "3"})
                for number in ("801", "1700", "90")]  # fmt: skip
        found = told(BUDGET, campaign=rows)
        assert (found.shared_by, found.fixed) == (("90", "801", "1700"), "")

    def test_one_whose_campaigns_are_not_all_seen_is_fixed(self):
        found = of_campaign(BUDGET, {"explicitlyShared": True, "referenceCount": "3"})
        assert found.fixed == "3 campaigns share the budget, of which only 1 can be seen"

    def test_a_total_one_is_fixed(self):
        found = of_campaign(BUDGET, {"period": "CUSTOM_PERIOD", "amountMicros": "0"})
        assert (found.value, found.fixed) == (
            Decimal(0),
            "the campaign has a total budget for its whole period, no daily one",
        )

    def test_none_at_all_is_fixed(self):
        row = {"campaign": campaign()["campaign"]}
        assert "no daily amount" in told(BUDGET, campaign=[row]).fixed

    def test_campaigns_of_other_budgets_are_not_asked_for(self):
        account = Account(campaign=[campaign()])
        read(account, PATH, [CAMPAIGN_STATUS])
        assert len(account.queries) == 1


class TestBids:
    def test_of_an_ad_group(self):
        found = of_group(GROUP_BID)
        assert (found.value, found.fixed, found.unit) == (Decimal("1.2"), "", CENT)

    def test_of_a_keyword_is_its_own_or_that_of_its_ad_group_and_fixed(self):
        own = of_keyword(KEYWORD_BID)
        assert (own.value, own.fixed) == (Decimal("0.9"), "")
        inherited = of_keyword(KEYWORD_BID, cpcBidMicros=None, effectiveCpcBidMicros="1200000")
        assert (inherited.value, inherited.fixed) == (
            Decimal("1.2"),
            "it inherits the bid of its ad group: change that, or set one of its own in Google Ads "
            "first",
        )

    @pytest.mark.parametrize("strategy", ["MAXIMIZE_CONVERSIONS", "TARGET_SPEND", "TARGET_ROAS"])
    @pytest.mark.parametrize(("of", "subject"), [(of_group, GROUP_BID), (of_keyword, KEYWORD_BID)])
    def test_a_strategy_that_sets_bids_fixes_them(self, of, subject, strategy):
        found = of(subject, {"biddingStrategyType": strategy})
        assert found.fixed == f"the campaign bids by {strategy}, which sets the bids itself"

    def test_a_portfolio_fixes_them(self):
        shared = {"biddingStrategy": f"{PATH}/biddingStrategies/5"}
        shared["biddingStrategyType"] = "ENHANCED_CPC"
        assert "portfolio" in of_group(GROUP_BID, shared).fixed

    def test_none_is_zero_and_fixed(self):
        found = of_group(GROUP_BID, cpcBidMicros=None)
        assert (found.value, found.fixed) == (
            Decimal(0),
            "no bid is set: set one in Google Ads first",
        )


class TestTargets:
    @pytest.mark.parametrize(
        ("subject", "strategy", "where", "target", "value"),
        [
            (CAMPAIGN_CPA, "TARGET_CPA", "targetCpa", {"targetCpaMicros": "25500000"}, "25.5"),
            (
                CAMPAIGN_CPA,
                "MAXIMIZE_CONVERSIONS",
                "maximizeConversions",
                {"targetCpaMicros": "9000000"},
                "9",
            ),
            (CAMPAIGN_ROAS, "TARGET_ROAS", "targetRoas", {"targetRoas": 3.5}, "3.5"),
            (
                CAMPAIGN_ROAS,
                "MAXIMIZE_CONVERSION_VALUE",
                "maximizeConversionValue",
                {"targetRoas": 0.1},
                "0.1",
            ),
        ],
    )
    def test_are_where_the_strategy_keeps_them(self, subject, strategy, where, target, value):
        found = of_campaign(subject, biddingStrategyType=strategy, **{where: target})
        assert (found.value, found.fixed) == (Decimal(value), "")

    def test_one_that_is_not_set_is_zero_and_fixed(self):
        found = of_campaign(
            CAMPAIGN_CPA,
            biddingStrategyType="MAXIMIZE_CONVERSIONS",
            maximizeConversions={"targetCpaMicros": "0"},
        )
        assert (found.value, found.fixed) == (
            Decimal(0),
            "no target_cpa is set: set one in Google Ads first",
        )

    def test_another_strategy_has_none(self):
        found = of_campaign(CAMPAIGN_ROAS, biddingStrategyType="TARGET_CPA")
        assert found.fixed == "the campaign bids by TARGET_CPA, which has no target_roas"

    @pytest.mark.parametrize(
        ("of", "subject"), [(of_campaign, CAMPAIGN_CPA), (of_group, GROUP_CPA)]
    )
    def test_one_of_a_portfolio_is_fixed(self, of, subject):
        shared = {
            "biddingStrategyType": "TARGET_CPA",
            "biddingStrategy": f"{PATH}/biddingStrategies/5",
        }
        found = of(subject, **shared) if of is of_campaign else of(subject, shared)
        assert "portfolio" in found.fixed

    def test_of_an_ad_group_are_its_own_or_inherited_and_fixed(self):
        by_cpa = {"biddingStrategyType": "TARGET_CPA"}
        own = of_group(GROUP_CPA, by_cpa, targetCpaMicros="8000000")
        assert (own.value, own.fixed) == (Decimal(8), "")
        inherited = of_group(GROUP_CPA, by_cpa, effectiveTargetCpaMicros="25000000")
        assert (inherited.value, inherited.fixed) == (
            Decimal(25),
            "it inherits the target CPA of its campaign: change that, or set one of its own in "
            "Google Ads first",
        )
        by_roas = {"biddingStrategyType": "TARGET_ROAS"}
        inherited = of_group(GROUP_ROAS, by_roas, effectiveTargetRoas=4.0)
        assert (inherited.value, "inherits the target ROAS" in inherited.fixed) == (
            Decimal(4),
            True,
        )

    def test_one_that_holds_nowhere_is_zero_and_fixed(self):
        found = of_group(GROUP_CPA, {"biddingStrategyType": "TARGET_CPA"})
        assert (found.value, found.fixed) == (
            Decimal(0),
            "no target_cpa is set: set one in Google Ads first",
        )


class TestItems:
    @pytest.mark.parametrize(
        ("rows", "value"),
        [
            ([], "absent"),
            ([negative("free trial")], "present"),
            ([negative("Free  Trial")], "present"),
            ([negative("free trial", "EXACT")], "absent"),
        ],
    )
    def test_a_campaigns_negative_keyword(self, rows, value):
        found = told(CAMPAIGN_NEGATIVE, campaign=[campaign()], campaign_criterion=rows)
        assert (found.value, found.fixed) == (value, "")

    def test_an_ad_groups_negative_keyword_is_no_keyword_of_it(self):
        things = read(
            Account(
                ad_group=[ad_group()],
                ad_group_criterion=[
                    criterion("jobs", "BROAD", negative=True),
                    criterion("running shoes", status="PAUSED"),
                ],
            ),
            PATH,
            [GROUP_NEGATIVE, GROUP_KEYWORD],
        )
        other = Subject("ad_group", "9001", "keyword", "broad:jobs")
        values = [setting_of(s, things, CENT).value for s in (GROUP_NEGATIVE, GROUP_KEYWORD, other)]
        assert values == ["present", "paused", "absent"]

    def test_a_keyword_bears_the_id_under_which_its_edits_are_told(self):
        added = criterion("running shoes", status="PAUSED")
        id_ = added["adGroupCriterion"]["resourceName"].rpartition("/")[2]
        rows = {"ad_group": [ad_group()], "ad_group_criterion": [added]}
        assert told(GROUP_KEYWORD, **rows).item_id == id_
        assert told(GROUP_KEYWORD, ad_group=[ad_group()]).item_id == ""
        assert told(GROUP_NEGATIVE, **rows).item_id == ""

    @pytest.mark.parametrize(
        ("subject", "rows"),
        [
            (CAMPAIGN_LABEL, {"campaign": [campaign(labels=[f"{PATH}/labels/9"])]}),
            (GROUP_LABEL, {"ad_group": [ad_group(labels=[f"{PATH}/labels/9"])]}),
        ],
    )
    def test_a_label(self, subject, rows):
        label = {"label": {"resourceName": f"{PATH}/labels/9", "name": "Watch"}}
        other = Subject(subject.level, subject.entity_id, "label", "Other")
        assert told(subject, label=[label], **rows).value == "present"
        assert told(other, label=[label], **rows).value == "absent"
        assert told(subject, **rows).value == "absent"  # a manager's label, say

    @pytest.mark.parametrize(
        ("statuses", "value"),
        [
            ([], "absent"),
            (["PAUSED"], "paused"),
            (["REMOVED"], "removed"),
            (["REMOVED", "ENABLED"], "enabled"),
            (["PAUSED", "REMOVED"], "paused"),
        ],
    )
    def test_a_draft_is_known_by_its_texts_in_any_order(self, statuses, value):
        made = {
            "finalUrls": [DRAFT["final_url"]],
            "responsiveSearchAd": {
                "headlines": [{"text": DRAFT[f"headline_{n}"]} for n in (3, 1, 2)],
                "descriptions": [{"text": DRAFT[f"description_{n}"]} for n in (2, 1)],
                "path1": "shoes",
                "path2": "",
            },
        }
        rows = [ad(ad={"id": "7"} | made, status=status) for status in statuses]
        draft = Subject("ad_group", "9001", "ad", digest_of(DRAFT))
        found = told(draft, ad_group=[ad_group()], ad_group_ad=rows)
        assert found.value == value
        assert ("final" in found.fixed) is (value == "removed")
        assert found.item_id == ("9001~7" if statuses else "")

    def test_a_label_that_is_too_long_cannot_be_made(self):
        subject = Subject("campaign", "801", "label", "x" * 81)
        assert of_campaign(subject).fixed == "a label has 1 to 80 signs"


class TestQueries:
    def test_nothing_but_digits_of_ids_gets_into_one(self):
        account = Account()
        item = Subject("ad_group", "9001", "negative_keyword", "exact:x') or 'a'='a")
        read(account, PATH, [item, CAMPAIGN_LABEL, CAMPAIGN_NEGATIVE])
        assert account.queries
        assert not any("Watch" in q or "free" in q or "'a'" in q for q in account.queries)

    @pytest.mark.parametrize(
        "subject",
        [
            Subject("campaign", "801) OR (1", "status"),
            Subject("campaign", "801\n", "status"),
            Subject("campaign", "٣", "status"),
            Subject("campaign", "", "status"),
            Subject("ad", "7", "status"),
            Subject("keyword", "9001~x", "status"),
        ],
    )
    def test_an_id_of_another_shape_is_refused(self, subject):
        account = Account()
        with pytest.raises(RejectedError, match="ids are digits"):
            read(account, PATH, [subject])
        assert account.queries == []

    @pytest.mark.parametrize(
        "subject",
        [
            Subject("ad", "9001~7", "cpc_bid"),
            Subject("account", "4445556666", "status"),
            Subject("campaign", "801", "advice"),
        ],
    )
    def test_what_cannot_be_changed_is_refused_with_what_can(self, subject):
        with pytest.raises(RejectedError, match="it can change campaign: status, daily_budget"):
            read(Account(), PATH, [subject])

    @pytest.mark.parametrize("item", ["shoes", "exact:", "exact: shoes", "fuzzy:a", "exact:Shoes"])
    def test_a_keyword_that_is_named_otherwise_is_refused(self, item):
        with pytest.raises(RejectedError, match="names no keyword"):
            read(Account(), PATH, [Subject("ad_group", "9001", "keyword", item)])

    def test_a_thousand_ids_go_into_one(self):
        account = Account()
        read(account, PATH, [Subject("campaign", str(n), "status") for n in range(1, 2502)])
        assert [query.count(",") > 900 for query in account.queries] == [True, True, False]

    def test_a_pair_of_ids_that_belongs_to_others_is_left_out(self):
        rows = [keyword(), keyword(in_group={"id": "9002"})]
        account = Account(ad_group_criterion=rows)
        asked = [KEYWORD_STATUS, Subject("keyword", "9002~56", "status")]
        assert set(read(account, PATH, asked).rows) == {("keyword", "9001~55")}

    def test_every_field_is_one_of_the_api(self):
        from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow

        known = GoogleAdsRow.pb().DESCRIPTOR
        asked = [*setting_queries.SETTINGS.values()]
        asked += [q for q in vars(setting_queries).values() if isinstance(q, setting_queries.ById)]
        fields = {field for query in asked for field in (*query.fields, *query.keys)}
        assert len(fields) > 40
        assert [field for field in sorted(fields) if not _is_there(known, field)] == []


def _is_there(descriptor, path: str) -> bool:
    for name in path.split("."):
        if descriptor is None or name not in descriptor.fields_by_name:
            return False
        descriptor = descriptor.fields_by_name[name].message_type
    return True


class TestConnector:
    def test_reads_what_is_true_now(self, server):
        server.script(results(campaign()), results(campaign()), results({"customer": CUSTOMER}))
        google = connector(server)
        gone = Subject("campaign", "999", "status")
        assert google.settings([CAMPAIGN_STATUS, BUDGET, gone]) == {
            CAMPAIGN_STATUS: Setting(CAMPAIGN_STATUS, "enabled", learning=False),
            BUDGET: Setting(BUDGET, Decimal("40.5"), learning=False),
        }
        server.reset()
        server.script(results(campaign(status="PAUSED")))
        assert google.settings([CAMPAIGN_STATUS])[CAMPAIGN_STATUS].value == "paused"
        assert len(server.seen) == 1

    @pytest.mark.parametrize(("currency", "unit"), [("JPY", "1"), ("KWD", "0.001")])
    def test_the_smallest_step_is_the_currencys(self, server, currency, unit):
        customer = {"customer": CUSTOMER | {"currencyCode": currency}}
        server.script(results(campaign()), results(campaign()), results(customer))
        assert connector(server).settings([BUDGET])[BUDGET].unit == Decimal(unit)

    def test_a_currency_without_known_steps_is_refused(self, server):
        customer = {"customer": CUSTOMER | {"currencyCode": "XAU"}}
        server.script(results(campaign()), results(campaign()), results(customer))
        with pytest.raises(RejectedError, match="XAU has no known minor units"):
            connector(server).settings([BUDGET])

    def test_nothing_asked_is_nothing_sent(self, server):
        assert connector(server).settings([]) == {}
        assert server.seen == []

    def test_what_may_pass_is_asked_again(self, server):
        server.script(Answer(status=503), results(campaign()), results({"customer": CUSTOMER}))
        assert CAMPAIGN_STATUS in connector(server).settings([CAMPAIGN_STATUS])

    def test_what_cannot_be_read_is_an_error_and_not_absent(self, server):
        server.script(Answer(status=503))
        with pytest.raises(TransientError):
            connector(server).settings([CAMPAIGN_STATUS])

    @pytest.mark.parametrize("row", [{}, {"campaign": {"id": "801"}, "campaignBudget": 3}, "x"])
    def test_json_of_another_shape_is_refused(self, server, row):
        server.script(results(row), results({"customer": CUSTOMER}))
        with pytest.raises(RejectedError, match="unknown shape"):
            connector(server).settings([BUDGET])

    def test_all_that_is_writable_can_be_read(self):
        items = {"negative_keyword": "exact:a", "keyword": "exact:a", "label": "a", "ad": "d1"}
        ids = {"campaign": "801", "ad_group": "9001", "ad": "9001~7", "keyword": "9001~55"}
        account = Account(
            campaign=[campaign()],
            ad_group=[ad_group()],
            ad_group_ad=[ad()],
            ad_group_criterion=[keyword(keyword={"text": "a", "matchType": "EXACT"})],
        )
        subjects = [
            Subject(level, ids[level], field, items.get(field, ""))
            for level, fields in WRITABLE.items()
            for field in fields
        ]
        things = read(account, PATH, subjects)
        assert all(setting_of(subject, things, CENT) for subject in subjects)
