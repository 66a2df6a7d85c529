"""A warehouse in a known first state, the runs made on it, and what they left behind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import requests

from config.settings import HERE
from connectors.sandbox import Sandbox
from connectors.sandbox.demo import DEMO_TODAY
from connectors.warehouse.outbox import LEASE
from deployments.demo import environment
from tests.faults.content import Content, content_of, differences, messages_in_doubt
from tests.faults.letters import Letter, letter, misled, told
from tests.faults.nursery import Nursery
from tests.faults.orders import Attempt, Ended

PROCESSES = ("google_ads", "facebook_ads")
EARLIER = DEMO_TODAY - timedelta(days=3)
LATER = LEASE + timedelta(minutes=5)
"""A person runs it again; by then the claim of a sender that died has lapsed."""


@dataclass(frozen=True, slots=True)
class Story:
    """Which run: the first ever, or one that finds what the process left some days before."""

    brand: str
    process: str
    first: bool = False

    @property
    def brands(self) -> Path:
        """Where the brand's file is: among those of the demo, or beside this one."""
        demo = HERE / "demo"
        is_there = (demo / f"{self.brand}.yaml").exists()
        return demo if is_there else Path(__file__).with_name("brands")

    def __str__(self) -> str:
        return f"{self.brand}-{self.process}-{'first' if self.first else 'next'}"


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run leaves that nothing happened to."""

    content: Content
    letters: list[Letter]
    ended: Ended


class Scene:
    """A market, a warehouse, a folder: everything an attempt needs of its own."""

    def __init__(
        self, nursery: Nursery, market: Sandbox, folder: Path, url: str, brands: Path
    ) -> None:
        self.market = market
        self.url = url
        self.folder = folder
        self.variables = environment(folder, market.url) | {"MARKETLOOP_WAREHOUSE_URL": url}
        self.variables["MARKETLOOP_BRANDS_DIR"] = str(brands)
        self._nursery = nursery

    def attempt(
        self,
        brand: str,
        process: str,
        *,
        as_of: date = DEMO_TODAY,
        after: timedelta = timedelta(),
        **fate: Any,
    ) -> Attempt:
        """Return an attempt at nine in the morning of `as_of`, or so much later."""
        moment = datetime.combine(as_of, time(9), UTC) + after
        variables, folder = self.variables, str(self.folder)
        return Attempt(brand, process, str(as_of), moment.isoformat(), variables, folder, **fate)

    def run(self, *attempts: Attempt) -> list[Ended]:
        """Make the attempts, all at the same time."""
        return self._nursery.run(*attempts)

    def run_well(self, *attempts: Attempt) -> list[Ended]:
        """Make the attempts, all of which must end well."""
        ended = self.run(*attempts)
        assert [(one.killed, one.error) for one in ended] == [(False, "")] * len(ended), self.said()
        return ended

    def said(self) -> str:
        """Return what the runs have printed so far."""
        file = self.folder / "said.txt"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def letters(self) -> list[Letter]:
        """Return what the receiver got since the scene began."""
        return [letter(arrived) for arrived in self.market.inbox.messages]

    def reports(self) -> dict[str, str]:
        """Return the HTML reports that are there, by the names of their files."""
        folder = self.folder / "reports"
        return {path.name: path.read_text("utf-8") for path in folder.glob("*/*.html")}

    def content(self) -> Content:
        """Return what the warehouse says."""
        return content_of(self.url)

    def leaves(self, ended: Ended) -> Undisturbed:
        """Return what is there now as the measure for scenes to come."""
        assert not (strange := misled(self.letters())), strange
        return Undisturbed(self.content(), self.letters(), ended)

    def half_sent(self) -> dict[str, int]:
        """Return the messages that a dead sender took and never reported, and how often each came.

        That is none, or once.
        """
        came = [letter.message_id for letter in self.letters()]
        return {message_id: came.count(message_id) for message_id in messages_in_doubt(self.url)}


def wrongs(
    scene: Scene, undisturbed: Undisturbed, half_sent: Mapping[str, int] | None = None
) -> list[str]:
    """Return how a scene differs from the undisturbed one, in the warehouse and at the receiver."""
    letters = scene.letters()
    wanted, got = Counter(told(undisturbed.letters)), Counter(told(letters))
    found = differences(undisturbed.content, scene.content())
    cut = [name for name, text in scene.reports().items() if not text.rstrip().endswith("</html>")]
    found += [f"the report {name} is cut off" for name in cut]
    if not scene.reports():
        found.append("there is no report")
    found += [f"never told: {text}" for text in (wanted - got)]
    found += [f"told besides: {text}" for text in (got - wanted)]
    return found + misled(letters, half_sent)


def empty_inbox(market: Sandbox) -> None:
    """Let the receiver have nothing."""
    requests.delete(f"{market.url}/inbox", timeout=10).raise_for_status()


@contextmanager
def earlier(market: Sandbox) -> Iterator[None]:
    """Let it be some days before, when a page was down that answers again by now."""
    market.set_clock(EARLIER)
    market.faults.add("status", platform="site", path="/aligners", count=None)
    market.faults.add("status", platform="site", path="/bestsellers", count=None)
    try:
        yield
    finally:
        market.faults.clear()
        market.set_clock(DEMO_TODAY)
