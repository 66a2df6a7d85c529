"""How does a picture get to LinkedIn? An upload is asked for, the bytes are put, then it is waited
until the picture may be used.

Nothing of it is seen by anybody before a post uses it, so all of it may be tried again.
Source: LinkedIn's "Images API". That a picture is ready when its `status` is AVAILABLE, and that
the others are WAITING_UPLOAD, PROCESSING and PROCESSING_FAILED, is what callers report: unverified.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from config.content_pictures import media_type
from connectors.base import RejectedError, TransientError
from connectors.channels.linkedin.calling import Calls
from connectors.channels.linkedin.contents import NO_FOLDER, Picture
from connectors.channels.linkedin.restli import encoded

AVAILABLE = "AVAILABLE"
IN_WORK = ("WAITING_UPLOAD", "PROCESSING")
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds: until LinkedIn is asked a second time, and in all."""
SIGNATURE = 12
"""Bytes that tell a picture's type."""


class Uploads:
    """Uploads the pictures of the content folder in the page's name."""

    def __init__(self, calls: Calls, folder: Path | None, sleep: Callable[[float], None]) -> None:
        self._calls = calls
        self._folder = folder
        self._sleep = sleep

    def upload(self, picture: Picture) -> str:
        """Return the URN of a picture that is ready to be used.

        Raises `RejectedError` for one that is not what was approved, or that LinkedIn cannot read.
        """
        content = self._bytes_of(picture)
        asked = {"initializeUploadRequest": {"owner": self._calls.author}}
        answer = self._calls.act("images", "initializeUpload", asked)
        with self._calls.shape("images"):
            address, urn = str(answer["value"]["uploadUrl"]), str(answer["value"]["image"])
        self._calls.upload(address, content, media_type(content[:SIGNATURE]))
        self._wait(urn, picture.file)
        return urn

    def _bytes_of(self, picture: Picture) -> bytes:
        if self._folder is None:
            raise RejectedError(NO_FOLDER)
        try:
            content = (self._folder / picture.file).read_bytes()
        except OSError as error:
            raise RejectedError(f"picture {picture.file}: {error.strerror}") from None
        if sha256(content).hexdigest() != picture.sha256:
            raise RejectedError(f"picture {picture.file} is not the one that was approved")
        return content

    def _wait(self, urn: str, file: str) -> None:
        path, waited, pause = f"images/{encoded(urn)}", 0.0, FIRST_WAIT
        while (status := self._status(path)) in IN_WORK:
            if waited >= LONGEST_WAIT:
                raise TransientError(
                    f"picture {file}: LinkedIn has not made it ready in {waited:.0f} s; may pass"
                )
            self._sleep(pause)
            waited, pause = waited + pause, pause * 1.5
        if status != AVAILABLE:
            raise RejectedError(f"picture {file}: LinkedIn cannot use it ({status})")

    def _status(self, path: str) -> str:
        answer = self._calls.get(path)
        with self._calls.shape(path):
            return str(answer["status"])
