"""Make keywords of search terms that convert.

A term qualifies when, over mature days and all ad groups of its account together, it brought the
playbook's conversions at a CPA within the target, if its campaign has one. The keyword goes into
the ad group that showed the term and got the most conversions from it; it has no bid of its own, so
the ad group's holds.

Left out: terms whose words are a keyword of the account in any match type, paused ones too (a
person paused it), or that Google calls ADDED; terms that a negative keyword blocks (Google calls
them EXCLUDED, the platform has the negative keyword now, or we have made it since); terms that
cannot be a keyword; campaigns and ad groups that do not run; accounts whose conversions' lag is
not known. Most conversions come first, at most `most` per account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.playbooks import NewKeywordPlaybook
from connectors.actions import DONE, Proposal
from connectors.base import Window
from connectors.changes import ABSENT, ENABLED, PRESENT, Subject
from tasks.playbooks.figures import Figures
from tasks.playbooks.matching import Match, blocks, can_be_keyword, from_item, item_of, words
from tasks.playbooks.proposing import (
    Concerned,
    Grounds,
    Terms,
    by_hand,
    currency_of,
    proposal,
)
from tasks.playbooks.situation import Place, Situation
from tasks.playbooks.terms import (
    METRICS,
    Term,
    asked_for,
    keyword_names,
    running,
    searched,
    together,
)
from tasks.report.numbers import day, number, plural

RISK = "The term may convert less on its own bid, or take searches from a keyword that pays less"
NO_ESTIMATE = (
    "No estimate: the term is served already; a keyword of its own makes its bid and ads steerable"
)
MATCHES: tuple[Match, ...] = ("exact", "phrase", "broad")


@dataclass(frozen=True, slots=True)
class Winner:
    """A search term that converts, and the ad group that it should be a keyword of."""

    window: Window
    ad_group: Concerned
    text: str
    item: str
    spend: float
    clicks: float
    conversions: float
    target: float | None

    @property
    def subject(self) -> Subject:
        """What would be changed."""
        return self.ad_group.subject("keyword", self.item)

    @property
    def negatives(self) -> tuple[Subject, ...]:
        """The negative keywords of its campaign that would keep it from being shown."""
        campaign_id = self.ad_group.campaign_id or ""
        items = [item_of(match, self.text) for match in MATCHES]
        return tuple(Subject("campaign", campaign_id, "negative_keyword", one) for one in items)


def places(playbook: NewKeywordPlaybook, situation: Situation) -> list[Place]:
    """Return the keyword of each winning term, and the negative ones that would block it."""
    return [
        (winner.ad_group.account_key, subject)
        for winner in _winners(playbook, Figures(situation))
        for subject in (winner.subject, *winner.negatives)
    ]


def propose(playbook: NewKeywordPlaybook, situation: Situation) -> list[Proposal]:
    """Return a proposal for each of them that is neither a keyword nor blocked now."""
    figures = Figures(situation)
    made = []
    for winner in _winners(playbook, figures):
        account_key, settings = winner.ad_group.account_key, situation.settings
        setting = settings.get((account_key, winner.subject))
        blocking = (settings.get((account_key, negative)) for negative in winner.negatives)
        if setting is None or setting.value != ABSENT:
            continue
        if any(found is not None and found.value == PRESENT for found in blocking):
            continue
        change = _make(playbook, situation, winner)
        by = f"Make “{winner.text}” a keyword by hand: {setting.fixed}"
        made.append(by_hand(change, by) if setting.fixed else change)
    return made


def _winners(playbook: NewKeywordPlaybook, figures: Figures) -> Iterator[Winner]:
    situation = figures.situation
    for account_key, window, terms in searched(playbook, figures):
        had = {words(name) for name in keyword_names(situation, account_key, running=False)}
        found = 0
        for winner in _converting(playbook, figures, account_key, window, terms):
            seen = words(winner.text)
            if seen in had or _excluded_by_us(situation, winner):
                continue
            had.add(seen)
            found += 1
            yield winner
            if found == playbook.most:
                break


def _converting(
    playbook: NewKeywordPlaybook,
    figures: Figures,
    account_key: int,
    window: Window,
    terms: list[Term],
) -> Iterator[Winner]:
    """Yield the terms that convert well enough, most conversions first."""
    situation = figures.situation
    groups = running(situation, "ad_group", account_key)
    campaigns = running(situation, "campaign", account_key)
    found = [
        search
        for search in together(asked_for(playbook, situation, terms), by_campaign=False)
        if search.conversions >= playbook.minimum_conversions
        and not search.settled
        and can_be_keyword(search.name)
    ]
    for search in sorted(found, key=lambda it: (-it.conversions, it.text)):
        served = [t for t in search.terms if t.ad_group_id in groups and t.campaign_id in campaigns]
        if not served:
            continue
        group = groups[_home(served).ad_group_id]
        campaign = campaigns[group.campaign_id or ""]
        target = figures.target("cpa", "campaign", [campaign.entity_key])
        if target is None or search.spend / search.conversions <= target:
            numbers = search.spend, search.clicks, search.conversions, target
            item = item_of(playbook.match, search.name)
            yield Winner(window, group, search.name, item, *numbers)


def _home(terms: Iterable[Term]) -> Term:
    """Return the term of the ad group with the most conversions; of equals the cheaper one."""
    return min(terms, key=lambda term: (-term.conversions, term.spend, term.ad_group_id))


def _excluded_by_us(situation: Situation, winner: Winner) -> bool:
    """Tell whether a negative keyword that we made blocks the term, in its campaign or ad group."""
    where = {("campaign", winner.ad_group.campaign_id), ("ad_group", winner.ad_group.entity_id)}
    return any(
        action.state in DONE
        and action.state != "undone"
        and action.proposal.after == PRESENT
        and action.proposal.account_key == winner.ad_group.account_key
        and action.proposal.subject.field == "negative_keyword"
        and (action.proposal.subject.level, action.proposal.subject.entity_id) in where
        and blocks(from_item(action.proposal.subject.item), words(winner.text))
        for action in situation.actions
    )


def _make(playbook: NewKeywordPlaybook, situation: Situation, winner: Winner) -> Proposal:
    group = winner.ad_group
    currency = currency_of(situation, group.account_key)
    cpa = winner.spend / winner.conversions
    against = "no target is set"
    if winner.target is not None:
        against = f"target {number(winner.target, 'money', currency)}"
    sentence = (
        f"The search “{winner.text}” brought {number(winner.conversions, 'count')} conversions "
        f"from {plural(round(winner.clicks), 'click')} at {number(cpa, 'money', currency)} each "
        f"({against}) in the {plural(winner.window.days, 'day')} to {day(winner.window.end)} and "
        f"is no keyword; {group.name} showed it"
    )
    numbers = {
        "spend": winner.spend,
        "clicks": winner.clicks,
        "conversions": winner.conversions,
        "cpa": cpa,
    }
    if winner.target is not None:
        numbers["target(cpa)"] = winner.target
    grounds = Grounds("", "ok", sentence, numbers, METRICS, winner.window.end)
    terms = Terms(None, (NO_ESTIMATE,), "Remove the keyword", RISK)
    values = (ABSENT, ENABLED)
    return proposal(playbook, situation, group, grounds, winner.subject, values, terms)
