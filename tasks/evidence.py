"""What does a run know when it is asked for facts, and what is an answer?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from config.words import Importance
from tasks.cube import Booleans, Cube

if TYPE_CHECKING:
    from tasks.mailing.evidence import CustomerList, Mailing
    from tasks.site.evidence import Site
    from tasks.social.evidence import Presence

INACTIVE = ("paused", "removed", "ended")
"""The states in which an entity is known not to run."""


class PageAnswer(Protocol):
    """What a landing page answered."""

    @property
    def url(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def status(self) -> int | None: ...  # None: nothing was said
    @property
    def reason(self) -> str: ...  # "answers 500", "no answer within 10 s"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run knows when it asks for facts. Frames have the warehouse's columns."""

    as_of: date
    accounts: pd.DataFrame
    entities: Mapping[str, pd.DataFrame]
    """By level; ads are judged with their ad groups and campaigns, as far as these are here."""
    cubes: Mapping[str, Cube]
    """By level: whole accounts, or campaigns where that is what is pulled of them."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Account entry to the error that ended its pull in this run."""
    pages: Sequence[PageAnswer] = ()
    stale_after_days: int = 0
    sites: Sequence["Site"] = ()
    """The brand's websites; see `tasks/site/`."""
    presences: Sequence["Presence"] = ()
    """The brand's accounts on social networks; see `tasks/social/`."""
    mailings: Sequence["Mailing"] = ()
    """The brand's accounts that mail is sent from; see `tasks/mailing/`."""
    customer_lists: Sequence["CustomerList"] = ()

    @property
    def whole(self) -> Cube:
        """The figures that make up whole accounts."""
        return self.cubes["account"] if "account" in self.cubes else self.cubes["campaign"]


@dataclass(frozen=True, slots=True)
class Story:
    """What a record about one subject tells."""

    fields: Mapping[str, str]
    numbers: Mapping[str, float] = field(default_factory=dict)
    since: date | None = None
    importance: Importance | None = None  # of the page that it is about
    owner: str = ""  # whose page it is; empty: the fact's own owner


@dataclass(frozen=True, slots=True)
class Answers:
    """What a fact is like for each of its subjects, one place per row of `subjects`."""

    level: str
    subjects: pd.DataFrame  # account_key, name; entity_key, but for accounts
    so: Booleans
    told: Booleans  # False: this run cannot tell
    story: Callable[[int], Story]


def place_of(entities: pd.DataFrame, row: int, evidence: Evidence) -> dict[str, str]:
    """Return the names of the account and campaign that an entity is in."""
    entity = entities.iloc[row]
    account = of_account(evidence.accounts, "name", entity["account_key"])
    return {"account": account, "campaign": str(entity.get("campaign_name") or "")}


def of_account(accounts: pd.DataFrame, column: str, account_key: int) -> str:
    found = accounts.loc[accounts["account_key"] == account_key, column]
    return str(found.iloc[0]) if len(found) else ""
