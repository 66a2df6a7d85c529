"""Search Console: as many days as fit share a question, and no figure differs by it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pytest

from connectors.base import Window
from connectors.channels import search_console
from connectors.channels.search_console.spans import LONGEST, WEEK, Spans, after
from connectors.throttle import LocalThrottle

from ..conftest import Answer
from ..sandbox.web.searched import DOMAIN, NOW, TODAY, SearchedSite, SearchSandbox

A_DAY = 60  # pairs of query and page of the sandbox's site
LAST = TODAY - timedelta(days=3)  # the last final day
YEAR = Window(date(2025, 10, 31), LAST)
MONTH = Window(LAST - timedelta(days=29), LAST)
THREE_WEEKS = Window(LAST - timedelta(days=20), LAST)
FORTNIGHT = Window(LAST - timedelta(days=13), LAST)
DEEP = ["page", "query", "query_page"]
KEYS = ["date_day", "entity_id"]


@pytest.fixture(scope="module")
def running() -> Iterator[SearchSandbox]:
    with SearchSandbox({DOMAIN: SearchedSite(a_day=A_DAY)}) as sandbox:
        yield sandbox


@pytest.fixture
def connect(running, time_):
    """Connect to the sandbox, with these options."""

    def made(**options) -> search_console.Connector:
        return connector(running.search_url, running.token_url, time_, **options)

    return made


@pytest.fixture
def scripted(server, time_):
    """Connect to the scripted server, with these options."""

    def made(**options) -> search_console.Connector:
        return connector(server.url, f"{server.url}/token", time_, **options)

    return made


def connector(base_url: str, token_url: str, time_, **options) -> search_console.Connector:
    made = search_console.Options(
        account_id=DOMAIN,
        client_id="client",
        client_secret="planted-client",
        refresh_token="planted-refresh",
        metrics={"position": "position"},
        base_url=base_url,
        token_url=token_url,
        **options,
    )
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return search_console.Connector(made, throttle=throttle, clock=lambda: NOW)


def whole(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames).sort_values(KEYS, ignore_index=True)


def pull(channel: search_console.Connector, level: str, window: Window) -> pd.DataFrame:
    return whole([*channel.performance(level, window)])


def day_by_day(channel: search_console.Connector, level: str, window: Window) -> pd.DataFrame:
    days = window.split(1)
    return whole([frame for day in days for frame in channel.performance(level, day)])


def final(server) -> list[dict]:
    """Return the questions about final figures, in order."""
    asked = [seen.json() for seen in server.seen]
    return [question for question in asked if question["dataState"] == "final"]


def rows_of(day: date, count: int) -> list[dict]:
    figures = {"clicks": 1, "impressions": 10, "ctr": 0.1, "position": 2}
    return [{"keys": [f"{day}", f"{day} {n}"], **figures} for n in range(count)]


def script(server, *replies: list[dict]) -> None:
    known = {"metadata": {"firstIncompleteDate": f"{LAST + timedelta(days=1)}"}}
    server.script(Answer(known), *(Answer({"rows": rows} if rows else {}) for rows in replies))


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", DEEP)
@pytest.mark.parametrize(
    "rows_per_day",
    [
        50_000,
        A_DAY * 8,  # spans of three days
        A_DAY * 14,  # the first span has exactly as many pairs as it may not have
        A_DAY + 1,  # a question a day
        A_DAY,  # as many as a day has
        25,  # every day of pairs is cut
        1,
    ],
)
def test_figures_and_what_they_lack_are_those_of_single_days(connect, level, rows_per_day):
    spans, singles = (connect(rows_per_day=rows_per_day) for _ in range(2))
    found = pull(spans, level, THREE_WEEKS)
    pd.testing.assert_frame_equal(found, day_by_day(singles, level, THREE_WEEKS))
    assert not found.duplicated(KEYS).any()
    assert found.date_day.nunique() == THREE_WEEKS.days
    for channel in (spans, singles):
        pull(channel, "account", THREE_WEEKS)
    assert spans.quality() == singles.quality()


def test_cut_days_are_told_and_no_other(connect):
    cut, exact, fine = (connect(rows_per_day=rows) for rows in (25, A_DAY, A_DAY + 1))
    for channel in (cut, exact, fine):
        pull(channel, "query_page", FORTNIGHT)
    said = "query_page: only the top {} rows by clicks of 14 days"
    assert cut.quality().truncated == (said.format(25),)
    assert exact.quality().truncated == (said.format(A_DAY),)
    assert fine.quality().truncated == ()


@pytest.mark.parametrize("rows_per_day", [50_000, A_DAY * 8, A_DAY])
def test_no_day_is_in_two_frames(connect, rows_per_day):
    frames = connect(rows_per_day=rows_per_day).performance("query_page", MONTH)
    days = Counter(day for frame in frames for day in set(frame.date_day))
    assert set(days.values()) == {1}
    assert len(days) == MONTH.days


# --- questions -----------------------------------------------------------------------------------


def asked_for(running, channel: search_console.Connector, level: str, window: Window) -> int:
    """Return how many questions a pull asks, without the one about what is final."""
    channel.covered(level, window)
    running.forget_requests()
    pull(channel, level, window)
    return len([call for call in running.requests if call.path.endswith("/query")])


def test_a_small_property_is_asked_a_few_times(connect, running):
    # 7, 14 and then 28 days each
    assert asked_for(running, connect(), "page", YEAR) == 2 + -(-(YEAR.days - 21) // 28)


def test_a_large_property_is_asked_day_by_day_after_one_vain_question(connect, running):
    assert asked_for(running, connect(rows_per_day=25), "query_page", MONTH) == 1 + MONTH.days


def test_what_was_learnt_holds_for_the_next_window(connect, running):
    channel = connect(rows_per_day=25)
    assert asked_for(running, channel, "query_page", MONTH) == 1 + MONTH.days
    assert asked_for(running, channel, "query_page", MONTH) == MONTH.days


def test_one_level_says_nothing_of_another(connect, running):
    channel = connect(rows_per_day=40)  # pages: 12 a day
    assert asked_for(running, channel, "query_page", FORTNIGHT) == 1 + 14
    assert asked_for(running, channel, "page", FORTNIGHT) == 1 + 14
    assert asked_for(running, connect(rows_per_day=400), "page", FORTNIGHT) == 2


def test_a_span_as_large_as_the_bound_is_thrown_away_and_its_days_are_asked_for(server, scripted):
    window = Window(LAST - timedelta(days=1), LAST)
    first, second = rows_of(window.start, 2), rows_of(LAST, 2)
    script(server, first + second, first, second)
    channel = scripted(rows_per_day=8)  # a span: 4 at most, which may be all or not
    frames = [*channel.performance("query", window)]
    assert [set(frame.date_day) for frame in frames] == [{f"{window.start}"}, {f"{LAST}"}]
    assert [len(frame) for frame in frames] == [2, 2]
    asked = [(a["startDate"], a["endDate"], a["rowLimit"]) for a in final(server)]
    start, end = f"{window.start}", f"{LAST}"
    assert asked == [(start, end, 4), (start, start, 8), (end, end, 8)]
    assert channel.quality().truncated == ()


def test_a_span_one_row_below_the_bound_is_whole(server, scripted):
    window = Window(LAST - timedelta(days=1), LAST)
    script(server, rows_of(window.start, 1) + rows_of(LAST, 2))
    (frame,) = scripted(rows_per_day=8).performance("query", window)
    assert len(frame) == 3
    assert len(final(server)) == 1


def test_a_span_too_large_is_read_no_further_than_its_first_page(server, scripted):
    window = Window(LAST - timedelta(days=1), LAST)
    script(server, rows_of(LAST, 25_000), rows_of(window.start, 1), rows_of(LAST, 1))
    assert len(pull(scripted(rows_per_day=1_000_000), "query", window)) == 2
    assert [asked["startRow"] for asked in final(server)] == [0, 0, 0]


def test_days_without_rows_come_with_those_that_have_some(server, scripted):
    window = Window(LAST - timedelta(days=20), LAST)
    script(server, [], rows_of(LAST, 1))
    (frame,) = scripted().performance("query", window)
    assert [*frame.date_day] == [f"{LAST}"]
    assert len(final(server)) == 2


# --- the length of spans, without any call -------------------------------------------------------


def lengths(spans: Spans, window: Window, rows_on) -> list[int]:
    """Return the days of each question if days have as many rows as `rows_on` says."""
    found = []
    left: Window | None = window
    while left:
        span = spans.next(left)
        rows = [row for day in span.split(1) for row in rows_of(day.start, rows_on(day.start))]
        found.append(span.days)
        if spans.accepts(span, rows[: spans.most(span)]):
            left = after(span, window)
    assert sum(found) >= window.days
    return found


def test_spans_grow_while_days_have_few_rows():
    assert lengths(Spans(50_000), Window(date(2026, 1, 1), date(2026, 4, 30)), lambda day: 1) == [
        *(WEEK, 2 * WEEK, LONGEST, LONGEST, LONGEST),
        120 - 3 * WEEK - 3 * LONGEST,
    ]


def test_spans_follow_how_many_rows_days_have():
    found = lengths(Spans(1_000), Window(date(2026, 1, 1), date(2026, 1, 31)), lambda day: 100)
    assert found[:5] == [7, 1, 2, 4, 4]  # 500 fit: seven days were too many, four are 400


def test_weekends_do_not_make_spans_too_long():
    """Whoever sells to businesses is searched for from Monday to Friday."""
    found = lengths(
        Spans(2_000),
        Window(date(2026, 1, 2), date(2026, 6, 30)),  # a Friday
        lambda day: 20 if day.weekday() > 4 else 200,
    )
    assert found.count(7) == 1  # the first, which came out too large
    assert set(found[4:-1]) == {4}


def test_a_day_of_many_rows_makes_spans_short_until_it_is_a_week_past():
    busy = date(2026, 1, 11)
    window = Window(date(2026, 1, 1), date(2026, 3, 31))
    found = lengths(Spans(1_000), window, lambda day: 900 if day == busy else 3)
    assert found == [7, 14, 1, 2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 28, 14]
