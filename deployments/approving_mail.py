"""How does somebody let a sequence or campaign run? All of it is shown, then the file says so."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import click

from config.mail_approval import approved_digest, is_approved, templates_of
from config.mail_campaign_rules import campaign_problems
from config.mail_sequence_rules import sequence_problems
from config.mail_sequences import Campaign, Sequence
from config.problems import Problem, errors
from config.reading import shown
from config.shapes import shape
from config.yaml_edit import with_yaml_values
from config.yaml_source import parse
from connectors.mail import SourceKind
from connectors.warehouse.looking import LookingWarehouse
from deployments.checking_mail import findings, print_problems
from deployments.file_edits import one_line, replace_text
from deployments.mail_office import Office, audience_of, looking, open_office
from deployments.plan_in_words import (
    CHANGED,
    Line,
    campaign_in_words,
    sequence_in_words,
    text_of,
    what_stands_behind,
)
from tasks.letters.linting import Audience
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.run import WrongUseError
from tasks.sequences.campaigns import active_from

EVERYWHERE = timedelta(hours=26)
"""So long a time of day takes to come round everywhere on earth."""


def approve(
    brand: str, kind: SourceKind, name: str, who: str, why: str, yes: bool, now: datetime
) -> bool:
    """Write an approval into a file and let it run, or print why not; return whether it runs.

    Raise `WrongUseError` where there is nothing to approve.
    """
    office = open_office(brand, now)
    plan = office.plan(kind, name)
    _refuse(office, kind, name, plan)
    path = office.plan_file(kind, name)
    before = path.read_bytes().decode("utf-8")
    approval = _approval(office, plan, who, why)
    values = {"state": "running", "approval": one_line(approval)}
    after = with_yaml_values(before, values, shown(path))
    with looking() as warehouse:
        audience = audience_of(warehouse, brand)
        sizes = None if audience is None or warehouse is None else warehouse.segment_sizes(brand)
        click.secho(f"{kind} {name} of {brand}: {plain(plan.title)}", bold=True)
        click.echo(text_of(_all_of(office, plan, sizes)))
        _say_who_is_inside(warehouse, office, name, plan)
    if wrong := _errors(office, kind, name, after, audience):
        print_problems(wrong)
        click.secho(f"{name} is not approved: mend this first.", fg="red", err=True)
        return False
    if not yes:
        click.confirm("Have you read all of it, the templates too, and is it to run?", abort=True)
    replace_text(path, before, after)
    click.echo(f"{name} runs, approved by {approval['by']} as it is now.")
    if kind == "sequence":
        click.echo(f"Next: marketloop sequence simulate --brand {brand} --sequence {name}")
    return True


def _refuse(office: Office, kind: SourceKind, name: str, plan: Sequence | Campaign) -> None:
    words = office.library.mail_words[office.name]
    rules = office.brand.mail
    if not rules.account:
        raise WrongUseError(f"{office.name} sends no mail by itself: `mail.account` is empty")
    if plan.state == "retired":
        raise WrongUseError(f"{name} is retired; set `state: draft` in its file first")
    if plan.state == "running" and is_approved(plan, words.segments, words.templates):
        raise WrongUseError(f"{name} runs already, approved as it is now")
    if isinstance(plan, Campaign):
        late = timedelta(hours=rules.tolerance_hours) + (EVERYWHERE if plan.local else timedelta())
        if _time_of(plan, office) + late < office.now:
            raise WrongUseError(
                f"{name}: `send_at: {plan.send_at}` lies so far back that nothing would be sent"
            )


def _time_of(plan: Campaign, office: Office) -> datetime:
    try:
        return active_from(plan, office.brand.time_zone)
    except ValueError:
        return office.now  # a time that is none is found by the check


def _approval(office: Office, plan: Sequence | Campaign, who: str, why: str) -> dict[str, str]:
    words = office.library.mail_words[office.name]
    return {
        "by": plain(who),
        "on": f"{office.now.astimezone(office.zone).date()}",
        "digest": approved_digest(plan, words.segments, words.templates),
        **({"why": plain(why, 0)} if why.strip() else {}),
    }


def _all_of(
    office: Office, plan: Sequence | Campaign, sizes: Mapping[str, int] | None
) -> Iterator[Line]:
    rules = office.brand.mail
    if isinstance(plan, Campaign):
        yield from campaign_in_words(plan, rules, office.brand.time_zone)
    else:
        yield from sequence_in_words(plan, rules)
    yield from what_stands_behind(plan, sizes, office.library.templates.get(office.name, {}))


def _say_who_is_inside(
    warehouse: LookingWarehouse | None, office: Office, name: str, plan: Sequence | Campaign
) -> None:
    if warehouse is None or isinstance(plan, Campaign):
        return
    counts = warehouse.enrolment_counts(office.name)
    its = (counts["sequence"] == name) & (counts["state"] == "active")
    if inside := int(counts.loc[its, "people"].sum()):
        click.echo(
            f"{plural(inside, 'person is', 'people are')} inside; where steps have changed they "
            f"{CHANGED[plan.changed]} (`changed: {plan.changed}`)."
        )


def _errors(
    office: Office, kind: SourceKind, name: str, text: str, audience: Audience | None
) -> list[Problem]:
    """Return the errors that the file would have with this text, and those of its templates."""
    file, library = shown(office.plan_file(kind, name)), office.library
    plan = office.plan(kind, name)
    found = _of_text(office, kind, name, text, file)
    for template in templates_of(plan):
        found += findings(office, ("template", template), audience)
    wrong = library.plan_problems.get(office.name, {}).get((kind, name), ())
    return errors(dict.fromkeys([*found, *(it for it in wrong if not _of_approval(it))]))


def _of_text(office: Office, kind: SourceKind, name: str, text: str, file: str) -> list[Problem]:
    source = parse(text.removeprefix("\ufeff"), file)
    if isinstance(source, Problem):
        return [source]
    words = office.library.mail_words[office.name]
    if kind == "campaign":
        campaign = shape(source, Campaign)
        if isinstance(campaign, list):
            return campaign
        return [*campaign_problems(source, campaign, office.brand, words, name)]
    sequence = shape(source, Sequence)
    if isinstance(sequence, list):
        return sequence
    return [*sequence_problems(source, sequence, office.brand, words, name)]


def _of_approval(problem: Problem) -> bool:
    """Tell whether this is what an approval mends."""
    return problem.key in ("state", "approval.digest")
