"""How does traffic divide by who saw it and where? Shares are parts of a thousand."""

from dataclasses import dataclass

import numpy as np

from connectors.sandbox.draws import ONE, Integers

AGE = {"18-24": 140, "25-34": 290, "35-44": 240, "45-54": 170, "55-64": 100, "65+": 60}
GENDER = {"female": 560, "male": 420, "unknown": 20}
PUBLISHER_PLATFORM = {"facebook": 470, "instagram": 440, "audience_network": 60, "messenger": 30}
PLATFORM_POSITION = {"feed": 520, "story": 230, "reels": 210, "search": 40}
DEVICE_PLATFORM = {"mobile_app": 860, "mobile_web": 60, "desktop": 80}
DEVICE = {"MOBILE": 640, "DESKTOP": 310, "TABLET": 50}

META_BREAKDOWNS = {
    "age": AGE,
    "gender": GENDER,
    "publisher_platform": PUBLISHER_PLATFORM,
    "platform_position": PLATFORM_POSITION,
    "device_platform": DEVICE_PLATFORM,
}


@dataclass(frozen=True, slots=True)
class Split:
    """A division of every cell's traffic; `values[i]` are the dimensions' values of part i."""

    dimensions: tuple[str, ...]
    values: list[tuple[str, ...]]
    until: Integers  # fixed-point share of the parts up to and including each


def split_by(dimensions: dict[str, dict[str, int]]) -> Split:
    """Cross the dimensions; their shares multiply, as if they were independent."""
    values: list[tuple[str, ...]] = [()]
    weights = [1]
    for shares in dimensions.values():
        values = [(*before, value) for before in values for value in shares]
        weights = [weight * share for weight in weights for share in shares.values()]
    until = np.cumsum(np.array(weights, dtype=np.int64)) * ONE // sum(weights)
    return Split(tuple(dimensions), values, until)
