"""When is a post to be published? A brand's local time, as people write it, as a moment.

A clock that is put forward leaves out times, one that is put back has times twice (daylight
saving): neither says when, so both are refused, with the next time that does.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.problems import quoted

FORM = "%Y-%m-%d %H:%M"
_WRITTEN = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d", re.ASCII)


class PublishTimeError(ValueError):
    """A text that names no moment: what is wrong, and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment (aware, UTC) of a local time `2026-12-01 09:00`.

    Raise `PublishTimeError` for another form, and for a time that the zone does not have on that
    day or has twice.
    """
    local = _local(text)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or before == after:
        return first.astimezone(UTC)
    why = "does not exist: the clock is put forward" if before < after else "comes twice: the clock"
    why += "" if before < after else " is put back"
    instead = local + abs(after - before)
    raise PublishTimeError(
        f"{text} {why} on that day in {zone.key}", f'write it as "{instead:{FORM}}"'
    )


def written(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as people write it in a zone: `2026-12-01 09:00`."""
    return f"{at.astimezone(zone):{FORM}}"


def _local(text: str) -> datetime:
    remedy = 'write it as "2026-12-01 09:00", in the brand\'s local time'
    if not _WRITTEN.fullmatch(text):
        raise PublishTimeError(f"{quoted(text)} is no day with a time", remedy)
    try:
        return datetime.strptime(text, FORM)  # noqa: DTZ007  local, the caller has the zone
    except ValueError:
        raise PublishTimeError(f"{text} is not in the calendar", remedy) from None
