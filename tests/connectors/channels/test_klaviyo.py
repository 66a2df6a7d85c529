"""Klaviyo's reports become counts on days of sending, and no report is asked for in vain."""

from datetime import date, timedelta

import pytest

from config.platforms import LEVELS
from connectors.audience import AudienceChannel
from connectors.base import (
    DescribingChannel,
    ReconnectError,
    RejectedError,
    TransientError,
    Window,
)
from connectors.changes import ENABLED, PAUSED, Subject
from connectors.channels import klaviyo
from connectors.channels.klaviyo import Options
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.accounts import FLOWS

from ..conftest import Answer, FakeTime
from .mail_services import (
    COMMON,
    KEY,
    KLAVIYO,
    Listening,
    answers,
    connector,
    figures,
    simulated,
    status,
)

ACCOUNT = {
    "data": [{"type": "account", "id": KLAVIYO, "attributes": {
        "contact_information": {"organization_name": "Räder & Co"},
        "timezone": "America/New_York", "preferred_currency": "USD"}}],
    "links": {"next": None},
}  # fmt: skip
METRICS = {"data": [{"id": "RESQ6t", "attributes": {"name": "Placed Order"}}]}
NO_FLOWS = {"data": {"attributes": {"results": [], "date_times": ["2026-11-10T00:00:00-05:00"]}}}
NO_CAMPAIGNS = {"data": {"attributes": {"results": []}}}
DAY = Window(date(2026, 11, 10), date(2026, 11, 10))
UNUSABLE = "Passed in conversion metric does not support querying for values data"


def error(detail="no", code=400, **headers):
    body = {"errors": [{"id": "e-1", "code": "invalid", "title": "Invalid input.",
                        "detail": detail}]}  # fmt: skip
    return Answer(body, code, headers)


def message(id_="M1", campaign="C1", at="2026-11-10T15:00:00+00:00", word="sent", **options):
    definition = {"name": "Hello", "status": word, "send_options": {"send_time": at, **options}}
    parent = {"campaign": {"data": {"type": "campaign", "id": campaign}}}
    return {"id": id_, "attributes": {"definition": definition}, "relationships": parent}


def listed(*rows):
    ids = {row["relationships"]["campaign"]["data"]["id"] for row in rows}
    named = {"definition": {"name": "Sale", "archived": False}}
    included = [{"id": id_, "attributes": named} for id_ in sorted(ids)]
    return {"data": list(rows), "included": included, "links": {"next": None}}


def result(id_="M1", campaign="C1", **statistics):
    groupings = {"campaign_id": campaign, "campaign_message_id": id_, "send_channel": "email"}
    told = {"recipients": 100.0, "delivered": 98.0, "clicks_unique": 7.0, "conversions": 2.0,
            "conversion_value": 31.5}  # fmt: skip
    return {"groupings": groupings, "statistics": told | statistics}


def values(*rows):
    return {"data": {"attributes": {"results": list(rows)}}, "links": {"next": None}}


def scripted(server, *, messages=(), campaigns=NO_CAMPAIGNS, flows=NO_FLOWS, **options):
    server.script(*answers(ACCOUNT, listed(*messages), METRICS, campaigns, flows))
    return connector("klaviyo", server.url, metrics={"sent": "recipients"}, **options)


def test_a_campaign_counts_on_its_day_in_the_accounts_zone(server):
    late = message("M2", "C2", at="2026-11-11T04:59:00+00:00")  # still the 10th in New York
    other = message("M3", "C3", at="2026-11-11T05:00:00+00:00")
    rows = values(result(), result("M2", "C2"), result("M3", "C3"))
    frame = figures(scripted(server, messages=[message(), late, other], campaigns=rows), DAY)
    assert list(frame["entity_id"]) == ["C1", "C2"]
    assert frame.iloc[0].to_dict() == {
        "entity_id": "C1", "date_day": "2026-11-10", "clicks": 7.0, "conversions": 2.0,
        "conversions_value": 31.5, "sent": 100.0,
    }  # fmt: skip


def test_whole_days_are_asked_for_and_no_rates(server):
    list(scripted(server).performance("campaign", DAY))
    for seen in server.seen[3:]:
        asked = seen.json()["data"]["attributes"]
        assert asked["timeframe"] == {
            "start": "2026-11-10T00:00:00+00:00", "end": "2026-11-10T23:59:59+00:00",
        }  # fmt: skip
        assert not [name for name in asked["statistics"] if "rate" in name]
        assert asked["conversion_metric_id"] == "RESQ6t"
        assert seen.headers["revision"] == "2026-10-15"
    assert server.seen[4].json()["data"]["attributes"]["interval"] == "daily"


def test_messages_of_a_campaign_are_summed_and_stand_by_themselves_too(server):
    both = [message("M1"), message("M2")]
    rows = values(result("M1"), result("M2", conversion_value=None))
    channel = scripted(server, messages=both, campaigns=rows)
    [whole] = figures(channel, DAY).to_dict("records")
    assert (whole["sent"], whole["conversions_value"]) == (200, 31.5)
    parts = figures(channel, DAY, "message")
    assert list(parts["entity_id"]) == ["M1", "M2"]
    assert len(server.seen) == 5  # nothing was asked for again
    entity = channel.describe("message", "M1")
    assert (entity.name, entity.parent_id, entity.campaign_id) == ("Hello", "C1", "C1")
    assert channel.describe("message", "elsewhere").name == "elsewhere"


def test_what_is_missing_is_unknown_and_not_zero(server):
    row = result(clicks_unique=None)
    del row["statistics"]["conversions"]
    frame = figures(scripted(server, messages=[message()], campaigns=values(row)), DAY)
    assert frame[["clicks", "conversions"]].isna().all(axis=None)
    assert frame["sent"].tolist() == [100]


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({"at": None}, []),
        ({"at": ""}, []),
        ({"at": None, "send_times": {"a": "2026-11-12T09:00:00Z", "b": "2026-11-10T20:00:00Z"}},
         ["2026-11-10"]),
    ],
)  # fmt: skip
def test_a_message_is_sent_from_its_first_moment_on(server, options, days):
    sent = message(**options)
    channel = scripted(server, messages=[sent], campaigns=values(result()))
    assert [day for frame in channel.performance("campaign", DAY) for day in frame["date_day"]] == (
        days
    )


def test_a_message_that_is_listed_no_more_is_left_out(server):
    channel = scripted(server, messages=[message("M9")], campaigns=values(result("M1")))
    assert list(channel.performance("campaign", DAY)) == []


@pytest.mark.parametrize("written", ["2026-11-01T00:00:00-04:00", "2026-10-31T20:00:00+00:00"])
def test_days_of_flows_go_by_their_order_also_where_one_has_25_hours(server, written):
    days = Window(date(2026, 11, 1), date(2026, 11, 2))  # New York's clocks go back on the 1st
    names = {"flow_id": "F1", "flow_message_id": "FM", "flow_message_name": "Hello"}
    series = {"recipients": [5.0, 6.0], "clicks_unique": [1.0, None]}
    told = {"results": [{"groupings": names, "statistics": series}],
            "date_times": [written, "2026-11-02T00:00:00-05:00"]}  # fmt: skip
    frame = figures(scripted(server, flows={"data": {"attributes": told}}), days)
    assert frame[["date_day", "sent"]].to_numpy().tolist() == [["2026-11-01", 5], ["2026-11-02", 6]]
    assert frame["clicks"].isna().tolist() == [False, True]


def test_a_series_of_other_days_than_asked_for_is_refused(server):
    told = {"results": [{"groupings": {}, "statistics": {}}], "date_times": []}
    with pytest.raises(RejectedError, match="flow-series-report: JSON of an unknown shape"):
        figures(scripted(server, flows={"data": {"attributes": told}}), DAY)


def test_a_report_of_two_pages_is_read_to_its_end(server):
    first = values(result("M1"))
    first["links"]["next"] = f"{server.url}/api/campaign-values-reports?page_cursor=x"
    pages = answers(first, values(result("M2", "C2")), NO_FLOWS)
    server.script(*answers(ACCOUNT, listed(message(), message("M2", "C2")), METRICS), *pages)
    frame = figures(connector("klaviyo", server.url), DAY)
    assert list(frame["entity_id"]) == ["C1", "C2"]


@pytest.mark.parametrize("address", ["https://evil.example/api/flows", "http://127.0.0.1:1/api"])
def test_a_next_page_at_another_host_is_refused(server, address):
    body = {"data": [], "links": {"next": address}}
    server.script(*answers(listed(), body))
    with pytest.raises(RejectedError, match="the next page is at another host"):
        list(connector("klaviyo", server.url).entities(["campaign"]))


def test_a_cursor_that_turns_in_a_circle_is_given_up(server):
    body = {"data": [], "links": {"next": f"{server.url}/api/flows?page[cursor]=x"}}
    server.script(*answers(listed(), body))
    with pytest.raises(TransientError, match="turns in a circle"):
        list(connector("klaviyo", server.url).entities(["campaign"]))


def test_pages_end_with_the_links_and_not_with_a_short_page(server):
    flow = {"attributes": {"name": "F", "status": "live", "archived": False}}
    link = f"{server.url}/api/flows?page[cursor]=x"
    pages = [
        {"data": [{"id": "F1", **flow}], "links": {"next": link}},
        {"data": [], "links": {"next": f"{link}y"}},
        {"data": [{"id": "F2", **flow}], "links": {"next": None}},
    ]
    server.script(*answers(listed(), *pages))
    found = [
        one for page in connector("klaviyo", server.url).entities(["campaign"]) for one in page
    ]
    assert [one.entity_id for one in found] == ["F1", "F2"]


def test_a_metric_that_reports_cannot_use_is_skipped_once_and_for_all(server):
    metrics = {"data": [{"id": id_, "attributes": {"name": "Placed Order"}} for id_ in "AB"]}
    server.script(*answers(ACCOUNT, listed(), metrics, error(UNUSABLE), NO_CAMPAIGNS, NO_FLOWS))
    list(connector("klaviyo", server.url).performance("campaign", DAY))
    asked = [seen.json()["data"]["attributes"]["conversion_metric_id"] for seen in server.seen[3:]]
    assert asked == ["A", "B", "B"]


@pytest.mark.parametrize(
    ("metrics", "replies", "sentence"),
    [
        ({"data": []}, (), "there is no metric Placed Order"),
        (METRICS, (error(UNUSABLE),), "reports can use none of the metrics Placed Order"),
        (METRICS, (error("odd"),), "400 invalid Invalid input.; the request itself is wrong"),
    ],
)
def test_without_a_conversion_somebody_must_say_what_is_one(server, metrics, replies, sentence):
    server.script(*answers(ACCOUNT, listed(), metrics, *replies))
    with pytest.raises(RejectedError, match=sentence):
        list(connector("klaviyo", server.url).performance("campaign", DAY))


def test_metrics_are_tried_in_the_order_in_which_they_are_wanted(server):
    metrics = {"data": [{"id": "A", "attributes": {"name": "Placed Order"}},
                        {"id": "B", "attributes": {"name": "Booked"}}]}  # fmt: skip
    server.script(*answers(ACCOUNT, listed(), metrics, NO_CAMPAIGNS, NO_FLOWS))
    wanted = ("B", "Placed Order")
    channel = connector("klaviyo", server.url, conversion_metrics=wanted)
    list(channel.performance("campaign", DAY))
    assert server.seen[3].json()["data"]["attributes"]["conversion_metric_id"] == "B"


def test_when_the_days_reports_are_used_up_nobody_sleeps_and_all_else_goes_on(server):
    time_ = FakeTime()
    throttled = error("Request was throttled.", 429, **{"Retry-After": "73473"})
    flow = {"data": {"id": "F1", "attributes": {"status": "live", "archived": False}}}
    server.script(*answers(ACCOUNT, listed(), METRICS, throttled, flow))
    channel = connector("klaviyo", server.url, time_=time_)
    with pytest.raises(TransientError, match="until 2026-11-03 05:24 UTC") as caught:
        list(channel.performance("campaign", DAY))
    assert (caught.value.retry_after, time_.slept) == (73473, [])
    assert len(server.seen) == 4
    subject = Subject("campaign", "F1", "status")
    assert channel.settings([subject])[subject].value == "enabled"


def test_a_short_wait_for_a_report_is_waited_for(server):
    time_ = FakeTime()
    throttled = error("Request was throttled.", 429, **{"Retry-After": "31"})
    server.script(*answers(ACCOUNT, listed(), METRICS, throttled, NO_CAMPAIGNS, NO_FLOWS))
    list(connector("klaviyo", server.url, time_=time_).performance("campaign", DAY))
    assert time_.slept == [31]


def test_130_days_take_four_reports_that_share_no_day_and_pass_two_a_minute():
    window = Window(date(2026, 6, 25), date(2026, 11, 1))
    time_, session = FakeTime(), Listening()
    with simulated("klaviyo", time_=time_, session=session) as (sandbox, channel):
        sandbox.mail.seconds = time_.clock
        frame = figures(channel, window)
        messages = figures(channel, window, "message")
        again = figures(channel, window)
    paths = [call for call, _ in session.asked]
    carried_out = sum("reports" in path for path in paths) - len(time_.slept)
    assert carried_out == 4
    assert 20 < sum(time_.slept) < 180
    assert not frame.duplicated(["entity_id", "date_day"]).any()
    assert again.equals(frame)
    assert messages["sent"].sum() == frame["sent"].sum()


def test_what_comes_is_what_the_world_has():
    window = Window(date(2026, 10, 20), date(2026, 11, 1))
    with simulated("klaviyo") as (sandbox, channel):
        mail, key = sandbox.mail, ("klaviyo", KLAVIYO)
        frame = figures(channel, window)
        came = [
            mail.came_of(key, one)
            for one in mail.campaigns(key)
            if window.start <= one.sent_at.date() <= window.end
        ]
        days = [window.start + timedelta(days=i) for i in range(window.days)]
        came += [
            mail.flow_day(key, flow, place, day)
            for flow in FLOWS
            for place in range(len(flow.messages))
            for day in days
        ]
    fields = ("recipients", "delivered", "bounced", "complaints", "unsubscribes", "opens")
    assert [frame[name].sum() for name in COMMON] == [
        sum(getattr(one, field) for one in came) for field in fields
    ]
    assert frame["conversions_value"].sum() == pytest.approx(sum(one.revenue for one in came))


def test_a_broken_trigger_is_zeros_and_no_gap():
    window = Window(date(2026, 10, 20), date(2026, 11, 1))
    with simulated("klaviyo") as (_, channel):
        found = [one for page in channel.entities(["campaign"]) for one in page]
        basket = next(one.entity_id for one in found if one.name == "Abandoned basket")
        frame = figures(channel, window)
    sent = frame[frame["entity_id"] == basket].set_index("date_day")["sent"]
    assert sent["2026-10-23"] > 30
    assert sent["2026-10-24":].tolist() == [0] * 9


def test_nothing_personal_is_asked_for():
    session = Listening()
    with simulated("klaviyo", session=session) as (_, channel):
        channel.account()
        list(channel.entities(["account", "campaign"]))
        figures(channel, Window(date(2026, 10, 1), date(2026, 11, 1)))
    assert not [path for path, _ in session.asked if "profile" in path or "events" in path]


def test_entities_are_campaigns_and_flows():
    with simulated("klaviyo") as (_, channel):
        found = [one for page in channel.entities(["account", "campaign"]) for one in page]
        assert list(channel.entities(["message"])) == []
    kinds = [one.details.get("type") for one in found]
    assert kinds.count("campaign") == 101
    assert kinds.count("flow") == len(FLOWS)
    assert found[0].name == "Acme Shop"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["sent", "sent"], "ended"),
        (["sent", "scheduled"], "enabled"),
        (["draft"], "paused"),
        (["a-word-of-tomorrow"], "unknown"),
        (["cancelled"], "ended"),
    ],
)
def test_a_campaign_is_what_its_liveliest_message_is(server, words, state):
    rows = [message(f"M{i}", word=word) for i, word in enumerate(words)]
    server.script(*answers(listed(*rows), {"data": []}))
    [campaign] = next(connector("klaviyo", server.url).entities(["campaign"]))
    assert (campaign.status, campaign.name) == (state, "Sale")


@pytest.mark.parametrize(
    ("attributes", "value", "fixed"),
    [
        ({"status": "live"}, "enabled", ""),
        ({"status": "draft"}, "paused", ""),
        ({"status": "manual"}, "enabled", "manual"),
        ({"status": "live", "archived": True}, "removed", "archived"),
        ({"status": "odd"}, "unknown", "does not know"),
    ],
)
def test_what_a_flow_is_set_to_and_whether_it_can_be_changed(server, attributes, value, fixed):
    server.script({"data": {"id": "F1", "attributes": attributes}})
    subject = Subject("campaign", "F1", "status")
    setting = connector("klaviyo", server.url).settings([subject])[subject]
    assert setting.value == value
    assert bool(setting.fixed) == bool(fixed)
    assert fixed in setting.fixed


def test_a_flow_is_paused_and_started():
    with simulated("klaviyo") as (sandbox, channel):
        found = [one for page in channel.entities(["campaign"]) for one in page]
        flow = next(one.entity_id for one in found if one.details["type"] == "flow")
        subject = Subject("campaign", flow, "status")
        for after in (PAUSED, ENABLED):
            [answer] = channel.write([status(flow, after)])
            assert answer.state == "accepted"
            assert channel.settings([subject])[subject].value == after
        assert [entry.value for entry in sandbox.mail.log] == ["paused", "live"]
        assert channel.settings([Subject("campaign", found[0].entity_id, "status")]) == {}


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"kind": "cut_after"}, "unknown"),
        ({"kind": "status_after", "status": 504}, "unknown"),
        ({"kind": "throttle"}, "refused"),
        ({"kind": "permission_denied"}, "refused"),
    ],
)
def test_what_became_of_a_write_is_said_as_it_is(fault, state):
    with simulated("klaviyo") as (sandbox, channel):
        found = [one for page in channel.entities(["campaign"]) for one in page]
        flow = next(one.entity_id for one in found if one.details["type"] == "flow")
        sandbox.faults.add(Fault(**fault, method="PATCH"))
        first, second = channel.write([status(flow, PAUSED), status(flow, ENABLED, PAUSED)])
        assert first.state == state
        assert second.state == ("accepted" if fault["kind"] == "permission_denied" else "refused")
        done = fault["kind"] in ("cut_after", "status_after")
        subject = Subject("campaign", flow, "status")
        assert (channel.settings([subject])[subject].value == PAUSED) == done


def test_what_the_key_lacks_and_what_is_too_old_is_said(server):
    server.script(error("needs flows:read", 403))
    with pytest.raises(RejectedError, match="scopes that the options name"):
        connector("klaviyo", server.url).account()
    server.script(error("retired", 410))
    with pytest.raises(RejectedError, match="set the option revision"):
        connector("klaviyo", server.url).account()
    server.script(error("A timeout occurred", 524))
    with pytest.raises(TransientError, match="524"):
        connector("klaviyo", server.url).account()


def test_an_address_in_an_error_stays_there(server):
    server.script(error("jane@people.example is not valid"))
    with pytest.raises(RejectedError, match="400 invalid Invalid input") as caught:
        connector("klaviyo", server.url).account()
    assert "jane" not in str(caught.value)


def test_a_key_of_another_account_is_refused(server):
    server.script(ACCOUNT)
    channel = klaviyo.Connector(Options(account_id="Other1", api_key=KEY, base_url=server.url))
    with pytest.raises(RejectedError, match=f"the key is of account {KLAVIYO}"):
        channel.account()


def test_a_dead_key_is_raised_and_nothing_together(server):
    server.script(error("bad", 401))
    channel = connector("klaviyo", server.url)
    with pytest.raises(ReconnectError):
        channel.write([status("F1", PAUSED)])
    with pytest.raises(RejectedError, match="never all or nothing"):
        channel.write([status("F1", PAUSED), status("F2", PAUSED)], together=True)
    assert channel.check([status("F1", "removed").change]) == [
        "a flow becomes enabled or paused, not removed"
    ]
    assert list(channel.edits(None, None)) == []


def test_levels_are_those_that_are_known():
    channel = connector("klaviyo", "http://127.0.0.1:1")
    assert isinstance(channel, AudienceChannel)
    assert isinstance(channel, DescribingChannel)
    assert LEVELS["klaviyo"] == klaviyo.LEVELS
    for level, breakdown, why in (("ad", "", "no figures of ad"), ("campaign", "age", "breakdown")):
        with pytest.raises(RejectedError, match=why):
            list(channel.performance(level, DAY, breakdown))
    with pytest.raises(RejectedError, match="has no level ad"):
        list(channel.entities(["ad"]))
    with pytest.raises(ValueError, match="conversions is built in"):
        Options(account_id="1", api_key="x", metrics={"conversions": "recipients"})
