"""What is known of the page that the ads behind a finding lead to?

It answers, or does not; it is fast, or not; those who come to it buy, or do not. What is unknown is
left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from connectors.addresses import normal, path_of, same_site
from connectors.records import Result
from connectors.sites import PageSpeed
from tasks.report.numbers import day, short_day

AD_OF = {"ad": "entity_key", "ad_group": "parent_id", "campaign": "campaign_id"}
"""By which column of an ad it is one of those behind a finding."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page answered when our crawl asked it last."""

    on: date
    status: int | None  # of where it ended; None: nothing was said
    led_to: str = ""  # another address, where it redirects
    reason: str = ""  # why it could not be read; '' where we left it alone ourselves


@dataclass(frozen=True, slots=True)
class Visits:
    """The sessions that began at a page over 28 days, and the rate of the whole site."""

    sessions: float
    rate: float | None  # key events per session; None without a session
    site_rate: float | None


@dataclass(frozen=True)
class Landings:
    """What a run knows of the pages that ads lead to. Addresses are in normal form.

    `ads`: account_key, entity_key (of the ad), entity_id, parent_id (its ad group), campaign_id,
    enabled (bool), url ('' where we cannot tell).
    """

    ads: pd.DataFrame
    ids: Mapping[int, str] = field(default_factory=dict)
    """The platform's id by entity_key of campaigns and ad groups."""
    answers: Mapping[str, Answered] = field(default_factory=dict)
    speeds: Mapping[str, Sequence[PageSpeed]] = field(default_factory=dict)
    visits: Mapping[str, Visits] = field(default_factory=dict)


def landing_of(landings: Landings, result: Result) -> str:
    """Say in one sentence what is known of the page that most ads behind a finding lead to.

    Pages of which nothing is known are passed over; '' if there is no other, or if the finding is
    not about ads.
    """
    pages = pages_behind(landings, result)
    for url, ads in pages.items():
        if known := _known(landings, url):
            of = f" ({ads:,} of {sum(pages.values()):,} ads)" if len(pages) > 1 else ""
            return f"Landing page {path_of(url)}{of}: {'; '.join(known)}"
    return ""


def pages_behind(landings: Landings, result: Result) -> dict[str, int]:
    """Return the pages that the enabled ads behind a finding lead to, with how many ads each has.

    The most ads first, then by address. A finding about an ad is about its page in any state.
    """
    column = AD_OF.get(result.level)
    if column is None or result.entity_key is None:
        return {}
    ads = landings.ads
    if result.level == "ad":
        mine = ads[column] == result.entity_key
    else:
        same = ads[column] == landings.ids.get(result.entity_key)
        mine = same & (ads["account_key"] == result.account_key) & ads["enabled"]
    counts = Counter(url for url in ads.loc[mine, "url"] if url)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def addresses(urls: pd.Series) -> pd.Series:
    """Return what ads lead to in normal form, '' where that is no address."""
    forms = {url: normal(url) for url in urls.dropna().unique()}
    return urls.map(forms).fillna("").astype(object)


def visits_of(pages: pd.DataFrame) -> dict[str, Visits]:
    """Return what is known of the sessions that began at each page.

    `pages` has account_key, url, sessions and key_events, one row per page of an analytics account;
    rows without an address count for the account's rate. Accounts whose sums are unknown (NaN) are
    left out; of two accounts that know a page, the one with more sessions tells.
    """
    known = pages.dropna(subset=["sessions", "key_events"])
    whole = known.groupby("account_key")[["sessions", "key_events"]].sum()
    rates = (whole["key_events"] / whole["sessions"].where(whole["sessions"] > 0)).to_dict()
    keys = ["account_key", "url"]
    by_page = known.dropna(subset=["url"]).groupby(keys, as_index=False)[["sessions", "key_events"]]
    rows = by_page.sum().sort_values("sessions", kind="stable")
    return {
        url: Visits(sessions, events / sessions if sessions else None, _number(rates[key]))
        for key, url, sessions, events in rows.itertuples(index=False)
    }


def _known(landings: Landings, url: str) -> list[str]:
    answer = landings.answers.get(url)
    end = answer.led_to if answer and answer.led_to else url
    facts = [
        _answer_words(answer, url),
        _speed_words(landings.speeds.get(end, ())),
        _visit_words(landings.visits.get(end) or landings.visits.get(url)),
    ]
    return [fact for fact in facts if fact]


def _answer_words(answer: Answered | None, url: str) -> str:
    """Say how it answered; '' if we did not come so far as to ask."""
    if answer is None:
        return ""
    when = f"on {short_day(answer.on)}"
    if answer.status is None:
        return f"could not be read {when}: {answer.reason}" if answer.reason else ""
    there = f"leads on to {_place(answer.led_to, url)} and " if answer.led_to else ""
    return f"{there}answered {answer.status} {when}"


def _place(url: str, seen_from: str) -> str:
    """Name an address by its path, with its site if that is another one."""
    return path_of(url) if same_site(url, seen_from) else url


def _speed_words(speeds: Sequence[PageSpeed]) -> str:
    """Say how fast it was for visitors, else for a machine; phones before desktops."""
    for source in ("field", "lab"):
        mine = [
            it for it in speeds if it.source == source and it.largest_contentful_paint is not None
        ]
        phones = [it for it in mine if it.form_factor == "phone"]
        newest = max(phones or mine, key=lambda it: it.measured_at, default=None)
        if newest and newest.largest_contentful_paint is not None:
            return f"LCP {newest.largest_contentful_paint / 1000:.1f} s {_measured(newest)}"
    return ""


def _measured(speed: PageSpeed) -> str:
    device = "phones" if speed.form_factor == "phone" else "desktops"
    if speed.source == "lab":
        return f"in a test of {device} on {short_day(speed.measured_at.date())}"
    until = f" to {day(speed.period_end)}" if speed.period_end else ""
    return f"for visitors with {device} in 28 days{until}"


def _visit_words(visits: Visits | None) -> str:
    if visits is None or visits.rate is None:
        return ""
    site = "" if visits.site_rate is None else f", {visits.site_rate:.1%} on the site"
    return f"{visits.rate:.1%} of {visits.sessions:,.0f} sessions convert{site}"


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
