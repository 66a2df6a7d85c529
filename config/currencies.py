"""Which currencies can be used, and how many decimals do they have?

Unicode CLDR, as Babel ships it: a currency counts when some territory has it as tender today.
Gold (XAU), funds and test codes have no minor units; Babel would answer 2 for them.
"""

from functools import cache

from config.problems import choose, quoted


class CurrencyError(ValueError):
    """A currency that cannot be used: what is wrong, and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def minor_units(code: str) -> int:
    """Return the number of decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD.

    Raise `CurrencyError` for a code without known minor units.
    """
    if code not in _tender():
        upper = code.strip().upper()
        if upper in _tender():
            raise CurrencyError(f"{quoted(code)} is no ISO 4217 code", f"did you mean {upper}?")
        if code in _all_codes():
            raise CurrencyError(
                f"{code} has no known minor units: it is no country's money today",
                "name the currency that the account is billed in",
            )
        raise CurrencyError(f"{quoted(code)} is no ISO 4217 code", choose(code, _tender()))
    from babel.numbers import get_currency_precision

    return get_currency_precision(code)


@cache
def _tender() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, tender in entries
        if tender and end is None
    )


@cache
def _all_codes() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale("en").currencies)
