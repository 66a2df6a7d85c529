"""Does a change pass? The one function that every write goes through, and the table of its rules.

Changes are decided in order: restorations first, then by priority. Whatever passes is entered into
the book, so that the next one is held against what will then be so. Changes of one group pass all
or none; within it cuts go first, so that they make room for its raises; a cut on its own makes room
in the next run only.

Three reasons are not the gate's alone: `conflict` is also what loses to another proposal of a run
before it comes here, `moved` what differs when it is read once more right before the write, and
`invalid` what the platform's own validation refuses.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connectors.actions import Action, Proposal, RefusalReason
from connectors.changes import PAUSED, REMOVED
from tasks.gate import (
    limits,
    rules_audience,
    rules_counts,
    rules_delivery,
    rules_evidence,
    rules_history,
    rules_moment,
    rules_money,
    rules_place,
    rules_posting,
)
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal
from tasks.gate.state import GateState

Refuses = Callable[[Asked, Book], Refusal | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit, and whether it holds for what is not an ordinary change."""

    refuses: Refuses
    restorations: bool = True
    advice: bool = False
    says: bool = False  # for posts and replies, and what takes them back


RULES: tuple[Rule, ...] = (
    Rule(rules_moment.stopped, says=True),
    Rule(rules_moment.observed, restorations=False, says=True),
    Rule(rules_place.usable_account, says=True),
    Rule(rules_place.not_blocked, advice=True, says=True),
    Rule(rules_place.not_protected, advice=True, says=True),
    Rule(rules_evidence.known_verdict, restorations=False, advice=True),
    Rule(rules_evidence.mature, restorations=False, advice=True),
    Rule(rules_evidence.readable, says=True),
    Rule(rules_place.writable, says=True),
    Rule(rules_history.first_of_its_place, advice=True, says=True),
    Rule(limits.well_formed, says=True),
    Rule(rules_audience.well_counted),
    Rule(rules_place.unmoved, says=True),
    Rule(rules_place.same_currency),
    Rule(rules_place.not_learning, restorations=False),
    Rule(rules_place.shown_shared_budget, restorations=False),
    Rule(rules_history.nothing_open, advice=True, says=True),
    Rule(rules_history.left_alone),
    Rule(rules_history.cooled_down, restorations=False),
    Rule(rules_history.few_changes_today, restorations=False),
    Rule(limits.within_platform),
    Rule(limits.within_configured),
    Rule(limits.within_usual, restorations=False),
    Rule(limits.bounded_bid),
    Rule(limits.small_step, restorations=False),
    Rule(limits.small_in_7_days, restorations=False),
    Rule(limits.small_in_30_days, restorations=False),
    Rule(rules_money.has_ceiling, restorations=False),
    Rule(rules_money.known_budget, restorations=False),
    Rule(rules_money.below_account_ceiling),
    Rule(rules_money.below_brand_ceiling),
    Rule(rules_money.within_month),
    Rule(rules_delivery.known_delivery),
    Rule(rules_delivery.small_share),
    Rule(rules_delivery.small_share_7_days),
    Rule(rules_delivery.others_run),
    Rule(rules_audience.small_removal, restorations=False),
    Rule(rules_audience.not_emptied, restorations=False),
    Rule(rules_counts.few_of_run),
    Rule(rules_counts.few_of_day),
    Rule(rules_counts.few_of_brand),
    Rule(rules_moment.right_weekday, restorations=False),
    Rule(rules_moment.right_hour, restorations=False),
    Rule(rules_moment.few_errors, says=True),
    Rule(rules_moment.few_worse, restorations=False),
    Rule(rules_moment.few_refusals, restorations=False),
    Rule(rules_posting.known_rules, says=True),
    Rule(rules_posting.in_time, says=True),
    Rule(rules_posting.not_repeated, says=True),
    Rule(rules_posting.no_holiday, says=True),
    Rule(rules_posting.not_quiet, says=True),
    Rule(rules_posting.spaced, says=True),
)
"""Every limit, in the order in which they are asked; the first that refuses is the reason.

A restoration brings back exactly what was there before an action of ours (`asking.is_restoration`
checks that it does), be it an undo or the end of a pause for a day. What does not hold for it:
- its playbook's mode: taking back is no idea of the playbook's;
- verdict, maturity, learning phase: it rests on no figures;
- step, 7 and 30 days, the usual range: it goes as far as what it takes back went;
- cool-down and changes per day: it must be possible at once;
- days and hours: a pause of one day that begins on a Friday ends on Saturday;
- the record of its playbook: bad changes above all must be undone;
- the share of a list's people that may go, and that somebody must stay: it goes back as far;
- the ceiling that must be named, and the showing of a shared budget: what it brings back was there;
- ceilings, and the room of others in the month, if it was to end by itself: it was in all totals
  meanwhile (`rules_money.py`).
Everything else holds: switches, protection, others' edits, actions that wait, what the brand
and the platform set as least and most, ceilings, the month, delivery, counts. What it changes
counts for what follows.

Advice is carried out by a person, if at all: no limit of writing holds, and none is used up.

Who is in a list of a mail service is a change like any other; but a list has no cool-down, and is
never judged: whoever withdrew his consent is to leave it soon.

What is said on a social network moves no money and rests on no figures. It has limits of its own,
`rules_posting.py`, and counts for none of the others.
"""

_OF_ALL = tuple(rule.refuses for rule in RULES)
_OF_RESTORATIONS = tuple(rule.refuses for rule in RULES if rule.restorations)
_OF_ADVICE = tuple(rule.refuses for rule in RULES if rule.advice)
_OF_WHAT_IS_SAID = tuple(rule.refuses for rule in RULES if rule.says)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says to one change. `proposal` is what the ledger keeps: the share of delivery
    that it takes away stands in its numbers, where later decisions look for it."""

    asked: Proposal | Action
    proposal: Proposal
    at: datetime
    reason: RefusalReason | None = None  # None: it passes
    explanation: str = ""  # the reason's sentence, with its numbers
    two_people: bool = False  # an amount for which two people's approval is needed
    begins: Decimal | None = Decimal(0)  # the daily budget that begins to run; None: unknown

    @property
    def passed(self) -> bool:
        """Whether it may be written."""
        return self.reason is None


def decide(asked: Sequence[Proposal | Action], state: GateState) -> list[Decision]:
    """Pass or refuse changes, and return a decision per change, in the order of `asked`.

    An `Action` is a change that stands in the ledger already, asked for once more before it is
    written: its own entry among `state.actions` does not stand in its way.
    """
    book = Book(state, frozenset(one.action_id for one in asked if isinstance(one, Action)))
    decisions: dict[int, Decision] = {}
    for together in _in_order(asked):
        mark = book.journal.mark()
        decided = {place: _decide(asked[place], book) for place in together}
        if len(together) > 1 and (bad := _refused(decided.values())):
            book.journal.take_back(mark)
            decided = {k: _with_its_group(one, bad) for k, one in decided.items()}
        decisions.update(decided)
        book.journal.settle()
    return [decisions[place] for place in range(len(asked))]


def refusals(asked: Proposal | Action, state: GateState) -> list[Refusal]:
    """Return every limit that refuses a change, not only the first, for people to look at.

    After `invalid` nothing more: what is no number is not compared with limits.
    """
    book = Book(state, frozenset([asked.action_id] if isinstance(asked, Action) else []))
    proposal = asked.proposal if isinstance(asked, Action) else asked
    if proposal.account_key not in state.accounts:
        return [_no_account(proposal)]
    looked_up = book.asked(proposal)
    found: list[Refusal] = []
    for refuses in _rules(looked_up):
        if refusal := refuses(looked_up, book):
            found.append(refusal)
            if refusal.reason == "invalid":
                break
    return found


def needs_two_people(asked: Proposal | Action, state: GateState) -> bool:
    """Say whether a change is of an amount for which the brand wants two people's approval, whether
    it passes now or not."""
    book = Book(state, frozenset([asked.action_id] if isinstance(asked, Action) else []))
    proposal = asked.proposal if isinstance(asked, Action) else asked
    if proposal.account_key not in state.accounts:
        return False
    return _needs_two(book.asked(proposal), book)


def _decide(one: Proposal | Action, book: Book) -> Decision:
    proposal = one.proposal if isinstance(one, Action) else one
    at = book.state.now
    if proposal.account_key not in book.state.accounts:
        refusal = _no_account(proposal)
        return Decision(one, proposal, at, refusal.reason, refusal.sentence)
    asked = book.asked(proposal)
    for refuses in _rules(asked):
        if found := refuses(asked, book):
            return Decision(one, proposal, at, found.reason, found.sentence)
    two_people = _needs_two(asked, book)
    begins = book.running.enabling_adds(asked.key) if asked.enables else Decimal(0)
    return Decision(one, book.enter(asked), at, two_people=two_people, begins=begins)


def _rules(asked: Asked) -> tuple[Refuses, ...]:
    if asked.advice:
        return _OF_ADVICE
    if asked.says:
        return _OF_WHAT_IS_SAID
    return _OF_RESTORATIONS if asked.taken_back else _OF_ALL


def _no_account(proposal: Proposal) -> Refusal:
    return Refusal("account_state", f"nothing is known of the account of {proposal.name}")


def _needs_two(asked: Asked, book: Book) -> bool:
    """Say whether a change of a daily amount needs two people; bringing one back does not."""
    above, proposal = book.guardrails.second_approval_above, asked.proposal
    if above is None or asked.taken_back:
        return False
    if proposal.subject.field == "daily_budget":
        before, after = proposal.before, proposal.after
        return (
            isinstance(before, Decimal)
            and isinstance(after, Decimal)
            and (abs(after - before) > above)
        )
    return asked.enables and (book.running.enabling_adds(asked.key) or Decimal(0)) > above


def _in_order(asked: Sequence[Proposal | Action]) -> list[Sequence[int]]:
    """Return the places of changes that are decided together, in the order of decision."""
    proposals = [one.proposal if isinstance(one, Action) else one for one in asked]

    def rank(place: int) -> tuple[bool, int, int]:
        return proposals[place].takes_back is None, -proposals[place].priority, place

    found: list[Sequence[int]] = []
    groups: dict[str, list[int]] = defaultdict(list)
    for place in sorted(range(len(asked)), key=rank):
        group = proposals[place].group
        if not group:
            found.append((place,))
            continue
        if group not in groups:
            found.append(groups[group])
        groups[group].append(place)
    for together in groups.values():
        together.sort(key=lambda place: not _cuts(proposals[place]))
    return found


def _cuts(proposal: Proposal) -> bool:
    before, after = proposal.before, proposal.after
    if isinstance(before, Decimal) and isinstance(after, Decimal) and after.is_finite():
        return before.is_finite() and after < before
    return after in (PAUSED, REMOVED)


def _refused(decisions: Iterable[Decision]) -> Decision | None:
    return next((one for one in decisions if one.reason), None)


def _with_its_group(decision: Decision, bad: Decision) -> Decision:
    """Return the refusal of a change whose group was refused."""
    if decision.reason:
        return decision
    proposal = decision.asked.proposal if isinstance(decision.asked, Action) else decision.asked
    why = f"it is one decision with {bad.proposal.name}, which was refused: {bad.explanation}"
    return Decision(decision.asked, proposal, decision.at, "group", why)
