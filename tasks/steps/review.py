"""Look after earlier changes: what was interrupted, what drifted, what comes back, what is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from connectors.actions import Action
from connectors.changes import Edit, Setting, Subject
from connectors.warehouse import ChangedMeanwhileError, Decided, Warehouse
from tasks.applying import PATIENCE, Next, after_interruption
from tasks.gate.history import moment
from tasks.gate.hold_off import foreign_edits
from tasks.playbooks.situation import Place
from tasks.reviewing import bring_back, items_by_entity, review, shared_budgets
from tasks.run import Run
from tasks.steps.apply import place
from tasks.steps.history import read_edits
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.platforms import Platforms
from tasks.undoing import undo, why_not

LOOKED_AFTER = timedelta(days=90)
"""How long a change is looked after once it was applied: as long as playbooks ask what was ours.
One that is to end by itself is looked after on that day too, whenever it is."""

WAITED = timedelta(days=31)
"""So long before it is carried out a change may have been recorded."""


@task(task_run_name="review", timeout_seconds=3600, cache_policy=NO_CACHE)
def review_changes(run: Run) -> list[Action]:
    """Bring the ledger up to what the platforms show; return the actions that changed state.

    Of an account that fails nothing is changed: unknown is not drifted.
    """
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        looking = Review(warehouse, library, run, run.started_at)
        looking.look()
    for entry, error in looking.platforms.failed.items():
        run_log().warning("%s: earlier changes could not be looked at: %s", entry, error)
    return [*looking.moved.values()]


@dataclass
class Review:
    """One round over a brand's process. `now` is its moment for the ledger."""

    warehouse: Warehouse
    library: Library
    run: Run
    now: datetime
    moved: dict[int, Action] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.platforms = Platforms(self.warehouse, self.library, self.run.brand)

    def settle(self, begun: Sequence[Action]) -> None:
        """Find out what became of changes that somebody began and never reported."""
        self._settle(begun, self.platforms.settings(map(place, begun)))

    def _settle(self, begun: Sequence[Action], settings: Mapping[Place, Setting]) -> None:
        for action in begun:
            if self._was_read(action):
                self._move(
                    action, after_interruption(action, settings.get(place(action)), self.now)
                )

    def look(self) -> None:
        """Do everything that is due with earlier changes of this process."""
        for over in self.warehouse.expire(self.run.brand, self.now):
            self.moved[over.action_id] = over
        begun = self._mine(self.warehouse.actions(brand=self.run.brand, states=("applying",)))
        due = self._due()
        standing = self._standing(due)
        if not (begun or standing or due):
            return
        settings = self.platforms.settings(place(action) for action in [*begun, *standing, *due])
        self._settle(begun, settings)
        edits = self._edits_of_others([*standing, *due], settings)
        self._verify(standing, settings, edits)
        self._restore(settings, edits)

    def _mine(self, actions: Iterable[Action]) -> list[Action]:
        """Return the process's actions on accounts that the brand file still has."""
        entries = {e.name for e in self.library.entries(self.run.brand, self.run.process)}
        return [
            action
            for action in actions
            if action.proposal.process == self.run.process
            and self.platforms.entry(action.proposal.account_key) in entries
        ]

    def _standing(self, due: Sequence[Action]) -> list[Action]:
        """Return the newest change of each place that was applied lately or is due to end, and not
        taken back; in the order in which they were applied."""
        accounts = self.warehouse.accounts(self.run.brand)["account_key"].tolist()
        done = self._mine(self.warehouse.done_since(accounts, self.now - LOOKED_AFTER))
        newest = {place(action): action for action in [*due, *done]}  # the last one stays
        standing = [
            action
            for action in newest.values()
            if action.state not in ("undoing", "undone")
            and action.proposal.subject.field != "advice"
        ]
        return sorted(standing, key=moment)

    def _due(self) -> list[Action]:
        """Return what is to end by itself on this day or was to earlier, oldest first."""
        due = self._mine(self.warehouse.due_restorations(self.run.brand, self.run.as_of))
        return [action for action in due if not why_not(action)]

    def _verify(
        self,
        standing: Sequence[Action],
        settings: Mapping[Place, Setting],
        edits: Mapping[Place, Sequence[Edit]],
    ) -> None:
        """Say of each thing's newest change whether it holds.

        A keyword or ad that we made and whose status we changed later has two, and so may have a
        budget that campaigns share: the later counts.
        """
        one = items_by_entity(settings) | shared_budgets(settings)
        newest = {one.get(place(action), place(action)): action for action in standing}
        for action in newest.values():
            if self._was_read(action):
                key = place(action)
                self._move(action, review(action, settings.get(key), edits.get(key, ())))

    def _edits_of_others(
        self, about: Sequence[Action], settings: Mapping[Place, Setting]
    ) -> dict[Place, list[Edit]]:
        """Return the known edits of others since the first of these actions, oldest first; those
        of the status of a keyword or an ad that we made also under the item that it is."""
        keys = sorted({action.proposal.account_key for action in about})
        read_edits(self.warehouse, self.platforms, keys, self.now)
        since = min((moment(action) for action in about), default=self.now)
        stored = self.warehouse.edits(keys, since)
        ledger = self.warehouse.actions(brand=self.run.brand, since=since - WAITED)
        one = items_by_entity(settings) | shared_budgets(settings)
        found: dict[Place, list[Edit]] = {}
        for key in keys:
            own = {entity: item for (of, entity), (_, item) in one.items() if of == key}
            mine = [action for action in ledger if action.proposal.account_key == key]
            theirs = (edit for k, edit in stored if k == key)
            for edit in foreign_edits(theirs, mine, canonical=partial(_named, own)):
                for subject in {edit.subject, _named(own, edit.subject)}:
                    found.setdefault((key, subject), []).append(edit)
        return found

    def _restore(
        self, settings: Mapping[Place, Setting], edits: Mapping[Place, Sequence[Edit]]
    ) -> None:
        """Approve what brings back the value before, where ours still stands; give up what never
        can be brought back."""
        decided = []
        for action in self._due():
            key, as_of = place(action), self.run.as_of
            found = settings.get(key), edits.get(key, ())
            follows = bring_back(action, *found, as_of, read=self._was_read(action))
            if follows is not None:
                decided.append(self._decided(action, follows))
        actor = f"run {self.run.run_id}"
        made = self.warehouse.record(decided, run_id=self.run.run_id, actor=actor, now=self.now)
        self.moved.update((action.action_id, action) for action in made)

    def _decided(self, action: Action, follows: Next) -> Decided:
        until = f"It was to last until {action.proposal.restore_on}."
        back = undo(action, self.run.as_of, self.now, why=until)
        if follows.state == "refused":
            return Decided(back, "refused", follows.reason, follows.explanation)
        return Decided(back, "approved", "", f"approved with action {action.action_id}")

    def _was_read(self, action: Action) -> bool:
        entry = self.platforms.entry(action.proposal.account_key)
        reads = self.platforms.writable(action.proposal.account_key) is not None
        return reads and entry not in self.platforms.failed

    def _move(self, action: Action, follows: Next | None) -> None:
        """Record a state. Another run that was faster has recorded the same.

        What was claimed since this run began is not done before that, or the platform's entry of
        it would look like somebody else's; nor was it sent later than its worker may send.
        """
        if follows is None:
            return
        now = max(self.now, action.updated_at)
        settled = action.state == "applying" and follows.state == "applied"
        try:
            self.moved[action.action_id] = self.warehouse.move(
                action.action_id,
                follows.state,
                version=action.version,
                actor=f"run {self.run.run_id}",
                now=now,
                reason=follows.reason,
                explanation=follows.explanation,
                applied_at=min(now, action.updated_at + PATIENCE) if settled else None,
            )
        except ChangedMeanwhileError as error:
            run_log().info("action %d was looked after elsewhere: %s", action.action_id, error)


def _named(items: Mapping[Subject, Subject], subject: Subject) -> Subject:
    return items.get(subject, subject)
