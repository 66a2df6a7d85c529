"""Say what a process would do now. Nothing is written: not to the warehouse, not to a platform."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from config.library import Library
from config.playbooks import Playbook, PushAudiencePlaybook
from connectors.records import Result
from connectors.warehouse.looking import LookingWarehouse
from tasks.preview import PlaybookPreview, Preview, Pulled, Seen, Skipped, skipped
from tasks.run import Run
from tasks.steps.history import newest_edits
from tasks.steps.judge import Judgement, look, targets_now
from tasks.steps.looking import account_keys, newest_day, open_to_look, stored_facts
from tasks.steps.opening import brand_library
from tasks.steps.platforms import LookingPlatforms
from tasks.steps.previewing_lists import preview_lists, said_of
from tasks.steps.propose import Deliberation, deliberate
from tasks.steps.reading import read
from tasks.steps.rules import unread_rules
from tasks.steps.situating import mature_findings
from tasks.verdicts import Verdicts


def preview(
    brand: str, process: str, now: datetime, accounts: Sequence[str] | None = None
) -> Preview:
    """Return what the process would propose and do now, on the figures that were pulled last.

    Settings and change history are read now. Raise `LookupError` for a name that there is not,
    `WrongUseError` if nothing was ever pulled. An account whose platform fails stops no other.
    """
    library = brand_library(brand)
    entries = tuple(entry.name for entry in library.entries(brand, process, accounts))
    with open_to_look() as warehouse:
        keys = account_keys(warehouse, library, brand, process, entries)
        as_of = newest_day(warehouse, keys, library.brand(brand).time_zone, now)
        run = Run("preview", brand, process, as_of, now, entries)
        platforms = LookingPlatforms(warehouse, library, brand)
        for key, edits in newest_edits(warehouse, platforms, keys, now).items():
            warehouse.see_edits(key, edits, now)
        judgement = _judgement(warehouse, library, run)
        unread = unread_rules(warehouse, library, run)
        result = deliberate(warehouse, library, run, judgement, platforms, now, unread=unread)
        books = [it for it in result.playbooks if isinstance(it, PushAudiencePlaybook)]
        lists = {it.name: preview_lists(warehouse, library, run, it, platforms) for it in books}
        errors = {key: error for key in keys if (error := result.failed.get(platforms.entry(key)))}
        return Preview(
            brand=brand,
            process=process,
            now=now,
            as_of=as_of,
            accounts=_pulled(warehouse, platforms, keys),
            stops=tuple(stop for stop in warehouse.stops() if stop.holds(brand, process)),
            playbooks=tuple(
                lists[playbook.name].playbook
                if playbook.name in lists
                else _of_playbook(library, run, judgement, result, playbook, errors)
                for playbook in result.playbooks
            ),
            switched_off=library.playbooks_off(brand, process),
            errors={
                **result.failed,
                **{k: v for it in lists.values() for k, v in it.failed.items()},
            },
        )


def _judgement(warehouse: LookingWarehouse, library: Library, run: Run) -> Judgement:
    reading, targets = read(warehouse, library, run), targets_now(library, run)
    verdicts, _ = look(library, run, reading, targets)
    results = [*verdicts.results(), *stored_facts(warehouse, library, run)]
    return Judgement(reading, targets, verdicts, results, (), 0)


def _pulled(
    warehouse: LookingWarehouse, platforms: LookingPlatforms, keys: Sequence[int]
) -> tuple[Pulled, ...]:
    return tuple(
        Pulled(
            platforms.entry(row["account_key"]),
            None if pd.isna(row["last_day"]) else row["last_day"],
            None if pd.isna(row["pulled_at"]) else row["pulled_at"],
            "" if pd.isna(row["error"]) else row["error"],
        )
        for row in warehouse.last_pulls(keys).to_dict("records")
    )


def _of_playbook(
    library: Library,
    run: Run,
    judgement: Judgement,
    result: Deliberation,
    playbook: Playbook,
    errors: Mapping[int, str],
) -> PlaybookPreview:
    counts = [found for check, found in judgement.verdicts.counts().items() if check in playbook.on]
    situation = result.situations[playbook.name]
    decided = [one for one in result.decided if one.proposal.playbook == playbook.name]
    declined = [one for one, _ in result.declined if one.playbook == playbook.name]
    proposals = [*(one.proposal for one in decided), *declined]
    seen = _seen(judgement, result, playbook)
    return PlaybookPreview(
        playbook=playbook.name,
        title=playbook.title,
        mode=library.mode(run.brand, run.process, playbook.name),
        evaluated=sum(sum(found.values()) for found in counts) if playbook.on else None,
        unknown=sum(found["unknown"] for found in counts),
        matched=len(situation.findings),
        skipped=(
            *skipped(playbook, situation, seen, proposals, errors),
            *_declined(result, playbook),
        ),
        said=tuple(said_of(one, result.state) for one in decided),
    )


def _seen(judgement: Judgement, result: Deliberation, playbook: Playbook) -> Seen:
    """Return what the playbook's checks find if the newest figures do not contradict."""
    situation, checks = result.situations[playbook.name], judgement.reading.checks
    facts = {fact.name for fact in checks.facts}
    found = [one for one in judgement.results if one.check in facts]
    nobody = Verdicts(())
    complete = mature_findings(playbook, situation, checks.checks, nobody, found)
    bare = playbook.model_copy(update={"when": ""})
    return Seen(
        newest=[one for one in judgement.results if _answers(playbook, one)],
        complete=complete,
        without_condition=mature_findings(bare, situation, checks.checks, nobody, found)
        if playbook.when
        else complete,
    )


def _answers(playbook: Playbook, finding: Result) -> bool:
    return finding.check in playbook.on and finding.verdict in playbook.verdicts


def _declined(result: Deliberation, playbook: Playbook) -> list[Skipped]:
    return [
        Skipped(
            one.check,
            one.subject.level,
            one.name,
            one.account_key,
            "declined",
            f"action {action.action_id} was {action.state} on {action.updated_at:%Y-%m-%d}",
        )
        for one, action in result.declined
        if one.playbook == playbook.name
    ]
