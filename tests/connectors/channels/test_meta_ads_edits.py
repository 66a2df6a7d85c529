"""Meta's activity log as edits, in the shapes that were seen in the field."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from facebook_business.adobjects.adactivity import AdActivity

from connectors.base import RejectedError
from connectors.changes import Edit, Subject
from connectors.channels.meta_ads import Connector
from connectors.channels.meta_ads.edits import EVENTS, FIELDS, OTHERS

from ..conftest import Answer
from .meta_replies import CURRENCY, NOON, connector, page

SINCE = NOON - timedelta(days=7)
NO_EDITS = {
    *("create_ad", "create_ad_set", "create_campaign_group", "create_campaign_legacy"),
    # names and labels
    *("update_ad_friendly_name", "update_ad_labels", "update_ad_set_name", "update_campaign_name"),
    # review, learning and delivery, by Meta itself
    *("ad_review_approved", "ad_review_declined", "first_delivery_event", "campaign_ended"),
    *("di_ad_set_learning_stage_exit", "update_ad_set_learning_stage_status"),
    *("campaign_spending_limit_reached", "lifetime_budget_spent", "update_adgroup_stop_delivery"),
    *("update_campaign_budget_scheduling_state", "update_campaign_group_budget_scheduling_state"),
    "update_delivery_type_cross_level_shift",
    # of the account: its money, people, pictures and audiences
    *("account_spending_limit_reached", "ad_account_add_user_to_role", "ad_account_billing_charge"),
    *("ad_account_billing_charge_failed", "ad_account_billing_chargeback"),
    *("ad_account_billing_chargeback_reversal", "ad_account_billing_decline"),
    *("ad_account_billing_refund", "ad_account_remove_spend_limit", "ad_account_update_status"),
    *("ad_account_remove_user_from_role", "ad_account_reset_spend_limit", "add_funding_source"),
    *("ad_account_set_business_information", "ad_account_update_audience_type_url_parameter"),
    *("ad_account_update_spend_limit", "adaccount_update_audience_segment", "billing_event"),
    *("funding_event_initiated", "funding_event_successful", "remove_funding_source"),
    *("create_adaccount_agency_fee", "create_campaign_group_agency_fee"),
    *("update_adaccount_agency_fee", "update_adaccount_agency_fee_status"),
    *("update_campaign_group_agency_fee", "add_images", "edit_images", "delete_images"),
    *("accept_custom_audience_appeal", "apply_restrictions_custom_audience", "create_audience"),
    *("create_custom_audience_appeal", "delete_audience", "receive_audience", "share_audience"),
    *("reject_custom_audience_appeal", "remove_shared_audience", "unshare_audience"),
    *("update_audience", "unknown"),
}


def entry(kind: str = "update_ad_set_budget", extra: object = None, **changes) -> dict:
    found = {"old_value": "5000", "new_value": "7500"} if extra is None else extra
    return {
        "event_time": "2026-11-18T09:12:44+0000",
        "event_type": kind,
        "actor_id": "10100",
        "actor_name": "Ana",
        "application_name": "Power Editor",
        "object_id": "12020002",
        "object_name": "Lookalike US",
        "object_type": "CAMPAIGN",
        "extra_data": json.dumps(found),
    } | changes


def pull(channel: Connector, since: datetime = SINCE) -> list[Edit]:
    return [edit for found in channel.edits(since, NOON) for edit in found]


def only(server, row: dict, *, money: bool = True) -> Edit:
    server.script(page(row), *([CURRENCY] if money else []))
    (edit,) = pull(connector(server))
    return edit


def test_an_entry_becomes_an_edit(server):
    edit = only(server, entry())
    assert edit == Edit(
        edit_id=edit.edit_id,
        at=datetime(2026, 11, 18, 9, 12, 44, tzinfo=UTC),
        subject=Subject("ad_group", "12020002", "daily_budget"),
        old=Decimal(50),
        new=Decimal(75),
        who="Ana",
        tool="Power Editor",
    )


@pytest.mark.parametrize(
    ("kind", "level", "field"),
    [
        ("update_campaign_run_status", "campaign", "status"),
        ("update_campaign_budget", "campaign", "daily_budget"),
        ("update_ad_set_run_status", "ad_group", "status"),
        ("update_ad_set_budget", "ad_group", "daily_budget"),
        ("update_ad_set_bidding", "ad_group", "cpc_bid"),
        ("update_ad_set_bid_strategy", "ad_group", "cpc_bid"),
        ("update_ad_run_status", "ad", "status"),
        ("update_ad_run_status_to_be_set_after_review", "ad", "status"),
    ],
)
def test_the_kind_of_event_tells_the_subject(server, kind, level, field):
    """The object's type does not: Meta calls an ad set CAMPAIGN there and an ad ADGROUP."""
    assert only(server, entry(kind)).subject == Subject(level, "12020002", field)


def test_the_kinds_and_fields_are_the_sdks(server):
    assert set(EVENTS) <= set(vars(AdActivity.EventType).values())
    assert set(FIELDS.split(",")) <= set(vars(AdActivity.Field).values())
    assert set(EVENTS.values()) <= connector(server).writable


@pytest.mark.parametrize("kind", sorted([*NO_EDITS, "of_tomorrow"]))
def test_what_nobody_edits_of_a_thing_is_left_out(server, kind):
    server.script(page(entry(kind)))
    assert pull(connector(server)) == []


def test_every_kind_of_the_sdk_is_an_edit_or_known_to_be_none():
    kinds = {value for name, value in vars(AdActivity.EventType).items() if name[0] != "_"}
    assert set(EVENTS) | set(OTHERS) | NO_EDITS == kinds
    assert not set(EVENTS) & set(OTHERS)
    assert not NO_EDITS & {*EVENTS, *OTHERS}


@pytest.mark.parametrize(
    ("kind", "level", "word"),
    [
        ("update_ad_set_target_spec", "ad_group", "targeting"),
        ("update_ad_set_optimization_goal", "ad_group", "optimization goal"),
        ("update_campaign_schedule", "ad_group", "schedule"),
        ("update_campaign_group_spend_cap", "campaign", "spending limit"),
        ("update_ad_creative", "ad", "creative"),
    ],
)
def test_what_we_cannot_set_is_told_by_metas_name(server, kind, level, word):
    targets = {"old_value": [{"content": "Minimum age:", "children": ["18"]}], "new_value": []}
    edit = only(server, entry(kind, targets), money=False)
    assert edit.subject == Subject(level, "12020002", "other", word)
    assert (edit.old, edit.new) == (None, None)
    assert (edit.who, edit.tool) == ("Ana", "Power Editor")


def test_a_status_that_meta_moves_itself_is_no_edit(server):
    review = {"old_value": "Pending Review", "new_value": "Active"}
    by_meta = {"actor_id": "0", "actor_name": "Meta", "application_name": None}
    server.script(page(entry("update_ad_run_status", review, **by_meta)))
    assert pull(connector(server)) == []


def test_a_setting_that_meta_changes_itself_is_an_edit(server):
    by_meta = {"actor_id": "0", "actor_name": "Meta", "application_name": None}
    edit = only(server, entry("update_ad_set_target_spec", **by_meta), money=False)
    assert (edit.who, edit.subject.item) == ("Meta", "targeting")


@pytest.mark.parametrize(("seconds", "edits"), [(0, 0), (3, 0), (60, 0), (61, 1)])
def test_how_a_thing_was_made_is_no_edit_of_it(server, seconds, edits):
    made = entry("create_ad_set", event_time="2026-11-18T09:12:00+0000")
    moment = datetime(2026, 11, 18, 9, 12, tzinfo=UTC) + timedelta(seconds=seconds)
    told = entry("update_ad_set_target_spec", event_time=moment.strftime("%Y-%m-%dT%H:%M:%S+0000"))
    beside = entry("update_ad_set_target_spec", object_id="12020009")
    server.script(page(told, after="b"), page(beside, made))
    found = [edit.subject.entity_id for edit in pull(connector(server))]
    assert found == [*["12020002"] * edits, "12020009"]


@pytest.mark.parametrize(
    ("extra", "old", "new"),
    [
        ({"old_value": "Active", "new_value": "Inactive"}, "enabled", "paused"),
        ({"old_value": "ACTIVE", "new_value": "PAUSED"}, "enabled", "paused"),
        ({"old_value": "Inactive", "new_value": "Archived"}, "paused", "removed"),
        ({"old_value": "Active", "new_value": "Pending Process"}, "enabled", None),
        ({"old_value": "Activo", "new_value": "Inactivo"}, None, None),
        ({"run_status": {"old_value": 1, "new_value": 15}}, None, None),
        ({"old_value": 1, "new_value": None}, None, None),
    ],
)
def test_words_of_a_status(server, extra, old, new):
    edit = only(server, entry("update_ad_set_run_status", extra))
    assert (edit.old, edit.new) == (old, new)


@pytest.mark.parametrize(
    ("extra", "old", "new"),
    [
        ({"old_value": 5000, "new_value": 7550}, 50, Decimal("75.5")),
        (
            {
                "old_value": {"old_value": 5000, "type": "Per day"},
                "new_value": {"new_value": 7500, "type": "Per day"},
            },
            50,
            75,
        ),
        (
            {
                "old_value": {"old_value": 308993000, "type": "Lifetime budget"},
                "new_value": {"new_value": 7500, "type": "Per day"},
            },
            None,
            75,
        ),
        ({"old_value": "n/a", "new_value": "7500"}, None, 75),
        ({"old_value": True, "new_value": 75.5}, None, None),
        ({"old_value": "-5", "new_value": "٣"}, None, None),
        ({"old_value": [1], "new_value": {"x": 1}}, None, None),
        ({"new_value": "7500"}, None, 75),
        ({}, None, None),
        ([1, 2], None, None),
        ("a sentence", None, None),
    ],
)
def test_amounts_of_a_budget(server, extra, old, new):
    edit = only(server, entry(extra=extra))
    assert (edit.old, edit.new) == (old, new)


@pytest.mark.parametrize("raw", [None, "", "no json at all", {"old_value": 1, "new_value": 2}])
def test_details_of_another_shape_are_still_an_edit(server, raw):
    edit = only(server, entry(extra_data=raw))
    assert (edit.who, edit.subject.field) == ("Ana", "daily_budget")


def test_amounts_are_in_the_accounts_currency(server):
    server.script(page(entry()), CURRENCY | {"currency": "JPY"})
    (edit,) = pull(connector(server))
    assert (edit.old, edit.new) == (5000, 7500)


@pytest.mark.parametrize(
    ("changes", "who", "tool"),
    [
        ({"actor_name": None}, "10100", "Power Editor"),
        ({"actor_name": None, "actor_id": None, "application_name": None}, "", ""),
    ],
)
def test_who_is_named_as_well_as_meta_does(server, changes, who, tool):
    edit = only(server, entry(**changes))
    assert (edit.who, edit.tool) == (who, tool)


def test_a_time_in_seconds_is_read_too(server):
    assert only(server, entry(event_time=1763457164)).at == datetime(
        2025, 11, 18, 9, 12, 44, tzinfo=UTC
    )


def test_the_same_entry_has_the_same_id_and_another_one_another(server):
    rows = [
        entry(),
        entry(),
        entry(extra={"old_value": "5000", "new_value": "7501"}),
        entry(object_id="12020009"),
        entry(event_time="2026-11-18T09:12:45+0000"),
        entry("update_ad_set_run_status"),
    ]
    server.script(page(*rows), CURRENCY)
    ids = [edit.edit_id for edit in pull(connector(server))]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5


def test_the_span_is_asked_for_in_seconds_and_pieces_of_a_month(server):
    server.script(page())
    assert pull(connector(server), NOON - timedelta(days=75)) == []
    spans = [(int(s.query["since"]), int(s.query["until"])) for s in server.seen]
    assert [(until - since) / 86400 for since, until in spans] == [30, 30, 15]
    assert [until for _, until in spans[:-1]] == [since for since, _ in spans[1:]]
    assert spans[-1][1] == int(NOON.timestamp())
    assert {seen.path for seen in server.seen} == {"/v26.0/act_1234500001/activities"}


def test_pages_follow_their_cursor(server):
    server.script(page(entry(), after="b"), page(entry(object_id="12020009")), CURRENCY)
    assert [edit.subject.entity_id for edit in pull(connector(server))] == ["12020002", "12020009"]
    assert server.seen[1].query["after"] == "b"


def test_no_span_asks_for_nothing(server):
    assert list(connector(server).edits(NOON, NOON)) == []
    assert server.seen == []


def test_before_the_logs_reach_is_refused(server):
    channel = connector(server)
    with pytest.raises(RejectedError, match="90 days"):
        pull(channel, NOON - timedelta(days=channel.edit_history_days, seconds=1))
    assert server.seen == []


@pytest.mark.parametrize(
    "row", [{"event_time": "2026-11-18T09:12:44+0000"}, entry(event_time="soon"), 7]
)
def test_a_log_of_another_shape_is_refused(server, row):
    server.script(Answer(page(row)), CURRENCY)
    with pytest.raises(RejectedError, match="unknown shape"):
        pull(connector(server))
