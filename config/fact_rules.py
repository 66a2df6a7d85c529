"""Do the facts of a file fit what each of them is about and can say?"""

from collections.abc import Iterator, Mapping
from typing import get_args

from config.check_rules import Vocabulary, platform_problems, remedy_texts, template_problems
from config.fact_words import FACTS
from config.models import Fact
from config.problems import Problem, choose, quoted
from config.words import Importance
from config.yaml_source import Source, Where

OF_ACCOUNTS = ("no_data", "pull_failed")
"""Facts that may be asked of the accounts of one platform alone."""


def fact_problems(source: Source, facts: tuple[Fact, ...], known: Vocabulary) -> Iterator[Problem]:
    """Yield what is wrong with the facts of one file."""
    for position, fact in enumerate(facts):
        path: Where = ("facts", position)
        texts = {(*path, "sentence"): fact.sentence, **remedy_texts(path, fact.remedy)}
        yield from template_problems(source, texts, (), FACTS[fact.fact].fields)
        yield from importance_problems(source, path, fact, fact.by_importance)
        yield from limit_problems(source, path, fact, fact.limits)
        if fact.platform and fact.fact not in OF_ACCOUNTS:
            message = f"{fact.fact} is not asked by platform"
            remedy = f"remove it: only {' and '.join(OF_ACCOUNTS)} are"
            yield source.problem((*path, "platform"), message, remedy)
        else:
            yield from platform_problems(source, (*path, "platform"), fact.platform, known)


def importance_problems(
    source: Source, path: Where, fact: Fact, verdicts: Mapping[Importance, str]
) -> Iterator[Problem]:
    """Yield verdicts by importance where nothing has an importance, or none is left to chance."""
    where = (*path, "by_importance")
    level = FACTS[fact.fact].level
    if verdicts and level != "page":
        message = f"{fact.fact} is about the level {level}, and only pages have an importance"
        yield source.problem(where, message, "remove it, and state `verdict`")
    elif verdicts and {*verdicts} == {*get_args(Importance)} and {*verdicts.values()} == {"ok"}:
        message = "is ok for every page, so that it never wakes anybody"
        yield source.note(where, message, "state a verdict for the pages that matter")


def limit_problems(
    source: Source, path: Where, fact: Fact, limits: Mapping[str, float]
) -> Iterator[Problem]:
    """Yield limits that the fact does not have, and numbers that cannot be one."""
    there = FACTS[fact.fact].limits
    for name, value in limits.items():
        where = (*path, "limits", name)
        if name not in there:
            message = f"{fact.fact} has no limit {quoted(name)}"
            yield source.problem(where, message, choose(name, there))
        elif value < 0:
            message = f"must not be below 0, and is {value:g}"
            yield source.problem(where, message, f"usual is {there[name]:g}")
