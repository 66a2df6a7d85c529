"""What people say to us: what waits for an answer, what answers it, and that it is forgotten."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from connectors.base import Account, TransientError
from connectors.social import Comment
from connectors.warehouse import Warehouse

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NAME, TEXT = b"Planted Nameson", b"my planted words of complaint"


@pytest.fixture
def comment(now) -> Callable[..., Comment]:
    """Make a comment of somebody else's under our post: `comment("c1", minute=5)`."""

    def make(comment_id: str, minute: int = 0, **changes) -> Comment:
        whole = Comment(
            comment_id, "comment", "p1", now + minute * MINUTE, f"Text of {comment_id}",
            f"Author of {comment_id}", by_us=False, url=f"https://x.test/@name/{comment_id}",
        )  # fmt: skip
        return replace(whole, **changes)

    return make


@pytest.fixture
def ours(comment) -> Callable[..., Comment]:
    """Make an answer of ours: `ours("c2", "c1", 5)`."""

    def make(comment_id: str, parent_id: str, minute: int, **changes) -> Comment:
        return comment(comment_id, minute, by_us=True, parent_id=parent_id, **changes)

    return make


@pytest.fixture
def save(warehouse, account_key, now) -> Callable[..., int]:
    def run(*comments: Comment, at: datetime = now) -> int:
        return warehouse.save_comments(account_key, comments, at)

    return run


@pytest.fixture
def waiting(warehouse, account_key) -> Callable[[], list[str]]:
    """Name the comments that are open."""
    return lambda: [it.comment_id for _, it, _ in warehouse.open_comments([account_key])]


@pytest.fixture
def answered(rows, now) -> Callable[[], dict[str, float]]:
    """Tell after how many minutes what was answered was answered."""

    def read() -> dict[str, float]:
        found = rows("SELECT comment_id, answered_at FROM social_comments")
        moments = {row["comment_id"]: row["answered_at"] for row in found if row["answered_at"]}
        for name, moment in moments.items():
            if isinstance(moment, str):  # as SQLite has it
                moments[name] = datetime.fromisoformat(f"{moment}+00:00")
        return {name: (moment - now) / MINUTE for name, moment in moments.items()}

    return read


def test_a_comment_comes_out_as_it_went_in(warehouse, account_key, save, comment, now):
    whole = comment("c2", 1, kind="mention", post_id="", parent_id="c1", followers=12)
    assert save(whole, comment("c1"), at=now + HOUR) == 2
    assert warehouse.comment(account_key, "c2") == whole
    assert warehouse.open_comments([account_key]) == [
        (account_key, comment("c1"), now + HOUR), (account_key, whole, now + HOUR)
    ]  # fmt: skip
    assert warehouse.open_comments([account_key + 1]) == []


@pytest.mark.parametrize("asked", ["comment", "close_comment"])
def test_there_is_no_such_comment(warehouse, account_key, save, comment, now, asked):
    save(comment("c1"))
    more = (now,) if asked == "close_comment" else ()
    for key, name in ((account_key, "c9"), (account_key + 1, "c1")):
        with pytest.raises(LookupError, match=f"no comment '{name}'"):
            getattr(warehouse, asked)(key, name, *more)


def test_what_a_comment_says_now_counts_and_when_we_saw_it_first_stays(
    warehouse, account_key, save, comment, now
):
    save(comment("c1"), comment("c1", text="Twice"))
    save(comment("c1", text="Edited\0", followers=3), at=now + HOUR)
    ((_, kept, first_seen_at),) = warehouse.open_comments([account_key])
    assert (kept.text, kept.followers, first_seen_at) == ("Edited\ufffd", 3, now)


def test_our_answer_answers_the_comment_that_it_is_under(save, comment, ours, waiting, answered):
    save(comment("c1"), comment("c2", 1))
    save(ours("o1", "c1", 7), ours("o2", "c1", 5))
    assert waiting() == ["c2"]
    assert answered() == {"c1": 5}


@pytest.mark.parametrize("answer_first", [False, True])
def test_an_answer_may_come_on_another_page(save, comment, ours, answered, answer_first):
    pages = [comment("c1")], [ours("o1", "c1", 5)]
    for page in reversed(pages) if answer_first else pages:
        save(*page)
    assert answered() == {"c1": 5}


def test_in_a_thread_our_answer_answers_what_came_before_it(save, comment, ours, answered):
    thread = [comment(f"c{n}", n, parent_id="c1") for n in (2, 4, 6)]
    elsewhere = comment("c3", 3, parent_id="c1", post_id="p2")
    save(comment("c1", 1), *thread, elsewhere, ours("o1", "c1", 5), ours("o2", "c1", 9))
    assert answered() == {"c1": 5, "c2": 5, "c4": 5, "c6": 9}


def test_a_comment_of_ours_under_the_post_answers_nobody(save, comment, ours, waiting):
    save(comment("c1"), comment("c2", parent_id="c1"), ours("o1", "", 5), ours("o2", "c9", 5))
    assert waiting() == ["c1", "c2"]


def test_an_answer_is_of_one_account(warehouse, save, comment, ours, waiting, now):
    other = Account("mastodon", "@acme@m.test", "Acme", "EUR", "UTC")
    other_key = warehouse.save_account("acme", "second", other, now)
    save(comment("c1"))
    warehouse.save_comments(other_key, [ours("o1", "c1", 5)], now)
    assert waiting() == ["c1"]


def test_what_a_person_closed_waits_no_longer(warehouse, account_key, save, comment, rows, now):
    save(comment("c1"), comment("c2"))
    warehouse.close_comment(account_key, "c1", now)
    warehouse.close_comment(account_key, "c1", now + DAY)
    assert [it.comment_id for _, it, _ in warehouse.open_comments([account_key])] == ["c2"]
    (row,) = rows("SELECT closed_at, answered_at FROM social_comments WHERE comment_id = 'c1'")
    assert str(row["closed_at"]).startswith(f"{now:%Y-%m-%d}")
    assert row["answered_at"] is None


def test_a_page_that_fails_midway_changes_nothing(
    warehouse, account_key, save, comment, ours, waiting, now
):
    save(comment("c1"))

    def page() -> Iterator[Comment]:
        yield ours("o1", "c1", 5)
        yield comment("c2")
        raise TransientError("the network went away")

    with pytest.raises(TransientError, match="went away"):
        warehouse.save_comments(account_key, page(), now)
    assert waiting() == ["c1"]


def test_up_to_when_comments_are_known(warehouse, account_key, now):
    assert warehouse.comments_until(account_key) is None
    for at in (now, now + DAY, now + HOUR):
        warehouse.comments_read(account_key, at)
    assert warehouse.comments_until(account_key) == now + DAY


def test_what_is_done_or_old_is_forgotten(warehouse, account_key, save, comment, ours, rows, now):
    save(
        comment("answered"), ours("answer", "answered", 5), comment("closed"), comment("open"),
        comment("late"), ours("late answer", "late", 90),
        comment("old", -61 * 24 * 60),
    )  # fmt: skip
    warehouse.close_comment(account_key, "closed", now + 10 * MINUTE)
    before = now + 20 * MINUTE
    assert warehouse.forget_comments(before, now + 30 * DAY) == 4
    assert warehouse.forget_comments(before, now + 30 * DAY) == 0
    found = rows(
        "SELECT comment_id, text, author, url, forgotten_at FROM social_comments"
        " ORDER BY comment_id"
    )
    emptied = {row["comment_id"] for row in found if row["forgotten_at"] is not None}
    assert emptied == {"answered", "answer", "closed", "old"}
    for row in found:
        expected = {row["comment_id"] in emptied}
        assert {row[name] is None for name in ("text", "author", "url")} == expected
    assert [it.comment_id for _, it, _ in warehouse.open_comments([account_key])] == ["open"]


def test_what_is_forgotten_is_not_read_again(warehouse, account_key, save, comment, waiting, now):
    save(comment("c1"))
    assert warehouse.forget_comments(now, now + 91 * DAY) == 1
    save(comment("c1", text="Again"), at=now + 91 * DAY)
    kept = warehouse.comment(account_key, "c1")
    assert (kept.text, kept.author, kept.url, kept.at) == ("", "", "", now)
    assert waiting() == []


@pytest.fixture
def forgetful_by_itself_off(sqlite_url) -> Iterator[Warehouse]:
    """A warehouse on a SQLite that, as most are built, leaves what is deleted in the file."""
    with Warehouse(sqlite_url) as opened:

        def leave(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute("PRAGMA secure_delete=OFF")

        event.listen(opened.engine, "connect", leave)
        opened.engine.dispose()
        yield opened
        event.remove(opened.engine, "connect", leave)


def fill_with_planted(warehouse: Warehouse, comment: Callable[..., Comment], now: datetime) -> int:
    """Store 3,000 comments with the planted name and text, let them change often, answer all."""
    account = Account("mastodon", "@acme@m.test", "Acme", "EUR", "UTC")
    key = warehouse.save_account("acme", "main", account, now)
    for round_ in range(3):
        words = f"{TEXT.decode()} " * (1 + 40 * (round_ == 1))  # long ones spill to other pages
        for start in range(0, 3000, 1000):
            page = [
                comment(f"c{n * 7919 % 3000}", author=NAME.decode(), text=f"{words}{n} {round_}")
                for n in range(start, start + 1000)
            ]
            warehouse.save_comments(key, page, now)
    for n in range(0, 3000, 100):
        warehouse.close_comment(key, f"c{n}", now)
    return key


def bytes_of(warehouse: Warehouse) -> bytes:
    """Return all that lies in the folder of the database: the file, its log, whatever is there."""
    file = Path(warehouse.engine.url.database)
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def test_nothing_forgotten_is_left_in_the_file(forgetful_by_itself_off, comment, now):
    warehouse = forgetful_by_itself_off
    fill_with_planted(warehouse, comment, now)
    there = bytes_of(warehouse)
    assert NAME in there
    assert TEXT in there
    assert warehouse.forget_comments(now, now + 91 * DAY) == 3000
    left = bytes_of(warehouse)
    assert (left.count(NAME), left.count(TEXT)) == (0, 0)


def test_an_old_state_that_somebody_reads_is_emptied_the_next_time(
    forgetful_by_itself_off, comment, now, monkeypatch
):
    monkeypatch.setattr("connectors.warehouse.database.BUSY_SECONDS", 0)
    warehouse = forgetful_by_itself_off
    warehouse.engine.dispose()
    fill_with_planted(warehouse, comment, now)
    with warehouse.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM social_comments").scalar()
        assert warehouse.forget_comments(now, now + 91 * DAY) == 3000
        assert NAME in bytes_of(warehouse)
    assert warehouse.forget_comments(now, now + 91 * DAY) == 0
    assert NAME not in bytes_of(warehouse)


def test_how_fast_we_answer_is_told_without_a_word_of_it(
    warehouse, account_key, save, comment, ours, now
):
    save(comment("c1"), comment("c2", 5), comment("c3"), ours("c4", "c1", 30), ours("c5", "c2", 9))
    told = warehouse.answers([account_key], now)
    assert [*told.columns] == ["account_key", "at", "answered_at"]
    hours = (told["answered_at"] - told["at"]) / MINUTE
    assert hours.tolist() == [4.0, 30.0]
    assert len(warehouse.answers([account_key], now + 10 * MINUTE)) == 1
    warehouse.forget_comments(now + DAY, now + DAY)
    assert len(warehouse.answers([account_key], now)) == 2
    assert len(warehouse.answers([account_key + 1], now)) == 0
