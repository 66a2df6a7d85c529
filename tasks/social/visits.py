"""What did our posts bring to the website, as its own analytics counts it?

A post's address says its campaign (utm_campaign), and analytics tells sessions, key events and
revenue by campaign. What one campaign brought on several networks, or with several posts, it tells
together. What cannot be joined is counted: posts without an address, and those that were not
published from here. Amounts of two analytics accounts are never added.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd

FIGURES = ("sessions", "key_events", "revenue")


@dataclass(frozen=True, slots=True)
class Campaigns:
    """How an account's posts lead to the website."""

    posts: Mapping[str, int]  # posts by campaign
    without_address: int  # published from here, and nothing in them leads there
    not_from_here: int  # nobody here knows where they lead


@dataclass(frozen=True, slots=True)
class Brought:
    """What a campaign brought over 28 known days. None: unknown."""

    campaign: str
    posts: int  # on this account
    sessions: float | None
    key_events: float | None
    revenue: float | None


@dataclass(frozen=True, slots=True)
class Visits:
    """What one analytics account tells of an account's campaigns."""

    account: str
    currency: str
    until: date | None  # the last day that is known; None: campaigns were never pulled
    rows: tuple[Brought, ...]  # most sessions first


@dataclass(frozen=True, slots=True)
class Joined:
    """All that is known of what an account's posts brought to the website."""

    campaigns: Campaigns
    visits: tuple[Visits, ...]  # by analytics account


def campaigns_of(digests: Sequence[str], links: Mapping[str, str]) -> Campaigns:
    """Count posts by campaign.

    `digests` are those of the texts of posts, one per post; `links` has by digest the address of
    what was published from here, '' for none.
    """
    named = [campaign_in(links[digest]) for digest in digests if digest in links]
    return Campaigns(
        posts=Counter(filter(None, named)),
        without_address=named.count(""),
        not_from_here=len(digests) - len(named),
    )


def campaign_in(url: str) -> str:
    """Return the utm_campaign of an address, '' without one."""
    return next(iter(parse_qs(urlsplit(url).query).get("utm_campaign", [])), "")


def visits_of(campaigns: Campaigns, name: str, currency: str, figures: pd.DataFrame) -> Visits:
    """Return what an analytics account tells of campaigns.

    `figures` has name, until and the sums of `FIGURES` of the account's campaigns (NaN: unknown).
    One that it does not name had no session: whatever has one is named there.
    """
    if figures.empty:
        nothing = (Brought(it, n, None, None, None) for it, n in sorted(campaigns.posts.items()))
        return Visits(name, currency, None, tuple(nothing))
    values = figures[[*FIGURES]].to_numpy(np.float64).tolist()
    known = {
        str(campaign): tuple(None if isnan(it) else it for it in row)
        for campaign, row in zip(figures["name"], values, strict=True)
    }
    # A day that is unknown is so for every campaign.
    others = (None if figures["sessions"].isna().all() else 0.0,) * len(FIGURES)
    rows = [Brought(it, n, *known.get(it, others)) for it, n in campaigns.posts.items()]
    rows.sort(key=lambda it: (-(it.sessions or 0.0), it.campaign))
    return Visits(name, currency, figures["until"].max(), tuple(rows))
