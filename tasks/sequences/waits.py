"""When is a wait over? Calendar days keep the time of day, hours are hours."""

import numpy as np

from config.mail_hours import parse_until
from config.mail_sequences import Wait
from connectors.enrolments import Codes, Seconds
from tasks.sequences.hours import EPOCH_WEEKDAY
from tasks.sequences.zones import DAY, Zones


def wait_end(wait: Wait, since: Seconds, zone: Codes, zones: Zones) -> Seconds:
    """Return when a wait that began at these moments is over, each in its own zone.

    Days of 23 and 25 hours count as one. A time that the clock leaves out on that day is the
    moment at which it is put forward; `until` is never at once.
    """
    if wait.hours:
        return since + wait.hours * 3600
    local = zones.local(since, zone)
    if wait.days:
        return zones.moment(local + wait.days * DAY, zone)
    weekday, minute = parse_until(wait.until)
    day, time = np.divmod(local, DAY)
    ahead = np.where(time < minute * 60, 0, 1)
    if weekday is not None:
        of_today = (day + EPOCH_WEEKDAY) % 7
        ahead = (weekday - of_today) % 7
        ahead = np.where((ahead == 0) & (time >= minute * 60), 7, ahead)
    return zones.moment((day + ahead) * DAY + minute * 60, zone, since + 1)
