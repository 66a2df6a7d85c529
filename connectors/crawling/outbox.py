"""How do records leave the crawling process while it goes on reading?

A thread writes them, so that a reader who takes its time stops no clock of a page that is under
way. While more than `ENOUGH` wait, the crawl asks nothing new.
"""

import os
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from connectors.crawling.wire import line
from connectors.sites import CrawlNews

ENOUGH = 200
GONE = 3
"""The exit code when there is nobody who reads."""


class Outbox:
    """Standard output as a queue. `on_room` is called from the thread when room is made."""

    def __init__(self) -> None:
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._out = sys.stdout.buffer
        self._thread = Thread(target=self._write, daemon=True)
        self._thread.start()
        self._stopped = False
        self.on_room: Callable[[], object] = lambda: None

    def tell(self, news: CrawlNews) -> None:
        """Send a record."""
        self._lines.put(line(news))

    @property
    def full(self) -> bool:
        """Whether to wait for the reader. Whoever was told so is called when there is room."""
        self._stopped = self._lines.qsize() > ENOUGH
        return self._stopped

    def close(self) -> None:
        """Wait until everything was read. The crawl is over: nobody is called any more."""
        self.on_room = lambda: None
        self._lines.put(None)
        self._thread.join()

    def _write(self) -> None:
        try:
            while (written := self._lines.get()) is not None:
                self._out.write(written)
                if self._lines.empty():
                    self._out.flush()
                if self._stopped and self._lines.qsize() < ENOUGH // 2:
                    self._stopped = False
                    self.on_room()
            self._out.flush()
        except (BrokenPipeError, OSError):
            os._exit(GONE)
