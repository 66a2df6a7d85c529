"""What does the AppView show? Posts with counts, threads, profiles, notifications, search.

Source: the lexicons app.bsky.feed.defs, app.bsky.actor.defs, app.bsky.feed.searchPosts and
app.bsky.notification.listNotifications, as `atproto` 0.0.73 models them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.sandbox.exchange import Response, answer
from connectors.sandbox.social.bluesky_errors import RefusedError
from connectors.sandbox.social.bluesky_ids import did_of, written
from connectors.sandbox.social.bluesky_lexicon import images_of
from connectors.sandbox.social.bluesky_network import Author, Item, Network
from connectors.sandbox.social.bluesky_search import MOST_HITS, found
from connectors.sandbox.social.world import SocialAccount, StoredPost

AT_ONCE = 25
USUAL_DEPTH, MOST_DEPTH = 6, 1000
MOST_NOTIFICATIONS, USUAL_NOTIFICATIONS = 100, 50
CDN = "https://cdn.bsky.app/img"

Row = dict[str, Any]


class Views:
    """The network as everybody sees it."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def posts(self, uris: Sequence[str]) -> Response:
        """Return the posts that there are of those named."""
        _few(uris, "app.bsky.feed.getPosts", "uris")
        found = [item for uri in uris if (item := self._network.item(uri))]
        return answer({"posts": [self._post(item) for item in found]})

    def thread(self, query: Mapping[str, str]) -> Response:
        """Return a post with the answers to it, and those to them, so many levels deep."""
        uri = query.get("uri", "")
        depth = min(MOST_DEPTH, int(query.get("depth", USUAL_DEPTH)))
        item = self._network.item(uri)
        if item is None:
            raise RefusedError(f"Post not found: {uri}", "NotFound")
        return answer({"thread": self._node(item, self._network.thread(item), depth)})

    def profile(self, actor: str) -> Response:
        """Return one person."""
        person = self._network.person(actor)
        if person is None:
            raise RefusedError("Profile not found")
        return answer(self._detailed(person))

    def profiles(self, actors: Sequence[str]) -> Response:
        """Return the people that there are of those named."""
        _few(actors, "app.bsky.actor.getProfiles", "actors")
        people = [person for actor in actors if (person := self._network.person(actor))]
        return answer({"profiles": [self._detailed(person) for person in people]})

    def notifications(self, account: SocialAccount, query: Mapping[str, str]) -> Response:
        """Return a page of what others said to an account, newest first."""
        limit = min(MOST_NOTIFICATIONS, int(query.get("limit", USUAL_NOTIFICATIONS)))
        heard = sorted(self._heard(account), key=lambda one: (one[0].at, one[0].uri), reverse=True)
        if cursor := query.get("cursor"):
            heard = [one for one in heard if _mark(one[0]) < cursor]
        page = heard[:limit]
        end = {"cursor": _mark(page[-1][0])} if len(heard) > limit else {}
        rows = [_notification(item, reason) for item, reason in page]
        return answer({"notifications": rows, **end})

    def search(self, query: Mapping[str, str]) -> Response:
        """Return a page of the posts that a search finds, newest first. `hitsTotal` is rounded, as
        the lexicon allows; the cursor is a number of posts."""
        hits = found(self._network, query)
        start, limit = int(query.get("cursor", 0)), min(MOST_HITS, int(query.get("limit", 25)))
        rows = [self._view(item, 0) for item in hits[start : start + limit]]
        end = {"cursor": str(start + limit)} if start + limit < len(hits) else {}
        return answer({"posts": rows, "hitsTotal": round(len(hits), -1), **end})

    def _heard(self, account: SocialAccount) -> Iterable[tuple[Item, str]]:
        did = did_of(account.account_id)
        for post in self._network.posts(account):
            for item in self._network.under(post):
                if item.author.did != did:
                    yield item, "reply"
        for item in self._network.elsewhere(account):
            if item.author.did != did:
                yield item, "reply" if item.parent else "mention"

    def _post(self, item: Item) -> Row:
        answers = [one for one in self._network.thread(item) if one.parent == item.uri]
        return self._view(item, len(answers))

    def _view(self, item: Item, answers: int) -> Row:
        """Return a post view. A fourth of the shares are quotes."""
        earned = self._earned(item)
        quotes = earned["shares"] // 4
        return {
            "uri": item.uri,
            "cid": item.cid,
            "author": _basic(item.author),
            "record": item.record,
            **_shown(item),
            "replyCount": answers,
            "repostCount": earned["shares"] - quotes,
            "likeCount": earned["likes"],
            "quoteCount": quotes,
            "bookmarkCount": 0,
            "indexedAt": written(item.at),
            "labels": [],
        }

    def _earned(self, item: Item) -> dict[str, int]:
        if not isinstance(item.stored, StoredPost):
            return {"shares": 0, "likes": 0}
        earned = self._network.social.engagement(item.stored)
        return {"shares": earned.shares or 0, "likes": earned.reactions or 0}

    def _node(self, item: Item, thread: Sequence[Item], depth: int) -> Row:
        node: Row = {"$type": "app.bsky.feed.defs#threadViewPost", "post": self._post(item)}
        if depth > 0:
            answers = (one for one in thread if one.parent == item.uri)
            node["replies"] = [self._node(one, thread, depth - 1) for one in answers]
        return node

    def _detailed(self, person: Author) -> Row:
        account = self._network.account(person.did)
        posts = len(self._network.records(account)) if account else 1
        counts = {"followersCount": person.followers, "followsCount": 1, "postsCount": posts}
        return {**_basic(person), "description": "", **counts}


def _few(names: Sequence[str], method: str, param: str) -> None:
    if not names:
        raise RefusedError(f'Invalid {method} params: Missing required key "{param}"')
    if len(names) > AT_ONCE:
        sentence = f"array too big (maximum {AT_ONCE}, got {len(names)})"
        raise RefusedError(f"Invalid {method} params: {sentence}")


def _basic(person: Author) -> Row:
    named = {"displayName": person.name} if person.name else {}
    return {"did": person.did, "handle": person.handle, **named, "labels": []}


def _notification(item: Item, reason: str) -> Row:
    subject = {"reasonSubject": item.parent} if item.parent else {}
    return {
        "uri": item.uri,
        "cid": item.cid,
        "author": _basic(item.author),
        "reason": reason,
        **subject,
        "record": item.record,
        "isRead": False,
        "indexedAt": written(item.at),
        "labels": [],
    }


def _mark(item: Item) -> str:
    """Return the cursor after an item."""
    return f"{written(item.at)}::{item.uri}"


def _shown(item: Item) -> Row:
    """Return the embed as it is shown."""
    embed = item.record.get("embed", {})
    if embed.get("$type") == "app.bsky.embed.external":
        return {"embed": {"$type": "app.bsky.embed.external#view", "external": embed["external"]}}
    if not (images := images_of(item.record)):
        return {}
    views = [_image(item.author.did, image) for image in images]
    return {"embed": {"$type": "app.bsky.embed.images#view", "images": views}}


def _image(did: str, image: Mapping[str, Any]) -> Row:
    cid = image["image"]["ref"]["$link"]
    sizes = {"thumb": "feed_thumbnail", "fullsize": "feed_fullsize"}
    shown: Row = {key: f"{CDN}/{size}/plain/{did}/{cid}@jpeg" for key, size in sizes.items()}
    ratio = {"aspectRatio": image["aspectRatio"]} if "aspectRatio" in image else {}
    return {**shown, "alt": image["alt"], **ratio}
