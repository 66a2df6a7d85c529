"""What does a sequence say, made ready to be followed by many at once?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.formula import Expression, parse
from config.mail import Cap, MailRules
from config.mail_approval import steps_digest
from config.mail_sequences import Leaves, SequenceState, Step
from config.mail_sequences import Sequence as Written
from tasks.sequences.hours import Hours, hours_of

FINISHED, LEFT = -1, -2
"""Instead of the position of a step."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A sequence as the engine follows it. Positions are places in `steps`."""

    name: str
    written: Written
    version: str
    hours: Hours
    positions: Mapping[str, int]
    conditions: Mapping[int, Expression]
    earlier: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other version to the ids of its steps in order, for people who came in under it."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in order."""
        return self.written.steps

    @property
    def state(self) -> SequenceState:
        """Whether people move."""
        return self.written.state

    @property
    def leaves(self) -> Leaves:
        """Who goes before the end."""
        return self.written.leaves

    def place_after(self, version: str, step: str) -> int:
        """Return where somebody goes on who was at a step of another version: at the step of the
        same id, else at the next of that version's steps that is still there."""
        if step in self.positions:
            return self.positions[step]
        old = self.earlier.get(version, ())
        if step not in old:
            return LEFT
        left = [it for it in old[[*old].index(step) :] if it in self.positions]
        return self.positions[left[0]] if left else FINISHED


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds over all sequences and campaigns of a brand."""

    zone: str
    """The brand's, for whoever has none."""
    caps: tuple[Cap, ...]
    tolerance: int
    """Seconds that a message may be later than planned."""


def plan_of(
    name: str,
    written: Written,
    rules: MailRules,
    earlier: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
    """Return a sequence that the configuration has checked, ready to be followed."""
    return Plan(
        name=name,
        written=written,
        version=steps_digest(written),
        hours=hours_of(written.hours, rules),
        positions={step.id: place for place, step in enumerate(written.steps)},
        conditions={n: parse(step.when) for n, step in enumerate(written.steps) if step.when},
        earlier=earlier or {},
    )


def rules_of(rules: MailRules, zone: str) -> Rules:
    """Return what holds over all of a brand's sequences and campaigns."""
    return Rules(zone, rules.caps, rules.tolerance_hours * 3600)
