"""What is the same for every network on which words are watched? Days, and what has a word.

Counts leave a connector, and nothing else: whose posts they were, what else they said and what
they are called is looked at to count each once, and forgotten with the call.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.watched import is_hashtag, watched_key

DAY = timedelta(days=1)


def says(term: str, text: str, tags: Iterable[str] = ()) -> bool:
    """Tell whether a post has a word, as whole words whatever their case, or a hashtag.

    `tags` are the post's hashtags, without #. `shop` is in `#shop`, and is not in `shops`.
    """
    key = watched_key(term)
    if is_hashtag(term) and key[1:] in {watched_key(tag) for tag in tags}:
        return True
    return bool(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", watched_key(text)))


def days_back(first: date, last: date) -> list[date]:
    """Return the days, the newest first."""
    return [last - DAY * ago for ago in range((last - first).days + 1)]


def edges(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a day begins and when the next one does, in UTC."""
    start, end = (datetime.combine(it, time(), zone) for it in (day, day + DAY))
    return start.astimezone(UTC), end.astimezone(UTC)
