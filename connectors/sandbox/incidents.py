"""What goes wrong in the market, where and when. Data; `effects.py` says what it does."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

IncidentKind = Literal[
    "tracking_break",
    "runaway_spend",
    "exhausted_budget",
    "creative_fatigue",
    "disapproved_ad",
    "landing_page_down",
    "spend_after_pause",
]


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that goes wrong from `start` to `end` (both included; None means it goes on).

    kind                what happens                                                 `factor`
    tracking_break      clicks go on, no conversion is recorded                      unused
    runaway_spend       wants `factor` times its usual spend; the budget stops nothing
    exhausted_budget    demand is `factor` times the usual; spend stands at the budget
    creative_fatigue    CTR falls to `factor` times the usual over `ramp_days`, frequency rises
                        to `frequency`
    disapproved_ad      the ad gets nothing; the others of its ad group take its traffic
    landing_page_down   the ad's page answers 500; its clicks do not convert
    spend_after_pause   the campaign is paused from `start` on, and spends all the same until `end`
    """

    kind: IncidentKind
    account_id: str
    campaign_id: int
    start: date
    end: date | None = None
    ad_id: int | None = None
    factor: float = 1.0
    ramp_days: int = 1
    frequency: float = 0.0

    def active(self, day: date) -> bool:
        """Tell whether the incident is going on that day."""
        return self.start <= day and (self.end is None or day <= self.end)
