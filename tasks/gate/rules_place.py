"""May this be changed at all? The account, the field, the entity, the setting."""

import re

from connectors.changes import MONEY_FIELDS
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.places import ThingKey
from tasks.gate.refusal import Refusal, written


def usable_account(asked: Asked, _: Book) -> Refusal | None:
    """An account that is not enabled."""
    account = asked.account
    if account.status == "enabled":
        return None
    return Refusal("account_state", f"the account {account.name} is {account.status}")


def same_currency(asked: Asked, book: Book) -> Refusal | None:
    """Amounts of another currency than the brand's: there is no rate to hold limits with.

    Whatever moves no amount of money and lets none be spent passes.
    """
    account, field = asked.account, asked.proposal.subject.field
    if account.currency == book.state.currency:
        return None
    if field not in MONEY_FIELDS and not asked.raises and "cpc_bid" not in asked.proposal.content:
        return None
    return Refusal(
        "account_state",
        f"the account {account.name} is in {account.currency}, the brand's limits are in "
        f"{book.state.currency}",
    )


def not_blocked(asked: Asked, book: Book) -> Refusal | None:
    """A field that the brand never lets be changed."""
    field = asked.proposal.subject.field
    if field not in book.guardrails.blocked:
        return None
    return Refusal("blocked_field", f"guardrails.blocked names {field}")


def not_protected(asked: Asked, book: Book) -> Refusal | None:
    """An entity that is protected, lies below one that is, or shares its budget with one."""
    for key in asked.concerned:
        name = asked.proposal.name if key == asked.key else ""
        if what := book.protection.of(key, name):
            return Refusal("protected", what)
    return None


def writable(asked: Asked, _: Book) -> Refusal | None:
    """A setting that the platform does not let us change here."""
    if asked.setting is None or not asked.setting.fixed:
        return None
    return Refusal("not_writable", asked.setting.fixed)


def unmoved(asked: Asked, book: Book) -> Refusal | None:
    """A value that is what is wanted already, or not what the proposal saw."""
    proposal, setting = asked.proposal, asked.setting
    present = setting.value if setting else proposal.before
    if proposal.after == present:
        text = written(proposal.after, proposal.subject, asked.account.currency)
        return Refusal("no_change", f"it is {text} already")
    if present == proposal.before:
        return None
    now, then = (
        written(value, proposal.subject, asked.account.currency)
        for value in (present, proposal.before)
    )
    return Refusal("moved", f"it is {now} now; the proposal was for {then}")


def not_learning(asked: Asked, book: Book) -> Refusal | None:
    """The platform's learning phase, where the brand has not allowed changes in it."""
    if book.guardrails.learning or asked.setting is None or not asked.setting.learning:
        return None
    return Refusal("learning", f"{asked.proposal.name} is in the platform's learning phase")


def shown_shared_budget(asked: Asked, book: Book) -> Refusal | None:
    """A budget of several campaigns, where the proposal does not show all of them.

    Shown is a campaign whose name or id stands in the proposal's evidence.
    """
    if asked.proposal.subject.field != "daily_budget" or len(asked.concerned) == 1:
        return None
    shown = "\n".join(asked.proposal.evidence)
    others = {key[2]: _name(key, book) for key in asked.concerned if key != asked.key}
    hidden = [
        name or entity_id
        for entity_id, name in others.items()
        if not any(_stands_in(text, shown) for text in (entity_id, name))
    ]
    if not hidden:
        return None
    return Refusal(
        "shared_budget",
        f"the budget is that of {len(asked.concerned)} campaigns, and the proposal does not name "
        + ", ".join(hidden[:5])
        + (f" and {len(hidden) - 5} more" if len(hidden) > 5 else ""),
    )


def _name(key: ThingKey, book: Book) -> str:
    thing = book.places.thing(key)
    return thing.name if thing else ""


def _stands_in(text: str, evidence: str) -> bool:
    return bool(text) and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", evidence) is not None
