"""How are two ways of doing one thing compared? In turns, and by the ratio of each round.

A machine's mood (other programs, clock rate, caches) changes within minutes, but hardly between
two runs that follow each other: the median of the rounds' ratios is steadier than a ratio of times.
"""

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from statistics import median
from time import perf_counter
from typing import Literal

Unit = Literal["times", "s", "MB", ""]
Contestant = Callable[[], Callable[[], object]]
"""Prepares, unmeasured, and returns what is measured."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one run took, in seconds."""

    wall: float
    cpu: float  # of this process with all its threads, and of the programs it waited for


@dataclass(frozen=True, slots=True)
class Rounds:
    """Timings of each contestant; those of one round stand at the same place."""

    timings: Mapping[str, Sequence[Timing]]

    def ratios(self, above: str, below: str) -> list[float]:
        """Return how many times as long `above` took, round by round."""
        pairs = zip(self.timings[above], self.timings[below], strict=True)
        return [a.wall / b.wall for a, b in pairs]

    def differences(self, longer: str, shorter: str) -> list[float]:
        """Return how many seconds more `longer` took, round by round."""
        pairs = zip(self.timings[longer], self.timings[shorter], strict=True)
        return [a.wall - b.wall for a, b in pairs]

    def seconds(self, *names: str) -> str:
        """Say what these contestants took, or all, as medians."""
        wanted = names or self.timings
        return "; ".join(f"{name} {_seconds(self.timings[name])}" for name in wanted)


def _seconds(timings: Sequence[Timing]) -> str:
    wall, cpu = (median(getattr(t, kind) for t in timings) for kind in ("wall", "cpu"))
    return f"{wall:.2f} s (CPU {cpu:.2f})"


def in_turns(rounds: int, contestants: Mapping[str, Contestant]) -> Rounds:
    """Run all contestants in each round, every second round in the opposite order."""
    timings: dict[str, list[Timing]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = [*contestants] if number % 2 == 0 else [*reversed(contestants)]
        for name in order:
            timings[name].append(_timed(contestants[name]()))
    return Rounds(timings)


def _timed(work: Callable[[], object]) -> Timing:
    gc.collect()
    wall, cpu = perf_counter(), _cpu()
    work()
    return Timing(perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    return sum(os.times()[:4])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was compared, what each round gave, what was aimed at."""

    compared: str
    measured: Sequence[float]
    unit: Unit
    at_most: float | None = None
    at_least: float | None = None
    detail: str = ""

    @property
    def target(self) -> str:
        """Say what was aimed at; empty if the line is for information."""
        if self.at_most is not None:
            return f"at most {_number(self.at_most)} {self.unit}".strip()
        return "" if self.at_least is None else f"at least {_number(self.at_least)} {self.unit}"

    @property
    def met(self) -> bool | None:
        """Tell whether the median is where it should be; None without a target."""
        if self.at_most is not None:
            return median(self.measured) <= self.at_most
        return None if self.at_least is None else median(self.measured) >= self.at_least

    @property
    def value(self) -> str:
        """Say the median, and how far the rounds lie apart."""
        middle = f"{_number(median(self.measured))} {self.unit}".strip()
        if len(self.measured) == 1:
            return middle
        low, high = _number(min(self.measured)), _number(max(self.measured))
        return f"{middle} ({low} to {high}, {len(self.measured)} rounds)"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2f}"


def in_fresh_process(name: str, *, small: bool) -> list[Line]:
    """Run `bench_<name>` where nothing of another one is imported, cached or still allocated."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, name, small).result()


def _run(name: str, small: bool) -> list[Line]:
    lines: list[Line] = import_module(f"tests.benchmarks.bench_{name}").run(small=small)
    return lines
