"""Read from the warehouse what a run knows of the brand's accounts on a social network."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pandas as pd

from config.library import Library
from config.models import AccountEntry
from config.networks import NETWORKS, Network
from connectors.actions import Action
from connectors.changes import PRESENT
from connectors.social import digest_of_item, due_of
from connectors.warehouse import Warehouse
from tasks.gate.rules_posting import MISSED
from tasks.run import Run
from tasks.social.calendar import Calendar, calendar
from tasks.social.conversation import remark_of
from tasks.social.evidence import Presence, Trouble, Waiting, first_words
from tasks.social.judging import judge
from tasks.social.testing import Standing
from tasks.social.visits import Campaigns, campaigns_of
from tasks.social.week import Heard, objectives_of, weeks
from tasks.steps.earned_visits import joined_visits
from tasks.steps.reading import accounts_of
from tasks.steps.text_tests import TextTests
from tasks.steps.watching import watched_of

SEEN = timedelta(days=90)
"""Posts of so many days are told of."""
COMPARED = 2 * SEEN
"""And compared with what came before each of them."""
FOLLOWED = timedelta(days=60)
ANSWERED = timedelta(days=28)
"""Answers of so many days are told of: two weeks and the days since."""
LINKED = timedelta(days=30)
"""Posts of so many days are joined with the website's visits."""
TROUBLED = timedelta(days=14)
"""For so long a publication that failed is told of."""


def presences_of(warehouse: Warehouse, library: Library, run: Run) -> list[Presence]:
    """Return what is known of each account of the run's process; none if it is no network's."""
    if library.process(run.process).platform not in NETWORKS:
        return []
    accounts = accounts_of(warehouse, library, run)
    ledger = _ledger(warehouse, run)
    return [_presence(warehouse, library, run, row, ledger) for row in accounts.to_dict("records")]


def calendar_of(library: Library, run: Run) -> Calendar:
    """Return the brand's days from the run's on, as far as holes are looked for."""
    brand = library.brand(run.brand)
    zone, days = ZoneInfo(brand.time_zone), brand.content.horizon_days
    posts = library.contents.get(run.brand, {})
    return calendar(run.brand, posts, brand.content, zone, [*brand.owners], run.as_of, days)


def _presence(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    row: dict[object, object],
    ledger: list[Action],
) -> Presence:
    key, now = int(str(row["account_key"])), run.started_at
    brand, entry = library.brand(run.brand), library.entry(run.brand, str(row["entry"]))
    mine = [one for one in ledger if one.proposal.account_key == key]
    followers = warehouse.followers([key], (now - FOLLOWED).date())
    posts = warehouse.social_posts([key], now - SEEN)
    snapshots = warehouse.engagement([key], now - COMPARED)
    followers = followers.rename(columns={"date_day": "day"})[["day", "followers"]]
    last = followers["followers"].dropna()
    return Presence(
        account_key=key,
        name=str(row["name"] or entry.name),
        network=cast("Network", entry.platform),
        at=now,
        zone=ZoneInfo(brand.time_zone),
        posts=_posts(posts, warehouse.entities([key], "post"), mine, now),
        judgements=judge(snapshots),
        followers=followers,
        waiting=_waiting(warehouse, library, run, key, None if last.empty else int(last.iloc[-1])),
        troubles=[*_troubles(mine, now)],
        tests=_tests(warehouse, library, run, key, cast("Network", entry.platform)),
        weeks=weeks(
            _heard(warehouse, library, run, key, snapshots, posts, followers, mine),
            ZoneInfo(brand.time_zone),
            run.as_of,
        ),
        visits=joined_visits(warehouse, library, run, _campaigns(posts, mine, now)),
        watched=watched_of(warehouse, library, run, key, cast("Network", entry.platform)),
        holes=calendar_of(library, run).holes if _speaks_for(library, run.brand, entry) else (),
    )


def _heard(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    key: int,
    snapshots: pd.DataFrame,
    posts: pd.DataFrame,
    followers: pd.DataFrame,
    ledger: Iterable[Action],
) -> Heard:
    """Return what an account's weeks are told from; `ledger` are the actions on the account."""
    proposals = [it.proposal for it in ledger if it.proposal.subject.field == "post"]
    files = library.contents.get(run.brand, {})
    return Heard(
        snapshots=snapshots[snapshots["published_at"] >= run.started_at - SEEN],
        objectives=objectives_of(
            dict(zip(posts["post_id"], posts["digest"], strict=True)),
            [(digest_of_item(it.subject.item), it.name) for it in proposals],
            {name: file.front.objective for name, file in files.items()},
        ),
        followers=followers,
        answers=warehouse.answers([key], run.started_at - ANSWERED),
        answers_until=warehouse.comments_until(key),
        answer_hours=library.brand(run.brand).content.answer_hours,
    )


def _campaigns(posts: pd.DataFrame, ledger: Iterable[Action], now: datetime) -> Campaigns:
    """Return the campaigns of the posts of the last days; `ledger` is the account's."""
    lately = posts[posts["published_at"] >= now - LINKED]
    links = {
        digest_of_item(it.proposal.subject.item): it.proposal.content.get("link_url", "")
        for it in ledger
        if it.proposal.subject.field == "post" and it.proposal.after == PRESENT
    }
    return campaigns_of(lately["digest"].tolist(), links)


def _tests(
    warehouse: Warehouse, library: Library, run: Run, key: int, network: Network
) -> list[Standing]:
    posts = library.contents.get(run.brand, {}).values()
    zone = ZoneInfo(library.brand(run.brand).time_zone)
    return TextTests(warehouse, posts, key, network, zone).standings(run.started_at)


def _posts(
    posts: pd.DataFrame, entities: pd.DataFrame, ledger: Iterable[Action], now: datetime
) -> pd.DataFrame:
    """Return our posts as facts are asked of them. One that we took back ourselves is left out."""
    taken_back = {
        digest_of_item(one.proposal.subject.item) for one in ledger if one.state == "undone"
    }
    keys = dict(zip(entities["entity_id"], entities["entity_key"], strict=True))
    known = posts["post_id"].isin([*keys]) & ~(
        posts["gone_at"].notna() & posts["digest"].isin(taken_back)
    )
    there = posts[known]
    read = bool((posts["last_seen_at"] == now).any() or (posts["gone_at"] == now).any())
    gone = there["gone_at"].notna().tolist()
    return pd.DataFrame(
        {
            "entity_key": there["post_id"].map(keys).astype("int64").to_numpy(),
            "post_id": there["post_id"].to_numpy(),
            "name": [first_words(text) for text in there["text"]],
            "url": there["url"].to_numpy(),
            "published_at": there["published_at"].to_numpy(),
            "gone": pd.Series(gone if read else [None] * len(there), dtype=object).to_numpy(),
        }
    ).assign(published_at=there["published_at"].reset_index(drop=True))


def _waiting(
    warehouse: Warehouse, library: Library, run: Run, key: int, followers: int | None
) -> Sequence[Waiting] | None:
    if warehouse.comments_until(key) is None:
        return None
    rules = library.brand(run.brand).content
    return [
        Waiting(comment.post_id, comment.at, comment.url, remark_of(comment, followers, rules))
        for _, comment, _ in warehouse.open_comments([key])
    ]


def _troubles(ledger: Iterable[Action], now: datetime) -> Iterable[Trouble]:
    """Yield the publications that failed lately, and those that a person is asked about."""
    for one in ledger:
        proposal = one.proposal
        if proposal.subject.field != "post" or proposal.after != PRESENT:
            continue
        due = due_of(proposal.subject.item)
        if one.state == "failed" and one.updated_at > now - TROUBLED:
            yield Trouble("failed", proposal.name, due, one.explanation)
        elif one.state == "proposed" and proposal.check == MISSED:
            yield Trouble(
                "missed", proposal.name, due, "a person decides whether it still goes out"
            )


def _ledger(warehouse: Warehouse, run: Run) -> list[Action]:
    since = run.started_at - SEEN
    return warehouse.actions(brand=run.brand, process=run.process, since=since)


def _speaks_for(library: Library, brand: str, entry: AccountEntry) -> bool:
    """Tell whether what the whole brand lacks is told with this account: the first one that is on
    a network."""
    of_networks = (it for it in library.brand(brand).accounts if it.platform in NETWORKS)
    return next(of_networks, None) == entry
