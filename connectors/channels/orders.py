"""The brand's own list of orders, in a file or a database of its own.

Every run reads the whole list. A row is an order, at once and as a whole: of an order that comes
twice the later row counts, so a list with a row per article must be summed up in a query first
(how many rows came again is told). `columns` maps our names to the list's: `order_id`,
`customer_id`, `ordered_at` and `value`, the latter in major units of `currency`; a refund is
negative.

An order without a customer id is nobody's that we know: it is yielded with an empty id, so that
whoever saves it can count it. Every other value that cannot be used is refused with its row and
column, and no error or log shows what it says. The list says nothing by day of an account: nothing
is restated.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import numpy as np
import requests
from pydantic import AfterValidator

from connectors.base import Account, Throttle
from connectors.mail import Order
from connectors.tabular.account import Currency
from connectors.tabular.listing import Columns, ListOptions, Part, needs, parts
from connectors.tabular.moments import MomentReader
from connectors.tabular.numbers import NumberReader

FIGURES = frozenset({"value"})
NEEDED = ("order_id", "customer_id", "ordered_at", "value")


def _nothing_else(columns: Columns) -> Columns:
    if more := sorted(set(columns) - set(NEEDED)):
        raise ValueError(f"an order has no {', '.join(more)}; it has {', '.join(NEEDED)}")
    return columns


class Options(ListOptions):
    """What a brand file says under `options` of an account with `platform: orders`."""

    columns: Annotated[Columns, AfterValidator(needs(*NEEDED)), AfterValidator(_nothing_else)]
    currency: Currency
    """Of every value in the list."""


class Connector:
    """One list of orders."""

    restatement_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        """Neither session nor throttle is used: a list is read as a whole, once."""
        self._options = options
        self.account_id = options.account_id

    def account(self) -> Account:
        """Return the list as the brand file describes it."""
        options = self._options
        name = options.name or self.account_id
        return Account("orders", self.account_id, name, options.currency, options.time_zone)

    def orders(self) -> Iterator[list[Order]]:
        """Yield the whole list in parts.

        Raises:
            RejectedError: a value that cannot be used, with its place; what came before it stands.
            TransientError, ReconnectError: of the database.
        """
        options = self._options
        columns = options.columns
        moments = MomentReader(columns["ordered_at"].format, options.time_zone)
        for part in parts(options, options.mapping(figures=FIGURES)):
            found = self._read(part, moments)
            if not part.problems.found:
                yield found

    def _read(self, part: Part, moments: MomentReader) -> list[Order]:
        names = {ours: it.column for ours, it in self._options.columns.items()}
        ids, customers = part.texts(names["order_id"]), part.texts(names["customer_id"])
        for at, order_id in enumerate(ids):
            if not order_id:
                what = "is empty; every order needs an id"
                part.problems.add(part.first + at, names["order_id"], "", what)
        when = _moments(part, names["ordered_at"], moments)
        values = self._values(part, names["value"])
        return [
            Order(order_id, customer, at, value)
            for order_id, customer, at, value in zip(ids, customers, when, values, strict=True)
            if at is not None
        ]

    def _values(self, part: Part, column: str) -> list[float]:
        options = self._options
        rows = np.arange(part.first, part.first + part.batch.num_rows)
        reader = NumberReader(options.numbers, ("",), part.problems)
        values = reader.read("value", column, part.batch.column(column), rows)
        for at in np.flatnonzero(np.isnan(values)).tolist():
            what = "is empty; what an order was worth is never guessed"
            part.problems.add(part.first + at, column, "", what)
        whole: list[float] = values.tolist()
        return whole


def _moments(part: Part, column: str, reader: MomentReader) -> list[datetime | None]:
    found: list[datetime | None] = []
    for at, text in enumerate(part.texts(column)):
        try:
            found.append(reader.read(text))
        except ValueError as error:
            found.append(None)
            part.problems.add(part.first + at, column, text, str(error))
    return found
