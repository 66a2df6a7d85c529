"""Counting watched words: which days are asked for, what is stored, what an error leaves."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from connectors.base import Account, TransientError
from connectors.social import TOO_MANY, Spoken, WatchingChannel
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.social.watched import NOT_COUNTED
from tasks.steps.watching import CAUGHT_UP, watch, watched_of

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
LAST, DAY = date(2026, 11, 20), timedelta(days=1)
FIRST = LAST - (CAUGHT_UP - 1) * DAY


@dataclass
class FakeNetwork:
    """Answers what it was told to; without that, one post a day."""

    told: dict[str, Spoken | Exception] = field(default_factory=dict)
    asked: list[tuple[str, date, date]] = field(default_factory=list)

    def spoken_of(self, term: str, first: date, last: date, zone: ZoneInfo) -> Spoken:
        assert zone.key == "Europe/Berlin"
        self.asked.append((term, first, last))
        answer = self.told.get(term)
        if isinstance(answer, Exception):
            raise answer
        days = [first + DAY * n for n in range((last - first).days + 1)]
        return answer or Spoken(dict.fromkeys(days, 1))


@pytest.fixture
def store(sqlite_template, tmp_path) -> Iterator[Warehouse]:
    file = tmp_path / "warehouse.db"
    shutil.copyfile(sqlite_template, file)
    with Warehouse(f"sqlite:///{file}") as opened:
        yield opened


@pytest.fixture
def key(store) -> int:
    account = Account("mastodon", "@acme@m.test", "Acme", "XXX", "UTC")
    return store.save_account("acme", "one", account, NOW)


@pytest.fixture
def look(store, key):
    """Count at a moment, by default at NOW."""

    def run(network: FakeNetwork, *terms: str, at: datetime = NOW) -> list[tuple[str, date, date]]:
        content = SimpleNamespace(watched=terms)
        brand = SimpleNamespace(time_zone="Europe/Berlin", content=content)
        network.asked.clear()
        watch(store, network, brand, Run("r", "acme", "p", at.date(), at, ("one",)), key)
        return network.asked

    return run


def days(store, key, term="#trail") -> dict[date, float]:
    frame = store.watched_days([key], FIRST - 9 * DAY)
    mine = frame[frame["term"] == term]
    return dict(zip(mine["date_day"], mine["posts"], strict=True))


def test_the_fake_is_a_watching_channel():
    assert isinstance(FakeNetwork(), WatchingChannel)


def test_the_first_time_all_days_that_are_compared_are_counted(store, key, look):
    assert look(FakeNetwork(), "#Trail") == [("#Trail", FIRST, LAST)]
    assert len(days(store, key)) == 29
    assert {*days(store, key).values()} == {1.0}


def test_then_each_day_once(look):
    network = FakeNetwork()
    look(network, "#Trail", "acme")
    assert look(network, "#Trail", "acme") == []
    assert look(network, "#trail", "acme", at=NOW + DAY) == [
        ("#trail", LAST + DAY, LAST + DAY), ("acme", LAST + DAY, LAST + DAY)
    ]  # fmt: skip


def test_days_without_a_run_are_caught_up_and_those_long_ago_are_not(look):
    network = FakeNetwork()
    look(network, "acme")
    assert look(network, "acme", at=NOW + 5 * DAY) == [("acme", LAST + DAY, LAST + 5 * DAY)]
    later = NOW + 90 * DAY
    assert look(network, "acme", at=later) == [
        ("acme", LAST + 90 * DAY - 28 * DAY, LAST + 90 * DAY)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        (datetime(2026, 11, 20, 22, 30, tzinfo=UTC), date(2026, 11, 19)),  # half past eleven there
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), date(2026, 11, 19)),  # over for half an hour
        (datetime(2026, 11, 21, 0, 0, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_only_days_of_the_brand_that_are_over_for_a_while_are_counted(look, moment, last):
    ((_, _, asked),) = look(FakeNetwork(), "acme", at=moment)
    assert asked == last


def test_too_many_is_not_asked_again_and_what_was_not_told_is(store, key, look):
    some = {LAST - DAY * n: 1 if n < 5 else None for n in range(CAUGHT_UP)}
    network = FakeNetwork({"#trail": Spoken(some), "acme": Spoken({}, "no scope")})
    look(network, "#trail", "acme")
    frame = store.watched_days([key], FIRST)
    assert {*frame.loc[frame["posts"].isna() & (frame["term"] == "#trail"), "why"]} == {TOO_MANY}
    assert {*frame.loc[frame["term"] == "acme", "why"]} == {"no scope"}
    network.told.clear()
    assert look(network, "#trail", "acme") == [("acme", FIRST, LAST)]
    assert {*days(store, key, "acme").values()} == {1.0}


def test_an_error_leaves_the_words_before_it_and_the_rest_is_asked_next_time(store, key, look):
    network = FakeNetwork({"acme": TransientError("mastodon: 429")})
    with pytest.raises(TransientError):
        look(network, "#trail", "acme", "shop")
    assert len(days(store, key)) == CAUGHT_UP
    assert days(store, key, "acme") == {}
    network.told.clear()
    assert [term for term, *_ in look(network, "#trail", "acme", "shop")] == ["acme", "shop"]


def test_only_the_number_of_days_is_logged(look, caplog):
    with caplog.at_level(logging.DEBUG):
        look(FakeNetwork(), "#trail", "acme")
        look(FakeNetwork())
    assert [it for it in caplog.messages if "watched" in it] == ["watched words: 58 days counted"]


def test_what_is_known_is_read_for_the_day_of_the_run(store, key, look):
    look(FakeNetwork(), "acme")
    brands = {"acme": SimpleNamespace(content=SimpleNamespace(watched=("Acme", "other")))}
    library = SimpleNamespace(brand=brands.get)
    run = Run("r", "acme", "p", NOW.date(), NOW, ("one",))
    one, other = watched_of(store, library, run, key, "mastodon")
    assert (one.term, one.day, one.count, one.volume.days) == ("Acme", LAST, 1.0, 28)
    assert (other.count, other.why) == (None, NOT_COUNTED)
    assert watched_of(store, library, run, key, "linkedin") is None
    brands["acme"] = SimpleNamespace(content=SimpleNamespace(watched=()))
    assert watched_of(store, library, run, key, "linkedin") == ()
