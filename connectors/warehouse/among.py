"""How is a table asked for thousands of keys at once? As one value: thousands of bound parameters
take longer to write into the statement than the database takes to answer."""

import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection


def among(
    connection: Connection, column: sa.ColumnElement[int], keys: Iterable[int]
) -> sa.ColumnElement[bool]:
    """Hold where a column of whole numbers has one of these values."""
    values = [int(key) for key in keys]
    if connection.dialect.name == "sqlite":
        each = sa.func.json_each(json.dumps(values)).table_valued("value")
        return column.in_(sa.select(each.c.value))
    return column == sa.func.any(sa.bindparam(None, values, type_=ARRAY(sa.BigInteger)))
