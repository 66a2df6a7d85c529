"""What is said under the simulated LinkedIn's posts, and how do pages answer?

Comments are plain text, under a post's activity; answers stand one level below and no deeper.
"""

import re
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.social.linkedin_posts import EPOCH_BITS, Posts, activity_of
from connectors.sandbox.social.linkedin_wire import RefusalError, created, listed, milliseconds
from connectors.sandbox.social.world import (
    Entry,
    Key,
    SocialWorld,
    StoredComment,
    StoredPost,
    hash_of,
)

COMMENT = re.compile(r"urn:li:comment:\((urn:li:\w+:\d+),(\d+)\)")
LONGEST_TEXT = 1_250


class Comments:
    """The comments under all pages' posts."""

    def __init__(self, social: SocialWorld, posts: Posts) -> None:
        self._social = social
        self._posts = posts
        self._deleted: set[tuple[str, str]] = set()

    def under(self, request: Request, query: Mapping[str, Any], target: str, key: Key) -> Response:
        """Return a page of what stands under a post or a comment, oldest first."""
        post, parent = self._target(target, key)
        there, above = self._there(post), parent.comment_id if parent else ""
        rows = [_row(one, post, there) for one in there if one.parent_id == above]
        return listed(request, rows, query)

    def get(self, target: str, number: str, key: Key) -> Response:
        """Return one comment."""
        post, _ = self._target(target, key)
        return answer(_row(self._find(post, number), post, self._there(post)))

    def create(self, request: Request, target: str, key: Key) -> Response:
        """Take a comment of the page."""
        post, parent = self._target(target, key)
        sent = request.json() or {}
        text = str((sent.get("message") or {}).get("text") or "")
        if sent.get("actor") != f"urn:li:organization:{key[1]}":
            raise RefusalError(
                403, "ACCESS_DENIED", "Not enough permissions to access: comments", 100
            )
        if sent.get("object") != activity_of(post):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "object is not the activity of the target")
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "message.text has no valid length")
        named = sent.get("parentComment", "")
        if parent is not None and (parent.parent_id or named != _urn(parent, post)):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "parentComment is no comment of the post")
        now = self._social.now()
        said = StoredComment(
            f"{milliseconds(now) << EPOCH_BITS | self._social.number()}",
            post.post_id,
            now,
            text,
            self._social.accounts[key].name,
            by_us=True,
            parent_id=parent.comment_id if parent else "",
        )
        self._social.reply(key, said)
        return created(said.comment_id, _row(said, post, []))

    def delete(self, query: Mapping[str, Any], target: str, number: str, key: Key) -> Response:
        """Take a comment of the page away."""
        post, _ = self._target(target, key)
        said = self._find(post, number)
        if not said.by_us or query.get("actor") != f"urn:li:organization:{key[1]}":
            raise RefusalError(
                403, "ACCESS_DENIED", "Not enough permissions to access: comments", 100
            )
        self._deleted.add((post.post_id, number))
        now = self._social.now()
        with self._social.lock:
            self._social.log.append(Entry(*key, "deletion", number, now, said.text))
        return Response(204, b"")

    def _target(self, target: str, key: Key) -> tuple[StoredPost, StoredComment | None]:
        """Return the post that a URN stands for, and the comment if it is one's."""
        if match := COMMENT.fullmatch(target):
            post = self._posts.find(match[1], key)
            return post, self._find(post, match[2])
        return self._posts.find(target, key), None

    def _there(self, post: StoredPost) -> list[StoredComment]:
        said = self._social.comments(post)
        return [one for one in said if (post.post_id, one.comment_id) not in self._deleted]

    def _find(self, post: StoredPost, number: str) -> StoredComment:
        for one in self._there(post):
            if one.comment_id == number:
                return one
        raise RefusalError(404, "NOT_FOUND", "Could not find entity")


def _urn(comment: StoredComment, post: StoredPost) -> str:
    return f"urn:li:comment:({activity_of(post)},{comment.comment_id})"


def _row(comment: StoredComment, post: StoredPost, there: list[StoredComment]) -> dict[str, Any]:
    answers = sum(one.parent_id == comment.comment_id for one in there)
    actor = _actor(comment, post)
    stamp = {"actor": actor, "time": milliseconds(comment.at)}
    row = {
        "id": comment.comment_id,
        "actor": actor,
        "object": activity_of(post),
        "$URN": _urn(comment, post),
        "message": {"text": comment.text, "attributes": []},
        "created": stamp,
        "lastModified": stamp,
        "commentsSummary": {"totalFirstLevelComments": answers, "aggregatedTotalComments": answers},
    }
    if not comment.parent_id:
        return row
    parent = f"urn:li:comment:({activity_of(post)},{comment.parent_id})"
    return {**row, "parentComment": parent}


def _actor(comment: StoredComment, post: StoredPost) -> Any:
    """Return who wrote a comment; a person whom the app may not see is private."""
    if comment.by_us:
        return f"urn:li:organization:{post.key[1]}"
    if comment.details.get("private"):
        return {"id": "private"}
    return f"urn:li:person:Ab{hash_of(comment.author)}"
