"""Of which rules was the replay shown, and what did it say?"""

from collections.abc import Sequence
from dataclasses import asdict, fields

import sqlalchemy as sa

from connectors.records import RuleReplay
from connectors.warehouse.action_tables import rule_replays
from connectors.warehouse.database import Database


class RuleReplayStore(Database):
    """Replays that stand for having read a rule. None is ever changed or deleted."""

    def save_rule_replays(self, replays: Sequence[RuleReplay]) -> None:
        """Add what was shown, besides what was shown before."""
        if not replays:
            return
        with self.writing() as connection:
            connection.execute(sa.insert(rule_replays), [asdict(replay) for replay in replays])

    def rule_replays(self, brand: str, process: str) -> list[RuleReplay]:
        """Return what was ever shown of a brand's process, the newest first."""
        stored = rule_replays.c
        query = (
            sa.select(*(stored[field.name] for field in fields(RuleReplay)))
            .where(stored.brand == brand, stored.process == process)
            .order_by(stored.at.desc(), stored.replay_id.desc())
        )
        with self.reading() as connection:
            return [RuleReplay(**row) for row in connection.execute(query).mappings()]
