"""Connectors to a scripted server and to the sandbox, and Mastodon's replies in their shapes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.changes import ABSENT, PRESENT, Change, Permit, Subject
from connectors.channels.mastodon import Connector, Options
from connectors.social import item_of, reply_item
from connectors.throttle import LocalThrottle

from ..conftest import Answer, FakeTime, ScriptedServer

TOKEN = "planted-access-token"
ACCOUNT = "@brand@social.example"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OUR_ID = "109440137734600341"
ME = {"id": OUR_ID, "username": "brand", "acct": "brand", "display_name": "Brand",
      "followers_count": 4321}  # fmt: skip
READER = {"id": "110440000000000007", "username": "reader", "acct": "reader@people.example",
          "display_name": "Some Reader", "followers_count": 12}  # fmt: skip
INSTANCE = {"configuration": {
    "statuses": {"max_characters": 500, "max_media_attachments": 4,
                 "characters_reserved_per_url": 23},
    "media_attachments": {"image_size_limit": 16_777_216, "description_limit": 1500,
                          "supported_mime_types": ["image/png", "image/jpeg", "image/gif"]},
}}  # fmt: skip
LANGUAGES = [{"code": "en", "name": "English"}, {"code": "de", "name": "German"}]


def connector(server: ScriptedServer, time_: FakeTime | None = None, **options: Any) -> Connector:
    """Connect to the scripted server; nothing really waits."""
    given = {"account_id": ACCOUNT, "access_token": TOKEN, "base_url": server.url, **options}
    time_ = time_ or FakeTime()
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return Connector(Options(**given), throttle=throttle, clock=lambda: NOW)


def status(status_id: str, text: str, *, hours: float = 1, by: dict = ME, **more: Any) -> dict:
    """Return a status that was made so many hours ago; `text` is its HTML inside a paragraph."""
    at = NOW - timedelta(hours=hours)
    return {
        "id": status_id, "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.596Z", "in_reply_to_id": None,
        "in_reply_to_account_id": None, "spoiler_text": "", "visibility": "public",
        "language": "en", "uri": f"https://social.example/users/brand/statuses/{status_id}",
        "url": f"https://social.example/@brand/{status_id}", "replies_count": 2,
        "reblogs_count": 3, "favourites_count": 5, "quotes_count": 1, "edited_at": None,
        "content": f"<p>{text}</p>", "reblog": None, "account": by, "media_attachments": [],
        "mentions": [], "tags": [],
    } | more  # fmt: skip


def page(*rows: dict, next_id: str = "", host: str = "https://social.example") -> Answer:
    """Return a page of a list; with `next_id`, there is another one."""
    link = f'<{host}/api/v1/x?limit=40&max_id={next_id}>; rel="next", <{host}/x>; rel="prev"'
    return Answer(list(rows), headers={"Link": link} if next_id else {})


def post(text: str, due: datetime = NOW, after: str = PRESENT, **content: str) -> Change:
    """Return the change that posts a text."""
    subject = Subject("account", ACCOUNT, "post", item_of(due, text))
    before = ABSENT if after == PRESENT else PRESENT
    return Change(subject, before, after, {"text": text, **content})


def reply(comment_id: str, text: str, post_id: str = "1", after: str = PRESENT) -> Change:
    """Return the change that answers a comment."""
    subject = Subject("post", post_id, "reply", reply_item(comment_id, text))
    before = ABSENT if after == PRESENT else PRESENT
    return Change(subject, before, after, {"text": text})


def permit(change: Change) -> Permit:
    """Let a change through."""
    return Permit(change, 1, NOW)
