"""How much does each page matter to the business?

A page matters much (`high`) if the brand says so, if it is the start page, or if it is among the
pages that together bring four fifths of the clicks from searches or of the revenue of the last 28
days. It matters little (`low`) if the brand says so, or if it is far from the start and nobody came
by a search. What the brand says goes before what is measured.
"""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt
import pandas as pd

from config.models import SiteRules
from connectors.addresses import path_of
from tasks.cube import Booleans, Floats

MOST = 0.8
"""The share of clicks or revenue that the pages of high importance bring together."""
LEAST_CLICKS = 20.0
"""A page with fewer clicks in 28 days is not high by its clicks, however small the site."""
FAR = 3
"""Pages more than so many clicks from the start are far."""


def importance(pages: pd.DataFrame, rules: SiteRules) -> npt.NDArray[np.object_]:
    """Return high, medium or low for each page.

    `pages` has url, depth (NaN: no link leads there), clicks and revenue (28 days; NaN: unknown,
    which says nothing).
    """
    paths = [path_of(url) for url in pages["url"]]
    depth = pages["depth"].to_numpy(dtype=np.float64)
    clicks = pages["clicks"].to_numpy(dtype=np.float64)
    revenue = pages["revenue"].to_numpy(dtype=np.float64)
    high = (depth == 0) | (_most(clicks) & (clicks >= LEAST_CLICKS)) | _most(revenue)
    far = np.isnan(depth) | (depth > FAR)
    low = far & (clicks == 0) & ~(revenue > 0)
    said_high, said_low = fits(paths, rules.important), fits(paths, rules.unimportant)
    result = np.full(len(pages), "medium", dtype=object)
    result[low] = "low"
    result[high] = "high"
    result[said_low] = "low"
    result[said_high] = "high"
    return result


def owners(urls: Iterable[str], rules: SiteRules) -> list[str]:
    """Return whose each page is: the owner of the first pattern that fits its path, or ''."""
    return [
        next((who for pattern, who in rules.owners.items() if fnmatchcase(path, pattern)), "")
        for path in map(path_of, urls)
    ]


def fits(paths: Sequence[str], patterns: Sequence[str]) -> Booleans:
    """Tell of each path whether one of these shell patterns fits the whole of it."""
    found = (any(fnmatchcase(path, pattern) for pattern in patterns) for path in paths)
    return np.fromiter(found, dtype=np.bool_, count=len(paths))


def _most(values: Floats) -> Booleans:
    """Tell which of the largest values make up `MOST` of the sum; equal ones all or none."""
    amounts = np.nan_to_num(values)
    total = amounts.sum()
    if total <= 0:
        return np.zeros(len(values), dtype=np.bool_)
    falling = np.sort(amounts)[::-1]
    before = np.cumsum(falling) - falling
    least = falling[before < MOST * total][-1]
    return np.asarray((amounts >= least) & (amounts > 0), dtype=np.bool_)
