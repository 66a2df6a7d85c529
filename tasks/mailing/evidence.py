"""What does a run know of the mail that a brand sends by itself, besides its figures?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Halted:
    """A sequence or campaign of which nothing is sent."""

    kind: str
    name: str
    since: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class CustomerList:
    """A list of customers, as it was read last."""

    account_key: int
    name: str
    fresh: bool  # it was read lately
    seen: int  # people in it
    missing: int | None  # whom we know and it does not have; None: nobody can tell
    missing_before: int | None  # the fewest who were missing in the days before
    unusable: int  # whose address cannot be used
    still_unsubscribed: int  # whom it calls subscribed, and who told us otherwise


@dataclass(frozen=True, slots=True)
class Mailing:
    """An account that sends."""

    account_key: int
    name: str
    doubts: Mapping[str, int]
    """Source (`sequence welcome`) to how many of its messages may or may not have gone out."""
    halted: Sequence[Halted]
    given_up: Mapping[tuple[str, str], int]
    """Source and reason to how many messages of the last day will never be sent."""
    broken: Sequence[str]
    """What is wrong with sequences, campaigns and templates that should run, as sentences."""
    domain: str
    domain_problems: Sequence[str] | None
    """What is wrong in the DNS; None: nobody has looked, or it did not answer."""
