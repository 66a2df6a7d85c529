"""Which posts are due, which are asked about, and nothing twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.content import Content, FrontMatter
from config.content_rules import ContentRules
from connectors.actions import Action
from connectors.social import due_of
from tasks.gate.rules_posting import MISSED
from tasks.social.composed import Composed
from tasks.social.occurring import occurrences
from tasks.social.publishing import (
    Scheduled,
    Speaker,
    next_due,
    plan_publications,
)

BERLIN = ZoneInfo("Europe/Berlin")
RULES = ContentRules()
DUE = datetime(2026, 11, 12, 9, tzinfo=UTC)
PAGE = Speaker(2, "222", "linkedin_post", "linkedin_publish", "propose", 3)


def content(at="2026-11-12 10:00", *, evergreen=False):
    front = FrontMatter(
        objective="trust", networks=("linkedin",), publish_at=at, evergreen=evergreen
    )
    return Content(name="opening", front=front, text="We are open")


def post(due=DUE, text="We are open", speaker=PAGE):
    said = Composed("linkedin", text, "en")
    return Scheduled(speaker, "opening", due, said, "marketing", "the head", date(2026, 11, 1))


def plan(*posts, ledger=(), now=DUE):
    return plan_publications(posts, ledger, RULES, BERLIN, "shop", now)


def recorded(publication, state="approved", reason="", number=1):
    return Action(number, publication.proposal, state, 1, DUE, DUE, reason=reason)


def times(made, since, until):
    return occurrences(made, RULES, BERLIN, since, until)


YEAR = timedelta(days=365)


def test_a_post_is_due_once_at_its_local_time():
    assert times(content(), DUE, DUE) == [DUE]
    assert times(content(), DUE - YEAR, DUE + YEAR) == [DUE]
    assert times(content(), DUE + timedelta(seconds=1), DUE + YEAR) == []
    assert times(content(at=""), DUE - YEAR, DUE + YEAR) == []


def test_an_evergreen_post_comes_again_after_each_cool_down_at_the_same_local_time():
    due = times(content("2026-01-05 10:00", evergreen=True), DUE - YEAR, DUE)
    local = [moment.astimezone(BERLIN) for moment in due]
    assert [one.hour for one in local] == [10] * len(local)
    assert [one.date() for one in local] == [
        date(2026, 1, 5) + timedelta(days=90 * n) for n in range(4)
    ]
    assert [moment.hour for moment in due] == [9, 8, 8, 8]  # summer time in between


def test_an_evergreen_s_time_that_the_clock_leaves_out_is_the_one_it_shows_instead():
    made = content("2025-12-29 02:30", evergreen=True)  # 90 days before 29 March 2026
    (_, due) = times(made, datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert due.astimezone(BERLIN) == datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)


def test_a_due_post_is_approved_by_who_approved_its_file():
    (made,) = plan(post())
    assert (made.state, made.explanation) == ("approved", "approved by the head on 2026-11-01")
    proposal = made.proposal
    assert (proposal.before, proposal.after) == ("absent", "present")
    assert proposal.content == {"text": "We are open", "language": "en"}
    assert due_of(proposal.subject.item) == DUE
    assert proposal.expires_at > DUE + timedelta(minutes=RULES.tolerance_minutes)


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "approved"), (60, "approved"), (61, "proposed")]
)
def test_what_is_later_than_the_tolerance_is_asked_about(minutes, state):
    (made,) = plan(post(), now=DUE + timedelta(minutes=minutes))
    assert made.state == state


def test_the_question_says_what_is_late_and_what_can_be_done():
    (made,) = plan(post(), now=DUE + timedelta(hours=5, minutes=10))
    assert made.proposal.check == MISSED
    assert made.proposal.sentence == (
        "opening was due on linkedin at 2026-11-12 10:00 and was not published: it is 5 hours "
        "late. Approve it to publish it now, or reject it."
    )
    assert made.proposal.expires_at == DUE + timedelta(hours=5, minutes=10, days=3)


@pytest.mark.parametrize(
    "state", ["approved", "applying", "applied", "failed", "rejected", "undone"]
)
@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=2)])
def test_what_the_ledger_has_is_not_planned_again(state, late):
    (made,) = plan(post())
    assert plan(post(), ledger=[recorded(made, state)], now=DUE + late) == []


@pytest.mark.parametrize(("state", "reason"), [("refused", "late"), ("expired", "expired")])
def test_what_was_let_go_for_being_late_is_asked_about_once(state, reason):
    (made,) = plan(post())
    gone, now = recorded(made, state, reason), DUE + timedelta(hours=2)
    (asked,) = plan(post(), ledger=[gone], now=now)
    assert asked.state == "proposed"
    for answer in ("proposed", "approved", "rejected", "expired", "applied"):
        ledger = [gone, recorded(asked, answer, number=2)]
        assert plan(post(), ledger=ledger, now=now) == []


def test_a_post_that_a_limit_refused_is_not_asked_about():
    (made,) = plan(post())
    refused = recorded(made, "refused", "repeated")
    assert plan(post(), ledger=[refused], now=DUE + timedelta(days=1)) == []


def test_each_account_and_each_occurrence_is_a_publication_of_its_own():
    other = replace(PAGE, account_key=3, account_id="333")
    (made,) = plan(post())
    again = post(DUE + timedelta(days=90))
    new = plan(
        post(), post(speaker=other), again, ledger=[recorded(made)], now=DUE + timedelta(days=90)
    )
    assert [(one.proposal.account_key, one.state) for one in new] == [
        (3, "proposed"),
        (2, "approved"),
    ]


def test_the_same_post_planned_by_two_workers_is_the_same_action():
    one, other = plan(post())[0].proposal, plan(post(), now=DUE + timedelta(minutes=30))[0].proposal
    assert one == other


def test_the_next_post_is_the_first_one_after_now():
    moments = [DUE + timedelta(minutes=n) for n in (5, 3, 0)]
    assert next_due(moments, DUE, DUE + timedelta(minutes=5)) == DUE + timedelta(minutes=3)
    assert next_due(moments, DUE, DUE + timedelta(minutes=2)) is None
    assert next_due([], DUE, DUE + YEAR) is None
