"""What does a simulated Mastodon take as a status? What is wrong with it, and the same key twice.

`Idempotency-Key`: for an hour the same key is answered with the status that it made at first, with
404 if that is gone by then. Statuses to be published later (`scheduled_at`) are not taken here.
Sources: Mastodon's `api/v1/statuses_controller.rb`, `post_status_service.rb`.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from connectors.sandbox.exchange import Request
from connectors.sandbox.social import mastodon_text
from connectors.sandbox.social.mastodon_errors import MastodonError, invalid, not_found
from connectors.sandbox.social.mastodon_instance import LANGUAGES, LONGEST_TEXT, MOST_MEDIA
from connectors.sandbox.social.mastodon_media import attached
from connectors.sandbox.social.mastodon_statuses import Status, Statuses
from connectors.sandbox.social.world import SocialWorld, StoredComment

KEPT = timedelta(hours=1)
VISIBILITIES = ("public", "unlisted", "private", "direct")

Keys = dict[tuple[str, str], tuple[str, datetime]]
"""An account and a key to the status that it made, and when."""


def post(social: SocialWorld, statuses: Statuses, request: Request, keys: Keys) -> Status:
    """Keep what was sent, or return what the same key made before."""
    sent = parameters(request)
    answered = None
    if answers := str(sent.get("in_reply_to_id") or ""):
        answered = statuses.find(answers)
        if answered is None:
            raise MastodonError(404, "The post you are trying to reply to does not exist.")
    key = (statuses.key[1], request.headers.get("idempotency-key", ""))
    made, at = keys.get(key, ("", social.now()))
    if made and social.now() - at < KEPT:
        return _again(statuses, made)
    status_id = _kept(social, statuses, sent, answered)
    if key[1]:
        keys[key] = (status_id, social.now())
    return _again(statuses, status_id)


def parameters(request: Request) -> dict[str, Any]:
    """Return what a body says, as JSON or as a form in which `name[]` is a list."""
    body = request.json()
    if isinstance(body, dict):
        return body
    sent: dict[str, Any] = {}
    for name, value in parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True):
        if name.endswith("[]"):
            sent.setdefault(name[:-2], []).append(value)
        else:
            sent[name] = value
    return sent


def _again(statuses: Statuses, status_id: str) -> Status:
    if (status := statuses.find(status_id)) is None:
        raise not_found()
    return status


def _kept(
    social: SocialWorld, statuses: Statuses, sent: dict[str, Any], answered: Status | None
) -> str:
    """Check and keep a status; return its id."""
    media_ids = [str(media_id) for media_id in sent.get("media_ids") or ()]
    text = mastodon_text.kept(str(sent.get("status") or ""), statuses.people.find)
    visibility = sent.get("visibility") or "public"
    _check(text, visibility, sent, has_media=bool(media_ids))
    attached(social, statuses.key[1], media_ids, MOST_MEDIA)
    status_id = snowflake(social.now(), social.number())
    for media_id in media_ids:
        social.media[media_id]["status"] = status_id
    language = _language(str(sent.get("language") or ""))
    details = {"visibility": visibility, "language": language, "media_ids": media_ids}
    if answered is None:
        social.publish(statuses.key, status_id, text, details)
    else:
        social.reply(statuses.key, _answer(social, statuses, status_id, text, answered, details))
    return status_id


def _check(text: str, visibility: str, sent: dict[str, Any], *, has_media: bool) -> None:
    if sent.get("scheduled_at"):
        raise invalid("Scheduled at is not taken by this simulation")
    if visibility not in VISIBILITIES:
        raise invalid("Visibility is not included in the list")
    if not text.strip() and not has_media:
        raise invalid("Text can't be blank")
    if "\0" in text:
        raise MastodonError(400, "string contains null byte")
    if mastodon_text.counted(text) > LONGEST_TEXT:
        raise invalid(f"Text character limit of {LONGEST_TEXT} exceeded")


def _answer(
    social: SocialWorld,
    statuses: Statuses,
    status_id: str,
    text: str,
    answered: Status,
    details: dict[str, Any],
) -> StoredComment:
    under = answered.id if answered.post else _post_of(statuses, answered.id)
    parent = "" if answered.post else answered.id
    us = statuses.people.us
    return StoredComment(
        status_id, under, social.now(), text, us.name, by_us=True, parent_id=parent, details=details
    )


def _post_of(statuses: Statuses, comment_id: str) -> str:
    """Return under which post of ours a comment stands; our account's id if under none."""
    for one in statuses.posts():
        if one.post and any(said.id == comment_id for said in statuses.below(one.post)):
            return one.id
    return statuses.key[1]


def _language(asked: str) -> str:
    """Return the language that is kept: a region may go, an unknown one becomes the account's."""
    first = asked.replace("_", "-").partition("-")[0]
    return next((one for one in (asked, first) if one in LANGUAGES), "en")


def snowflake(at: datetime, number: int) -> str:
    """Return an id: milliseconds of the moment, then 16 bits."""
    return str(int(at.timestamp() * 1000) << 16 | number % 2**16)
