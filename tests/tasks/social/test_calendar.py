"""What is planned and what is missing, by the brand's own days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.content import Content
from config.content_rules import ContentRules
from config.content_times import PublishTimeError, moment, written
from tasks.social.calendar import calendar, planned
from tasks.social.calendar_slots import is_quiet, objections

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
RULES = ContentRules(
    objectives=("trust",), most_days_without=4, horizon_days=14, quiet_hours=("21:00", "07:00"),
    holidays=(date(2026, 11, 11),), spacing_minutes=120,
)  # fmt: skip


def post(name, publish_at="", **front):
    front = {
        "objective": "trust", "networks": ["linkedin"], "state": "scheduled",
        "publish_at": publish_at,
    } | front  # fmt: skip
    return Content.model_validate({"name": name, "front": front, "text": f"{name}.\nMore."})


def made(*posts, rules=RULES, zone=BERLIN, first=MONDAY, days=14):
    contents = {it.name: it for it in posts}
    return calendar("acme", contents, rules, zone, ["jane", "john"], first, days)


def all_of(*posts):
    contents, years = {it.name: it for it in posts}, timedelta(days=365)
    return planned(contents, RULES, BERLIN, "jane", NOW - years, NOW + years)


def every(step, first=MONDAY, days=14, **front):
    moments = [first + timedelta(days=n) for n in range(0, days, step)]
    return [post(f"p{n}", f"{on} 09:00", **front) for n, on in enumerate(moments)]


def test_posts_stand_on_their_local_day_and_network():
    late = post("late", "2026-11-02 23:30", networks=["mastodon", "bluesky"], owner="john")
    found = made(late, post("early", "2026-11-02 00:15"))
    monday = found.days[0].posts
    assert [(it.name, it.network, it.time, it.owner) for it in monday] == [
        ("early", "linkedin", "00:15", "jane"),
        ("late", "bluesky", "23:30", "john"),
        ("late", "mastodon", "23:30", "john"),
    ]
    assert monday[0].at == datetime(2026, 11, 1, 23, 15, tzinfo=UTC)
    assert monday[1].summary == "late."
    assert [len(day.posts) for day in found.days] == [3] + [0] * 13


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-10-24 09:00", 7), ("2026-10-25 09:00", 8), ("2027-03-28 09:00", 7)]
)
def test_nine_in_the_morning_stays_nine_when_the_clock_changes(text, hour):
    (found,) = all_of(post("p", text))
    assert (found.at.hour, found.time) == (hour, "09:00")


def test_a_time_that_does_not_exist_or_comes_twice_is_planned_nowhere():
    assert all_of(post("a", "2027-03-28 02:30"), post("b", "2026-10-25 02:30")) == []


def test_an_evergreen_post_is_planned_whenever_it_comes_again():
    rules = RULES.model_copy(update={"cool_down_days": 5})
    ever = post("e", "2026-10-30 09:00", evergreen=True)
    found = made(ever, rules=rules)
    assert [day.day.day for day in found.days if day.posts] == [4, 9, 14]
    assert {it.time for day in found.days for it in day.posts} == {"09:00"}
    assert found.holes == ()
    over = post("e", "2026-11-02 09:00", evergreen=True, state="published")
    assert [day.day.day for day in made(over, rules=rules).days if day.posts] == [2]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  local times
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_a_moment_reads_as_it_was_written_or_says_why_not(local, zone):
    text, zone = f"{local:%Y-%m-%d %H:%M}", ZoneInfo(zone)
    try:
        at = moment(text, zone)
    except PublishTimeError as error:
        instead = error.remedy.split('"')[1]
        assert written(moment(instead, zone), zone) == instead
    else:
        assert written(at, zone) == text
        assert at.utcoffset() == timedelta(0)


def test_without_a_hole_nothing_is_missing():
    assert made(*every(5)).holes == ()


def test_more_days_in_a_row_than_the_rule_are_one_hole():
    found = made(post("a", "2026-11-02 09:00"), post("b", "2026-11-12 09:00"))
    (hole,) = found.holes
    assert (hole.kind, hole.owner, hole.day, hole.until) == (
        "days", "jane", date(2026, 11, 3), date(2026, 11, 10),
    )  # fmt: skip
    assert hole.sentence == (
        "Nothing is planned from 3 Nov 2026 to 10 Nov 2026: 8 days without a post, and 4 in a row "
        "are the most."
    )
    assert [day.day.day for day in found.days if day.empty] == list(range(3, 11))


def test_a_holiday_is_no_day_without_a_post_and_ends_no_run():
    assert made(*every(1, days=7), post("b", "2026-11-14 09:00")).holes == ()  # 9, 10, 12, 13
    found = made(*every(1, days=6), post("b", "2026-11-14 09:00"))
    assert "5 days without a post, holidays aside" in found.holes[0].sentence
    assert [day.day.day for day in found.days if day.holiday] == [11]
    assert not next(day for day in found.days if day.holiday).empty


def test_a_hole_that_reaches_the_horizons_end_is_one_and_what_is_beyond_is_none():
    far = [*every(5, days=14), post("z", "2026-12-20 09:00")]
    assert made(*far, days=60).holes == ()
    (hole,) = made(*every(5, days=10), rules=RULES.model_copy(update={"holidays": ()})).holes
    assert (hole.day, hole.until) == (date(2026, 11, 8), date(2026, 11, 15))


def test_an_idea_fills_no_hole_and_is_shown_and_a_retired_post_is_neither():
    found = made(*every(5), post("i", "2026-11-03 09:00", state="idea", objective="x"))
    assert "i" in [it.name for day in found.days for it in day.posts]
    ideas = made(*every(5, state="idea"))
    assert [hole.kind for hole in ideas.holes if hole.kind != "not_ready"] == ["days", "objective"]
    assert [day.posts for day in made(*every(5, state="retired")).days] == [()] * 14


def test_an_objective_without_a_post_ahead_is_a_hole():
    rules = RULES.model_copy(update={"objectives": ("trust", "recruiting")})
    past = post("r", "2026-10-30 09:00", objective="recruiting")
    (hole,) = made(*every(5), past, rules=rules).holes
    assert (hole.kind, hole.about, hole.owner) == ("objective", "recruiting", "jane")
    assert hole.sentence == "No post for recruiting is planned until 15 Nov 2026."


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        (
            {"due": "2026-11-05", "state": "draft"},
            "has to be approved by 5 Nov 2026 and is a draft",
        ),
        (
            {"due": "2026-11-01", "state": "review"},
            "was to be approved by 1 Nov 2026 and is in review",
        ),
        (
            {"publish_at": "2026-11-04 09:00", "state": "idea"},
            "has to be approved by 4 Nov 2026 and is an idea",
        ),
        ({"due": "2026-11-06", "state": "draft"}, ""),
        ({"due": "2026-11-03", "state": "approved"}, ""),
        ({"state": "draft"}, ""),
    ],
)
def test_a_post_that_is_due_soon_and_not_approved_is_its_owners_hole(front, sentence):
    found = made(*every(5), post("p", owner="john", **front)).holes
    assert [(it.kind, it.owner, it.sentence) for it in found] == (
        [("not_ready", "john", f"p {sentence}.")] if sentence else []
    )


def test_approved_posts_without_a_time_wait():
    found = made(post("b", state="approved"), post("a", state="approved"), post("c", state="draft"))
    assert found.waiting == ("a", "b")


def against(text, *others, name="p", networks=("linkedin",), rules=RULES):
    at, posts = moment(text, BERLIN), all_of(*others)
    return objections(at, name, networks, rules, BERLIN, posts, NOW)


def test_a_free_time_has_nothing_against_it():
    assert against("2026-11-03 09:00", post("a", "2026-11-03 11:00")) == []


def test_everything_that_is_in_the_way_is_said():
    assert against("2026-11-02 09:00") == ["2026-11-02 09:00 has passed: it is 2026-11-02 09:00"]
    assert against("2026-11-03 06:59") == ["06:59 is within the quiet hours from 21:00 to 07:00"]
    assert against("2026-11-11 09:00") == ["11 Nov 2026 is a holiday"]
    near = post("a", "2026-11-03 10:59", networks=["linkedin", "mastodon"], state="draft")
    assert against("2026-11-03 09:00", near, networks=("linkedin", "mastodon")) == [
        "it would be 119 minutes from a (2026-11-03 10:59, draft) on linkedin, mastodon, "
        "and 120 are the least"
    ]


def test_only_other_posts_on_the_same_network_are_in_the_way():
    assert against("2026-11-03 09:00", post("p", "2026-11-03 09:30")) == []
    assert against("2026-11-03 09:00", post("a", "2026-11-03 09:30", networks=["bluesky"])) == []
    assert against("2026-11-03 09:00", post("a", "2026-11-03 09:30", state="idea")) == []


def test_the_distance_is_of_moments_not_of_the_clocks_hands():
    rules = ContentRules(quiet_hours=("00:00", "00:00"), spacing_minutes=120)
    night = post("a", "2027-03-28 01:30")
    (said,) = against("2027-03-28 04:00", night, rules=rules)
    assert said.startswith("it would be 90 minutes from a")


@pytest.mark.parametrize(
    ("hours", "quiet", "loud"),
    [
        (("21:00", "07:00"), ["21:00", "00:00", "06:59"], ["07:00", "20:59"]),
        (("12:00", "13:00"), ["12:00", "12:59"], ["11:59", "13:00"]),
        (("08:00", "08:00"), [], ["08:00", "00:00"]),
    ],
)
def test_quiet_hours_begin_with_the_first_and_end_before_the_second(hours, quiet, loud):
    rules = ContentRules(quiet_hours=hours)
    times = [*quiet, *loud]
    parsed = [datetime.strptime(it, "%H:%M").time() for it in times]  # noqa: DTZ007
    assert [it for it, at in zip(times, parsed, strict=True) if is_quiet(at, rules)] == quiet
