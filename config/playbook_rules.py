"""Do a process's playbooks fit its checks, its pulls and its platform?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.changeable import (
    ANSWERING,
    CHANGEABLE,
    NEEDED_PULLS,
    PLANNERS,
    field_of,
    levels_of,
)
from config.check_rules import Vocabulary, formula_problem, zero_problems
from config.fact_words import FACTS
from config.formula import FormulaError, parse_condition
from config.guardrails import Guardrails, NumberField
from config.models import Check, Fact, Process
from config.playbooks import (
    AdjustPlaybook,
    AudienceResearchPlaybook,
    BidPlaybook,
    BudgetPlaybook,
    NotePlaybook,
    Playbook,
    SplitPlaybook,
)
from config.problems import Problem, choose, quoted
from config.rule_conflicts import conflicts
from config.rule_examples import Words
from config.sentence import CHECK_FIELDS, check_template
from config.words import Field, Level
from config.yaml_source import Source, Where


@dataclass(frozen=True, slots=True)
class Context:
    """What a process's playbooks are compared with."""

    process: Process
    checks: Mapping[str, Check | Fact]
    """Those that the process runs, its libraries' too."""
    known: Vocabulary
    complete: bool
    """Whether `checks` are all, so that another name is wrong."""


def playbook_problems(source: Source, context: Context) -> Iterator[Problem]:
    """Yield what is wrong with the playbooks of one process, each for itself and together."""
    for position, playbook in enumerate(context.process.playbooks):
        path: Where = ("playbooks", position)
        yield from _answered(source, path, playbook, context)
        yield from _condition(source, path, playbook, context)
        yield from _place(source, path, playbook, context)
        yield from _pulled(source, path, playbook, context)
        yield from _figures(source, path, playbook, context)
        yield from _steps(source, path, playbook)
    yield from _conflicts(source, context)


def duplicate_playbooks(files: Sequence[tuple[Source, Process]]) -> Iterator[Problem]:
    """Yield the names that two playbooks have, in one process or over all: actions go by them."""
    first: dict[str, str] = {}
    for source, process in files:
        for position, playbook in enumerate(process.playbooks):
            path: Where = ("playbooks", position, "name")
            place = f"{source.file}:{source.line(path)}"
            if (before := first.setdefault(playbook.name, place)) != place:
                message = f"the playbook {playbook.name} exists already, at {before}"
                yield source.problem(path, message, "rename or remove one of the two")


def _answered(source: Source, path: Where, book: Playbook, context: Context) -> Iterator[Problem]:
    """Yield names under `on` that are no checks, and verdicts that none of them gives."""
    for number, name in enumerate(book.on):
        if name not in context.checks and context.complete:
            message = f"the process runs no check {quoted(name)}"
            yield source.problem((*path, "on", number), message, choose(name, context.checks))
    if not book.on and book.does in ANSWERING:
        message = f"a playbook that does `{book.does}` answers checks, and names none"
        yield source.problem(path, message, f"add `on:`; {choose('', context.checks)}")
    given = {verdict for check in _checks(book, context) for verdict in _verdicts(check)}
    if given and not given & set(book.verdicts):
        message = f"its checks are never {' or '.join(book.verdicts)}: it never does anything"
        where = (*path, "verdicts")
        yield source.note(where, message, f"they are {', '.join(sorted(given))}")


def _checks(book: Playbook, context: Context) -> list[Check | Fact]:
    return [context.checks[name] for name in book.on if name in context.checks]


def _verdicts(check: Check | Fact) -> set[str]:
    if isinstance(check, Fact):
        return {check.verdict}
    return {case.verdict for case in check.cases}


def _condition(source: Source, path: Where, book: Playbook, context: Context) -> Iterator[Problem]:
    """Yield what is wrong with `when`, alone and put together with each case of its checks."""
    if not book.when:
        return
    where = (*path, "when")
    known = context.known
    try:
        parse_condition(book.when, known.metrics, known.kpis)
    except FormulaError as error:
        yield formula_problem(source, where, error)
        return
    yield from zero_problems(source, where, book.when)
    checks = _checks(book, context)
    if checks and not any(isinstance(check, Check) for check in checks):
        message = "facts have no window that a condition could look at"
        yield source.problem(where, message, "remove `when`, or answer a check on figures")
    for case in (case for check in checks if isinstance(check, Check) for case in check.cases):
        try:
            parse_condition(f"({case.when}) and ({book.when})", known.metrics, known.kpis)
        except FormulaError as error:
            if "longer" in error.message or "deep" in error.message:
                message = f"together with `{case.when[:40]}...` it is {error.message}"
                yield source.problem(where, message, "shorten it")
                return


def _place(source: Source, path: Where, book: Playbook, context: Context) -> Iterator[Problem]:
    """Yield what the platform does not let us change, at the levels where it would be."""
    field = field_of(book)
    platform = _platform(context.process, field)
    if field == "advice":
        levels = levels_of(field, platform)
    elif platform not in CHANGEABLE:
        message = f"nothing can be changed on {platform}"
        yield source.problem((*path, "does"), message, "use `does: note`")
        return
    else:
        levels = levels_of(field, platform)
    if not levels:
        key = "field" if isinstance(book, BidPlaybook) and "field" in book.model_fields_set else ""
        message = f"{platform} has no {field} to change"
        remedy = f"it has {', '.join(_changeable(platform))}"
        yield source.problem((*path, key or "does"), message, remedy)
        return
    if book.does not in ANSWERING:
        return
    looked_at = {name: _level(context.checks[name]) for name in book.on if name in context.checks}
    for name, level in looked_at.items():
        if level not in levels:
            message = f"{name} looks at the level {level}, where {platform} has no {field}"
            remedy = f"answer a check on {' or '.join(levels)}"
            yield source.problem((*path, "on", book.on.index(name)), message, remedy)
    wanted = book.level if isinstance(book, NotePlaybook) else None
    if wanted and looked_at and wanted not in looked_at.values():
        message = f"its checks look at the level {' and '.join(sorted({*looked_at.values()}))} only"
        yield source.problem((*path, "level"), message, "remove `level`, or answer another check")


def _platform(process: Process, field: Field) -> str:
    """Return whose things a playbook changes: those of the first platform that lets us."""
    if field == "advice":
        return process.platform
    able = (name for name in process.platforms if levels_of(field, name))
    return next(able, process.platform)


def _level(check: Check | Fact) -> Level:
    return check.level if isinstance(check, Check) else FACTS[check.fact].level


def _changeable(platform: str) -> list[str]:
    return sorted({field for fields in CHANGEABLE[platform].values() for field in fields})


def _pulled(source: Source, path: Where, book: Playbook, context: Context) -> Iterator[Problem]:
    """Yield figures that a kind needs and the process does not pull."""
    pulls = context.process.pulls_of(context.process.platform)
    levels = sorted({pull.level for pull in pulls if not pull.breakdown})
    need = NEEDED_PULLS.get(book.does)
    if need and need not in levels:
        message = f"needs the figures of the level {need}, which the process does not pull"
        yield source.problem((*path, "does"), message, f"add `- {{level: {need}}}` to `pulls`")
    if book.does == "keyword_research" and context.process.platform not in PLANNERS:
        message = f"{context.process.platform} does not tell what people search for"
        yield source.problem((*path, "does"), message, f"there is: {', '.join(PLANNERS)}")
    there = sorted({pull.breakdown for pull in pulls if pull.breakdown})
    if isinstance(book, AdjustPlaybook) and book.breakdown not in (*there, "weekday"):
        yield _no_breakdown(source, (*path, "breakdown"), book.breakdown, [*there, "weekday"])
    if isinstance(book, AudienceResearchPlaybook):
        if not book.breakdowns:
            yield source.problem((*path, "breakdowns"), "names none", choose("", there))
        for number, name in enumerate(book.breakdowns):
            if name not in there:
                yield _no_breakdown(source, (*path, "breakdowns", number), name, there)


def _no_breakdown(source: Source, path: Where, name: str, there: Sequence[str]) -> Problem:
    message = f"the process does not pull the breakdown {quoted(name)}"
    return source.problem(path, message, f"add it to `pulls`; {choose(name, there)}")


def _figures(source: Source, path: Where, book: Playbook, context: Context) -> Iterator[Problem]:
    """Yield KPIs, advice and platforms that are not there."""
    known = context.known
    kpi = book.towards if isinstance(book, BudgetPlaybook) else getattr(book, "kpi", None)
    if kpi is not None:
        where = (*path, "towards" if isinstance(book, BudgetPlaybook) else "kpi")
        found = known.kpis.get(kpi)
        if kpi not in known.kpis:
            yield source.problem(where, f"no KPI {quoted(kpi)}", choose(kpi, known.kpis))
        elif found and found.better == "neither":
            message = f"{kpi} has no better direction"
            yield source.problem(where, message, "state `better: lower` or `higher` in kpis.yaml")
    if isinstance(book, NotePlaybook):
        for check in _checks(book, context):
            fact = isinstance(check, Fact)
            fields = FACTS[check.fact].fields if isinstance(check, Fact) else CHECK_FIELDS
            try:
                check_template(book.advice, () if fact else known.figures, fields)
            except FormulaError as error:
                yield formula_problem(source, (*path, "advice"), error)
                return
    if isinstance(book, SplitPlaybook):
        for number, name in enumerate(book.platforms):
            if name not in CHANGEABLE:
                message = f"no budget can be changed on {quoted(name)}"
                yield source.problem(
                    (*path, "platforms", number), message, choose(name, CHANGEABLE)
                )
            elif len(book.platforms) > 1 and name not in context.process.platforms:
                message = f"the process is not about {name}, and sees no budgets there"
                remedy = "add it to the process's `platforms`, and its campaigns to `pulls`"
                yield source.problem((*path, "platforms", number), message, remedy)


def step_of(book: Playbook) -> tuple[NumberField, str, float] | None:
    """Return which number a playbook moves, by which setting, and by how many percent at most."""
    if isinstance(book, BudgetPlaybook) and book.percent is not None:
        return "daily_budget", "percent", abs(book.percent)
    if isinstance(book, SplitPlaybook) or (isinstance(book, BudgetPlaybook) and book.towards):
        return "daily_budget", "most", 100 * book.most
    if isinstance(book, BidPlaybook):
        return book.field, "most", 100 * book.most
    return None


def _steps(source: Source, path: Where, book: Playbook) -> Iterator[Problem]:
    if not (step := step_of(book)):
        return
    field, key, percent = step
    allowed = Guardrails().limits(field).step_percent
    if percent > allowed + 1e-9:
        message = f"a step of {percent:g} % is more than the {allowed:g} % that guardrails allow"
        remedy = f"lower it: unless a brand allows more, such a change of {field} is refused"
        yield source.note((*path, key), message, remedy)


def _conflicts(source: Source, context: Context) -> Iterator[Problem]:
    """Yield two playbooks of which one undoes the other, with an example in which both act."""
    books = context.process.playbooks
    place = {book.name: position for position, book in enumerate(books)}
    for conflict in conflicts(books, context.checks, words_of(context.known)):
        path: Where = ("playbooks", place[conflict.second], "name")
        yield conflict.problem(source, path)


def words_of(known: Vocabulary) -> Words:
    """Return the metrics and KPIs that could be read."""
    return Words(
        {name: metric for name, metric in known.metrics.items() if metric},
        {name: kpi for name, kpi in known.kpis.items() if kpi},
    )
