"""Is a crawl's time or volume used up? And what is kept back for the pages that must be read."""

from time import monotonic
from typing import Literal

from connectors.crawling.job import Bounds

SHARE = 0.9
"""Of time and volume, while pages that the order names wait; the rest is theirs."""

Left = Literal["all", "listed", "nothing"]
"""What may still be asked."""


class Budget:
    """Seconds since it was made, bytes since then."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._begun = monotonic()
        self.received = 0

    def left(self) -> Left:
        """Say what may still be asked; `listed` are the pages that the order names."""
        used = max(self._times, self._volume)
        if used >= 1:
            return "nothing"
        return "all" if used < SHARE else "listed"

    @property
    def reason(self) -> str:
        """Which of the two is used up."""
        if self._times >= self._volume:
            return f"its {self._bounds.max_seconds:,g} seconds are over"
        return f"its {self._bounds.max_bytes:,} bytes are read"

    @property
    def _times(self) -> float:
        return (monotonic() - self._begun) / self._bounds.max_seconds

    @property
    def _volume(self) -> float:
        return self.received / self._bounds.max_bytes
