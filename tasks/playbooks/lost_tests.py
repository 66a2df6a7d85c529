"""Which losers of a finished test may go?

A test compares one rate, clicks per impression or conversions per click, and an ad that is worse at
one may be better at the other. What pays is their product (`most_conversions.py`). So of those that
lost go, the worst first, as many as together have hardly any chance to hold the best of all; by all
figures that have arrived, of the days after the test and before it too. The others may go later.
"""

from dataclasses import dataclass

import numpy as np

from connectors.changes import ENABLED, Setting
from tasks.playbooks.ad_tests import Decision
from tasks.playbooks.most_conversions import MostConversions, Standing
from tasks.playbooks.proposing import Concerned
from tasks.playbooks.situation import Situation


@dataclass(frozen=True, slots=True)
class Lost:
    """A finished test of which losers run now, beside an ad that did not lose."""

    decision: Decision
    losers: tuple[int, ...]  # places of those that run, in the test's ads
    running: tuple[int, ...]  # of all ads that run
    standing: Standing | None  # of `running`; None where no conversions are measured

    def ad(self, place: int) -> Concerned:
        """Return the ad at a place of the test."""
        return self.decision.test.ads[place]

    def chance(self, place: int) -> float:
        """Return how likely an ad that runs brings the most conversions per impression, NaN where
        none are measured."""
        return float(self.standing.chance[self.running.index(place)]) if self.standing else np.nan


def lost(situation: Situation, decision: Decision, paying: MostConversions) -> Lost | None:
    """Return the losers that run; None if there are none, or nothing else is known to run."""
    ads = decision.test.ads
    settings = [situation.settings.get((ad.account_key, ad.subject("status"))) for ad in ads]
    running = tuple(place for place, setting in enumerate(settings) if _runs(setting))
    losers = tuple(place for place in decision.losers if place in running)
    if not losers or len(losers) == len(running):
        return None
    standing = paying.among([ads[place] for place in running], decision.test.last)
    return Lost(decision, losers, running, standing)


def hardly_best(found: Lost, limit: float) -> list[int]:
    """Return the losers, the worst first, whose chances come to less than this together.

    Where no conversions are measured no chance is known: none.
    """
    ordered = sorted(found.losers, key=found.chance)
    together = np.cumsum([found.chance(place) for place in ordered])
    return ordered[: int((together < limit).sum())]


def _runs(setting: Setting | None) -> bool:
    return setting is not None and setting.value == ENABLED and not setting.parent_paused
