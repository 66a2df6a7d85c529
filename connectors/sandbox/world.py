"""What do all parts of a running sandbox share? The market, the clock, tokens, faults."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from threading import Lock

from connectors.sandbox.cache import Cache
from connectors.sandbox.faults import Faults
from connectors.sandbox.layout import Layout
from connectors.sandbox.market import Figures, Market
from connectors.sandbox.settings import Settings
from connectors.sandbox.writes import Author, Draft

MORNING = 9 * 60  # the minute of the day at which the clock stands, UTC
FIGURES_KEPT = 512 * 1024 * 1024  # bytes


class Tokens:
    """Access tokens that Google's token endpoint has given out and that are still good."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = count(1)
        self._good: set[str] = set()
        self._old: set[str] = set()

    def issue(self) -> str:
        """Return a new token."""
        with self._lock:
            token = f"ya29.sandbox-{next(self._number)}"
            self._good.add(token)
            return token

    def expire(self) -> None:
        """Let every token that is out be too old."""
        with self._lock:
            self._old |= self._good
            self._good.clear()

    def state(self, token: str) -> str:
        """Return good, expired or unknown."""
        with self._lock:
            if token in self._good:
                return "good"
            return "expired" if token in self._old else "unknown"


class World:
    """One sandbox's state. `url` is where it is reached; `clock` is the day it believes it is."""

    def __init__(self, market: Market, clock: date, *, app_secret: str = "") -> None:
        self.market = market
        self.clock = clock
        self.app_secret = app_secret
        self.minute = MORNING
        self.url = ""
        self.sites: Mapping[str, str] = {}  # brand to its website, without a slash at the end
        self.faults = Faults()
        self.tokens = Tokens()
        self._requests = count(1)
        self._figures: Cache[Figures] = Cache(FIGURES_KEPT, _bytes)

    def figures(
        self, account_id: str, start: date, end: date, layout: Layout | None = None
    ) -> Figures:
        """Return an account's figures as of the clock; the last ones asked for are kept.

        Cells are those of `layout`, of the present one if it is left out.
        """
        clock, layout = self.clock, layout or self.market.layout(account_id)
        version = self.market.edits.changes(account_id).version
        return self._figures.get(
            (account_id, start, end, clock, version, len(layout.cells)),
            lambda: self.market.figures(account_id, start, end, clock, layout),
        )

    def site(self, brand: str) -> str:
        """Return where a brand's landing pages are."""
        return self.sites.get(brand, f"{self.url}/site/{brand}")

    def request_id(self) -> str:
        """Return a new id to trace a request by."""
        return f"sandbox-{next(self._requests):07d}"

    def moment(self) -> datetime:
        """Return the clock's moment, UTC: nine in the morning unless another minute was set."""
        return datetime.combine(self.clock, time(), tzinfo=UTC) + timedelta(minutes=self.minute)

    def settings(self, account_id: str) -> Settings:
        """Return what is set in an account now."""
        market = self.market
        changes = market.edits.changes(account_id)
        incidents = [i for i in market.scenario.incidents if i.account_id == account_id]
        return Settings(market.layout(account_id), changes, incidents, self.clock)

    def draft(self, account_id: str, author: Author) -> Draft:
        """Return an empty draft of writes to an account. The caller holds the edits' lock."""
        return Draft(self.market.edits, account_id, author, self.clock, self.moment())


def _bytes(figures: Figures) -> int:
    return sum(getattr(figures, name).nbytes for name in Figures.__slots__)
