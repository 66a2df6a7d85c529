"""What Meta says of settings now: values, units, why one is fixed, and batches of reads."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.changes import Setting, Subject, WritableChannel
from connectors.channels.meta_ads.money import HUNDREDTHS, WHOLE, from_minor, to_minor
from connectors.throttle import LocalThrottle

from ..conftest import Answer, told
from .meta_replies import (
    AD_SET_BID,
    AD_SET_BUDGET,
    AD_SET_LABEL,
    AD_SET_STATUS,
    AD_STATUS,
    CAMPAIGN_BUDGET,
    CAMPAIGN_LABEL,
    CAMPAIGN_STATUS,
    CURRENCY,
    DRAFT,
    MISSING,
    TOKEN,
    ad,
    ad_set,
    batch,
    campaign,
    connector,
    error,
    failure,
    page,
)

LEAST = page(
    {"currency": "EUR", "min_daily_budget_imp": 90},
    {"currency": "USD", "min_daily_budget_imp": 100},
)


def only(server, subject: Subject, node: dict, *answers, **options) -> Setting:
    """Return one setting, read from one node."""
    server.script(batch(node), *answers)
    found = connector(server, **options).settings([subject])
    assert list(found) == [subject]
    return found[subject]


def test_the_connector_is_writable(server):
    assert isinstance(connector(server), WritableChannel)


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "value"), [("ACTIVE", "enabled"), ("PAUSED", "paused"), ("DELETED", "removed")]
    )
    def test_is_the_things_own(self, server, status, value):
        assert only(server, CAMPAIGN_STATUS, campaign(status=status)).value == value

    @pytest.mark.parametrize(
        ("subject", "node", "effective", "paused"),
        [
            (CAMPAIGN_STATUS, campaign, "PAUSED", False),
            (AD_SET_STATUS, ad_set, "CAMPAIGN_PAUSED", True),
            (AD_SET_STATUS, ad_set, "ACTIVE", False),
            (AD_STATUS, ad, "ADSET_PAUSED", True),
            (AD_STATUS, ad, "CAMPAIGN_PAUSED", True),
            (AD_STATUS, ad, "DISAPPROVED", False),
        ],
    )
    def test_tells_of_a_paused_parent(self, server, subject, node, effective, paused):
        setting = only(server, subject, node(effective_status=effective))
        assert (setting.value, setting.parent_paused) == ("enabled", paused)

    @pytest.mark.parametrize(
        ("states", "sentence"),
        [
            ({"status": "ARCHIVED", "effective_status": "ARCHIVED"}, "it is archived"),
            ({"status": "DELETED", "effective_status": "DELETED"}, "it is deleted"),
            ({"effective_status": "ARCHIVED"}, "its parent is archived"),
        ],
    )
    def test_of_what_is_gone_is_fixed(self, server, states, sentence):
        assert only(server, AD_STATUS, ad(**states)).fixed == sentence

    def test_that_is_unknown_is_fixed(self, server):
        setting = only(server, AD_STATUS, ad(status="MERGED"))
        assert (setting.value, "MERGED" in setting.fixed) == ("unknown", True)

    def test_the_last_edit_is_in_utc(self, server):
        at = only(server, CAMPAIGN_STATUS, campaign()).changed_at
        assert at == datetime(2026, 11, 18, 14, 12, 44, tzinfo=UTC)
        assert at.tzinfo is UTC

    @pytest.mark.parametrize(
        ("said", "learning"),
        [
            ({"status": "LEARNING"}, True),
            ({"status": "SUCCESS"}, False),
            ({"status": "FAIL"}, False),
            ({"status": "WAIVING"}, None),
            (None, None),
        ],
    )
    def test_tells_of_the_learning_phase(self, server, said, learning):
        node = ad_set(learning_stage_info=said)
        assert only(server, AD_SET_STATUS, node).learning is learning


class TestBudget:
    def test_is_in_major_units_with_its_least_and_its_step(self, server):
        assert only(server, CAMPAIGN_BUDGET, campaign(), CURRENCY, LEAST) == Setting(
            CAMPAIGN_BUDGET,
            Decimal(75),
            minimum=Decimal(1),
            unit=Decimal("0.01"),
            changed_at=datetime(2026, 11, 18, 14, 12, 44, tzinfo=UTC),
        )

    def test_of_a_currency_without_decimals(self, server):
        yen = page({"currency": "JPY", "min_daily_budget_imp": 110})
        setting = only(server, AD_SET_BUDGET, ad_set(), CURRENCY | {"currency": "JPY"}, yen)
        assert (setting.value, setting.unit, setting.minimum) == (7500, 1, 110)

    def test_of_an_unknown_currency_is_refused(self, server):
        with pytest.raises(RejectedError, match="XYZ"):
            only(server, AD_SET_BUDGET, ad_set(), CURRENCY | {"currency": "XYZ"})

    @pytest.mark.parametrize("nothing", [page(), page({"currency": "EUR"}), failure(100)])
    def test_has_no_least_where_meta_tells_none(self, server, nothing):
        assert only(server, AD_SET_BUDGET, ad_set(), CURRENCY, nothing).minimum is None

    def test_of_an_ad_set_names_the_campaign_that_it_lives_on(self, server):
        setting = only(server, AD_SET_BUDGET, ad_set(daily_budget="0"), CURRENCY, LEAST)
        assert (setting.value, "campaign 12020001" in setting.fixed) == (0, True)

    @pytest.mark.parametrize("absent", [{"daily_budget": "0"}, {"daily_budget": None}])
    def test_of_a_campaign_without_one_lives_on_the_ad_sets(self, server, absent):
        setting = only(server, CAMPAIGN_BUDGET, campaign(**absent), CURRENCY, LEAST)
        assert (setting.value, "lives on its ad sets" in setting.fixed) == (0, True)

    def test_for_a_lifetime_is_fixed(self, server):
        node = campaign(daily_budget="0", lifetime_budget="120050")
        setting = only(server, CAMPAIGN_BUDGET, node, CURRENCY, LEAST)
        assert setting.fixed == "it has a lifetime budget of 1200.5 USD, none a day"

    def test_the_accounts_money_is_asked_for_once(self, server):
        server.script(batch(campaign()), CURRENCY, LEAST, batch(campaign()))
        channel = connector(server)
        channel.settings([CAMPAIGN_BUDGET])
        channel.settings([CAMPAIGN_BUDGET])
        assert len(server.seen) == 4

    def test_a_status_needs_no_money(self, server):
        only(server, CAMPAIGN_STATUS, campaign())
        assert len(server.seen) == 1


class TestBid:
    def test_is_the_bid_amount(self, server):
        setting = only(server, AD_SET_BID, ad_set(), CURRENCY)
        assert (setting.value, setting.fixed) == (Decimal("2.5"), "")

    @pytest.mark.parametrize(
        ("node", "sentence"),
        [
            (ad_set(bid_amount=None), "it has no bid amount"),
            (ad_set(bid_amount=None, bid_strategy=None), "it has no bid amount"),
            (
                ad_set(bid_amount=None, bid_strategy="LOWEST_COST_WITHOUT_CAP"),
                "the bidding strategy LOWEST_COST_WITHOUT_CAP sets its bids",
            ),
            (
                ad_set(bid_strategy="LOWEST_COST_WITH_MIN_ROAS"),
                "the bidding strategy LOWEST_COST_WITH_MIN_ROAS sets its bids",
            ),
        ],
    )
    def test_without_an_amount_is_fixed(self, server, node, sentence):
        assert only(server, AD_SET_BID, node, CURRENCY).fixed == sentence


class TestItems:
    @pytest.mark.parametrize("subject", [CAMPAIGN_LABEL, AD_SET_LABEL])
    @pytest.mark.parametrize(
        ("labels", "value"),
        [
            ([{"id": "1", "name": "Wasteful"}], "present"),
            ([{"id": "1", "name": "wasteful"}], "absent"),
            (None, "absent"),
        ],
    )
    def test_a_label(self, server, subject, labels, value):
        node = (campaign if subject.level == "campaign" else ad_set)(adlabels=labels)
        assert only(server, subject, node).value == value

    @pytest.mark.parametrize(
        ("ads", "value"),
        [
            (page(), "absent"),
            (page(ad(name="Marketloop 0f3c", status="PAUSED")), "paused"),
            (page(ad(name="Marketloop 0f3c")), "enabled"),
            (page(ad(name="Marketloop 0f3d")), "absent"),
        ],
    )
    def test_a_draft_is_found_by_its_name(self, server, ads, value):
        setting = only(server, DRAFT, ad_set(), ads, page_id="100200300")
        assert (setting.value, setting.fixed, setting.parent_paused) == (value, "", False)
        assert server.seen[1].path == "/v26.0/12020002/ads"

    def test_a_draft_bears_the_id_under_which_its_edits_are_told(self, server):
        there = page(ad(name="Marketloop 0f3c", id="777"))
        assert only(server, DRAFT, ad_set(), there).item_id == "777"
        server.reset()
        assert only(server, DRAFT, ad_set(), page()).item_id == ""

    def test_a_draft_is_looked_for_on_every_page(self, server):
        pages = page(ad(), after="b"), page(ad(name="Marketloop 0f3c", status="PAUSED"))
        assert only(server, DRAFT, ad_set(), *pages).value == "paused"

    def test_a_draft_needs_a_page(self, server):
        assert "page_id" in only(server, DRAFT, ad_set(), page()).fixed

    @pytest.mark.parametrize(
        "states", [{"status": "PAUSED"}, {"effective_status": "CAMPAIGN_PAUSED"}]
    )
    def test_a_draft_in_a_paused_ad_set(self, server, states):
        assert only(server, DRAFT, ad_set(**states), page()).parent_paused

    def test_several_drafts_of_an_ad_set_are_looked_for_once(self, server):
        other = Subject("ad_group", "12020002", "ad", "ffff")
        server.script(batch(ad_set()), page())
        assert set(connector(server).settings([DRAFT, other])) == {DRAFT, other}
        assert len(server.seen) == 2


class TestBatches:
    def test_all_is_read_in_one_call(self, server):
        server.script(batch(campaign(), ad_set(), ad()), CURRENCY, LEAST)
        subjects = [CAMPAIGN_STATUS, AD_SET_BUDGET, AD_SET_LABEL, AD_STATUS]
        assert list(connector(server).settings(subjects)) == subjects
        seen = server.seen[0]
        assert (seen.method, seen.path) == ("POST", "/v26.0/")
        assert seen.headers["Authorization"] == f"Bearer {TOKEN}"
        calls = json.loads(seen.form()["batch"])
        assert [call["method"] for call in calls] == ["GET"] * 3
        assert [call["relative_url"].partition("?")[0] for call in calls] == [
            "12020001",
            "12020002",
            "12020003",
        ]

    def test_holds_fifty_things(self, server):
        subjects = [Subject("ad", str(number), "status") for number in range(120)]
        nodes = [ad(id=subject.entity_id) for subject in subjects]
        server.script(*(batch(*nodes[start : start + 50]) for start in (0, 50, 100)))
        assert list(connector(server).settings(subjects)) == subjects
        sizes = [len(json.loads(seen.form()["batch"])) for seen in server.seen]
        assert sizes == [50, 50, 20]

    def test_nothing_asks_for_nothing(self, server):
        assert connector(server).settings([]) == {}
        assert server.seen == []

    def test_what_does_not_exist_is_not_in_the_answer(self, server):
        server.script(batch({"error": MISSING}, ad_set()))
        found = connector(server).settings([CAMPAIGN_STATUS, AD_SET_STATUS])
        assert list(found) == [AD_SET_STATUS]

    def test_what_another_account_has_is_not_ours(self, server):
        server.script(batch(campaign(account_id="9"), ad_set()))
        found = connector(server).settings([CAMPAIGN_STATUS, AD_SET_STATUS])
        assert list(found) == [AD_SET_STATUS]

    def test_a_part_without_an_answer_is_asked_for_again(self, server):
        server.script(batch(campaign(), None), batch(campaign(), ad_set()))
        assert len(connector(server).settings([CAMPAIGN_STATUS, AD_SET_STATUS])) == 2

    def test_a_part_that_stays_without_an_answer_is_unknown_not_missing(self, server):
        server.script(batch(campaign(), None))
        with pytest.raises(TransientError, match="a part of the batch was not answered"):
            connector(server).settings([CAMPAIGN_STATUS, AD_SET_STATUS])

    @pytest.mark.parametrize(
        ("part", "raised"),
        [
            (error(1), TransientError),
            (error(190, 463), ReconnectError),
            (error(200), ReconnectError),
            (error(100), RejectedError),
        ],
    )
    def test_what_is_wrong_with_a_part_is_raised(self, server, part, raised):
        server.script(batch(campaign(), {"error": part}))
        with pytest.raises(raised) as caught:
            connector(server).settings([CAMPAIGN_STATUS, AD_SET_STATUS])
        assert TOKEN not in told(caught.value)

    def test_a_limit_met_by_a_part_holds_the_account_back(self, server, time_):
        server.script(batch({"error": error(80004, 2446079)}), batch(campaign()))
        throttle = LocalThrottle(time_.clock, time_.sleep)
        assert connector(server, throttle).settings([CAMPAIGN_STATUS])
        assert time_.slept == [300]

    @pytest.mark.parametrize(
        "body",
        [
            [],
            [{"code": 200, "body": "{}"}],
            [{"code": 200, "body": "no json"}],
            [{"code": 200}],
            [7],
            {"data": []},
        ],
    )
    def test_of_another_shape_are_refused(self, server, body):
        server.script(Answer(body))
        with pytest.raises(RejectedError, match="unknown shape"):
            connector(server).settings([CAMPAIGN_STATUS])


class TestSubjects:
    @pytest.mark.parametrize(
        "subject",
        [
            Subject("campaign", "1", "cpc_bid"),
            Subject("ad", "1", "daily_budget"),
            Subject("ad", "1", "label", "x"),
            Subject("campaign", "1", "negative_keyword", "exact:x"),
            Subject("keyword", "1", "status"),
            Subject("campaign", "1?access_token=x", "status"),
            Subject("campaign", "act_1", "status"),
            Subject("campaign", "", "status"),
        ],
    )
    def test_that_meta_does_not_have_are_refused_unasked(self, server, subject):
        with pytest.raises(RejectedError, match="meta_ads"):
            connector(server).settings([CAMPAIGN_STATUS, subject])
        assert server.seen == []


class TestMoney:
    @given(st.integers(1, 10**12), st.sampled_from(sorted(WHOLE | HUNDREDTHS)))
    def test_what_meta_counts_comes_back_as_it_was(self, minor, currency):
        assert to_minor(from_minor(str(minor), currency), currency) == minor

    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [("80", "USD", 8000), ("80.05", "USD", 8005), ("80", "HUF", 80), ("8E+1", "JPY", 80)],
    )
    def test_becomes_minor_units_and_comes_back(self, amount, currency, minor):
        assert to_minor(Decimal(amount), currency) == minor
        assert from_minor(str(minor), currency) == Decimal(amount)

    @pytest.mark.parametrize(
        ("amount", "currency", "sentence"),
        [
            ("80.005", "USD", "finer than Meta counts"),
            ("80.5", "JPY", "finer than Meta counts"),
            ("0", "USD", "must be above 0"),
            ("-1", "USD", "must be above 0"),
            ("NaN", "USD", "must be above 0"),
            ("Infinity", "USD", "must be above 0"),
            ("80", "XYZ", "unknown"),
        ],
    )
    def test_that_meta_cannot_take_is_refused(self, amount, currency, sentence):
        with pytest.raises(RejectedError, match=sentence):
            to_minor(Decimal(amount), currency)
