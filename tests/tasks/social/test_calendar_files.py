"""The calendar as an iCalendar file and as a page."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.content import Content
from config.content_rules import ContentRules
from tasks.social.calendar import Planned, calendar
from tasks.social.calendar_ics import render_ics
from tasks.social.calendar_page import months, render_calendar

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
EVIL = '<script>alert(1)</script> "x" & \x1b[31m'


def planned(**changed):
    facts = {
        "name": "launch", "network": "linkedin", "at": datetime(2026, 12, 1, 8, tzinfo=UTC),
        "day": date(2026, 12, 1), "time": "09:00", "state": "scheduled", "objective": "trust",
        "owner": "jane", "summary": "Hello.",
    }  # fmt: skip
    return Planned(**(facts | changed))


def read(text):
    """Read what RFC 5545 says: unfold, then names and values; escapes undone."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    events = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name != "END":
            plain = re.sub(r"\\(.)", lambda it: "\n" if it[1] in "nN" else it[1], value)
            events[-1][name] = plain
    return lines, events


def test_an_event_has_its_moments_in_utc_and_what_it_is():
    lines, (event,) = read(render_ics("acme", "Acme: content", [planned()], NOW))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert event == {
        "UID": "launch.linkedin.acme@marketloop", "DTSTAMP": "20261102T080000Z",
        "DTSTART": "20261201T080000Z", "DTEND": "20261201T081500Z",
        "SUMMARY": "linkedin: launch (scheduled)", "CATEGORIES": "linkedin,trust",
        "DESCRIPTION": "Hello.\n\nFor trust, by jane.", "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
    }  # fmt: skip


def test_a_post_that_is_moved_stays_the_same_event():
    moved = planned(at=NOW + timedelta(days=3), state="draft")
    (_, (event,)), (_, (later,)) = (
        read(render_ics("acme", "Acme", [it], NOW)) for it in (planned(), moved)
    )
    assert event["UID"] == later["UID"]
    assert later["STATUS"] == "TENTATIVE"


def test_each_return_of_an_evergreen_post_is_an_event_of_its_own():
    days = (date(2026, 12, 1), date(2027, 3, 1))
    _, events = read(
        render_ics("acme", "Acme", [planned(day=day, evergreen=True) for day in days], NOW)
    )
    assert [event["UID"] for event in events] == [
        "launch.20261201.linkedin.acme@marketloop",
        "launch.20270301.linkedin.acme@marketloop",
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=300))
def test_any_words_come_out_as_they_went_in_and_no_line_is_too_long(words):
    text = render_ics("acme", "Acme", [planned(summary=words)], NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    _, (event,) = read(text)
    assert event["DESCRIPTION"] == f"{words}\n\nFor trust, by jane.".strip()


def page(*posts, **changed):
    contents = {it.name: it for it in posts}
    rules = ContentRules(objectives=("trust",), holidays=(date(2026, 11, 11),))
    facts = {"brand": "acme", "first": date(2026, 11, 2), "days": 40} | changed
    found = calendar(
        facts["brand"], contents, rules, BERLIN, ["jane"], facts["first"], facts["days"]
    )
    return found, render_calendar(found, f"Acme {EVIL}", "Europe/Berlin")


def post(name, publish_at, text="Hello."):
    front = {
        "objective": "trust", "networks": ["linkedin", "bluesky"], "state": "draft",
        "publish_at": publish_at,
    }  # fmt: skip
    return Content.model_validate({"name": name, "front": front, "text": text})


class Tags(HTMLParser):
    """Collects every element with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_page_has_the_same_posts_and_holes_and_asks_for_nothing():
    found, text = page(post("launch", "2026-11-03 09:00", EVIL))
    tags = Tags(text).found
    assert not [tag for tag, _ in tags if tag in ("script", "link", "img", "iframe")]
    assert "http://" not in text
    assert "https://" not in text
    assert text.count('<div class="slot draft"') == 1
    assert [attrs["title"] for tag, attrs in tags if attrs.get("class") == "slot draft"]
    assert "<script>alert" not in text
    assert len(found.holes) == 2
    assert text.count('<li class="note">') == 2
    assert text.count('class="holiday') == 1
    assert text.count('class="empty') == sum(day.empty for day in found.days) > 0


@pytest.mark.parametrize("first", [date(2026, 11, 2), date(2026, 11, 30), date(2027, 1, 31)])
def test_every_day_stands_once_in_its_month_and_under_its_weekday(first):
    found, _ = page(first=first)
    shown = months(found)
    cells = [(n, day) for it in shown for week in it.weeks for n, day in enumerate(week) if day]
    assert [day.day for _, day in cells] == [day.day for day in found.days]
    assert all(number == day.day.weekday() for number, day in cells)
    assert all(len(week) == 7 for it in shown for week in it.weeks)
    assert all(
        day.day.month == it.first.month for it in shown for w in it.weeks for day in w if day
    )
