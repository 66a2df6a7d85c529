"""How often is a word or a hashtag used? As the network's search finds it, day by day.

`app.bsky.feed.searchPosts` answers those who are signed in only. `hitsTotal` is an estimate and no
count, so posts are counted page by page; a day with more than `MOST_PAGES` pages is not known. A
post's moment is when it says that it was made, and not later than when the network had it: `since`
and `until` go by it (`sortAt`). What a search finds besides the very word is not counted.
Source: the lexicon, as `atproto` 0.0.73 models it; github.com/bluesky-social/atproto, issue 3423.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.watched import is_hashtag
from connectors.channels.bluesky.calling import Calls, Row
from connectors.channels.bluesky.own_records import said_at
from connectors.channels.bluesky.records import moment
from connectors.http import PageTurn
from connectors.social import Spoken
from connectors.watching import days_back, edges, says

METHOD = "app.bsky.feed.searchPosts"
PAGE = "100"
MOST_PAGES = 20
"""Of a day, and over all days that are asked for at once `MOST_IN_ALL`, the newest days first."""
MOST_IN_ALL = 60
TAG = "app.bsky.richtext.facet#tag"


def spoken_of(calls: Calls, term: str, first: date, last: date, zone: ZoneInfo) -> Spoken:
    """Count the posts of others on each day."""
    left = MOST_IN_ALL
    counts: dict[date, int | None] = {}
    for day in days_back(first, last):
        counts[day], used = _of_day(calls, term, edges(day, zone), min(left, MOST_PAGES))
        left -= used
    return Spoken(counts)


def _of_day(
    calls: Calls, term: str, span: tuple[datetime, datetime], most: int
) -> tuple[int | None, int]:
    """Return how many posts a day has, None if they are on more pages; and how many were read."""
    query = term if is_hashtag(term) else f'"{term}"'
    asked = {"q": query, "sort": "latest", "limit": PAGE}
    asked |= dict(zip(("since", "until"), map(moment, span), strict=True))
    turn, found = PageTurn(METHOD), set()
    for number in range(1, most + 1):
        answer = calls.signed(METHOD, asked)
        with calls.shape(METHOD):
            found |= {row["uri"] for row in answer["posts"] if _counts(row, term, span, calls.did)}
            cursor = answer.get("cursor")
        if not cursor:
            return len(found), number
        asked["cursor"] = turn.to(str(cursor))
    return None, most


def _counts(row: Row, term: str, span: tuple[datetime, datetime], own_did: str) -> bool:
    record: dict[str, Any] = row["record"]
    seen = datetime.fromisoformat(row["indexedAt"])
    within = span[0] <= min(said_at(record, seen), seen) < span[1]
    others = row["author"]["did"] != own_did
    return within and others and says(term, str(record.get("text", "")), _tags(record))


def _tags(record: Row) -> list[str]:
    """Return a post's hashtags: those that readers click on, and those that are not shown."""
    features = [it for facet in record.get("facets") or () for it in facet["features"]]
    shown = [str(it["tag"]) for it in features if it["$type"] == TAG]
    return [*shown, *map(str, record.get("tags") or ())]
