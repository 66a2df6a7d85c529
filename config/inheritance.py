"""Which checks does a brand's process run? Shared ones, its own, and what the brand changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from config.models import Brand, Check, CheckLibrary, Fact, Override, Process

C = TypeVar("C", Check, Fact)


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A check that this brand does without, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checks:
    """What a run judges. Every check has an owner of the brand."""

    checks: tuple[Check, ...]
    facts: tuple[Fact, ...]
    off: tuple[SwitchedOff, ...]


def inherited(
    process: Process, libraries: Mapping[str, CheckLibrary]
) -> tuple[tuple[Check, ...], tuple[Fact, ...]]:
    """Return a process's checks and facts: those of its libraries first, then its own."""
    shared = [libraries[name] for name in process.libraries if name in libraries]
    checks = [check for library in shared for check in library.checks]
    facts = [fact for library in shared for fact in library.facts]
    return (*checks, *process.checks), (*facts, *process.facts)


def checks_of(brand: Brand, process: Process, libraries: Mapping[str, CheckLibrary]) -> Checks:
    """Return the checks of a process as the brand wants them.

    An owner that the brand does not have, or none, becomes the brand's first owner. Limits of an
    override replace those of the same name; its cases replace all cases.
    """
    checks, facts = inherited(process, libraries)
    names = [*(check.name for check in checks), *(fact.name for fact in facts)]
    off = tuple(
        SwitchedOff(name, brand.checks[name].reason)
        for name in names
        if name in brand.checks and brand.checks[name].off
    )
    gone = {check.name for check in off}
    return Checks(
        tuple(_check(check, brand) for check in checks if check.name not in gone),
        tuple(_fact(fact, brand) for fact in facts if fact.name not in gone),
        off,
    )


def overridden(check: Check, override: Override) -> Check:
    """Return a check with a brand's own limits and cases."""
    return check.model_copy(
        update={
            "minimum": {**check.minimum, **(override.minimum or {})},
            "cases": override.cases or check.cases,
        }
    )


def _check(check: Check, brand: Brand) -> Check:
    override = brand.checks.get(check.name, Override())
    return overridden(_owned(check, override, brand), override)


def _fact(fact: Fact, brand: Brand) -> Fact:
    override = brand.checks.get(fact.name, Override())
    shared = {} if override.verdict else fact.by_importance
    return _owned(fact, override, brand).model_copy(
        update={
            "verdict": override.verdict or fact.verdict,
            "by_importance": {**shared, **(override.by_importance or {})},
            "limits": {**fact.limits, **(override.limits or {})},
        }
    )


def _owned(check: C, override: Override, brand: Brand) -> C:
    wanted = override.owner or check.owner
    owner = wanted if wanted in brand.owners else next(iter(brand.owners))
    return check.model_copy(update={"owner": owner})
