"""What is known of each person, in the words that segments ask with?"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from config.mail import Lifecycle
from tasks.cube import Floats, Integers
from tasks.customers.histories import EPOCH, Histories
from tasks.customers.rfm import rfm
from tasks.customers.stages import STAGES, stages
from tasks.customers.value_model import CustomerValues

NO_STAGE = ""
"""The stage of somebody who has never ordered and has not agreed to mail."""


def customer_facts(
    people: pd.DataFrame,
    histories: Histories | None,
    values: CustomerValues | None,
    lifecycle: Lifecycle,
    as_of: date,
    zone: str,
) -> pd.DataFrame:
    """Return a row per person of `people`, in their order.

    `people` has `person_key` (int64), `consent`, `country`, `language` (text, '' is unknown),
    `consent_at` and `signed_up_at` (UTC, NaT is unknown). Without histories the brand knows no
    orders, and all that rests on them is unknown; somebody without a history has no order. `values`
    are those of the same histories. Days are counted in the time zone `zone`, the brand's.

    Beside `person_key`, `country` and `language` there are `stage` (category; `NO_STAGE`, NaN is
    unknown), `first_order` and `last_order` (ordinals, NaN is none), and in float64, NaN being
    unknown, all of `config.mail_segments.FACTS`. Raise `ValueError` for histories of another day.
    """
    if histories is not None and histories.as_of != as_of.toordinal():
        raise ValueError(f"the histories are not as of {as_of}")
    facts = people[["person_key", "country", "language"]].reset_index(drop=True)
    for name, moments in (("signup", "signed_up_at"), ("consent", "consent_at")):
        facts[f"days_since_{name}"] = as_of.toordinal() - _ordinals(people[moments], zone)
    if histories is None:
        bought, codes = _nothing(len(people)), np.full(len(people), -1, np.int8)
    else:
        bought = _bought(histories, values, histories.place_of(people["person_key"].to_numpy()))
        codes = stages(
            bought["days_since_first_order"],
            bought["recency_days"],
            bought.pop("since_return"),
            (people["consent"] == "subscribed").to_numpy(),
            lifecycle,
        )
        codes = np.where(codes < 0, np.int8(len(STAGES)), codes)
    facts["stage"] = pd.Categorical.from_codes(codes, pd.Index([*STAGES, NO_STAGE]))
    return facts.assign(**bought)


def scores(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that a table of scores keeps: of everybody who is in a stage."""
    staged = facts[facts["stage"].isin(STAGES)]
    return staged.astype({"orders": np.int64, "stage": object})


def _bought(
    histories: Histories, values: CustomerValues | None, place: Integers
) -> dict[str, Floats]:
    """Return what rests on orders, for the people at these places of the histories."""
    score = rfm(histories)
    first, last = histories.first, histories.last
    repeats = np.where(score.orders > 1, score.orders - 1.0, np.nan)
    nobody = np.full(len(first), np.nan)
    figures = {
        "recency_days": score.recency_days,
        "mean_value": score.mean_value,
        "usual_days": (last - first) / repeats,
        "r": score.r,
        "f": score.f,
        "m": score.m,
        "p_alive": nobody if values is None else values.p_alive,
        "expected_orders": nobody if values is None else values.expected_orders,
        "expected_value": nobody if values is None else values.expected_value,
        "days_since_first_order": histories.as_of - first,
        "since_return": histories.as_of - histories.returned,
        "first_order": first,
        "last_order": last,
    }
    found = {name: np.append(figure, np.nan)[place] for name, figure in figures.items()}
    for name, figure in (("orders", score.orders), ("value", score.value)):
        found[name] = np.append(figure, 0.0)[place]
    return found


def _nothing(count: int) -> dict[str, Floats]:
    names = ("recency_days", "orders", "value", "mean_value", "usual_days", "r", "f", "m",
             "p_alive", "expected_orders", "expected_value", "days_since_first_order",
             "first_order", "last_order")  # fmt: skip
    return {name: np.full(count, np.nan) for name in names}


def _ordinals(moments: "pd.Series[Any]", zone: str) -> Floats:
    """Return the days, in a time zone, on which moments lie; NaN for NaT."""
    local = moments.dt.tz_convert(zone).dt.tz_localize(None).to_numpy().astype("datetime64[D]")
    days = local.astype(np.int64) + float(EPOCH)
    return np.where(np.isnat(local), np.nan, days)
