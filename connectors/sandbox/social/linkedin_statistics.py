"""What does the simulated LinkedIn tell of posts and pages? Totals of posts, figures of days.

Days are UTC and told of when they are over; followers of yesterday are not told of yet. Comments
count on the day on which they were written, everything else on the day on which it was earned.
"""

from collections.abc import Mapping
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.social.linkedin_posts import Posts, urn_of
from connectors.sandbox.social.linkedin_wire import RefusalError, milliseconds, moment, whole
from connectors.sandbox.social.world import Key, SocialWorld, StoredPost
from connectors.social import Engagement

MOST_POSTS = 50
HISTORY = timedelta(days=365)
LIVES = timedelta(days=15)
"""After so long a post earns nothing any more: 1 - exp(-360/14) is one."""
DAY = timedelta(days=1)
KINDS = {"shares": "share", "ugcPosts": "ugcPost"}
NAMES = {
    "impressions": "impressionCount",
    "clicks": "clickCount",
    "reactions": "likeCount",
    "shares": "shareCount",
}
COMMENTS = "commentCount"

Figures = dict[str, int]


class Statistics:
    """What all pages and their posts earned."""

    def __init__(self, social: SocialWorld, posts: Posts) -> None:
        self._social = social
        self._posts = posts

    def of_shares(self, query: Mapping[str, Any], key: Key) -> Response:
        """Answer share statistics: of the posts that are named, of days, or of the page at all."""
        if "shares" in query or "ugcPosts" in query:
            return whole(self._of_posts(query, key))
        if "timeIntervals" in query:
            rows = [self._of_day(day, key) for day in self._days(query, last=DAY)]
            return whole(rows)
        totals = [self._total(post, self._social.now()) for post in self._social.posts(key)]
        return whole([{**_of(key), "totalShareStatistics": _row(_sum(totals))}])

    def of_followers(self, query: Mapping[str, Any], key: Key) -> Response:
        """Answer follower statistics of days; yesterday is missing."""
        if "timeIntervals" not in query:
            return whole([{**_of(key), "followerCountsBySeniority": []}])
        rows = []
        for day in self._days(query, last=2 * DAY):
            gained = self._followers(day + DAY, key) - self._followers(day, key)
            gains = {"organicFollowerGain": gained, "paidFollowerGain": 0}
            rows.append({**_of(key), "timeRange": _range(day), "followerGains": gains})
        return whole(rows)

    def followers(self, query: Mapping[str, Any], key: Key) -> Response:
        """Answer how many follow a page now."""
        if query.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "edgeType is not known")
        return answer({"firstDegreeSize": self._social.followers(key)})

    def _of_posts(self, query: Mapping[str, Any], key: Key) -> list[dict[str, Any]]:
        asked = {name: query[name] for name in KINDS if name in query}
        if any(not isinstance(urns, list) for urns in asked.values()):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "shares and ugcPosts are lists")
        if sum(map(len, asked.values())) > MOST_POSTS:
            raise RefusalError(400, "ILLEGAL_ARGUMENT", f"at most {MOST_POSTS} posts")
        there = {urn_of(post): post for post in self._social.posts(key)}
        rows = []
        for name, kind in KINDS.items():
            for urn in asked.get(name, []):
                if urn not in there or f":{kind}:" not in urn:
                    continue
                figures = self._total(there[urn], self._social.now())
                if any(figures.values()):  # without activity it is left out
                    rows.append({**_of(key), kind: urn, "totalShareStatistics": _row(figures)})
        return rows

    def _of_day(self, day: date, key: Key) -> dict[str, Any]:
        start, end = _midnight(day), _midnight(day + DAY)
        figures: list[Figures] = []
        for post in self._social.posts(key):
            if post.at < end and post.at > start - LIVES:
                before, after = self._total(post, start), self._total(post, end)
                figures.append({name: after[name] - before[name] for name in after})
        statistics = _row(_sum(figures))
        return {**_of(key), "timeRange": _range(day), "totalShareStatistics": statistics}

    def _total(self, post: StoredPost, at: datetime) -> Figures:
        """Return what a post had earned by a moment."""
        earned: Engagement = self._as_of(at).engagement(post)
        said = sum(one.at <= at for one in self._social.comments(post))
        figures = {theirs: int(getattr(earned, ours) or 0) for ours, theirs in NAMES.items()}
        return {**figures, COMMENTS: said}

    def _followers(self, day: date, key: Key) -> int:
        return self._as_of(_midnight(day)).followers(key)

    def _as_of(self, at: datetime) -> SocialWorld:
        """Return the same world at another moment."""
        then = copy(self._social)
        then.now = lambda: at
        return then

    def _days(self, query: Mapping[str, Any], last: timedelta) -> list[date]:
        """Return the days that are asked for and kept, until so long before today."""
        try:
            asked = query["timeIntervals"]
            start, end = (moment(asked["timeRange"][name]) for name in ("start", "end"))
            by_day = asked["timeGranularityType"] == "DAY"
        except (KeyError, TypeError, ValueError):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "timeIntervals is malformed") from None
        if not by_day or any(one.time() != time() for one in (start, end)):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "only whole days are simulated")
        today = self._social.now().date()
        first = max(start.date(), today - HISTORY)
        until = min(end.date(), today - last + DAY)
        return [first + timedelta(days=n) for n in range(max((until - first).days, 0))]


def _of(key: Key) -> dict[str, Any]:
    return {"organizationalEntity": f"urn:li:organization:{key[1]}"}


def _range(day: date) -> dict[str, int]:
    return {"start": milliseconds(_midnight(day)), "end": milliseconds(_midnight(day + DAY))}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _sum(figures: list[Figures]) -> Figures:
    return {name: sum(one[name] for one in figures) for name in (*NAMES.values(), COMMENTS)}


def _row(figures: Figures) -> dict[str, Any]:
    did = sum(value for name, value in figures.items() if name != "impressionCount")
    shown = figures["impressionCount"]
    engagement = did / shown if shown else 0.0
    return {**figures, "uniqueImpressionsCount": round(shown * 0.74), "engagement": engagement}
