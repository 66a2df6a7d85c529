"""Which alerts does a run open, update and resolve, and whom does it tell?

An alert is one check firing for one entity of a brand, however often it fires. It is told when it
opens, when it becomes worse than it ever was, and when it is resolved; nothing else is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import groupby
from json import dumps

from config.models import Owner
from connectors.records import (
    AlertPlan,
    AlertResolution,
    AlertUpdate,
    Message,
    NewAlert,
    OpenAlert,
    Result,
    Verdict,
)
from tasks.messages import News, compose, worst_verdict
from tasks.remedies import due
from tasks.report.numbers import day
from tasks.run import Run

SEVERITY: Mapping[Verdict, int] = {"ok": 0, "unknown": 1, "warning": 2, "critical": 3}
FIRING = frozenset({"warning", "critical"})

OK_AGAIN = "ok again"
CHECK_GONE = "the check was switched off or removed"
ACCOUNT_GONE = "the account is no longer in the brand file"
ENTITY_GONE = "it was removed, or the check's filter no longer takes it"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run could judge. An alert outside of it stays as it is."""

    checks: frozenset[str]  # names of the checks and facts that are switched on
    accounts: frozenset[int]  # keys of the accounts that the brand file has
    judged: frozenset[int]  # those of them that this run pulled, without a failure, and checked
    latest_as_of: date | None  # the newest day that this process has judged for the brand
    currencies: Mapping[int, str] = field(default_factory=dict)  # account key to ISO 4217
    alerts_so_far: int = 0
    """How many alerts the brand has ever had; read it before the open ones. It tells an alert that
    opens, ends and opens again on one day from the same opening decided twice."""


def plan_alerts(
    run: Run,
    open_alerts: Iterable[OpenAlert],
    results: Iterable[Result],
    owners: Mapping[str, Owner],
    scope: Scope,
) -> AlertPlan:
    """Plan what this run changes about the brand's alerts, and one message per owner and way.

    - `unknown` neither opens nor resolves: the alert stays, its `last_as_of` says since when it was
      not judged. So does every alert of an account that failed or was not part of the run.
    - A day before the newest judged one changes nothing: the past does not judge the present.
    - Acknowledged and snoozed alerts are updated and resolved like open ones; becoming worse is
      told only of open ones.
    - A result without an owner, or with one that the brand no longer has, is the first owner's.
      An owner without a way to be reached gets one message without a destination.

    The order of results does not matter; the same input gives the same plan, message ids included.
    """
    if scope.latest_as_of and run.as_of < scope.latest_as_of:
        return AlertPlan()
    verdicts = _by_fingerprint(run.brand, results)
    alerts = {alert.fingerprint: alert for alert in open_alerts if alert.brand == run.brand}
    firing = {key: result for key, result in verdicts.items() if result.verdict in FIRING}
    current = {key: alert for key, alert in alerts.items() if alert.last_as_of <= run.as_of}
    opened = {key: firing[key] for key in sorted(firing.keys() - alerts.keys())}
    seen = {key: (current[key], firing[key]) for key in sorted(firing.keys() & current.keys())}
    ended = {
        key: (current[key], reason)
        for key in sorted(current.keys() - firing.keys())
        if (reason := _why_over(current[key], verdicts.get(key), run, scope))
    }
    news = [
        *(_told(key, "new", result, run.as_of, scope) for key, result in opened.items()),
        *(
            _told(key, "worse", result, alert.opened_as_of, scope)
            for key, (alert, result) in seen.items()
            if alert.state == "open" and _worse(result.verdict, _worst(alert))
        ),
        *(_over(alert, reason, verdicts.get(key), scope) for key, (alert, reason) in ended.items()),
    ]
    return AlertPlan(
        opened=tuple(_opened(key, result, run) for key, result in opened.items()),
        updated=tuple(_updated(alert, result, run) for alert, result in seen.values()),
        resolved=tuple(
            AlertResolution(key, reason, run.as_of) for key, (_, reason) in ended.items()
        ),
        messages=tuple(_messages(run, news, owners, scope)),
    )


def fingerprint(brand: str, result: Result) -> str:
    """Return what makes an alert the same alert: brand, check and entity, by warehouse keys."""
    keys = ("" if key is None else str(key) for key in (result.account_key, result.entity_key))
    return "/".join((brand, result.check, result.level, *keys))


def _by_fingerprint(brand: str, results: Iterable[Result]) -> dict[str, Result]:
    """Keep one result per alert: the most severe, and among equals the same one in any order."""
    kept: dict[str, Result] = {}
    for result in results:
        key = fingerprint(brand, result)
        if (other := kept.get(key)) is None or _rank(result) > _rank(other):
            kept[key] = result
    return kept


def _rank(result: Result) -> tuple[int, str, str]:
    return SEVERITY[result.verdict], result.sentence, repr(result)


def _why_over(alert: OpenAlert, result: Result | None, run: Run, scope: Scope) -> str:
    mine = alert.process == run.process
    return over(alert.check, alert.account_key, result, scope, mine=mine)


def over(
    check: str, account_key: int | None, result: Result | None, scope: Scope, *, mine: bool = True
) -> str:
    """Return why a finding that is not made any more is over, "" if that is not known.

    `mine` is False for one that another process made.
    """
    if mine and check not in scope.checks:
        return CHECK_GONE
    if account_key is not None:
        if account_key not in scope.accounts:
            return ACCOUNT_GONE
        if account_key not in scope.judged:
            return ""
    if result is None:
        return ENTITY_GONE if mine and account_key is not None else ""
    return OK_AGAIN if result.verdict == "ok" else ""


def _worst(alert: OpenAlert) -> Verdict:
    return alert.verdict if _worse(alert.verdict, alert.worst) else alert.worst


def _worse(verdict: Verdict, than: Verdict) -> bool:
    return SEVERITY[verdict] > SEVERITY[than]


def _opened(key: str, result: Result, run: Run) -> NewAlert:
    return NewAlert(
        fingerprint=key,
        brand=run.brand,
        process=run.process,
        check=result.check,
        entity_key=result.entity_key,
        account_key=result.account_key,
        name=result.name,
        verdict=result.verdict,
        sentence=result.sentence,
        value=result.value,
        target=result.target,
        owner=result.owner,
        as_of=run.as_of,
    )


def _updated(alert: OpenAlert, result: Result, run: Run) -> AlertUpdate:
    worst = _worst(alert)
    return AlertUpdate(
        fingerprint=alert.fingerprint,
        name=result.name,
        verdict=result.verdict,
        sentence=result.sentence,
        value=result.value,
        target=result.target,
        owner=result.owner,
        as_of=run.as_of,
        worst=result.verdict if _worse(result.verdict, worst) else worst,
    )


def _told(key: str, kind: str, result: Result, since: date, scope: Scope) -> News:
    return News(
        fingerprint=key,
        kind="worse" if kind == "worse" else "new",
        verdict=result.verdict,
        check=result.check,
        name=result.name,
        sentence=result.sentence,
        owner=result.owner,
        since=since,
        unit=result.unit,
        currency=_currency(result.account_key, scope),
        value=result.value,
        target=result.target,
        previous=result.previous,
        todo=_todo(result, since) if kind == "new" else "",
    )


def _todo(result: Result, as_of: date) -> str:
    if result.todo is None:
        return ""
    return f"To do by {day(due(result.todo, as_of))}: {result.todo.title}"


def _over(alert: OpenAlert, reason: str, result: Result | None, scope: Scope) -> News:
    return News(
        fingerprint=alert.fingerprint,
        kind="resolved",
        verdict="ok",
        check=alert.check,
        name=result.name if result else alert.name,
        sentence=reason,
        owner=alert.owner,
        since=alert.opened_as_of,
        unit=result.unit if result else "",
        currency=_currency(alert.account_key, scope),
        value=result.value if result else None,
        target=result.target if result else None,
        previous=None,
    )


def _currency(account_key: int | None, scope: Scope) -> str:
    return "" if account_key is None else scope.currencies.get(account_key, "")


def _messages(
    run: Run, news: Iterable[News], owners: Mapping[str, Owner], scope: Scope
) -> Iterator[Message]:
    """Yield one message per owner with news and per way of reaching them."""
    first = next(iter(owners), "")

    def responsible(item: News) -> str:
        return item.owner if item.owner in owners else first

    for owner, group in groupby(sorted(news, key=responsible), key=responsible):
        items = list(group)
        for destination in dict.fromkeys(owners[owner].notify if owner else ()) or ("",):
            message_id = _message_id(run, owner, destination, items, scope)
            letter = compose(run, items, message_id)
            yield Message(
                message_id=message_id,
                brand=run.brand,
                owner=owner,
                process=run.process,
                subject=letter.subject,
                body_text=letter.text,
                body_html=letter.html,
                verdict=worst_verdict(items),
                created_at=run.started_at,
                destination=destination,
            )


def _message_id(run: Run, owner: str, destination: str, news: Iterable[News], scope: Scope) -> str:
    """Return the id that this decision always gives: 32 hexadecimal digits."""
    told = sorted((item.fingerprint, item.kind) for item in news)
    decision = [
        run.brand,
        run.process,
        owner,
        destination,
        run.as_of.isoformat(),
        scope.alerts_so_far,
        told,
    ]
    return sha256(dumps(decision).encode()).hexdigest()[:32]
