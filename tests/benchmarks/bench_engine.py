"""What does Prefect cost? A whole run through a server, against the same functions called plainly.

Every turn starts with an empty warehouse and pulls a week of campaigns, ad groups and ads from a
market that has them ready; all checks, alerts and the report follow.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import requests

from config.settings import HERE, settings
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.size import GOOGLE_ACCOUNT
from connectors.warehouse import Warehouse
from deployments.server import free_port, prefect_env, prefect_server
from tests.benchmarks import accounts
from tests.benchmarks.measure import Line, Rounds, in_turns

DAYS = 7
PROCESS = "processes/google_ads.yaml"
BRAND = f"""
name: A brand of any size
currency: EUR
time_zone: Europe/Berlin
owners: {{marketing: {{name: Marketing, notify: ["env:INBOX"]}}}}
accounts:
  - name: google
    platform: google_ads
    account_id: "{GOOGLE_ACCOUNT}"
    secrets: {{client_id: env:BENCH, client_secret: env:BENCH, refresh_token: env:BENCH}}
    options: {{base_url: "URL/google", token_url: "URL/google/token"}}
targets:
  - {{kpi: cpa, target: 1000}} # nothing goes wrong in this market
  - {{kpi: roas, target: 0.1}}
budgets:
  - {{platform: google_ads, monthly: 1000000}}
"""


def run(*, small: bool) -> list[Line]:
    """Run the process at both sizes, plainly and through a server; count its task runs."""
    rounds = {10: 3, 300: 3} if small else {10: 7, 10_000: 7}
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        port = free_port(0)
        wait = started.enter_context(prefect_server(folder, port, tell=lambda _: None))
        api = f"http://127.0.0.1:{port}/api"
        os.environ |= prefect_env(folder, api) | _settings(folder)
        wait()
        benches = []
        for campaigns in rounds:
            url = started.enter_context(accounts.market(campaigns, folder))
            benches.append(_Bench(folder, f"brand{campaigns}", url, api))
        found = [bench.rounds(n) for bench, n in zip(benches, rounds.values(), strict=True)]
        counts = [bench.task_runs() for bench in benches]
    lines = [_seconds_more(size, timed) for size, timed in zip(rounds, found, strict=True)]
    compared = " and ".join(f"{campaigns:,}" for campaigns in rounds)
    return [
        *lines,
        Line(
            f"task runs of one run at {compared} campaigns: by how many they differ",
            [max(counts) - min(counts)],
            "",
            at_most=0,
            detail=" and ".join(map(str, counts)),
        ),
    ]


def _seconds_more(campaigns: int, rounds: Rounds) -> Line:
    return Line(
        f"whole run of {campaigns:,} campaigns through a Prefect server: seconds more than the "
        "same functions called plainly",
        rounds.differences("prefect", "plain"),
        "s",
        at_most=4,
        detail=rounds.seconds(),
    )


class _Bench:
    """One brand with one account, and a migrated warehouse to be copied for every turn."""

    def __init__(self, folder: Path, brand: str, url: str, api: str) -> None:
        self._folder, self._brand, self._api = folder, brand, api
        self._numbers = count()
        self._template = folder / "template.db"
        self._flow_run = ""
        Warehouse.create(f"sqlite:///{self._template}").close()
        inbox = f"INBOX_{brand.upper()}"
        os.environ[inbox] = f"json://{url.removeprefix('http://')}/inbox"
        text = BRAND.replace("URL", url).replace("INBOX", inbox)
        (folder / "brands" / f"{brand}.yaml").write_text(text)

    def rounds(self, number: int) -> Rounds:
        self.plain()()  # now the market has everything ready
        return in_turns(number, {"prefect": self.prefect, "plain": self.plain})

    def plain(self) -> Callable[[], object]:
        from flows.google_ads import google_ads
        from tests.plain import plain_steps

        self._fresh_warehouse()

        def work() -> None:
            with plain_steps():
                google_ads.fn(self._brand, DEMO_TODAY)

        return work

    def prefect(self) -> Callable[[], object]:
        from flows.google_ads import google_ads  # Prefect reads its settings when imported

        self._fresh_warehouse()

        def work() -> None:
            state = google_ads(self._brand, DEMO_TODAY, return_state=True)
            self._flow_run = str(state.state_details.flow_run_id)
            state.result()

        return work

    def task_runs(self) -> int:
        """Return how many task runs the server knows of the last run; it learns them by events."""
        finished = {"name": {"any_": ["finish"]}, "state": {"type": {"any_": ["COMPLETED"]}}}
        for _ in range(60):
            if self._count(finished):
                break
            time.sleep(1)
        time.sleep(2)  # events may overtake each other
        return self._count({})

    def _count(self, task_runs: dict[str, Any]) -> int:
        body = {"flow_runs": {"id": {"any_": [self._flow_run]}}, "task_runs": task_runs}
        reply = requests.post(f"{self._api}/task_runs/count", json=body, timeout=30)
        reply.raise_for_status()
        return int(reply.json())

    def _fresh_warehouse(self) -> None:
        file = self._folder / f"{self._brand}-{next(self._numbers)}.db"
        shutil.copy(self._template, file)
        os.environ["MARKETLOOP_WAREHOUSE_URL"] = f"sqlite:///{file}"
        settings.cache_clear()


def _settings(folder: Path) -> dict[str, str]:
    """Write the shipped library, but with a short history, and return where everything is."""
    library, brands = folder / "library", folder / "brands"
    brands.mkdir()
    for name in ("metrics.yaml", "kpis.yaml", PROCESS, "checks/paid_ads.yaml"):
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, library / name)
    with (library / PROCESS).open("a", encoding="utf-8") as process:
        process.write(f"\nhistory_days: {DAYS}\n")
    return {
        "MARKETLOOP_LIBRARY_DIR": str(library),
        "MARKETLOOP_BRANDS_DIR": str(brands),
        "MARKETLOOP_STATE_DIR": str(folder),
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",
        "BENCH": "secret",
    }
