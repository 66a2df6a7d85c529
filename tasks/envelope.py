"""May this change be made without asking anybody?"""

from decimal import Decimal

from config.guardrails import Envelope
from connectors.actions import Proposal
from connectors.changes import MONEY_FIELDS


def outside(
    proposal: Proposal,
    envelope: Envelope | None,
    brand_currency: str,
    begins: Decimal | None = Decimal(0),
) -> str:
    """Return why a change is outside of what the brand lets a playbook do alone; '' if inside.

    Amounts hold for accounts in the brand's currency only; in another nothing is done alone.
    `begins` is the daily budget that would begin to run, None if nobody knows it.
    """
    if envelope is None:
        return "the brand has no envelope to act in"
    subject = proposal.subject
    if subject.field not in envelope.fields:
        return f"the envelope has {', '.join(envelope.fields)}, not {subject.field}"
    if envelope.levels and subject.level not in envelope.levels:
        return f"the envelope has the levels {', '.join(envelope.levels)}, not {subject.level}"
    if envelope.playbooks and proposal.playbook not in envelope.playbooks:
        return f"the envelope is not for the playbook {proposal.playbook}"
    return _too_far(proposal, envelope, brand_currency, begins)


def _too_far(
    proposal: Proposal, envelope: Envelope, brand_currency: str, begins: Decimal | None
) -> str:
    before, after = proposal.before, proposal.after
    if isinstance(before, str) or isinstance(after, str):
        if begins is None and envelope.daily_amount is not None:
            return "the daily budget that would begin to run is unknown"
        return _too_much("begins with", begins or Decimal(0), proposal, envelope, brand_currency)
    moved = abs(after - before)
    if not before or moved / before * 100 > Decimal(str(envelope.step_percent)):
        percent = f"{moved / before * 100:.1f}" if before else "infinitely many"
        return f"it moves by {percent} %, the envelope allows {envelope.step_percent:g} %"
    amount = moved if proposal.subject.field in MONEY_FIELDS else Decimal(0)
    return _too_much("moves by", amount, proposal, envelope, brand_currency)


def _too_much(
    does: str, amount: Decimal, proposal: Proposal, envelope: Envelope, brand_currency: str
) -> str:
    if envelope.daily_amount is None or not amount:
        return ""
    if proposal.currency != brand_currency:
        return f"the envelope's amount is in {brand_currency}, the account's in {proposal.currency}"
    if amount > envelope.daily_amount:
        return f"it {does} {amount}, the envelope allows {envelope.daily_amount}"
    return ""
