"""Where is somebody in his life with the brand?

The first line that holds counts; days are the brand's `mail.lifecycle`, counted to `as_of`:

| stage      | who                                                                         |
|------------|-----------------------------------------------------------------------------|
| subscriber | has never ordered, and agreed to mail                                       |
| (none)     | has never ordered, and did not agree, has not confirmed it, or took it back |
| won_back   | ordered again, at most `new_days` ago, more than `lapsed_days` after the    |
|            | order before                                                                |
| new        | ordered for the first time at most `new_days` ago                           |
| active     | last ordered at most `at_risk_days` ago                                     |
| at_risk    | last ordered at most `lapsed_days` ago                                      |
| lapsed     | last ordered longer ago                                                     |

Whether a customer may be written to is not asked: who unsubscribed and buys is active, and gets no
mail because consent and suppression are looked at where mail is claimed.
"""

from typing import get_args

import numpy as np
import numpy.typing as npt

from config.mail import Lifecycle, Stage
from tasks.cube import Booleans, Floats

STAGES: tuple[Stage, ...] = get_args(Stage)
NONE = -1
"""The code of whoever is in no stage."""

Codes = npt.NDArray[np.int8]
"""Places in `STAGES`, or `NONE`."""


def stages(
    since_first: Floats,
    since_last: Floats,
    since_return: Floats,
    subscribed: Booleans,
    lifecycle: Lifecycle,
) -> Codes:
    """Return everybody's stage.

    Days since the first, the last and the latest returning order day (see `Histories.returned`);
    NaN without one. `subscribed` is a consent that holds.
    """
    code = {stage: np.int8(place) for place, stage in enumerate(STAGES)}
    never = np.isnan(since_last)
    return np.select(
        [
            never & subscribed,
            never,
            since_return <= lifecycle.new_days,
            since_first <= lifecycle.new_days,
            since_last <= lifecycle.at_risk_days,
            since_last <= lifecycle.lapsed_days,
        ],
        [
            code["subscriber"],
            np.int8(NONE),
            code["won_back"],
            code["new"],
            code["active"],
            code["at_risk"],
        ],
        code["lapsed"],
    )
