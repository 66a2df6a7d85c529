"""What of the simulated world is on Bluesky? Its posts and comments as records with authors.

What was not sent through Bluesky itself, such as a past that is made up and what simulated people
write, has ids that follow from the world's own. What people say under no post (`say("", ...)`) is
said to every account elsewhere on the network.

What was looked up is kept while one request is answered (`look_again` begins the next one).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.social.bluesky_ids import (
    POST,
    did_of,
    handle_of,
    parts_of,
    record_cid,
    tid,
    uri_of,
    written,
)
from connectors.sandbox.social.chatter import Saying
from connectors.sandbox.social.world import (
    Key,
    SocialAccount,
    SocialWorld,
    StoredComment,
    StoredPost,
)

ELSEWHERE = ""
"""The post under which stands what is said elsewhere."""


@dataclass(frozen=True, slots=True)
class Author:
    """An account of the world, or a person."""

    did: str
    handle: str
    name: str
    followers: int


@dataclass(frozen=True, slots=True)
class Item:
    """A post or a comment on Bluesky."""

    uri: str
    author: Author
    at: datetime
    record: Mapping[str, Any]
    stored: StoredPost | StoredComment

    @property
    def cid(self) -> str:
        """The id of its content."""
        return record_cid(self.record)

    @property
    def key(self) -> str:
        """The record key."""
        return parts_of(self.uri)[1]

    @property
    def parent(self) -> str:
        """The address of what it answers, '' for a post."""
        reply = self.record.get("reply")
        return str(reply["parent"]["uri"]) if reply else ""


class Network:
    """The world as Bluesky has it."""

    def __init__(self, social: SocialWorld) -> None:
        self.social = social
        self.taken_back: set[str] = set()
        """Replies that were deleted; the world itself deletes posts only."""
        self._accounts = {
            did_of(key[1]): account
            for key, account in social.accounts.items()
            if key[0] == "bluesky"
        }
        self._posts: dict[str, list[Item]] = {}
        self._under: dict[str, list[Item]] = {}
        self._people: dict[str, Author] = {}
        self._sayings: dict[Saying, Item] = {}

    def look_again(self) -> None:
        """Forget what was looked up: the world may have gone on."""
        self._posts.clear()
        self._under.clear()

    def account(self, identifier: str) -> SocialAccount | None:
        """Return an account by its DID or handle."""
        wanted = identifier if identifier.startswith("did:") else identifier.lower()
        return next(
            (
                account
                for did, account in self._accounts.items()
                if wanted in (did, handle_of(account.account_id).lower())
            ),
            None,
        )

    def author(self, account: SocialAccount) -> Author:
        """Return an account as an author."""
        did, handle = did_of(account.account_id), handle_of(account.account_id)
        return Author(did, handle, account.name, self.social.followers(key_of(account)))

    def person(self, identifier: str) -> Author | None:
        """Return an account or somebody who wrote, by DID or handle."""
        if account := self.account(identifier):
            return self.author(account)
        if identifier not in self._people:
            for item in self._everything():
                self._people |= {item.author.did: item.author, item.author.handle: item.author}
        return self._people.get(identifier)

    def posts(self, account: SocialAccount) -> list[Item]:
        """Return an account's posts, newest first."""
        did = did_of(account.account_id)
        if did not in self._posts:
            author, posts = self.author(account), self.social.posts(key_of(account))
            self._posts[did] = [_post(post, author) for post in posts]
        return self._posts[did]

    def records(self, account: SocialAccount) -> list[Item]:
        """Return what an account's repository holds, the largest key first."""
        did = did_of(account.account_id)
        own = {item.uri: item for item in self._everything() if item.author.did == did}
        return sorted(own.values(), key=lambda item: item.key, reverse=True)

    def item(self, uri: str) -> Item | None:
        """Return a post or comment by its address."""
        did, _ = parts_of(uri)
        if account := self.account(did):
            own = (item for item in self.posts(account) if item.uri == uri)
            if found := next(own, None):
                return found
        return next((item for item in self._everything() if item.uri == uri), None)

    def under(self, post: Item) -> list[Item]:
        """Return everything that was answered under an account's post, oldest first."""
        if post.uri not in self._under:
            stored = post.stored
            found = self._comments(stored, post) if isinstance(stored, StoredPost) else []
            self._under[post.uri] = found
        return self._under[post.uri]

    def elsewhere(self, account: SocialAccount) -> list[Item]:
        """Return what is said to an account elsewhere, and what it answered there."""
        return self._comments(StoredPost(key_of(account), ELSEWHERE, self.social.now(), ""), None)

    def public(self) -> list[Item]:
        """Return what anybody finds, newest first: our posts, and what others say to nobody."""
        items = [post for account in self._accounts.values() for post in self.posts(account)]
        for saying in self.social.spoken("bluesky"):
            if saying not in self._sayings:
                self._sayings[saying] = _saying(saying)
            items.append(self._sayings[saying])
        return sorted(items, key=lambda item: (item.at, item.uri), reverse=True)

    def thread(self, item: Item) -> list[Item]:
        """Return everything in the thread that an item is part of, but its top."""
        reply = item.record.get("reply")
        top = reply["root"]["uri"] if reply else item.uri
        for account in self._accounts.values():
            for post in self.posts(account):
                if post.uri == top:
                    return self.under(post)
            said = self.elsewhere(account)
            if item.uri in {one.uri for one in said}:
                return said
        return []

    def _everything(self) -> Iterator[Item]:
        for account in self._accounts.values():
            for post in self.posts(account):
                yield post
                yield from self.under(post)
            yield from self.elsewhere(account)

    def _comments(self, post: StoredPost, above: Item | None) -> list[Item]:
        items: dict[str, Item] = {}
        for comment in self.social.comments(post):
            author = self._who(comment, post)
            known = comment.comment_id.startswith("at://")
            key = tid(comment.at, comment.comment_id)
            uri = comment.comment_id if known else uri_of(author.did, key)
            parent = items.get(comment.parent_id, above)
            reply = {"root": _ref(above or parent), "parent": _ref(parent)} if parent else None
            record = _record(comment, reply)
            items[comment.comment_id] = Item(uri, author, comment.at, record, comment)
        return [item for item in items.values() if item.uri not in self.taken_back]

    def _who(self, comment: StoredComment, post: StoredPost) -> Author:
        if comment.by_us:
            did = comment.details.get("did", did_of(post.key[1]))
            return self.author(self._accounts[did])
        did = did_of(f"reader {comment.author}")
        return Author(did, handle_of(comment.author), comment.author, comment.followers)


def key_of(account: SocialAccount) -> Key:
    """Return by what the world knows an account."""
    return account.network, account.account_id


def _post(post: StoredPost, author: Author) -> Item:
    known = post.post_id.startswith("at://")
    uri = post.post_id if known else uri_of(author.did, tid(post.at, post.post_id))
    return Item(uri, author, post.at, _record(post, None), post)


def _saying(saying: Saying) -> Item:
    """Return a post of somebody else, its hashtags marked as programs do."""
    did = did_of(f"reader {saying.author}")
    author = Author(did, handle_of(saying.author), saying.author, 0)
    said = StoredComment(f"{saying.number}", ELSEWHERE, saying.at, saying.text, saying.author)
    facets = [
        {
            "index": {
                "byteStart": len(saying.text[: it.start()].encode()),
                "byteEnd": len(saying.text[: it.end()].encode()),
            },
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": it.group()[1:]}],
        }
        for it in re.finditer(r"#\w+", saying.text)
    ]
    record = {**_record(said, None), **({"facets": facets} if facets else {})}
    key = tid(saying.at, f"{saying.number} {saying.author}")
    return Item(uri_of(did, key), author, saying.at, record, said)


def _record(
    stored: StoredPost | StoredComment, reply: Mapping[str, Any] | None
) -> Mapping[str, Any]:  # fmt: skip
    """Return the record that was sent, or one for what was not sent through Bluesky."""
    if sent := stored.details.get("record"):
        record: Mapping[str, Any] = sent
        return record
    made: dict[str, Any] = {"$type": POST, "text": stored.text, "createdAt": written(stored.at)}
    return {**made, "langs": ["en"], **({"reply": reply} if reply else {})}


def _ref(item: Item | None) -> dict[str, str]:
    return {"uri": item.uri, "cid": item.cid} if item else {}
