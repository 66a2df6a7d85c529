"""Count how often a brand's watched words are used on a network, and read what was counted."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from config.library import Library
from config.models import Brand
from config.networks import WATCHABLE, Network
from config.watched import watched_key
from connectors.social import TOO_MANY, WatchingChannel
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.social.volume import DAYS
from tasks.social.watched import Watched, watched_terms
from tasks.steps.opening import run_log

CAUGHT_UP = DAYS + 1
"""So many past days are counted that were not yet: the last one, and all that it is compared with.
What is older is never asked for again."""
SETTLED = timedelta(hours=1)
"""A day is counted no sooner after its end: what was posted just before comes to others late."""


def watch(
    warehouse: Warehouse, channel: WatchingChannel, brand: Brand, run: Run, account_key: int
) -> None:
    """Count the whole days of each word that are not known yet, and store them word by word.

    What the network did not tell is asked again, what was too much to be counted is not. If one
    word fails, those before it are stored. Only how many days were counted is logged.
    """
    zone, at = ZoneInfo(brand.time_zone), run.started_at
    last = (at - SETTLED).astimezone(zone).date() - timedelta(days=1)
    span = [last - timedelta(days=ago) for ago in range(CAUGHT_UP)]
    stored = warehouse.watched_days([account_key], span[-1])
    days = 0
    for term in brand.content.watched:
        settled = _settled(stored, term)
        if not (missing := [day for day in span if day not in settled]):
            continue
        spoken = channel.spoken_of(term, min(missing), max(missing), zone)
        told = spoken.counts or dict.fromkeys(missing)
        news = {day: told[day] for day in missing}
        warehouse.save_watched(account_key, term, news, at, why=spoken.why or TOO_MANY)
        days += sum(count is not None for count in news.values())
    if brand.content.watched:
        run_log().info("watched words: %s days counted", days)


def watched_of(
    warehouse: Warehouse, library: Library, run: Run, account_key: int, network: Network
) -> tuple[Watched, ...] | None:
    """Return the last day of each watched word, () without any; None if there are some, and the
    network tells of none."""
    terms = library.brand(run.brand).content.watched
    if terms and network not in WATCHABLE:
        return None
    counts = warehouse.watched_days([account_key], run.as_of - timedelta(days=CAUGHT_UP))
    return watched_terms(terms, counts, run.as_of)


def _settled(stored: pd.DataFrame, term: str) -> set[date]:
    """Return the days of a word that are not asked for again."""
    done = stored["posts"].notna() | (stored["why"] == TOO_MANY)
    return {*stored.loc[done & (stored["term"] == watched_key(term)), "date_day"]}
