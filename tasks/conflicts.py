"""Which of a run's proposals get in each other's way, and which of them is kept?

Two proposals conflict when they

- change the same subject;
- change status, budget, bid or bid target of one entity: pausing it and raising its budget say
  opposite things, and of two levers moved at once nobody could tell later which one did it;
- change budgets, when one budget is shared by several campaigns: it counts for all of them.

Of these the higher declared priority is kept, of equal ones the first. Besides, whatever lies below
something that is paused in the same run is pointless and loses, whatever its priority; so do new
ads, keywords and negative ones of the paused entity itself. Labels and advice are never pointless.

Proposals with the same `group` are one decision: they win or lose together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from config.words import Field, Level
from connectors.actions import Proposal
from connectors.changes import PAUSED, REMOVED, STEERING_FIELDS
from tasks.change_wording import what
from tasks.playbooks.situation import Situation

LASTING: frozenset[Field] = frozenset(("label", "advice"))
"""What makes sense whether something runs or not."""

Slot = tuple[int, str, str, str, str]  # account, level, entity, field or 'steering', item
Thing = tuple[int, Level, str]


@dataclass(frozen=True, slots=True)
class Lost:
    """A proposal that is not pursued because another one is."""

    proposal: Proposal
    winner: Proposal
    explanation: str
    reason: Literal["conflict"] = "conflict"


@dataclass(frozen=True, slots=True)
class _Decision:
    """Proposals that win or lose together."""

    members: tuple[Proposal, ...]
    positions: tuple[int, ...]  # of the members among all proposals

    @property
    def priority(self) -> int:
        return max(member.priority for member in self.members)


def settle(
    proposals: Sequence[Proposal], situation: Situation | None = None
) -> tuple[list[Proposal], list[Lost]]:
    """Return the proposals that are kept and those that lost, both in the order given.

    The situation tells which campaigns share a budget and which ad group an ad or keyword is in;
    without it a budget is its campaign's alone, and ad groups are known from Google's ids only.
    Takes time in proportion to the number of proposals.
    """
    decisions = _decisions(proposals)
    lost: dict[int, Lost] = {}
    paused = _paused(_claim(decisions, situation, {}))
    parents = _parents(proposals, situation)
    open_ones = [one for one in decisions if not _pointless(one, paused, parents, lost)]
    kept = [at for one in _claim(open_ones, situation, lost) for at in one.positions]
    return [proposals[at] for at in sorted(kept)], [lost[at] for at in sorted(lost)]


def _decisions(proposals: Sequence[Proposal]) -> list[_Decision]:
    """Return the decisions, the highest priority first, of equal ones the first."""
    grouped: dict[str | int, list[int]] = {}
    for position, proposal in enumerate(proposals):
        grouped.setdefault(proposal.group or position, []).append(position)
    ranked: dict[int, list[_Decision]] = {}
    for positions in grouped.values():
        members = tuple(proposals[position] for position in positions)
        decision = _Decision(members, tuple(positions))
        ranked.setdefault(decision.priority, []).append(decision)
    return [decision for priority in sorted(ranked, reverse=True) for decision in ranked[priority]]


def _claim(
    decisions: Sequence[_Decision], situation: Situation | None, lost: dict[int, Lost]
) -> list[_Decision]:
    """Return the decisions that find all their slots free, in turn; note the others in `lost`."""
    taken: dict[Slot, Proposal] = {}
    kept = []
    for decision in decisions:
        claims = [
            (slot, member) for member in decision.members for slot in _slots(member, situation)
        ]
        winner = next((taken[slot] for slot, _ in claims if slot in taken), None)
        if winner is None:
            taken.update(claims)
            kept.append(decision)
        else:
            _lose(decision, winner, "goes first", lost)
    return kept


def _slots(proposal: Proposal, situation: Situation | None) -> Iterator[Slot]:
    """Yield what a proposal lays claim to."""
    account_key, subject = proposal.account_key, proposal.subject
    for entity_id in _sharing(proposal, situation):
        yield (account_key, subject.level, entity_id, subject.field, subject.item)
        if subject.field in STEERING_FIELDS:
            yield (account_key, subject.level, entity_id, "steering", "")


def _sharing(proposal: Proposal, situation: Situation | None) -> tuple[str, ...]:
    own = (proposal.subject.entity_id,)
    if situation is None or proposal.subject.field != "daily_budget":
        return own
    setting = situation.settings.get((proposal.account_key, proposal.subject))
    return tuple(dict.fromkeys(own + (setting.shared_by if setting else ())))


def _paused(decisions: Sequence[_Decision]) -> dict[Thing, Proposal]:
    """Return what is paused or removed, and by which proposal."""
    return {
        (member.account_key, member.subject.level, member.subject.entity_id): member
        for decision in decisions
        for member in decision.members
        if member.subject.field == "status" and member.after in (PAUSED, REMOVED)
    }


def _pointless(
    decision: _Decision,
    paused: dict[Thing, Proposal],
    parents: dict[Thing, str],
    lost: dict[int, Lost],
) -> bool:
    """Tell whether a part of a decision lies below something that is paused; note it if so."""
    for member in decision.members:
        for thing in _above(member, parents):
            if member.subject.field not in LASTING and (winner := paused.get(thing)):
                _lose(decision, winner, "pauses what this is part of", lost)
                return True
    return False


def _above(proposal: Proposal, parents: dict[Thing, str]) -> Iterator[Thing]:
    """Yield what a proposal's entity lies in, the highest first; for an item to be made, the
    entity itself too."""
    account_key, subject = proposal.account_key, proposal.subject
    own: Thing = (account_key, subject.level, subject.entity_id)
    if subject.level != "campaign" and proposal.campaign_id is not None:
        yield (account_key, "campaign", proposal.campaign_id)
    if subject.level in ("ad", "keyword", "search_term"):
        yield (account_key, "ad_group", parents.get(own, subject.entity_id.partition("~")[0]))
    if subject.item:
        yield own


def _parents(proposals: Sequence[Proposal], situation: Situation | None) -> dict[Thing, str]:
    """Return the ad groups of the ads and keywords that something is proposed for."""
    if situation is None:
        return {}
    parents: dict[Thing, str] = {}
    for level in ("ad", "keyword"):
        frame = situation.entities.get(level)
        keys = [p.entity_key for p in proposals if p.subject.level == level]
        if frame is None or not keys:
            continue
        rows = frame[frame["entity_key"].isin(keys)]
        columns = (rows[name].tolist() for name in ("account_key", "entity_id", "parent_id"))
        for account_key, entity_id, parent_id in zip(*columns, strict=True):
            if isinstance(parent_id, str):
                parents[account_key, level, entity_id] = parent_id
    return parents


def _lose(decision: _Decision, winner: Proposal, how: str, lost: dict[int, Lost]) -> None:
    explanation = f"{what(winner)} {how} (playbook {winner.playbook}, priority {winner.priority})"
    for position, member in zip(decision.positions, decision.members, strict=True):
        lost[position] = Lost(member, winner, explanation)
