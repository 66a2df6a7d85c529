"""How does a simulated Mastodon take pictures? At once, but an animation is prepared for a while.

PNG, JPEG and WebP are answered with 200; a GIF with 202 and, at the first look, 206. A picture that
a status has is no longer found by its id. Sources: Mastodon's `api/v2/media_controller.rb`.
"""

from email import message_from_bytes
from typing import Any

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.social.mastodon_errors import MastodonError, invalid, not_found
from connectors.sandbox.social.world import SocialWorld

LARGEST, LONGEST_ALT = 16_777_216, 1500
TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif",
         b"RIFF": "image/webp"}  # fmt: skip
LOOKS = {"image/gif": 2}
"""How often a picture is answered as not ready, the upload among them."""


def upload(social: SocialWorld, account_id: str, request: Request) -> Response:
    """Keep an uploaded picture."""
    sent = _multipart(request)
    data = sent.get("file", b"")
    kind = next((kind for begin, kind in TYPES.items() if data.startswith(begin)), "")
    if not kind:
        raise MastodonError(422, "File type of uploaded media could not be verified")
    if len(data) > LARGEST:
        raise invalid("File file size must be less than 16 MB")
    description = sent.get("description", b"").decode()
    if len(description) > LONGEST_ALT:
        raise invalid(f"Description is too long (maximum is {LONGEST_ALT} characters)")
    media_id = str(112_000_000_000_000_000 + social.number())
    social.media[media_id] = {
        "account": account_id, "bytes": data, "type": kind, "description": description,
        "at": social.now(), "looks": LOOKS.get(kind, 0), "status": "",
    }  # fmt: skip
    return _told(media_id, social.media[media_id], 202)


def look(social: SocialWorld, account_id: str, media_id: str) -> Response:
    """Tell whether a picture is ready."""
    kept = social.media.get(media_id, {})
    if kept.get("account") != account_id or kept["status"]:
        raise not_found()
    return _told(media_id, kept, 206)


def attached(social: SocialWorld, account_id: str, media_ids: list[str], most: int) -> None:
    """Raise the error for pictures that a status cannot have."""
    if len(media_ids) > most:
        raise invalid(f"Cannot attach more than {most} files")
    for media_id in media_ids:
        kept = social.media.get(media_id, {})
        if kept.get("account") != account_id or kept["status"]:
            raise invalid(f"Media {media_id} not found or already attached to another post")
        if kept["looks"]:
            raise invalid("Cannot attach files that have not finished processing")


def media_entity(media_id: str, kept: dict[str, Any], *, ready: bool = True) -> dict[str, Any]:
    """Return a picture in the shape of the API's entity; unready, it has no address."""
    place = f"https://files.example/media_attachments/{media_id}"
    return {
        "id": media_id,
        "type": "gifv" if kept["type"] == "image/gif" else "image",
        "url": f"{place}/original" if ready else None,
        "preview_url": f"{place}/small" if ready else None,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {},
        "description": kept["description"] or None,
        "blurhash": None,
    }


def _told(media_id: str, kept: dict[str, Any], waiting: int) -> Response:
    ready = not kept["looks"]
    kept["looks"] = max(0, kept["looks"] - 1)
    return answer(media_entity(media_id, kept, ready=ready), 200 if ready else waiting)


def _multipart(request: Request) -> dict[str, bytes]:
    """Return the fields of a form with files, by name."""
    kind = request.headers.get("content-type", "")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    if not message.is_multipart():
        raise MastodonError(422, "Validation failed: File can't be blank")
    found = {}
    for part in list(message.walk())[1:]:
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        found[str(name)] = data if isinstance(data, bytes) else b""
    return found
