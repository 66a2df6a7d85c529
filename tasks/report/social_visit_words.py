"""Which words do all renderings share when they speak of what posts brought to the website?"""

from tasks.report.numbers import day, number
from tasks.social.visits import Brought, Campaigns, Visits

VISITS = "What posts brought to the website"
HEADS = ("Campaign", "Posts here", "Sessions", "Key events", "Revenue")

_UNKNOWN = "unknown"


def caption(visits: Visits) -> str:
    """Say what is counted, by whom and until when, or why nothing is known."""
    if visits.until is None:
        return (
            f"{visits.account} was never asked about campaigns: let a process of the brand pull "
            "platform google_analytics at level campaign."
        )
    if not visits.rows:
        return "No post of the last 30 days has an address with a campaign."
    return (
        f"Sessions of the 28 days to {day(visits.until)}, as {visits.account} counts them: of each "
        "campaign on all networks, of all its posts."
    )


def cells(row: Brought, visits: Visits) -> list[str]:
    """Write a campaign's posts and figures."""
    return [
        f"{row.posts:,}",
        number(row.sessions, "count", none=_UNKNOWN),
        number(row.key_events, "count", none=_UNKNOWN),
        number(row.revenue, "money", visits.currency, none=_UNKNOWN),
    ]


def unjoined(campaigns: Campaigns) -> str:
    """Say which posts cannot be joined with the website's visits; '' for none."""
    parts = []
    if it := campaigns.without_address:
        parts.append(f"{it:,} without an address")
    if it := campaigns.not_from_here:
        parts.append(f"{it:,} not published from here, whose address nobody here knows")
    return f"Posts that cannot be joined with visits: {' and '.join(parts)}." if parts else ""
