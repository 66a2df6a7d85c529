"""When may a message go out? Hours, weekdays, quiet hours and holidays of each person's own clock.

In an hour that the clock shows twice, hours that are over do not open again. A time that the
clock leaves out opens when it is put forward, if the time it then shows lies within the hours.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from config.mail import MailRules
from config.mail_hours import open_minutes
from config.mail_sequences import WEEKDAYS, SendHours
from connectors.enrolments import Codes, Seconds, Truths
from tasks.sequences.zones import DAY, Zones

EPOCH = date(1970, 1, 1).toordinal()
EPOCH_WEEKDAY = date(1970, 1, 1).weekday()
HORIZON = 800
"""Days that are looked at for the next one that is open."""
LATEST = np.iinfo(np.int64).max // 4
"""A moment that never comes."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The times that are open, in seconds of the local day; `holidays` are days since 1970."""

    starts: Seconds
    ends: Seconds
    weekdays: Truths
    holidays: Codes

    def is_open(self, local: Seconds) -> Truths:
        """Tell which local times are open."""
        day, time = np.divmod(local, DAY)
        place = np.searchsorted(self.starts, time, side="right") - 1
        within = (place >= 0) & (time < self.ends[place])
        return within & self._day_open(day)

    def next_opening(self, local: Seconds) -> Seconds:
        """Return the first local time after each of these at which it opens; `LATEST` if no day
        of the next two years is open."""
        day, time = np.divmod(local, DAY)
        place = np.searchsorted(self.starts, time, side="right")
        today = self._day_open(day) & (place < len(self.starts))
        start = self.starts[np.minimum(place, len(self.starts) - 1)]
        following = self._open_after(day)
        later = np.where(following < LATEST, following * DAY + self.starts[0], LATEST)
        return np.where(today, day * DAY + start, later)

    def first_open(self, at: Seconds, zone: Codes, zones: Zones) -> Seconds:
        """Return the first moment from each of these on that is open; `LATEST` if there is none."""
        found = at.copy()
        left = np.arange(len(at))
        while len(left):
            local = zones.local(found[left], zone[left])
            shut = ~self.is_open(local)
            left, opening = left[shut], self.next_opening(local[shut])
            found[left] = zones.moment(opening, zone[left], found[left])
            never = opening == LATEST
            found[left[never]] = LATEST
            left = left[~never]
        return found

    def _day_open(self, day: Codes) -> Truths:
        open_days = self.weekdays[(day + EPOCH_WEEKDAY) % 7]
        return open_days & ~np.isin(day, self.holidays) if len(self.holidays) else open_days

    def _open_after(self, day: Codes) -> Codes:
        """Return the first open day after each of these."""
        if not len(day):
            return day
        first = int(day.min()) + 1
        days = np.arange(first, int(day.max()) + HORIZON)
        found = np.where(self._day_open(days), days, LATEST)
        nearest = np.minimum.accumulate(found[::-1])[::-1]
        return nearest[day + 1 - first]


def hours_of(hours: SendHours, rules: MailRules) -> Hours:
    """Return when messages of a plan may go out under a brand's rules."""
    found = open_minutes(hours, rules.quiet_hours)
    parts = found or [(0, DAY // 60)]
    return Hours(
        starts=np.array([start * 60 for start, _ in parts], np.int64),
        ends=np.array([end * 60 for _, end in parts], np.int64),
        weekdays=np.array([bool(found) and day in hours.weekdays for day in WEEKDAYS]),
        holidays=_days(rules.holidays),
    )


def _days(days: Collection[date]) -> Codes:
    return np.array(sorted(day.toordinal() - EPOCH for day in days), np.int64)
