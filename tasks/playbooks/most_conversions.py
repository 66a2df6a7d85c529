"""Which of the ads that run together may bring the most conversions per impression?

More clicks are not more sales, and more sales per click are none where nobody clicks. A click costs
about the same in all ads of a group, so an ad is worth what its impressions bring. Ads are compared
on the days on which all of them were shown, as far as conversions have arrived: a season that only
one of them had says nothing of the ads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from tasks.cube import Cube, Floats
from tasks.playbooks.proposing import Concerned
from tasks.playbooks.situation import Situation
from tasks.statistics.best import Counts, chances, dispersion, spreads

METRICS = ("impressions", "clicks", "conversions")


@dataclass(frozen=True, slots=True)
class Standing:
    """What ads brought on the days on which all of them were shown. One place per ad."""

    counts: Counts
    days: int
    chance: Floats  # to bring the most conversions per impression; they sum to 1


class MostConversions:
    """The ads of a situation. Looks at each account once."""

    def __init__(self, situation: Situation) -> None:
        cube = situation.cubes.get("ad")
        self._cube = cube if cube and {*METRICS} <= cube.values.keys() else None
        keys = self._cube.entities["entity_key"].tolist() if self._cube else []
        self._rows = {key: row for row, key in enumerate(keys)}
        self._measured: dict[int, bool] = {}
        self._likely: dict[tuple[int, date], Floats] = {}

    def measured(self, account_key: int) -> bool:
        """Say whether an account is known to have brought a conversion on the days that we see.

        One without any has most likely no tracking: what its ads are worth is unknown, not nothing.
        """
        if (cube := self._cube) is None:
            return False
        if account_key not in self._measured:
            own = cube.account_keys[cube.account] == account_key
            self._measured[account_key] = bool((cube.values["conversions"][own] > 0).any())
        return self._measured[account_key]

    def among(self, ads: Sequence[Concerned], last: date) -> Standing | None:
        """Compare ads of one group, which the cube has, up to the day `last`.

        None where conversions are not measured. Without a day on which all were shown every ad has
        the same chance.
        """
        account = ads[0].account_key
        if (cube := self._cube) is None or not self.measured(account):
            return None
        seen = cube.days <= last.toordinal()
        rows = [self._rows[ad.entity_key] for ad in ads]
        shown, clicks, conversions = (cube.values[name][rows][:, seen] for name in METRICS)
        days = (shown > 0).all(axis=0)  # an unknown day never is
        shown, clicks, conversions = shown[:, days], clicks[:, days], conversions[:, days]
        counts = Counts(shown.sum(axis=1), clicks.sum(axis=1), conversions.sum(axis=1))
        likely, dispersed = self._spreads(cube, account, last), dispersion(clicks, conversions)
        chance = chances(counts, likely, dispersed, seed=last.toordinal())
        return Standing(counts, int(days.sum()), chance)

    def _spreads(self, cube: Cube, account: int, last: date) -> Floats:
        """Return how far the account's ads lie apart in their groups, by all that were clicked."""
        if (account, last) not in self._likely:
            groups, _ = pd.factorize(cube.entities["parent_id"])  # -1: of no known group
            own = (cube.account_keys[cube.account] == account) & (groups >= 0)
            seen = cube.days <= last.toordinal()
            clicks, conversions = (
                np.nansum(cube.values[name][own][:, seen], axis=1) for name in METRICS[1:]
            )
            self._likely[account, last] = spreads(groups[own], clicks, conversions)
        return self._likely[account, last]
