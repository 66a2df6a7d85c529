"""What has a watched word, and when a day begins."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.watching import days_back, edges, says

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("term", "text", "said"),
    [
        ("acme", "I like ACME.", True),
        ("acme", "acmes are fine", False),
        ("acme", "pacme", False),
        ("acme", "#acme, @acme@m.example and https://acme.example", True),
        ("Acme Shop", "the acme\n shop", True),
        ("Acme Shop", "acme workshop", False),
        ("Größe", "GRO\u0308ßE", True),
        ("acme.example", "acmexexample", False),
        ("#trail", "up the #Trail!", True),
        ("#trail", "up the trail", False),
        ("#trail", "#trails", False),
        ("acme", "", False),
    ],
)
def test_a_word_is_whole_and_its_case_does_not_matter(term, text, said):
    assert says(term, text) is said


def test_a_hashtag_may_stand_beside_the_text_and_a_word_may_not():
    assert says("#Trail", "no word of it", ["trail"])
    assert not says("trail", "no word of it", ["trail"])


def test_days_are_those_of_the_zone_over_daylight_saving():
    start, end = edges(date(2026, 10, 25), BERLIN)
    assert start == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert (end - start).total_seconds() == 25 * 3600
    start, end = edges(date(2026, 3, 29), BERLIN)
    assert (end - start).total_seconds() == 23 * 3600


def test_days_come_newest_first():
    assert days_back(date(2026, 10, 31), date(2026, 11, 2)) == [
        date(2026, 11, 2), date(2026, 11, 1), date(2026, 10, 31)
    ]  # fmt: skip
    assert days_back(date(2026, 11, 2), date(2026, 11, 1)) == []
