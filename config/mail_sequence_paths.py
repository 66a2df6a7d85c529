"""Which ways are there through a sequence's steps? Circles, and how long a stretch takes."""

from collections.abc import Iterable, Iterator

from config.mail_sequences import LEAVE, Sequence, Step

WEEK = 7 * 24


def exits(sequence: Sequence) -> frozenset[str]:
    """Return every place that a condition may lead to."""
    return frozenset([step.id for step in sequence.steps] + [LEAVE])


def next_places(sequence: Sequence, position: int) -> Iterator[int]:
    """Yield the positions that may follow a step; the end is none."""
    step = sequence.steps[position]
    if position + 1 < len(sequence.steps):
        yield position + 1
    if step.when and step.otherwise != LEAVE:
        yield next(n for n, it in enumerate(sequence.steps) if it.id == step.otherwise)


def circles(sequence: Sequence) -> list[int]:
    """Return the positions of the steps that somebody may come to again."""
    return _again(sequence, set())


def endless(sequence: Sequence) -> list[int]:
    """Return the positions that somebody may come to again without having waited."""
    return _again(sequence, {n for n, step in enumerate(sequence.steps) if step.wait})


def _again(sequence: Sequence, without: set[int]) -> list[int]:
    after = {
        place: {it for it in next_places(sequence, place) if it not in without}
        for place in range(len(sequence.steps))
        if place not in without
    }
    for _ in after:  # as many rounds as the longest way has steps
        after = {place: found.union(*(after[it] for it in found)) for place, found in after.items()}
    return [place for place, found in after.items() if place in found]


def span_hours(steps: Iterable[Step]) -> int:
    """Return how long the waits among some steps may take at most, one after the other."""
    return sum(_hours(step) for step in steps if step.wait)


def _hours(step: Step) -> int:
    wait = step.wait
    if wait is None:
        return 0
    if wait.until:
        return WEEK if " " in wait.until else 24
    return (wait.days or 0) * 24 + (1 if wait.days else 0) + (wait.hours or 0)
