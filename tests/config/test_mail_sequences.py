"""Sequences and campaigns as files: each mistake with its line, and none stops anything else."""

import pytest

from config.library import examine, load
from config.mail_approval import approved_digest

WELCOME = "brands/acme/mail/sequences/welcome.yaml"
SPRING = "brands/acme/mail/campaigns/spring.yaml"
TEXT = """\
title: Welcome
objective: loyalty
enters: {event: signup}
steps:
  - {id: hello, message: welcome_1}
  - {id: pause, wait: {days: 3}}
  - {id: bought, when: orders > 0, otherwise: leave}
  - {id: half, split: {short: 0.5, long: 0.5}}
  - {id: more, messages: {short: welcome_1, long: null}}
leaves: {segments: [lapsed], after_days: 60}
"""
CAMPAIGN = """\
title: Spring
objective: sales
segment: lapsed
template: welcome_1
send_at: 2026-12-01 09:00
"""


@pytest.fixture
def desk(desk):
    desk.write("brands/acme/mail/segments.yaml", "segments:\n  - {name: lapsed, title: Lapsed}\n")
    desk.write("brands/acme/mail/templates/welcome_1.html", "---\nsubject: Hi\n---\n<p>Hi</p>\n")
    desk.write("brands/acme/mail/templates/welcome_1.txt", "Hi\n")
    desk.write(WELCOME, TEXT)
    desk.write(SPRING, CAMPAIGN)
    return desk


def wrong(desk):
    _, problems = examine(desk.folder, desk.folder / "brands")
    return [str(it) for it in problems if "/mail/" in it.file]


def test_what_is_right_is_read(desk):
    assert wrong(desk) == []
    library = load(desk.folder, desk.folder / "brands")
    assert library.sequence("acme", "welcome").steps[0].id == "hello"
    assert library.campaign("acme", "spring").segment == "lapsed"
    assert library.running_sequences("acme") == {}  # it is a draft


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("message: welcome_1}", "message: welcome}", 5, "no template 'welcome'"),
        ("{days: 3}", "{days: 3, hours: 1}", 6, "says days and hours"),
        ("{days: 3}", "{until: noon}", 6, "'noon' is no time to wait for"),
        ("orders > 0", "order > 0", 7, "'order'"),
        ("orders > 0", "1 > 2", 7, "never so"),
        ("otherwise: leave", "otherwise: on", 7, "no step 'on'"),
        ("otherwise: leave", "otherwise: hello", 5, "is in a circle"),
        ("orders > 0, otherwise: leave", "orders > 0, otherwise: bought", 7, "without a wait"),
        ("{short: 0.5, long: 0.5}", "{short: 0.5, long: 0.4}", 8, "add up to 0.9"),
        ("long: null", "lang: null", 9, "no arm 'lang'"),
        ("id: pause", "id: hello", 6, "stands twice"),
        ("[lapsed]", "[gone]", 10, "no segment 'gone'"),
        ("{event: signup}", "{event: signup, segment: lapsed}", 3, "segment and event"),
        ("leaves:", "caps: [{messages: 1, days: 60}]\nleaves:", 9, "can never go out in time"),
        ("leaves:", 'hours: {between: ["21:00", "23:00"]}\nleaves:', 10, "quiet hours"),
        ("leaves:", "state: running\nleaves:", 10, "nobody approved it"),
    ],
)
def test_each_mistake_has_its_line(desk, old, new, line, message):
    desk.replace(WELCOME, old, new)
    found = [it for it in wrong(desk) if message in it]
    assert len(found) >= 1, wrong(desk)
    assert f"welcome.yaml:{line}:" in found[0]


def test_a_mistake_stops_its_sequence_and_nothing_else(desk):
    desk.replace(WELCOME, "message: welcome_1}", "message: welcome}")
    library = load(desk.folder, desk.folder / "brands")
    assert [*library.plan_problems["acme"]] == [("sequence", "welcome")]


def test_an_approval_ends_with_the_next_edit_of_what_was_approved(desk):
    library = load(desk.folder, desk.folder / "brands")
    words = library.mail_words["acme"]
    digest = approved_digest(library.sequence("acme", "welcome"), words.segments, words.templates)
    lines = f"state: running\napproval: {{by: Jane, on: 2026-11-22, digest: '{digest}'}}\n"
    desk.write(WELCOME, TEXT + lines)
    assert wrong(desk) == []
    assert [*load(desk.folder, desk.folder / "brands").running_sequences("acme")] == ["welcome"]
    desk.write("brands/acme/mail/templates/welcome_1.txt", "Hello\n")
    assert "was given for something else" in wrong(desk)[0]
    assert load(desk.folder, desk.folder / "brands").running_sequences("acme") == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2026-12-01 09:00", "soon", "no day with a time"),
        ("2026-12-01 09:00", "2026-12-01 09:00\nexclude: [lapsed]", "excludes everybody"),
        ("template: welcome_1", "template: no", "no template 'no'"),
        (
            "2026-12-01 09:00",
            "2026-12-01 09:00\ntest: {arms: {a: {}, b: {}}, fallback: c}",
            "no arm 'c'",
        ),
    ],
)
def test_a_campaigns_mistakes_are_told(desk, old, new, message):
    desk.replace(SPRING, old, new)
    assert [it for it in wrong(desk) if message in it], wrong(desk)
