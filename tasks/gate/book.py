"""What is so, and what will be so once everything that has passed is done?

One book is opened per decision over a batch. Each change that passes is entered, so that counts,
ceilings and shares hold over the whole batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import get_args

from config.guardrails import NumberField, ValueLimits
from connectors.actions import Action, Proposal
from connectors.changes import PRESENT, SAID_FIELDS, Setting
from connectors.social import digest_of_item
from tasks.gate.asking import Asked, is_restoration, moved, number_field, raises
from tasks.gate.delivery import Share, Takings, numbers_with
from tasks.gate.health import Health
from tasks.gate.history import History, counted_today, moment
from tasks.gate.journal import Journal
from tasks.gate.places import Places, ThingKey
from tasks.gate.protection import Protection
from tasks.gate.running import Running
from tasks.gate.state import GateState, SaidBefore
from tasks.playbooks.situation import Place


class Book:
    """Everything that rules look at. Rules only read; `enter` alone changes it."""

    def __init__(self, state: GateState, left_out: frozenset[int] = frozenset()) -> None:
        """`left_out` are the ids of the actions to decide on now."""
        self.state, self.guardrails = state, state.guardrails
        self.journal = Journal()
        self.places = Places(state)
        self.history = History(state, self.places, left_out)
        self.running = Running(state, self.places, self.history, self.journal)
        self.takings = Takings(state, self.places, self.running)
        self.health = Health(state, self.places)
        self.protection = Protection(state, self.places)
        self.changes_today = counted_today(self.history, self.places)
        self.actions_today: dict[int, int] = defaultdict(int)
        self.actions_of_run: dict[int, int] = defaultdict(int)  # a run is one batch
        self.taken_today: dict[int, Share] = defaultdict(Share)
        self.taken_7_days: dict[int, Share] = defaultdict(Share)
        self.entered: dict[Place, str] = {}
        self._said = said_before(state, self.history.done)
        fields: tuple[NumberField, ...] = get_args(NumberField)
        self.limits = {field: state.guardrails.limits(field) for field in fields}
        self._actions = {action.action_id: action for action in state.actions}
        for action, _ in self.history.since(1):
            counts = action.proposal.subject.field not in SAID_FIELDS
            self.actions_today[action.proposal.account_key] += counts
        for table, days in ((self.taken_today, 1), (self.taken_7_days, 7)):
            for action, _ in self.history.since(days):
                key = action.proposal.account_key
                table[key] = table[key].plus(self.takings.taken(action.proposal))

    def asked(self, proposal: Proposal) -> Asked:
        """Look up what is known of a change now. Its account must be in the state."""
        subject, account_key = proposal.subject, proposal.account_key
        place: Place = (account_key, subject)
        key: ThingKey = (account_key, subject.level, subject.entity_id)
        history_place = self.places.canonical(place)
        field, setting = number_field(proposal), self.state.settings.get(place)
        limits = self.limits[field] if field else None
        how = moved(proposal)
        named = self._actions.get(proposal.takes_back) if proposal.takes_back else None
        return Asked(
            proposal,
            self.state.accounts[account_key],
            self.places.today(account_key),
            place,
            key,
            self.places.concerned(place),
            history_place,
            self.history.past(history_place),
            setting,
            self.places.thing(key),
            limits,
            self.takings.of(proposal, _least(limits, setting)),
            subject.field == "advice",
            how,
            raises(proposal, how),
            named if is_restoration(proposal, named) else None,
        )

    def said(self, account_key: int) -> Sequence[SaidBefore]:
        """Return what an account has published, this batch's posts among it, in any order."""
        return self._said.get(account_key, ())

    def enter(self, asked: Asked) -> Proposal:
        """Count a change as done. Return its proposal with what the gate adds to its numbers.

        A cut on its own makes no room for what follows: the platform may refuse it and take the
        raise. In the next run it is done, and so is the room there. Cuts of one group make room for
        its raises, as it is carried out whole; and what is taken back was there before.
        """
        proposal, key = asked.proposal, asked.proposal.account_key
        put = self.journal.put
        put(self.entered, asked.history_place, proposal.name)
        if asked.advice:
            return proposal
        if asked.says:
            self._enter_said(asked)
            return proposal
        share = asked.share
        if share:
            put(self.taken_today, key, self.taken_today[key].plus(share))
            put(self.taken_7_days, key, self.taken_7_days[key].plus(share))
        for thing in asked.counted:
            put(self.changes_today, thing, self.changes_today[thing] + 1)
        put(self.actions_today, key, self.actions_today[key] + 1)
        put(self.actions_of_run, key, self.actions_of_run[key] + 1)
        if proposal.subject.field in ("status", "daily_budget"):
            together = proposal.group or asked.taken_back
            keeps = proposal.restore_on is not None or not together
            self.running.apply(asked.key, proposal.subject.field, proposal.after, returns=keeps)
        numbers = numbers_with(proposal, share)
        return proposal if numbers == proposal.numbers else replace(proposal, numbers=numbers)

    def _enter_said(self, asked: Asked) -> None:
        """A post is no change of the account: it is not counted among them."""
        subject, key = asked.proposal.subject, asked.key[0]
        if subject.field == "post" and asked.proposal.after == PRESENT:
            now = SaidBefore(self.state.now, digest_of_item(subject.item))
            self.journal.put(self._said, key, (*self.said(key), now))


def said_before(state: GateState, done: Iterable[Action]) -> dict[int, Sequence[SaidBefore]]:
    """Return by account what was published: as the network shows it, and as the ledger has it."""
    found: dict[int, list[SaidBefore]] = defaultdict(list)
    for key, posts in (state.posting.said if state.posting else {}).items():
        found[key] += posts
    for action in done:
        subject = action.proposal.subject
        taken_back = action.state == "undone"
        if subject.field == "post" and action.proposal.after == PRESENT and not taken_back:
            post = SaidBefore(moment(action), digest_of_item(subject.item))
            found[action.proposal.account_key].append(post)
    return dict(found)


def _least(limits: ValueLimits | None, setting: Setting | None) -> Decimal | None:
    """Return the least that a number can be set to; None if nobody says."""
    own = limits.minimum if limits else None
    platform = setting.minimum if setting else None
    return platform if own is None else own if platform is None else max(own, platform)
