"""What does a report say of posts on social networks? Plain data.

None is an unknown figure. Texts of posts are our own and still data, not yet escaped; of what
others wrote there is nothing here but how much of it waits. Moments are in the brand's time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from config.networks import Network
from tasks.social.visits import Visits

WaitingKind = Literal["complaint", "question", "other"]


@dataclass(frozen=True, slots=True)
class Following:
    """How many follow an account: at the newest count, and at the oldest of the weeks before."""

    now: int | None = None
    on: date | None = None
    before: int | None = None  # None: it was not counted before
    since: date | None = None
    course: tuple[float | None, ...] = ()  # one per day, the last one on `on`


@dataclass(frozen=True, slots=True)
class Waits:
    """Comments and mentions of a kind that nobody has answered."""

    kind: WaitingKind
    count: int
    late: int  # of those: so many should have been answered by now
    since: datetime  # when the oldest was written


@dataclass(frozen=True, slots=True)
class Compared:
    """What a post had earned at a common age, beside the account's posts before it."""

    figure: str
    value: float
    usual: float
    times: float | None  # None: the usual is zero
    sample: int  # posts that are compared with
    verdict: Literal["above", "below", "usual"]


@dataclass(frozen=True, slots=True)
class PostRow:
    """One of our posts. `figures` in the order of the account's `figures`."""

    name: str
    url: str  # '' for none that is safe to follow
    at: datetime
    gone: bool  # the network has it no more
    figures: tuple[float | None, ...]
    compared: Compared | None
    why: str = ""  # it is not compared


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """A publication that failed, or that missed its time."""

    kind: Literal["failed", "missed"]
    name: str
    due_at: datetime
    reason: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Gain:
    """How many times the usual a hashtag or an hour brings, with its range of 80 %."""

    what: str  # "#Outdoor", "17:00"
    times: float
    low: float
    high: float
    posts: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What hashtags and hours brought: those that differ most from the usual, the best first."""

    figure: str  # what posts are compared by
    posts: int  # of which it is known at the common age
    hashtags: tuple[Gain, ...] = ()
    hours: tuple[Gain, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A figure of the last week, and of the one before."""

    what: str
    now: str
    before: str
    change: str = ""  # '' where it says nothing


@dataclass(frozen=True, slots=True)
class LastWeek:
    """What a week brought, Monday to Sunday."""

    first: date
    rows: tuple[WeekRow, ...]
    lacking: str = ""  # what the figures leave out, as a sentence


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """How many posts of others had a word, beside the days before."""

    term: str
    count: float | None
    usual: float | None  # a day's mean before
    times: float | None  # None: unknown, or the usual is nothing
    verdict: Literal["more", "usual", "unknown"]
    why: str = ""  # it is unknown


@dataclass(frozen=True, slots=True)
class WatchedWords:
    """What is known of the brand's watched words on the last day."""

    day: date
    rows: tuple[WatchedRow, ...]


@dataclass(frozen=True, slots=True)
class SocialAccount:
    """An account on a social network."""

    name: str
    network: Network
    zone: str  # of all moments
    following: Following
    figures: tuple[str, ...]  # those that are known of any of the posts
    untold: tuple[str, ...]  # the others
    posts: tuple[PostRow, ...]  # newest first
    left: int  # further posts of the same days
    waiting: tuple[Waits, ...] | None  # None: comments could not be read
    troubles: tuple[TroubleRow, ...]  # newest first
    troubles_left: int
    brought: Brought
    tests: tuple[str, ...] = ()  # of wordings: what each found, or what it still needs
    week: LastWeek | None = None  # None: nobody asked
    visits: tuple[Visits, ...] = ()  # of the website, by analytics account
    unjoined: str = ""  # what of the posts cannot be joined with them, as a sentence
    watched: WatchedWords | None = None  # None: no word is watched, or the network tells of none
    untellable: bool = False  # words are watched, and the network tells of none


@dataclass(frozen=True, slots=True)
class Coming:
    """A post that is planned, on all networks that it goes to at that time."""

    time: str  # local, "09:00"
    name: str
    state: str
    ready: bool  # approved
    networks: tuple[Network, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class Days:
    """A day, or several in a row on which there is nothing."""

    first: date
    last: date
    holiday: bool
    hole: bool  # too many days in a row without a post
    posts: tuple[Coming, ...] = ()  # by time
    left: int = 0  # further posts of the day


@dataclass(frozen=True, slots=True)
class Missing:
    """What the plan lacks."""

    sentence: str
    owner: str


@dataclass(frozen=True, slots=True)
class PlanAhead:
    """What a brand has planned for the days to come, on all its networks."""

    zone: str
    days: tuple[Days, ...]
    missing: tuple[Missing, ...] = ()  # the first day first
    missing_left: int = 0
    untimed: tuple[str, ...] = ()  # approved posts that have no time yet
    untimed_left: int = 0
