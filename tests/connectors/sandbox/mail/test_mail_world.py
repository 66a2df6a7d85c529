"""The simulated services' shared truth: the same for a seed, growing, with what goes wrong."""

from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from connectors.sandbox import DEMO_TODAY
from connectors.sandbox.mail import MailAccount, MailWorld, demo_mail
from connectors.sandbox.mail.figures import Rates, earned
from connectors.sandbox.mail.history import ACCOUNTS, BASKET, BROKEN_AGO, COMPLAINTS_AGO
from connectors.sandbox.mail.world import made_id

KEY = ("klaviyo", ACCOUNTS["klaviyo"])
NOW = datetime(2026, 11, 2, 18, tzinfo=UTC)


def world(seed=1, now=NOW):
    made = demo_mail(seed)
    made.now = lambda: now
    return made


def earnings(mail):
    return [mail.came_of(KEY, one) for one in mail.campaigns(KEY)]


def test_a_seed_gives_the_same_and_another_one_another():
    assert earnings(world(1)) == earnings(world(1))
    assert earnings(world(1)) != earnings(world(2))


def test_there_are_400_days_of_campaigns_and_none_of_tomorrow():
    sent = [one.sent_at for one in world().campaigns(KEY)]
    assert sent[0].date() == DEMO_TODAY - timedelta(days=400)
    assert len(sent) == 101
    assert max(sent) <= NOW
    assert len(list(world(now=NOW + timedelta(days=4)).campaigns(KEY))) == 102


@pytest.mark.parametrize("recipients", [1, 40, 9000])
def test_no_figure_ever_falls_and_after_a_month_none_moves(recipients):
    ages = [timedelta(hours=h) for h in (0, 1, 5, 24, 72, 240, 720, 2400)]
    told = [astuple(earned(3, "x", recipients, Rates(), age)) for age in ages]
    assert all(a <= b for one, other in pairwise(told) for a, b in zip(one, other, strict=True))
    assert told[-1] == told[-2]


def test_before_it_is_sent_nothing_has_come_of_it():
    assert earned(1, "x", 100, Rates(), timedelta(hours=-1)).recipients == 0


def test_what_was_sent_is_what_arrived_and_what_bounced():
    for came in earnings(world()):
        assert came.delivered + came.hard + came.soft == came.recipients
        assert came.delivered > 0


def test_one_campaign_drew_complaints():
    mail = world()
    shares = {
        one.sent_at.date(): mail.came_of(KEY, one).complaints / one.recipients
        for one in mail.campaigns(KEY)
    }
    bad = [day for day, share in shares.items() if share > 0.002]
    assert len(bad) == 1
    assert DEMO_TODAY - bad[0] <= timedelta(days=COMPLAINTS_AGO)


def test_a_flow_stopped_sending_when_its_trigger_broke():
    mail = world()
    flow = next(one for one in mail.accounts[KEY].flows if one.number == BASKET)
    broke = DEMO_TODAY - timedelta(days=BROKEN_AGO)
    sent = [mail.flow_day(KEY, flow, 0, broke + timedelta(days=i)).recipients for i in (-1, 0, 5)]
    assert sent[0] > 30
    assert sent[1:] == [0, 0]
    other = mail.accounts[KEY].flows[0]
    assert mail.flow_day(KEY, other, 0, broke).recipients > 20


def test_clicks_wear_out_slowly():
    mail = world()
    rates = [one.rates.clicks for one in mail.campaigns(KEY)]
    assert rates[0] == rates[-30] > rates[-15] > rates[-4]
    assert rates[-1] == pytest.approx(rates[0] / 2, rel=0.05)


def test_a_paused_flow_sends_nothing_from_then_on():
    mail = world(now=datetime(2026, 10, 30, 20, tzinfo=UTC))
    flow = mail.accounts[KEY].flows[0]
    mail.set_flow(KEY, flow.number, "paused")
    mail.now = lambda: NOW
    days = [mail.flow_day(KEY, flow, 0, date(2026, 10, day)).recipients for day in (29, 30, 31)]
    assert days[0] > 0
    assert days[1] > 0
    assert days[2] == 0
    assert mail.flow_status(KEY, flow.number) == "paused"
    [entry] = mail.log
    assert (entry.what, entry.number, entry.value) == ("flow", 1, "paused")


def test_today_before_noon_no_flow_has_sent():
    mail = world(now=datetime(2026, 11, 2, 9, tzinfo=UTC))
    flow = mail.accounts[KEY].flows[0]
    assert mail.flow_day(KEY, flow, 0, DEMO_TODAY).recipients == 0


def test_people_come_and_go_and_the_log_knows_them_by_number():
    mail = world()
    before = mail.members(KEY, 2)
    new = mail.meet(KEY, "New@people.example", "subscribed")
    assert mail.meet(KEY, "new@people.example", "unsubscribed") == new
    assert mail.join(KEY, 2, [new, before[0]]) == [new]
    assert mail.leave(KEY, 2, [new]) == [new]
    assert mail.leave(KEY, 2, [new]) == []
    assert mail.members(KEY, 2) == before
    assert [one.what for one in mail.log] == ["person", "joined", "left", "left"]
    assert "people.example" not in repr(mail.log)


def test_ids_depend_on_names_alone():
    assert made_id("ab", 20, "x", 1) == made_id("ab", 20, "x", 1) != made_id("ab", 20, "x", 2)


def test_without_a_clock_it_says_so():
    with pytest.raises(LookupError, match="no clock yet"):
        list(MailWorld([MailAccount("hubspot", "1")]).campaigns(("hubspot", "1")))
