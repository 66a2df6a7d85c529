from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from connectors.sites import SiteFile
from tasks.report.site_log import KINDS, LONGEST_LOG, MOST_OF_KIND, site_log
from tests.tasks.report.visible import AS_OF, NOW, SITE, address, changed, site, site_changes

QUIET = site(file_changes=())


def log(*rows, days_ago: float = 1.0):
    return site_log([QUIET], {SITE: changed(*rows, days_ago=days_ago)}, AS_OF)


def how(field, old, new, path="/a") -> str:
    (entry,) = log((path, field, old, new)).entries
    return entry.how


@pytest.mark.parametrize(
    ("field", "old", "new", "expected"),
    [
        ("status", "200", "404", "200 → 404"),
        ("status", "200", None, "200 → no answer"),
        ("title", "Lamps", None, "“Lamps” → none"),
        ("title", "none", "Lamps", "“none” → “Lamps”"),
        ("robots", "", "noindex,nofollow", "none → noindex,nofollow"),
        ("redirect", None, address("/b"), "none → /b"),
        ("redirect", address("/b"), "https://other.example/b", "/b → https://other.example/b"),
        ("canonical", address("/a"), address("/b"), "/a → /b"),
        ("text", "0a", "0b", "its text is another"),
        ("page", None, "new", "it is new"),
        ("page", None, "gone", "no link leads there any more"),
        ("page", None, "back", "it is there again"),
    ],
)
def test_it_says_what_was_and_what_is(field, old, new, expected):
    assert how(field, old, new) == expected


def test_every_kind_that_crawls_tell_has_a_name():
    rows = [("/a", field, "x", "y") for field in ("status", "redirect", "title", "canonical")]
    rows += [("/a", field, "x", "y") for field in ("robots", "text")]
    rows += [("/a", "page", None, event) for event in ("new", "gone", "back")]
    told = {entry.what for entry in site_log([site()], {SITE: changed(*rows)}, AS_OF).entries}
    assert told == KINDS.keys()


def test_the_newest_comes_first_and_of_one_crawl_the_gravest():
    old = changed(("/z", "status", "200", "500"), days_ago=3)
    new = changed(("/b", "text", "a", "b"), ("/c", "title", "a", "b"), ("/a", "robots", "", "none"))
    entries = site_log([QUIET], {SITE: pd.concat([old, new])}, AS_OF).entries
    assert [entry.page for entry in entries] == ["/a", "/c", "/b", "/z"]


def test_what_is_older_than_a_week_is_not_told():
    assert log(("/a", "title", "a", "b"), days_ago=7.3).entries == ()
    assert log(("/a", "title", "a", "b"), days_ago=6.9).entries != ()
    old, new = site().file_changes[0]
    before = site(file_changes=[(old, replace(new, seen_at=NOW - timedelta(days=8)))])
    assert site_log([before], {}, AS_OF).entries == ()


def test_a_change_of_every_page_leaves_room_for_the_rest():
    found = log(*[(f"/p/{n}", "text", "a", "b") for n in range(9_000)], ("/x", "page", None, "new"))
    assert len(found.entries) == MOST_OF_KIND + 1
    assert found.rest == (("text", 9_000 - MOST_OF_KIND),)


def test_the_log_is_bounded_and_what_is_left_out_is_counted():
    frames = [
        changed(*[(f"/{day}/{n}", "title", "a", "b") for n in range(5)], days_ago=day / 4)
        for day in range(1, 21)
    ]
    found = site_log([QUIET], {SITE: pd.concat(frames)}, AS_OF)
    assert len(found.entries) == LONGEST_LOG
    assert found.rest == (("title", 100 - LONGEST_LOG),)


def file(kind="robots", **changes) -> SiteFile:
    made = SiteFile(kind, address("/robots.txt"), NOW - timedelta(days=1), 200, text="Allow: /")
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (file(), file(text="Disallow: /"), "-Allow: /; +Disallow: /"),
        (file(), file(text="Allow: /\n", digest="other"), "only its spaces"),
        (file(), file(status=500), "answered 200 → answered 500"),
        (file(), file(status=None, reason="no answer in 10 s"), "answered 200 → no answer in 10 s"),
        (file("sitemap", entries=410), file("sitemap", entries=12), "410 → 12 addresses"),
        (file("sitemap", entries=1), file("sitemap", entries=1), "its contents are others, 1 addr"),
    ],
)
def test_files_say_what_is_different(old, new, expected):
    (entry,) = site_log([site(file_changes=[(old, new)])], {}, AS_OF).entries
    assert entry.how.startswith(expected)


def test_long_texts_are_cut():
    assert len(how("title", "a" * 2_000, "b" * 2_000)) < 200


def test_no_site_has_no_log_and_a_quiet_one_an_empty_one():
    assert site_log([], {SITE: site_changes()}, AS_OF) is None
    assert site_log([QUIET], {}, AS_OF).entries == ()
