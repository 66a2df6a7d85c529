"""When did each person order, and for how much? One place per person, out of many orders.

An order day is a day on which a person bought, however often: an order that a shop splits in two,
or that is paid in parts, is one decision to buy. So it is counted where orders are modelled as
events in time (`dc.MergeTransactionsOnSameDate` of R's BTYD; Fader, Hardie and Lee 2005), and
scores and value model here count alike.

A refund (a negative value) lowers what a person is worth and is no purchase: it neither makes
somebody a customer nor keeps him one. An order of zero is a purchase: a voucher paid for it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tasks.cube import Booleans, Floats, Integers

EPOCH = date(1970, 1, 1).toordinal()
MINOR_DIGITS = 4
"""Sums are rounded so far: no currency has a finer unit (ISO 4217: CLF, UYW), and the order in
which floats are added must not tell apart what is equal."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What was bought, one place per order, in any order."""

    person_key: Integers
    day: npt.NDArray[np.int32] | npt.NDArray[np.int64] | npt.NDArray[np.datetime64]
    """Of the brand's own time zone: ordinals as of `date.toordinal`, or datetime64[D]."""
    value: Floats
    """Major units of one currency; a refund is negative."""


@dataclass(frozen=True, slots=True)
class Histories:
    """What everybody's orders come to, up to and with a day. NaN in a day: there is none."""

    as_of: int  # ordinal
    person_key: Integers  # ascending, each once
    orders: Integers  # days with a purchase
    first: Floats  # ordinal of the first order day
    last: Floats
    returned: Floats  # of the latest order day that came after too long a pause
    value: Floats  # all orders, less refunds
    repeat_value: Floats  # the same without the first order day

    def place_of(self, person_key: Integers) -> Integers:
        """Return the place of each person here, -1 for one who has no order."""
        place = np.searchsorted(self.person_key, person_key)
        there = np.append(self.person_key, 0)[place] == person_key
        return np.where(there & (place < len(self.person_key)), place, -1)


def histories(orders: Orders, as_of: date, lapsed_days: int) -> Histories:
    """Return the history of everybody who has an order or a refund up to and with `as_of`.

    Who orders more than `lapsed_days` after the order before has returned. Later orders are not
    looked at. Raise `ValueError` for a value that is not finite.
    """
    today = as_of.toordinal()
    person, day, value = _until(orders, today)
    if not np.isfinite(value.sum()):
        raise ValueError("an order's value is not a finite number")
    code, people = pd.factorize(person)
    days, whose = _order_days(code, day, value >= 0, today)
    count = len(people)
    first, last, returned = (np.full(count, np.nan) for _ in range(3))
    same = whose[1:] == whose[:-1]
    begins = np.flatnonzero(np.append(True, ~same)[: len(whose)])
    ends = np.flatnonzero(np.append(~same, True)[: len(whose)])
    first[whose[begins]], last[whose[ends]] = days[begins], days[ends]
    back = np.flatnonzero(same & (np.diff(days) > lapsed_days)) + 1
    returned[whose[back]] = days[back]  # of several the last one stays
    later = day > first[code]
    order = np.argsort(people)
    return Histories(
        today,
        people[order],
        np.bincount(whose, minlength=count)[order],
        first[order],
        last[order],
        returned[order],
        _sums(code, value, count)[order],
        _sums(code[later], value[later], count)[order],
    )


def _until(orders: Orders, today: int) -> tuple[Integers, Integers, Floats]:
    """Return person, ordinal and value of the orders that there are by then."""
    day: Any = orders.day
    if day.dtype.kind == "M":
        day = day.astype("datetime64[D]").astype(np.int64) + EPOCH
    if (day <= today).all():
        return orders.person_key, day, orders.value
    known = day <= today
    return orders.person_key[known], day[known], orders.value[known]


def _order_days(
    code: Integers, day: Integers, bought: Booleans, today: int
) -> tuple[Integers, Integers]:
    """Return each person's order days, ascending and each once, person after person.

    Person and day go into one integer: sorting that is several times as fast as sorting by two.
    """
    begin = int(day.min(initial=today))
    bits = (today - begin).bit_length()
    mixed = (code.astype(np.int64) << bits) | (day - begin)
    if not bought.all():
        mixed = mixed[bought]
    mixed.sort()
    mixed = mixed[np.append(True, mixed[1:] != mixed[:-1])[: len(mixed)]]
    return (mixed & ((1 << bits) - 1)) + begin, mixed >> bits


def _sums(code: Integers, value: Floats, count: int) -> Floats:
    sums: Floats = np.bincount(code, weights=value, minlength=count).astype(np.float64, copy=False)
    return sums.round(MINOR_DIGITS)
