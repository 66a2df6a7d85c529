"""Random numbers that depend on what they are for, and on nothing else.

A draw is a function of (seed, purpose, entity, day). No generator is advanced, so the window that
is asked for, the order of calls and the number of processes cannot change a figure. Only integer
arithmetic and IEEE-exact operations (+ - * / and square root) are used, here and in `market.py`:
one seed gives the same bits on every machine and numpy version.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

ONE = 1 << 20
"""Fixed-point one: fractions are integers in units of 1/ONE, so that sums of them are exact."""
BITS = 20

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LOW_16 = np.uint64(0xFFFF)
_NORMAL_SIGMA = 37_837.0  # of the sum of four uniform 16-bit numbers: 65536 * sqrt(4 / 12)


def key(seed: int, *names: str) -> np.uint64:
    """Return the 64-bit key of a purpose."""
    text = "\0".join((str(seed), *names)).encode()
    return np.uint64(int.from_bytes(blake2b(text, digest_size=8).digest(), "little"))


def keys(seed: int, names: list[str]) -> Hashes:
    """Return one key per entity."""
    return np.array([key(seed, name) for name in names], dtype=np.uint64)


def hashes(purpose: np.uint64, entities: Hashes, days: Integers) -> Hashes:
    """Return independent 64-bit hashes, shape (entities, days)."""
    rows = _mix(entities ^ purpose)
    columns = days.astype(np.uint64) * _GOLDEN
    return _mix(rows[:, None] + columns[None, :])


def fractions(drawn: Hashes) -> Integers:
    """Turn hashes into uniform fixed-point fractions in [0, ONE)."""
    return (drawn >> np.uint64(64 - BITS)).astype(np.int64)


def normals(drawn: Hashes) -> Floats:
    """Turn hashes into nearly normal numbers: mean 0, deviation 1, never beyond 3.5."""
    total = (drawn & _LOW_16) + (drawn >> np.uint64(16) & _LOW_16)
    total += (drawn >> np.uint64(32) & _LOW_16) + (drawn >> np.uint64(48))
    return (total.astype(np.float64) - 131_070.0) / _NORMAL_SIGMA


def _mix(values: Hashes) -> Hashes:
    """Scramble 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = values + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))
