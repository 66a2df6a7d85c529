"""What of a simulated Mastodon is public? Hashtags' timelines, and what a search finds.

Others' posts are those that came to our account's server; ours are among them unless they are
unlisted. The search finds `"a phrase"`, a word, or `from:me`; as the real one, which knows stems,
it finds what begins with the word, too. Where texts are not searched it finds nothing, and says no
more: so do real servers without Elasticsearch.
Sources: Mastodon's `tag_feed.rb`, `search_service.rb`.
"""

import re

from connectors.sandbox.social import mastodon_text
from connectors.sandbox.social.mastodon_posting import snowflake
from connectors.sandbox.social.mastodon_statuses import Status, Statuses
from connectors.sandbox.social.world import SocialWorld

OURS = "from:me"


def tagged(social: SocialWorld, statuses: Statuses, tag: str) -> list[Status]:
    """Return the public posts with a hashtag, newest first."""
    return [
        one
        for one in _public(social, statuses)
        if tag.lower() in map(str.lower, mastodon_text.hashtags(one.text))
    ]


def found(social: SocialWorld, statuses: Statuses, query: str) -> list[Status]:
    """Return what a search finds, newest first."""
    if not social.full_text:
        return []
    if query == OURS:
        return [one for one in _public(social, statuses) if one.author == statuses.people.us]
    wanted = re.compile(rf"(?<!\w){re.escape(query.strip(chr(34)))}", re.IGNORECASE)
    return [one for one in _public(social, statuses) if wanted.search(one.text)]


def _public(social: SocialWorld, statuses: Statuses) -> list[Status]:
    ours = [one for one in statuses.posts() if one.details.get("visibility") != "unlisted"]
    others = [
        Status(
            id=snowflake(one.at, one.number),
            at=one.at,
            text=one.text,
            author=statuses.people.author(one.author),
            answers="",
            answered=None,
            details={},
            post=None,
        )
        for one in social.spoken("mastodon")
    ]
    return sorted([*ours, *others], key=lambda one: (one.at, one.id), reverse=True)
