"""What is asked of Google Analytics for each level, breakdown and window?

Long windows are asked for month by month: a report over fewer events is less likely to be sampled.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from config.models import Level
from connectors.base import RejectedError, Window
from connectors.channels.google_analytics.options import Options

DIMENSIONS: Mapping[Level, tuple[str, ...]] = {
    "account": (),
    "page": ("landingPagePlusQueryString",),
    "campaign": ("sessionCampaignName",),
}
"""What tells the things of a level apart, besides the day."""

BREAKDOWNS: Mapping[str, str] = {
    "source": "sessionSource",
    "medium": "sessionMedium",
    "channel_group": "sessionDefaultChannelGroup",
    "device": "deviceCategory",
}
"""Our name of a breakdown to Google's dimension."""

REPORT_DAYS = 31

Question = Mapping[str, Any]


def breakdowns(text: str) -> tuple[str, ...]:
    """Return the parts of `source,medium`; raise `RejectedError` for one that there is not."""
    names = tuple(text.split(",")) if text else ()
    if unknown := [name for name in names if name not in BREAKDOWNS]:
        known = ", ".join(BREAKDOWNS)
        raise RejectedError(
            f"google_analytics has no breakdown {', '.join(unknown)}; it has {known}"
        )
    return names


def daily(
    options: Options, level: Level, window: Window, parts: tuple[str, ...]
) -> Iterator[Question]:
    """Yield the reports that together have a window's figures, day by day."""
    dimensions = ("date", *DIMENSIONS[level], *(BREAKDOWNS[part] for part in parts))
    for month in window.split(window.days if level == "account" else REPORT_DAYS):
        yield report(dimensions, tuple(options.metrics.values()), month)


def report(dimensions: tuple[str, ...], metrics: tuple[str, ...], window: Window) -> Question:
    """Return the body of a report without its paging; ordered by all that tells rows apart."""
    return {
        "dimensions": [{"name": name} for name in dimensions],
        "metrics": [{"name": name} for name in metrics],
        "dateRanges": [{"startDate": f"{window.start}", "endDate": f"{window.end}"}],
        "orderBys": [{"dimension": {"dimensionName": name}} for name in dimensions],
        "keepEmptyRows": True,
    }
