"""How does the engine live through a simulated day? By the steps of a real run, called plainly.

Real HTTP to the sandbox, a real warehouse in a file, the shipped process; only Prefect, landing
pages, messages and reports are left out.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from string import Template
from unittest import mock

from config.settings import HERE, settings
from connectors.sandbox.server import Sandbox
from connectors.warehouse import Warehouse
from tasks.replay import Replay, tallies
from tasks.steps import opening
from tasks.steps.apply import apply_approved
from tasks.steps.begin import begin
from tasks.steps.conclude import judge_changes
from tasks.steps.judge import judge
from tasks.steps.propose import propose
from tasks.steps.pull import pull_account
from tasks.steps.review import review_changes
from tasks.steps.rules import record_shown

BRAND, PROCESS, ENTRY = "loop", "google_ads", "google"
_FILE = Path(__file__).with_name("brand.yaml")


@dataclass(frozen=True, slots=True)
class Aims:
    """What the brand states: amounts in its currency."""

    monthly: float
    cpa: float
    roas: float


class Engine:
    """The engine on one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def watch(self, first: date, until: date) -> None:
        """Only pull, from `first` to the day before `until`: so the engine learns how late figures
        are. Then its rules count as read: a replay of every market would take longer than its days.
        """
        for day in (first + timedelta(days=n) for n in range((until - first).days)):
            self._sandbox.set_clock(day)
            run = begin.fn(PROCESS, BRAND, self._sandbox.world.moment(), None, None)
            pull_account.fn(run, ENTRY)
        library, at = opening.brand_library(BRAND), self._sandbox.world.moment()
        tallied = tallies((), library.playbooks_for(BRAND, PROCESS), library.modes(BRAND))
        record_shown(library, Replay(BRAND, PROCESS, first, until, False, (), tallied, ()), at)

    def act(self) -> None:
        """Do what a run does on the sandbox's day."""
        run = begin.fn(PROCESS, BRAND, self._sandbox.world.moment(), None, None)
        pull_account.fn(run, ENTRY)
        review_changes.fn(run)
        judgement = judge.fn(run, [], {})
        judge_changes.fn(run, judgement)
        propose.fn(run, judgement, {})
        apply_approved.fn(run, run.started_at)


@contextmanager
def engine(sandbox: Sandbox, aims: Aims, account: str, folder: Path) -> Iterator[Engine]:
    """Give an engine with files and a warehouse of its own in `folder`; the process's settings
    point there meanwhile."""
    brands = folder / "brands"
    brands.mkdir(parents=True)
    text = Template(_FILE.read_text(encoding="utf-8"))
    filled = text.substitute(
        account=account,
        url=sandbox.url,
        monthly=round(aims.monthly, 2),
        cpa=round(aims.cpa, 2),
        roas=round(aims.roas, 2),
    )
    (brands / f"{BRAND}.yaml").write_text(filled, encoding="utf-8")
    variables = {
        "MARKETLOOP_WAREHOUSE_URL": f"sqlite:///{folder / 'warehouse.db'}",
        "MARKETLOOP_BRANDS_DIR": str(brands),
        "MARKETLOOP_LIBRARY_DIR": str(HERE),
        "MARKETLOOP_STATE_DIR": str(folder),
        "MARKETLOOP_LOOP": "none-needed",
        "NO_PROXY": "127.0.0.1",  # else every call looks through the environment for a proxy
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ |= variables
    settings.cache_clear()
    warehouse = Warehouse.create(settings().warehouse_url.get_secret_value())
    logging.getLogger("tasks").setLevel(logging.ERROR)
    once = cache(opening.load)  # every step reads the files anew, a quarter of a day's time
    try:
        with mock.patch.object(opening, "load", once):
            yield Engine(sandbox)
    finally:
        warehouse.close()  # open until here: what the steps open connects only once
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
        settings.cache_clear()
