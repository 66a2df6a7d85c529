"""What does a clock show, and when does it show that? For many people of many zones at once.

A zone is a table of moments at which its offset changes, read off `zoneinfo` once. Local times are
seconds since 1970-01-01 00:00 of the wall clock. A time that the clock leaves out is the moment at
which it is put forward; of a time that it shows twice the first one counts, unless that is too
early.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from connectors.enrolments import Codes, Seconds

DAY = 86_400
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2000, 2070))
PROBE = 7 * DAY
"""No zone has had an offset for less than a week since 2000."""


@dataclass(frozen=True, slots=True)
class ZoneTable:
    """From `starts[i]` on the clock is `offsets[i]` seconds ahead of UTC."""

    starts: Seconds
    offsets: Seconds

    def offset(self, at: Seconds) -> Seconds:
        """Return how far the clock is ahead of UTC at these moments."""
        place = np.searchsorted(self.starts, at, side="right") - 1
        return self.offsets[np.maximum(place, 0)]

    def moment(self, local: Seconds, not_before: Seconds | None) -> Seconds:
        """Return when the clock shows these times; see the top of the file."""
        before, after = self.offset(local - DAY), self.offset(local + DAY)
        first, second = local - before, local - after
        right = self.offset(first) == before
        also = self.offset(second) == after
        place = np.searchsorted(self.starts, np.maximum(first, second), side="right") - 1
        found = np.where(right, first, np.where(also, second, self.starts[np.maximum(place, 0)]))
        if not_before is None:
            return found
        return np.where(right & also & (found < not_before), second, found)


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones that people's codes are places in."""

    tables: tuple[ZoneTable, ...]

    def local(self, at: Seconds, zone: Codes) -> Seconds:
        """Return what the clocks show at these moments."""
        found = at.copy()
        for code, rows in _rows_by(zone):
            found[rows] += self.tables[code].offset(at[rows])
        return found

    def moment(self, local: Seconds, zone: Codes, not_before: Seconds | None = None) -> Seconds:
        """Return when the clocks show these times."""
        found = np.empty_like(local)
        for code, rows in _rows_by(zone):
            least = None if not_before is None else not_before[rows]
            found[rows] = self.tables[code].moment(local[rows], least)
        return found


def zones_of(names: Sequence[str], otherwise: str) -> Zones:
    """Return the zones of these names; one that is not known is the zone `otherwise`."""
    return Zones(tuple(_known(name, otherwise) for name in names))


@lru_cache(maxsize=2048)
def _known(name: str, otherwise: str) -> ZoneTable:
    try:
        return _table(name or otherwise)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _table(otherwise)


@lru_cache(maxsize=1024)
def _table(name: str) -> ZoneTable:
    zone = ZoneInfo(name)
    starts, offsets = [FIRST], [_offset(zone, FIRST)]
    for probe in range(FIRST + PROBE, LAST, PROBE):
        if (after := _offset(zone, probe)) != offsets[-1]:
            starts.append(_change(zone, probe - PROBE, probe, offsets[-1]))
            offsets.append(after)
    return ZoneTable(np.array(starts, np.int64), np.array(offsets, np.int64))


def _change(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """Return the first second after `before` at which the offset is another one."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == offset else (before, middle)
    return after


def _offset(zone: ZoneInfo, at: int) -> int:
    found = datetime.fromtimestamp(at, zone).utcoffset()
    return int(found.total_seconds()) if found is not None else 0


def _rows_by(zone: Codes) -> list[tuple[int, Codes]]:
    if not len(zone):
        return []
    order = np.argsort(zone, kind="stable")
    codes, first = np.unique(zone[order], return_index=True)
    return list(zip(codes.tolist(), np.split(order, first[1:]), strict=True))
