"""Lists of orders: read as meant, or refused where they cannot be."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from connectors.base import RejectedError
from connectors.channels.orders import Connector, Options
from connectors.mail import OrderSource

REAL = Path(__file__).parents[3] / "../shared/data/online_retail/online_retail_invoices.csv"
COLUMNS = {"order_id": "No", "customer_id": "Who", "ordered_at": "When", "value": "Total"}
HEADER = "No,Who,When,Total\n"


def channel(path, /, **changes) -> Connector:
    given = {
        "account_id": "shop", "path": str(path), "time_zone": "Europe/London",
        "currency": "GBP", "columns": COLUMNS,
    }  # fmt: skip
    return Connector(Options(**given | changes))


def read(folder, text, **changes):
    file = folder / "orders.csv"
    file.write_text(text)
    return [it for batch in channel(file, **changes).orders() for it in batch]


def refused(folder, text, **changes) -> str:
    with pytest.raises(RejectedError) as caught:
        read(folder, text, **changes)
    return str(caught.value)


def test_a_row_is_an_order(tmp_path):
    text = HEADER + "7,c1,2026-07-01 10:30:00,12.50\n8,,2026-01-01,-3\n"
    one, two = read(tmp_path, text)
    assert (one.order_id, one.customer_id, one.value) == ("7", "c1", 12.5)
    assert one.ordered_at == datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    assert (two.customer_id, two.value) == ("", -3.0)
    assert two.ordered_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_moment_with_an_offset_keeps_it(tmp_path):
    (one,) = read(tmp_path, HEADER + "7,c1,2026-07-01T10:30:00+05:30,1\n")
    assert one.ordered_at == datetime(2026, 7, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "column", "what"),
    [
        ("7,c1,2026-07-01,", "Total", "is empty; what an order was worth is never guessed"),
        ("7,c1,2026-07-01,free", "Total", "is not a number"),
        ('7,c1,2026-07-01,"1,234"', "Total", "is not a number"),
        ("7,c1,2026-07-01,nan", "Total", "is not a number"),
        (",c1,2026-07-01,5", "No", "is empty; every order needs an id"),
        ("7,c1,,5", "When", "is no date as of ISO 8601"),
        ("7,c1,01/07/2026,5", "When", "is no date as of ISO 8601"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_its_place(tmp_path, row, column, what):
    said = refused(tmp_path, HEADER + "1,c1,2026-07-01,5\n" + row + "\n")
    assert f"line 3, column {column!r}: the value {what}" in said


def test_numbers_are_read_as_the_options_say(tmp_path):
    text = "No;Who;When;Total\n7;c1;01/07/2026;1.234,50\n"
    columns = {**COLUMNS, "ordered_at": {"column": "When", "format": "%d/%m/%Y"}}
    numbers = {"decimal": ",", "thousands": "."}
    (one,) = read(tmp_path, text, columns=columns, numbers=numbers)
    assert (one.value, one.ordered_at) == (1234.5, datetime(2026, 6, 30, 23, tzinfo=UTC))


def test_parts_before_a_wrong_row_stand_and_none_after(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.tabular.delimited.BLOCK", 4096)
    file = tmp_path / "orders.csv"
    good = "".join(f"{n},c{n},2026-07-01,5\n" for n in range(2000))
    file.write_text(f"{HEADER}{good}x,c,never,5\n")
    sizes: list[int] = []
    with pytest.raises(RejectedError, match="line 2002, column 'When'"):
        sizes.extend(map(len, channel(file).orders()))
    assert 0 < sum(sizes) < 2000


def test_options_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(ValidationError, match="name the column of value"):
        channel("x", columns={n: it for n, it in COLUMNS.items() if n != "value"})
    with pytest.raises(ValidationError, match="an order has no coupon"):
        channel("x", columns={**COLUMNS, "coupon": "Code"})
    with pytest.raises(ValidationError, match="ISO 4217"):
        channel("x", currency="pounds")


def test_it_is_a_source_of_orders():
    made = channel("x")
    assert isinstance(made, OrderSource)
    account = made.account()
    assert (account.platform, account.name, account.currency) == ("orders", "shop", "GBP")


def test_a_year_of_a_real_shop():
    columns = {
        "order_id": "InvoiceNo", "customer_id": "CustomerID", "ordered_at": "InvoiceDate",
        "value": "TotalPrice",
    }  # fmt: skip
    orders = [it for batch in channel(REAL, columns=columns).orders() for it in batch]
    assert (len(orders), len({it.customer_id for it in orders})) == (18_532, 4_338)
    with REAL.open(newline="") as file:
        wanted = {row["InvoiceNo"]: [*row.values()][1:] for row in csv.DictReader(file)}
    london = ZoneInfo("Europe/London")
    read = {
        it.order_id: [f"{it.ordered_at.astimezone(london):%Y-%m-%d}", it.customer_id, it.value]
        for it in orders
    }
    assert read == {number: [*row[:2], float(row[2])] for number, row in wanted.items()}
