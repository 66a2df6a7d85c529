"""What do the figures of a pull lack? Counted while they come.

Queries that too few people asked are in the site's totals only, and of each question Google tells
the top rows only. Both are told from a pull that has read them.
"""

from collections import Counter, defaultdict
from datetime import date

import pandas as pd

from config.models import Level
from connectors.sites import Quality


class Lacking:
    """What one connector has noticed so far."""

    def __init__(self) -> None:
        self._totals: dict[str, float] = {}  # impressions of the site, by day
        self._queries: defaultdict[str, float] = defaultdict(float)
        self._cut: Counter[tuple[Level, int]] = Counter()  # by level and bound: days
        self._uninspected = ""

    def count(self, level: Level, frame: pd.DataFrame) -> None:
        """Note the impressions of the whole site and those of the queries that are told."""
        if level not in ("account", "query"):
            return
        sums = frame.groupby("date_day")["impressions"].sum()
        if level == "account":
            self._totals |= {str(day): float(shown) for day, shown in sums.items()}
            return
        for day, shown in sums.items():
            self._queries[str(day)] += float(shown)

    def begin(self, level: Level, day: date) -> None:
        """Note that a day is read from its start: what was counted before no longer counts."""
        if level == "query":
            self._queries[f"{day}"] = 0.0

    def cut(self, level: Level, bound: int) -> None:
        """Note a day of which as many rows came as were asked for at most."""
        self._cut[level, bound] += 1

    def uninspected(self, left: int, asked: int) -> None:
        """Note that the quota was used up."""
        self._uninspected = f"{left:,} of {asked:,} pages not inspected: the day's quota is used up"

    def quality(self) -> Quality:
        """Return it in the words of every connector."""
        hidden = any(shown < self._totals.get(day, 0.0) for day, shown in self._queries.items())
        cuts = (
            f"{level}: only the top {bound:,} rows by clicks of {days} "
            f"{'day' if days == 1 else 'days'}"
            for (level, bound), days in sorted(self._cut.items())
        )
        truncated = (*cuts, *filter(None, [self._uninspected]))
        return Quality(thresholded=hidden, truncated=truncated)
