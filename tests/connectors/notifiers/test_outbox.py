"""Nothing waits forever, nothing is lost, and nothing is sent twice without saying so."""

import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest

from config.secrets import MissingSecretError
from connectors.notifiers import apprise
from connectors.notifiers.outbox import (
    FIRST_RETRY,
    GIVE_UP_AFTER,
    REFUSED_RETRY,
    deliver,
)
from connectors.warehouse import Warehouse
from connectors.warehouse.outbox import LEASE

NOW = datetime(2026, 11, 3, 6, tzinfo=UTC)
LATER = NOW + LEASE + timedelta(seconds=1)
SECRET = "pl4ntedS3cret"


def at(moment: datetime):
    return lambda: moment


def to(url: str):
    return lambda reference: url


def ids(count: int) -> list[str]:
    return [f"{number:032x}" for number in range(count)]


def test_what_waits_is_sent_once(warehouse, web, message, put):
    put(*(message(one) for one in ids(3)))
    first = deliver(warehouse, "acme", to(web.url()), at(NOW))
    second = deliver(warehouse, "acme", to(web.url()), at(LATER))
    assert [got.message_id for got in web.received] == ids(3)
    assert len(first.delivered) == 3
    assert (second.delivered, second.failures) == ([], [])


def test_the_same_decision_again_is_not_sent_again(warehouse, web, message, put):
    put(message())
    deliver(warehouse, "acme", to(web.url()), at(NOW))
    put(message())
    deliver(warehouse, "acme", to(web.url()), at(LATER))
    assert len(web.received) == 1


def test_another_brand_waits_for_its_own_run(warehouse, web, message, put):
    put(message(brand="other"))
    assert deliver(warehouse, "acme", to(web.url()), at(NOW)).delivered == []


def test_one_failure_does_not_stop_the_others(warehouse, web, message, put):
    first, second, third = ids(3)
    put(message(first, "env:DOWN"), message(second, "env:MISSING"), message(third, "env:UP"))

    def resolve(reference: str) -> str:
        if reference == "env:MISSING":
            raise MissingSecretError("the variable MISSING is not set")
        return web.url("503" if reference == "env:DOWN" else "200")

    report = deliver(warehouse, "acme", resolve, at(NOW))
    assert [one.message_id for one in report.delivered] == [third]
    assert [(one.message_id, one.retry_at) for one in report.failures] == [
        (first, NOW + FIRST_RETRY),
        (second, NOW + REFUSED_RETRY),
    ]
    assert "HTTP 503" in report.problems[0]
    assert "MISSING is not set" in report.problems[1]


def test_what_may_pass_is_tried_again_later_and_not_earlier(warehouse, web, message, put):
    put(message())
    waits = []
    now = NOW
    for _ in range(9):
        report = deliver(warehouse, "acme", to(web.url("503")), at(now))
        retry_at = report.failures[0].retry_at
        assert deliver(warehouse, "acme", to(web.url()), at(retry_at - timedelta(seconds=1))) == (
            type(report)()
        )
        waits.append((retry_at - now) // timedelta(minutes=1))
        now = retry_at
    report = deliver(warehouse, "acme", to(web.url()), at(now))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert len(report.delivered) == 1
    assert not web.received[-1].repeat, "a refusal is no doubt"
    assert {got.message_id for got in web.received} == {message().message_id}


def test_a_refused_message_is_tried_daily_and_given_up_after_a_week(warehouse, web, message, put):
    put(message())
    retries = [NOW]
    while retries[-1]:
        report = deliver(warehouse, "acme", to(web.url("404")), at(retries[-1]))
        retries.append(report.failures[0].retry_at)
    assert len(web.received) == GIVE_UP_AFTER // REFUSED_RETRY + 2
    after = retries[-2] + GIVE_UP_AFTER
    assert deliver(warehouse, "acme", to(web.url()), at(after)).failures == []


def test_an_owner_who_cannot_be_reached_is_reported_once_and_the_message_kept(
    warehouse, web, message, put
):
    put(message(destination=""))
    report = deliver(warehouse, "acme", to(web.url()), at(NOW))
    assert "there is no way to reach ana" in report.unaddressed[0]
    assert report.problems == ()
    assert deliver(warehouse, "acme", to(web.url()), at(LATER)).failures == []
    with warehouse.reading() as connection:
        rows = connection.exec_driver_sql("SELECT state, error FROM outbox").all()
    assert [state for state, _ in rows] == ["given_up"]
    assert "no way to reach ana" in rows[0][1]


def test_a_receiver_that_never_confirms_gets_marked_repeats_and_few(
    warehouse, web, message, put, monkeypatch
):
    monkeypatch.setattr(apprise, "READ_SECONDS", 0.02)
    put(message())
    now, waits = NOW, []
    while now:
        [failure] = deliver(warehouse, "acme", to(web.url("hang")), at(now)).failures
        waits.append(failure.retry_at and failure.retry_at - now)
        now = failure.retry_at
    assert [got.repeat for got in web.received] == [False] + [True] * (len(web.received) - 1)
    assert set(waits[3:-1]) == {REFUSED_RETRY}
    assert len(web.received) < 15


def test_doubt_survives_a_later_refusal(warehouse, web, message, put):
    put(message())
    for answer, now in (("cut", 0), ("503", 6), ("200", 60)):
        deliver(warehouse, "acme", to(web.url(answer)), at(NOW + timedelta(minutes=now)))
    assert [got.repeat for got in web.received] == [False, True, True]


# --- crashes ---------------------------------------------------------------------------------


class Dying:
    """An outbox whose worker is killed at one place."""

    def __init__(self, warehouse: Warehouse, place: str) -> None:
        self.warehouse, self.place = warehouse, place
        self.pending_messages, self.failed = warehouse.pending_messages, warehouse.failed

    def die(self, place: str) -> None:
        if self.place == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def claim(self, *given) -> bool:
        self.die("before the claim")
        claimed = self.warehouse.claim(*given)
        self.die("between claim and sending")
        return claimed

    def delivered(self, *given) -> None:
        self.die("between sending and recording")
        self.warehouse.delivered(*given)
        self.die("after recording")


def die_delivering(warehouse_url: str, receiver_url: str, place: str) -> None:
    with Warehouse(warehouse_url) as warehouse:
        deliver(Dying(warehouse, place), "acme", to(receiver_url), at(NOW))


@pytest.mark.parametrize(
    ("place", "marks"),
    [
        ("before the claim", [False]),
        ("between claim and sending", [True]),
        ("between sending and recording", [False, True]),
        ("after recording", [False]),
    ],
)
def test_a_worker_killed_at_any_place_loses_nothing(
    warehouse_url, warehouse, web, message, put, place, marks
):
    put(message())
    warehouse.close()
    worker = get_context("fork").Process(
        target=die_delivering, args=(warehouse_url, web.url(), place)
    )
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    soon = deliver(warehouse, "acme", to(web.url()), at(NOW + timedelta(seconds=1)))
    assert bool(soon.delivered) is (place == "before the claim"), "a claim that holds is respected"
    deliver(warehouse, "acme", to(web.url()), at(LATER))
    deliver(warehouse, "acme", to(web.url()), at(LATER + LEASE * 2))
    assert [got.repeat for got in web.received] == marks
    assert {got.message_id for got in web.received} == {message().message_id}


def test_workers_at_once_send_each_message_once(warehouse_url, warehouse, web, message, put):
    put(*(message(one) for one in ids(12)))
    start = threading.Barrier(3)

    def work() -> None:
        with Warehouse(warehouse_url) as own:
            start.wait()
            deliver(own, "acme", to(web.url()), at(NOW))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got.message_id for got in web.received) == ids(12)


def test_a_claim_that_lapsed_while_this_worker_was_busy_is_in_doubt(warehouse, web, message, put):
    """The list was read before another worker claimed the second message and died."""
    first, second = ids(2)
    put(message(first), message(second))
    moments = iter([NOW])

    def send(one, url):
        if one.message_id == first:
            assert warehouse.claim(second, NOW)
        apprise.send(one, url)

    deliver(warehouse, "acme", to(web.url()), lambda: next(moments, LATER), send)
    assert [(got.message_id, got.repeat) for got in web.received] == [
        (first, False),
        (second, True),
    ]


# --- secrets ---------------------------------------------------------------------------------


def test_no_secret_reaches_the_warehouse(warehouse, warehouse_url, web, message, put, monkeypatch):
    monkeypatch.setattr(apprise, "READ_SECONDS", 0.02)
    answers = ["200", "404", "503", "cut", "hang", "nothing"]
    put(*(message(one, f"env:{answer}") for one, answer in zip(ids(6), answers, strict=True)))

    def resolve(reference: str) -> str:
        answer = reference.removeprefix("env:")
        login = f"user:{SECRET}@"
        return web.url(f"{SECRET}/{answer}", login) if answer != "nothing" else f"x://{SECRET}"

    report = deliver(warehouse, "acme", resolve, at(NOW))
    with warehouse.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM outbox").all()
    assert len(report.failures) == 5
    assert len(rows) == 6
    assert SECRET not in f"{rows} {report}"
