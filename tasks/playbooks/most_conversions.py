"""Which of the ads that run together may bring the most conversions per impression?

More clicks are not more sales, and more sales per click are none where nobody clicks. A click costs
about the same in all ads of a group, so an ad is worth what its impressions bring. Ads are compared
on the days on which all of them were shown, as far as conversions have arrived: a season or a sale
that only one of them had says nothing of the ads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

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
        self._cube = situation.cubes.get("ad")
        self._likely: dict[tuple[int, date], Floats] = {}

    def measured(self, account_key: int) -> bool:
        """Say whether an account is known to have brought a conversion on the days that we see.

        One without any has most likely no tracking: what its ads are worth is unknown, not nothing.
        """
        cube = self._cube
        if cube is None or not {*METRICS} <= cube.values.keys():
            return False
        own = cube.account_keys[cube.account] == account_key
        return bool(np.nansum(cube.values["conversions"][own]) > 0)

    def among(self, ads: Sequence[Concerned], last: date) -> Standing | None:
        """Compare ads of one group up to the day `last`; None where conversions are not measured.

        Ads that the cube does not have cannot be compared: `KeyError`.
        """
        cube, account = self._cube, ads[0].account_key
        if cube is None or not self.measured(account):
            return None
        place = {key: row for row, key in enumerate(cube.entities["entity_key"].tolist())}
        rows = [place[ad.entity_key] for ad in ads]
        seen = cube.days <= last.toordinal()
        shown, clicks, conversions = (cube.values[name][rows][:, seen] for name in METRICS)
        known = ~np.isnan(clicks + conversions).any(axis=0)
        days = (shown > 0).all(axis=0) & known
        clicks, conversions = clicks[:, days], conversions[:, days]
        counts = Counts(shown[:, days].sum(axis=1), clicks.sum(axis=1), conversions.sum(axis=1))
        dispersed = dispersion(clicks, conversions)
        likely = self._spreads(cube, account, last)
        chance = chances(counts, likely, dispersed, seed=last.toordinal())
        return Standing(counts, int(days.sum()), chance)

    def _spreads(self, cube: Cube, account: int, last: date) -> Floats:
        """Return how far ads of a group lie apart in this account: all ads that were ever clicked."""
        if (account, last) not in self._likely:
            own = cube.account_keys[cube.account] == account
            seen = cube.days <= last.toordinal()
            clicks, conversions = (
                np.nansum(cube.values[name][own][:, seen], axis=1) for name in METRICS[1:]
            )
            parents = cube.entities["parent_id"].to_numpy(dtype=object)[own]
            _, groups = np.unique(parents.astype(str), return_inverse=True)
            self._likely[account, last] = spreads(groups, clicks, conversions)
        return self._likely[account, last]
