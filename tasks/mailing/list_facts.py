"""Was something wrong when a list of customers was read? Counts only, nobody in particular.

A part of a list that is cut off looks like people who went: of those who are missing only as many
count as were not missing already some days ago, whether or not anybody said why.
"""

from collections.abc import Callable, Mapping, Sequence

from config.models import FactName
from tasks.evidence import Answers
from tasks.mailing.answers import Said, answers
from tasks.mailing.evidence import CustomerList
from tasks.report.numbers import plural

Limits = Mapping[str, float]


def customers_missing(it: CustomerList, limits: Limits) -> Said:
    """People whom we know are not in the list any more: so many, and such a part of all of them.
    Unknown where a brand has several lists: nobody can tell of which somebody is missing."""
    lately = max(0, (it.missing or 0) - (it.missing_before or 0))
    before = it.seen + lately
    return _many(lately, before, limits)


def customers_unusable(it: CustomerList, limits: Limits) -> Said:
    """So many people of the list, and such a part of it, have an address that cannot be used."""
    return _many(it.unusable, it.seen, limits)


def customers_still_subscribed(it: CustomerList, limits: Limits) -> Said:
    """The list calls so many people subscribed who told us that they want no mail."""
    return _many(it.still_unsubscribed, it.seen, limits)


LIST_FACTS: Mapping[FactName, Callable[[CustomerList, Limits], Said]] = {
    "customers_missing": customers_missing,
    "customers_unusable": customers_unusable,
    "customers_still_subscribed": customers_still_subscribed,
}

NAMES: frozenset[FactName] = frozenset(LIST_FACTS)


def ask(name: FactName, lists: Sequence[CustomerList], limits: Limits) -> Answers:
    """Ask a fact of every list. What was not read lately is unknown."""
    said = [LIST_FACTS[name](it, limits) for it in lists]
    known = [it.fresh and (name != "customers_missing" or it.missing is not None) for it in lists]
    return answers(lists, said, known)


def _many(count: int, of: int, limits: Limits) -> Said:
    so = count >= limits["people"] and count >= limits["share"] * of
    fields = {"people": plural(count, "person", "people"), "seen": plural(of, "person", "people")}
    return so, fields, {"people": float(count), "seen": float(of)}
