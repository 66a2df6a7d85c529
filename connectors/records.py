"""What do our decisions leave behind: results, alerts, messages? Plain records, no I/O.

`tasks/` makes them, `connectors/warehouse/` stores them as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from config.words import Importance

Verdict = Literal["ok", "warning", "critical", "unknown"]

MINOR = "minor"
"""The reason of a verdict `ok` that found something, of too little importance to wake anybody."""

AlertState = Literal["open", "acknowledged", "snoozed", "resolved"]
"""The life of an alert. Every state but `resolved` counts as still open."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a person does about a verdict that fires."""

    title: str
    how: str
    within_days: int
    priority: Importance


@dataclass(frozen=True, slots=True)
class Result:
    """One check's verdict on one entity, with every number it used."""

    check: str
    level: str
    entity_key: int | None  # None: about an account or a whole brand
    account_key: int | None
    name: str  # of the entity, as the platform has it: data, escape it when rendering
    verdict: Verdict
    kpi: str
    unit: str
    value: float | None
    target: float | None
    previous: float | None
    window_start: date
    window_end: date
    sentence: str
    reason: str  # of `unknown`: stale, missing, too_little_data, no_target, undefined; or MINOR
    numbers: Mapping[str, float]
    owner: str
    todo: ToDo | None = None  # not kept with the verdict: a work item is made of it


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert to open. If one with this fingerprint is open already, it is updated instead."""

    fingerprint: str
    brand: str
    process: str
    check: str
    entity_key: int | None
    account_key: int | None
    name: str
    verdict: Verdict
    sentence: str
    value: float | None
    target: float | None
    owner: str
    as_of: date


@dataclass(frozen=True, slots=True)
class AlertUpdate:
    """An open alert that was seen again. `times_seen` grows once per later `as_of`."""

    fingerprint: str
    name: str
    verdict: Verdict
    sentence: str
    value: float | None
    target: float | None
    owner: str
    as_of: date
    worst: Verdict = "warning"  # since it was opened; a new alert's worst is its verdict


@dataclass(frozen=True, slots=True)
class AlertResolution:
    """An open alert to close, and the sentence that says why."""

    fingerprint: str
    reason: str
    as_of: date


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as the warehouse has it. `times_seen` counts the days (`as_of`) that saw it."""

    alert_id: int
    fingerprint: str
    brand: str
    process: str
    check: str
    entity_key: int | None
    account_key: int | None
    name: str
    verdict: Verdict
    state: AlertState
    opened_at: datetime
    last_seen_at: datetime
    times_seen: int
    sentence: str
    value: float | None
    target: float | None
    owner: str
    opened_as_of: date
    last_as_of: date
    worst: Verdict = "warning"  # since it was opened


@dataclass(frozen=True, slots=True)
class Message:
    """A text for one owner. The same decision always gives it the same `message_id`."""

    message_id: str
    brand: str
    owner: str
    process: str
    subject: str
    body_text: str
    body_html: str
    verdict: Verdict
    created_at: datetime
    attempts: int = 0  # earlier tries to send it
    destination: str = ""  # where its Apprise URL is, such as env:NAME; '' if the owner has none
    in_doubt: bool = False  # an earlier try may have reached the receiver: it was never confirmed


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """What one run changes about a brand's alerts, and whom it tells. Applied as a whole."""

    opened: tuple[NewAlert, ...] = ()
    updated: tuple[AlertUpdate, ...] = ()
    resolved: tuple[AlertResolution, ...] = ()
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleReplay:
    """What a rule, as it then was, would have done on past days: its replay was shown."""

    brand: str
    process: str
    playbook: str
    digest: str  # of the rule: `config.rule_digest`
    at: datetime  # when it was shown
    first: date  # the days it went over
    last: date
    known_days: int  # of these, days on which the process runs and something was known
    as_if_known: bool  # each day saw what was known later of the days before it
    days_fired: int  # days on which it proposed something
    waits: int  # proposals that would have waited for a person
    done: int  # proposals that would have been done alone
    refused: Mapping[str, int]  # reason to how many were refused
