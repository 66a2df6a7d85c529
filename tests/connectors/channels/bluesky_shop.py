"""A shop on simulated Bluesky, the real connector to it, and the changes that tests make."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from connectors.changes import ABSENT, PRESENT, Change, Permit, Subject, Written
from connectors.channels.bluesky import Connector, Options
from connectors.sandbox import Sandbox, small
from connectors.sandbox.social import SocialAccount, SocialWorld, StoredPost
from connectors.social import item_of, reply_item
from connectors.throttle import LocalThrottle

SHOP, PASSWORD = "shop.example", "xxxx-app-password"
KEY = ("bluesky", SHOP)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcff"
    "ff3f0300050001ff5d5e1dbd0000000049454e44ae426082"
)
"""One red dot."""


class Waits:
    """A throttle's time of the test's own."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def throttle(self) -> LocalThrottle:
        return LocalThrottle(lambda: self.now, self.sleep)


@dataclass
class Shop:
    """The sandbox and what its world has of the shop."""

    sandbox: Sandbox
    world: SocialWorld
    waits: Waits
    channel: Connector
    folder: Path

    def connect(self, **options: Any) -> Connector:
        given = {"account_id": SHOP, "app_password": PASSWORD, "content_folder": self.folder}
        url = f"{self.sandbox.url}/bluesky"
        made = Options(**{**given, "base_url": url, "public_url": url, **options})
        now = self.sandbox.world.moment
        return Connector(made, throttle=self.waits.throttle(), clock=now)

    @property
    def posts(self) -> list[StoredPost]:
        return self.world.posts(KEY)

    def calls(self, method: str) -> list[int]:
        """Return the statuses of the calls of a method so far."""
        path = f"/bluesky/xrpc/{method}"
        return [call.status for call in self.sandbox.requests if call.path == path]

    def pass_(self, **span: float) -> None:
        self.sandbox.set_moment(self.sandbox.world.moment() + timedelta(**span))

    def picture(self, name: str, content: bytes = PNG, alt: str = "A dot") -> dict[str, str]:
        """Put a picture into the folder and return what a change says of it as its first one."""
        (self.folder / name).write_bytes(content)
        digest = sha256(content).hexdigest()
        return {"image_1_file": name, "image_1_sha256": digest, "image_1_alt": alt}

    def write(self, change: Change) -> Written:
        (written,) = self.channel.write([permit(change)])
        return written

    def value(self, subject: Subject) -> str:
        return str(self.channel.settings([subject])[subject].value)


@contextmanager
def shop(folder: Path, **audience: Any) -> Iterator[Shop]:
    """Run the sandbox; it is noon."""
    world = SocialWorld([SocialAccount("bluesky", SHOP, "The Shop", token=PASSWORD, **audience)])
    with Sandbox(small(), today=date(2026, 11, 2), social=world) as sandbox:
        sandbox.set_moment(NOON)
        waits = Waits()
        running = Shop(sandbox, world, waits, None, folder)  # type: ignore[arg-type]
        running.channel = running.connect()
        yield running


def post(text: str, due: datetime = NOON, **content: str) -> Change:
    """Return the change that publishes a text."""
    subject = Subject("account", SHOP, "post", item_of(due, text))
    return Change(subject, ABSENT, PRESENT, _filled({"text": text, "language": "en", **content}))


def reply(post_id: str, comment_id: str, text: str) -> Change:
    """Return the change that answers a comment."""
    subject = Subject("post", post_id, "reply", reply_item(comment_id, text))
    return Change(subject, ABSENT, PRESENT, {"text": text, "language": "en"})


def undone(change: Change) -> Change:
    """Return the change that takes another one back."""
    return Change(change.subject, PRESENT, ABSENT)


def permit(change: Change) -> Permit:
    return Permit(change, 1, NOON)


def _filled(content: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in content.items() if value}
