"""How do a million rows of numbers get out of the database? Straight into one array, with the bare
driver: Python never holds more than a few of them."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any, cast

import numpy as np
from sqlalchemy.engine import Connection

AT_ONCE = 50_000  # rows that PostgreSQL sends at a time

Rows = np.ndarray[Any, np.dtype[np.void]]


def read_rows(
    connection: Connection, query: str, values: Sequence[object], kind: np.dtype[np.void]
) -> Rows:
    """Return the rows of a query whose columns are numbers, none of them NULL. `?` stands for a
    value; the query is ours."""
    driver = cast(Any, connection.connection.driver_connection)
    if connection.dialect.name == "sqlite":
        return np.fromiter(driver.execute(query, (*values,)), kind)
    with closing(driver.cursor(name="streaming", binary=True)) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query.replace("?", "%s"), (*values,))
        return np.fromiter(cursor, kind)
