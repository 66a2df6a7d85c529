"""Carry out what was approved: claim, read, compare, pass the gate, write once, read back.

The one place of the whole program that writes to a platform. Every change is claimed in the ledger
first, so that of several workers one carries it out, and whatever another worker has claimed counts
for the limits already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from time import monotonic, sleep

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from connectors.actions import Action, Proposal
from connectors.audience import AudienceChannel
from connectors.base import ConnectorError, TransientError
from connectors.changes import SAID_FIELDS, Change, Setting, WritableChannel, Written
from connectors.warehouse import ChangedMeanwhileError, Warehouse
from tasks.applying import PATIENCE, Next, after_writing, before_writing, rest_of_decision
from tasks.change_wording import what
from tasks.envelope import outside
from tasks.gate.passing import Decision, decide
from tasks.gate.permits import permit
from tasks.gate.state import GateState
from tasks.joint import MEANT, joints
from tasks.playbooks.situation import Place
from tasks.report.escape import plain
from tasks.run import Run
from tasks.steps.arrival import lags_of_brand
from tasks.steps.gating import gate_state, ledger
from tasks.steps.history import read_edits
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.platforms import Platforms
from tasks.steps.pushing import OtherPeopleError, Pushing

WAITS = frozenset(
    {
        "stopped",
        "hours",
        "weekday",
        "cool_down",
        "changes_per_day",
        "actions_per_run",
        "actions_per_day",
        "brand_actions_per_day",
        "delivery_share",
        "errors",
        "early",
        "quiet_hours",
        "holiday",
        "spacing",
    }
)
"""Limits that time lifts: an approved change waits for that, until its approval expires."""

LATER = (2.0, 5.0, 10.0)
"""Seconds to wait for a post that a network took and does not show yet, or for people in a list."""


@task(task_run_name="apply", timeout_seconds=3600, cache_policy=NO_CACHE)
def apply_approved(run: Run, now: datetime) -> list[Action]:
    """Carry out every change of the brand that is approved; return them as they are now.

    `now` is the present: a run may have begun hours ago, and a claim that looks as old would be
    taken for that of a dead worker.
    """
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        applied = Round(warehouse, library, run.brand, run.run_id, now).carry_out()
    for action in applied:
        run_log().info("%d %s: %s", action.action_id, action.state, plain(what(action.proposal), 0))
    return applied


@dataclass
class Round:
    """One round of carrying out. `now` is the moment at which it begins, for the limits.

    What it has claimed it sends within `PATIENCE`, or gives it back: after `SILENCE` others take
    it for abandoned.
    """

    warehouse: Warehouse
    library: Library
    brand: str
    run_id: str
    now: datetime
    moved: dict[int, Action] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._began = monotonic()
        self._claimed_at: float | None = None
        self.platforms = Platforms(
            self.warehouse, self.library, self.brand, before_call=self._be_in_time
        )

    def carry_out(self, only: Sequence[int] | None = None) -> list[Action]:
        """Carry out the brand's approved actions, or `only` these, and return them as they are."""
        approved = self.warehouse.actions(brand=self.brand, states=("approved",))
        wanted = self._whole([one for one in approved if only is None or one.action_id in only])
        if not wanted:
            return [*self.moved.values()]
        state = self._state(wanted)
        claimed = self._claimed(_due(zip(wanted, decide(wanted, state), strict=True)))
        settings = self.platforms.settings(map(place, claimed))  # again: nobody else writes now
        actions = ledger(self.warehouse, self.brand, self.now)
        state = replace(state, settings=settings, actions=actions, now=self._moment())
        ready = self._ready(claimed, state)
        passed = self._passed(list(zip(ready, decide(ready, state), strict=True)))
        for call in _calls(passed):
            self._send(call)
        return [*self.moved.values()]

    def _whole(self, approved: Sequence[Action]) -> list[Action]:
        """Return what can be carried out whole. A decision waits for those of its parts that wait
        for a person or whose fate is open; with a part that will never be, the rest is refused."""
        grouped = {one.proposal.group for one in approved} - {""}
        if not grouped:
            return [*approved]
        at_hand = ledger(self.warehouse, self.brand, self.now)
        whole = [one for one in approved if not one.proposal.group]
        for joint in joints(one for one in at_hand if one.proposal.group in grouped):
            missing = [one for one in joint.parts if one.state not in MEANT]
            ready = [one for one in joint.parts if one.state == "approved"]
            if missing:
                for one in ready:
                    self._move(one, rest_of_decision(missing[0]))
            elif not any(one.state in ("proposed", "applying") for one in joint.parts):
                whole += ready
        return whole

    def _state(self, wanted: Sequence[Action]) -> GateState:
        """Read the settings, the newest change history and everything else the gate asks for."""
        settings = self.platforms.settings(map(place, wanted))
        keys = {one.proposal.account_key for one in wanted}
        read_edits(self.warehouse, self.platforms, keys, self._moment())
        lags = lags_of_brand(self.warehouse, self.library, self.brand, self.now.date())
        return gate_state(self.warehouse, self.library, self.brand, settings, lags, self.now)

    def _claimed(self, actions: Iterable[Action]) -> list[Action]:
        """Claim the actions, the most important first; those that another worker has are left,
        with all that is one decision with them."""
        ordered = sorted(actions, key=lambda one: (-one.proposal.priority, one.action_id))
        self._claimed_at = monotonic()
        now = self._moment()
        claims = [
            (one, self.warehouse.claim_action(one.action_id, run_id=self.run_id, now=now))
            for one in ordered
        ]
        elsewhere = {one.proposal.group: one for one, claim in claims if claim is None}
        return self._unheld([claim for _, claim in claims if claim is not None], elsewhere)

    def _ready(self, claimed: Sequence[Action], state: GateState) -> list[Action]:
        """Return what can go on; a part that cannot holds up all of its decision."""
        ready = [one for one in claimed if self._is_ready(one, state.settings.get(place(one)))]
        return self._unheld(ready, self._held_up(claimed))

    def _passed(self, decided: Sequence[tuple[Action, Decision]]) -> list[tuple[Action, Decision]]:
        """Return what the gate passes. The others of a decision share the fate of the part that
        it refuses: they wait with it, or are refused too."""
        own = [pair for pair in decided if pair[1].reason != "group" and self._has_passed(*pair)]
        held_up = self._held_up(one for one, _ in decided)
        shared = [one for one, said in decided if said.reason == "group"]
        kept = {one.action_id for one in self._unheld([one for one, _ in own], held_up)}
        for one in self._unheld(shared, held_up):
            said = next(said for other, said in decided if other is one)
            self._move(one, Next("refused", "group", said.explanation))
        return [(one, said) for one, said in own if one.action_id in kept]

    def _held_up(self, actions: Iterable[Action]) -> dict[str, Action]:
        """Return by decision a part of it that was moved on without being carried out."""
        moved = (self.moved.get(one.action_id) for one in actions)
        return {
            one.proposal.group: one
            for one in moved
            if one is not None and one.proposal.group and one.state != "applied"
        }

    def _unheld(self, actions: Sequence[Action], held_up: Mapping[str, Action]) -> list[Action]:
        """Return what is not one decision with something held up; move the others on with it."""
        kept = []
        for one in actions:
            if one.proposal.group and (by := held_up.get(one.proposal.group)):
                self._move(one, rest_of_decision(by), sent=False)
            else:
                kept.append(one)
        return kept

    def _is_ready(self, action: Action, setting: Setting | None) -> bool:
        """Tell whether the platform still has the value that was approved; else move it on."""
        key = action.proposal.account_key
        error = self.platforms.failed.get(self.platforms.entry(key))
        if action.proposal.subject.field == "advice":
            self._move(action, Next("applied", "by_hand", "a person carries it out"))
        elif error is not None:
            self._move(action, Next("approved", "errors", error), sent=False)
        elif self.platforms.writable(key) is None:
            why = "the account's connector only reads"
            self._move(action, Next("refused", "not_writable", why))
        elif follows := before_writing(action, setting):
            self._move(action, follows, sent=False)
        else:
            return True
        return False

    def _moment(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self._began)

    def _be_in_time(self) -> None:
        """Raise `TransientError` if a claim of this round has become too old to act on.

        It is asked right before every call, after all waiting for a platform that is busy.
        """
        if self._claimed_at is None:
            return
        waited = timedelta(seconds=monotonic() - self._claimed_at)
        if waited > PATIENCE:
            minutes = waited / timedelta(minutes=1)
            raise TransientError(
                f"nothing is sent {minutes:.0f} minutes after it was claimed; it is tried again "
                "in the next run"
            )

    def _has_passed(self, action: Action, decision: Decision) -> bool:
        if decision.two_people and len({*action.approvals}) < 2:
            why = "by now an amount like this needs two people's approval: propose it again"
            self._move(action, Next("refused", "mode", why))
            return False
        if decision.reason is None and (why := self._not_alone(action, decision)):
            self._move(action, Next("refused", "mode", f"{why}: it is proposed again"))
            return False
        if decision.reason is None:
            return True
        waits = decision.reason in WAITS
        follows = Next("approved" if waits else "refused", decision.reason, decision.explanation)
        self._move(action, follows, sent=not waits)
        return False

    def _not_alone(self, action: Action, decision: Decision) -> str:
        """Return why what nobody approved has to be by now, '' if it has not: the brand may have
        changed its mind while it waited. What is taken back, and posts, were approved before."""
        proposal = action.proposal
        said = proposal.subject.field in SAID_FIELDS
        if action.approvals or proposal.takes_back is not None or said:
            return ""
        mode = self.library.modes(self.brand).get(proposal.playbook, proposal.mode)
        if mode != "act":
            return f"by now the mode of {proposal.playbook} is {mode}"
        envelope = self.library.envelope(self.brand, proposal.playbook)
        currency = self.library.brand(self.brand).currency
        return outside(proposal, envelope, currency, decision.begins)

    def _send(self, call: "Call") -> None:
        """Send one call's changes: together where the platform can, else one after the other.

        Parts of one decision that go one after the other: once one is not carried out, the rest
        is not sent.
        """
        held_up = self._held_up(self.moved.values()) if call.together else {}
        if held := held_up.get(call.changes[0][0].proposal.group):  # in another account
            for action, _ in call.changes:
                self._move(action, rest_of_decision(held), sent=False)
            return
        channel = self.platforms.writable(call.account_key)
        if channel is None:  # it was writable when its settings were read
            raise LookupError(f"account {call.account_key} can no longer be written to")
        valid = self._valid(channel, call)
        if channel.writes_together([change_of(action) for action, _ in valid]):
            self._write(channel, valid, together=call.together)
            return
        first: Action | None = None
        for action, decision in valid:
            if call.together and first is not None:
                self._move(action, rest_of_decision(first), sent=False)
                continue
            self._write(channel, [(action, decision)], together=False)
            now = self.moved[action.action_id]
            first = now if now.state != "applied" else None

    def _write(
        self,
        channel: WritableChannel,
        portion: Sequence[tuple[Action, Decision]],
        *,
        together: bool,
    ) -> None:
        """Write changes once, read them back, and let what is there decide."""
        if not portion:
            return
        now = self._moment()
        if waits := self._waits(portion[0][0].proposal):
            for action, _ in portion:
                self._move(action, waits, sent=False)
            return
        if isinstance(channel, AudienceChannel) and _is_audience(portion[0][0]):
            for action, decision in portion:  # one: services take their changes one by one
                self._push(channel, action, decision)
            return
        permits = [permit(action, decision, now) for action, decision in portion]
        try:
            answers = channel.write(permits, together=together)
        except ConnectorError as error:
            answers = [Written("unknown", str(error))] * len(permits)
        found = self._read_back(portion, answers)
        read = self.platforms.entry(portion[0][0].proposal.account_key) not in self.platforms.failed
        for (action, decision), written in zip(portion, answers, strict=True):
            self._settle(action, decision, written, found.get(place(action)), read)

    def _push(self, channel: AudienceChannel, action: Action, decision: Decision) -> None:
        """Write who is in a list, with its people as they are at this moment."""
        key = action.proposal.account_key
        entry = self.platforms.entry(key)
        pushing = Pushing(self.warehouse, self.library, self.brand, entry, channel)
        try:
            moving = pushing.people(action)
        except OtherPeopleError as error:
            self._move(action, Next("expired", "moved", str(error)), sent=False)
            return
        except ConnectorError as error:
            self._move(action, Next("approved", "errors", str(error)), sent=False)
            return
        now = self._moment()
        if waits := self._waits(action.proposal):  # reading the people may have taken long
            self._move(action, waits, sent=False)
            return
        written = pushing.push(permit(action, decision, now), moving)
        found = self._read_back([(action, decision)], [written]).get(place(action))
        written = pushing.told(action, moving, written, found)
        self._settle(action, decision, written, found, entry not in self.platforms.failed)

    def _read_back(
        self, portion: Sequence[tuple[Action, Decision]], answers: Sequence[Written]
    ) -> dict[Place, Setting]:
        """Read what was written. A network may show what it took only after a while."""
        places = [place(action) for action, _ in portion]
        found = self.platforms.settings(places)
        said = {
            place(action): action.proposal.after
            for (action, _), written in zip(portion, answers, strict=True)
            if written.state == "accepted" and _shows_late(action, written)
        }
        for seconds in LATER:
            if all(found[one].value == said[one] for one in said.keys() & found.keys()):
                break
            sleep(seconds)
            found |= self.platforms.settings(said)
        return found

    def _waits(self, proposal: Proposal) -> Next | None:
        """Say why nothing may be sent at this very moment to the account of a claimed change."""
        for stop in self.warehouse.stops():
            if stop.holds(proposal.brand, proposal.process):
                return Next("approved", "stopped", f"stopped by {stop.who}: {stop.why}")
        error = self.platforms.failed.get(self.platforms.entry(proposal.account_key))
        if error is not None:
            return Next("approved", "errors", error)
        try:
            self._be_in_time()
        except TransientError as late:
            return Next("approved", "errors", str(late))
        return None

    def _valid(self, channel: WritableChannel, call: "Call") -> list[tuple[Action, Decision]]:
        """Return what the platform's own validation would take; of a decision all or nothing."""
        changes = [change_of(action) for action, _ in call.changes]
        try:
            errors = channel.check(changes)
        except ConnectorError as error:
            for action, _ in call.changes:
                self._move(action, Next("approved", "errors", str(error)), sent=False)
            return []
        whole = next(filter(None, errors), "") if call.together else ""
        valid = []
        for (action, decision), wrong in zip(call.changes, errors, strict=True):
            if wrong or whole:
                reason = "invalid" if wrong else "group"
                self._move(action, Next("refused", reason, wrong or whole))
            else:
                valid.append((action, decision))
        return valid

    def _settle(
        self,
        action: Action,
        decision: Decision,
        written: Written,
        setting: Setting | None,
        read: bool,
    ) -> None:
        """Record what became of a change, with the share of delivery that the gate saw it take; it
        stays `applying` while nobody can tell."""
        follows = after_writing(action, written, setting) if read else None
        if follows is not None:
            details = {"request_id": written.request_id, "answer": written.state}
            numbers = decision.proposal.numbers
            sent = follows.state != "approved"
            self._move(action, follows, sent=sent, details=details, numbers=numbers)
        else:
            self.moved[action.action_id] = action

    def _move(
        self,
        action: Action,
        follows: Next,
        *,
        sent: bool = True,
        details: Mapping[str, object] | None = None,
        numbers: Mapping[str, float] | None = None,
    ) -> None:
        """Record a state, unless somebody who took this worker for dead was faster."""
        try:
            moved = self.warehouse.move(
                action.action_id,
                follows.state,
                version=action.version,
                actor=f"run {self.run_id}",
                now=self._moment(),
                reason=follows.reason,
                explanation=follows.explanation,
                details=details,
                attempts=None if sent else action.attempts - 1,
                numbers=numbers,
            )
        except ChangedMeanwhileError as error:
            run_log().info("action %d was looked after elsewhere: %s", action.action_id, error)
            moved = error.action
        self.moved[action.action_id] = moved


@dataclass(frozen=True, slots=True)
class Call:
    """Changes of one account that go to its platform in one call, in their order."""

    account_key: int
    together: bool  # parts of one decision
    changes: tuple[tuple[Action, Decision], ...]


def _due(pairs: Iterable[tuple[Action, Decision]]) -> list[Action]:
    """Leave out what waits for time to pass, and all that is one decision with it."""
    pairs = list(pairs)
    waiting = {one.proposal.group for one, said in pairs if said.reason in WAITS} - {""}
    return [
        one for one, said in pairs if said.reason not in WAITS and one.proposal.group not in waiting
    ]


def _calls(pairs: Iterable[tuple[Action, Decision]]) -> list[Call]:
    """Return the calls to make: one per account and decision of several parts, one for the rest.

    Of a decision over several accounts, the account that gives comes before the one that gets.
    """

    def key(pair: tuple[Action, Decision]) -> tuple[int, str]:
        return pair[0].proposal.account_key, pair[0].proposal.group

    calls = [
        Call(account_key, bool(group), tuple(members))
        for (account_key, group), members in groupby(sorted(pairs, key=key), key=key)
    ]
    return sorted(calls, key=lambda call: call.together and _added(call))


def _added(call: Call) -> Decimal:
    """Return by how much a call raises amounts, all together."""
    proposals = [action.proposal for action, _ in call.changes]
    return sum(
        (p.after - p.before for p in proposals if not isinstance(p.after, str)
         and not isinstance(p.before, str)),
        Decimal(0),
    )  # fmt: skip


def place(action: Action) -> Place:
    """Return where an action changes something."""
    return action.proposal.account_key, action.proposal.subject


def _is_audience(action: Action) -> bool:
    return action.proposal.subject.field == "audience"


def _shows_late(action: Action, written: Written) -> bool:
    """Tell whether what was taken may show only after a while; not where some were not taken."""
    if _is_audience(action):
        return not written.error
    return action.proposal.subject.field in SAID_FIELDS


def change_of(action: Action) -> Change:
    """Return the change that an action makes."""
    proposal = action.proposal
    return Change(proposal.subject, proposal.before, proposal.after, proposal.content)
