"""Does it take away too much at once? Shares of delivery, and the last of its kind."""

from math import isnan

from connectors.actions import RefusalReason
from connectors.changes import ENABLED
from tasks.gate.asking import Asked
from tasks.gate.book import Book
from tasks.gate.delivery import Share, takes_away
from tasks.gate.refusal import Refusal, percent
from tasks.gate.running import PARENTS

SLACK = 1e-9
"""Of sums of floating shares: 20 % of at most 20 % passes."""


def known_delivery(asked: Asked, book: Book) -> Refusal | None:
    """Delivery that would be taken away, and of which nobody knows how much it is."""
    if not asked.share or not isnan(asked.share.most):
        return None
    return Refusal("stale", "how much it has delivered in the last 7 days is unknown")


def small_share(asked: Asked, book: Book) -> Refusal | None:
    """Too much of the account's delivery in one day."""
    taken = book.taken_today[asked.key[0]]
    limit = book.guardrails.delivery_share
    return _too_much("delivery_share", asked.share, taken, limit, "today")


def small_share_7_days(asked: Asked, book: Book) -> Refusal | None:
    """Too much of the account's delivery in 7 days."""
    taken = book.taken_7_days[asked.key[0]]
    limit = book.guardrails.delivery_share_7_days
    return _too_much("delivery_share_7_days", asked.share, taken, limit, "in 7 days")


def others_run(asked: Asked, book: Book) -> Refusal | None:
    """The last running ad or keyword of its ad group, or ad group of its campaign."""
    if not takes_away(asked.proposal):
        return None
    field = asked.proposal.subject.field
    thing = book.places.keyword(asked.place) if field == "keyword" else asked.thing
    if thing is None or thing.level not in PARENTS or field == "negative_keyword":
        return None
    if thing.level not in asked.account.levels:
        return Refusal("stale", f"which other {thing.level}s run is unknown")
    key = (asked.key[0], thing.level, thing.entity_id)
    runs = book.running.status(key) == ENABLED and thing.approval != "disapproved"
    if not runs or book.running.siblings(thing, asked.key[0]) > 1:
        return None
    above = PARENTS[thing.level].replace("_", " ")
    return Refusal(
        "last_of_its_kind", f"no other {thing.level.replace('_', ' ')} of its {above} would run"
    )


def _too_much(
    reason: RefusalReason, share: Share, taken: Share, limit: float, when: str
) -> Refusal | None:
    if not share or isnan(share.most):
        return None
    total = taken.plus(share)
    if total.most <= limit + SLACK:
        return None
    if isnan(total.most):
        return Refusal(reason, f"how much other changes took away {when} is unknown")
    metric = "spend" if total.spend >= total.conversions else "conversions"
    return Refusal(
        reason,
        f"with it {percent(total.most)} of the account's {metric} would be taken away {when}, of "
        f"at most {percent(limit)}; it has {percent(share.most)}",
    )
