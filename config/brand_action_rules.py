"""May this brand's playbooks do what its file says? Modes, guardrails, envelopes, overrides."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time

from config.brand_playbooks import MODES, envelope_of, mode_of, override_of
from config.brand_rules import Surroundings
from config.brand_splits import platforms_of, replaced, whole_of
from config.changeable import field_of
from config.guardrails import Envelope, Guardrails, Protected
from config.inheritance import overridden
from config.models import Brand, Check, Fact, Override, PlaybookOverride, Process
from config.playbook_rules import step_of, words_of
from config.playbooks import Playbook, SplitPlaybook
from config.problems import Problem, choose, quoted
from config.rule_conflicts import conflicts
from config.yaml_source import Source, Where


def action_problems(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    """Yield everything that is wrong with what a brand file says of changes."""
    yield from _modes(source, brand, around)
    yield from _limits(source, brand.guardrails)
    yield from _protection(source, brand.guardrails)
    if brand.envelope:
        yield from _envelope(source, brand.envelope, around)
    yield from _overrides(source, brand, around)
    yield from _refused(source, brand, around)
    yield from _unsplit(source, brand, around)
    yield from _conflicts(source, brand, around)


def _modes(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    anywhere = [brand.envelope, *(override.envelope for override in brand.playbooks.values())]
    if brand.mode == "act" and not any(anywhere):
        yield _boundless(source, ("mode",))
    for name, mode in brand.modes.items():
        path: Where = ("modes", name)
        if name not in around.processes:
            message = f"no process {quoted(name)}"
            yield source.problem(path, message, choose(name, around.processes))
        elif MODES.index(mode) > MODES.index(brand.mode):
            message = f"{mode} is more than the brand's mode, and the lesser one holds"
            yield source.note(path, message, f"raise `mode: {brand.mode}`, or lower this")
        elif mode == "act" and not any(anywhere) and brand.mode != "act":
            yield _boundless(source, path)


def _boundless(source: Source, path: Where) -> Problem:
    message = "act needs an envelope: inside which changes are made without being asked"
    return source.problem(path, message, "add `envelope: {fields: [...]}`, or use propose")


def _limits(source: Source, guardrails: Guardrails) -> Iterator[Problem]:
    for field in guardrails.values:
        path: Where = ("guardrails", "values", field)
        limits = guardrails.limits(field)
        if limits.minimum and limits.maximum and limits.minimum > limits.maximum:
            message = f"the minimum {limits.minimum} is above the maximum {limits.maximum}"
            yield source.problem((*path, "minimum"), message, "swap or change them")
        steps = {
            "step_percent": limits.step_percent,
            "percent_7_days": limits.percent_7_days,
            "percent_30_days": limits.percent_30_days,
        }
        for (key, percent), (longer, most) in zip(
            list(steps.items())[:-1], list(steps.items())[1:], strict=True
        ):
            if percent > most:
                stated = key if key in guardrails.values[field].model_fields_set else longer
                message = f"{key} is {percent:g}, and {longer} allows {most:g} only"
                yield source.note((*path, stated), message, f"the lesser one holds: change {key}")
    start, end = guardrails.hours
    if start == end != time(0):
        message = f"from {start:%H:%M} until {end:%H:%M} is no span of time"
        yield source.problem(
            ("guardrails", "hours"), message, 'write ["00:00", "00:00"] for the whole day'
        )
    if not guardrails.weekdays:
        message = "on no day of the week anything is changed"
        yield source.note(("guardrails", "weekdays"), message, "name days, or use `mode: observe`")


def _protection(source: Source, guardrails: Guardrails) -> Iterator[Problem]:
    for position, protected in enumerate(guardrails.protected):
        if protected == Protected():
            message = "names nothing, and so protects everything"
            remedy = "name a level, name, entity_id or label"
            yield source.problem(("guardrails", "protected", position), message, remedy)


def _playbooks(around: Surroundings) -> Mapping[str, tuple[str, Process, Playbook]]:
    return {
        book.name: (name, process, book)
        for name, process in around.processes.items()
        if process
        for book in process.playbooks
    }


def _envelope(source: Source, envelope: Envelope, around: Surroundings) -> Iterator[Problem]:
    known = _playbooks(around)
    for position, name in enumerate(envelope.playbooks):
        if name not in known and around.all_checks:
            path: Where = ("envelope", "playbooks", position)
            yield source.problem(path, f"no playbook {quoted(name)}", choose(name, known))


def _overrides(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    known = _playbooks(around)
    for name, override in brand.playbooks.items():
        path: Where = ("playbooks", name)
        if name not in known and around.all_checks:
            yield source.problem(path, f"no playbook {quoted(name)}", choose(name, known))
        if override.off and not override.reason.strip():
            message = "switching a playbook off needs a reason"
            yield source.problem(path, message, "add `reason:`; reports show it")
        if _says_nothing(override):
            yield source.problem(path, "changes nothing", "remove it, or say what it changes")
        if override.owner and override.owner not in brand.owners:
            message = f"no owner {quoted(override.owner)}"
            yield source.problem((*path, "owner"), message, choose(override.owner, brand.owners))
        if override.envelope and (only := override.envelope.playbooks) and name not in only:
            message = f"this envelope of {name} is for other playbooks only"
            yield source.problem((*path, "envelope", "playbooks"), message, "leave `playbooks` out")
        yield from _override_mode(source, path, name, brand, around)


def _says_nothing(override: PlaybookOverride) -> bool:
    return override.model_copy(update={"reason": ""}) == PlaybookOverride()


def _override_mode(
    source: Source, path: Where, name: str, brand: Brand, around: Surroundings
) -> Iterator[Problem]:
    override = brand.playbooks[name]
    if override.mode is None or override.off:
        return
    where = (*path, "mode")
    if override.mode == "act" and envelope_of(brand, name) is None:
        yield _boundless(source, where)
    elif found := _playbooks(around).get(name):
        process, _, playbook = found
        held = mode_of(brand, process, playbook)
        if MODES.index(override.mode) > MODES.index(held):
            message = (
                f"{override.mode} is more than the brand allows here, and the lesser one holds"
            )
            yield source.note(where, message, f"raise `mode` or `modes` from {held}, or lower this")


def _used(brand: Brand, around: Surroundings) -> list[tuple[str, Process, Playbook]]:
    """Return the playbooks that concern a brand: of its platforms, not switched off, nor replaced
    by another one."""
    platforms = {entry.platform for entry in brand.accounts}
    others = replaced(brand, {name: it for name, it in around.processes.items() if it})
    return [
        (name, process, book)
        for name, process, book in _playbooks(around).values()
        if process.platform in platforms
        and not override_of(brand, book.name).off
        and book.name not in others
        and not (_is_of_several(book, process) and name not in brand.schedules)
    ]


def _is_of_several(book: Playbook, process: Process) -> bool:
    """Tell whether a playbook splits several platforms: a brand asks for that by a schedule."""
    return isinstance(book, SplitPlaybook) and len(platforms_of(book, process)) > 1


def _refused(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    """Yield notes on playbooks whose changes the brand's own limits always refuse."""
    used = [book for _, _, book in _used(brand, around)]
    for position, field in enumerate(brand.guardrails.blocked):
        if field != "advice" and (names := [it.name for it in used if field_of(it) == field]):
            message = f"{field} is blocked, and so is whatever {', '.join(names)} would change"
            path: Where = ("guardrails", "blocked", position)
            yield source.note(path, message, "switch these off with a reason, or allow it")
    for field in brand.guardrails.values:
        own = brand.guardrails.limits(field).step_percent
        usual = Guardrails().limits(field).step_percent
        steps = [(it.name, step[2]) for it in used if (step := step_of(it)) and step[0] == field]
        path = ("guardrails", "values", field, "step_percent")
        for name, percent in steps:
            if own < percent <= usual:
                message = f"{own:g} % is less than the step of {percent:g} % that {name} takes"
                yield source.note(
                    path, message, "such a change is refused: allow it, or switch off"
                )
    for name, process, book in _used(brand, around):
        if isinstance(book, SplitPlaybook) and mode_of(brand, name, book) != "observe":
            yield from _amount(source, brand, book, platforms_of(book, process))


def _amount(
    source: Source, brand: Brand, book: SplitPlaybook, over: Sequence[str]
) -> Iterator[Problem]:
    """Yield a note on a split of a month that the brand does not state."""
    if len(over) > 1 and not whole_of(brand, over):
        message = f"{book.name} splits one amount over {' and '.join(over)}, and there is none"
        remedy = f"add `- {{platforms: [{', '.join(over)}], monthly: ...}}`"
        yield source.note(("budgets",), message, remedy)
    elif not any({*over} & {*budget.over} for budget in brand.budgets):
        message = f"{book.name} splits a monthly budget, and the brand states none"
        remedy = "add `budgets:`, or switch it off with a reason"
        yield source.note(("budgets",), message, remedy)


def _unsplit(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    """Yield notes on months over several platforms that nothing which is scheduled splits."""
    replacing = {
        (name, book.name): platforms_of(book, process)
        for name, process, book in _playbooks(around).values()
        if isinstance(book, SplitPlaybook)
        and name not in brand.schedules
        and not override_of(brand, book.name).off
    }
    for position, budget in enumerate(brand.budgets):
        for (process, book), over in replacing.items():
            if budget.platforms and {*over} == {*budget.platforms}:
                message = f"it is for {book} to split, in {process}, which is not scheduled"
                remedy = f"add it to `schedules`, or switch {book} off with a reason"
                yield source.note(("budgets", position, "platforms"), message, remedy)


def _conflicts(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    """Yield the conflicts that only the brand's own limits and cases bring about."""
    for process in {id(it): it for _, it, _ in _used(brand, around)}.values():
        books = [book for _, of, book in _used(brand, around) if of is process]
        shared = around.checks
        changed = {
            name: own
            for name, override in brand.checks.items()
            if name in shared and not override.off
            if (own := _own(shared[name], override)) != shared[name]
        }
        concerned = {name for book in books for name in book.on} & changed.keys()
        if not concerned:
            continue
        words = words_of(around.known)
        before = {(it.first, it.second) for it in conflicts(books, shared, words)}
        for conflict in conflicts(books, {**shared, **changed}, words):
            if (conflict.first, conflict.second) not in before:
                yield conflict.problem(source, ("checks", min(concerned)))


def _own(check: Check | Fact, override: Override) -> Check | Fact:
    """Return what a brand's override makes of the triggers of a check or fact."""
    if isinstance(check, Check):
        return overridden(check, override)
    return check.model_copy(update={"verdict": override.verdict or check.verdict})
