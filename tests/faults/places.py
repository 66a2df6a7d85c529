"""Where can a run be cut off? At every step, transaction and message, on both sides of each."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any
from unittest import mock

from pydantic import SecretStr

from connectors.notifiers import outbox
from connectors.notifiers.apprise import send
from connectors.records import Message
from connectors.warehouse.alerts import AlertStore
from connectors.warehouse.database import Database
from tests.faults.orders import Place
from tests.plain import plain_steps


class Places:
    """Counts the places that a run reaches, tells of each, and acts where it was asked to."""

    def __init__(
        self, tell: Callable[[Place], None], acts: Mapping[Place, Callable[[], None]]
    ) -> None:
        self._tell = tell
        self._acts = acts
        self._reached: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def marked(self) -> Iterator[None]:
        """Within the block a run called plainly reaches its places."""
        deliver = partial(outbox.deliver, send=self._send)
        with (
            plain_steps(self._step),
            mock.patch.object(outbox, "deliver", deliver),
            mock.patch.object(Database, "writing", self._writing(Database.writing)),
            mock.patch.object(AlertStore, "apply_alerts", self._applying(AlertStore.apply_alerts)),
        ):
            yield

    def _reach(self, name: str) -> None:
        with self._lock:
            self._reached[name] += 1
            place = name, self._reached[name]
            self._tell(place)
        if act := self._acts.get(place):
            act()

    def _step(self, name: str, call: Callable[[], Any]) -> Any:
        self._reach(f"before {name}")
        result = call()
        self._reach(f"after {name}")
        return result

    def _send(self, message: Message, url: SecretStr) -> None:
        self._reach("before send")
        send(message, url)
        self._reach("after send")

    def _applying(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        def marked(*arguments: Any, **known: Any) -> Any:
            self._reach("before apply_alerts")
            return apply(*arguments, **known)

        return marked

    def _writing(self, writing: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def marked(database: Database, *locks: object) -> Iterator[Any]:
            with writing(database, *locks) as connection:
                yield connection
                self._reach("before commit")
            self._reach("after commit")

        return marked
