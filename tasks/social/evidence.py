"""What does a run know of one account on a social network when it is asked for facts?

What others wrote is not here: of a comment only what it was taken for, since when it waits, and
where it stands. So no sentence, title or log can have a word of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from config.networks import Network
from config.words import Importance, Level
from tasks.evidence import Answers, Story
from tasks.social.calendar import Hole
from tasks.social.conversation import Remark
from tasks.social.judging import COLUMNS
from tasks.social.testing import Standing
from tasks.social.visits import Joined
from tasks.social.watched import Watched
from tasks.social.week import Weeks

POSTS = ("entity_key", "post_id", "name", "url", "published_at", "gone")
FOLLOWERS = ("day", "followers")
FIRST_WORDS = 48
"""Letters of a post by which people know it again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment or mention that nobody has answered."""

    post_id: str  # ours that it stands under; '' for a mention elsewhere
    at: datetime  # aware, UTC
    url: str  # of a mention elsewhere; under our post it is the post's that is shown
    remark: Remark


@dataclass(frozen=True, slots=True)
class Trouble:
    """A publication that went wrong: `failed`, or `missed`, which waits for a person's word."""

    kind: Literal["failed", "missed"]
    name: str  # of the content file
    due_at: datetime  # aware, UTC
    reason: str
    link: str = ""  # to what a person decides on; '' for none


@dataclass(frozen=True, slots=True)
class Presence:
    """An account on a social network as of a run."""

    account_key: int
    name: str
    network: Network
    at: datetime  # when it was read; aware, UTC
    zone: ZoneInfo  # the brand's
    posts: pd.DataFrame
    """Ours that were published, each once: columns `POSTS`. `name` is its `first_words`; `gone`
    whether the network has it no more, None where that is not known."""
    judgements: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    """Of `tasks/social/judging.py`."""
    followers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*FOLLOWERS]))
    """How many there were at the end of a day; NaN: unknown."""
    waiting: Sequence[Waiting] | None = ()  # None: comments could not be read
    troubles: Sequence[Trouble] = ()
    tests: Sequence[Standing] = ()
    """Of wordings, by name."""
    weeks: Weeks | None = None
    """The last one and the one before; None: nobody asked."""
    visits: Joined | None = None
    """Of the website, by the campaigns of posts; None: the brand has no analytics."""
    watched: Sequence[Watched] | None = ()
    """Words, in the brand's order; None: the brand has some, and the network tells of none."""
    holes: Sequence[Hole] | None = ()
    """Of the calendar; None: it could not be read. What the whole brand lacks is given to one of
    its accounts alone, so that it is told once."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a fact is like for one subject: a post, or an account as a whole (no `entity_key`)."""

    name: str
    entity_key: int | None = None
    so: bool = False
    told: bool = True  # False: this run cannot tell
    fields: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    importance: Importance | None = None
    owner: str = ""


Limits = Mapping[str, float]
SocialFact = Callable[[Presence, Limits, date], Iterable[Telling]]


def answers(
    fact: SocialFact, level: Level, presences: Sequence[Presence], limits: Limits, as_of: date
) -> Answers:
    """Ask a fact of every subject that it has on every account."""
    told = [(it, telling) for it in presences for telling in fact(it, limits, as_of)]
    subjects = pd.DataFrame(
        {
            "account_key": [presence.account_key for presence, _ in told],
            "name": [telling.name for _, telling in told],
        }
    )
    if level != "account":
        keys = [telling.entity_key for _, telling in told]
        subjects["entity_key"] = pd.Series(keys, index=subjects.index, dtype=object)

    def story(row: int) -> Story:
        presence, telling = told[row]
        about = {"account": presence.name, "network": presence.network, "url": "", "reason": ""}
        return Story(
            about | dict(telling.fields),
            telling.numbers,
            importance=telling.importance,
            owner=telling.owner,
        )

    so = np.array([telling.so for _, telling in told], np.bool_)
    return Answers(level, subjects, so, np.array([it.told for _, it in told], np.bool_), story)


def first_words(text: str) -> str:
    """Return by what people know a post again: its first words, on one line."""
    plain = " ".join(text.split())
    if len(plain) <= FIRST_WORDS:
        return plain
    cut, _, rest = plain[:FIRST_WORDS].rpartition(" ")
    return f"{cut or rest}…"
