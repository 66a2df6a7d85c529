"""What is so, and what will be so once everything that has passed is done?

One book is opened per decision over a batch. Each change that passes is entered, so that counts,
ceilings and shares hold over the whole batch.
"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import get_args

from config.guardrails import NumberField, ValueLimits
from connectors.actions import Proposal
from connectors.changes import Setting
from tasks.gate.asking import Asked, is_restoration, moved, number_field, raises
from tasks.gate.delivery import Share, Takings, numbers_with, recorded
from tasks.gate.health import Health
from tasks.gate.history import History, counted_today
from tasks.gate.journal import Journal
from tasks.gate.places import Places, ThingKey
from tasks.gate.protection import Protection
from tasks.gate.running import Running
from tasks.gate.state import GateState
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
        self.actions_of_run = {k: one.run_actions for k, one in state.accounts.items()}
        self.taken_today: dict[int, Share] = defaultdict(Share)
        self.taken_7_days: dict[int, Share] = defaultdict(Share)
        self.entered: dict[Place, str] = {}
        fields: tuple[NumberField, ...] = get_args(NumberField)
        self.limits = {field: state.guardrails.limits(field) for field in fields}
        self._actions = {action.action_id: action for action in state.actions}
        for action, _ in self.history.since(1):
            self.actions_today[action.proposal.account_key] += 1
        for table, days in ((self.taken_today, 1), (self.taken_7_days, 7)):
            for action, _ in self.history.since(days):
                key = action.proposal.account_key
                table[key] = table[key].plus(recorded(action.proposal))

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

    def enter(self, asked: Asked) -> Proposal:
        """Count a change as done. Return its proposal with what the gate adds to its numbers."""
        proposal, key = asked.proposal, asked.proposal.account_key
        put = self.journal.put
        put(self.entered, asked.history_place, proposal.name)
        if asked.advice:
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
            returns = proposal.restore_on is not None
            self.running.apply(asked.key, proposal.subject.field, proposal.after, returns=returns)
        numbers = numbers_with(proposal, share)
        return proposal if numbers == proposal.numbers else replace(proposal, numbers=numbers)


def _least(limits: ValueLimits | None, setting: Setting | None) -> Decimal | None:
    """Return the least that a number can be set to; None if nobody says."""
    own = limits.minimum if limits else None
    platform = setting.minimum if setting else None
    return platform if own is None else own if platform is None else max(own, platform)
