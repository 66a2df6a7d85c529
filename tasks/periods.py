"""When does recurring work begin anew?"""

from datetime import date, timedelta
from typing import Literal

Period = Literal["day", "week", "month", "quarter"]


def start_of(period: Period, day: date) -> date:
    """Return the first day of the period that a day is in; weeks begin on Monday."""
    match period:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
