"""A market, a ledger with approved changes, the rounds that carry them out, and what came of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connectors.actions import DONE, Action, ActionEvent, Proposal
from connectors.sandbox import Sandbox
from connectors.sandbox.edits import Edit
from connectors.sandbox.small import SMALL_START, small
from connectors.warehouse import Decided, Warehouse
from tasks.gate.delivery import CONVERSIONS, SPEND
from tasks.undoing import undo
from tests.faults.changes_wanted import ACCOUNTS, BACK, EARLIER, Wanted
from tests.faults.nursery import Nursery
from tests.faults.orders import Attempt, Ended
from tests.faults.scene import Scene

BRAND = "outdoor"
BRANDS = Path(__file__).with_name("brands")
TODAY = SMALL_START
MORNING = datetime.combine(TODAY, time(9), UTC)
PROCESSES = tuple(ACCOUNTS)
ROUND = ("review_changes", "apply_approved")
"""The steps of a run that have to do with changes."""
LATER = timedelta(minutes=20)
"""After so long a worker that said nothing is taken for dead."""
ROUNDS = 3
"""So many calm ones have to be enough to bring the ledger and the platforms to the same."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger has: actions by their number, and their histories."""

    actions: dict[int, Action]
    events: dict[int, list[ActionEvent]]


class ChangesScene(Scene):
    """A scene in which nothing but changes happens."""

    def __init__(self, nursery: Nursery, market: Sandbox, folder: Path, url: str) -> None:
        super().__init__(nursery, market, folder, url, BRANDS)
        self.approved: dict[int, Wanted] = {}
        """The changes by the number of their action."""
        self._before = len(market.writes)

    def approve(self, wanted: Sequence[Wanted]) -> None:
        """Put changes into the ledger, approved, the most important one first."""
        with Warehouse(self.url) as warehouse:
            accounts = warehouse.accounts(BRAND)
            keys = dict(zip(accounts["account_id"], accounts["account_key"], strict=True))
            decided = [
                Decided(proposal_of(one, int(keys[ACCOUNTS[one.process]]), place), "proposed")
                for place, one in enumerate(wanted)
                if one != BACK
            ]
            if BACK in wanted:
                (earlier,) = warehouse.actions(brand=BRAND, states=DONE)
                back = undo(earlier, TODAY, MORNING, why="It was tried.")
                decided.insert(wanted.index(BACK), Decided(back, "approved"))
            made = warehouse.record(decided, run_id="earlier", actor="somebody", now=MORNING)
            waiting = [one for one in made if one.state == "proposed"]
            warehouse.approve_all(waiting, who="somebody", why="", now=MORNING, needed=1)
            made = [warehouse.action(one.action_id) for one in made]
        assert [one.state for one in made] == ["approved"] * len(made), made
        self.approved |= {action.action_id: one for action, one in zip(made, wanted, strict=True)}

    def round(self, process: str = "google_ads", **fate: Any) -> Attempt:
        """Return one run of a process, without everything but changes."""
        return self.attempt(BRAND, process, as_of=TODAY, steps=ROUND, **fate)

    def calm_down(self, first: int = 1) -> list[Ended]:
        """Let undisturbed runs of all processes come, until nothing is under way any more.

        The first ones come `first` times `LATER` after the morning.
        """
        self.market.faults.clear()
        ended: list[Ended] = []
        for number in range(first, first + ROUNDS):
            for process in PROCESSES:
                ended += self.run_well(self.round(process, after=number * LATER))
            with Warehouse(self.url) as warehouse:
                if not warehouse.actions(brand=BRAND, states=("approved", "applying")):
                    break
        return ended

    def ledger(self) -> Ledger:
        """Read the ledger."""
        with Warehouse(self.url) as warehouse:
            actions = {one.action_id: one for one in warehouse.actions(brand=BRAND)}
            return Ledger(actions, {key: warehouse.events(key) for key in actions})

    def writes(self) -> list[Edit]:
        """Return what the market was asked to write since the scene began."""
        return self.market.writes[self._before :]


def proposal_of(wanted: Wanted, account_key: int, place: int) -> Proposal:
    """Return the proposal of a change; those that come first are the more important ones."""
    subject = wanted.subject
    return Proposal(
        brand=BRAND,
        process=wanted.process,
        playbook="tried",
        check="",
        as_of=TODAY,
        account_key=account_key,
        entity_key=None,
        subject=subject,
        name=wanted.name,
        campaign_id=None,
        before=wanted.before,
        after=wanted.after,
        unit="",
        currency="EUR",
        verdict="warning",
        sentence="It is to be tried.",
        numbers={SPEND: 1.0, CONVERSIONS: 1.0},  # as the gate adds them when it is proposed
        window_end=TODAY - timedelta(days=1),
        metrics=(),
        expected=None,
        risk="",
        undo="",
        priority=90 - place,
        owner="desk",
        mode="propose",
        expires_at=MORNING + timedelta(days=3),
        judge_after_days=7,
        group=wanted.group,
        content=wanted.content,
    )


@contextmanager
def small_market(earlier: Sequence[Edit] = ()) -> Iterator[Sandbox]:
    """Run the small market, in which these writes have been accepted already."""
    with Sandbox(small(), today=TODAY) as market:
        market.world.market.edits.record(earlier)
        yield market


@dataclass(frozen=True, slots=True)
class Beginning:
    """A warehouse to copy, with figures and one change that was carried out; and its market."""

    database: str  # a file, or the name of a database
    writes: tuple[Edit, ...]


def begin(nursery: Nursery, folder: Path, url: str) -> Beginning:
    """Fill an empty warehouse and make the earlier change."""
    with small_market() as market:
        scene = ChangesScene(nursery, market, folder, url)
        for process in PROCESSES:
            scene.run_well(scene.attempt(BRAND, process, as_of=TODAY, steps=("pull_account",)))
        scene.approve([EARLIER])
        scene.run_well(scene.round(after=-timedelta(hours=1)))
        accepted = tuple(edit for edit in market.writes if edit.outcome == "accepted")
    return Beginning(str(sa.make_url(url).database), accepted)
