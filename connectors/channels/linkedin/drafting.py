"""What call makes or deletes a post or a reply?

Pictures are uploaded and comments are read on the way: nothing of it publishes anything, so all of
it may be tried again. The call itself is for `writing.py` to send, once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.changes import Change, Subject
from connectors.channels.linkedin.calling import Calls
from connectors.channels.linkedin.comments import comments_of, name_of, read_comment
from connectors.channels.linkedin.contents import pictures_of
from connectors.channels.linkedin.images import Uploads
from connectors.channels.linkedin.little_text import little_text
from connectors.channels.linkedin.posts import PATH, own_posts
from connectors.channels.linkedin.restli import encoded, query
from connectors.channels.linkedin.settings import answered, matching, our_replies
from connectors.social import EARLY, due_of

CARD = {"source": "link_url", "title": "link_title", "description": "link_description"}
"""LinkedIn's names of a card's parts to those of a change's content."""


@dataclass(frozen=True, slots=True)
class Making:
    """A call that makes something."""

    path: str
    body: Mapping[str, Any]
    activity: str = ""  # of a reply: what it will stand under


@dataclass(frozen=True, slots=True)
class Deleting:
    """A call that deletes something."""

    path: str
    query: str = ""


def making(calls: Calls, uploads: Uploads, change: Change) -> Making:
    """Return the call that publishes a post or a reply."""
    if change.subject.field == "reply":
        return _reply(calls, change)
    body = {
        "author": calls.author,
        "commentary": little_text(change.content["text"]),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    shown = _shown(uploads, change.content)
    return Making(PATH, {**body, "content": shown} if shown else body)


def deleting(calls: Calls, subject: Subject) -> Deleting | None:
    """Return the call that deletes a post or a reply, None if there is none.

    Of several posts with one text the first from half a day before it was due on is meant: the
    others came again later.
    """
    if subject.field == "reply":
        names = (name_of(reply.comment_id) for reply in our_replies(calls, subject))
        first = next(filter(None, names), None)
        return Deleting(first.path, query(actor=calls.of_author())) if first else None
    posts = matching(own_posts(calls, due_of(subject.item) - EARLY), subject)
    return Deleting(f"{PATH}/{encoded(posts[-1].urn)}") if posts else None


def _shown(uploads: Uploads, content: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands under a text: pictures, a card, or nothing."""
    media = [
        {"id": uploads.upload(one)} | ({"altText": one.alt} if one.alt else {})
        for one in pictures_of(content)
    ]
    if len(media) > 1:
        return {"multiImage": {"images": media}}
    if media:
        return {"media": media[0]}
    card = {theirs: content[ours] for theirs, ours in CARD.items() if content.get(ours)}
    return {"article": card} if {"source", "title"} <= set(card) else {}


def _reply(calls: Calls, change: Change) -> Making:
    """Return the call that answers a comment; an answer is answered beside it."""
    name = answered(change.subject)
    top, _ = read_comment(calls, name)
    body = {
        "actor": calls.author,
        "object": name.activity,
        "message": {"text": change.content["text"]},
        "parentComment": top,
    }
    return Making(comments_of(top), body, name.activity)
