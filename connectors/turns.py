"""What happened to an alert: a plain record, no I/O. Of actions the ledger has `ActionEvent`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.records import Verdict

Turned = Literal["opened", "resolved"]


@dataclass(frozen=True, slots=True)
class AlertTurn:
    """An alert that began or ended, with what it said last."""

    alert_id: int
    fingerprint: str
    brand: str
    process: str
    check: str
    name: str  # of the entity, as the platform has it
    verdict: Verdict
    sentence: str
    value: float | None
    target: float | None
    owner: str
    turned: Turned
    at: datetime
    why: str  # it was resolved; '' for one that was opened
