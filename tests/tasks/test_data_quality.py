import numpy as np
import pytest

from tasks.data_quality import data_quality


def quality(market, as_of, **options):
    failures = options.pop("failures", None)
    stale_after = options.pop("stale_after_days", 0)
    made = market(**options)
    cubes = {"campaign": made.cube()}
    return data_quality(
        made.accounts_frame(), cubes, as_of, stale_after_days=stale_after, failures=failures
    )[0]


ALL = [(1, day) for day in range(1, 61)]


@pytest.mark.parametrize(
    ("options", "state", "text"),
    [
        ({}, "fresh", "complete to 11 Nov 2026"),
        ({"not_pulled": [(1, 1)]}, "stale", "complete to 10 Nov 2026, 1 day behind"),
        (
            {"not_pulled": [(1, 1)], "stale_after_days": 1},
            "fresh",
            "complete to 10 Nov 2026, 1 day behind",
        ),
        (
            {"not_pulled": [(1, 3), (1, 4)]},
            "partial",
            "complete to 11 Nov 2026, 2 days before it missing",
        ),
        ({"not_pulled": [(1, 60)]}, "fresh", "complete to 11 Nov 2026"),
        ({"not_pulled": ALL}, "never", "no day was ever pulled completely"),
        (
            {"failures": {"account_1": "403 no permission"}},
            "partial",
            "complete to 11 Nov 2026; the pull of this run failed: 403 no permission",
        ),
        ({"failures": {"account_2": "403"}}, "fresh", "complete to 11 Nov 2026"),
        (
            {"not_pulled": ALL, "failures": {"account_1": "403"}},
            "never",
            "no day was ever pulled completely; the pull of this run failed: 403",
        ),
    ],
)
def test_how_far_data_can_be_trusted(market, as_of, options, state, text):
    found = quality(market, as_of, **options)
    assert (found.state, found.text) == (state, text)


def test_the_numbers_are_there_too(market, as_of, ago):
    found = quality(market, as_of, not_pulled=[(1, 1), (1, 2), (1, 5)])
    assert (found.account, found.level) == ("Account 1", "campaign")
    assert (found.last_day, found.days_behind, found.missing_days) == (ago(3), 2, 1)


def test_an_account_that_no_level_knows_was_never_pulled(market, as_of):
    made = market()
    accounts = made.accounts_frame().assign(account_key=np.int64(9))
    (found,) = data_quality(accounts, {"campaign": made.cube()}, as_of)
    assert (found.state, found.last_day, found.days_behind) == ("never", None, None)
