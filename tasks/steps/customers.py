"""Know the brand's customers: read its lists, score everybody, say who is in which segment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from config.mail import Stage
from config.mail_segments import Segment
from connectors.base import ConnectorError, RejectedError
from connectors.mail import CustomerSource, OrderSource
from connectors.warehouse import Warehouse
from connectors.warehouse.customer_lists import ListReading
from connectors.warehouse.people import SavedPeople
from tasks.customers.facts import customer_facts, scores
from tasks.customers.histories import Orders, histories
from tasks.customers.maximum import NoFit
from tasks.customers.segments import Memberships, memberships
from tasks.customers.value_model import ValueModel, customer_values, fit_value_model
from tasks.run import Run
from tasks.steps.connecting import connect
from tasks.steps.mailing import keys
from tasks.steps.opening import brand_library, open_warehouse, run_log

LISTS = ("customers", "orders")
"""Platforms of an account that is a list of the brand's own."""
STAGE = "stage:"
"""So begin the names under which the stages are kept beside the segments."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring found that is kept nowhere, for the run's report. Nobody in particular."""

    facts: pd.DataFrame  # `stage` and `expected_value` of everybody, see `customer_facts`
    model: ValueModel | None  # None: no order is known
    unknown: Mapping[str, int]  # segment to people of whom it cannot be told whether they are in
    shared: pd.DataFrame  # segment, other, people: how many are in both


class Known:
    """What came of reading the lists. No dataclass: Prefect would copy the frames to look inside
    whenever it is handed to a step."""

    def __init__(self, failed: Mapping[str, str], scored: Scored) -> None:
        self.failed = failed  # list to its error
        self.scored = scored


@task(task_run_name="know-customers", timeout_seconds=3600, cache_policy=NO_CACHE)
def know_customers(run: Run) -> Known:
    """Read the lists of customers and orders, score everybody, and move people between segments;
    return that, and the error of each list that could not be read.

    What was stored before an error stays, and everybody is scored with what is known. Only counts
    are logged.
    """
    library = brand_library(run.brand)
    failed: dict[str, str] = {}
    with open_warehouse() as warehouse:
        for name in run.accounts:
            try:
                _read_list(warehouse, library, run, name)
            except ConnectorError as error:
                failed[name] = str(error)
        scored = score(warehouse, library, run.brand, run.as_of)
    return Known(failed, scored)


def score(warehouse: Warehouse, library: Library, brand: str, as_of: date) -> Scored:
    """Score everybody who is known as of a day, and put everybody into his stage and segments.

    Writes nothing for a brand without people. Raises `RejectedError` for a day before the last one.
    """
    facts, model = _facts_and_model(warehouse, library, brand, as_of)
    found = memberships(segments_of(library, brand), facts)
    if len(facts):
        _write(warehouse, brand, facts, found, as_of)
    sizes = found.sizes()
    return Scored(
        facts=facts[["stage", "expected_value"]],
        model=model,
        unknown=dict(zip(sizes["segment"], sizes["unknown"].tolist(), strict=True)),
        shared=_pairs(found.overlap()),
    )


def _write(
    warehouse: Warehouse, brand: str, facts: pd.DataFrame, found: Memberships, as_of: date
) -> None:
    scored = scores(facts) if facts["orders"].notna().any() else facts.iloc[:0]
    warehouse.write_scores(brand, scored, as_of)
    for stage in get_args(Stage):
        inside = facts["stage"] == stage
        warehouse.move_members(brand, STAGE + stage, facts.loc[inside, "person_key"], as_of)
    for segment in found.segments:
        warehouse.move_members(brand, segment, found.members(segment), as_of)


def _pairs(overlap: pd.DataFrame) -> pd.DataFrame:
    """Return each pair of segments once."""
    names = [*overlap.index]
    rows = [
        (one, other, int(str(overlap.loc[one, other])))
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]
    return pd.DataFrame(rows, columns=["segment", "other", "people"])


def facts_of(warehouse: Warehouse, library: Library, brand: str, as_of: date) -> pd.DataFrame:
    """Return what is known of each person of a brand as of a day; see `customer_facts`."""
    return _facts_and_model(warehouse, library, brand, as_of)[0]


def _facts_and_model(
    warehouse: Warehouse, library: Library, brand: str, as_of: date
) -> tuple[pd.DataFrame, ValueModel | None]:
    """Return what is known of each person as of a day, and by which model of what they will bring;
    None where no order is known."""
    rules, zone = library.brand(brand).mail, library.brand(brand).time_zone
    people = warehouse.people_facts(brand)
    orders = warehouse.read_orders(brand, zone)
    bought = values = model = None
    if len(orders):
        bought = histories(
            Orders(*(orders[name].to_numpy() for name in ("person_key", "day", "value"))),
            as_of,
            rules.lifecycle.lapsed_days,
        )
        model = fit_value_model(bought)
        for part in (model.buying, model.spending):
            if isinstance(part, NoFit):
                run_log().info("What customers will bring is not known: %s", part)
        values = customer_values(model, bought)
    return customer_facts(people, bought, values, rules.lifecycle, as_of, zone), model


def segments_of(library: Library, brand: str) -> list[Segment]:
    """Return the segments of a brand, in the order of its file."""
    return [*library.segments.get(brand, {}).values()]


def _read_list(warehouse: Warehouse, library: Library, run: Run, name: str) -> None:
    """Take over a list, if the account is one; a connector may have more than its lists."""
    entry = library.entry(run.brand, name)
    if entry.platform not in LISTS:
        return
    channel = connect(warehouse, library, entry)
    if entry.platform == "customers" and isinstance(channel, CustomerSource):
        people = warehouse.save_customers(run.brand, channel.customers(), keys(), run.started_at)
        run_log().info("%s: %s", name, people)
        for problem in people.problems:
            run_log().warning("%s: %s", name, problem)
        key = warehouse.save_account(run.brand, name, channel.account(), run.started_at)
        alone = sum(it.platform == "customers" for it in library.brand(run.brand).accounts) == 1
        warehouse.save_list_reading(_reading(key, run.as_of, people, alone=alone))
    elif entry.platform == "orders" and isinstance(channel, OrderSource):
        saved = warehouse.save_orders(run.brand, channel.orders(), keys())
        run_log().info("%s: %s", name, saved)
    else:
        raise RejectedError(f"{name}: {entry.connector} has no {entry.platform}")


def _reading(account_key: int, day: date, people: SavedPeople, *, alone: bool) -> ListReading:
    """Return what a reading found; who is missing is known of a brand's only list."""
    return ListReading(
        account_key=account_key,
        date_day=day,
        seen=people.seen,
        missing=people.missing if alone else None,
        still_unsubscribed=people.still_unsubscribed,
        unusable=people.unusable,
    )
