"""A month of posts on three simulated networks, and the workers that publish them.

The networks stand in this process, with a clock that the test sets. Every worker is a process of
its own, forked from one that has imported everything, and may be killed any time.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from config.content import Approval, Content, FrontMatter
from config.content_approval import approved_digest
from config.content_times import written
from config.networks import NETWORKS, Network
from connectors.sandbox import Sandbox
from connectors.sandbox.small import small
from connectors.sandbox.social import SocialAccount, SocialWorld
from connectors.sandbox.social.world import Entry
from connectors.warehouse import Warehouse

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-the-tests"
ZONES = {"berlin": "Europe/Berlin", "newyork": "America/New_York"}
"""Brand to its time zone: their clocks are put back on 25 October and on 1 November 2026."""
ACCOUNTS: dict[str, dict[Network, str]] = {
    "berlin": {"linkedin": "2414183", "bluesky": "berlin.test", "mastodon": "@berlin@social.test"},
    "newyork": {"linkedin": "3414183", "bluesky": "york.test", "mastodon": "@york@social.test"},
}
MARKET = "${MARKETLOOP_SANDBOX_URL}"
ADDRESSES: dict[Network, tuple[str, ...]] = {
    "linkedin": ("base_url",),
    "bluesky": ("base_url", "public_url"),
    "mastodon": ("base_url",),
}
PLACES = ("before write", "after write", "before commit", "after commit", "before claim",
          "after claim", "before read", "after read")  # fmt: skip
TOLERANCE = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Planned:
    """A post of a brand, and when it is due."""

    brand: str
    name: str
    text: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one worker: where it is killed, at the n-th time it comes there."""

    place: str = ""
    number: int = 1


@dataclass
class Month:
    """The networks, the brand files, a warehouse, and what was planned."""

    sandbox: Sandbox
    world: SocialWorld
    folder: Path
    planned: list[Planned]
    ends: Counter[str] = field(default_factory=Counter)

    def work(self, brand: str, moment: datetime, fate: Fate = Fate()) -> str:
        """Let a worker publish what is due at a moment; return how it ended: well, killed, or
        its error."""
        self.sandbox.set_moment(moment)
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.faults.social_scene", "tasks.steps.publishing"])
        hear, tell = context.Pipe(duplex=False)
        variables = environment(self.folder, self.sandbox.url)
        worker = context.Process(target=_work, args=(variables, brand, moment, fate, tell))
        with mock.patch.object(sys, "path", [str(ROOT), *sys.path]):  # where workers find us
            worker.start()
        tell.close()
        worker.join(120)
        said = ""
        with hear, suppress(EOFError):  # whoever is killed says nothing
            said = hear.recv()
        end = "killed" if worker.exitcode == -signal.SIGKILL else said or f"ended {worker.exitcode}"
        self.ends[end.partition(":")[0]] += 1
        return end

    def log(self, network: Network, brand: str) -> list[Entry]:
        """Return what a network took from a brand."""
        account = ACCOUNTS[brand][network]
        return [
            one for one in self.world.log if (one.network, one.account_id) == (network, account)
        ]

    def warehouse(self) -> Warehouse:
        """Open the ledger."""
        return Warehouse(f"sqlite:///{self.folder / 'warehouse.db'}")


@contextmanager
def month(folder: Path, planned: list[Planned]) -> Iterator[Month]:
    """Make everything that a month needs."""
    world = SocialWorld(
        [
            SocialAccount(network, account, brand, token=f"{TOKEN}-{brand}")
            for brand, accounts in ACCOUNTS.items()
            for network, account in accounts.items()
        ]
    )
    brands = folder / "brands"
    for brand in ACCOUNTS:
        (brands / brand / "content").mkdir(parents=True)
        (brands / f"{brand}.yaml").write_text(json.dumps(brand_file(brand)))
    for one in planned:
        path = brands / one.brand / "content" / f"{one.name}.md"
        path.write_text(content_file(one))
    Warehouse.create(f"sqlite:///{folder / 'warehouse.db'}").close()
    with Sandbox(small(), social=world, today=date(2026, 10, 12)) as sandbox:
        yield Month(sandbox, world, folder, planned)


def brand_file(brand: str) -> dict[str, Any]:
    """Return what a brand file says; JSON is YAML."""
    secrets = {"linkedin": "access_token", "bluesky": "app_password", "mastodon": "access_token"}
    return {
        "name": brand,
        "currency": "EUR",
        "time_zone": ZONES[brand],
        "mode": "propose",
        "owners": {"marketing": {"name": "Marketing"}},
        "content": {"spacing_minutes": 0, "quiet_hours": ["03:00", "03:00"]},
        "accounts": [
            {
                "name": network,
                "platform": network,
                "account_id": account,
                "secrets": {secrets[network]: f"env:MARKETLOOP_{brand.upper()}_TOKEN"},
                "options": dict.fromkeys(ADDRESSES[network], f"{MARKET}/{network}"),
            }
            for network, account in ACCOUNTS[brand].items()
        ],
    }


def content_file(planned: Planned) -> str:
    """Return a post's file, approved and scheduled."""
    front = FrontMatter(objective="trust", networks=NETWORKS)
    approval = Approval(
        by="the head of marketing",
        on=date(2026, 10, 1),
        digest=approved_digest(Content(name=planned.name, front=front, text=planned.text), {}),
    )
    matter = {
        "objective": "trust",
        "networks": [*NETWORKS],
        "state": "scheduled",
        "publish_at": written(planned.due_at, ZoneInfo(ZONES[planned.brand])),
        "approval": approval.model_dump(mode="json"),
    }
    return f"---\n{json.dumps(matter, indent=1)}\n---\n{planned.text}\n"


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the variables that a worker runs under."""
    return {
        "MARKETLOOP_WAREHOUSE_URL": f"sqlite:///{folder / 'warehouse.db'}",
        "MARKETLOOP_BRANDS_DIR": str(folder / "brands"),
        "MARKETLOOP_STATE_DIR": str(folder),
        "MARKETLOOP_SANDBOX_URL": url,
    } | {f"MARKETLOOP_{brand.upper()}_TOKEN": f"{TOKEN}-{brand}" for brand in ACCOUNTS}


def _work(variables: dict[str, str], brand: str, moment: datetime, fate: Fate, tell: Any) -> None:
    """Be a worker, in a process of its own."""
    from config.settings import settings
    from tasks.steps.publishing import publish_due

    os.environ |= variables
    settings.cache_clear()
    reached: Counter[str] = Counter()

    def reach(place: str) -> None:
        reached[place] += 1
        if (place, reached[place]) == (fate.place, fate.number):
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        with _marked(reach), _no_naps():
            publish_due.fn(brand, moment)
    except Exception as error:  # whatever it is, the test has to see it
        tell.send(f"{type(error).__name__}: {error}")
    else:
        tell.send("well")


@contextmanager
def _marked(reach: Any) -> Iterator[None]:
    """Within the block a worker tells of the places it comes to."""
    from connectors.channels import bluesky, linkedin, mastodon
    from connectors.warehouse.action_steps import ActionSteps
    from connectors.warehouse.database import Database
    from tasks.steps.platforms import Platforms

    def around(name: str, method: Any) -> Any:
        def marked(*arguments: Any, **known: Any) -> Any:
            reach(f"before {name}")
            result = method(*arguments, **known)
            reach(f"after {name}")
            return result

        return marked

    writing = Database.writing

    @contextmanager
    def committing(database: Any, *locks: object) -> Iterator[Any]:
        with writing(database, *locks) as connection:
            yield connection
            reach("before commit")
        reach("after commit")

    with (
        mock.patch.object(Database, "writing", committing),
        mock.patch.object(Platforms, "settings", around("read", Platforms.settings)),
        mock.patch.object(ActionSteps, "claim_action", around("claim", ActionSteps.claim_action)),
        mock.patch.object(linkedin.Connector, "write", around("write", linkedin.Connector.write)),
        mock.patch.object(bluesky.Connector, "write", around("write", bluesky.Connector.write)),
        mock.patch.object(mastodon.Connector, "write", around("write", mastodon.Connector.write)),
    ):
        yield


@contextmanager
def _no_naps() -> Iterator[None]:
    """Within the block nobody waits: not for a network, and not for one that shows a post late."""
    import stamina

    from connectors.warehouse import SqlThrottle

    with (
        stamina.set_testing(True, attempts=2),
        mock.patch("tasks.steps.apply.sleep"),
        mock.patch.object(SqlThrottle, "wait"),
        mock.patch.object(SqlThrottle, "pause"),
    ):
        yield


def utc(text: str) -> datetime:
    """Return a moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
