"""How many days may one question about pages, queries or pairs cover?

Google tells the top rows of each question, about 50,000, so a question may only cover days that
together have clearly fewer: at most half, which is also one page, so that no row can move from one
page to the next between two calls. How many days those are is told by the days before: a property
of few rows is read in spans of four weeks, one of many day by day.

Nothing of a span that turns out too large is kept: a wrong choice costs a call, never a row.
"""

from collections import Counter, deque
from collections.abc import Sequence
from datetime import timedelta

from connectors.base import Window
from connectors.channels.search_console.calling import MOST_ROWS, Row

WEEK, LONGEST = 7, 28
"""Days of the first question, when nothing is known, and of any question at most."""
ONE = timedelta(days=1)


class Spans:
    """The days of each question of one level, chosen by what the days before had."""

    def __init__(self, rows_per_day: int) -> None:
        self._of_a_day = rows_per_day
        self._of_a_span = max(1, min(rows_per_day // 2, MOST_ROWS))
        self._aim = self._of_a_span * 4 // 5  # of days as busy as the busiest of last week
        self._days = WEEK
        self._recent: deque[int] = deque(maxlen=WEEK)  # rows of the last days read

    def next(self, left: Window) -> Window:
        """Return what to ask for next: the first of the days that are left."""
        last = left.start + (self._days - 1) * ONE
        return Window(left.start, min(left.end, last))

    def most(self, span: Window) -> int:
        """Return how many rows to read of a span. As many of several days are too many."""
        return self._of_a_day if span.days == 1 else self._of_a_span

    def accepts(self, span: Window, rows: Sequence[Row]) -> bool:
        """Tell whether these are all rows of a span, and choose the next one's length by them.

        Rows of a single day are always accepted. If a longer span's are not, they are to be thrown
        away: `next` then returns the first day alone.
        """
        if span.days > 1 and len(rows) >= self._of_a_span:
            self._days = 1
            return False
        told = Counter(row["keys"][0] for row in rows)
        self._recent.extend(told[f"{day.start}"] for day in span.split(1))
        fitting = self._aim // max(1, *self._recent)
        self._days = max(1, min(fitting, 2 * self._days, LONGEST))
        return True


def after(span: Window, window: Window) -> Window | None:
    """Return the days of a window that come after a span; None if there are none."""
    return Window(span.end + ONE, window.end) if span.end < window.end else None
