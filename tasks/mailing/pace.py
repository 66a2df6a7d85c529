"""How much may go out today, and when is something tried again?"""

import math
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.mail import Ramp

RETRIES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""After the first, second, ... time that a server put a message off; the last one for all further.
What must not go out late any more ends by its own window."""

REST = timedelta(hours=1)
"""How long an account rests after its server has put off the whole session, or many in a row."""


MANKIND = 1e10


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the day of `now` began in a time zone."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def most_on(day: date, ramp: Ramp | None) -> int | None:
    """Return the most messages of a day under a ramp, None for any number.

    Before its first day nothing goes out. It ends by itself, once it would let more through than
    there are people.
    """
    if ramp is None:
        return None
    days = (day - ramp.start).days
    if days < 0:
        return 0
    if math.log(ramp.first_day) + days * math.log(ramp.growth) > math.log(MANKIND):
        return None
    return math.floor(ramp.first_day * ramp.growth**days)


def retry_at(attempts: int, now: datetime) -> datetime:
    """Return when a message is tried again that a server has put off so many times."""
    return now + RETRIES[min(max(attempts, 1), len(RETRIES)) - 1]
