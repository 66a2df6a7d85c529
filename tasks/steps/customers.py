"""Know the brand's customers: read its lists, score everybody, say who is in which segment."""

from datetime import date
from typing import get_args

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from config.mail import Stage
from config.mail_segments import Segment
from connectors.base import ConnectorError
from connectors.mail import CustomerSource, OrderSource
from connectors.warehouse import Warehouse
from tasks.customers.facts import customer_facts, scores
from tasks.customers.histories import Orders, histories
from tasks.customers.maximum import NoFit
from tasks.customers.segments import memberships
from tasks.customers.value_model import ValueModel, customer_values, fit_value_model
from tasks.run import Run
from tasks.steps.connecting import connect
from tasks.steps.mailing import keys
from tasks.steps.opening import brand_library, open_warehouse, run_log

STAGE = "stage:"
"""So begin the names under which the stages are kept beside the segments."""


@task(task_run_name="know-customers", timeout_seconds=3600, cache_policy=NO_CACHE)
def know_customers(run: Run) -> dict[str, str]:
    """Read the lists of customers and orders, score everybody, and move people between segments;
    return the error of each list that could not be read.

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
        score(warehouse, library, run.brand, run.as_of)
    return failed


def score(warehouse: Warehouse, library: Library, brand: str, as_of: date) -> None:
    """Score everybody who is known as of a day, and put everybody into his stage and segments.

    Does nothing for a brand without people. Raises `RejectedError` for a day before the last one.
    """
    facts = facts_of(warehouse, library, brand, as_of)
    if not len(facts):
        return
    scored = scores(facts) if facts["orders"].notna().any() else facts.iloc[:0]
    warehouse.write_scores(brand, scored, as_of)
    for stage in get_args(Stage):
        inside = facts["stage"] == stage
        warehouse.move_members(brand, STAGE + stage, facts.loc[inside, "person_key"], as_of)
    found = memberships(segments_of(library, brand), facts)
    for segment in found.segments:
        warehouse.move_members(brand, segment, found.members(segment), as_of)


def facts_of(warehouse: Warehouse, library: Library, brand: str, as_of: date) -> pd.DataFrame:
    """Return what is known of each person of a brand as of a day; see `customer_facts`."""
    facts, model = facts_and_model(warehouse, library, brand, as_of)
    for part in (model.buying, model.spending) if model else ():
        if isinstance(part, NoFit):
            run_log().info("What customers will bring is not known: %s", part)
    return facts


def facts_and_model(
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
        values = customer_values(model, bought)
    return customer_facts(people, bought, values, rules.lifecycle, as_of, zone), model


def segments_of(library: Library, brand: str) -> list[Segment]:
    """Return the segments of a brand, in the order of its file."""
    return [*library.segments.get(brand, {}).values()]


def _read_list(warehouse: Warehouse, library: Library, run: Run, name: str) -> None:
    channel = connect(warehouse, library, library.entry(run.brand, name))
    people_keys, now = keys(), run.started_at
    if isinstance(channel, CustomerSource):
        people = warehouse.save_customers(run.brand, channel.customers(), people_keys, now)
        run_log().info("%s: %s", name, people)
        for problem in people.problems:
            run_log().warning("%s: %s", name, problem)
    elif isinstance(channel, OrderSource):
        run_log().info(
            "%s: %s", name, warehouse.save_orders(run.brand, channel.orders(), people_keys)
        )
