"""How much of an account's delivery does a change take away?

Delivery is that of the last 7 complete days, in percent of the account's: spend and conversions
apart. What is paused, removed or excluded takes away all that it had; a budget cut to the least
that is possible takes away the part by which it is cut. What does not run takes nothing.

The share is written into the proposal's numbers when it passes, because afterwards the figures
no longer show it. Whatever was taken away counts for its 7 days, even if it came back before.

What takes an action back passes only when it is carried out. Where its share was not kept, as when
whoever wrote it died, the share is what the figures still show of the thing: all of it on the same
day, and less with each day that passes. To call it unknown would keep back every pause for 7 days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isnan, nan

from connectors.actions import Proposal
from connectors.changes import ABSENT, ENABLED, PAUSED, PRESENT, REMOVED
from tasks.gate.places import Places, ThingKey
from tasks.gate.running import Running
from tasks.gate.state import AccountState, Delivery, GateState, Thing

SPEND, CONVERSIONS = "share_of_spend", "share_of_conversions"
"""In a proposal's numbers, in percent of the account's."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an account's delivery, in percent. NaN: unknown."""

    spend: float = 0.0
    conversions: float = 0.0

    @property
    def most(self) -> float:
        """The larger of the two; NaN if either is unknown."""
        if isnan(self.spend) or isnan(self.conversions):
            return nan
        return max(self.spend, self.conversions)

    def __bool__(self) -> bool:
        """Tell whether anything is taken away, or nobody knows."""
        return self.spend != 0 or self.conversions != 0

    def plus(self, other: "Share") -> "Share":
        """Return both together."""
        return Share(self.spend + other.spend, self.conversions + other.conversions)


NOTHING = Share()
UNKNOWN = Share(nan, nan)


def recorded(proposal: Proposal) -> Share:
    """Return what a change has taken away, as it was known when it passed."""
    missing = nan if takes_away(proposal) else 0.0
    numbers = proposal.numbers
    return Share(numbers.get(SPEND, missing), numbers.get(CONVERSIONS, missing))


def takes_away(proposal: Proposal) -> bool:
    """Say whether a change ends the delivery of something."""
    before, after = proposal.before, proposal.after
    if proposal.subject.field in ("status", "keyword"):
        return before == ENABLED and after in (PAUSED, REMOVED, ABSENT)
    if proposal.subject.field == "ad":
        return before == ENABLED and after != ENABLED
    return proposal.subject.field == "negative_keyword" and after == PRESENT


class Takings:
    """What changes take away from the accounts of a brand."""

    def __init__(self, state: GateState, places: Places, running: Running) -> None:
        self._state, self._places, self._running = state, places, running
        self._terms: dict[tuple[int, str | None], list[Thing]] = defaultdict(list)
        for key, account in state.accounts.items():
            for thing in account.things.values():
                if thing.level == "search_term":
                    self._terms[key, thing.parent_id].append(thing)
                    self._terms[key, thing.campaign_id].append(thing)

    def of(self, proposal: Proposal, least: Decimal | None) -> Share:
        """Return the share that a change takes away; `least` is the least possible budget."""
        account = self._state.accounts[proposal.account_key]
        if takes_away(proposal):
            return self._ended(proposal, account)
        before, after = proposal.before, proposal.after
        if (
            least is None
            or proposal.subject.field != "daily_budget"
            or not isinstance(before, Decimal)
            or not isinstance(after, Decimal)
            or not (before.is_finite() and after.is_finite() and least >= after < before)
        ):
            return NOTHING
        key = (proposal.account_key, proposal.subject.level, proposal.subject.entity_id)
        sharing = self._places.sharing(key)
        running = [self._places.thing(one) for one in sharing if self._running.runs(one)]
        return _share(running, account, float((before - after) / before))

    def taken(self, proposal: Proposal) -> Share:
        """Return the share that a change of ours has taken away."""
        known, account = recorded(proposal), self._state.accounts.get(proposal.account_key)
        if proposal.takes_back is None or not isnan(known.most) or account is None:
            return known
        return self._what_ends(proposal, account)

    def _ended(self, proposal: Proposal, account: AccountState) -> Share:
        subject = proposal.subject
        key: ThingKey = (proposal.account_key, subject.level, subject.entity_id)
        if subject.field == "status" and not self._running.runs(key):
            return NOTHING
        return self._what_ends(proposal, account)

    def _what_ends(self, proposal: Proposal, account: AccountState) -> Share:
        """Return the share of what a change ends, whether it still runs or not."""
        subject = proposal.subject
        key: ThingKey = (proposal.account_key, subject.level, subject.entity_id)
        if subject.field == "status":
            return _share([self._places.thing(key)], account)
        if subject.field == "negative_keyword":
            if "search_term" not in account.levels:
                return UNKNOWN
            terms = self._terms.get((key[0], subject.entity_id), ())
            return _share([t for t in terms if _excludes(subject.item, t.entity_id)], account)
        if subject.field == "ad" or "keyword" not in account.levels:
            return UNKNOWN
        keyword = self._places.keyword((key[0], subject))
        return _share([keyword], account) if keyword else NOTHING


def _share(things: Iterable[Thing | None], account: AccountState, part: float = 1.0) -> Share:
    whole = account.delivery
    if whole is None:
        return UNKNOWN
    total = Share()
    for thing in things:
        if thing is None or thing.level not in account.levels:
            return UNKNOWN
        own = thing.delivery or Delivery(nan, nan)
        total = total.plus(
            Share(
                _percent(own.spend * part, whole.spend),
                _percent(own.conversions * part, whole.conversions),
            )
        )
    return total


def _percent(own: float, whole: float) -> float:
    return 0.0 if own == 0 == whole else nan if whole == 0 else 100 * own / whole


def _excludes(item: str, term_id: str) -> bool:
    """Say whether a negative keyword keeps a search term out.

    Negative keywords match words as they are written, without close variants: all words in any
    order (broad), side by side (phrase), or nothing besides (exact).
    Source: https://support.google.com/google-ads/answer/2453972
    """
    match, _, text = item.partition(":")
    words, term = text.split(), term_id.partition("~")[2].lower().split()
    if match == "exact":
        return words == term
    if match == "phrase":
        size = len(words)
        return any(term[i : i + size] == words for i in range(len(term) - size + 1))
    return set(words) <= set(term)


def numbers_with(proposal: Proposal, share: Share) -> Mapping[str, float]:
    """Return a proposal's numbers with the share that it takes away, known and counted."""
    finding = without_share(proposal.numbers)
    if not share and not takes_away(proposal):
        return finding
    return {**finding, SPEND: share.spend, CONVERSIONS: share.conversions}


def without_share(numbers: Mapping[str, float]) -> Mapping[str, float]:
    """Return a proposal's numbers without any share of delivery."""
    if SPEND not in numbers and CONVERSIONS not in numbers:
        return numbers
    return {k: v for k, v in numbers.items() if k not in (SPEND, CONVERSIONS)}
