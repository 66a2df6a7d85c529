"""What do the platforms say that the figures we have of them lack?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from config.models import Level
from connectors.sites import Quality
from connectors.warehouse.database import Database
from connectors.warehouse.pull_ledger import COMPLETE
from connectors.warehouse.schema import pulls


@dataclass(frozen=True, slots=True)
class PullQuality:
    """What the newest complete pull of an account's level and breakdown lacked."""

    account_key: int
    level: Level
    breakdown: str
    pulled_at: datetime
    quality: Quality


class PullQualityStore(Database):
    """What pulls lacked."""

    def pull_quality(self, account_keys: Sequence[int]) -> list[PullQuality]:
        """Return what the newest complete pull of each level and breakdown said of itself.

        Pulls of platforms that say nothing about it are not among them.
        """
        newest = (
            sa.select(sa.func.max(pulls.c.pull_id))
            .where(pulls.c.account_key.in_([*account_keys]), pulls.c.state == COMPLETE)
            .group_by(pulls.c.account_key, pulls.c.level, pulls.c.breakdown)
        )
        names = ("account_key", "level", "breakdown", "pulled_at", "quality")
        query = (
            sa.select(*(pulls.c[name] for name in names))
            .where(pulls.c.pull_id.in_(newest), pulls.c.quality.is_not(None))
            .order_by(*(pulls.c[name] for name in names[:3]))
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings()
            return [PullQuality(**{**row, "quality": _quality(row["quality"])}) for row in rows]


def quality_row(quality: Quality | None) -> dict[str, Any] | None:
    """Return what lies in the column; None if the platform says nothing about it."""
    return None if quality is None else asdict(quality)


def _quality(stored: Mapping[str, Any]) -> Quality:
    lists = {name: tuple(stored[name]) for name in ("truncated", "hidden")}
    return Quality(**{**stored, **lists})
