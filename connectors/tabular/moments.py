"""Which moment does a text mean? The one that its format or ISO 8601 says; nothing is guessed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class MomentReader:
    """Reads the moments of one column, in one format, with clock times of one time zone."""

    def __init__(self, pattern: str, zone: str) -> None:
        """Take a format as of `strptime`; '' is ISO 8601: `2026-05-01`, `2026-05-01 10:30:00`,
        `2026-05-01T10:30:00+02:00`. What is typed in a workbook or database is read as ISO too."""
        self._pattern = pattern
        self._zone = ZoneInfo(zone)
        self._known: dict[str, datetime] = {}

    def read(self, text: str) -> datetime:
        """Return the moment in UTC; a day is its first moment in the column's time zone.

        Raises:
            ValueError: the text is none; the message says what to do, and not the text.
        """
        found = self._known.get(text)
        if found is None:
            moment = self._parsed(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            found = self._known[text] = moment.astimezone(UTC)
        return found

    def day(self, text: str) -> date:
        """Return the day that a text says, whatever its clock time. Raises as `read` does."""
        return self._parsed(text).date()

    def _parsed(self, text: str) -> datetime:
        if self._pattern:
            try:
                return datetime.strptime(text, self._pattern)  # noqa: DTZ007, the zone is added
            except ValueError:
                pass
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
        if self._pattern:
            raise ValueError(f"is no date of the format {self._pattern}; correct it or the format")
        raise ValueError("is no date as of ISO 8601; correct it, or name the column's `format`")
