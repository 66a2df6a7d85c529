"""Propose what keeps mail services' lists like the brand's segments; only counts are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from config.playbooks import PushAudiencePlaybook
from connectors.actions import WAITING, Action, Proposal
from connectors.audience import AudienceChannel, digest_of
from connectors.base import ConnectorError
from connectors.changes import Setting
from connectors.warehouse import ChangedMeanwhileError, Warehouse
from tasks.declined import not_declined
from tasks.gate.passing import decide
from tasks.gate.state import GateState
from tasks.mailing.audiences import (
    KeptList,
    Proposing,
    Roster,
    before_it,
    earlier_pushes,
    not_known_yet,
    outdated,
    proposal_for,
    roster,
    wanted,
)
from tasks.playbooks.situation import Place
from tasks.run import Run
from tasks.steps.arrival import lags_of_brand
from tasks.steps.gating import gate_state, ledger
from tasks.steps.history import read_edits
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.platforms import Platforms
from tasks.steps.propose import announce, at_any_time, decided_on
from tasks.steps.pushing import contacts_of, members_then


@task(task_run_name="propose-audiences", timeout_seconds=3600, cache_policy=NO_CACHE)
def propose_audiences(run: Run) -> dict[str, str]:
    """Record, for each list that is not like its segment, the change that would make it so; return
    what each account's service said that could not be asked.

    A list that is as it should be proposes nothing. What was proposed before and would be another
    change by now ends, and is proposed anew.
    """
    library = brand_library(run.brand)
    book = push_playbook(library, run.brand, run.process)
    if book is None:
        return {}
    with open_warehouse() as warehouse:
        latest = warehouse.latest_as_of(run.brand, run.process)
        if latest and run.as_of < latest:
            run_log().info("No list is compared as of a day before %s, judged already", latest)
            return {}
        platforms = Platforms(warehouse, library, run.brand)
        return Audiences(warehouse, Comparing(warehouse, library, run, book, platforms)).propose()


@dataclass(frozen=True, slots=True)
class Compared:
    """How the lists are that could be read."""

    settings: Mapping[Place, Setting]
    wanted: Mapping[Place, Proposal | None]  # what each list needs, None: it is as it should be
    actions: Sequence[Action]  # the ledger, with which they were compared


@dataclass
class Comparing:
    """The lists of one run beside their segments; nothing is written. An account that fails stops
    no other, a list no other list: `failed` says what was said, by account."""

    warehouse: Warehouse
    library: Library
    run: Run
    book: PushAudiencePlaybook
    platforms: Platforms
    failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kept = [*self._kept()]
        self._actions: list[Action] = []

    @property
    def account_keys(self) -> list[int]:
        """The accounts that have such lists."""
        return [*dict.fromkeys(one.account_key for one in self.kept)]

    def compared(self) -> Compared:
        """Compare every list with its segment."""
        run = self.run
        settings = self.platforms.settings((one.account_key, one.subject) for one in self.kept)
        self._actions = ledger(self.warehouse, run.brand, run.started_at)
        found: dict[Place, Proposal | None] = {}
        for key in self.account_keys:
            mine = [one for one in self.kept if one.account_key == key]
            found |= self._of_account(mine, settings)
        return Compared(settings, found, self._actions)

    def _kept(self) -> Iterator[KeptList]:
        """Yield the lists of the run's accounts that are kept like a segment."""
        accounts = self.warehouse.accounts(self.run.brand)
        rows = {row["entry"]: row for row in accounts.to_dict("records")}
        for segment in self.library.segments.get(self.run.brand, {}).values():
            for entry, item in segment.push.items():
                if entry not in self.run.accounts:
                    continue
                if (row := rows.get(entry)) is None:
                    self._fail(entry, "nothing was pulled from it yet: its lists come after that")
                    continue
                yield KeptList(
                    entry=entry,
                    platform=str(row["platform"]),
                    account_key=int(row["account_key"]),
                    account_id=str(row["account_id"]),
                    list_id=item,
                    segment=segment.name,
                    title=segment.title,
                    owner=segment.owner,
                )

    def _of_account(
        self, kept: list[KeptList], settings: Mapping[Place, Setting]
    ) -> dict[Place, Proposal | None]:
        """Return what each list of an account needs, None if nothing; those that could be read."""
        channel = self.platforms.writable(kept[0].account_key)
        if not isinstance(channel, AudienceChannel):
            if kept[0].entry not in self.platforms.failed:
                self._fail(kept[0].entry, "its connector cannot put people into lists")
            return {}
        known = roster(contacts_of(self.warehouse, self.run.brand), channel.member_key)
        found: dict[Place, Proposal | None] = {}
        for one in kept:
            place = (one.account_key, one.subject)
            if (setting := settings.get(place)) is None:
                continue
            if setting.fixed:
                self._fail(one.entry, f"list {one.list_id}: {setting.fixed}")
                continue
            try:
                present = channel.members(one.list_id)
            except ConnectorError as error:
                self._fail(one.entry, f"list {one.list_id}: {error}")
                continue
            found[place] = self._proposal(one, present, known)
        return found

    def _proposal(self, kept: KeptList, present: frozenset[str], known: Roster) -> Proposal | None:
        run = self.run
        members = self.warehouse.segment_members(run.brand, kept.segment).tolist()
        mode = self.library.mode(run.brand, run.process, self.book.name)
        return proposal_for(
            kept,
            present,
            wanted(present, members, known),
            Proposing(run.brand, run.process, self.book, mode, run.as_of, run.started_at),
            can_go_back=self._can_go_back(kept, present, known),
        )

    def _can_go_back(self, kept: KeptList, present: frozenset[str], known: Roster) -> bool:
        """Tell whether who is in a list now can be told afterwards too."""
        mine = (one for one in self._actions if one.proposal.account_key == kept.account_key)
        before = digest_of(present)
        pushes = earlier_pushes(kept.subject, before, mine)
        then = members_then(self.warehouse, self.run.brand, pushes, known)
        return before_it(before, present, then, known) is not None

    def _fail(self, entry: str, error: str) -> None:
        before = self.failed.get(entry)
        self.failed[entry] = f"{before}; {error}" if before else error


@dataclass(frozen=True)
class Audiences:
    """The lists of one run, and what becomes of their changes."""

    warehouse: Warehouse
    comparing: Comparing

    def propose(self) -> dict[str, str]:
        """Compare every list with its segment, and record what would change."""
        comparing, run = self.comparing, self.comparing.run
        if comparing.kept:
            read_edits(self.warehouse, comparing.platforms, comparing.account_keys, run.started_at)
            compared = comparing.compared()
            found = [one for one in compared.wanted.values() if one is not None]
            self._end_outdated(found, compared.wanted)
            self._record(found, compared.settings)
        return {**comparing.platforms.failed, **comparing.failed}

    def _end_outdated(self, found: list[Proposal], seen: Mapping[Place, Proposal | None]) -> None:
        """End what was proposed or approved before and is another change by now."""
        run = self.comparing.run
        waiting = self.warehouse.actions(brand=run.brand, states=WAITING)
        for action, why in outdated(found, seen, waiting):
            try:
                self.warehouse.move(
                    action.action_id,
                    "expired",
                    version=action.version,
                    actor=f"run {run.run_id}",
                    now=run.started_at,
                    reason="moved",
                    explanation=why,
                )
            except ChangedMeanwhileError as error:
                run_log().info("action %d was looked after elsewhere: %s", action.action_id, error)

    def _record(self, found: list[Proposal], settings: Mapping[Place, Setting]) -> None:
        library, run = self.comparing.library, self.comparing.run
        now, book = run.started_at, self.comparing.book
        state = state_of_lists(self.warehouse, library, run, book, settings)
        proposals, _ = not_declined(found, state.actions, now)
        proposals = not_known_yet(proposals, state.actions, now)
        decisions = decide(proposals, at_any_time(state))
        decided = decided_on(library, run, decisions)
        actor = f"run {run.run_id}"
        actions = self.warehouse.record(decided, run_id=run.run_id, actor=actor, now=now)
        announce(self.warehouse, library, run, now)
        states = [one.state for one in actions]
        run_log().info(
            "lists: %d are to change: %d wait for a decision, %d approved, %d refused",
            len(states),
            states.count("proposed"),
            states.count("approved"),
            states.count("refused"),
        )


def push_playbook(library: Library, brand: str, process: str) -> PushAudiencePlaybook | None:
    """Return the playbook that keeps lists; None if the process has none."""
    books = library.playbooks_for(brand, process)
    return next((it for it in books if isinstance(it, PushAudiencePlaybook)), None)


def state_of_lists(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    book: PushAudiencePlaybook,
    settings: Mapping[Place, Setting],
) -> GateState:
    """Return what the gate knows when it is asked about changes of lists."""
    lags = lags_of_brand(warehouse, library, run.brand, run.as_of)
    return gate_state(warehouse, library, run.brand, settings, lags, run.started_at)
