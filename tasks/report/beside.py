"""What does another family of processes know beside a finding, and of the same searches?"""

from collections.abc import Mapping

import pandas as pd

from connectors.records import Result
from tasks.cube import Cube
from tasks.landing_facts import Landings, landing_of
from tasks.paid_and_found import FOUND, Paid, PaidAndFound, compare, folded, paid_for
from tasks.recent import recent_sums

ORGANIC = ("clicks", "impressions", "position")


def beside(result: Result, landings: Landings | None, paid: Paid | None) -> str:
    """Return one sentence to be shown with a finding, '' if nothing is known."""
    if landings is not None and (said := landing_of(landings, result)):
        return said
    if paid is not None and (query := _query_of(result, paid)):
        return paid_for(paid, query)
    return ""


def paid_and_found(paid: Paid | None, cubes: Mapping[str, Cube]) -> PaidAndFound | None:
    """Lay the paid searches beside the queries that a search engine tells of; None if either is
    unknown."""
    queries = cubes.get("query")
    if paid is None or queries is None or not set(ORGANIC) <= queries.values.keys():
        return None
    return compare(paid.searches, _found(recent_sums(queries, ORGANIC)))


def _found(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(text=[folded(str(name)) for name in rows["name"]])[[*FOUND]]


def _query_of(result: Result, paid: Paid) -> str:
    if result.level == "query":
        return result.name
    return paid.asked.get((result.check, result.entity_key), "")
