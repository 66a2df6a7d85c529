"""Exclude search terms that cost and bring nothing.

A term is wasted when, within one campaign and over mature days, it has the playbook's clicks, has
cost so many times the target CPA, and brought no conversion. The negative keyword is proposed for
the campaign: an ad group's would let the same search in through the next ad group, and an account's
would decide for campaigns that have spent nothing on it.

Left out is whatever may block something of value anywhere in the account: a search that converted
at any time since the window began, days that are still immature included, or the text of a keyword
that runs (of a like spelling too, see `matching`). Left out as well: terms that are keywords or
excluded already, campaigns that do not run, terms that cannot be a keyword, accounts without a
target CPA or with conversions whose lag is not known. The dearest come first, at most `most` per
account.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from config.playbooks import NegativeKeywordPlaybook
from connectors.actions import Proposal
from connectors.base import Window
from connectors.changes import ABSENT, PRESENT, Subject
from tasks.playbooks.expected import excluded
from tasks.playbooks.figures import Figures
from tasks.playbooks.matching import (
    Protected,
    Words,
    can_be_keyword,
    from_item,
    item_of,
    runs,
)
from tasks.playbooks.proposing import (
    Concerned,
    Grounds,
    Terms,
    by_hand,
    proposal,
)
from tasks.playbooks.situation import Place, Situation
from tasks.playbooks.terms import (
    LEVEL,
    METRICS,
    Term,
    asked_for,
    keyword_names,
    running,
    searched,
    together,
)
from tasks.report.numbers import day, number, plural

RISK = "Conversions by telephone, or later than the window, do not count; the search is lost"


@dataclass(frozen=True, slots=True)
class Wasted:
    """A search term of one campaign that is not worth its cost."""

    window: Window
    campaign: Concerned
    text: str  # as people typed it
    item: str
    keys: tuple[int, ...]  # of the search term in each ad group
    spend: float
    clicks: float
    target: float

    @property
    def subject(self) -> Subject:
        """What would be changed."""
        return self.campaign.subject("negative_keyword", self.item)


def places(playbook: NegativeKeywordPlaybook, situation: Situation) -> list[Place]:
    """Return the negative keyword of each wasted term."""
    found = _wasted(playbook, Figures(situation))
    return [(term.campaign.account_key, term.subject) for term in found]


def propose(playbook: NegativeKeywordPlaybook, situation: Situation) -> list[Proposal]:
    """Return a proposal for each of them that is not excluded yet."""
    figures = Figures(situation)
    made = []
    for term in _wasted(playbook, figures):
        setting = situation.settings.get((term.campaign.account_key, term.subject))
        if setting is None or setting.value != ABSENT:
            continue
        change = _exclude(playbook, figures, term)
        by = f"Exclude “{term.text}” by hand: {setting.fixed}"
        made.append(by_hand(change, by) if setting.fixed else change)
    return made


def _wasted(playbook: NegativeKeywordPlaybook, figures: Figures) -> Iterator[Wasted]:
    """Yield the terms to exclude, each account's dearest first."""
    situation = figures.situation
    for account_key, window, terms in searched(playbook, figures):
        converting = [term.name for term in terms if term.late > 0]
        keywords = keyword_names(situation, account_key, running=True)
        protected = Protected([*converting, *keywords])
        chosen: set[tuple[str, Words]] = set()
        for term in _dear(playbook, figures, account_key, window, terms):
            campaign_id, negative = term.campaign.entity_id, from_item(term.item)
            covered = any((campaign_id, run) in chosen for run in runs(negative.words))
            if (covered and playbook.match == "phrase") or protected.endangered(negative):
                continue
            chosen.add((campaign_id, negative.words))
            yield term
            if len(chosen) == playbook.most:
                break


def _dear(
    playbook: NegativeKeywordPlaybook,
    figures: Figures,
    account_key: int,
    window: Window,
    terms: list[Term],
) -> list[Wasted]:
    """Return the terms of running campaigns that cost too much without a conversion."""
    campaigns = running(figures.situation, "campaign", account_key)
    targets = {
        key: figures.target("cpa", "campaign", [one.entity_key]) or 0.0
        for key, one in campaigns.items()
    }
    asked = asked_for(playbook, figures.situation, terms)
    found = [
        search
        for search in together(
            (term for term in asked if term.campaign_id in campaigns), by_campaign=True
        )
        if not search.settled
        and search.conversions == 0
        and search.late == 0
        and search.clicks >= playbook.minimum_clicks
        and search.spend >= targets[search.campaign_id] * playbook.spend_over_target_cpa
        and targets[search.campaign_id] > 0
        and can_be_keyword(search.name)
    ]
    return [
        Wasted(
            window=window,
            campaign=campaigns[search.campaign_id],
            text=search.name,
            item=item_of(playbook.match, search.name),
            keys=tuple(sorted(term.entity_key for term in search.terms)),
            spend=search.spend,
            clicks=search.clicks,
            target=targets[search.campaign_id],
        )
        for search in sorted(found, key=lambda it: (-it.spend, it.campaign_id, it.text))
    ]


def _exclude(playbook: NegativeKeywordPlaybook, figures: Figures, term: Wasted) -> Proposal:
    situation, campaign = figures.situation, term.campaign
    currency = figures.currency(campaign.account_key)
    spent, target = number(term.spend, "money", currency), number(term.target, "money", currency)
    clicks = plural(round(term.clicks), "click")
    times = number(term.spend / term.target, "ratio")
    days = plural(term.window.days, "day")
    sentence = (
        f"The search “{term.text}” cost {campaign.name} {spent} with {clicks} and no conversion in "
        f"the {days} to {day(term.window.end)}: {times} times the target cost of {target} for one"
    )
    numbers = {"spend": term.spend, "clicks": term.clicks, "conversions": 0.0}
    numbers["target(cpa)"] = term.target
    grounds = Grounds("", "warning", sentence, numbers, METRICS, term.window.end)
    searches = [replace(campaign, level=LEVEL, entity_key=key) for key in term.keys]
    outlook = excluded(figures, searches, playbook.judge_after_days)
    evidence = ("Blocks no search that converted, and no keyword that runs, in this account",)
    undo = "Remove the negative keyword"
    terms = Terms(outlook.effect, (*evidence, *outlook.evidence), undo, RISK)
    values = (ABSENT, PRESENT)
    return proposal(playbook, situation, campaign, grounds, term.subject, values, terms)
