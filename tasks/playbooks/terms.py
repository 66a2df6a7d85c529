"""What did each search term cost and bring, on days whose conversions have arrived?

Google lists the terms of the last 30 days only. Older ones count here all the same: the warehouse
may call them removed, or know no more of them than their id, `{ad group}~{term}`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import fsum, isnan

import numpy as np
import pandas as pd

from config.playbooks import NegativeKeywordPlaybook, NewKeywordPlaybook
from config.words import Level
from connectors.base import Window
from tasks.cube import Cube, Integers
from tasks.playbooks.figures import Figures
from tasks.playbooks.matching import words
from tasks.playbooks.proposing import Concerned, answered, entities_of
from tasks.playbooks.situation import Situation

TermPlaybook = NegativeKeywordPlaybook | NewKeywordPlaybook
METRICS = ("spend", "clicks", "conversions")
LEVEL: Level = "search_term"
SETTLED = ("ADDED", "EXCLUDED", "ADDED_EXCLUDED")
"""Google's words for a term that is a keyword, or that a negative keyword blocks, already."""


@dataclass(frozen=True, slots=True)
class Term:
    """A search term in one ad group. Figures are those of the window, NaN where unknown."""

    account_key: int
    entity_key: int
    name: str
    text: str  # the words as they are compared
    ad_group_id: str
    campaign_id: str | None
    state: str  # ADDED, EXCLUDED, ADDED_EXCLUDED, NONE or ''
    spend: float
    clicks: float
    conversions: float
    late: float
    """Conversions from the window's first day until now, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Search:
    """What people typed, in several ad groups together."""

    terms: tuple[Term, ...]
    name: str  # the first by the alphabet
    settled: bool  # a keyword or excluded in any of them
    spend: float
    clicks: float
    conversions: float
    late: float

    @property
    def text(self) -> str:
        """The words as they are compared."""
        return self.terms[0].text

    @property
    def campaign_id(self) -> str:
        """The campaign of the first; of all, where they were taken together by campaign."""
        return self.terms[0].campaign_id or ""


def searched(playbook: TermPlaybook, figures: Figures) -> Iterator[tuple[int, Window, list[Term]]]:
    """Yield each account, its mature window and search terms, each once per ad group.

    The window is the last `window_days` days of which everything has arrived. Accounts without one
    are left out, and so are terms without a word.
    """
    situation = figures.situation
    cube = situation.cubes.get(LEVEL)
    if cube is None or cube.entities.empty or not set(METRICS) <= cube.values.keys():
        return
    own = cube.account_keys[cube.account]
    for account_key in cube.account_keys.tolist():
        end = figures.last_day(LEVEL, account_key, METRICS)
        rows = np.flatnonzero(own == account_key)
        if end is None or not len(rows):
            continue
        window = Window(end - timedelta(days=playbook.window_days - 1), end)
        terms = _terms(cube, rows, window, _campaigns(situation, account_key))
        yield account_key, window, [term for term in terms if term.text]


def asked_for(playbook: TermPlaybook, situation: Situation, terms: list[Term]) -> list[Term]:
    """Return the terms that the playbook looks at: all, or those below what its checks found."""
    if not playbook.on:
        return terms
    found = [about.entity for about in answered(playbook, situation)]
    return [term for term in terms if any(_is_below(term, entity) for entity in found)]


def together(terms: Iterable[Term], *, by_campaign: bool) -> list[Search]:
    """Return the terms with the same text added up, per campaign or over all.

    Where a figure of one is unknown, the search is left out.
    """
    groups: dict[tuple[str | None, str], list[Term]] = {}
    for term in terms:
        groups.setdefault((term.campaign_id if by_campaign else "", term.text), []).append(term)
    return [
        Search(
            terms=tuple(group),
            name=min(term.name for term in group),
            settled=any(term.state in SETTLED for term in group),
            spend=spend,
            clicks=clicks,
            conversions=conversions,
            late=fsum(term.late for term in group),
        )
        for group in groups.values()
        for spend, clicks, conversions in [
            [fsum(getattr(term, metric) for term in group) for metric in METRICS]
        ]
        if not isnan(spend + clicks + conversions)
    ]


def keyword_names(situation: Situation, account_key: int, *, running: bool) -> list[str]:
    """Return the account's keywords as people write them, without the removed ones.

    `running` leaves out those that are paused.
    """
    frame = situation.entities.get("keyword")
    if frame is None or frame.empty:
        return []
    out = ["removed", "ended", *(["paused"] if running else [])]
    rows = zip(*(frame[name].tolist() for name in ("account_key", "status", "name")), strict=True)
    return [str(name) for key, status, name in rows if key == account_key and status not in out]


def running(situation: Situation, level: Level, account_key: int) -> dict[str, Concerned]:
    """Return an account's campaigns or ad groups by id, without those paused or removed."""
    frame = situation.entities.get(level)
    if frame is None or frame.empty:
        return {}
    return {
        entity.entity_id: entity
        for entity in entities_of(frame, level)
        if entity.account_key == account_key and entity.status not in ("paused", "removed", "ended")
    }


def _is_below(term: Term, entity: Concerned) -> bool:
    """Tell whether a term is an entity, or in it."""
    if term.account_key != entity.account_key:
        return False
    if entity.level == LEVEL:
        return term.entity_key == entity.entity_key
    if entity.level == "ad_group":
        return term.ad_group_id == entity.entity_id
    return entity.level == "account" or term.campaign_id == entity.campaign_id


def _campaigns(situation: Situation, account_key: int) -> dict[str, str]:
    """Return the campaign of each of an account's ad groups."""
    groups = situation.entities.get("ad_group")
    if groups is None or groups.empty:
        return {}
    names = ("account_key", "entity_id", "campaign_id")
    rows = zip(*(groups[name].tolist() for name in names), strict=True)
    return {group: campaign for key, group, campaign in rows if key == account_key}


def _terms(cube: Cube, rows: Integers, window: Window, campaigns: dict[str, str]) -> Iterator[Term]:
    """Yield the terms of these rows; name, ad group and campaign from the id where missing."""
    sums = [cube.window_sum(metric, window.start, window.end)[rows] for metric in METRICS]
    since = cube.days >= window.start.toordinal()
    late = np.nansum(cube.values["conversions"][rows][:, since], axis=1)
    numbers = zip(*(column.tolist() for column in (*sums, late)), strict=True)
    frame = cube.entities.iloc[rows]
    names = ("account_key", "entity_key", "entity_id", "name", "parent_id", "campaign_id")
    entities = zip(*(frame[name].tolist() for name in names), _states(frame), strict=True)
    for (account, key, entity_id, name, parent, campaign, state), figures in zip(
        entities, numbers, strict=True
    ):
        group, _, text = entity_id.partition("~")
        called = name if isinstance(name, str) and name not in ("", entity_id) else text
        yield Term(
            account_key=account,
            entity_key=key,
            name=called,
            text=" ".join(words(called)),
            ad_group_id=parent if isinstance(parent, str) else group,
            campaign_id=campaign if isinstance(campaign, str) else campaigns.get(group),
            state=state,
            **dict(zip((*METRICS, "late"), figures, strict=True)),
        )


def _states(frame: pd.DataFrame) -> list[str]:
    if "details" not in frame:
        return [""] * len(frame)
    return [str(details.get("status", "")) for details in frame["details"]]
