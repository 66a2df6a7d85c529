"""The vocabulary shared with the outside world: records, protocols, errors. No I/O here.

Errors a connector raises:

    ConnectorError
    ├── TransientError    may pass by waiting: time-out, cut connection, 429, 5xx, a throttle
    ├── RejectedError     will not pass by waiting: bad request, no permission, bad data
    └── ReconnectError    a person must reconnect: the token is expired, revoked or missing
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol, get_args, runtime_checkable

from config.models import Level

if TYPE_CHECKING:  # pandas takes half a second to import; `marketloop --help` must not wait for it
    import pandas as pd

LEVELS: tuple[Level, ...] = get_args(Level)
"""What an entity is. Meta's ad set is an `ad_group`."""

Status = Literal["enabled", "paused", "removed", "ended", "unknown"]
"""What is true of an entity now, in our words, parents not counted."""

Approval = Literal["approved", "limited", "disapproved", "pending", "unknown"]
"""What the platform's review says of an ad."""

CORE_METRICS = ("spend", "impressions", "clicks", "conversions", "conversions_value")
"""Metrics with a warehouse column of their own; the others share one JSON column."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `start` to `end`, both included, in the account's own time zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"window ends {self.end} before it starts {self.start}")

    @property
    def days(self) -> int:
        """How many days the window has."""
        return (self.end - self.start).days + 1

    def split(self, days: int) -> Iterator["Window"]:
        """Yield consecutive windows of at most `days` days that cover this one."""
        start = self.start
        while start <= self.end:
            end = min(self.end, start + timedelta(days=days - 1))
            yield Window(start, end)
            start = end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Account:
    """An advertising account as its platform describes it."""

    platform: str
    account_id: str
    name: str
    currency: str  # ISO 4217
    time_zone: str  # IANA
    status: Status = "enabled"


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing inside an account, as last seen. `entity_id` is unique per account and level."""

    level: Level
    entity_id: str
    name: str
    status: Status
    parent_id: str | None = None  # the entity one level up; None for a campaign
    campaign_id: str | None = None
    daily_budget: Decimal | None = None  # major units of the account's currency
    approval: Approval | None = None  # ads only
    url: str | None = None  # ads only: the landing page
    end_date: date | None = None
    labels: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)  # the platform's own words, for people


class Throttle(Protocol):
    """What an account's runs share, so that together they stay under the platform's limits."""

    def wait(self) -> None:
        """Block until the account may be called. Raise `TransientError` if that is too far off."""
        ...

    def pause(self, seconds: float, reason: str) -> None:
        """Let no run call this account for `seconds` from now."""
        ...


class Channel(Protocol):
    """What every channel can do. Reads are lazy, retried inside, and raise `ConnectorError`."""

    account_id: str
    """As the platform itself writes it; known before anything is asked."""

    restatement_days: int
    """How many past days may still change on this platform."""

    def account(self) -> Account:
        """Return the account's name, currency and time zone."""
        ...

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities of these levels, with or without delivery."""
        ...

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator["pd.DataFrame"]:
        """Yield pages of daily figures; the end of the iteration means the window is complete.

        Each frame has `entity_id` (str), `date_day` (str, YYYY-MM-DD, the account's day),
        `breakdown` (str such as `age=25-34`; only if one was asked for) and one float64 column
        per metric under our names, money in major units of the account's currency. NaN means
        "does not apply or unknown". A key that comes twice replaces, never adds.
        """
        ...


@runtime_checkable
class PartialChannel(Channel, Protocol):
    """A channel that does not know every day: a file ends where it was exported.

    Whoever pulls asks `covered` first, pulls those windows and records only them as complete; the
    other days stay unknown and never read as zero. `performance` refuses a window beyond them.
    """

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return the parts of a window that are known, in order; none is no error."""
        ...


@runtime_checkable
class DescribingChannel(Channel, Protocol):
    """A channel whose reports name things that no list has, such as the queries of a search engine.

    The id of such a thing says all that there is to know of it.
    """

    reported: tuple[Level, ...]
    """The levels of such things; `entities` is not asked for them."""

    def describe(self, level: Level, entity_id: str) -> Entity:
        """Return the thing that figures came for."""
        ...


class ConnectorError(Exception):
    """Base of every error a connector raises. The message says where, what, and what to do."""


class TransientError(ConnectorError):
    """Worth another try later. `retry_after` is in seconds, None if the service named none."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RejectedError(ConnectorError):
    """The service understood and refused, or the data cannot be used. Waiting changes nothing."""


class ReconnectError(ConnectorError):
    """The credential is dead or missing: a person must reconnect."""
