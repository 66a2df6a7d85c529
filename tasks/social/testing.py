"""How far are the declared tests of wordings on one account, and which wording goes on?

Every publication says in the ledger of which test and arm it was. What it earned counts as of
`AGE` hours, as far as it was read within `SETTLED` after that: so a test that was decided once is
decided the same way whenever it is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import nan
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from config.content import Content, TestFigure
from config.networks import Network
from connectors.actions import Action
from connectors.changes import PRESENT
from connectors.social import digest_of_item, due_of
from tasks.report.numbers import day, plural
from tasks.social.arms import Turn
from tasks.social.judging import at_ages
from tasks.social.lifts import AGE
from tasks.social.variants import Decision, Published, decide, known

SETTLED = timedelta(days=7)
CLOCKS = timedelta(minutes=10)
"""A network may say that a post is so much older than it was due."""
OVER = ("refused", "rejected", "expired", "failed", "undone")
"""Actions of these states published nothing that stayed."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a test's posts say of it."""

    name: str
    arms: tuple[str, str]
    figure: TestFigure
    posts_per_arm: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """A publication of a test as the ledger has it."""

    test: str
    turn: Turn
    digest: str  # of its text
    counts: bool = True  # False: nothing was published that stayed


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a test is on an account."""

    test: Declared
    known: tuple[int, int]  # publications of each arm of which it is known what they earned
    decision: Decision | None  # None: it goes on

    @property
    def goes_on(self) -> str:
        """Return the arm that is published from now on; '' while both are."""
        if self.decision is None:
            return ""
        return self.test.arms[self.decision.better or 0]


def declared(contents: Iterable[Content], network: Network) -> dict[str, Declared]:
    """Return the tests of these posts on a network by name; of one declared in several posts
    the first one's word holds."""
    found: dict[str, Declared] = {}
    for post in contents:
        test, arms = post.front.test, post.arms(network)
        if test is None or network not in post.front.networks or len(arms) != 2:
            continue
        it = Declared(post.test_name, arms, test.figure, test.posts_per_arm, test.until)
        found.setdefault(it.name, it)
    return found


def said_of(ledger: Iterable[Action]) -> list[Said]:
    """Return an account's publications of tests, the first due first, those too of which nothing
    came."""
    found = [
        _said(action)
        for action in ledger
        if action.proposal.after == PRESENT and action.proposal.content.get("arm")
    ]
    return sorted(found, key=lambda it: (it.turn.due_at, it.turn.post))


def standing(
    test: Declared,
    said: Sequence[Said],
    posts: pd.DataFrame,
    snapshots: pd.DataFrame,
    zone: ZoneInfo,
    now: datetime,
) -> Standing:
    """Return how far a test is by what was due and read before a moment.

    `posts` has the columns of `Warehouse.social_posts`, `snapshots` those of
    `Warehouse.engagement`, of one account from the test's first publication on.
    """
    mine = [it for it in said if it.counts and it.test == test.name and it.turn.due_at < now]
    earned = _earned(snapshots[snapshots["taken_at"] <= now], test.figure)
    there = _posts_of(mine, posts)
    published = [
        _published(test, one, there.get(place), earned, now)
        for place, one in enumerate(mine)
        if one.turn.arm in test.arms
    ]
    today = now.astimezone(zone).date()
    decision = decide(published, test.posts_per_arm, test.until, today)
    return Standing(test, known(published), decision)


def sentence(standing: Standing) -> str:
    """Say how far a test is: what it found, that it found nothing, or what it still needs."""
    test, found = standing.test, standing.decision
    first, second = test.arms
    if found is None:
        end = f" or {day(test.until)} is over" if test.until else ""
        return (
            f"{test.name}: {first} against {second} by {test.figure}. Of {standing.known[0]} and "
            f"{standing.known[1]} publications it is known what they earned in {AGE:.0f} hours; "
            f"nothing is said before it is {test.posts_per_arm} of each{end}."
        )
    goes_on = f"{standing.goes_on} goes on"
    if np.isnan(found.p):
        posts = f"{found.posts[0]} and {plural(found.posts[1], 'publication')} were known"
        needed = f"not {test.posts_per_arm} of each"
        return f"{test.name} is over without a decision: {posts}, {needed}; {goes_on}."
    rates = " against ".join(
        f"{arm} {_rate(rate, found.per_impression)}"
        for arm, rate in zip(test.arms, found.rates, strict=True)
    )
    unit = "impression" if found.per_impression else "publication"
    chance = f"{rates} {test.figure} per {unit}; by chance in {_rare(found.p)} of such tests"
    said = "no difference was shown" if found.better is None else f"{standing.goes_on} is better"
    return f"{test.name} is decided: {said} ({chance}); {goes_on}."


def _said(action: Action) -> Said:
    proposal = action.proposal
    content, item = proposal.content, proposal.subject.item
    turn = Turn(proposal.name, content["arm"], due_of(item))
    return Said(content["test"], turn, digest_of_item(item), action.state not in OVER)


def _rare(p: float) -> str:
    return f"{p:.1%}" if p >= 0.001 else "less than 0.1%"


def _rate(rate: float, per_impression: bool) -> str:
    return f"{rate:.2%}" if per_impression else f"{rate:,.1f}"


def _earned(snapshots: pd.DataFrame, figure: str) -> Mapping[str, tuple[float, float]]:
    """Return by post what it had earned at the common age, and its impressions then."""
    most = AGE + SETTLED / timedelta(hours=1)
    names = (figure, "impressions")
    posts, grids = at_ages(snapshots[snapshots["age_hours"] <= most], [AGE], names)
    figures = zip(*(grids[name][:, 0].tolist() for name in names), strict=True)
    return dict(zip(posts["post_id"].tolist(), figures, strict=True))


def _posts_of(said: Sequence[Said], posts: pd.DataFrame) -> dict[int, tuple[str, datetime]]:
    """Return which post each publication became, and when: the first with its text from its time
    on that is nobody else's. A text that comes again is a post of its own each time."""
    free = posts.sort_values("published_at")[["post_id", "digest", "published_at"]]
    left = list(free.itertuples(index=False, name=None))
    found: dict[int, tuple[str, datetime]] = {}
    for place, one in enumerate(said):
        since = one.turn.due_at - CLOCKS
        its = next((it for it in left if it[1] == one.digest and it[2] >= since), None)
        if its is not None:
            left.remove(its)
            found[place] = (its[0], its[2].to_pydatetime())
    return found


def _published(
    test: Declared,
    said: Said,
    post: tuple[str, datetime] | None,
    earned: Mapping[str, tuple[float, float]],
    now: datetime,
) -> Published:
    post_id, at = post or ("", said.turn.due_at)
    figure, impressions = earned.get(post_id, (nan, nan))
    final = now - at > timedelta(hours=AGE) + SETTLED
    return Published(test.arms.index(said.turn.arm), at, figure, impressions, final)
