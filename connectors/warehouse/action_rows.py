"""How does an action lie in its row? There and back, without a loss."""

import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import orjson
import sqlalchemy as sa

from connectors.actions import Action, ActionEvent, Effect, Proposal
from connectors.changes import Subject, Value, text_of, value_of

RENAMED = {"check": "check_name", "group": "group_name"}
APART = {"subject", "before", "after", "numbers", "metrics", "expected", "content", "evidence"}
AS_THEY_ARE = tuple(field.name for field in fields(Proposal) if field.name not in APART)
"""Fields of a proposal that have a column of the same type."""
THEIR_COLUMNS = tuple(RENAMED.get(name, name) for name in AS_THEY_ARE)
_their_values = attrgetter(*AS_THEY_ARE)

OF_THE_ACTION = tuple(
    field.name for field in fields(Action) if field.name not in {"proposal", "approvals", "outcome"}
)


def fingerprint(proposal: Proposal) -> str:
    """Return what two proposals have in common that are the same one."""
    subject = proposal.subject
    what_it_is = (
        proposal.brand,
        proposal.process,
        proposal.playbook,
        proposal.check,
        proposal.account_key,
        subject.level,
        subject.entity_id,
        subject.field,
        subject.item,
        proposal.as_of,
        text_of(proposal.after),
        proposal.takes_back,
    )
    return blake2b(json_of(what_it_is).encode(), digest_size=16).hexdigest()


ACTION_COLUMNS = (
    *THEIR_COLUMNS,
    "level",
    "entity_id",
    "field",
    "item",
    "value_before",
    "value_after",
    "number_before",
    "number_after",
    "numbers",
    "metrics",
    "expected",
    "content",
    "evidence",
    "action_id",
    "fingerprint",
    "run_id",
    "state",
    "version",
    "created_at",
    "updated_at",
    "reason",
    "explanation",
    "approvals",
    "attempts",
)
"""Those that a new action fills."""


def action_row(action: Action, its_fingerprint: str, run_id: str) -> tuple[Any, ...]:
    """Return a new action's `ACTION_COLUMNS`, JSON as text."""
    proposal = action.proposal
    subject, before, after = proposal.subject, proposal.before, proposal.after
    return (
        *_their_values(proposal),
        subject.level,
        subject.entity_id,
        subject.field,
        subject.item,
        text_of(before),
        text_of(after),
        number(before),
        number(after),
        json_of(proposal.numbers),
        json_of(proposal.metrics),
        None if proposal.expected is None else json_of(proposal.expected),
        json_of(proposal.content),
        json_of(proposal.evidence),
        action.action_id,
        its_fingerprint,
        run_id,
        action.state,
        action.version,
        action.created_at,
        action.updated_at,
        action.reason,
        action.explanation,
        json_of(action.approvals),
        action.attempts,
    )


EVENT_COLUMNS = (
    "action_id",
    "version",
    "at",
    "state",
    "actor",
    "reason",
    "explanation",
    "details",
)


def event_row(action: Action, actor: str, details: Mapping[str, object]) -> tuple[Any, ...]:
    """Return the `EVENT_COLUMNS` of the event that made an action what it is,
    JSON as text."""
    return (
        action.action_id,
        action.version,
        action.updated_at,
        action.state,
        actor,
        action.reason,
        action.explanation,
        json_of(details),
    )


def action_of(row: sa.RowMapping) -> Action:
    """Return the action of a row."""
    return Action(
        proposal=_proposal_of(row),
        approvals=tuple(row["approvals"]),
        outcome=_effect_of(row["outcome"]),
        **{name: row[name] for name in OF_THE_ACTION},
    )


def event_of(row: sa.RowMapping) -> ActionEvent:
    """Return the event of a row."""
    return ActionEvent(**{field.name: row[field.name] for field in fields(ActionEvent)})


def effect_row(effect: Effect) -> dict[str, object]:
    """Return an effect as plain JSON values, with None for NaN."""
    plain: dict[str, object] = orjson.loads(json_of(effect))
    return plain


def numbers_row(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """Return a proposal's numbers as plain JSON values, with None for NaN."""
    plain: dict[str, float | None] = orjson.loads(json_of(numbers))
    return plain


def number(value: Value | None) -> float | None:
    """Return a number field's value for analysts; None for words."""
    return float(value) if isinstance(value, Decimal) else None


def judge_on(applied_at: datetime, days: int) -> date:
    """Return the first day (UTC) on which the action's window is over."""
    return applied_at.date() + timedelta(days=days)


def json_of(value: object) -> str:
    """Return JSON text: a Decimal as the ledger writes it, NaN and infinity as null."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"a detail of type {type(value).__name__} cannot be kept; give text")


def _proposal_of(row: sa.RowMapping) -> Proposal:
    subject = Subject(row["level"], row["entity_id"], row["field"], row["item"])
    return Proposal(
        subject=subject,
        before=value_of(subject.field, row["value_before"]),
        after=value_of(subject.field, row["value_after"]),
        numbers={name: _float(value) for name, value in row["numbers"].items()},
        metrics=tuple(row["metrics"]),
        expected=_effect_of(row["expected"]),
        content=row["content"],
        evidence=tuple(row["evidence"]),
        **{name: row[column] for name, column in zip(AS_THEY_ARE, THEIR_COLUMNS, strict=True)},
    )


def _effect_of(stored: Mapping[str, Any] | None) -> Effect | None:
    if stored is None:
        return None
    bounds = {name: _float(stored[name]) for name in ("value", "low", "high")}
    return Effect(**{**stored, **bounds})


def _float(stored: float | None) -> float:
    return math.nan if stored is None else float(stored)
