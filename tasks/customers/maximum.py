"""Where is a likelihood of a few positive parameters greatest, if anywhere?

The search is over logarithms, so that parameters stay positive, from several starts. A maximum
counts only where the slope is flat inside the bounds: a likelihood that still rises at the edge
says that the data cannot tell the parameter. Only where the model has a sense in that limit is it
taken there.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks.cube import Floats

EDGE = 11.5
"""Bounds of a logarithm: parameters, in units in which they are about 1, from 1e-5 to 1e5."""
FLAT = 1e-5
"""The steepest slope of the mean log-likelihood, per logarithm of a parameter, at a maximum."""

Likelihood = Callable[[Floats], tuple[float, Floats]]
"""From positive parameters to the log-likelihood per observation and its gradient."""


@dataclass(frozen=True, slots=True)
class NoFit:
    """No model fits the data, or they are too few."""

    reason: str


def maximise(
    likelihood: Likelihood,
    rough: Likelihood,
    starts: Sequence[Sequence[float]],
    names: Sequence[str],
    limits: Collection[str] = (),
) -> Floats | NoFit:
    """Return the parameters of the greatest likelihood, or why there are none.

    Those of `limits` may be at a bound: where the model has a sense as they go to 0 or without end.
    `rough` is the likelihood of some of the data: it says which start leads to the highest place,
    and the search over all of them goes on from there.
    """
    summits = [_climb(rough, np.log(start)) for start in starts]
    highest = min((it for it in summits if np.isfinite(it.fun)), key=_height, default=None)
    best = None if highest is None else _climb(likelihood, highest.x)
    if best is None or not np.isfinite(best.fun):
        return NoFit("the likelihood is no number anywhere")
    edges = [name for name, log in zip(names, best.x, strict=True) if abs(log) > EDGE - 0.5]
    if unknown := " and ".join(name for name in edges if name not in limits):
        return NoFit(f"the data cannot tell {unknown}: the likelihood still rises at the bounds")
    if (steepest := float(np.abs(best.jac).max())) > FLAT:
        return NoFit(f"the search did not end at a maximum: a slope of {steepest:.1e} is left")
    return _inside(best.x)


def _climb(likelihood: Likelihood, start: Floats) -> Any:
    from scipy.optimize import minimize  # slow to import

    def loss(logs: Floats) -> tuple[float, Floats]:
        parameters = _inside(logs)
        value, slope = likelihood(parameters)
        return -value, np.where(np.abs(logs) <= EDGE, -slope * parameters, 0.0)

    # Not L-BFGS-B: it hands vectors of four numbers to a threaded LAPACK, which costs more time
    # than the likelihood wherever other programs are running.
    return minimize(loss, start, jac=True, method="BFGS", options={"gtol": FLAT / 10})


def _inside(logs: Floats) -> Floats:
    parameters: Floats = np.exp(np.clip(logs, -EDGE, EDGE))
    return parameters


def _height(found: Any) -> float:
    return float(found.fun)
