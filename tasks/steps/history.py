"""Read what people and other tools changed on a platform since we last looked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from connectors.base import ConnectorError
from connectors.changes import Edit
from connectors.warehouse import Warehouse
from tasks.steps.platforms import Platforms

OVERLAP = timedelta(hours=1)
"""Histories come late (Google's up to 3 minutes): what was read is read again from a bit before."""

FIRST_DAYS = 30
"""How far back the first reading goes, and one after a long gap, where the platform keeps so much.
The longest hold-off lies within it whole (`config/guardrails.py`)."""


def read_edits(
    warehouse: Warehouse, platforms: Platforms, account_keys: Iterable[int], now: datetime
) -> None:
    """Store the accounts' newest change history."""
    for key, edits in newest_edits(warehouse, platforms, account_keys, now).items():
        warehouse.save_edits(key, [edits], now)


def newest_edits(
    warehouse: Warehouse, platforms: Platforms, account_keys: Iterable[int], now: datetime
) -> dict[int, list[Edit]]:
    """Return what is new in the accounts' change history.

    One that only reads has none; one that fails is noted as failed, and what is stored of its
    history soon counts as unknown. One that was read up to `now` already is not asked again.
    """
    found: dict[int, list[Edit]] = {}
    for key in account_keys:
        channel = platforms.writable(key)
        if channel is None:
            continue
        until = warehouse.edits_until(key)
        if until is not None and until >= now:
            continue
        oldest = now - timedelta(days=min(FIRST_DAYS, channel.edit_history_days)) + OVERLAP
        since = max(until - OVERLAP, oldest) if until else oldest
        try:
            found[key] = [edit for page in channel.edits(since, now) for edit in page]
        except ConnectorError as error:
            platforms.fail(key, error)
    return found
