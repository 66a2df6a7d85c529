"""The search for a greatest likelihood: found, or said why not."""

import numpy as np
import pytest

from tasks.customers.maximum import EDGE, NoFit, maximise


def search(likelihood, starts=((1.0,),), names=("p",)):
    return maximise(likelihood, likelihood, starts, names)


def hill(parameters):
    """Return a hill whose top is at (2, 0.01)."""
    logs = np.log(parameters / [2.0, 0.01])
    return -float((logs**2).sum()), -2 * logs / parameters


def test_the_top_is_found():
    assert search(hill, [(1.0, 1.0)], "ab") == pytest.approx([2.0, 0.01], rel=1e-5)


def test_of_two_hills_the_higher_one_is_climbed():
    def two(parameters):
        log = np.log(parameters[0])
        low, high = np.exp(-((log + 2) ** 2)), 2 * np.exp(-((log - 2) ** 2))
        slope = -2 * (log + 2) * low - 2 * (log - 2) * high
        return float(low + high), np.array([slope]) / parameters

    assert np.log(search(two, [(0.15,), (7.0,)])) == pytest.approx([2], abs=0.01)


def test_a_likelihood_that_rises_for_ever_names_the_parameter():
    def rising(parameters):
        value, slope = hill(parameters[:2])
        return value + float(np.log(parameters[2])), np.append(slope, 1 / parameters[2])

    found = search(rising, [(1.0, 1.0, 1.0)], ("a", "b", "c"))
    assert found == NoFit("the data cannot tell c: the likelihood still rises at the bounds")


def test_a_parameter_may_be_at_a_bound_where_the_model_has_a_limit():
    def rising(parameters):
        return float(np.tanh(np.log(parameters[0]) / 50)), (
            1 - np.tanh(np.log(parameters) / 50) ** 2) / 50 / parameters  # fmt: skip

    assert isinstance(search(rising), NoFit)
    found = maximise(rising, rising, [(1.0,)], "p", limits="p")
    assert found == pytest.approx([np.exp(EDGE)])


def test_no_number_is_no_fit():
    found = search(lambda parameters: (np.nan, parameters * np.nan))
    assert found == NoFit("the likelihood is no number anywhere")


def test_a_peak_without_a_flat_top_is_no_maximum():
    def pointed(parameters):
        log = np.log(parameters)
        return -float(abs(log[0] - 1.0)), np.where(log > 1.0, -1.0, 1.0) / parameters

    assert search(pointed).reason.startswith("the search did not end at a maximum")
