"""Wait for a moment."""

from datetime import UTC, datetime
from time import sleep

LONGEST = 20.0
"""Seconds of one nap: a machine that slept meanwhile notices soon."""


def wait_until(moment: datetime) -> datetime:
    """Return the present once a moment (aware) is reached."""
    while (now := datetime.now(UTC)) < moment:
        sleep(min((moment - now).total_seconds(), LONGEST))
    return now
