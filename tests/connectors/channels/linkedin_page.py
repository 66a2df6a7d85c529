"""A simulated LinkedIn with one page, and the connector that speaks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import compress, crc32

from connectors.changes import ABSENT, PRESENT, Change, Permit, Setting, Subject, Written
from connectors.channels import linkedin
from connectors.sandbox import Sandbox, small
from connectors.sandbox.social import SocialAccount, SocialWorld, StoredPost
from connectors.social import item_of, reply_item
from connectors.throttle import LocalThrottle

from ..conftest import FakeTime

ORGANIZATION = "2414183"
KEY = ("linkedin", ORGANIZATION)
TODAY = date(2026, 11, 2)
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOKEN = "planted-access-token-of-the-page"
REFRESH = {
    "refresh_token": "planted-refresh-token",
    "client_id": "client",
    "client_secret": "planted-client-secret",
}
METRICS = {
    "reactions": "likeCount",
    "comments": "commentCount",
    "shares": "shareCount",
    "followers_gained": "followerGains",
}


class Page:
    """One page, its sandbox, and a connector whose time is the sandbox's."""

    def __init__(self, sandbox: Sandbox, social: SocialWorld, folder: Path | None) -> None:
        self.sandbox = sandbox
        self.social = social
        self.folder = folder
        self.time = FakeTime()

    def connect(self, **options: Any) -> linkedin.Connector:
        """Return a connector with these options."""
        base = f"{self.sandbox.url}/linkedin"
        given = {
            "account_id": ORGANIZATION,
            "access_token": TOKEN,
            "metrics": METRICS,
            "content_folder": self.folder,
            "base_url": base,
            "token_url": f"{base}/oauth/v2/accessToken",
            **options,
        }
        return linkedin.Connector(
            linkedin.Options(**given),
            throttle=LocalThrottle(self.time.clock, self.time.sleep),
            clock=self.sandbox.world.moment,
            sleep=self.time.sleep,
        )

    def write(self, change: Change, **options: Any) -> Written:
        """Send one change."""
        return self.connect(**options).write([Permit(change, 1, NINE)])[0]

    def setting(self, subject: Subject) -> Setting:
        """Return what a new connector sees of a subject."""
        return self.connect().settings([subject])[subject]

    @property
    def stored(self) -> list[StoredPost]:
        """The page's posts, newest first."""
        return self.social.posts(KEY)

    @property
    def logged(self) -> list[tuple[str, str]]:
        """What the network took, and its text, in order."""
        return [(entry.what, entry.text) for entry in self.social.log]

    def calls(self, method: str = "", path: str = "") -> int:
        """Return how many calls came in."""
        seen = self.sandbox.requests
        return sum(method in ("", call.method) and path in call.path for call in seen)


@contextmanager
def page(folder: Path | None = None, **audience: Any) -> Iterator[Page]:
    """Run a LinkedIn with one page, at nine in the morning."""
    account = SocialAccount("linkedin", ORGANIZATION, "Acme Shoes", token=TOKEN, **audience)
    social = SocialWorld([account], seed=3)
    with Sandbox(small(), today=TODAY, social=social) as sandbox:
        yield Page(sandbox, social, folder)


def post(text: str, due: datetime = NINE, after: str = PRESENT, /, **content: str) -> Change:
    """Return the change that publishes a text, or deletes it again."""
    subject = Subject("account", ORGANIZATION, "post", item_of(due, text))
    before = PRESENT if after != PRESENT else ABSENT
    return Change(subject, before, after, {"text": text, "language": "en", **content})


def reply(post_id: str, comment_id: str, text: str, after: str = PRESENT) -> Change:
    """Return the change that answers a comment, or deletes the answer again."""
    subject = Subject("post", post_id, "reply", reply_item(comment_id, text))
    before = PRESENT if after != PRESENT else ABSENT
    return Change(subject, before, after, {"text": text, "language": "en"})


def png(shade: int = 0) -> bytes:
    """Return a picture of one grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + crc32(body).to_bytes(4, "big")

    header = b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
    data = compress(bytes([0, shade]))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pictures(folder: Path, *alts: str) -> dict[str, str]:
    """Write pictures into the folder and return what a change's content says of them."""
    content = {}
    for number, alt in enumerate(alts, 1):
        content |= picture(folder, f"{number}.png", png(number), number)
        if alt:
            content[f"image_{number}_alt"] = alt
    return content


def picture(folder: Path, name: str, content: bytes, number: int = 1) -> dict[str, str]:
    """Write a picture into the folder and return what a change's content says of it."""
    (folder / name).write_bytes(content)
    digest = sha256(content).hexdigest()
    return {f"image_{number}_file": name, f"image_{number}_sha256": digest}
