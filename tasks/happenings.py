"""What is told to automations: which alerts began or ended, which changes moved on?

A happening has the same id whenever it is told, so that it is told once. Texts hold names from
outside; a happening carries no secret, for the ledger has none.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from connectors.actions import Action, ActionEvent, ActionState
from connectors.changes import text_of
from connectors.turns import AlertTurn

MOST = 100
"""At most this many are told at once; see `most_important`."""

SENTENCE_LENGTH = 500

TOLD: tuple[ActionState, ...] = (
    "failed",
    "drifted",
    "undone",
    "applied",
    "approved",
    "judged",
    "rejected",
    "expired",
    "proposed",
    "verified",
    "refused",
)
"""The states that are told, the most important first; the others pass within a run."""

_IMPORTANCE = {
    f"marketloop.{name}": rank
    for rank, name in enumerate(
        ("alert.opened", "alert.resolved", *(f"action.{state}" for state in TOLD))
    )
}

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, in the words of Prefect: `event` happened to `resource`."""

    id: UUID
    event: str  # marketloop.alert.opened, marketloop.action.applied
    at: datetime
    resource: Labels
    related: tuple[Labels, ...]
    payload: Mapping[str, object]


def of_alerts(turns: Iterable[AlertTurn]) -> list[Happening]:
    """Return a happening per alert that was opened or resolved."""
    return [_of_alert(turn) for turn in turns]


def of_actions(turns: Iterable[tuple[Action, ActionEvent]]) -> list[Happening]:
    """Return a happening per state that an action came to, one of `TOLD`.

    Left out is what is no news: a change that goes back to where it was because it could not be
    carried out or taken back yet, and a proposal that was edited or approved by the first of two.
    """
    return [_of_action(action, event) for action, event in turns if _is_news(action, event)]


def most_important(happenings: Sequence[Happening], most: int = MOST) -> list[Happening]:
    """Return at most so many, in the order of time: alerts and failures first, refusals last."""
    ranked = sorted(happenings, key=lambda one: _IMPORTANCE[one.event])
    return sorted(ranked[:most], key=lambda one: one.at)


def _is_news(action: Action, event: ActionEvent) -> bool:
    if event.state not in TOLD:
        return False
    if event.state == "proposed":
        return event.at == action.created_at
    if event.state == "approved":
        return event.reason == ""
    return event.state == "undone" or "by" not in event.details


def _of_alert(turn: AlertTurn) -> Happening:
    payload = {
        "verdict": turn.verdict,
        "value": _number(turn.value),
        "target": _number(turn.target),
        "sentence": turn.sentence[:SENTENCE_LENGTH],
        "why": turn.why[:SENTENCE_LENGTH],
        "owner": turn.owner,
    }
    return Happening(
        id=_id(turn.brand, f"alert {turn.alert_id} {turn.turned}", turn.at),
        event=f"marketloop.alert.{turn.turned}",
        at=turn.at,
        resource={
            "prefect.resource.id": f"marketloop.alert.{turn.fingerprint}",
            "prefect.resource.name": turn.name,
            "marketloop.brand": turn.brand,
            "marketloop.process": turn.process,
            "marketloop.check": turn.check,
            "marketloop.verdict": turn.verdict,
        },
        related=_related(turn.brand, turn.process),
        payload=payload,
    )


def _of_action(action: Action, event: ActionEvent) -> Happening:
    proposal = action.proposal
    payload = {
        "before": text_of(proposal.before),
        "after": text_of(proposal.after),
        "unit": proposal.unit,
        "currency": proposal.currency,
        "numbers": {name: _number(value) for name, value in proposal.numbers.items()},
        "reason": event.reason,
        "explanation": event.explanation[:SENTENCE_LENGTH],
        "actor": event.actor,
        "sentence": proposal.sentence[:SENTENCE_LENGTH],
        "judged": action.judged if event.state == "judged" else None,
    }
    return Happening(
        id=_id(proposal.brand, f"action event {event.event_id}", event.at),
        event=f"marketloop.action.{event.state}",
        at=event.at,
        resource={
            "prefect.resource.id": f"marketloop.action.{action.action_id}",
            "prefect.resource.name": proposal.name,
            "marketloop.brand": proposal.brand,
            "marketloop.process": proposal.process,
            "marketloop.playbook": proposal.playbook,
            "marketloop.field": proposal.subject.field,
            "marketloop.decision": proposal.group,
        },
        related=_related(proposal.brand, proposal.process),
        payload=payload,
    )


def _related(brand: str, process: str) -> tuple[Labels, ...]:
    """Return the brand and the process; the flow run is added by whoever tells."""
    return tuple(
        {"prefect.resource.id": f"marketloop.{role}.{name}", "prefect.resource.role": role}
        for role, name in (("brand", brand), ("process", process))
    )


def _id(brand: str, what: str, at: datetime) -> UUID:
    return uuid5(NAMESPACE_URL, f"marketloop {brand} {what} {at.isoformat()}")


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
