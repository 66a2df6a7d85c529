"""What do all simulated networks share? Accounts, posts and comments, what they earned, a log.

The log is the proof of "exactly once": every post, reply and deletion that a network took stands
in it with its moment, whatever its caller heard of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from threading import RLock
from typing import Any, Literal

from config.networks import Network
from connectors.sandbox.social.audience import Audience
from connectors.sandbox.social.chatter import DAY, KEPT, Saying, Topic, said_on
from connectors.social import Engagement

Key = tuple[Network, str]
"""A network, and an account's id there."""

REMARKS = (
    "Does this come in wide sizes?",
    "Thank you, that helped a lot!",
    "My order is two weeks late and nobody answers. Very disappointed.",
    "Great photo 😀",
    "When do you open on Saturdays?",
    "This broke after three days, I want my money back!",
)
"""What simulated people write, in turn: questions, thanks, complaints."""


@dataclass(frozen=True, slots=True)
class SocialAccount:
    """One account on one network."""

    network: Network
    account_id: str
    name: str
    audience: Audience = field(default_factory=Audience)
    token: str = "sandbox-social-token"  # noqa: S105  what its caller must show


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post as its network keeps it."""

    key: Key
    post_id: str
    at: datetime
    text: str  # plain, as readers see it
    details: Mapping[str, Any] = field(default_factory=dict)  # the network's own: media, card
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment as its network keeps it. `author` is a name; ours carry the account's."""

    comment_id: str
    post_id: str
    at: datetime
    text: str
    author: str
    by_us: bool = False
    parent_id: str = ""
    followers: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a network took."""

    network: Network
    account_id: str
    what: Literal["post", "reply", "deletion"]
    id: str
    at: datetime
    text: str


class SocialWorld:
    """Every simulated network's accounts, and their posts, at the moment that `now` says."""

    def __init__(
        self, accounts: list[SocialAccount], seed: int = 1, topics: Sequence[Topic] = ()
    ) -> None:
        self.seed = seed
        self.topics = topics
        """Of what others speak in public."""
        self.full_text = True
        """Whether Mastodon's server searches texts; many do not."""
        self.accounts: dict[Key, SocialAccount] = {
            (one.network, one.account_id): one for one in accounts
        }
        self.now: Callable[[], datetime] = _no_clock
        """Set by the sandbox whose clock this world goes by."""
        self.lock = RLock()
        self.log: list[Entry] = []
        self.media: dict[str, dict[str, Any]] = {}
        """What was uploaded: the network's id to bytes, type, alternative text, moment."""
        self._posts: dict[Key, list[StoredPost]] = {key: [] for key in self.accounts}
        self._comments: dict[str, list[StoredComment]] = {}
        self._numbers = count(1)
        self._sayings: list[tuple[Network, Saying]] = []
        self._said_on: dict[tuple[Network, date], list[Saying]] = {}

    def number(self) -> int:
        """Return a new number for an id."""
        return next(self._numbers)

    def publish(
        self, key: Key, post_id: str, text: str, details: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> StoredPost:  # fmt: skip
        """Keep a post. `at` is for a past that is made up; the log has only the others."""
        with self.lock:
            post = StoredPost(key, post_id, at or self.now(), text, details or {})
            self._posts[key].append(post)
            if at is None:
                self.log.append(Entry(*key, "post", post_id, post.at, text))
        return post

    def delete(self, key: Key, post_id: str) -> bool:
        """Take a post away; False if there is none."""
        with self.lock:
            for place, post in enumerate(self._posts[key]):
                if post.post_id == post_id and not post.deleted:
                    self._posts[key][place] = replace(post, deleted=True)
                    self.log.append(Entry(*key, "deletion", post_id, self.now(), post.text))
                    return True
        return False

    def posts(self, key: Key) -> list[StoredPost]:
        """Return an account's posts by now, newest first."""
        now = self.now()
        with self.lock:
            there = [post for post in self._posts[key] if not post.deleted and post.at <= now]
        return sorted(there, key=lambda post: (post.at, post.post_id), reverse=True)

    def post(self, key: Key, post_id: str) -> StoredPost | None:
        """Return a post, None if there is none."""
        return next((post for post in self.posts(key) if post.post_id == post_id), None)

    def engagement(self, post: StoredPost) -> Engagement:
        """Return what a post has earned by now."""
        audience = self.accounts[post.key].audience
        return audience.engagement(self.seed, self._name(post), post.text, post.at, self.now())

    def followers(self, key: Key) -> int:
        """Return how many follow an account now."""
        audience = self.accounts[key].audience
        days = (self.now().date() - date(2026, 1, 1)).days
        return audience.followers + int(audience.growth_per_day * days)

    def comments(self, post: StoredPost) -> list[StoredComment]:
        """Return what stands under a post by now, oldest first: remarks and our replies."""
        said = [*self._remarks(post)]
        with self.lock:
            said += self._comments.get(post.post_id, [])
        return sorted(said, key=lambda one: (one.at, one.comment_id))

    def reply(self, key: Key, comment: StoredComment) -> StoredComment:
        """Keep a comment of ours."""
        with self.lock:
            self._comments.setdefault(comment.post_id, []).append(comment)
            self.log.append(Entry(*key, "reply", comment.comment_id, comment.at, comment.text))
        return comment

    def say(self, post_id: str, text: str, author: str = "A reader", **more: Any) -> StoredComment:
        """Let somebody write a comment now."""
        number = self.number()
        said = StoredComment(f"{10**18 + number}", post_id, self.now(), text, author, **more)
        with self.lock:
            self._comments.setdefault(post_id, []).append(said)
        return said

    def speak(self, network: Network, text: str, at: datetime, author: str = "A reader") -> None:
        """Let somebody say something in public."""
        saying = Saying(self.number(), at.astimezone(UTC), text, author)
        with self.lock:
            self._sayings.append((network, saying))

    def spoken(self, network: Network) -> list[Saying]:
        """Return what others said in public by now, the newest first; see `KEPT`."""
        now = self.now()
        with self.lock:
            said = [one for where, one in self._sayings if where == network]
            for ago in range(KEPT.days + 1):
                said += self._on(network, now.astimezone(UTC).date() - ago * DAY)
        there = [one for one in said if now - KEPT <= one.at <= now]
        return sorted(there, key=lambda one: (one.at, one.number), reverse=True)

    def _on(self, network: Network, day: date) -> list[Saying]:
        """Return what a day's topics make people say; made up once."""
        if (network, day) not in self._said_on:
            self._said_on[network, day] = [
                saying
                for topic in self.topics
                for saying in said_on(self.seed, network, topic, day)
            ]
        return self._said_on[network, day]

    def _remarks(self, post: StoredPost) -> list[StoredComment]:
        """Make up what people wrote: the same for a post however often it is asked."""
        account, name = self.accounts[post.key], self._name(post)
        most = account.audience.lasting(self.seed, name, post.text, post.at)["comments"]
        there = self.engagement(post).comments or 0
        return [
            StoredComment(
                comment_id=f"{7 * 10**18 + abs(hash_of(name)) % 10**12 * 1000 + number}",
                post_id=post.post_id,
                at=account.audience.comes_at(self.seed, name, number, post.at, most),
                text=REMARKS[(number + len(post.text)) % len(REMARKS)],
                author=f"Reader {hash_of(name) % 97 + number}",
                followers=(hash_of(name) + number) % 5000,
            )
            for number in range(1, there + 1)
        ]

    @staticmethod
    def _name(post: StoredPost) -> str:
        """Return what a post's luck depends on: not its id, which depends on what came before."""
        return f"{post.key[0]}/{post.key[1]}/{post.at:%Y%m%d%H%M}/{post.text}"


def hash_of(name: str) -> int:
    """Return a number that depends on a name alone."""
    return int.from_bytes(name.encode()[-32:], "big") % 1_000_003


def _no_clock() -> datetime:
    raise LookupError("this world has no clock yet: give it to a Sandbox, or set `now`")
