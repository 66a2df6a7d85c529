"""Does a process fit its platforms, what it pulls, and the checks it runs?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from config.check_rules import Vocabulary
from config.fact_words import FACTS
from config.models import Check, Fact, Process, WorkflowTask
from config.platforms import LEVELS
from config.problems import Problem, choose, quoted
from config.words import Level
from config.yaml_source import Source, Where

PERIODS: Mapping[Literal["day", "week", "month", "quarter"], int] = {
    "day": 1,
    "week": 7,
    "month": 31,
    "quarter": 92,
}
"""What comes again to the days that it is apart at most."""


def process_problems(
    source: Source, process: Process, inherited: Sequence[Check | Fact], known: Vocabulary
) -> Iterator[Problem]:
    """Yield what is wrong with a process beside its own checks; `inherited` are its libraries'."""
    yield from _names(source, process, known)
    yield from _pulls(source, process)
    yield from _report(source, process, known)
    yield from _runs(source, process, inherited)
    yield from _workflow(source, process)


def sources_of(check: Check | Fact, process: Process) -> tuple[str, ...]:
    """Return the platforms of a process any of which serves a check; none if it asks for none."""
    if isinstance(check, Fact):
        wanted = (check.platform,) if check.platform else FACTS[check.fact].sources
        return tuple(name for name in process.platforms if name in wanted)
    return _pulling(process, check.level, check.filter.platform)


def _names(source: Source, process: Process, known: Vocabulary) -> Iterator[Problem]:
    for position, platform in enumerate(process.platforms):
        path: Where = ("platforms", position)
        if platform not in known.platforms:
            message = f"no connector brings the platform {quoted(platform)}"
            yield source.problem(path, message, choose(platform, known.platforms))
        elif platform in process.platforms[:position]:
            message = f"{quoted(platform)} stands in the list twice"
            yield source.problem(path, message, "remove one of the two")
    for position, library in enumerate(process.libraries):
        if library not in known.libraries:
            message = f"no check library {quoted(library)}"
            yield source.problem(("libraries", position), message, choose(library, known.libraries))
    shown: dict[Where, tuple[str, ...]] = {
        ("kpis",): process.kpis,
        ("report", "kpis"): process.report.kpis,
        ("report", "charts"): process.report.charts,
    }
    for path, names in shown.items():
        for position, name in enumerate(names):
            if name not in known.figures:
                message = f"no KPI or metric {quoted(name)}"
                yield source.problem((*path, position), message, choose(name, known.figures))


# --- what is pulled ------------------------------------------------------------------------------


def _pulls(source: Source, process: Process) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], int] = {}
    for position, pull in enumerate(process.pulls):
        path: Where = ("pulls", position)
        yield from _which(source, path, pull.platform, process)
        platform = pull.platform or process.platform
        first = seen.setdefault((platform, pull.level, pull.breakdown), position)
        if first != position:
            message = f"the same level and breakdown as pulls[{first}]"
            yield source.problem(path, message, "remove one of the two")
        there = LEVELS.get(platform, (pull.level,))
        if pull.level not in there and platform in process.platforms:
            message = f"{platform} has no figures of the level {pull.level}"
            remedy = choose(pull.level, there) if there else "remove it: it has none by the day"
            yield source.problem((*path, "level"), message, remedy)


def _which(source: Source, path: Where, platform: str, process: Process) -> Iterator[Problem]:
    """Yield a platform that the process does not have, or one that is needed and not named."""
    if not platform and len(process.platforms) > 1:
        message = "does not say which of the process's platforms is meant"
        yield source.problem(path, message, f"add `platform:`; {choose('', process.platforms)}")
    elif platform and platform not in process.platforms:
        message = f"the process is not about the platform {quoted(platform)}"
        yield source.problem((*path, "platform"), message, choose(platform, process.platforms))


def _pulling(process: Process, level: Level, platform: str = "") -> tuple[str, ...]:
    """Return the platforms that bring figures of a level: all that do, or only the one named."""
    # accounts that are not pulled as such are summed from their campaigns
    enough = {level, "campaign"} if level == "account" else {level}
    return tuple(
        name
        for name in process.platforms
        if platform in ("", name)
        and any(pull.level in enough and not pull.breakdown for pull in process.pulls_of(name))
    )


def _report(source: Source, process: Process, known: Vocabulary) -> Iterator[Problem]:
    report = process.report
    path: Where = ("report",)
    if report.sort_by not in known.metrics and (
        process.pulls or "sort_by" in report.model_fields_set
    ):
        message = f"no metric {quoted(report.sort_by)}"
        yield source.problem((*path, "sort_by"), message, choose(report.sort_by, known.metrics))
    if not (report.kpis or report.charts or process.pulls):
        return  # a process without figures has no table of them
    if report.platform:
        yield from _which(source, path, report.platform, process)
    if report.platform in ("", *process.platforms):
        yield from _pulled(source, (*path, "level"), process, report.level, report.platform, "")


# --- what is checked -----------------------------------------------------------------------------


def _runs(source: Source, process: Process, inherited: Sequence[Check | Fact]) -> Iterator[Problem]:
    """Yield the checks for which the process has no platform, or does not pull the figures."""
    for number, check in enumerate(process.checks):
        yield from _served(source, ("checks", number), process, check, "")
    for number, fact in enumerate(process.facts):
        yield from _served(source, ("facts", number), process, fact, "")
    for shared in inherited:
        whose = f", which the shared check {shared.name} needs"
        yield from _served(source, ("libraries",), process, shared, whose)


def _served(
    source: Source, path: Where, process: Process, check: Check | Fact, whose: str
) -> Iterator[Problem]:
    own = not whose
    remedy = f"add it to `platforms`; there: {', '.join(process.platforms)}"
    platform = check.platform if isinstance(check, Fact) else check.filter.platform
    if platform and platform not in process.platforms:
        message = f"the process is not about the platform {quoted(platform)}{whose}"
        where = (*path, "platform") if isinstance(check, Fact) else (*path, "filter", "platform")
        yield source.problem(where if own else path, message, remedy)
    elif isinstance(check, Check):
        where = (*path, "level") if own else path
        yield from _pulled(source, where, process, check.level, platform, whose)
    elif (wanted := FACTS[check.fact].sources) and not sources_of(check, process):
        message = f"the process is not about {' or '.join(wanted)}"
        needed = whose or f", which {check.fact} needs"
        yield source.problem((*path, "fact") if own else path, message + needed, remedy)


def _pulled(
    source: Source, path: Where, process: Process, level: Level, platform: str, whose: str
) -> Iterator[Problem]:
    if _pulling(process, level, platform):
        return
    mine = [pull for pull in process.pulls if platform in ("", pull.platform or process.platform)]
    levels = sorted({pull.level for pull in mine if not pull.breakdown})
    needed = "campaign" if level == "account" and len(process.platforms) == 1 else level
    of = f" of {platform}" if platform and len(process.platforms) > 1 else ""
    message = f"the process does not pull the level {needed}{of} without breakdown{whose}"
    yield source.problem(path, message, f"add it to `pulls`; there: {', '.join(levels) or 'none'}")


# --- what people do ------------------------------------------------------------------------------


def _workflow(source: Source, process: Process) -> Iterator[Problem]:
    for number, step in enumerate(process.workflow):
        for position, task in enumerate(step.tasks):
            yield from _task(source, ("workflow", number, "tasks", position), task)


def _task(source: Source, path: Where, task: WorkflowTask) -> Iterator[Problem]:
    if task.every and task.done_by == "flow":
        message = "the flow does it in every run, and opens no work item for it"
        yield source.problem((*path, "every"), message, "remove it, or write `done_by: person`")
    elif task.every and task.due_days > PERIODS[task.every]:
        message = f"is due {task.due_days} days after the {task.every} began, when the next one has"
        remedy = f"at most {PERIODS[task.every]}"
        where = "due_days" if "due_days" in task.model_fields_set else "every"
        yield source.problem((*path, where), message, remedy)
    elif "due_days" in task.model_fields_set and not task.every:
        message = "says nothing without `every`"
        yield source.problem((*path, "due_days"), message, "add `every: week`, or remove it")
