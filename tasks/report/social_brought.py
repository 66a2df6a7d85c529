"""What did hashtags and hours bring an account, as far as that can be told?"""

from collections.abc import Iterable
from math import log
from zoneinfo import ZoneInfo

import pandas as pd

from tasks.report.social_model import Brought, Gain
from tasks.social.composing import hashtags
from tasks.social.lifts import LEAST_USES, Lift, lifts_of, plain_tag, posts_at

LEAST_KNOWN = 12
"""Of fewer posts nothing is told."""
MOST = 5
"""So many hashtags and so many hours are told of."""


def brought(posts: pd.DataFrame, snapshots: pd.DataFrame, zone: ZoneInfo) -> Brought:
    """Return the hashtags and hours (of the zone) that differ most from the usual, the best first.

    `posts` has post_id and text, `snapshots` the columns of `Warehouse.engagement`, of one account.
    What fewer than `LEAST_USES` posts had is left out; everything, where fewer than `LEAST_KNOWN`
    posts are known at the common age.
    """
    said = {
        post: hashtags(text) for post, text in zip(posts["post_id"], posts["text"], strict=True)
    }
    lifts = lifts_of(posts_at(snapshots, said), zone)
    if lifts.posts < LEAST_KNOWN:
        return Brought(lifts.figure, lifts.posts)
    spelt = {plain_tag(tag): f"#{tag}" for tags in said.values() for tag in tags}
    return Brought(
        figure=lifts.figure,
        posts=lifts.posts,
        hashtags=_gains((spelt[tag], lift) for tag, lift in lifts.hashtags.items()),
        hours=_gains((f"{hour:02}:00", lift) for hour, lift in lifts.hours.items()),
    )


def _gains(lifts: Iterable[tuple[str, Lift]]) -> tuple[Gain, ...]:
    used = [(what, lift) for what, lift in lifts if lift.posts >= LEAST_USES]
    used.sort(key=lambda it: (-abs(log(it[1].times)), it[0]))
    found = [Gain(what, it.times, it.low, it.high, it.posts) for what, it in used[:MOST]]
    return tuple(sorted(found, key=lambda gain: (-gain.times, gain.what)))
