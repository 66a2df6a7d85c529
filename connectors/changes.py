"""What can be changed on a platform, and how is a change spoken of? Records and a protocol, no I/O.

A change sets one field of one thing from a value to another: a campaign's status, an ad group's
bid. Things that a campaign has many of (negative keywords, keywords, labels, ads) are changed by
the same rule: each is an `item` whose value is `absent` until it is made. So every write, whatever
it is, can be read before, compared, written, and read back.

Money is `Decimal`, in major units of the account's currency.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, get_args, runtime_checkable

from config.words import Field, Level
from connectors.base import Channel

FIELDS: tuple[Field, ...] = get_args(Field)
"""`status` is enabled, paused, or removed. `daily_budget`, `cpc_bid` and `target_cpa` are money,
`target_roas` is a ratio. `negative_keyword`, `keyword`, `ad`, `label`, `post` and `reply` name an
item. `audience` is who is in a list of a mail service, as a digest (see `audience.py`). `advice` is
for a person to carry out: no platform is ever written to. `other` is what only people and other
tools change, such as targeting: it stands in change histories, with the platform's own word as its
item and no values."""

MONEY_FIELDS: tuple[Field, ...] = ("daily_budget", "cpc_bid", "target_cpa")
NUMBER_FIELDS: tuple[Field, ...] = (*MONEY_FIELDS, "target_roas")
STEERING_FIELDS: tuple[Field, ...] = ("status", *NUMBER_FIELDS)
"""How much an entity runs: of two of these moved at once nobody could tell which one did it."""
ITEM_FIELDS: tuple[Field, ...] = ("negative_keyword", "keyword", "ad", "label", "post", "reply")

SAID_FIELDS: tuple[Field, ...] = ("post", "reply")
"""What is said on a social network: people read it at once, and may have read it for ever."""

UNJUDGED_FIELDS: tuple[Field, ...] = ("audience",)
"""A list of people is as it should be or not: no figures say whether that helped, and the next
change confounds nothing."""

ENABLED, PAUSED, REMOVED = "enabled", "paused", "removed"
ABSENT, PRESENT = "absent", "present"

Value = Decimal | str
"""A number field's Decimal; of the others one of the words above, or an advice's text."""


def text_of(value: Value) -> str:
    """Return a value as the ledger keeps it: `55.00` and `55` are the same and read `55`."""
    if isinstance(value, str):
        return value
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def value_of(field: Field, text: str) -> Value:
    """Return the value that `text_of` wrote. Raise `decimal.InvalidOperation` for no number."""
    return Decimal(text) if field in NUMBER_FIELDS else text


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are the same. What is gone is gone, with a trace left or without."""
    gone = (ABSENT, REMOVED)
    return one == other or (one in gone and other in gone)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about, in the platform's own ids."""

    level: Level
    entity_id: str  # keywords and ads as the warehouse has them
    field: Field
    item: str = ""
    """Which one of many. Keywords, negative ones too: `exact:running shoes` (the match type exact,
    phrase or broad, then the text in lower case). Labels: the name. Ads: a digest of the draft.
    Posts and replies: see `social.py`. Of `other` the platform's own word, such as `targeting`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a platform says of a subject now."""

    subject: Subject
    value: Value
    fixed: str = ""
    """Why this cannot be changed here, as a sentence; empty if it can. Such as a budget that lives
    on the ad sets, or a bid that the bidding strategy sets."""
    shared_by: tuple[str, ...] = ()
    """All campaigns' ids that a change of this value changes, when there are several."""
    learning: bool | None = None  # in the platform's learning phase; None: it does not say
    minimum: Decimal | None = None  # the least the platform takes, if it says so
    unit: Decimal = Decimal("0.01")  # the smallest step of a money value
    changed_at: datetime | None = None  # the platform's own word on the last edit
    parent_paused: bool = False  # so that an own status of `enabled` delivers nothing
    item_id: str = ""
    """Of a keyword or an ad that is an item: its own id, under which edits of it are told. Empty
    where it is not there, or the platform does not say."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one thing, from the value that was seen to the value that is wanted."""

    subject: Subject
    before: Value
    after: Value
    content: Mapping[str, str] = field(default_factory=dict)
    """Of things to be made: what is in them. A draft ad: headline_1.., description_1.., final_url,
    path_1; a keyword: cpc_bid. Texts come from people and are data."""


@dataclass(frozen=True, slots=True)
class Permit:
    """A change that the gate has let through. Nothing else can be written.

    Only `tasks.gate` makes permits; a test searches the code for other places that do.
    """

    change: Change
    action_id: int
    passed_at: datetime


WriteState = Literal["accepted", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Written:
    """What the platform answered to one permit. Only reading back tells what is true."""

    state: WriteState  # unknown: no answer, or one that leaves it open
    error: str = ""  # the platform's code and sentence, never a secret
    request_id: str = ""  # for the platform's support
    made: str = ""  # the id of what was made
    retry_after: float | None = None  # seconds, where a limit of the platform was met


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of the platform's change history, whoever made it."""

    edit_id: str  # unique per account
    at: datetime  # aware, UTC
    subject: Subject
    old: Value | None
    new: Value | None
    who: str  # the person or application as the platform names it
    tool: str  # such as GOOGLE_ADS_WEB_CLIENT


@dataclass(frozen=True, slots=True)
class KeywordIdea:
    """What the platform's planner says of a search phrase. Bids in major units; None: unknown."""

    text: str
    monthly_searches: int | None
    competition: str  # low, medium, high or ''
    low_bid: Decimal | None
    high_bid: Decimal | None


@runtime_checkable
class WritableChannel(Channel, Protocol):
    """A channel that can be written to. Reads as in `Channel`; a write is sent once."""

    writable: frozenset[tuple[Level, Field]]
    """What this platform lets us change."""

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return what is true now, read for this call. A thing that does not exist is not in the
        answer; an item of an existing thing always is, `absent` if it is not there.

        A subject outside `writable` raises `RejectedError`.
        """
        ...

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Ask the platform to validate without writing. Return per change why it would refuse,
        or '' (as also where a platform cannot validate a kind of change)."""
        ...

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Send the changes once and return an answer per permit. Values are absolute.

        `together`: all or nothing; raises `RejectedError` where the platform cannot do so, before
        anything is sent (see `writes_together`). Raises `ReconnectError` and `RejectedError` only
        for what was surely not carried out at all; whatever is open becomes `unknown`.
        """
        ...

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether the platform can take these all or nothing."""
        ...

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield pages of the change history: of subjects in `writable`, and of `other` settings of
        the same things that decide what is delivered. What a platform does by itself, such as
        review and learning, is none. A platform that keeps fewer days raises `RejectedError` for a
        `since` before them (see `edit_history_days`)."""
        ...

    edit_history_days: int
    """How far back `edits` reaches."""


@runtime_checkable
class ResearchChannel(Channel, Protocol):
    """A channel that knows what people search for."""

    def keyword_ideas(self, seeds: Sequence[str], url: str = "") -> list[KeywordIdea]:
        """Return the planner's ideas for phrases and a page, at most 1,000."""
        ...
