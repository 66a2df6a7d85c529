"""What may be written? Only what the gate has just let through: this is where permits are made."""

from datetime import datetime, timedelta

from connectors.actions import Action
from connectors.changes import Change, Permit
from tasks.applying import PATIENCE
from tasks.gate.passing import Decision

LONGEST = PATIENCE
"""How old a decision may be when it becomes a permit: what was claimed is decided on after that,
and sent or given back within this time. A stop switch works at once."""


def permit(action: Action, decision: Decision, now: datetime) -> Permit:
    """Return the permit to write an action's change at this moment, `now`.

    Raise `ValueError` unless the decision passed this very action, in the state that it is in, a
    moment ago; where the action waits for people or is advice; or where it lacks the second
    person. These are errors of whoever asks, never something to catch.
    """
    where = f"action {action.action_id}"
    asked = decision.asked
    if not isinstance(asked, Action) or (asked.action_id, asked.proposal) != (
        action.action_id,
        action.proposal,
    ):
        raise ValueError(f"{where}: the decision is about something else; ask the gate for it")
    if not decision.passed:
        raise ValueError(f"{where} was refused: {decision.reason}, {decision.explanation}")
    if not timedelta(0) <= now - decision.at <= LONGEST:
        raise ValueError(f"{where}: decided at {decision.at}, it is {now}; ask the gate again")
    if action.state not in ("approved", "applying"):
        raise ValueError(f"{where} is {action.state}; only what is approved is written")
    if decision.two_people and len(set(action.approvals)) < 2:
        raise ValueError(f"{where} needs two people's approval, not {list(action.approvals)}")
    proposal = action.proposal
    if proposal.subject.field == "advice":
        raise ValueError(f"{where} is advice: a person carries it out")
    change = Change(proposal.subject, proposal.before, proposal.after, proposal.content)
    return Permit(change, action.action_id, now)
