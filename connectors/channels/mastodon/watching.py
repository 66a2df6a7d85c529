"""How often is a word or a hashtag used? As far as this one server knows the network.

Hashtags have a timeline, newest first (`/api/v1/timelines/tag/:hashtag`), of public posts that came
to the server. Words are found by its full-text search (`/api/v2/search`), in posts whose authors
allow it, and only where whoever runs the server has set it up: a server without it says that it
found nothing. So nothing is believed to be nothing only if the server finds our own posts
(`from:me`); our token needs the scope `read:search`.

Both are read down to the first day that is asked for, over at most `MOST_PAGES` pages; a day that
was not reached to its beginning is not known.
Sources: docs.joinmastodon.org, methods/timelines and methods/search; Mastodon's
`search_service.rb`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from zoneinfo import ZoneInfo

from config.watched import is_hashtag
from connectors.channels.mastodon.calling import PAGE, Calls, Row
from connectors.channels.mastodon.errors import ForbiddenError
from connectors.channels.mastodon.statuses import moment, text_of
from connectors.social import Spoken
from connectors.watching import days_back, says

MOST_PAGES = 25
"""Of 40 posts, for one word at once; a server takes 300 calls in five minutes."""
SEARCH = "/api/v2/search"
NO_SEARCH = "the server searches no texts, hashtags only"
NO_SCOPE = "the server does not let the access token look; words need its scope read:search"


def spoken_of(calls: Calls, term: str, first: date, last: date, zone: ZoneInfo) -> Spoken:
    """Count the posts of others; what the server shows nobody, or not to us, is not told."""
    own_id = calls.own_id()

    def by_others(row: Row) -> bool:
        return str(row["account"]["id"]) != own_id

    def with_word(row: Row) -> bool:
        text = f"{row.get('spoiler_text') or ''} {text_of(row)}"
        return by_others(row) and says(term, text)

    try:
        if is_hashtag(term):
            pages = calls.pages(f"/api/v1/timelines/tag/{term[1:]}", {})
            return Spoken(_by_day(calls, pages, by_others, first, last, zone))
        counts = _by_day(calls, _found(calls, f'"{term}"'), with_word, first, last, zone)
        nothing = not any(counts.values())
        if nothing and next(_found(calls, "from:me"), None) is None:
            return Spoken({}, NO_SEARCH)
    except ForbiddenError:
        return Spoken({}, NO_SCOPE)
    return Spoken(counts)


def _found(calls: Calls, query: str) -> Iterator[list[Row]]:
    """Yield pages of what a search finds, newest first. A page may be short and not be the last
    one: what we may not see is left out of it."""
    for number in count():
        asked = {"q": query, "type": "statuses", "limit": PAGE, "offset": str(number * int(PAGE))}
        answer = calls.get(SEARCH, asked)
        with calls.shape(SEARCH):
            rows = list(answer["statuses"])
        if not rows:
            return
        yield rows


def _by_day(
    calls: Calls,
    pages: Iterator[list[Row]],
    counts: Callable[[Row], bool],
    first: date,
    last: date,
    zone: ZoneInfo,
) -> dict[date, int | None]:
    """Count what stands on pages, newest first; None for days that were not read to their end."""
    found: Counter[date] = Counter()
    seen: set[str] = set()
    reached = date.max  # from this day on nothing, or not all, was read
    for _ in range(MOST_PAGES):
        page = next(pages, None)
        if page is None:
            reached = date.min
            break
        with calls.shape("/api"):
            for row in page:
                reached = moment(row["created_at"]).astimezone(zone).date()
                if row["id"] not in seen:
                    found[reached] += counts(row)
                seen.add(row["id"])
        if reached < first:
            break
    return {day: found[day] if day > reached else None for day in days_back(first, last)}
