"""Contents that decay, are thin, or out of date."""

from datetime import date, timedelta

import pytest

from config.models import SiteRules
from tasks.site.evidence import Searches
from tests.tasks.site.building import (
    AS_OF,
    DAY,
    NOW,
    answer,
    found,
    history,
    page,
    page_clicks,
    results,
    site,
    verdict,
)

YEAR = 364
SPAN = 84
HOME, A = page("/", "/a"), page("/a")


def decaying(daily, days=YEAR + SPAN, missing=0, pages=(HOME, A)):
    cube = page_clicks({"/a": daily}, days, missing)
    return site(*pages, searches=Searches(AS_OF - DAY, pages=cube))


def test_a_page_that_gets_far_fewer_clicks_than_in_its_best_months_decays():
    (told,) = results("content_decays", decaying([5.0] * 364 + [2.0] * 84))
    assert told.sentence == (
        "/a fades: 168 clicks from searches in 84 days, ↓ −60% against its best months (420)."
    )
    assert told.numbers == {"clicks": 168.0, "previous": 420.0}


@pytest.mark.parametrize(
    "daily",
    [
        [5.0] * 364 + [3.2] * 84,  # less than two fifths
        [1.0] * 364 + [0.0] * 84,  # 84 clicks are too few to tell
        [5.0] * 448,
        [2.0] * 84 + [9.0] * 84 + [2.0] * 280,  # its season, a year ago too
    ],
)
def test_smaller_falls_few_clicks_and_seasons_do_not_decay(daily):
    assert found("content_decays", decaying(daily)) == []


def test_what_falls_below_its_own_season_decays():
    assert found("content_decays", decaying([5.0] * 84 + [9.0] * 84 + [2.0] * 280)) == ["/a"]


def test_a_page_without_clicks_is_known_not_to_decay_and_days_not_pulled_are_unknown():
    assert verdict("content_decays", decaying([5.0] * 448), "/") == "ok"
    short = decaying([2.0] * 84, days=84)
    assert verdict("content_decays", short, "/a") == "unknown"
    assert verdict("content_decays", decaying([1.0] * 60, days=60), "/a") == "unknown"
    assert verdict("content_decays", site(HOME, A), "/a") == "unknown"
    fallen = [5.0] * 364 + [2.0] * 84
    failing = decaying(fallen, pages=(HOME, answer("/a", 500)))
    assert verdict("content_decays", failing, "/a") == "unknown"


def test_a_year_that_is_not_wholly_known_is_compared_as_far_as_it_is():
    assert found("content_decays", decaying([5.0] * 364 + [2.0] * 84, missing=200)) == ["/a"]


@pytest.mark.parametrize(("words", "told"), [(149, ["/a"]), (150, []), (0, ["/a"])])
def test_fewer_words_than_the_brand_wants_are_thin(words, told):
    assert found("content_thin", site(HOME, page("/a", words=words))) == told


def test_a_thin_page_says_how_thin():
    (told,) = results("content_thin", site(HOME, page("/a", words=12), weigh="high"))
    assert told.sentence == "/a has only 12 words; the brand's own rule is 150 words."
    assert found("content_thin", site(HOME, page("/a", words=12, robots=("noindex",)))) == []
    assert verdict("content_thin", site(HOME, answer("/a", 500)), "/a") == "unknown"


OLD, NEW = date(2024, 1, 5), date(2026, 6, 1)


def ago(days):
    return NOW - timedelta(days=days)


def since(modified, text=None, first=None):
    seen = (
        None if text is None else history({"path": "/a", "text_since": text, "first_seen": first})
    )
    return site(HOME, page("/a", modified=modified), history=seen, weigh="high")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (since(OLD), "5 Jan 2024"),
        (since(OLD, ago(90), ago(90)), "5 Jan 2024"),
        (since(NEW, ago(800), ago(900)), "3 Sep 2024"),  # it says what is not so
        (since(None, ago(800), ago(800)), "3 Sep 2024"),  # since then at least
    ],
)
def test_a_text_is_outdated_by_what_the_page_says_or_our_crawls_saw(one, said):
    (told,) = results("content_outdated", one)
    assert told.sentence == f"The text of /a has not changed since {said}."


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (since(NEW), "ok"),
        (since(OLD, ago(30), ago(900)), "ok"),  # we saw it change
        (since(None), "unknown"),
        (since(None, ago(90), ago(90)), "unknown"),
        (since(NEW, ago(90), ago(90)), "ok"),
    ],
)
def test_a_text_that_changed_is_not_and_one_that_nobody_knows_of_is_unknown(one, said):
    assert verdict("content_outdated", one, "/a") == said


def test_only_pages_that_the_brand_names_become_outdated():
    for patterns, told in [(("/blog/*",), []), (("/a", "/blog/*"), ["/a"])]:
        rules = SiteRules(dated=patterns)
        assert found("content_outdated", site(HOME, page("/a", modified=OLD), rules=rules)) == told


def test_the_limit_is_the_brands():
    year = SiteRules(outdated_after_days=365)
    old = page("/a", modified=date(2025, 11, 1))
    assert found("content_outdated", site(HOME, old, rules=year)) == ["/a"]
    assert found("content_outdated", site(HOME, old)) == []
