"""How is a change said in words? For reports, messages, forms and the command line alike.

Texts come back as plain text that holds names from outside: escape them for where they go.
"""

from config.words import Field
from connectors.actions import Action, Effect, Proposal
from connectors.audience import spoken
from connectors.changes import (
    ABSENT,
    ENABLED,
    ITEM_FIELDS,
    PRESENT,
    REMOVED,
    Value,
    text_of,
)
from tasks.report.numbers import change_text, difference, money, plural

FIELD_WORDS: dict[Field, str] = {
    "status": "status",
    "daily_budget": "daily budget",
    "cpc_bid": "bid per click",
    "target_cpa": "target CPA",
    "target_roas": "target ROAS",
    "negative_keyword": "negative keyword",
    "keyword": "keyword",
    "ad": "ad",
    "label": "label",
    "post": "post",
    "reply": "reply",
    "audience": "people",
    "advice": "advice",
    "other": "settings",
}
SHOWN = 60
"""Signs of a post that a line has room for."""

LEVEL_WORDS = {"ad_group": "ad group", "search_term": "search term"}


def what(proposal: Proposal) -> str:
    """Return what changes, as `daily budget of campaign Spring: €40.00 → €32.00 (↓ −20%)`,
    `add keyword “exact:red shoes” to ad group Shoes`, or `customers “lapsed”: 40 added, 12 removed
    in Mailchimp list b1234/49382`."""
    subject = proposal.subject
    if subject.field == "audience":
        return _audience(proposal)
    level = LEVEL_WORDS.get(subject.level, subject.level)
    if subject.field == "advice":
        return f"{level} {proposal.name}: {text_of(proposal.after)}"
    if subject.field in ITEM_FIELDS:
        return _item(proposal, f"{level} {proposal.name}")
    head = f"{FIELD_WORDS[subject.field]} of {level} {proposal.name}"
    return f"{head}: {_value(proposal, proposal.before)} → {_value(proposal, proposal.after)}" + (
        relative(proposal) and f" ({relative(proposal)})"
    )


def _item(proposal: Proposal, where: str) -> str:
    """Say what is made or taken away; an ad has a digest for a name, which nobody reads."""
    field, gone = proposal.subject.field, proposal.after in (ABSENT, REMOVED)
    if field in ("post", "reply"):
        return f"take back the {field} {proposal.name}" if gone else _said(proposal)
    what_it_is = FIELD_WORDS[field] + (f" “{proposal.subject.item}”" if field != "ad" else "")
    if gone:
        return f"remove {what_it_is} from {where}"
    if proposal.before not in (ABSENT, REMOVED):
        return f"{what_it_is} of {where}: {proposal.before} → {proposal.after}"
    state = "" if proposal.after in (PRESENT, ENABLED) else f", {proposal.after}"
    return f"add {what_it_is} to {where}{state}"


def _audience(proposal: Proposal) -> str:
    """Say how many people come into a list and go; the values are digests, which nobody reads."""
    its = proposal.content
    counts = f"{int(its['added']):,} added, {int(its['removed']):,} removed"
    return f"customers “{its['segment']}”: {counts} in {proposal.name}"


def shown(field: Field, value: Value) -> str:
    """Return a value as sentences about a change have it, without a unit."""
    return spoken(value) if field == "audience" else text_of(value)


def _said(proposal: Proposal) -> str:
    """Say what is published, and the words that people will read first."""
    words = " ".join(proposal.content.get("text", "").split())
    begins = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
    verb = "publish" if proposal.subject.field == "post" else "answer with"
    return f"{verb} {proposal.name}: “{begins}”"


def relative(proposal: Proposal) -> str:
    """Return by how much a number moves, '' for words and from zero."""
    before, after = proposal.before, proposal.after
    if isinstance(before, str) or isinstance(after, str) or not before:
        return ""
    return change_text(float((after - before) / before))


def effect(expected: Effect, currency: str) -> str:
    """Return an expected or measured effect with its range, always both."""
    value, low, high = (
        difference(figure, expected.unit, currency)
        for figure in (expected.value, expected.low, expected.high)
    )
    days = plural(expected.days, "day")
    return f"{expected.metric.replace('_', ' ')} {value} in {days} ({low} to {high})"


def ending(action: Action) -> str:
    """Return the action's state, with the reason where there is one."""
    why = f": {action.explanation}" if action.explanation else ""
    return f"{action.state}{why}"


def _value(proposal: Proposal, value: Value) -> str:
    if isinstance(value, str):
        return value
    if proposal.unit == "money":
        return money(float(value), proposal.currency)
    return text_of(value)
