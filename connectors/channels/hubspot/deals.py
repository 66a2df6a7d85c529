"""What was sold? A deal that is closed and won is an order of its contact, on its closing day.

A deal may have several contacts, and does not say who of them bought: the one that HubSpot names
first counts. Its worth is in the account's currency: a deal in another one, without HubSpot's own
conversion, is of unknown worth. Nothing says which e-mail a deal came of.
Source: the reference, section 2; HubSpot's default properties of deals.
"""

from collections.abc import Iterator
from math import nan

from connectors.channels.hubspot.calling import Calls, Row, moment
from connectors.mail import Order

DEAL = (
    "amount",
    "amount_in_home_currency",
    "deal_currency_code",
    "hs_is_closed_won",
    "closedate",
)
TRUE = "true"


def orders(calls: Calls, currency: str) -> Iterator[list[Order]]:
    """Yield pages of the deals that were won, in the account's currency."""
    for rows in calls.objects("deals", DEAL, associations="contacts"):
        with calls.shape("crm/objects/{version}/deals"):
            page = [_order(row, currency) for row in rows if _won(row)]
        if page:
            yield page


def _won(row: Row) -> bool:
    return bool(row["properties"].get("hs_is_closed_won") == TRUE)


def _order(row: Row, currency: str) -> Order:
    told = row["properties"]
    named = ((row.get("associations") or {}).get("contacts") or {}).get("results") or []
    return Order(
        order_id=str(row["id"]),
        customer_id=str(named[0]["id"]) if named else "",
        ordered_at=moment(told.get("closedate")),
        value=_value(told, currency),
    )


def _value(told: Row, currency: str) -> float:
    """Return a deal's worth. Without a currency of its own a deal is in the account's."""
    if text := told.get("amount_in_home_currency"):
        return float(text)
    same = (told.get("deal_currency_code") or currency) == currency
    return float(told["amount"]) if told.get("amount") and same else nan
