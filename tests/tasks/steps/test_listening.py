"""Listening to social networks: what is asked and stored, and what an error leaves."""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from config.settings import settings
from connectors.base import Account, ReconnectError, TransientError
from connectors.social import Comment, Engagement, PublishedPost, SocialChannel
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.steps import listening
from tasks.steps.listening import listen

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
DAY = timedelta(days=1)
NAME, TEXT = "Planted Nameson", "my planted words"


@dataclass
class FakeNetwork:
    """An account on a network that says what it was told to say."""

    account_id: str
    our_posts: list[PublishedPost] = field(default_factory=list)
    follow: int | None = 100
    said: list[list[Comment] | Exception] = field(default_factory=list)
    """Pages of comments, in order; one that is an error is raised instead."""
    broken: Exception | None = None
    """What reading posts raises after the first page."""
    asked: list[tuple[tuple[str, ...], datetime]] = field(default_factory=list)
    """The posts and the moment that comments were asked for."""
    network = "mastodon"
    restatement_days = 0
    writable = frozenset()
    edit_history_days = 0

    def posts(self, since: datetime) -> Iterator[list[PublishedPost]]:
        for post in self.our_posts:
            if post.published_at >= since:
                yield [post]
                if self.broken:
                    raise self.broken

    def followers(self) -> int | None:
        return self.follow

    def comments(self, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
        self.asked.append((tuple(post_ids), since))
        for page in self.said:
            if isinstance(page, Exception):
                raise page
            yield page

    def account(self) -> Account:
        return Account("mastodon", self.account_id, "Acme", "EUR", "Europe/Berlin")

    def _never(self, *_: object, **__: object) -> None:
        raise AssertionError("listening asks for nothing else")

    entities = performance = settings = check = write = writes_together = edits = _never


@dataclass
class World:
    """A warehouse, and the accounts that runs connect to by their names."""

    store: Warehouse
    channels: dict[str, object] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, channel: FakeNetwork) -> FakeNetwork:
        self.channels[name] = channel
        self.keys[name] = self.store.save_account("acme", name, channel.account(), NOW)
        return channel

    def posts(self, name: str) -> list[str]:
        return [*self.store.social_posts([self.keys[name]], NOW - 900 * DAY)["post_id"]]

    def followers(self, name: str) -> list[float]:
        return [*self.store.followers([self.keys[name]], NOW.date() - 9 * DAY)["followers"]]

    def waiting(self, name: str) -> list[str]:
        found = self.store.open_comments([self.keys[name]])
        return [comment.comment_id for _, comment, _ in found]


@pytest.fixture
def world(sqlite_template, tmp_path, monkeypatch) -> Iterator[World]:
    file = tmp_path / "warehouse.db"
    shutil.copyfile(sqlite_template, file)
    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", f"sqlite:///{file}")
    settings.cache_clear()
    with Warehouse(f"sqlite:///{file}") as store:
        made = World(store)
        library = SimpleNamespace(entry=lambda brand, name: (brand, name))
        monkeypatch.setattr(listening, "brand_library", lambda brand: library)
        monkeypatch.setattr(listening, "connect", lambda _, __, entry: _connected(made, entry))
        yield made


def _connected(world: World, entry: tuple[str, str]) -> object:
    brand, name = entry
    assert brand == "acme"
    if isinstance(world.channels[name], Exception):
        raise world.channels[name]
    return world.channels[name]


@pytest.fixture
def run(world) -> Callable[..., dict[str, str]]:
    """Listen to all accounts, so many days after the first time."""

    def listening_run(days: float = 0) -> dict[str, str]:
        at = NOW + days * DAY
        return listen.fn(Run(f"r{days}", "acme", "social", at.date(), at, (*world.channels,)))

    return listening_run


def post(post_id: str, days: float = 1, impressions: int = 10) -> PublishedPost:
    """Make a post of so many days ago."""
    return PublishedPost(post_id, NOW - days * DAY, "Our text", "", Engagement(impressions))


def comment(comment_id: str, days: float = 0.5, **changes: object) -> Comment:
    """Make a comment of so many days ago."""
    values = {"author": NAME, "by_us": False} | changes
    return Comment(comment_id, "comment", "p1", NOW - days * DAY, TEXT, **values)


def test_the_fake_is_a_social_channel():
    assert isinstance(FakeNetwork("@acme"), SocialChannel)


def test_everything_is_read_and_stored(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1"), post("p2", 40), post("p3", 91)]))
    fake.said = [[comment("c1")], [comment("c2"), comment("o1", 0.1, by_us=True, parent_id="c1")]]
    assert run() == {}
    assert world.posts("one") == ["p2", "p1"]
    assert world.followers("one") == [100]
    assert world.waiting("one") == ["c2"]
    assert fake.asked == [(("p1",), NOW - 30 * DAY)]


def test_comments_are_read_from_a_day_before_the_last_reading_on(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1")]))
    run()
    run(0.5)
    run(40)
    assert [since for _, since in fake.asked] == [
        NOW - 30 * DAY, NOW - DAY, NOW - 0.5 * DAY
    ]  # fmt: skip


def test_comments_under_a_post_that_is_gone_are_not_asked_for(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1"), post("p2", 2)]))
    run()
    fake.our_posts.pop()
    run(1)
    assert [posts for posts, _ in fake.asked] == [("p2", "p1"), ("p1",)]


def test_a_network_that_tells_no_followers_has_no_count_rather_than_none_at_all(world, run):
    world.add("one", FakeNetwork("@one", follow=None))
    world.add("two", FakeNetwork("@two", follow=0))
    assert run() == {}
    assert (world.followers("one"), world.followers("two")) == ([], [0.0])


def test_an_error_midway_through_the_posts_leaves_what_was_there(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1"), post("p2")]))
    run()
    fake.our_posts = [post("p1", impressions=99), post("p9")]
    fake.broken = TransientError("mastodon: 503")
    assert run(1) == {"one": "mastodon: 503"}
    assert world.posts("one") == ["p1", "p2"]
    found = world.store.social_posts([world.keys["one"]], NOW - 9 * DAY)
    assert [*found["impressions"]] == [10, 10]
    assert found["gone_at"].isna().all()


def test_an_error_midway_through_the_comments_leaves_what_came_before_it(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1")]))
    run()
    fake.said = [[comment("c1")], TransientError("mastodon: 503"), [comment("c2")]]
    assert run(5) == {"one": "mastodon: 503"}
    assert world.waiting("one") == ["c1"]
    fake.said = [[comment("c1")], [comment("c2")]]
    assert run(6) == {}
    assert world.waiting("one") == ["c1", "c2"]
    assert [since for _, since in fake.asked[1:]] == [NOW - DAY, NOW - DAY]


@pytest.mark.parametrize("at_once", [True, False], ids=["connecting", "reading"])
def test_an_account_that_fails_stops_no_other(world, run, at_once):
    error = ReconnectError("mastodon: the token was revoked; connect again")
    world.add("one", FakeNetwork("@one", [post("p1")], broken=error))
    world.add("two", FakeNetwork("@two", [post("p2")]))
    if at_once:
        world.channels["one"] = error
    assert run() == {"one": str(error)}
    assert (world.posts("one"), world.posts("two")) == ([], ["p2"])


def test_another_mistake_is_not_swallowed(world, run):
    world.add("one", FakeNetwork("@one", [post("p1")], broken=KeyError("id")))
    with pytest.raises(KeyError):
        run()


def test_accounts_that_are_not_social_or_not_known_yet_are_passed_over(world, run):
    world.add("one", FakeNetwork("@one", [post("p1")]))
    world.add("ads", FakeNetwork("@ads"))
    world.channels |= {"ads": object(), "new": object()}
    assert run() == {}
    assert world.posts("one") == ["p1"]


def test_what_was_answered_is_forgotten_after_thirty_days(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1")]))
    answer = comment("o1", 0.25, by_us=True, parent_id="c1")
    fake.said = [[comment("c1"), answer, comment("c2")]]
    run()
    fake.said = []
    key = world.keys["one"]
    run(29.5)
    assert world.store.comment(key, "c1").text == TEXT
    run(30)
    assert world.store.comment(key, "c1").text == ""
    assert world.store.comment(key, "c2").author == NAME
    assert world.waiting("one") == ["c2"]
    run(90)
    assert world.store.comment(key, "c2").author == ""
    assert world.waiting("one") == []


def test_old_comments_are_forgotten_even_if_no_account_can_be_read(world, run):
    fake = world.add("one", FakeNetwork("@one", [post("p1")]))
    fake.said = [[comment("c1")]]
    run()
    world.channels["one"] = TransientError("mastodon: 503")
    assert run(100) == {"one": "mastodon: 503"}
    assert world.store.comment(world.keys["one"], "c1").text == ""


def test_logs_have_counts_and_no_word_of_others(world, run, caplog):
    fake = world.add("one", FakeNetwork("@one", [post("p1")]))
    fake.said = [[comment("c1")], [comment("c2")]]
    with caplog.at_level(logging.DEBUG):
        run()
        run(100)
    assert "@one: 1 posts, 2 comments" in caplog.messages
    assert "2 comments forgotten" in caplog.messages
    assert not [it for it in (NAME, TEXT, "Nameson", "c1") if it in caplog.text]
