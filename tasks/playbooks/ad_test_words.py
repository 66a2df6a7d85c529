"""How is a test of ads told: what it was to find, what it found, and what its ads bring?"""

from collections.abc import Iterable

from config.playbooks import AdTestPlaybook
from tasks.playbooks.ad_tests import RATES, Decision, Test, pairs_of
from tasks.playbooks.lost_tests import Lost
from tasks.report.numbers import day, number

_LEAST = 0.001
"""Draws do not tell smaller chances apart."""


def declared(playbook: AdTestPlaybook, test: Test) -> str:
    """Return the plan of the test; of one that could not be planned, its settings."""
    _, trial = RATES[playbook.rate]
    sample = number(test.sample, "count", none="enough")
    base = number(test.base, "percent", none="what it is")
    return (
        f"Declared beforehand: {sample} {trial} per ad, to find a {playbook.rate.upper()} "
        f"{number(playbook.least_difference, 'percent')} below {base} with power "
        f"{number(playbook.power, 'percent')} at {number(playbook.alpha, 'percent')} error over "
        "the ad group"
    )


def rates(playbook: AdTestPlaybook, decision: Decision, place: int) -> str:
    """Set the rate of an ad against that of the best."""
    found = decision.successes / decision.trials
    return (
        f"{playbook.rate.upper()} {number(found[place], 'percent')} against "
        f"{number(found[decision.best], 'percent')} of {decision.test.ads[decision.best].name}"
    )


def tested(playbook: AdTestPlaybook, decision: Decision, place: int) -> Iterable[str]:
    """Say what was declared, what each ad had, and how sure it is that the one at `place` lost."""
    test, (success, trial) = decision.test, RATES[playbook.rate]
    won, tried = decision.successes, decision.trials
    yield declared(playbook, test)
    for i, each in enumerate(test.ads):
        yield (
            f"{each.name}: {number(won[i], 'count')} {success} of {number(tried[i], 'count')} "
            f"{trial}, {number(won[i] / tried[i], 'percent')}"
        )
    yield (
        f"p = {decision.p[place]:.2g}, needed below {decision.limit:.2g} "
        f"({pairs_of(len(test.ads))} comparisons); figures from {day(test.first)} to "
        f"{day(decision.ended)}"
    )


def brought(found: Lost) -> Iterable[str]:
    """Say what each ad that runs brought, and how likely it brings the most."""
    if (standing := found.standing) is None:
        return
    yield (
        f"On {standing.days} days up to {day(found.decision.test.last)}, on which all of them were "
        "shown, with the chance to bring the most conversions per impression:"
    )
    for place in found.running:
        yield f"{found.ad(place).name}: {_conversions(found, place)}"


def _conversions(found: Lost, place: int) -> str:
    standing = found.standing
    if standing is None:
        return "no conversions are measured"
    counts, at = standing.counts, found.running.index(place)
    known = found.chance(place) >= _LEAST
    chance = (
        number(found.chance(place), "percent") if known else f"under {number(_LEAST, 'percent')}"
    )
    return (
        f"{number(counts.conversions[at], 'count')} conversions of "
        f"{number(counts.clicks[at], 'count')} clicks and "
        f"{number(counts.impressions[at], 'count')} impressions, chance {chance}"
    )


def why_it_stays(found: Lost, place: int) -> str:
    """Say why a loser is not paused."""
    name = found.ad(place).name
    if found.standing is None:
        return f"{name} lost its test, but no conversions of the account are known"
    best = max((each for each in found.running if each != place), key=found.chance)
    return (
        f"{name} lost its test but may bring the most conversions per impression: "
        f"{_conversions(found, place)}; {found.ad(best).name}: {_conversions(found, best)}"
    )


def missing(playbook: AdTestPlaybook, test: Test) -> str:
    """Say why a test could not be decided."""
    _, trial = RATES[playbook.rate]
    if test.sample is None:
        return "its first days brought too little to plan it"
    return f"not every ad reached {number(test.sample, 'count')} {trial}"
