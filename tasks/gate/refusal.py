"""Why was a change refused? A closed reason, and a sentence with its numbers.

The other helpers here write numbers exactly: a sentence that says `20 % of at most 20 %` helps
nobody, so nothing is rounded to a limit that it exceeds.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from connectors.actions import RefusalReason
from connectors.audience import spoken
from connectors.changes import MONEY_FIELDS, Subject, Value, text_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """One limit that a change does not pass."""

    reason: RefusalReason
    sentence: str


def written(value: Value, subject: Subject, currency: str) -> str:
    """Write a value of a subject: `55 EUR`, `3.5`, `paused`, `120 people (ab12cd34)`."""
    if subject.field == "audience":
        return spoken(value)
    return amount(value, currency) if subject.field in MONEY_FIELDS else text_of(value)


def amount(value: Value, currency: str) -> str:
    """Write money: `55.25 EUR`; of a quotient four digits after the point."""
    if isinstance(value, Decimal):
        value = round(value, 4)
    return f"{text_of(value)} {currency}"


def percent(value: Decimal | float) -> str:
    """Write a percentage with at most two digits after the point, rounded up: `20.01 %`."""
    exact = Decimal(str(value))
    return f"{text_of(exact.quantize(Decimal('0.01'), ROUND_CEILING))} %"
