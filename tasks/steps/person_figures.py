"""What do conditions need to know of some people at this moment?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from config.library import Library
from connectors.enrolments import Floats, Keys
from connectors.warehouse import Warehouse
from tasks.customers.facts import customer_facts
from tasks.customers.histories import Orders, histories

COMPARED = ("r", "f", "m", "p_alive", "expected_orders", "expected_value")
"""What rests on all customers: as of the last scoring."""


def figures_of(
    warehouse: Warehouse, library: Library, brand: str, keys: Keys, now: datetime
) -> dict[str, Floats]:
    """Return the figures of `config.mail_segments.FACTS` by name, in the order of `keys`; NaN is
    unknown.

    What rests on somebody's own orders is as of now, so that an order of this minute counts.
    """
    settings = library.brand(brand)
    some = np.unique(keys)
    people = warehouse.some_people(brand, some)
    orders = warehouse.some_orders(brand, settings.time_zone, some)
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    bought = (
        histories(
            Orders(*(orders[name].to_numpy() for name in ("person_key", "day", "value"))),
            today,
            settings.mail.lifecycle.lapsed_days,
        )
        if len(orders) or warehouse.knows_orders(brand)
        else None
    )
    facts = customer_facts(
        people, bought, None, settings.mail.lifecycle, today, settings.time_zone
    ).set_index("person_key")
    scored = warehouse.some_scores(brand, some).set_index("person_key")
    for name in COMPARED:
        facts[name] = scored[name].reindex(facts.index)
    there = facts.reindex(keys)
    numbers = there.select_dtypes("number")
    return {str(name): numbers[name].to_numpy(np.float64) for name in numbers.columns}
