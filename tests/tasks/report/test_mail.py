"""What does a report say of customers and of the mail that they get?"""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from connectors.mail_lists import ListGrowth, Turnover
from tasks.mailing.evidence import Halted
from tasks.report import customer_words
from tasks.report import mail_words as words
from tasks.report.mail import MailMaterial, mail_of
from tasks.report.mail_customers import MOST_MOVES, NO_ORDERS, customer_list
from tasks.report.mail_model import Growth, Reached, Size, TestArm
from tasks.report.mail_sent import MOST_SOURCES, sending_of
from tests.tasks.report import visible
from tests.tasks.report.mailings import (
    ASKED_SINCE,
    DAY,
    NOW,
    WEEK_AGO,
    customers,
    full,
    messages,
    no_model,
    providers,
    sending,
    sequence,
    sums,
)

BERLIN = ZoneInfo("Europe/Berlin")


def listed(**changes):
    return customer_list(customers(**changes), "EUR", BERLIN)


def sent(**changes):
    return sending_of(sending(**changes), "EUR", BERLIN).sent


def test_a_report_about_something_else_says_nothing_of_mail():
    assert mail_of(None, visible.brand()) is None


def test_a_brand_whose_mail_services_send_is_told_of_its_customers_only():
    mail = mail_of(replace(full(), sending=None), visible.brand())
    assert mail.customers is not None
    assert mail.sending is None
    assert mail_of(MailMaterial(None, sending()), visible.brand()).customers is None


def test_stages_have_their_size_their_moves_and_what_is_expected_of_them():
    rows = {row.stage: row for row in listed().stages}
    assert [*rows] == ["subscriber", "new", "active", "at_risk", "lapsed", "won_back"]
    assert rows["active"].size == Size(3120, 3098, 118, 96)
    assert (rows["active"].told, rows["active"].expected) == (312, pytest.approx(312 * 182.9))
    assert (rows["subscriber"].told, rows["subscriber"].expected) == (0, None), "unknown, not zero"


def test_a_stage_that_nobody_was_ever_in_has_nobody_now_and_before():
    its = [it for it in customers().stages if it.segment != "won_back"]
    assert listed(stages=its).stages[-1].size == Size(0, 0, 0, 0)


def test_a_week_ago_is_unknown_before_stages_were_kept():
    its = [Turnover(it.segment, WEEK_AGO + DAY, it.now, 0, it.now, 0) for it in customers().stages]
    assert {row.size for row in listed(stages=its).stages} == {
        Size(it.now, None, None, None) for it in its
    }


def test_without_orders_there_is_no_stage_and_no_value():
    its = listed(stages=[], model=None, moves=customers().moves[:0])
    assert its.stages == ()
    assert its.no_model == NO_ORDERS


def test_why_there_is_no_model_is_told_once():
    assert listed(model=no_model()).no_model == "7 customers ordered again, and 10 are needed"
    assert listed().no_model == ""
    assert customer_words.no_model(listed()) == customer_words.CANNOT_KNOW


def test_segments_stand_in_the_order_of_the_file_with_what_cannot_be_told():
    rows = listed().segments
    assert [row.title for row in rows] == [
        "Good customers that we are losing", "Best customers", "Customers in Germany",
        "Birthday is known",
    ]  # fmt: skip
    assert rows[1].size == Size(608, 601, 12, 5)
    assert [row.unknown for row in rows] == [0, 3, 1204, 9000]


def test_a_segment_that_is_new_has_no_size_of_a_week_ago():
    german, birthday = listed().segments[2:]
    assert german.size == Size(7113, None, None, None)
    assert birthday.size == Size(0, None, None, None)


def test_overlaps_are_told_where_anybody_is_in_both():
    assert [(it.one, it.other, it.people) for it in listed().shared] == [
        ("Customers in Germany", "Best customers", 402),
        ("Good customers that we are losing", "Best customers", 71),
    ]


def test_moves_beyond_those_told_are_counted():
    many = pd.DataFrame([("new", "active", 9)] * 11, columns=["left", "entered", "people"])
    its = listed(moves=many)
    assert (len(its.moves), its.moves_left) == (MOST_MOVES, 3)


def test_growth_says_since_when_where_nobody_was_known_before():
    assert listed().growth == Growth(389, 112, 27, None)
    assert listed().growth.net == 250
    young = listed(growth=ListGrowth(ASKED_SINCE + 20 * DAY, 3, 1, 0))
    assert young.growth.since == (ASKED_SINCE + 20 * DAY).date()
    assert listed(growth=None).growth is None


def test_sources_that_sent_most_come_first_with_their_messages_in_the_order_of_the_file():
    its = sent()
    assert [(row.title, row.reached.sent) for row in its.sequences] == [
        ("Welcome", 749), ("gone", 61), ("Win back", 46),
    ]  # fmt: skip
    assert [(row.name, row.template) for row in its.sequences[0].messages] == [
        ("hello", "welcome_1"), ("more · long", "welcome_2_long"), ("more · short", "welcome_2"),
    ]  # fmt: skip
    assert [row.title for row in its.campaigns] == ["November news", "First frost"]
    assert [(row.name, row.template) for row in its.campaigns[1].messages] == [
        ("plain", "plain_news"), ("warm", "newsletter"),
    ]  # fmt: skip


def test_a_single_message_is_told_with_its_source():
    november, win_back = sent().campaigns[0], sent().sequences[2]
    assert (november.template, november.messages) == ("newsletter", ())
    assert (win_back.template, win_back.messages) == ("win_back", ())


def test_a_source_that_is_stopped_or_has_no_file_says_so():
    states = {row.title: row.state for row in sent().sequences}
    assert states == {"Welcome": "running", "Win back": "stopped", "gone": ""}


def test_what_sent_nothing_is_not_told_and_what_is_unknown_of_a_message_is_unknown_of_all():
    figures = messages()
    assert "silent" not in [row.title for row in sent().campaigns]
    figures.loc[figures["entity_id"] == "sequence/welcome/hello", "clicks"] = float("nan")
    welcome = sent(messages=figures).sequences[0]
    assert welcome.reached.clicked is None
    assert welcome.reached.delivered == 741


def test_sources_beyond_those_told_are_counted():
    many = {f"sequence__s{place}__a": (100 + place,) * 8 for place in range(MOST_SOURCES + 4)}
    its = sent(messages=sums(**many))
    assert (len(its.sequences), its.left) == (MOST_SOURCES, 4)
    assert its.sequences[0].title == f"s{MOST_SOURCES + 3}"


def test_who_is_inside_is_told_by_step_and_who_left_by_reason():
    welcome, win_back = sent().inside
    assert welcome.people == 251
    assert welcome.steps == (("hello", 9), ("pause", 184), ("more", 58))
    assert welcome.finished == 2204
    assert welcome.left == (("order", 96), ("unsubscribed", 21))
    assert (win_back.finished, win_back.left) == (0, ())


def test_what_keeps_messages_from_people_is_told_with_its_reason():
    lines = [f"{row.source} {words.trouble(row)}" for row in sent().troubles]
    assert lines == [
        "Sequence Win back is stopped since 9 Nov 06:00 by breaker: "
        "3 of 46 messages bounced for good: too many for so few",
        "Sequence Welcome 2 messages are in doubt since 7 Nov 06:00: sent or not, nobody knows; "
        "counted as sent",
        "Campaign November news 1 message is in doubt since 5 Nov 06:00: sent or not, nobody "
        "knows; counted as sent",
        "Sequence Welcome 14 messages will never be sent: held back by caps until too late",
        "Campaign November news 3 messages will never be sent: later than the tolerance",
    ]


def test_troubles_beyond_those_told_are_counted():
    many = [Halted("campaign", f"c{place}", NOW, "jane", "so") for place in range(15)]
    its = sent(halted=many)
    assert len(its.troubles) + its.troubles_left == 19


def test_a_test_is_told_with_its_numbers_and_how_it_ended():
    frost, snow = sent().tests
    assert frost.arms == (TestArm("warm", 742, 61, True), TestArm("plain", 740, 38, False))
    assert words.test_end(frost) == (
        "Decided 6 Nov 06:00, the others get warm: warm is best with 8.22% (p = 0.0098)."
    )
    assert snow.arms == (TestArm("warm", 41, 2, False), TestArm("plain", 0, 0, False))
    assert words.test_end(snow) == "Not decided before 10 Nov 11:00."


def test_providers_with_most_messages_come_first():
    its = sending_of(sending(), "EUR", BERLIN).providers
    assert [row.name for row in its] == ["gmail", "gmx_web_de", "other", "tiny_isp"]
    assert sending_of(sending(providers=providers()[:0]), "EUR", BERLIN).providers == ()


def test_a_domain_that_was_looked_up_long_ago_may_have_changed():
    domain, at = sending().domain
    old = sending(domain=(domain, at - timedelta(days=4)), domain_old=True)
    its = sending_of(old, "EUR", BERLIN).domain
    assert its.records == (("SPF", "ok"), ("DKIM", "ok"), ("DMARC", "weak"), ("MX", "missing"))
    assert words.looked(its) == (
        "news.bright.example, looked up 6 Nov 05:00: too long ago, it may have changed"
    )


def test_who_never_looked_is_told_why():
    asked, off = (sending(domain=None, domain_asked=it) for it in (True, False))
    told = [words.not_looked(sending_of(it, "EUR", BERLIN)) for it in (asked, off)]
    assert told == [words.NOT_LOOKED, words.NOT_ASKED]


@pytest.mark.parametrize(
    ("reached", "name", "count", "share"),
    [
        (Reached(sent=50, bounced=1), "bounced", "1", "2.00% of sent"),
        (Reached(sent=49, bounced=1), "bounced", "1", ""),
        (Reached(delivered=2000, complained=3), "complained", "3", "0.15% of delivered"),
        (Reached(delivered=2000, complained=0), "complained", "0", ""),
        (Reached(sent=60, delivered=None), "delivered", "unknown", ""),
        (Reached(delivered=None, clicked=4), "clicked", "4", ""),
    ],
)
def test_shares_have_their_denominators_and_few_messages_have_none(reached, name, count, share):
    assert (words.count(reached, name), words.share(reached, name)) == (count, share)


@pytest.mark.parametrize(
    ("reached", "each", "whole"),
    [
        (Reached(sent=50, revenue=100), "€2.00", "€100.00 in all"),
        (Reached(sent=49, revenue=100), "–", "€100.00 in all"),
        (Reached(sent=50, revenue=None), "unknown", ""),
    ],
)
def test_revenue_is_told_per_message_where_there_are_enough(reached, each, whole):
    assert words.revenue_each(reached, "EUR") == each
    assert words.revenue(reached, "EUR") == whole


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (28, ""),
        (26, "Of 2 days the figures have not been read: they are not in these."),
        (0, "What went out 13 Oct to 9 Nov 2026 is not known: no figures have been read."),
    ],
)
def test_days_without_figures_are_told(known, said):
    assert words.sent_lacks(sent(known_days=known)) == said


def test_that_nothing_was_sent_is_told_where_it_is_known():
    nothing = sent(messages=messages()[:0])
    assert words.sent_lacks(nothing) == "Nothing was sent 13 Oct to 9 Nov 2026."


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (Size(110, 100), "+10 (↑ +10%)"),
        (Size(100, 100), ""),
        (Size(5, 0), "+5 (new)"),
        (Size(5), ""),
    ],
)
def test_a_change_of_size_is_told_where_it_is_known(size, said):
    assert customer_words.grown(size) == said


def test_ages_are_told_of_those_who_are_known():
    its = {what: (value, beside) for what, value, beside in customer_words.counts(listed())}
    assert its["Age of consents"] == (
        "2,410 of 9,530 over two years",
        "1,204 up to 90 days, 2,911 up to a year, 3,005 up to two; unknown of 342",
    )


def test_a_sequence_changes_its_words_with_its_file():
    plans = {"welcome": sequence("Hello", {"id": "more", "message": "other"}, state="paused")}
    welcome = sent(sequences=plans).sequences[0]
    assert (welcome.title, welcome.state) == ("Hello", "paused")
    assert [(row.name, row.template) for row in welcome.messages] == [
        ("more · long", "other"), ("more · short", "other"), ("hello", ""),
    ]  # fmt: skip
