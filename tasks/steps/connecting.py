"""Connect to an account's platform, with the limits that all its runs share."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from config.library import Library
from config.models import AccountEntry
from config.settings import settings
from connectors.base import Channel, Throttle
from connectors.registry import account_id, open_channel
from connectors.throttle import LocalThrottle, TieredThrottle
from connectors.warehouse import SqlThrottle, Warehouse
from tasks.steps.opening import resolve_secret


def connect(
    warehouse: Warehouse,
    library: Library,
    entry: AccountEntry,
    before_call: Callable[[], None] | None = None,
) -> Channel:
    """Return the account's channel; nothing is sent yet. Raises a `ConnectorError`.

    `before_call` is asked right before every call, after all waiting; what it raises, the call
    raises.
    """
    return _opened(library, entry, _shared(warehouse, entry, before_call))


def connect_to_look(warehouse: Warehouse, library: Library, entry: AccountEntry) -> Channel:
    """Return the account's channel for somebody who writes nothing, not even to the warehouse."""
    return _opened(library, entry, _QuietThrottle(_shared(warehouse, entry)))


class _Asking:
    """Waits as all runs do, and then asks once more whether to call."""

    def __init__(self, shared: Throttle, ask: Callable[[], None]) -> None:
        self._shared, self._ask = shared, ask

    def wait(self) -> None:
        self._shared.wait()
        self._ask()

    def pause(self, seconds: float, reason: str) -> None:
        self._shared.pause(seconds, reason)


class _QuietThrottle:
    """Waits as all runs do, and keeps for itself what it is told."""

    def __init__(self, shared: Throttle) -> None:
        self._shared, self._own = shared, LocalThrottle()

    def wait(self) -> None:
        self._shared.wait()
        self._own.wait()

    def pause(self, seconds: float, reason: str) -> None:
        self._own.pause(seconds, reason)


def _shared(
    warehouse: Warehouse, entry: AccountEntry, before_call: Callable[[], None] | None = None
) -> TieredThrottle:
    service = entry.connector or entry.platform  # its lists of customers wait with its campaigns
    own: Throttle = SqlThrottle(warehouse, f"{service}/{account_id(entry)}")
    if before_call is not None:
        own = _Asking(own, before_call)
    return TieredThrottle(own, SqlThrottle(warehouse, service))


def _opened(library: Library, entry: AccountEntry, throttle: Throttle) -> Channel:
    return open_channel(
        entry,
        resolve=resolve_secret,
        throttle=throttle,
        metrics=library.metrics,
        clock=_clock(settings().today),
        content_folder=_content_folder(library, entry),
    )


def _content_folder(library: Library, entry: AccountEntry) -> Path | None:
    """Return where the posts of the account's brand are."""
    its = (name for name, brand in library.brands.items() if entry in brand.accounts)
    return next((library.content_folder(name) for name in its), None)


def _clock(today: date | None) -> Callable[[], datetime] | None:
    """Return a clock that goes on from the present time of another day; None for the real one."""
    if today is None:
        return None
    ahead = timedelta(days=(today - datetime.now(UTC).date()).days)
    return lambda: datetime.now(UTC) + ahead
