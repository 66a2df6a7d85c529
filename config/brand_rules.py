"""Does a brand file fit the rest of the configuration, and itself? Every misfit, with its line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.check_rules import Vocabulary, case_problems, minimum_problems
from config.currencies import CurrencyError, minor_units
from config.fact_rules import importance_problems, limit_problems
from config.models import AccountEntry, Brand, Budget, Check, Fact, Override, Process
from config.problems import Problem, choose, quoted
from config.process_rules import sources_of
from config.schedules import ScheduleError, check_cron, check_time_zone
from config.secrets import placeholders
from config.watched import watched_problems
from config.yaml_source import Source, Where


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a brand file is compared with."""

    known: Vocabulary
    processes: Mapping[str, Process | None]
    """None for one whose own file is wrong."""
    checks: Mapping[str, Check | Fact]
    run_by: Mapping[str, Mapping[str, Check | Fact]]
    """Process to the checks it runs, its libraries' too."""
    all_checks: bool = True
    """Whether `checks` are all, so that another name is wrong."""
    variables: Mapping[str, str] | None = None
    """What `env:` finds; None leaves secrets and `${...}` unlooked at."""
    today: date | None = None
    """For notes on what lies in the past; None leaves them out."""


def brand_problems(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    """Yield everything that is wrong with a brand file of the right shape."""
    yield from _money_and_time(source, brand)
    yield from _accounts(source, brand, around)
    yield from _goals(source, brand, around)
    yield from _targets(source, brand, around)
    yield from _budgets(source, brand)
    yield from _schedules(source, brand, around)
    yield from _workflow(source, brand, around)
    yield from _overrides(source, brand, around)
    yield from watched_problems(source, brand.content.watched)
    if around.variables is not None:
        yield from _unset(source, brand, around.variables)


def _money_and_time(source: Source, brand: Brand) -> Iterator[Problem]:
    try:
        minor_units(brand.currency)
    except CurrencyError as error:
        yield source.problem(("currency",), error.message, error.remedy)
    try:
        check_time_zone(brand.time_zone)
    except ScheduleError as error:
        yield source.problem(("time_zone",), error.message, error.remedy)


def _accounts(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    known = around.known
    names = [entry.name for entry in brand.accounts]
    yield from _twice(source, "accounts", "name", names, "is the name of two accounts")
    ids = [f"{entry.platform} {plain_id(entry.account_id)}" for entry in brand.accounts]
    yield from _twice(source, "accounts", "account_id", ids, "stands in two entries")
    for position, entry in enumerate(brand.accounts):
        connector = entry.connector or entry.platform
        if connector not in known.connectors:
            key = "connector" if entry.connector else "platform"
            message = f"no connector {quoted(connector)}"
            remedy = choose(connector, known.connectors)
            yield source.problem(("accounts", position, key), message, remedy)
        yield from _malformed_placeholders(source, ("accounts", position), entry)


def plain_id(account_id: str) -> str:
    """Return an account id without the signs that people add: `444-555-6666`, `act_123`."""
    return account_id.replace("-", "").removeprefix("act_")


def _malformed_placeholders(source: Source, path: Where, entry: AccountEntry) -> Iterator[Problem]:
    values: dict[Where, Any] = {(*path, "options", key): it for key, it in entry.options.items()}
    for where, value in {(*path, "account_id"): entry.account_id, **values}.items():
        opened = str(value).count("${")
        if opened > sum(1 for _ in placeholders(value)):
            message = "has a `${` that names no variable"
            yield source.problem(where, message, "write ${NAME}, in letters, digits and _")


def _goals(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    names = [goal.name for goal in brand.goals]
    yield from _twice(source, "goals", "name", names, "is the name of two goals")
    for position, goal in enumerate(brand.goals):
        path: Where = ("goals", position)
        yield from _figure(source, (*path, "kpi"), goal.kpi, around.known)
        if goal.owner not in brand.owners:
            message = f"no owner {quoted(goal.owner)}"
            yield source.problem((*path, "owner"), message, choose(goal.owner, brand.owners))
        if around.today and goal.by < around.today:
            message = f"{goal.by} has passed"
            yield source.note((*path, "by"), message, "set the next goal, or remove this one")


def _targets(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    keys = [f"{target.kpi} {target.platform}".strip() for target in brand.targets]
    yield from _twice(source, "targets", "kpi", keys, "has two targets")
    for position, target in enumerate(brand.targets):
        yield from _figure(source, ("targets", position, "kpi"), target.kpi, around.known)
        if target.platform:
            yield from _platform(source, ("targets", position, "platform"), target.platform, brand)
    for position, table in enumerate(brand.entity_targets):
        path: Where = ("entity_targets", position)
        if bool(table.csv) == bool(table.sql):
            has = "both csv and sql" if table.csv else "neither csv nor sql"
            yield source.problem(path, f"has {has}", "name exactly one of them")
        if table.sql and table.url is None:
            yield source.problem((*path, "sql"), "has no url to run on", "add `url: env:NAME`")


def _figure(source: Source, path: Where, name: str, known: Vocabulary) -> Iterator[Problem]:
    if name not in known.figures:
        yield source.problem(path, f"no KPI or metric {quoted(name)}", choose(name, known.figures))


def _platform(source: Source, path: Where, name: str, brand: Brand) -> Iterator[Problem]:
    platforms = {entry.platform for entry in brand.accounts}
    if name not in platforms:
        message = f"the brand has no account of the platform {quoted(name)}"
        yield source.problem(path, message, choose(name, platforms))


def _budgets(source: Source, brand: Brand) -> Iterator[Problem]:
    keys = [f"{' '.join(sorted(it.over))} {it.account}".strip() for it in brand.budgets]
    yield from _twice(source, "budgets", "platform", keys, "has two budgets")
    for position, budget in enumerate(brand.budgets):
        path: Where = ("budgets", position)
        if bool(budget.platform) == bool(budget.platforms):
            has = "both platform and platforms" if budget.platform else "no platform"
            remedy = "write `platform: google_ads`, or `platforms: [google_ads, meta_ads]`"
            yield source.problem(path, f"has {has}", remedy)
        elif budget.platforms:
            yield from _together(source, path, budget, brand)
        else:
            yield from _of_one(source, path, budget, brand)


def _of_one(source: Source, path: Where, budget: Budget, brand: Brand) -> Iterator[Problem]:
    """Yield what is wrong with the month of a platform or account."""
    yield from _platform(source, (*path, "platform"), budget.platform, brand)
    accounts = [e.name for e in brand.accounts if e.platform == budget.platform]
    if budget.account and budget.account not in accounts:
        message = f"no account {quoted(budget.account)} of the platform {budget.platform}"
        yield source.problem((*path, "account"), message, choose(budget.account, accounts))


def _together(source: Source, path: Where, whole: Budget, brand: Brand) -> Iterator[Problem]:
    """Yield what is wrong with the month of several platforms, and with their own ones in it."""
    for number, name in enumerate(whole.platforms):
        yield from _platform(source, (*path, "platforms", number), name, brand)
    names = " and ".join(whole.platforms)
    if len({*whole.platforms}) < max(2, len(whole.platforms)):
        message = f"{names} is not several platforms"
        yield source.problem((*path, "platforms"), message, "name each once, two or more of them")
    if whole.account:
        message = f"no account is of {names} at once"
        yield source.problem((*path, "account"), message, "remove it, or name one platform")
    for position, own in enumerate(brand.budgets):
        if own.platform in whole.platforms and own.monthly > whole.monthly:
            of = own.account or own.platform
            message = f"{of} may cost {own.monthly} a month, and all of {names} {whole.monthly}"
            remedy = f"lower it to less than {whole.monthly}, or remove it"
            yield source.problem(("budgets", position, "monthly"), message, remedy)


def _schedules(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    platforms = {entry.platform for entry in brand.accounts}
    for name, schedule in brand.schedules.items():
        path: Where = ("schedules", name)
        process = around.processes.get(name)
        if name not in around.processes:
            message = f"no process {quoted(name)}"
            yield source.problem(path, message, choose(name, around.processes))
        elif process and not platforms & {*process.platforms}:
            message = f"{name} is about {' and '.join(process.platforms)}"
            remedy = "add the account, or remove the schedule"
            yield source.problem(path, f"{message}, and the brand has no such account", remedy)
        elif process:
            yield from _blind(source, path, brand, process, around)
        try:
            check_cron(schedule.cron)
        except ScheduleError as error:
            yield source.problem((*path, "cron"), error.message, error.remedy)
        if schedule.time_zone:
            try:
                check_time_zone(schedule.time_zone)
            except ScheduleError as error:
                yield source.problem((*path, "time_zone"), error.message, error.remedy)


def _blind(
    source: Source, path: Where, brand: Brand, process: Process, around: Surroundings
) -> Iterator[Problem]:
    """Yield a note on the checks of a process that no account of the brand has anything for."""
    platforms = {entry.platform for entry in brand.accounts}
    needing: dict[tuple[str, ...], list[str]] = {}
    for name, check in around.run_by[str(path[-1])].items():
        off = name in brand.checks and brand.checks[name].off
        sources = sources_of(check, process)
        if sources and not off and not platforms & {*sources}:
            needing.setdefault(sources, []).append(name)
    for sources, names in needing.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        verb = "needs" if len(names) == 1 else "need"
        message = f"{', '.join(names[:3])}{more} {verb} an account of {' or '.join(sources)}"
        remedy = "add one, or switch them off with a reason: they say nothing without"
        yield source.note(path, message, remedy)


def _workflow(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    """Yield a note on tasks of workflows whose owner the brand does not have."""
    platforms = {entry.platform for entry in brand.accounts}
    concerned = [it for it in around.processes.values() if it and platforms & {*it.platforms}]
    tasks = [task for process in concerned for step in process.workflow for task in step.tasks]
    first = next(iter(brand.owners))
    for owner in dict.fromkeys(it.owner for it in tasks if it.owner not in {"", *brand.owners}):
        whats = [task.what for task in tasks if task.owner == owner]
        message = f"the task {quoted(whats[0])} names the owner {owner}, which is not here"
        yield source.note(("owners",), message, f"{first} does it")


def _overrides(source: Source, brand: Brand, around: Surroundings) -> Iterator[Problem]:
    for name, override in brand.checks.items():
        path: Where = ("checks", name)
        check = around.checks.get(name)
        if check is None and around.all_checks:
            yield source.problem(path, f"no check {quoted(name)}", choose(name, around.checks))
        if override.off and not override.reason.strip():
            message = "switching a check off needs a reason"
            yield source.problem(path, message, "add `reason:`; reports show it")
        if override == Override():
            yield source.problem(path, "changes nothing", "remove it, or say what it changes")
        if override.owner and override.owner not in brand.owners:
            message = f"no owner {quoted(override.owner)}"
            yield source.problem((*path, "owner"), message, choose(override.owner, brand.owners))
        yield from minimum_problems(source, path, override.minimum or {}, around.known)
        yield from case_problems(source, path, override.cases or (), around.known)
        if check is not None:
            yield from _wrong_kind(source, path, check, override)
    for check in around.checks.values():
        if check.owner and check.owner not in brand.owners:
            first = next(iter(brand.owners))
            message = f"the check {check.name} names the owner {check.owner}, which is not here"
            yield source.note(("owners",), message, f"{first} gets what it finds")


def _wrong_kind(
    source: Source, path: Where, check: Check | Fact, override: Override
) -> Iterator[Problem]:
    if isinstance(check, Check):
        for key in ("verdict", "by_importance", "limits"):
            if getattr(override, key):
                message = f"{check.name} has cases, each with its own verdict"
                remedy = "override its `cases`, or its `minimum`"
                yield source.problem((*path, key), message, remedy)
        return
    for key in ("minimum", "cases"):
        if getattr(override, key) is not None:
            message = f"{check.name} is a fact: it is so or not"
            remedy = "override its `verdict`, or its `limits`"
            yield source.problem((*path, key), message, remedy)
    yield from importance_problems(source, path, check, override.by_importance or {})
    yield from limit_problems(source, path, check, override.limits or {})


def _unset(source: Source, brand: Brand, variables: Mapping[str, str]) -> Iterator[Problem]:
    references: list[tuple[Where, str]] = []
    for position, entry in enumerate(brand.accounts):
        path: Where = ("accounts", position)
        references += [((*path, "secrets", key), ref) for key, ref in entry.secrets.items()]
        open_ended = {"account_id": entry.account_id, "options": entry.options}
        for inner, name in placeholders(open_ended):
            references.append(((*path, *inner), f"env:{name}"))
    for name, owner in brand.owners.items():
        references += [(("owners", name, "notify", n), ref) for n, ref in enumerate(owner.notify)]
    for position, table in enumerate(brand.entity_targets):
        references += [(("entity_targets", position, "url"), table.url)] if table.url else []
    for path, reference in references:
        kind, _, name = reference.partition(":")
        if kind == "env" and name not in variables:
            message = f"the variable {name} is not set"
            yield source.problem(path, message, f"export it, or add {name}=... to .env")


def _twice(
    source: Source, section: str, key: str, values: Iterable[str], what: str
) -> Iterator[Problem]:
    listed = list(values)
    double = {value for value, times in Counter(listed).items() if times > 1}
    for position, value in enumerate(listed):
        if value in double and listed.index(value) != position:
            first = source.line((section, listed.index(value), key))
            message = f"{quoted(value)} {what}, first on line {first}"
            yield source.problem((section, position, key), message, "rename or remove one of them")
