"""Which posts does the simulated LinkedIn take, and how does it hand them out again?

A text that the page has posted in the last two days is refused with 422, also after its deletion:
so callers report it, without a number of days. That a post with several pictures is a `ugcPost`,
and all others are a `share`, is unverified; both kinds exist.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.social.linkedin_images import Images
from connectors.sandbox.social.linkedin_texts import Understood, understood, written
from connectors.sandbox.social.linkedin_wire import (
    RefusalError,
    WrongInputError,
    created,
    listed,
    milliseconds,
)
from connectors.sandbox.social.world import Key, SocialWorld, StoredPost

LONGEST_TEXT = 3_000
MOST_IMAGES = 20
REQUIRED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
DUPLICATE_FOR = timedelta(days=2)
EPOCH_BITS = 22
ACTIVITY = 1 << EPOCH_BITS
"""By how much a post's activity has a higher number than the post: a millisecond."""


class Posts:
    """The posts of all pages."""

    def __init__(self, social: SocialWorld, images: Images) -> None:
        self._social = social
        self._images = images
        self._said: dict[tuple[Key, str], tuple[datetime, str]] = {}

    def create(self, request: Request, key: Key) -> Response:
        """Take a post and name it."""
        sent = request.json()
        if not isinstance(sent, dict):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "The request body is not a JSON object")
        for field in REQUIRED:
            if field not in sent:
                raise WrongInputError("MISSING_FIELD", f"{field} is required", field)
        if sent["author"] != f"urn:li:organization:{key[1]}":
            raise RefusalError(403, "ACCESS_DENIED", "Not enough permissions to access: posts", 100)
        if sent["lifecycleState"] != "PUBLISHED" or sent["visibility"] != "PUBLIC":
            raise WrongInputError("INVALID_VALUE", "only public posts are simulated", "visibility")
        kept = understood(str(sent["commentary"]))
        length = len(kept.text)
        if length > LONGEST_TEXT:
            sentence = (
                f"ShareCommentary text length ({length} characters) exceeded the maximum allowed "
                f"({LONGEST_TEXT} characters)"
            )
            raise WrongInputError("FIELD_LENGTH_TOO_LONG", sentence, "commentary")
        content = sent.get("content") or {}
        if not kept.text.strip() and not content:
            raise WrongInputError("MISSING_FIELD", "commentary is empty", "commentary")
        with self._social.lock:
            self._refuse_duplicate(key, kept.text)
            self._check(content, key)
            return created(self._publish(key, kept, content))

    def get(self, urn: str, key: Key) -> Response:
        """Return one post."""
        return answer(_row(self.find(urn, key)))

    def delete(self, urn: str, key: Key) -> Response:
        """Take a post away; a second time is no error."""
        post = next((one for one in self._social.posts(key) if urn_of(one) == urn), None)
        if post is not None:
            self._social.delete(key, post.post_id)
        return Response(204, b"")

    def by_author(self, request: Request, query: Mapping[str, Any], key: Key) -> Response:
        """Return a page of the posts, the one that was changed last first."""
        if query.get("q") != "author" or query.get("sortBy", "LAST_MODIFIED") not in (
            "LAST_MODIFIED",
            "CREATED",
        ):
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "There is no such finder")
        return listed(request, [_row(post) for post in self._social.posts(key)], query)

    def owner(self, path: str) -> str:
        """Return whose post a path is about, '' if it is about none that is there."""
        if (match := POST.search(path)) is None:
            return ""
        pages = (key for key in self._social.accounts if key[0] == "linkedin")
        return next((key[1] for key in pages if self._has(match[0], key)), "")

    def find(self, urn: str, key: Key) -> StoredPost:
        """Return the post of a share's, a post's or an activity's URN."""
        for post in self._social.posts(key):
            if urn in (urn_of(post), activity_of(post)):
                return post
        raise RefusalError(404, "NOT_FOUND", "Could not find entity")

    def _has(self, urn: str, key: Key) -> bool:
        there = self._social.posts(key)
        return any(urn in (urn_of(post), activity_of(post)) for post in there)

    def _publish(self, key: Key, kept: Understood, content: Mapping[str, Any]) -> str:
        now = self._social.now()
        kind = "ugcPost" if "multiImage" in content else "share"
        urn = f"urn:li:{kind}:{milliseconds(now) << EPOCH_BITS | self._social.number()}"
        details = {"hashtags": kept.hashtags, "content": content}
        self._social.publish(key, urn, kept.text, details)
        self._said[key, kept.text] = (now, urn)
        return urn

    def _refuse_duplicate(self, key: Key, text: str) -> None:
        before = [(post.at, urn_of(post)) for post in self._social.posts(key) if post.text == text]
        if (key, text) in self._said:
            before.append(self._said[key, text])
        for at, urn in before:
            if self._social.now() - at < DUPLICATE_FOR:
                raise WrongInputError("DUPLICATE_POST", f"Content is a duplicate of {urn}")

    def _check(self, content: Mapping[str, Any], key: Key) -> None:
        if len(content) > 1 or set(content) - {"article", "media", "multiImage"}:
            raise WrongInputError("INVALID_CONTENT_TYPE", "one content at most", "content")
        if "article" in content:
            for field in ("source", "title"):
                if not content["article"].get(field):
                    raise WrongInputError(
                        "MISSING_FIELD", f"{field} is required", f"article/{field}"
                    )
        if "media" in content:
            self._images.use(content["media"], key, "content/media/id")
        if "multiImage" in content:
            images = content["multiImage"].get("images") or []
            if not 2 <= len(images) <= MOST_IMAGES:
                raise WrongInputError("INVALID_VALUE", "from 2 to 20 images", "multiImage/images")
            for image in images:
                self._images.use(image, key, "content/multiImage/images")


def urn_of(post: StoredPost) -> str:
    """Return a post's URN; those of a past that is made up may have bare numbers."""
    name = post.post_id
    return name if name.startswith("urn:li:") else f"urn:li:share:{name}"


def activity_of(post: StoredPost) -> str:
    """Return the URN of a post's activity, under which its comments stand."""
    number = urn_of(post).rpartition(":")[2]
    return f"urn:li:activity:{int(number) + ACTIVITY}"


def _row(post: StoredPost) -> dict[str, Any]:
    at = milliseconds(post.at)
    kept = Understood(post.text, post.details.get("hashtags", ()))
    row = {
        "id": urn_of(post),
        "author": f"urn:li:organization:{post.key[1]}",
        "commentary": written(kept),
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "lifecycleStateInfo": {"isEditedByAuthor": False},
        "createdAt": at,
        "publishedAt": at,
        "lastModifiedAt": at,
        "isReshareDisabledByAuthor": False,
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
    }
    content = post.details.get("content")
    return {**row, "content": content} if content else row
