"""Read what the playbooks of a run look at: findings on figures that have arrived, and history.

A check that raises an alert looks at the days up to yesterday. One that changes something must not:
the conversions of the last days are still on their way, and every campaign looks dear. So each
check that a playbook answers is asked again as of the day on which its figures were complete, and
a finding that the newest figures contradict is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from config.formula import parse_condition
from config.library import Library
from config.models import Case, Check
from config.playbooks import Playbook, SplitPlaybook
from connectors.base import Window
from connectors.records import Result
from connectors.warehouse import Warehouse
from tasks.checks import evaluate
from tasks.cube import Cube
from tasks.needs import Need
from tasks.playbooks.situation import Month, Situation
from tasks.run import Run
from tasks.steps.gating import MONTH_DAYS, ledger
from tasks.steps.judge import Judgement
from tasks.steps.own_limits import budgets_of
from tasks.steps.reading import Reading, cube_of
from tasks.verdicts import Verdicts
from tasks.vocabulary import Vocabulary

HISTORY_DAYS = 150
"""How far back playbooks look: four months of history, and 30 days that may still be arriving."""


def cubes_for_playbooks(
    warehouse: Warehouse, library: Library, run: Run, reading: Reading
) -> dict[str, Cube]:
    """Read every pulled level as far back as playbooks look."""
    words = reading.vocabulary
    process = library.process(run.process)
    kpis = [check.kpi for check in reading.checks.checks]
    metrics = words.metrics_of([*kpis, *process.kpis, "spend", "clicks", "conversions"])
    window = Window(run.as_of - timedelta(days=HISTORY_DAYS), run.as_of - timedelta(days=1))
    need = Need(tuple(sorted(metrics)), (window,))
    keys = reading.accounts["account_key"].tolist()
    levels = dict.fromkeys(pull.level for pull in process.pulls if not pull.breakdown)
    return {
        level: cube_of(warehouse, keys, level, need, reading.entities[level], words)
        for level in levels
    }


def mature_findings(
    playbook: Playbook,
    situation: Situation,
    checks: Iterable[Check],
    now: Verdicts,
    facts: Sequence[Result] = (),
) -> list[Result]:
    """Return what the playbook's checks find on complete figures, and the facts it answers.

    `now` are the verdicts on the newest figures: an entity that is ok by them is left alone.
    """
    found: list[Result] = []
    for check in checks:
        if check.name in playbook.on:
            found += _of_check(playbook, situation, check, now)
    found += [fact for fact in facts if fact.check in playbook.on]
    return [result for result in found if result.verdict in playbook.verdicts]


def _of_check(
    playbook: Playbook, situation: Situation, check: Check, now: Verdicts
) -> list[Result]:
    asked = _with_condition(check, playbook.when)
    metrics = _metrics(asked, situation.vocabulary)
    found: list[Result] = []
    for lag, keys in _by_lag(situation, metrics).items():
        verdicts = evaluate(
            [asked],
            situation.cubes,
            situation.accounts,
            situation.vocabulary,
            situation.targets,
            situation.as_of - timedelta(days=lag),
        )
        found += [
            result
            for result in verdicts.results()
            if result.account_key in keys
            and result.entity_key is not None
            and now.verdict_of(check.name, result.account_key, result.entity_key) != "ok"
        ]
    return found


def _metrics(check: Check, vocabulary: Vocabulary) -> set[str]:
    """Return every metric that a check's verdict rests on."""
    names = {check.kpi, *check.minimum}
    for case in check.cases:
        condition = parse_condition(case.when, vocabulary.metrics, vocabulary.kpis)
        names |= {each.name for each in condition.references if each.function != "target"}
    return vocabulary.metrics_of(names)


def _by_lag(situation: Situation, metrics: Iterable[str]) -> dict[int, set[int]]:
    """Return the accounts by the days that the slowest of these metrics needs to arrive."""
    found: dict[int, set[int]] = {}
    for key in situation.accounts["account_key"].tolist():
        known = situation.lags.get(key, {})
        found.setdefault(max((known.get(name, 0) for name in metrics), default=0), set()).add(key)
    return found


def _with_condition(check: Check, when: str) -> Check:
    """Return the check with a playbook's further condition in each case."""
    if not when:
        return check
    cases = tuple(
        Case(when=f"({case.when}) and ({when})", verdict=case.verdict) for case in check.cases
    )
    return check.model_copy(update={"cases": cases})


def base_situation(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    judgement: Judgement,
    cubes: Mapping[str, Cube],
    lags: Mapping[int, Mapping[str, int]],
    now: datetime,
) -> Situation:
    """Return what all playbooks of a run see; findings and live settings are still to come."""
    reading = judgement.reading
    brand = library.brand(run.brand)
    entities = {level: cube.entities for level, cube in cubes.items()}
    alone = Situation(
        brand=run.brand,
        process=run.process,
        platform=library.process(run.process).platform,
        as_of=run.as_of,
        now=now,
        currency=brand.currency,
        accounts=reading.accounts,
        entities=entities,
        findings=(),
        cubes=cubes,
        vocabulary=reading.vocabulary,
        targets=judgement.targets,
        lags=lags,
        actions=ledger(warehouse, run.brand, now),
        guardrails=library.guardrails(run.brand),
        monthly_budgets=_monthly_budgets(library, run.brand),
        month_spend=_month_spend(cubes["campaign"], reading.accounts, run.as_of),
    )
    process = library.process(run.process)
    splits = any(isinstance(playbook, SplitPlaybook) for playbook in process.playbooks)
    several = splits and len(process.platforms) > 1
    return _of_several(alone, warehouse, library, run) if several else alone


def _of_several(alone: Situation, warehouse: Warehouse, library: Library, run: Run) -> Situation:
    """Return what is seen with the months of several platforms, and how each account stands in
    them: of one whose figures are not there in this run, as far as it is known."""
    accounts = warehouse.accounts(run.brand)
    entries = [entry.name for entry in library.entries(run.brand, run.process)]
    accounts = accounts[accounts["entry"].isin(entries)].reset_index(drop=True)
    spent, through = _months(warehouse, alone, accounts[accounts["entry"].isin(run.accounts)])
    seen = {*alone.accounts["account_key"]}
    columns = (accounts[name].tolist() for name in ("account_key", "name", "entry"))
    names = {int(key): str(name or entry) for key, name, entry in zip(*columns, strict=True)}
    return replace(
        alone,
        month_spend=spent,
        spent_through=through,
        platforms=library.process(run.process).platforms,
        months=_stated(library, run, accounts),
        unseen={key: name for key, name in names.items() if key not in seen},
    )


def _stated(library: Library, run: Run, accounts: pd.DataFrame) -> list[Month]:
    """Return what the brand states for months of a process's platforms; of one with an account
    that was never pulled nobody can say how it stands."""
    brand, known = library.brand(run.brand), {*accounts["entry"]}
    entries = library.entries(run.brand, run.process)
    return [
        Month(frozenset(budget.over), limit.accounts, float(limit.monthly))
        for budget, limit in zip(brand.budgets, budgets_of(brand, accounts), strict=True)
        if {*budget.over} <= {*library.process(run.process).platforms}
        and known >= {entry.name for entry in entries if entry.platform in budget.over}
    ]


def _months(
    warehouse: Warehouse, alone: Situation, accounts: pd.DataFrame
) -> tuple[dict[int, float], dict[int, date]]:
    """Return what each account has spent in the month, and the last day of that. Without an entry:
    those with an unknown day before it, and those of another currency than the brand's."""
    accounts = accounts[accounts["currency"] == alone.currency]
    keys, as_of = accounts["account_key"].tolist(), alone.as_of
    window = Window(as_of - timedelta(days=MONTH_DAYS), as_of - timedelta(days=1))
    entities = warehouse.entities(keys, "campaign")
    need = Need(("spend",), (window,))
    cube = cube_of(warehouse, keys, "campaign", need, entities, alone.vocabulary)
    spent: dict[int, float] = {}
    through: dict[int, date] = {}
    first = as_of.replace(day=1)
    for place, key in enumerate(cube.account_keys.tolist()):
        known = cube.days[cube.covered[place]]
        if not len(known):
            continue
        last = date.fromordinal(int(known.max()))
        sums = cube.account_sum("spend", first, last) if last >= first else np.zeros(place + 1)
        if not np.isnan(sums[place]):
            spent[key], through[key] = float(sums[place]), last
    return spent, through


def _monthly_budgets(library: Library, brand: str) -> dict[str, float]:
    """Return what each platform may cost in a month: its own budget, which is for all of its
    accounts, or else those of its accounts together."""
    budgets = library.brand(brand).budgets
    found: dict[str, float] = {}
    for budget in budgets:
        if budget.account:
            found[budget.platform] = found.get(budget.platform, 0.0) + float(budget.monthly)
    whole = {it.platform: float(it.monthly) for it in budgets if it.platform and not it.account}
    return found | whole


def _month_spend(cube: Cube, accounts: pd.DataFrame, as_of: date) -> dict[int, float]:
    """Return what each account has spent in the month so far; an account with an unknown day has
    no entry. On the first day of a month it is nothing yet."""
    first = as_of.replace(day=1)
    keys = [int(key) for key in accounts["account_key"]]
    if as_of == first:
        return dict.fromkeys(keys, 0.0)
    sums = cube.account_sum("spend", first, as_of - timedelta(days=1))
    spent = dict(zip(cube.account_keys.tolist(), sums.tolist(), strict=True))
    return {key: spent[key] for key in keys if spent.get(key, float("nan")) == spent.get(key)}
