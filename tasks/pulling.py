"""Which days must be read from an account again?"""

from datetime import date, timedelta

from connectors.base import Window


def window_to_pull(
    as_of: date, last_complete: date | None, restatement_days: int, history_days: int
) -> Window:
    """Return the days that may have changed or were never read, up to the day before `as_of`.

    The platform restates its last `restatement_days`, so these are always read; a gap since
    `last_complete` is read too, but nothing older than `history_days`, which is also how much a
    first run reads.
    """
    end = as_of - timedelta(days=1)
    oldest = as_of - timedelta(days=history_days)
    if last_complete is None:
        return Window(oldest, end)
    moving = as_of - timedelta(days=restatement_days)
    return Window(max(oldest, min(moving, last_complete + timedelta(days=1))), end)
