"""When is a post due? Once at its time, an evergreen one again after each cool-down."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from config.content import Content
from config.content_rules import ContentRules
from config.content_times import FORM


def occurrences(
    content: Content, rules: ContentRules, zone: ZoneInfo, since: datetime, until: datetime
) -> list[datetime]:
    """Return when a post is due between two moments, both included; none without a time.

    A time that a day of an evergreen's return does not have, because the clock is put forward, is
    the one that the clock shows instead; of one that it has twice it is the first.
    """
    if not content.front.publish_at:
        return []
    first = datetime.strptime(content.front.publish_at, FORM)  # noqa: DTZ007  the zone follows
    days = rules.cool_down_days
    times = 1
    if content.front.evergreen:
        local = until.astimezone(zone).replace(tzinfo=None)
        times = max(1, (local - first).days // days + 2)
    due = ((first + timedelta(days * n)).replace(tzinfo=zone).astimezone(UTC) for n in range(times))
    return [moment for moment in due if since <= moment <= until]
