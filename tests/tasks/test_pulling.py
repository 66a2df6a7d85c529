from datetime import date

import pytest

from tasks.pulling import window_to_pull

AS_OF = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("last_complete", "start"),
    [
        (None, date(2026, 7, 5)),  # the first run reads the history
        (date(2026, 11, 1), date(2026, 10, 3)),  # what is restated is read again
        (date(2026, 9, 1), date(2026, 9, 2)),  # a gap is closed
        (date(2025, 9, 1), date(2026, 7, 5)),  # but not beyond the history
        (date(2026, 12, 1), date(2026, 10, 3)),  # a run as of a past day
    ],
)
def test_reads_what_may_have_changed_or_was_never_read(last_complete, start):
    window = window_to_pull(AS_OF, last_complete, restatement_days=30, history_days=120)
    assert (window.start, window.end) == (start, date(2026, 11, 1))


def test_a_history_shorter_than_the_restatement_wins():
    window = window_to_pull(AS_OF, date(2026, 11, 1), restatement_days=30, history_days=7)
    assert window.days == 7
