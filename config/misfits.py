"""What does not fit between the files? Every rule, over everything that could be read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from config.brand_action_rules import action_problems
from config.brand_rules import Surroundings, brand_problems, plain_id
from config.briefs import brief_problems
from config.check_rules import (
    check_problems,
    duplicate_checks,
    kpi_problems,
    metric_problems,
)
from config.content_misfits import content_problems
from config.content_tests import shared_test_problems
from config.fact_rules import fact_problems
from config.mail_approval import digest_of
from config.mail_campaign_rules import campaign_problems
from config.mail_segments import FACTS, segment_problems
from config.mail_sequence_rules import MailWords, sequence_problems
from config.models import Check, CheckLibrary, Fact, Process
from config.playbook_rules import Context, duplicate_playbooks, playbook_problems
from config.problems import Problem
from config.process_rules import process_problems
from config.reading import Files, Read
from config.site_rules import site_problems


def misfits(
    files: Files, variables: Mapping[str, str] | None = None, today: date | None = None
) -> Iterator[Problem]:
    """Yield the problems of right-shaped files that do not fit each other.

    `variables` are what secrets are looked up in, `today` is for notes on dates in the past.
    """
    known = files.vocabulary()
    if files.metrics_source:
        yield from metric_problems(files.metrics_source, known)
    if files.kpis_source:
        yield from kpi_problems(files.kpis_source, known)
    holders: list[Read[CheckLibrary] | Read[Process]] = [
        *files.check_libraries.values(),
        *files.processes.values(),
    ]
    for holder in holders:
        yield from check_problems(holder.source, holder.model.checks, known)
        yield from fact_problems(holder.source, holder.model.facts, known)
    yield from duplicate_checks([(it.source, it.model.checks, it.model.facts) for it in holders])
    run_by: dict[str, dict[str, Check | Fact]] = {}
    for name, process in files.processes.items():
        libraries = [files.check_libraries.get(library) for library in process.model.libraries]
        shared = _checks(it.model for it in libraries if it)
        run_by[name] = shared | _checks([process.model])
        yield from process_problems(process.source, process.model, [*shared.values()], known)
        context = Context(process.model, run_by[name], known, None not in libraries)
        yield from playbook_problems(process.source, context)
    yield from duplicate_playbooks([(it.source, it.model) for it in files.processes.values()])
    processes = {name: it.model for name, it in files.processes.items()}
    around = Surroundings(
        known,
        {name: processes.get(name) for name in files.process_names},
        _checks(holder.model for holder in holders),
        run_by,
        files.complete,
        variables,
        today,
    )
    for name, brand in files.brands.items():
        yield from brand_problems(brand.source, brand.model, around)
        yield from action_problems(brand.source, brand.model, around)
        yield from site_problems(brand.source, brand.model)
        for brief in files.briefs[name].values():
            yield from brief_problems(brief.source, brief.model, brand.model)
        for post in files.contents[name].values():
            pictures = files.pictures[name]
            yield from content_problems(post.source, post.model, brand.model, pictures)
        yield from shared_test_problems(files.contents[name].values())
        if segments := files.segments.get(name):
            yield from segment_problems(segments.source, segments.model, brand.model)
        words = mail_words(files, name)
        for plan, it in files.sequences[name].items():
            yield from sequence_problems(it.source, it.model, brand.model, words, plan)
        for plan, mail in files.campaigns[name].items():
            yield from campaign_problems(mail.source, mail.model, brand.model, words, plan)
    yield from _shared_accounts(files)


def mail_words(files: Files, brand: str) -> MailWords:
    """Return what sequences and campaigns of a brand may name."""
    segments, folder = files.segments.get(brand), files.templates.get(brand)
    return MailWords(
        {it.name: digest_of(it.rule) for it in (segments.model.segments if segments else ())},
        {name: it.digest for name, it in (folder.templates if folder else {}).items()},
        FACTS,
    )


def _checks(holders: Iterable[CheckLibrary | Process]) -> dict[str, Check | Fact]:
    checks: dict[str, Check | Fact] = {}
    for holder in holders:
        checks |= {check.name: check for check in holder.checks}
        checks |= {fact.name: fact for fact in holder.facts}
    return checks


def _shared_accounts(files: Files) -> Iterator[Problem]:
    """Yield a note for an account that two brands have: its figures count in both."""
    first: dict[tuple[str, str], str] = {}
    for name, brand in files.brands.items():
        for position, entry in enumerate(brand.model.accounts):
            key = (entry.platform, plain_id(entry.account_id))
            if (owner := first.setdefault(key, name)) != name:
                message = f"the brand {owner} has this account too"
                path = ("accounts", position, "account_id")
                yield brand.source.note(path, message, "its figures count in both")
