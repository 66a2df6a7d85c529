"""Which changes does a report show, and in what order? Only here is anything of them chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from config.words import Field
from connectors.actions import DONE, Action, ActionState, Effect, Judged, Stop
from tasks.change_wording import what
from tasks.messages import safe_link
from tasks.outcomes import win_rate
from tasks.report.attention import check_title
from tasks.report.change_model import (
    Changes,
    Choice,
    Entry,
    Listed,
    Record,
    Refused,
    Stopped,
)
from tasks.report.model import SEVERITY
from tasks.report.numbers import difference, known, plural
from tasks.report.refusals import refusal_words
from tasks.vocabulary import Vocabulary

CHOICES = 8
PARTS = 6
LONGEST_FURTHER = 30
LONGEST_TASKS = 12
LONGEST_RECENT = 20
LONGEST_OBSERVED = 12
LONGEST_OUTCOMES = 12
LONGEST_LEDGER = 200
EXAMPLES = 3
EVIDENCE = 3
TASK_EVIDENCE = 20

NOTHING_TO_JUDGE: tuple[Field, ...] = ("advice", "label", "ad")
"""Nothing that runs is changed by these: they neither win nor lose."""

_NEWS: tuple[ActionState, ...] = ("failed", "drifted", "undoing", "undone", "rejected", "expired")
_OPEN: tuple[ActionState, ...] = ("approved", "applying")
_RECENT_ORDER: tuple[ActionState, ...] = (
    "failed", "refused", "drifted", "applying", "approved", "undoing", "undone", "applied",
    "verified", "judged", "rejected", "expired",
)  # fmt: skip
_JUDGED_ORDER: tuple[Judged, ...] = ("worse", "improved", "inconclusive")


@dataclass(frozen=True, slots=True)
class Names:
    """What people call things."""

    accounts: Mapping[int, str]
    playbooks: Mapping[str, str]  # name to title
    owners: Mapping[str, str]
    vocabulary: Vocabulary


def changes_of(
    actions: Sequence[Action],
    stops: Iterable[Stop],
    links: Mapping[int, str],
    names: Names,
    now: datetime,
) -> Changes:
    """Choose and order what is said of actions, given newest first, as of a moment.

    Whatever their number, the result is bounded. "Recent" is since the beginning of the day before
    `now` (UTC); what waits is shown however old it is, judgements as far as `actions` go back. What
    was to be taken back and must not be stands with what was done: it still holds.
    """
    start = datetime.combine(now.date() - timedelta(days=1), time(), UTC)
    made = _Entries(names, links, actions)
    open_ = sorted((a for a in actions if a.state == "proposed"), key=_urgency)
    groups = _groups(action for action in open_ if not _is_task(action))
    tasks = [action for action in open_ if _is_task(action)]
    refused = _newest_of_each(a for a in actions if a.state == "refused" and a.updated_at >= start)
    stuck = [action for action in refused if _back(action)]
    refused = [action for action in refused if not _back(action)]
    recent = [*stuck, *(action for action in actions if _is_recent(action, start))]
    judged = [action for action in actions if _is_judged(action)]
    return Changes(
        since=start.date(),
        stopped=tuple(map(_stopped, stops)),
        waiting=tuple(map(made.choice, groups[:CHOICES])),
        further=made.listed(_without_place(groups), LONGEST_FURTHER),
        tasks=made.listed(tasks, LONGEST_TASKS),
        recent=made.listed(sorted(recent, key=_recency), LONGEST_RECENT),
        observed=made.listed(
            sorted((a for a in refused if a.reason == "mode"), key=_urgency), LONGEST_OBSERVED
        ),
        refused=made.refused(a for a in refused if a.reason != "mode"),
        outcomes=made.listed(sorted(judged, key=_gravity), LONGEST_OUTCOMES),
        records=_records(judged, names),
        ledger=made.of(sorted(actions, key=lambda a: a.state != "proposed")[:LONGEST_LEDGER]),
    )


def changed_days(actions: Iterable[Action], accounts: Iterable[int]) -> dict[int, frozenset[date]]:
    """Return by account the days (UTC) on which an action changed something of it."""
    days: dict[int, set[date]] = {key: set() for key in accounts}
    for action in actions:
        key = action.proposal.account_key
        if action.applied_at is not None and key in days and not _is_task(action):
            days[key].add(action.applied_at.date())
    return {key: frozenset(found) for key, found in days.items()}


class _Entries:
    """Turns actions into words."""

    def __init__(self, names: Names, links: Mapping[int, str], actions: Iterable[Action]) -> None:
        done = (action for action in actions if action.state in DONE)
        self._backs = {back: action.proposal for action in done if (back := _back(action))}
        self._names = names
        self._links = links
        self._first_owner = next(iter(names.owners.values()), "")

    def of(self, actions: Iterable[Action]) -> tuple[Entry, ...]:
        return tuple(map(self._entry, actions))

    def listed(self, actions: Sequence[Action], most: int) -> Listed:
        return Listed(self.of(actions[:most]), max(0, len(actions) - most))

    def choice(self, group: Sequence[Action]) -> Choice:
        return Choice(self.of(group[:PARTS]), len(group), bool(group[0].proposal.group))

    def refused(self, actions: Iterable[Action]) -> tuple[Refused, ...]:
        """Group by reason, the most frequent first."""
        groups: dict[str, list[Action]] = {}
        for action in actions:
            groups.setdefault(refusal_words(action.reason), []).append(action)
        ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(
            Refused(reason, len(group), self.of(sorted(group, key=_urgency)[:EXAMPLES]))
            for reason, group in ranked
        )

    def _entry(self, action: Action) -> Entry:
        proposal, names = action.proposal, self._names
        back = f" (takes back action {proposal.takes_back})" if proposal.takes_back else ""
        change = what(proposal) + back
        told = TASK_EVIDENCE if _is_task(action) else EVIDENCE
        return Entry(
            number=action.action_id,
            state=action.state,
            what=change[:1].upper() + change[1:],
            why=proposal.sentence,
            evidence=(*_content(action), *proposal.evidence)[:told],
            expected=self._effect(proposal.expected, proposal.currency),
            risk=proposal.risk,
            undo=proposal.undo,
            ends_on=proposal.restore_on,
            until=proposal.expires_at,
            owner=names.owners.get(proposal.owner, self._first_owner),
            approvals=action.approvals,
            account=names.accounts.get(proposal.account_key, ""),
            playbook=names.playbooks.get(proposal.playbook) or check_title(proposal.playbook),
            verdict=proposal.verdict,
            explanation=action.explanation or self._why_back(action),
            at=action.updated_at,
            applied_at=action.applied_at,
            judged=action.judged,
            measured=self._effect(action.outcome, proposal.currency),
            link=safe_link(self._links.get(action.action_id, "")),
            asked=action.explanation if _may_act(action) else "",
            task=_is_task(action),
        )

    def _why_back(self, action: Action) -> str:
        """Say why a change was taken back, '' if it was not."""
        back = self._backs.get(action.action_id) if action.state == "undone" else None
        return back.sentence if back else ""

    def _effect(self, found: Effect | None, currency: str) -> str:
        """Write an effect as a difference with its range; '' unless all of it is known."""
        if found is None or not all(map(known, (found.value, found.low, found.high))):
            return ""
        words = self._names.vocabulary
        measure = words.kpis.get(found.metric) or words.metrics.get(found.metric)
        value, low, high = (
            difference(figure, found.unit, currency)
            for figure in (found.value, found.low, found.high)
        )
        title = measure.title if measure else found.metric
        return f"{title} {value} in {plural(found.days, 'day')} ({low} to {high})"


def _back(action: Action) -> int | None:
    return action.proposal.takes_back


def _is_task(action: Action) -> bool:
    return action.proposal.subject.field == "advice"


def _may_act(action: Action) -> bool:
    """Tell whether a change waits that its playbook may make alone, in other circumstances."""
    return action.state == "proposed" and action.proposal.mode == "act" and not _is_task(action)


def _is_recent(action: Action, start: datetime) -> bool:
    """Tell whether something was decided or done, or is on its way."""
    if action.state in _OPEN:
        return True
    applied = action.state in DONE and action.applied_at is not None and action.applied_at >= start
    return applied or (action.state in _NEWS and action.updated_at >= start)


def _is_judged(action: Action) -> bool:
    """Tell whether it is listed by how it turned out: what takes back another one is not."""
    own = _back(action) is None and action.proposal.subject.field not in NOTHING_TO_JUDGE
    return own and action.judged is not None


def _newest_of_each(actions: Iterable[Action]) -> list[Action]:
    """Return of the same wish of several days the newest: it counts once."""
    found: dict[object, Action] = {}
    for action in actions:
        wish = action.proposal
        found.setdefault((wish.account_key, wish.subject, wish.playbook), action)
    return [*found.values()]


def _urgency(action: Action) -> tuple[int, datetime, int]:
    proposal = action.proposal
    return SEVERITY.index(proposal.verdict), proposal.expires_at, action.action_id


def _recency(action: Action) -> tuple[int, float, int]:
    order = _RECENT_ORDER.index(action.state)
    return order, -action.updated_at.timestamp(), -action.action_id


def _gravity(action: Action) -> tuple[int, float, int]:
    """Order what was judged: what turned out worse first, then the newest."""
    order = _JUDGED_ORDER.index(action.judged or "inconclusive")
    return order, -action.updated_at.timestamp(), -action.action_id


def _groups(waiting: Iterable[Action]) -> list[list[Action]]:
    """Put together what is one decision, and what one playbook wants for one reason.

    The most urgent first, within a group as among them.
    """
    groups: dict[tuple[object, ...], list[Action]] = {}
    for action in waiting:
        wish = action.proposal
        alike = (wish.group, wish.as_of) if wish.group else (wish.risk, wish.owner, wish.verdict)
        groups.setdefault((wish.playbook, *alike), []).append(action)
    return [*groups.values()]


def _without_place(groups: Sequence[Sequence[Action]]) -> list[Action]:
    """Return what the choices have no room for."""
    beyond = [action for group in groups[:CHOICES] for action in group[PARTS:]]
    return beyond + [action for group in groups[CHOICES:] for action in group]


def _content(action: Action) -> tuple[str, ...]:
    """Return what is in a thing to be made as one sentence."""
    items = [f"{name.replace('_', ' ')}: {t}" for name, t in action.proposal.content.items()]
    return ("; ".join(items),) if items else ()


def _records(judged: Iterable[Action], names: Names) -> tuple[Record, ...]:
    found = [
        Record(
            playbook=names.playbooks.get(playbook) or check_title(playbook),
            improved=won.improved,
            worse=won.worse,
            inconclusive=won.inconclusive,
            rate=won.rate,
            low=won.low,
            high=won.high,
        )
        for playbook, won in win_rate(judged).items()
    ]
    return tuple(sorted(found, key=lambda record: (-record.judged, record.playbook)))


def _stopped(stop: Stop) -> Stopped:
    brand = f" --brand {stop.brand}" if stop.brand else ""
    process = f" --process {stop.process}" if stop.process else ""
    return Stopped(
        scope=f"{stop.brand or 'all brands'}, {stop.process or 'all processes'}",
        since=stop.since,
        who=stop.who,
        why=stop.why,
        command=f"marketloop resume{brand}{process}",
    )
