"""What may be said on a social network, and when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from config.content_rules import ContentRules
from config.guardrails import Guardrails
from connectors.changes import Subject
from connectors.social import reply_item
from tasks.gate.passing import decide, refusals
from tasks.gate.rules_posting import MISSED
from tasks.gate.state import Posting
from tests.tasks.gate.town import NOW, TODAY, action, money, post, proposal, state

POST = post()


def at(moment, asked=POST, *, zone="Europe/Berlin", **rules):
    return state(asked, now=moment, posting=Posting(ContentRules(**rules), zone))


def reasons(asked, brand):
    return [refusal.reason for refusal in refusals(asked, brand)]


def test_a_post_passes_from_its_minute_until_its_tolerance_is_over():
    assert reasons(POST, at(NOW)) == []
    assert reasons(POST, at(NOW - timedelta(seconds=1))) == ["early"]
    assert reasons(POST, at(NOW + timedelta(minutes=60))) == []
    assert reasons(POST, at(NOW + timedelta(minutes=60, seconds=1))) == ["late"]


def test_a_late_post_that_a_person_was_asked_about_passes():
    asked = post(check=MISSED)
    assert reasons(asked, at(NOW + timedelta(days=1), asked)) == []


def test_quiet_hours_reach_over_midnight_and_are_those_of_the_brand():
    due = datetime(2026, 11, 12, 20, 30, tzinfo=UTC)  # half past nine in Berlin
    asked = post(due=due)
    assert reasons(asked, at(due, asked)) == ["quiet_hours"]
    assert reasons(asked, at(due, asked, zone="America/New_York")) == []
    assert reasons(asked, at(due, asked, quiet_hours=(time(0), time(0)))) == []


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_quiet_hours_follow_the_clock_where_it_is_put_forward_or_back(day):
    seven = {3: 5, 10: 6}[day.month]  # in UTC
    before, after = day.replace(hour=seven - 1, minute=59), day.replace(hour=seven)
    assert reasons(post(due=before), at(before, post(due=before))) == ["quiet_hours"]
    assert reasons(post(due=after), at(after, post(due=after))) == []


def test_posts_of_one_batch_keep_their_distance():
    first, second = post("one"), post("two")
    decided = decide([first, second], state(first, second))
    assert [one.reason for one in decided] == [None, "spacing"]


def test_the_same_text_does_not_pass_twice_in_one_batch():
    first = post("one")
    second = post("one", due=NOW - timedelta(minutes=1))
    decided = decide(
        [first, second],
        state(first, second, posting=Posting(ContentRules(spacing_minutes=0), "Europe/Berlin")),
    )
    assert [one.reason for one in decided] == [None, "repeated"]


def test_what_the_ledger_has_counts_though_the_network_was_not_read():
    done = action(7, post(due=NOW - timedelta(days=10)), 10)
    assert reasons(POST, state(POST, actions=[done])) == ["repeated"]
    still = replace(
        action(7, post("other", due=NOW - timedelta(hours=1)), 1 / 24), state="applying"
    )
    assert reasons(POST, state(POST, actions=[still])) == ["spacing"]


def test_a_reply_and_a_deletion_go_out_at_any_hour():
    night = datetime(2026, 11, 12, 2, tzinfo=UTC)
    subject = Subject("post", "p1", "reply", reply_item("c1", "Thank you"))
    reply = replace(POST, subject=subject)
    taken_back = replace(POST, before="present", after="absent")
    for asked in (reply, taken_back):
        assert reasons(asked, at(night, asked)) == []


def test_posts_are_no_changes_of_ads():
    """Neither do they need figures, a ceiling or office hours, nor do they use up what ads may."""
    asked = money("100", "90")
    posted = [action(i, post(f"text {i}", due=NOW - timedelta(hours=3)), 0.1) for i in range(7, 12)]
    strict = Guardrails(brand_actions_per_day=1, actions_per_day=1, weekdays=("MON",))
    assert reasons(POST, state(POST, guardrails=strict)) == []
    strict = strict.model_copy(update={"weekdays": ("THU",)})
    assert reasons(asked, state(asked, guardrails=strict, actions=posted)) == []


def test_without_the_rules_of_posting_nothing_is_said():
    assert reasons(POST, state(POST, posting=None)) == ["stale"]
    asked = proposal(POST.subject, "present", "absent", account_key=2, metrics=(), campaign_id=None)
    assert reasons(asked, state(asked, posting=None)) == []


def test_holidays_are_days_of_the_brand():
    late = datetime(2026, 11, 11, 23, 30, tzinfo=UTC)  # the twelfth in Berlin
    asked = post(due=late)
    rules = {"holidays": (TODAY,), "quiet_hours": (time(3), time(3))}
    assert reasons(asked, at(late, asked, **rules)) == ["holiday"]
    assert reasons(asked, at(late, asked, zone="UTC", **rules)) == []
