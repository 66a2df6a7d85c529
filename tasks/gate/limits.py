"""How far may a number be moved? Its form, its least and most, one step, 7 and 30 days.

Percentages compare exact decimals: a step of exactly 20 % passes a limit of 20 %. What a value was
some days ago is what it was before all changes since, ours and others': three steps of 20 % are
73 %, and repeated cuts do not reach zero. A limit never keeps a value from moving towards it: what
a person has set above the maximum may be lowered, though it is still above.
"""

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Literal

from connectors.actions import RefusalReason
from connectors.changes import (
    ABSENT,
    ENABLED,
    MONEY_FIELDS,
    NUMBER_FIELDS,
    PAUSED,
    PRESENT,
    REMOVED,
    Subject,
    Value,
)
from tasks.gate.asking import Asked, Way
from tasks.gate.book import Book
from tasks.gate.refusal import Refusal, percent, written

WORDS: dict[str, tuple[str, ...]] = {
    "status": (ENABLED, PAUSED, REMOVED),
    "negative_keyword": (ABSENT, PRESENT, REMOVED),
    "keyword": (ABSENT, ENABLED, PAUSED, REMOVED),
    "ad": (ABSENT, PAUSED, REMOVED),  # made paused; a person enables it
    "label": (ABSENT, PRESENT),
    "post": (ABSENT, PRESENT),
    "reply": (ABSENT, PRESENT),
}
"""What a field can be set to."""

LONG, SHORT = 30, 7
HALF, TWICE = Decimal("0.5"), Decimal(2)


def well_formed(asked: Asked, _: Book) -> Refusal | None:
    """A value that the field cannot have, such as a number that a person mistyped.

    Money must be a multiple of the account's smallest unit: to round is the playbook's business,
    for the gate never changes what it was asked.
    """
    proposal = asked.proposal
    field, after = proposal.subject.field, proposal.after
    if field in NUMBER_FIELDS:
        if not _is_amount(after) or not _is_amount(proposal.before, zero=True):
            return Refusal("invalid", f"{after} is no {field}: it takes a number above 0")
        unit = asked.setting.unit if asked.setting else None
        if unit and field in MONEY_FIELDS and Decimal(after) % unit:
            return Refusal("invalid", f"{after} is no multiple of the smallest unit, {unit}")
    elif field in WORDS and after not in WORDS[field]:
        return Refusal("invalid", f"{field} takes {', '.join(WORDS[field])}, not {after}")
    bid = proposal.content.get("cpc_bid")
    if bid is not None and not _is_amount(_number(bid)):
        return Refusal("invalid", f"the content's cpc_bid is {bid}: it takes a number above 0")
    return None


def within_platform(asked: Asked, _: Book) -> Refusal | None:
    """Less than the platform takes."""
    least, after = asked.setting.minimum if asked.setting else None, asked.proposal.after
    if least is None or not isinstance(after, Decimal) or after >= least:
        return None
    return _beyond("below_minimum", asked, after, least, "the least that the platform takes")


def within_configured(asked: Asked, _: Book) -> Refusal | None:
    """Below the brand's minimum, or above its maximum."""
    if asked.limits is None or asked.moved is None:
        return None
    after, way = asked.moved[1:]
    least, most = asked.limits.minimum, asked.limits.maximum
    if way == "cut" and least is not None and after < least:
        return _beyond("below_minimum", asked, after, least, "the minimum of guardrails.values")
    if way == "raise" and most is not None and after > most:
        return _beyond("above_maximum", asked, after, most, "the maximum of guardrails.values")
    return None


def within_usual(asked: Asked, book: Book) -> Refusal | None:
    """Below half or above twice of what it was 30 days ago, where the brand names no limit."""
    if asked.limits is None or asked.moved is None:
        return None
    before, after, way = asked.moved
    stood = asked.past.stood(LONG, asked.today, before)
    if not isinstance(stood, Decimal):
        return None
    if way == "cut" and asked.limits.minimum is None and after < stood * HALF:
        return _beyond("below_minimum", asked, after, stood * HALF, "half of 30 days ago")
    if way == "raise" and asked.limits.maximum is None and after > stood * TWICE:
        return _beyond("above_maximum", asked, after, stood * TWICE, "twice of 30 days ago")
    return None


def bounded_bid(asked: Asked, book: Book) -> Refusal | None:
    """A new keyword's own bid that nothing bounds, or that exceeds its bound.

    The brand's maximum for `cpc_bid`; without one twice the ad group's bid, read now.
    """
    text = asked.proposal.content.get("cpc_bid")
    if text is None or (bid := _number(text)) is None:
        return None
    most = book.limits["cpc_bid"].maximum
    bound = "the maximum of guardrails.values"
    if most is None:
        group = Subject(asked.proposal.subject.level, asked.key[2], "cpc_bid")
        setting = book.state.settings.get((asked.key[0], group))
        most = setting.value * TWICE if setting and isinstance(setting.value, Decimal) else None
        bound = "twice the ad group's bid"
    if most is None:
        return Refusal(
            "above_maximum",
            "nothing bounds the new keyword's bid: neither a maximum "
            "of cpc_bid nor the ad group's own bid is known",
        )
    return _beyond("above_maximum", asked, bid, most, bound) if bid > most else None


def small_step(asked: Asked, _: Book) -> Refusal | None:
    """Too much at once."""
    if asked.limits is None or asked.moved is None:
        return None
    before, after, way = asked.moved
    return _too_far("step_percent", before, after, way, asked.limits.step_percent)


def small_in_7_days(asked: Asked, book: Book) -> Refusal | None:
    """Too much in 7 days."""
    return _cumulative(asked, book, "percent_7_days", SHORT)


def small_in_30_days(asked: Asked, book: Book) -> Refusal | None:
    """Too much in 30 days."""
    return _cumulative(asked, book, "percent_30_days", LONG)


def _cumulative(
    asked: Asked, book: Book, reason: Literal["percent_7_days", "percent_30_days"], days: int
) -> Refusal | None:
    if asked.limits is None or asked.moved is None:
        return None
    before, after, way = asked.moved
    stood = asked.past.stood(days, asked.today, before)
    if not isinstance(stood, Decimal):
        return None
    limit = asked.limits.percent_7_days if days == SHORT else asked.limits.percent_30_days
    return _too_far(reason, stood, after, way, limit, days)


def _too_far(
    reason: RefusalReason,
    start: Decimal,
    after: Decimal,
    way: Way,
    limit: float,
    days: int | None = None,  # over how many; None: in one step
) -> Refusal | None:
    """Compare a distance with a limit, in the direction of this change only."""
    distance = after - start if way == "raise" else start - after
    if distance * 100 <= _exact(limit) * start:
        return None
    if not start:
        return Refusal(reason, f"from 0 no percentage can be taken; at most {percent(limit)}")
    moved = percent(distance * 100 / start)
    word = "raised" if way == "raise" else "lowered"
    over = "in one step" if days is None else f"in {days} days, from {start:f}"
    return Refusal(reason, f"it would be {word} by {moved} {over}, of at most {percent(limit)}")


@cache
def _exact(limit: float) -> Decimal:
    return Decimal(str(limit))


def _beyond(
    reason: RefusalReason, asked: Asked, after: Decimal, bound: Decimal, what: str
) -> Refusal:
    money = Subject(asked.key[1], asked.key[2], "cpc_bid")
    subject = asked.proposal.subject if asked.limits else money
    new, limit = (written(value, subject, asked.account.currency) for value in (after, bound))
    return Refusal(reason, f"{new} is {reason.split('_')[0]} {limit}, {what}")


def _is_amount(value: Value | None, *, zero: bool = False) -> bool:
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    return value > 0 or (zero and value == 0)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
