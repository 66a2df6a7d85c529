"""What stands on a simulated Mastodon? Our posts, what is said under them, our answers.

A status is a post or a comment of the shared world, seen from the server of one of our accounts.
Others begin what they say with a mention of whom they answer, as Mastodon's programs do. Somebody
mentions us elsewhere when they are let say something (`SocialWorld.say`) under our account's id
instead of a post's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.social import mastodon_text
from connectors.sandbox.social.mastodon_media import media_entity
from connectors.sandbox.social.mastodon_people import People, Person, account_entity
from connectors.sandbox.social.world import (
    Entry,
    SocialAccount,
    SocialWorld,
    StoredComment,
    StoredPost,
)


@dataclass(frozen=True, slots=True)
class Status:
    """Something said, as a server has it."""

    id: str
    at: datetime
    text: str
    author: Person
    answers: str  # the id of the status that it answers; '' if none
    answered: Person | None  # who is answered
    details: dict[str, Any]
    post: StoredPost | None  # None: a comment


class Statuses:
    """What one of our accounts sees."""

    def __init__(self, social: SocialWorld, account: SocialAccount, deleted: set[str]) -> None:
        self._social = social
        self._account = account
        self._deleted = deleted
        self.key = (account.network, account.account_id)
        self.people = People(social, account)

    def posts(self) -> list[Status]:
        """Return our posts, newest first."""
        return [self._post(post) for post in self._social.posts(self.key)]

    def below(self, post: StoredPost) -> list[Status]:
        """Return what stands under a post, oldest first, or with our account for it: elsewhere."""
        said = [one for one in self._social.comments(post) if one.comment_id not in self._deleted]
        authors = {one.comment_id: self._author(one) for one in said}
        return [self._comment(one, post, authors) for one in said]

    def elsewhere(self) -> StoredPost:
        """Return what stands for all that is no post of ours."""
        return StoredPost(self.key, self._account.account_id, self._social.now(), "")

    def everything(self) -> Iterator[Status]:
        """Yield our posts, what stands under them, and what is said elsewhere."""
        for post in self._social.posts(self.key):
            yield self._post(post)
            yield from self.below(post)
        yield from self.below(self.elsewhere())

    def find(self, status_id: str) -> Status | None:
        """Return a status, None if there is none."""
        return next((one for one in self.everything() if one.id == status_id), None)

    def descendants(self, status: Status) -> list[Status]:
        """Return what answers a status, oldest first, each followed by what answers that."""
        answers: dict[str, list[Status]] = {}
        for one in sorted(self.everything(), key=lambda one: (one.at, one.id)):
            answers.setdefault(one.answers, []).append(one)
        found, left = [], answers.get(status.id, [])[::-1]
        while left:
            found.append(one := left.pop())
            left += answers.get(one.id, [])[::-1]
        return found

    def delete(self, status: Status) -> None:
        """Take one of our statuses away."""
        if status.post is not None:
            self._social.delete(self.key, status.id)
            return
        with self._social.lock:
            self._deleted.add(status.id)
            self._social.log.append(
                Entry(*self.key, "deletion", status.id, self._social.now(), status.text)
            )

    def entity(self, status: Status) -> dict[str, Any]:
        """Return a status in the shape of the API's entity."""
        find = self.people.find
        page = f"{status.author.url}/{status.id}"
        media = [self._media(media_id) for media_id in status.details.get("media_ids", ())]
        return {
            "id": status.id,
            "created_at": f"{status.at:%Y-%m-%dT%H:%M:%S}.{status.at.microsecond // 1000:03d}Z",
            "in_reply_to_id": status.answers or None,
            "in_reply_to_account_id": status.answered.id if status.answered else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": status.details.get("visibility", "public"),
            "language": status.details.get("language", "en"),
            "uri": page.replace("/@", "/users/").replace(f"/{status.id}", f"/statuses/{status.id}"),
            "url": page,
            **self._counts(status),
            "edited_at": None,
            "favourited": False,
            "reblogged": False,
            "muted": False,
            "bookmarked": False,
            "pinned": False,
            "content": mastodon_text.html(status.text, find),
            "filtered": [],
            "reblog": None,
            "application": {"name": "Marketloop", "website": None},
            "account": account_entity(status.author, self._social.now()),
            "media_attachments": media,
            "mentions": [
                {"id": one.id, "username": one.username, "url": one.url, "acct": one.acct}
                for one in mastodon_text.mentioned(status.text, find)
            ],
            "tags": [
                {"name": tag.lower(), "url": f"https://server.example/tags/{tag.lower()}"}
                for tag in mastodon_text.hashtags(status.text)
            ],
            "emojis": [],
            "card": None,
            "poll": None,
            "quote": None,
        }

    def _counts(self, status: Status) -> dict[str, int]:
        if status.post is None:
            names = ("replies_count", "reblogs_count", "favourites_count", "quotes_count")
            return dict.fromkeys(names, 0)
        earned = self._social.engagement(status.post)
        quotes = (earned.shares or 0) // 5
        replies = [one for one in self.below(status.post) if one.answers == status.id]
        return {
            "replies_count": len(replies),
            "reblogs_count": (earned.shares or 0) - quotes,
            "favourites_count": earned.reactions or 0,
            "quotes_count": quotes,
        }

    def _media(self, media_id: str) -> dict[str, Any]:
        return media_entity(media_id, self._social.media[media_id])

    def _post(self, post: StoredPost) -> Status:
        us = self.people.us
        return Status(post.post_id, post.at, post.text, us, "", None, dict(post.details), post)

    def _author(self, said: StoredComment) -> Person:
        us = self.people.us
        return us if said.by_us else self.people.author(said.author, said.followers)

    def _comment(self, said: StoredComment, post: StoredPost, authors: dict[str, Person]) -> Status:
        """Return a comment; ours have the mention of whom they answer in the text already."""
        under_us = post.post_id != self._account.account_id
        answers = said.parent_id or (post.post_id if under_us else "")
        answered = authors.get(said.parent_id, self.people.us) if answers else None
        text, author = said.text, authors[said.comment_id]
        told = answered or self.people.us
        if not said.by_us and told != author:
            text = f"@{told.acct} {text}"
        return Status(
            said.comment_id, said.at, text, author, answers, answered, dict(said.details), None
        )
