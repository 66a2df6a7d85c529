"""Does a sequence fit its brand, and can it be gone through? Every misfit, with its line."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from config.formula import TRUE, FormulaError, parse
from config.mail import Cap, MailRules
from config.mail_approval import is_approved
from config.mail_hours import open_minutes, parse_until
from config.mail_sequence_paths import circles, endless, exits, span_hours
from config.mail_sequences import LEAVE, Campaign, Sequence, Step
from config.models import Brand
from config.problems import Problem, choose, quoted
from config.yaml_source import Source, Where

KINDS = ("message", "messages", "wait", "when", "split")


@dataclass(frozen=True, slots=True)
class MailWords:
    """What sequences and campaigns of a brand may name."""

    segments: Mapping[str, str]
    """Name to the digest of its rule."""
    templates: Mapping[str, str]
    """Name to the SHA-256 of its files' bytes."""
    figures: Collection[str] = field(default=())
    """What conditions may use."""


def sequence_problems(
    source: Source, sequence: Sequence, brand: Brand, words: MailWords, name: str
) -> Iterator[Problem]:
    """Yield what is wrong with a sequence of the right shape."""
    yield from plan_problems(source, sequence, brand, words, f"mail approve sequence {name}")
    yield from _entry(source, sequence, words)
    for position, segment in enumerate(sequence.leaves.segments):
        path: Where = ("leaves", "segments", position)
        yield from unknown(source, path, "segment", segment, words.segments)
        if segment == sequence.enters.segment:
            message = "who comes in by this segment would leave at once"
            yield source.problem(path, message, "name another segment")
    for position, step in enumerate(sequence.steps):
        yield from _step(source, sequence, position, step, words)
    yield from _whole(source, sequence)
    yield from _caps(source, sequence, brand.mail)


def plan_problems(
    source: Source, plan: Sequence | Campaign, brand: Brand, words: MailWords, command: str
) -> Iterator[Problem]:
    """Yield what is wrong with that which sequences and campaigns share."""
    if plan.owner and plan.owner not in brand.owners:
        message = f"no owner {quoted(plan.owner)}"
        yield source.problem(("owner",), message, choose(plan.owner, brand.owners))
    if not open_minutes(plan.hours, brand.mail.quiet_hours):
        message = "lie wholly within the brand's quiet hours: nothing would ever be sent"
        yield source.problem(("hours", "between"), message, "choose other hours")
    remedy = f"`marketloop {command}` says that somebody read all of it"
    if plan.state != "running":
        return
    if plan.approval is None:
        yield source.problem(("state",), "running, and nobody approved it", remedy)
    elif not is_approved(plan, words.segments, words.templates):
        message = "was given for something else: steps, segments or templates were changed since"
        yield source.problem(("approval", "digest"), message, remedy)


def unknown(
    source: Source, path: Where, what: str, name: str, there: Collection[str]
) -> Iterator[Problem]:
    """Yield the problem that there is no such thing."""
    if name not in there:
        yield source.problem(path, f"no {what} {quoted(name)}", choose(name, there))


def _entry(source: Source, sequence: Sequence, words: MailWords) -> Iterator[Problem]:
    enters = sequence.enters
    ways = [way for way in ("segment", "event", "date") if getattr(enters, way)]
    if len(ways) != 1:
        message = f"names {' and '.join(ways) or 'nothing'} by which people come in"
        yield source.problem(("enters",), message, "name one of segment, event and date")
    if enters.segment:
        yield from unknown(source, ("enters", "segment"), "segment", enters.segment, words.segments)
    for key, way in (("already_inside", "segment"), ("days_before", "date"), ("yearly", "date")):
        if getattr(enters, key) and not getattr(enters, way):
            message = f"says something only beside `{way}`"
            yield source.problem(("enters", key), message, "remove it")
    if enters.when:
        yield from _condition(source, ("enters", "when"), enters.when, words.figures)


def _step(
    source: Source, sequence: Sequence, position: int, step: Step, words: MailWords
) -> Iterator[Problem]:
    path: Where = ("steps", position)
    kinds = [kind for kind in KINDS if getattr(step, kind)]
    if len(kinds) != 1:
        message = f"is {' and '.join(kinds) or 'nothing'}"
        yield source.problem(path, message, f"a step is one of {', '.join(KINDS)}")
    if step.id == LEAVE or step.id in [it.id for it in sequence.steps[:position]]:
        message = f"{quoted(step.id)} stands twice" if step.id != LEAVE else "is a word of its own"
        yield source.problem((*path, "id"), message, "choose another id")
    if step.message:
        yield from unknown(source, (*path, "message"), "template", step.message, words.templates)
    if step.messages:
        yield from _arms(source, sequence, position, step, words)
    if step.wait:
        yield from _wait(source, (*path, "wait"), step)
    if step.when:
        yield from _condition(source, (*path, "when"), step.when, words.figures)
        targets = [it.id for it in sequence.steps] + [LEAVE]
        if step.otherwise not in targets:
            message = f"no step {quoted(step.otherwise)}" if step.otherwise else "is missing"
            yield source.problem((*path, "otherwise"), message, choose(step.otherwise, targets))
    elif step.otherwise:
        message = "says something only beside `when`"
        yield source.problem((*path, "otherwise"), message, "remove it")
    if step.split and (len(step.split) < 2 or abs(sum(step.split.values()) - 1) > 1e-9):
        message = f"has {len(step.split)} arms whose shares add up to {sum(step.split.values()):g}"
        yield source.problem((*path, "split"), message, "name two or more, which add up to 1")


def _arms(
    source: Source, sequence: Sequence, position: int, step: Step, words: MailWords
) -> Iterator[Problem]:
    path: Where = ("steps", position, "messages")
    splits = {it.id: it for it in sequence.steps[:position] if it.split}
    if step.of and step.of not in splits:
        message = f"no split {quoted(step.of)} stands before this step"
        yield source.problem((*path[:2], "of"), message, choose(step.of, splits))
        return
    if not step.of and len(splits) != 1:
        message = f"{len(splits) or 'no'} splits stand before this step"
        yield source.problem(path, message, "name one as `of`" if splits else "add a split")
        return
    arms = splits[step.of or next(iter(splits))].split
    for arm, template in step.messages.items():
        yield from unknown(source, (*path, arm), "arm", arm, arms)
        if template:
            yield from unknown(source, (*path, arm), "template", template, words.templates)
    if missing := [arm for arm in arms if arm not in step.messages]:
        remedy = "name a template; `null` if that arm gets nothing"
        yield source.problem(path, f"says nothing of {', '.join(missing)}", remedy)


def _wait(source: Source, path: Where, step: Step) -> Iterator[Problem]:
    wait = step.wait
    ways = [way for way in ("days", "hours", "until") if wait and getattr(wait, way)]
    if len(ways) != 1:
        message = f"says {' and '.join(ways) or 'nothing'}"
        yield source.problem(path, message, "say one of days, hours and until")
    if wait and wait.until:
        try:
            parse_until(wait.until)
        except ValueError as error:
            remedy = 'write "09:00" or "tuesday 09:00"'
            yield source.problem((*path, "until"), str(error), remedy)


def _condition(
    source: Source, path: Where, text: str, figures: Collection[str]
) -> Iterator[Problem]:
    try:
        expression = parse(text)
        expression.check(figures)
    except FormulaError as error:
        yield source.problem(path, str(error))
        return
    if expression.kind != "truth":
        yield source.problem(path, "is no condition", "compare something: `orders > 0`")
    elif not expression.references:
        always = "always" if expression.evaluate(lambda _, __: 0.0) == TRUE else "never"
        yield source.problem(path, f"is {always} so: a part is never reached", "remove the step")


def _whole(source: Source, sequence: Sequence) -> Iterator[Problem]:
    steps = sequence.steps
    if not any(step.message or any(step.messages.values()) for step in steps):
        yield source.problem(("steps",), "send nothing", "add a message")
    if any(step.otherwise not in exits(sequence) for step in steps if step.when):
        return
    for position in circles(sequence):
        if steps[position].message or steps[position].messages:
            message = "is in a circle, and nobody gets a message twice"
            yield source.problem(("steps", position), message, "take it out of the circle")
    for position in endless(sequence):
        message = "goes in a circle without a wait"
        yield source.problem(("steps", position), message, "add a wait to the circle")
    if circles(sequence) and sequence.leaves.after_days is None:
        message = "somebody may go round in a circle for ever"
        yield source.problem(("steps",), message, "add `after_days` to `leaves`")


def _caps(source: Source, sequence: Sequence, rules: MailRules) -> Iterator[Problem]:
    """Yield each message that caps would always hold back until it is too late."""
    for cap, whose in [(it, "the brand's") for it in rules.caps] + [
        (it, "its own") for it in sequence.caps
    ]:
        if (position := _held_back(sequence, cap, rules.tolerance_hours)) is not None:
            message = f"can never go out in time: {whose} cap is {_cap(cap)}"
            yield source.problem(("steps", position), message, "wait longer, or raise the cap")


def _held_back(sequence: Sequence, cap: Cap, tolerance_hours: int) -> int | None:
    sent: list[int] = []
    for position, step in enumerate(sequence.steps):
        if not (step.message or any(step.messages.values())):
            continue
        if cap.messages == 0:
            return position
        sent.append(position)
        if len(sent) > cap.messages:
            first = sent[-1 - cap.messages]
            longest = span_hours(sequence.steps[first:position]) + tolerance_hours
            if longest < cap.days * 24:
                return position
    return None


def _cap(cap: Cap) -> str:
    return f"{cap.messages} in {cap.days} day{'s' if cap.days != 1 else ''}"
