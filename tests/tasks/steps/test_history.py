"""How far back a change history is read: always as far as anything has to be left alone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from config.guardrails import Guardrails
from tasks.steps.history import OVERLAP, newest_edits

NOW = datetime(2026, 11, 12, 22, 59, tzinfo=UTC)  # a minute to midnight in Berlin
LONGEST_HOLD_OFF = 29


@dataclass
class Platform:
    """One account, whose history was read up to a moment."""

    until: datetime | None = None
    edit_history_days: int = 30
    asked: list[datetime] = field(default_factory=list)

    def writable(self, _: int) -> "Platform":
        return self

    def edits_until(self, _: int) -> datetime | None:
        return self.until

    def edits(self, since: datetime, until: datetime) -> list[list]:
        self.asked.append(since)
        return [[]]


def since(platform: Platform) -> datetime:
    assert newest_edits(platform, platform, [1], NOW) == {1: []}
    [first] = platform.asked
    return first


@pytest.mark.parametrize("until", [None, NOW - timedelta(days=400), NOW - timedelta(days=31)])
def test_after_any_gap_all_is_read_that_can_still_hold_a_change_off(until):
    first_day = NOW.astimezone(ZoneInfo("Europe/Berlin")).date() - timedelta(LONGEST_HOLD_OFF - 1)
    first = datetime(
        first_day.year, first_day.month, first_day.day, tzinfo=ZoneInfo("Europe/Berlin")
    )
    assert NOW - timedelta(days=30) < since(Platform(until)) <= first


def test_what_was_read_is_read_on_from_a_bit_before():
    yesterday = NOW - timedelta(days=1)
    assert since(Platform(yesterday)) == yesterday - OVERLAP
    assert newest_edits(Platform(NOW), Platform(NOW), [1], NOW) == {}


def test_nothing_is_left_alone_for_longer_than_a_history_tells():
    assert Guardrails(hold_off_days=LONGEST_HOLD_OFF).hold_off_days == LONGEST_HOLD_OFF
    with pytest.raises(ValidationError, match="hold_off_days"):
        Guardrails(hold_off_days=LONGEST_HOLD_OFF + 1)
