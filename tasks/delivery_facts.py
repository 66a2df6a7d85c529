"""Does every account deliver, and nothing deliver that should not?"""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from tasks.cube import Booleans, Cube, Floats
from tasks.evidence import INACTIVE, Answers, Evidence, Story, of_account, place_of
from tasks.report.numbers import day, money, plural
from tasks.windows import USUAL_DAYS

USED_TO_DELIVER = 20
"""On how many of the `USUAL_DAYS` an account delivered whose silence is news."""

RECENT_DAYS = 7
"""How far back the spend of an inactive campaign is still news."""

FIGURES: Mapping[str, tuple[tuple[str, ...], int]] = {
    "no_data": (("impressions", "clicks", "spend", "sessions"), USUAL_DAYS + 1),
    "spend_while_inactive": (("spend",), RECENT_DAYS),
}
"""Metrics that a fact looks at, and how many days before `as_of`: `no_data` of whole accounts,
`spend_while_inactive` of campaigns."""


def no_data(evidence: Evidence) -> Answers:
    """An account is behind, or delivers nothing although it used to.

    Behind: its last complete day is more than `stale_after_days` before yesterday. Silent:
    yesterday is complete and empty after `USED_TO_DELIVER` days with delivery, and a campaign could
    run. An account whose pull failed in this run has that to tell and is not judged.
    """
    accounts, cube = evidence.accounts, evidence.whole
    yesterday = evidence.as_of - timedelta(days=1)
    behind, delivered, silent = _delivery(accounts, cube, evidence.as_of)
    late = behind > evidence.stale_after_days

    def story(row: int) -> Story:
        known = np.isfinite(behind[row])
        last = yesterday - timedelta(days=int(behind[row])) if known else None
        reason = f"nothing yesterday, after delivery on {delivered[row]:.0f} of {USUAL_DAYS} days"
        if last is None:
            reason = "no day was ever pulled completely"
        elif late[row]:
            reason = f"the last {plural(int(behind[row]), 'day')} not pulled completely"
        numbers = {"days_behind": float(behind[row])} if known else {}
        numbers["days_with_delivery"] = float(delivered[row])
        return Story({"reason": reason, "last_day": day(last, none="never")}, numbers)

    failed = accounts["entry"].isin(list(evidence.failures)).to_numpy()
    return Answers("account", accounts, late | silent, ~failed, story)


def _delivery(accounts: pd.DataFrame, cube: Cube, as_of: date) -> tuple[Floats, Floats, Booleans]:
    """Return per account: days behind, usual days with delivery, and whether it fell silent."""
    place = pd.Index(cube.account_keys).get_indexer(pd.Index(accounts["account_key"]))
    behind = np.append(cube.days_behind(as_of), np.inf)[place]  # place -1: not in the cube
    ages = as_of.toordinal() - 1 - cube.days
    signs = [cube.values[name] for name in FIGURES["no_data"][0] if name in cube.values]
    delivers = np.zeros((len(accounts), len(cube.days)), dtype=np.bool_)
    for row, at in enumerate(place):
        members = np.flatnonzero(cube.account == at)
        for values in signs:
            delivers[row] |= values[members].sum(axis=0) > 0
    usual = delivers[:, (ages > 0) & (ages <= USUAL_DAYS)].sum(axis=1).astype(np.float64)
    may_run = set(cube.entities.loc[~cube.entities["status"].isin(INACTIVE), "account_key"])
    silent = (
        (behind == 0)
        & ~delivers[:, ages == 0].any(axis=1)
        & (usual >= USED_TO_DELIVER)
        & accounts["account_key"].isin(may_run).to_numpy()
    )
    return behind, usual, silent


def pull_failed(evidence: Evidence) -> Answers:
    """A call to the platform ended an account's pull in this run.

    Accounts that never answered are not known yet. They share one record that is of no account.
    """
    accounts, failures = evidence.accounts, evidence.failures
    strangers = sorted(failures.keys() - set(accounts["entry"]))
    reasons = [failures.get(entry, "") for entry in accounts["entry"]]
    reasons.append("; ".join(f"{entry}: {failures[entry]}" for entry in strangers))
    subjects = pd.DataFrame(
        {
            "account_key": [*accounts["account_key"].tolist(), None],
            "name": [*accounts["name"], ", ".join(strangers) or "every new account"],
        },
        dtype=object,
    )
    so = np.asarray([bool(reason) for reason in reasons], dtype=np.bool_)
    told = np.ones_like(so)
    return Answers("account", subjects, so, told, lambda row: Story({"reason": reasons[row]}))


def spend_while_inactive(evidence: Evidence) -> Answers:
    """A campaign spends on days after the one on which it was paused, removed or over.

    The last `RECENT_DAYS` count, as far as they are known. A campaign that was inactive when first
    seen is left alone: nobody knows since when.
    """
    cube, last = evidence.cubes["campaign"], evidence.as_of.toordinal() - 1
    campaigns = cube.entities
    since = _inactive_since(campaigns)
    recent = (cube.days <= last) & (cube.days > last - RECENT_DAYS)
    after = cube.days[recent] > np.nan_to_num(since, nan=last)[:, None]
    spend = cube.values["spend"][:, recent] if "spend" in cube.values else np.zeros(after.shape)
    spent = np.where(after & ~np.isnan(spend), spend, 0.0).sum(axis=1)

    def story(row: int) -> Story:
        place = place_of(campaigns, row, evidence)
        currency = of_account(evidence.accounts, "currency", campaigns["account_key"].iloc[row])
        first = last - RECENT_DAYS + 1
        if not np.isnan(since[row]):
            first = max(first, min(last, int(since[row]) + 1))
        fields = {
            "account": place["account"],
            "status": str(campaigns["status"].iloc[row]),
            "since": _day(since[row]),
            "spend": money(float(spent[row]), currency),
            "window": f"the days since {_day(first)}",
        }
        return Story(fields, {"spend": float(spent[row])}, date.fromordinal(first))

    return Answers("campaign", campaigns, spent > 0, np.ones(len(spent), dtype=np.bool_), story)


def _inactive_since(campaigns: pd.DataFrame) -> Floats:
    """Return the ordinal of a campaign's last active day, NaN if it is active or none is known."""
    ends = [
        end if status == "ended" and not pd.isna(end) else seen
        for status, seen, end in zip(
            campaigns["status"], campaigns["status_since"], campaigns["end_date"], strict=True
        )
    ]
    since = [np.nan if pd.isna(end) else end.toordinal() for end in ends]
    return np.where(campaigns["status"].isin(INACTIVE), np.asarray(since, dtype=np.float64), np.nan)


def _day(ordinal: float) -> str:
    return "an unknown day" if np.isnan(ordinal) else day(date.fromordinal(int(ordinal)))
