"""How do pictures get to the simulated LinkedIn? Asked for, put, and ready a moment later."""

from typing import Any

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.social.linkedin_wire import RefusalError, WrongInputError, milliseconds
from connectors.sandbox.social.world import Key, SocialWorld
from connectors.sandbox.world import World

SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
MOST_BYTES = 10_000_000
LONGEST_ALT = 4_086
HOUR = 3_600_000
UPLOADS = "/dms-uploads/"
POLLS = 1
"""How often a picture is still in work when it is looked at after its upload."""


class Images:
    """The pictures of all pages: `social.media`, by URN."""

    def __init__(self, world: World, social: SocialWorld) -> None:
        self._world = world
        self._social = social

    def initialize(self, request: Request, key: Key) -> Response:
        """Answer `initializeUpload`."""
        asked = request.json() or {}
        if (asked.get("initializeUploadRequest") or {}).get(
            "owner"
        ) != f"urn:li:organization:{key[1]}":
            raise RefusalError(
                403, "ACCESS_DENIED", "Not enough permissions to access: images", 100
            )
        number = self._social.number()
        urn = f"urn:li:image:C4E10AQ{number:08d}"
        now = self._world.moment()
        self._social.media[urn] = {
            "owner": key[1], "number": number, "at": now,
            "bytes": b"", "type": "", "alt": "", "polls": 0,
        }  # fmt: skip
        url = f"{self._world.url}/linkedin{UPLOADS}{number}/uploaded-image/0"
        expires = milliseconds(now) + HOUR
        value = {"uploadUrl": url, "image": urn, "uploadUrlExpiresAt": expires}
        return answer({"value": value})

    def put(self, request: Request) -> Response:
        """Take the bytes of a picture. They may be put again."""
        image = self.at(request.path)
        if image is None:
            raise RefusalError(404, "NOT_FOUND", "There is no such upload")
        image["bytes"] = request.body
        known = (kind for sign, kind in SIGNATURES.items() if request.body.startswith(sign))
        image["type"] = next(known, "")
        return Response(201, b"", "text/plain")

    def at(self, path: str) -> dict[str, Any] | None:
        """Return the picture whose bytes are put to a path."""
        number = path.removeprefix(UPLOADS).partition("/")[0]
        return next(
            (one for one in self._social.media.values() if str(one.get("number")) == number), None
        )

    def owner(self, path: str) -> str:
        """Return whose picture a path is about, '' if it is about none."""
        image = self._social.media.get(path.removeprefix("/rest/images/"))
        return str(image["owner"]) if image else ""

    def get(self, urn: str, key: Key) -> Response:
        """Say what is known of a picture; looking makes time pass."""
        image = self._own(urn, key)
        status = self._status(image)
        if image["bytes"]:
            image["polls"] += 1
        return answer({"id": urn, "owner": f"urn:li:organization:{key[1]}", "status": status})

    def use(self, shown: Any, key: Key, field: str) -> None:
        """Put a picture under a post; refuse one that is not ready."""
        urn, alt = str(shown.get("id", "")), str(shown.get("altText", ""))
        image = self._social.media.get(urn)
        if image is None or image["owner"] != key[1]:
            raise WrongInputError("INVALID_URN", f"{field} is no image of the author", field)
        if self._status(image) != "AVAILABLE":
            raise WrongInputError("MEDIA_ASSET_PROCESSING", f"{field} is not available yet", field)
        if len(alt) > LONGEST_ALT:
            raise WrongInputError("FIELD_LENGTH_TOO_LONG", "altText is too long", field)
        image["alt"] = alt

    def _own(self, urn: str, key: Key) -> dict[str, Any]:
        image = self._social.media.get(urn)
        if image is None or image["owner"] != key[1]:
            raise RefusalError(404, "NOT_FOUND", "Could not find entity")
        return image

    @staticmethod
    def _status(image: dict[str, Any]) -> str:
        if not image["bytes"]:
            return "WAITING_UPLOAD"
        if not image["type"] or len(image["bytes"]) > MOST_BYTES:
            return "PROCESSING_FAILED"
        return "AVAILABLE" if image["polls"] >= POLLS else "PROCESSING"
