"""How are several changes of running totals made as one? Written down, and taken back at will."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_NOTHING = object()
"""What stood under a key that was not in its table."""


class Journal:
    """Remembers what stood in tables before each change."""

    def __init__(self) -> None:
        self._before: list[tuple[MutableMapping[Any, Any], object, object]] = []

    def put(self, table: MutableMapping[K, V], key: K, value: V) -> None:
        """Set a value of a table."""
        self._before.append((table, key, table.get(key, _NOTHING)))
        table[key] = value

    def mark(self) -> int:
        """Return the present moment, for `take_back`."""
        return len(self._before)

    def take_back(self, mark: int) -> None:
        """Make every table what it was at that moment."""
        while len(self._before) > mark:
            table, key, value = self._before.pop()
            if value is _NOTHING:
                del table[key]
            else:
                table[key] = value

    def settle(self) -> None:
        """Let all that was changed stand: it can be taken back no more."""
        self._before.clear()

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Take back, in the end, whatever is changed inside."""
        mark = self.mark()
        try:
            yield
        finally:
            self.take_back(mark)
