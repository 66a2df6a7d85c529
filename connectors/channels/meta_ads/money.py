"""How many minor units has a currency at Meta?

Meta's list, not ISO 4217: there COP, CRC, HUF, IDR and TWD have decimals and BHD has three.
Source: developers.facebook.com/docs/marketing-api/currencies and the SDK's `AdAccount.Currency`.
"""

from decimal import Decimal

from connectors.base import RejectedError

WHOLE = frozenset(["CLP", "COP", "CRC", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND"])
HUNDREDTHS = frozenset(
    [
        "AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BOB", "BRL", "CAD", "CHF", "CNY",
        "CZK", "DKK", "DZD", "EGP", "EUR", "GBP", "GTQ", "HKD", "HNL", "ILS", "INR",
        "JOD", "KES", "LKR", "MOP", "MXN", "MYR", "NGN", "NIO", "NOK", "NZD", "PEN",
        "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB",
        "TRY", "UAH", "USD", "UYU", "ZAR",
    ]
)  # fmt: skip


def from_minor(text: str, currency: str) -> Decimal:
    """Return major units. Raises `RejectedError` for a currency that is not in the list."""
    if currency in WHOLE:
        return Decimal(text)
    if currency in HUNDREDTHS:
        return Decimal(text) / 100
    raise RejectedError(f"Meta's minor unit of {currency} is unknown: add it to meta_ads/money.py")
