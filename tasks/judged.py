"""What did one check say about each entity of its level? In arrays, one place per entity."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.formula import Expression
from config.models import Check
from connectors.records import Verdict
from tasks.conditions import Panel

Codes = npt.NDArray[np.int8]

VERDICTS: tuple[Verdict, ...] = ("ok", "warning", "critical", "unknown")
"""What the codes in `Judged.verdicts` stand for."""
OK, WARNING, CRITICAL, UNKNOWN = range(4)
LEFT_OUT, UNDECIDED = -1, -2

REASONS = ("", "stale", "missing", "too_little_data", "no_target", "undefined")
"""What the codes in `Judged.reasons` stand for. Of several, the first of this list is said."""
STALE, MISSING, TOO_LITTLE_DATA, NO_TARGET, UNDEFINED = range(1, 6)


@dataclass(frozen=True)
class Judged:
    """A check and its verdicts; arrays have one place per row of `panel.cube.entities`."""

    check: Check
    conditions: tuple[Expression, ...]  # of the check's cases
    panel: Panel
    verdicts: Codes  # place in VERDICTS, or LEFT_OUT by the check's filter
    reasons: Codes  # place in REASONS
    cases: Codes  # which case fired; -1 where none did
