"""Which arm of a split or test does a person get? Always the same one, without a memory.

A person's key is mixed with the split's name by the finaliser of splitmix64 (G. L. Steele, D. Lea,
C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), which makes keys that
lie near each other independent; keys are hashes already.
"""

from collections.abc import Mapping
from hashlib import sha256

import numpy as np

from connectors.enrolments import Codes, Floats, Keys


def drawn(person_key: Keys, *about: str) -> Floats:
    """Return a number of [0, 1) per person, the same whenever the same is asked."""
    salt = int.from_bytes(sha256("\0".join(about).encode()).digest()[:8])
    mixed = person_key.astype(np.uint64) ^ np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53


def draw(person_key: Keys, shares: Mapping[str, float], *about: str) -> Codes:
    """Return the place of each person's arm in `shares`, whose values add up to 1."""
    ends = np.cumsum([*shares.values()])
    place = np.searchsorted(ends, drawn(person_key, *about), side="right")
    return np.minimum(place, len(ends) - 1)
