"""Which rules may act, and has anybody read what each, as it is now, would have done?

A rule in mode `act` that is new or changed asks a person until its replay was shown. Posts, answers
and lists of people have nothing to replay, and advice nothing to carry out: they stand aside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.changeable import field_of
from config.library import Library
from config.playbooks import Playbook
from config.rule_digest import rule_digest
from connectors.records import RuleReplay
from tasks.replay import DAYS, Replay
from tasks.report.numbers import plural

NOT_REPLAYED = ("post", "reply", "audience", "advice")
"""What such playbooks change was approved piece by piece, or is counted before it is pushed."""

LEAST_KNOWN = 3
"""Of so many days at least one must have been known then; else a replay shows next to nothing."""


@dataclass(frozen=True, slots=True)
class ActingRule:
    """A playbook that may change things alone, and what is known of its replay."""

    playbook: str
    title: str
    shown: RuleReplay | None  # the newest one of the rule as it is now
    unread: str  # without one: that it is new or changed, and what to do; '' with one


def digests(library: Library, brand: str, process: str) -> dict[str, str]:
    """Return the digest of each playbook of a process as it holds for a brand."""
    checks = library.checks_for(brand, process)
    playbooks = library.playbooks_for(brand, process)
    return {it.name: rule_digest(it, checks, library.kpis) for it in playbooks}


def acting_rules(
    library: Library, brand: str, process: str, replays: Sequence[RuleReplay]
) -> tuple[ActingRule, ...]:
    """Return the rules that may act, in their order. `replays` are the process's, newest first."""
    now = digests(library, brand, process)
    command = f"marketloop replay {process} --brand {brand}"
    return tuple(
        _acting(playbook, now[playbook.name], replays, command)
        for playbook in library.playbooks_for(brand, process)
        if library.mode(brand, process, playbook.name) == "act"
        and field_of(playbook) not in NOT_REPLAYED
    )


def _acting(
    playbook: Playbook, digest: str, replays: Sequence[RuleReplay], command: str
) -> ActingRule:
    mine = [replay for replay in replays if replay.playbook == playbook.name]
    shown = next((replay for replay in mine if replay.digest == digest), None)
    state = f"has changed since its replay of {mine[0].at:%Y-%m-%d}" if mine else "is new"
    unread = f"the rule {state}: read what it would have done: {command}; from then on it acts"
    return ActingRule(playbook.name, playbook.title, shown, "" if shown else unread)


def unread(
    library: Library, brand: str, process: str, replays: Sequence[RuleReplay]
) -> dict[str, str]:
    """Return why each acting rule that is new or changed has to ask, by playbook."""
    rules = acting_rules(library, brand, process, replays)
    return {rule.playbook: rule.unread for rule in rules if rule.unread}


def shortcoming(replay: Replay, newest: date, *, all_accounts: bool) -> str:
    """Return why a replay does not stand for having read its rules; '' if it does.

    It goes over the last 90 days or more up to `newest`, the last day that can be judged, with all
    accounts; and unless it goes by what is known today, on a third of its days at least something
    was known: a rule that was shown on hardly any day was not shown.
    """
    if not all_accounts:
        return "it is about some of the accounts; leave out --account"
    if replay.last < newest or replay.first > newest - timedelta(days=DAYS - 1):
        span = f"{DAYS} days up to {newest}"
        return f"it does not go over the {span}; leave out --from and --to"
    if not replay.known_days:
        return "nothing is known of its days"
    if not replay.as_if_known and LEAST_KNOWN * replay.known_days < len(replay.days):
        known = f"only on {replay.known_days} of {plural(len(replay.days), 'day')}"
        return f"{known} something was known then; add --as-if-known to go by what is known today"
    return ""


def shown(replay: Replay, rules: Mapping[str, str], at: datetime) -> list[RuleReplay]:
    """Return what a replay shows of each of its rules. `rules` is playbook to digest."""
    return [
        RuleReplay(
            brand=replay.brand,
            process=replay.process,
            playbook=tally.playbook,
            digest=rules[tally.playbook],
            at=at,
            first=replay.first,
            last=replay.last,
            known_days=replay.known_days,
            as_if_known=replay.as_if_known,
            days_fired=tally.days_fired,
            waits=tally.waits,
            done=tally.done,
            refused=dict(tally.refused),
        )
        for tally in replay.tallies
    ]
