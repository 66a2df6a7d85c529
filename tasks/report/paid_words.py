"""In which words does a report tell what is paid and found? Not yet escaped."""

from tasks.paid_and_found import (
    FIRST_PLACES,
    HIGH_RATE,
    LEAST_IMPRESSIONS,
    NOBODY_LOOKS,
    PaidAndFound,
    PaidQuery,
    Total,
)
from tasks.report.numbers import UNKNOWN, day, number, plural

PAID_AND_FOUND = "Paid and found"
SAVED = (
    f"Paid for although we are found at position {FIRST_PLACES:g} or better and at least "
    f"{HIGH_RATE:.0%} of {LEAST_IMPRESSIONS:g} or more views are clicked unpaid"
)
UNCOVERED = f"Paid searches that convert, with us unpaid nowhere or after place {NOBODY_LOOKS:g}"
HIDDEN = "Search Console hides searches that few people make: it may show us for some of these."
HEADS = ["Search", "Spend", "Paid clicks", "Conversions", "Unpaid views", "Position", "Unpaid CTR"]


def about(found: PaidAndFound) -> str:
    """Say what is laid beside what."""
    return f"Google Ads search terms, 28 days to {day(found.until)}, beside unpaid search results."


def at_most(total: Total) -> str:
    """Say what could be saved in one currency, and on what that rests."""
    return (
        f"At most {number(total.spend, 'money', total.currency)} could be saved in 28 days: "
        f"{plural(total.queries, 'search', 'searches')}, {plural(int(total.clicks), 'paid click')} "
        f"and {number(total.conversions, 'count')} conversions, of which only a part would come "
        f"unpaid too. Try it on one of them before all."
    )


def more_uncovered(found: PaidAndFound) -> str:
    """Say how many searches there was no room for; '' if all are shown."""
    shown = len({query.text for query in found.uncovered})
    more = found.uncovered_queries - shown
    return f"{plural(more, 'more search', 'more searches')} not listed." if more > 0 else ""


def cells(query: PaidQuery) -> list[str]:
    """Write the figures of a row, in the order of `HEADS` without the search."""
    return [
        number(query.spend, "money", query.currency),
        number(query.clicks, "count"),
        number(query.conversions, "count"),
        number(query.impressions, "count"),
        UNKNOWN if query.position is None else f"{query.position:.1f}",
        UNKNOWN if query.rate is None else f"{query.rate:.1%}",
    ]
