"""How are the brand's accounts on social networks: followers, posts, who waits, what went wrong?"""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from tasks.report.figures import optional
from tasks.report.numbers import plural
from tasks.report.social_brought import brought
from tasks.report.social_model import (
    Compared,
    Following,
    PostRow,
    SocialAccount,
    TroubleRow,
    WaitingKind,
    Waits,
)
from tasks.report.social_visit_words import unjoined
from tasks.report.social_watched import watched_words
from tasks.report.social_week import last_week
from tasks.social.calendar import Calendar
from tasks.social.evidence import Presence
from tasks.social.judging import FIGURES, LEAST
from tasks.social.lifts import AGE
from tasks.social.performing import SHOWN
from tasks.social.testing import sentence

POST_DAYS, MOST_POSTS = 30, 15
FOLLOWED_DAYS = 28
MOST_TROUBLES = 5

_WAITING: Mapping[str, WaitingKind] = {"complaint": "complaint", "question": "question"}
_ADDRESS = re.compile(r"https?://[!-~]+")


@dataclass(frozen=True, slots=True)
class Networks:
    """What a report on social networks is made of."""

    presences: Sequence[Presence]
    posts: pd.DataFrame
    """Columns of `Warehouse.social_posts`, of all the accounts."""
    snapshots: pd.DataFrame
    """Columns of `Warehouse.engagement`, of the same posts."""
    calendar: Calendar


def accounts_on(networks: Networks | None, titles: Mapping[int, str]) -> tuple[SocialAccount, ...]:
    """Sum up each account; nothing without any. `titles` has what people call it, by its key."""
    if networks is None:
        return ()
    return tuple(_account(it, networks, titles) for it in networks.presences)


def _account(presence: Presence, networks: Networks, titles: Mapping[int, str]) -> SocialAccount:
    mine, snapshots = (
        frame[frame["account_key"] == presence.account_key]
        for frame in (networks.posts, networks.snapshots)
    )
    since = presence.at - timedelta(days=POST_DAYS)
    recent = presence.posts[presence.posts["published_at"] >= since]
    shown = recent.sort_values(["published_at", "post_id"], ascending=False)[:MOST_POSTS]
    amounts = mine.set_index("post_id")[[*FIGURES]].reindex(shown["post_id"])
    told = tuple(name for name in FIGURES if amounts[name].notna().any())
    return SocialAccount(
        name=titles.get(presence.account_key, presence.name),
        network=presence.network,
        zone=presence.zone.key,
        following=_following(presence),
        figures=told,
        untold=tuple(name for name in FIGURES if name not in told),
        posts=_rows(presence, shown, amounts[[*told]]),
        left=len(recent) - len(shown),
        waiting=_waiting(presence),
        troubles=_troubles(presence),
        troubles_left=max(len(presence.troubles) - MOST_TROUBLES, 0),
        brought=brought(mine, snapshots, presence.zone),
        tests=tuple(map(sentence, presence.tests)),
        week=last_week(presence.weeks),
        visits=presence.visits.visits if presence.visits else (),
        unjoined=unjoined(presence.visits.campaigns) if presence.visits else "",
        watched=watched_words(presence.watched),
        untellable=presence.watched is None,
    )


def address(url: str) -> str:
    """Return an address that can be linked to: of a website, in plain letters; '' for any other.

    Networks say themselves where their posts are, so this is data: no `javascript:`.
    """
    return url if _ADDRESS.fullmatch(url) else ""


def _following(presence: Presence) -> Following:
    """Return the newest count and the oldest of the `FOLLOWED_DAYS` before it."""
    counts = presence.followers.dropna()
    known = dict(zip(counts["day"], counts["followers"].astype("float64").tolist(), strict=True))
    if not known:
        return Following()
    on = max(known)
    span = [on - timedelta(days=ago) for ago in range(FOLLOWED_DAYS, -1, -1)]
    since = next(day for day in span if day in known)
    return Following(
        now=int(known[on]),
        on=on,
        before=int(known[since]) if since < on else None,
        since=since if since < on else None,
        course=tuple(known.get(day) for day in span),
    )


def _waiting(presence: Presence) -> tuple[Waits, ...] | None:
    """Count what waits: complaints, questions, and what asks for nothing."""
    if presence.waiting is None:
        return None
    found = []
    for kind in ("complaint", "question", "other"):
        mine = [it for it in presence.waiting if _WAITING.get(it.remark.kind, "other") == kind]
        due = (it.remark.answer_by for it in mine)
        late = sum(by is not None and by < presence.at for by in due)
        if mine:
            since = min(it.at for it in mine).astimezone(presence.zone)
            found.append(Waits(kind, len(mine), late, since))
    return tuple(found)


def _troubles(presence: Presence) -> tuple[TroubleRow, ...]:
    newest = sorted(presence.troubles, key=lambda it: (it.due_at, it.name), reverse=True)
    return tuple(
        TroubleRow(
            it.kind, it.name, it.due_at.astimezone(presence.zone), it.reason, address(it.link)
        )
        for it in newest[:MOST_TROUBLES]
    )


def _rows(presence: Presence, posts: pd.DataFrame, amounts: pd.DataFrame) -> tuple[PostRow, ...]:
    """Return the posts; `amounts` has their figures, row by row."""
    judged = _judged(presence)
    rows = []
    figures: Iterable[list[float]] = amounts.to_numpy(np.float64).tolist()
    for post, values in zip(posts.to_dict("records"), figures, strict=True):
        at = post["published_at"].to_pydatetime()
        compared, why = _compared(judged.get(str(post["post_id"])))
        young = presence.at - at < timedelta(hours=AGE)
        rows.append(
            PostRow(
                name=str(post["name"]),
                url=address(str(post["url"])),
                at=at.astimezone(presence.zone),
                gone=bool(post["gone"]),
                figures=tuple(map(optional, values)),
                compared=compared,
                why="too young" if young and compared is None else why,
            )
        )
    return tuple(rows)


def _judged(presence: Presence) -> dict[str, Mapping[Hashable, Any]]:
    """Return the judgement of each post at the common age, by its id."""
    at_age = presence.judgements[presence.judgements["age_hours"] == AGE]
    there = [name for name in SHOWN if (at_age["figure"] == name).any()]
    rows = at_age[at_age["figure"] == (there or SHOWN)[0]].to_dict("records")
    return {str(row["post_id"]): row for row in rows}


def _compared(judgement: Mapping[Hashable, Any] | None) -> tuple[Compared | None, str]:
    """Return how a post did beside those before it, or why that cannot be said."""
    if judgement is None:
        return None, f"not read at {AGE:.0f} hours"
    sample = int(judgement["sample"])
    if judgement["verdict"] == "unknown":
        return None, f"{plural(sample, 'earlier post')} known, {LEAST} needed"
    compared = Compared(
        figure=judgement["figure"],
        value=judgement["value"],
        usual=judgement["median"],
        times=optional(judgement["times"]),
        sample=sample,
        verdict=judgement["verdict"],
    )
    return compared, ""
