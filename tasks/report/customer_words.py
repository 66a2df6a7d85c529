"""Which words do all renderings share when they speak of customers? Not yet escaped."""

from collections.abc import Mapping

from config.mail import Stage
from tasks.report.mail_model import CustomerList, Move, Shared, Size, StageRow
from tasks.report.mail_words import GROWTH_DAYS, LEAST
from tasks.report.numbers import change, change_text, day, difference, money, number, plural

CUSTOMERS = "Customers"

STAGE_HEADS = ("Stage", "People", "A week ago", "Came in", "Went out", "Expected in 365 days")
SEGMENT_HEADS = ("Segment", "People", "A week ago", "Came in", "Went out", "Cannot be told")
SHARED_HEADS = ("Segment", "And", "People in both")
NOBODY = "Nobody is known yet: no list of customers has been read."
NO_STAGES = "Stages are unknown: no order is known."
CANNOT_KNOW = (
    "The expected value comes from when people ordered and how much, and from nothing else. It "
    "cannot know what will change: prices, seasons, what you or others will offer; and of people "
    "who never ordered it knows nothing. A sum over many people holds better than one person's."
)

_UNKNOWN = "unknown"
_STAGES: Mapping[Stage, str] = {
    "subscriber": "Subscribers who never ordered",
    "new": "New",
    "active": "Active",
    "at_risk": "At risk",
    "lapsed": "Lapsed",
    "won_back": "Won back",
}


def counts(customers: CustomerList) -> list[tuple[str, str, str]]:
    """Return how many there are: of what, the count, and what is to be said beside it."""
    its = customers.counts
    return [
        ("People known", f"{its.known:,}", f"{its.addressed:,} of them with an address"),
        ("Subscribed", f"{its.subscribed:,}", _part(its.subscribed, its.known, "people known")),
        ("Suppressed", f"{its.suppressed:,}", "nothing is sent to their addresses"),
        ("May be written to", f"{its.welcome:,}", "subscribed, with an address, not suppressed"),
        (f"Growth in {GROWTH_DAYS} days", *_growth(customers)),
        ("Age of consents", *_ages(customers)),
    ]


def stage(row: Stage) -> str:
    """Name a stage."""
    return _STAGES[row]


def before(size: Size) -> str:
    """Write how many there were a week ago."""
    return _UNKNOWN if size.before is None else f"{size.before:,}"


def grown(size: Size) -> str:
    """Write how many more they are than a week ago; '' where that is not known, or none."""
    if size.before is None or size.now == size.before:
        return ""
    relative = change_text(change(size.now, size.before)) if size.before else "new"
    return f"{difference(size.now - size.before, 'count')} ({relative})"


def moved(people: int | None) -> str:
    """Write how many came or went."""
    return number(people, "count", none=_UNKNOWN)


def expected(row: StageRow, currency: str) -> str:
    """Write what a stage is expected to bring."""
    return _UNKNOWN if row.expected is None else money(row.expected, currency)


def expected_each(row: StageRow, currency: str) -> str:
    """Write what that is for each of those of whom it is told; '' where it is of nobody."""
    if row.expected is None:
        return ""
    return f"{money(row.expected / row.told, currency)} each of {row.told:,}"


def no_model(customers: CustomerList) -> str:
    """Say what the expected value does not know, or why there is none."""
    if not customers.no_model:
        return CANNOT_KNOW
    return f"What customers will bring is not known: {customers.no_model}."


def moves(customers: CustomerList) -> str:
    """Say who went from which stage to which within the week; '' for nobody."""
    if not customers.moves:
        return ""
    left = f"; and {customers.moves_left:,} more" if customers.moves_left else ""
    return f"Within the week: {'; '.join(map(_move, customers.moves))}{left}."


def shared(row: Shared) -> str:
    """Count people who are in two segments."""
    return f"{row.people:,}"


def shared_left(customers: CustomerList) -> str:
    """Count the pairs that there was no room for; '' if there was."""
    left = customers.shared_left
    return f"Not listed: {plural(left, 'smaller overlap')}." if left else ""


def _growth(customers: CustomerList) -> tuple[str, str]:
    growth = customers.growth
    if growth is None:
        return _UNKNOWN, "nobody was known"
    parts = (
        f"{growth.came:,} new, {growth.unsubscribed:,} unsubscribed or complained, "
        f"{growth.bounced:,} bounced away"
    )
    since = f"; known since {day(growth.since)} only" if growth.since else ""
    return difference(growth.net, "count"), f"{parts}{since}"


def _ages(customers: CustomerList) -> tuple[str, str]:
    its = customers.ages
    known = its.quarter + its.year + its.two_years + its.older
    undated = f"; unknown of {its.unknown:,}" if its.unknown else ""
    if not known:
        return _UNKNOWN, "no list says when people agreed"
    parts = (
        f"{its.quarter:,} up to 90 days, {its.year:,} up to a year, "
        f"{its.two_years:,} up to two{undated}"
    )
    return f"{its.older:,} of {known:,} over two years", parts


def _part(part: int, whole: int, of: str) -> str:
    return f"{number(part / whole, 'percent')} of the {of}" if whole >= LEAST else ""


def _move(move: Move) -> str:
    return f"{move.people:,} {_short(move.left)} → {_short(move.entered)}"


def _short(stage: Stage) -> str:
    return "subscriber" if stage == "subscriber" else _STAGES[stage].lower()
