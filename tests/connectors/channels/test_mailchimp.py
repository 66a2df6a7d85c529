"""Mailchimp's figures become counts on days of sending, whatever shapes they come in."""

from datetime import date, timedelta

import pytest

from config.platforms import LEVELS
from connectors.audience import AudienceChannel
from connectors.base import ReconnectError, RejectedError, TransientError, Window
from connectors.changes import ENABLED, PAUSED, Subject
from connectors.channels import mailchimp
from connectors.channels.mailchimp import Options
from connectors.channels.mailchimp.calling import PAGE
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.accounts import FLOWS

from ..conftest import Answer
from .mail_services import KEY, MAILCHIMP, Listening, answers, connector, figures, simulated, status

ROOT = {
    "account_id": MAILCHIMP,
    "account_name": "Räder & Co 🚲",
    "account_timezone": "Europe/Berlin",
}
STORES = {"stores": [{"id": "1", "currency_code": "EUR"}], "total_items": 1}
NONE = {"automations": [], "campaigns": [], "total_items": 0}
KNOWN = (ROOT, STORES)
DAY = Window(date(2026, 11, 10), date(2026, 11, 10))


def report(id_="a1", **more):
    return {
        "id": id_, "type": "regular", "send_time": "2026-11-10T09:00:00+00:00",
        "emails_sent": 1200, "abuse_reports": 1, "unsubscribed": 4,
        "bounces": {"hard_bounces": 6, "soft_bounces": 4, "syntax_errors": 0},
        "opens": {"opens_total": 812, "unique_opens": 476, "open_rate": 0.4, "last_open": ""},
        "clicks": {"unique_subscriber_clicks": 90, "click_rate": 0.0798, "last_click": ""},
        "ecommerce": {"total_orders": 3, "total_revenue": 180.5, "currency_code": "EUR"},
    } | more  # fmt: skip


def page(*rows, total=None):
    return {"reports": list(rows), "total_items": len(rows) if total is None else total}


def told(server, *pages, window=DAY):
    server.script(*answers(*KNOWN, *pages, NONE))
    return figures(connector("mailchimp", server.url), window)


def test_a_report_is_counts_on_its_day(server):
    [row] = told(server, page(report())).to_dict("records")
    assert row == {
        "entity_id": "a1", "date_day": "2026-11-10", "clicks": 90.0, "conversions": 3.0,
        "conversions_value": 180.5, "sent": 1200.0, "delivered": 1190.0, "bounced": 10.0,
        "hard_bounced": 6.0, "complaints": 1.0, "unsubscribes": 4.0, "opens": 476.0,
    }  # fmt: skip


def test_the_day_is_the_accounts_own(server):
    late = report(send_time="2026-11-09T23:30:00+00:00")  # 00:30 in Berlin
    early = report("a2", send_time="2026-11-10T23:30:00+00:00")  # already the 11th
    assert list(told(server, page(late, early))["entity_id"]) == ["a1"]
    query = server.seen[2].query
    assert query["since_send_time"] == "2026-11-09T22:59:59+00:00"
    assert query["before_send_time"] == "2026-11-10T23:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "since", "before"),
    [
        (date(2026, 3, 29), "2026-03-28T22:59:59", "2026-03-29T22:00:00"),  # 23 hours
        (date(2026, 10, 25), "2026-10-24T21:59:59", "2026-10-25T23:00:00"),  # 25 hours
    ],
)
def test_a_day_may_be_shorter_or_longer(server, day, since, before):
    server.script(*answers(*KNOWN, page(), NONE))
    assert list(connector("mailchimp", server.url).performance("campaign", Window(day, day))) == []
    query = server.seen[2].query
    assert query["since_send_time"] == f"{since}+00:00"
    assert query["before_send_time"] == f"{before}+00:00"


@pytest.mark.parametrize(
    ("more", "unknown"),
    [
        ({"opens": None}, {"opens"}),
        ({"clicks": {}}, {"clicks"}),
        ({"ecommerce": None}, {"conversions", "conversions_value"}),
        ({"bounces": {"hard_bounces": 6}}, {"bounced", "delivered"}),
        ({"abuse_reports": None}, {"complaints"}),
        ({"unsubscribed": ""}, {"unsubscribes"}),
    ],
)
def test_what_is_missing_is_unknown_and_not_zero(server, more, unknown):
    [row] = told(server, page(report(**more))).to_dict("records")
    assert {name for name, value in row.items() if value != value} == unknown


def test_another_currency_is_unknown_and_never_added(server):
    other = {"total_orders": 3, "total_revenue": 20.0, "currency_code": "USD"}
    none = {"total_orders": 0, "total_revenue": 0, "currency_code": "USD"}
    frame = told(server, page(report(ecommerce=other), report("a2", ecommerce=none)))
    assert frame["conversions_value"].isna().tolist() == [True, False]
    assert frame["conversions"].tolist() == [3, 0]


@pytest.mark.parametrize("kind", ["automation", "rss", "a-word-of-tomorrow"])
def test_what_sends_again_and_again_has_no_day(server, kind):
    server.script(*answers(*KNOWN, page(report(type=kind)), NONE))
    assert list(connector("mailchimp", server.url).performance("campaign", DAY)) == []


@pytest.mark.parametrize("send_time", ["", None])
def test_what_has_not_been_sent_has_no_day(server, send_time):
    server.script(*answers(*KNOWN, page(report(send_time=send_time)), NONE))
    assert list(connector("mailchimp", server.url).performance("campaign", DAY)) == []


def test_automations_are_unknown_from_their_first_day_on(server):
    rows = [
        {"id": "f1", "start_time": "2026-11-09T23:30:00+00:00"},
        {"id": "f2", "start_time": ""},
    ]
    rss = {"id": "r1", "type": "rss", "send_time": "2026-01-01T00:00:00+00:00"}
    found = {"automations": rows, "total_items": 2}, {"campaigns": [rss], "total_items": 1}
    server.script(*answers(*KNOWN, page(), *found))
    window = Window(date(2026, 11, 9), date(2026, 11, 10))
    frame = figures(connector("mailchimp", server.url), window)
    assert frame[["entity_id", "date_day"]].to_numpy().tolist() == [
        ["r1", "2026-11-09"], ["f1", "2026-11-10"], ["r1", "2026-11-10"],
    ]  # fmt: skip
    assert frame.drop(columns=["entity_id", "date_day"]).isna().all(axis=None)


def test_a_page_that_is_exactly_full_is_not_the_last_by_itself(server):
    rows = [report(f"a{i}") for i in range(PAGE)]
    frame = told(server, page(*rows, total=PAGE + 1), page(report("last"), total=PAGE + 1))
    assert len(frame) == PAGE + 1
    assert [seen.query["offset"] for seen in server.seen[2:4]] == ["0", str(PAGE)]


def test_a_total_that_is_larger_than_the_rows_ends_with_an_empty_page(server):
    assert len(told(server, page(report(), total=3), page(total=3))) == 1


def test_rows_that_shift_between_pages_count_once(server):
    pages = page(report("a"), report("b"), total=3), page(report("b"), total=3)
    assert list(told(server, *pages)["entity_id"]) == ["a", "b"]


def test_nothing_personal_is_ever_asked_for():
    session = Listening()
    with simulated("mailchimp", session=session) as (_, channel):
        channel.account()
        list(channel.entities(["account", "campaign"]))
        figures(channel, Window(date(2026, 10, 1), date(2026, 11, 1)))
    asked = [query for _, query in session.asked]
    assert all("fields" in query for query in asked)
    personal = ("email_address", "merge", "ip_", "location", "full_name", "sent_to")
    assert not [query for query in asked if any(word in query["fields"] for word in personal)]
    assert not [query for query in asked if "rate" in query["fields"]]


@pytest.mark.parametrize(
    ("currencies", "currency"), [(["EUR"], "EUR"), (["EUR", "USD"], "XXX"), ([], "XXX")]
)
def test_the_currency_is_that_of_all_stores(server, currencies, currency):
    stores = [{"id": str(i), "currency_code": code} for i, code in enumerate(currencies)]
    server.script(*answers(ROOT, {"stores": stores, "total_items": len(stores)}))
    account = connector("mailchimp", server.url).account()
    assert (account.currency, account.name) == (currency, "Räder & Co 🚲")


def test_a_key_of_another_account_is_refused(server):
    server.script(*answers({**ROOT, "account_id": "other"}))
    with pytest.raises(RejectedError, match="the key is of account other"):
        connector("mailchimp", server.url).account()


HTML = {"Content-Type": "text/html"}
LIMITS = [
    Answer(b"<html>Forbidden</html>", 403, HTML),
    Answer(b"", 403, HTML),
    Answer(b"Too many", 429, HTML),
    Answer({"title": "Too Many Requests", "status": 429, "detail": "..."}, 429),
]


@pytest.mark.parametrize("answer", LIMITS, ids=repr)
def test_a_bare_403_is_too_many_calls_and_passes(server, answer):
    server.script(answer, *answers(ROOT, STORES))
    assert connector("mailchimp", server.url).account().currency == "EUR"


def test_a_403_that_says_why_is_final(server):
    forbidden = {"title": "Forbidden", "status": 403, "detail": "You don't have permission"}
    server.script(Answer(forbidden, 403, {"Content-Type": "application/problem+json"}))
    with pytest.raises(RejectedError, match="403 Forbidden; the key's user needs the role"):
        connector("mailchimp", server.url).account()
    assert len(server.seen) == 1


def test_a_wrong_datacenter_is_named(server):
    server.script(Answer({"title": "API Key Invalid", "status": 401}, 401))
    with pytest.raises(ReconnectError, match="check api_key and its datacenter"):
        connector("mailchimp", server.url).account()


def test_an_address_in_an_error_stays_there(server):
    errors = [{"field": "email_address", "message": "jane@people.example is fake"}]
    detail = "jane@people.example looks fake or invalid"
    body = {"title": "Invalid Resource", "status": 400, "detail": detail, "errors": errors}
    server.script(Answer(body, 400))
    with pytest.raises(RejectedError, match=r"400 Invalid Resource \(email_address\)") as caught:
        connector("mailchimp", server.url).account()
    assert "jane" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "more", "address"),
    [
        ("x-us19", {}, "https://us19.api.mailchimp.com"),
        ("token", {"datacenter": "us7"}, "https://us7.api.mailchimp.com"),
        ("x-us19", {"base_url": "http://127.0.0.1:1/mailchimp/"}, "http://127.0.0.1:1/mailchimp"),
    ],
)
def test_the_datacenter_is_in_the_key(key, more, address):
    assert Options(account_id="1", api_key=key, **more).address == address


def test_a_key_without_a_datacenter_needs_one():
    with pytest.raises(ValueError, match="give the option datacenter"):
        Options(account_id="1", api_key="a-token")


def test_core_metrics_are_built_in():
    with pytest.raises(ValueError, match="clicks is built in"):
        Options(account_id="1", api_key="x-us1", metrics={"clicks": "unique_opens"})


def test_levels_are_those_that_are_known():
    assert LEVELS["mailchimp"] == mailchimp.LEVELS
    channel = connector("mailchimp", "http://127.0.0.1:1")
    assert isinstance(channel, AudienceChannel)
    with pytest.raises(RejectedError, match="has no figures of level ad"):
        list(channel.performance("ad", DAY))
    with pytest.raises(RejectedError, match="no breakdown"):
        list(channel.performance("campaign", DAY, "age"))
    with pytest.raises(RejectedError, match="has no level ad"):
        list(channel.entities(["ad"]))


def test_what_comes_is_what_the_world_has_and_grows():
    window = Window(date(2026, 10, 20), date(2026, 11, 1))
    with simulated("mailchimp") as (sandbox, channel):
        mail, key = sandbox.mail, ("mailchimp", MAILCHIMP)
        first = figures(channel, window).dropna()
        for campaign in mail.campaigns(key):
            if window.start <= campaign.sent_at.date() <= window.end:
                came = mail.came_of(key, campaign)
                [row] = first[first["date_day"] == f"{campaign.sent_at.date()}"].to_dict("records")
                assert (row["sent"], row["clicks"]) == (came.recipients, came.clicks)
                assert row["conversions_value"] == came.revenue
        sandbox.advance(5)
        later = figures(channel, window).dropna()
    assert list(later["entity_id"]) == list(first["entity_id"])
    assert later["conversions"].sum() > first["conversions"].sum()


def test_a_year_and_a_bit_is_pulled_in_few_calls():
    with simulated("mailchimp") as (sandbox, channel):
        frame = figures(channel, Window(date(2025, 9, 28), date(2026, 11, 1)))
        assert len(sandbox.requests) == 5
    assert frame["sent"].notna().sum() == 100
    complained = frame.assign(share=frame["complaints"] / frame["delivered"])
    assert (complained["share"] > 0.002).sum() == 1


def test_entities_are_campaigns_and_automations():
    with simulated("mailchimp") as (_, channel):
        found = [one for page in channel.entities(["campaign"]) for one in page]
        [account] = [one for page in channel.entities(["account"]) for one in page]
    kinds = [one.details["type"] for one in found]
    assert (kinds.count("regular"), kinds.count("automation")) == (101, len(FLOWS))
    assert {one.status for one in found} == {"ended", "enabled"}
    assert len({one.entity_id for one in found}) == len(found)
    assert account.entity_id == MAILCHIMP


def test_words_that_nobody_knows_are_unknown(server):
    rows = [{"id": "a", "type": "regular", "status": "resting", "settings": {"title": ""}}]
    campaigns = {"campaigns": rows, "total_items": 1}
    server.script(*answers(campaigns, {"automations": [], "total_items": 0}))
    channel = connector("mailchimp", server.url)
    [entity] = [one for page in channel.entities(["campaign"]) for one in page]
    assert (entity.status, entity.name) == ("unknown", "a")


def test_an_automation_is_paused_and_started():
    with simulated("mailchimp") as (sandbox, channel):
        found = [one for page in channel.entities(["campaign"]) for one in page]
        flow = next(one.entity_id for one in found if one.details["type"] == "automation")
        subject = Subject("campaign", flow, "status")
        for after in (PAUSED, ENABLED):
            [answer] = channel.write([status(flow, after)])
            assert answer.state == "accepted"
            assert channel.settings([subject])[subject].value == after
        assert [entry.value for entry in sandbox.mail.log] == ["paused", "live"]


def test_a_campaign_cannot_be_paused_and_what_is_not_there_is_left_out():
    with simulated("mailchimp") as (_, channel):
        [first, *_] = next(channel.entities(["campaign"]))
        asked = [Subject("campaign", id_, "status") for id_ in (first.entity_id, "nowhere")]
        found = channel.settings(asked)
    assert list(found) == asked[:1]
    assert found[asked[0]].value == "ended"
    assert "sent once" in found[asked[0]].fixed


@pytest.mark.parametrize(("word", "fixed"), [("save", True), ("sending", False), ("odd", True)])
def test_a_draft_is_never_started(server, word, fixed):
    server.script({"id": "f1", "status": word})
    subject = Subject("campaign", "f1", "status")
    setting = connector("mailchimp", server.url).settings([subject])[subject]
    assert bool(setting.fixed) == fixed


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"kind": "cut_after"}, "unknown"),
        ({"kind": "cut_before"}, "unknown"),
        ({"kind": "status_after", "status": 503}, "unknown"),
        ({"kind": "throttle"}, "refused"),
        ({"kind": "html", "status": 403}, "refused"),
        ({"kind": "permission_denied"}, "refused"),
    ],
)
def test_what_became_of_a_write_is_said_as_it_is(fault, state):
    with simulated("mailchimp") as (sandbox, channel):
        flow = sandbox.mail.accounts["mailchimp", MAILCHIMP].flows[0]
        found = [one for page in channel.entities(["campaign"]) for one in page]
        id_ = next(one.entity_id for one in found if one.name == flow.name)
        sandbox.faults.add(Fault(**fault, method="POST"))
        first, second = channel.write([status(id_, PAUSED), status(id_, ENABLED, PAUSED)])
        assert first.state == state
        assert second.state == ("accepted" if fault["kind"] == "permission_denied" else "refused")
        if fault["kind"] in ("cut_after", "status_after"):
            assert sandbox.mail.flow_status(("mailchimp", MAILCHIMP), flow.number) == "paused"


def test_a_dead_key_is_raised_and_nothing_together(server):
    server.script(Answer({"title": "API Key Invalid", "status": 401}, 401))
    channel = connector("mailchimp", server.url)
    with pytest.raises(ReconnectError):
        channel.write([status("f1", PAUSED)])
    with pytest.raises(RejectedError, match="never all or nothing"):
        channel.write([status("f1", PAUSED), status("f2", PAUSED)], together=True)
    assert channel.check([status("f1", "removed").change]) == [
        "an automation becomes enabled or paused, not removed"
    ]
    assert list(channel.edits(None, None)) == []


def test_the_key_goes_along_and_not_into_messages(server):
    server.script(Answer(status=500))
    with pytest.raises(TransientError) as caught:
        connector("mailchimp", server.url).account()
    assert server.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(caught.value)


def test_restated_for_thirty_days():
    assert mailchimp.Connector.restatement_days == timedelta(days=30).days
