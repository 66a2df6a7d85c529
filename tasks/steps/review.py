"""Look after earlier changes: what was interrupted, what drifted, what comes back, what is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from connectors.actions import Action
from connectors.changes import Edit, Setting
from connectors.warehouse import ChangedMeanwhileError, Decided, Warehouse
from tasks.applying import Next, after_interruption
from tasks.gate.hold_off import foreign_edits
from tasks.playbooks.situation import Place
from tasks.reviewing import review
from tasks.run import Run
from tasks.steps.apply import place
from tasks.steps.history import read_edits
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.platforms import Platforms
from tasks.undoing import undo, why_not

LOOKED_AFTER = timedelta(days=60)
"""How long a change is looked after once it was applied."""


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
        standing = self._standing()
        if not begun and not standing:
            return
        settings = self.platforms.settings(place(action) for action in [*begun, *standing])
        self._settle(begun, settings)
        self._verify(standing, settings)
        self._restore(settings)

    def _mine(self, actions: Iterable[Action]) -> list[Action]:
        """Return the process's actions on accounts that the brand file still has."""
        entries = {e.name for e in self.library.entries(self.run.brand, self.run.process)}
        return [
            action
            for action in actions
            if action.proposal.process == self.run.process
            and self.platforms.entry(action.proposal.account_key) in entries
        ]

    def _standing(self) -> list[Action]:
        """Return the newest change of each place that was applied lately and not taken back."""
        accounts = self.warehouse.accounts(self.run.brand)["account_key"].tolist()
        done = self._mine(self.warehouse.done_since(accounts, self.now - LOOKED_AFTER))
        newest = {place(action): action for action in done}  # oldest first: the last one stays
        return [
            action
            for action in newest.values()
            if action.state not in ("undoing", "undone")
            and action.proposal.subject.field != "advice"
        ]

    def _verify(self, standing: Sequence[Action], settings: Mapping[Place, Setting]) -> None:
        edits = self._edits_of_others(standing)
        for action in standing:
            if self._was_read(action):
                key = place(action)
                self._move(action, review(action, settings.get(key), edits.get(key, [])))

    def _edits_of_others(self, standing: Sequence[Action]) -> dict[Place, list[Edit]]:
        keys = sorted({action.proposal.account_key for action in standing})
        read_edits(self.warehouse, self.platforms, keys, self.now)
        stored = self.warehouse.edits(keys, self.now - LOOKED_AFTER)
        ledger = self.warehouse.actions(brand=self.run.brand, since=self.now - LOOKED_AFTER)
        found: dict[Place, list[Edit]] = {}
        for key in keys:
            mine = [action for action in ledger if action.proposal.account_key == key]
            for edit in foreign_edits((edit for k, edit in stored if k == key), mine):
                found.setdefault((key, edit.subject), []).append(edit)
        return found

    def _restore(self, settings: Mapping[Place, Setting]) -> None:
        """Approve what brings back the value before, where ours still stands.

        It was approved together with the change that it ends.
        """
        due = self._mine(self.warehouse.due_restorations(self.run.brand, self.run.as_of))
        decided = []
        for action in due:
            setting = settings.get(place(action))
            if setting is None or setting.value != action.proposal.after or why_not(action):
                continue
            back = undo(
                action,
                self.run.as_of,
                self.now,
                why=f"It was to last until {action.proposal.restore_on}.",
            )
            why = f"approved with action {action.action_id}"
            decided.append(Decided(back, "approved", "", why))
        actor = f"run {self.run.run_id}"
        made = self.warehouse.record(decided, run_id=self.run.run_id, actor=actor, now=self.now)
        self.moved.update((action.action_id, action) for action in made)

    def _was_read(self, action: Action) -> bool:
        entry = self.platforms.entry(action.proposal.account_key)
        reads = self.platforms.writable(action.proposal.account_key) is not None
        return reads and entry not in self.platforms.failed

    def _move(self, action: Action, follows: Next | None) -> None:
        """Record a state. Another run that was faster has recorded the same."""
        if follows is None:
            return
        try:
            self.moved[action.action_id] = self.warehouse.move(
                action.action_id,
                follows.state,
                version=action.version,
                actor=f"run {self.run.run_id}",
                now=self.now,
                reason=follows.reason,
                explanation=follows.explanation,
            )
        except ChangedMeanwhileError as error:
            run_log().info("action %d was looked after elsewhere: %s", action.action_id, error)
