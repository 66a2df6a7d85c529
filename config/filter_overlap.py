"""Can two filters take one and the same entity, whatever its status?

Only what is certain counts: labels never part two filters, for an entity may have both. Names are
compared as `tasks/selection.py` does it, upper and lower case alike.
"""

import re
from fnmatch import translate

from config.models import Filter


def can_meet(one: Filter, other: Filter) -> bool:
    """Say whether an entity of one platform and with one name can fulfil both filters."""
    if one.platform and other.platform and one.platform != other.platform:
        return False
    if one.name and other.name and _apart(one.name, other.name):
        return False
    return not (_leaves_out(one.name, other.not_name) or _leaves_out(other.name, one.not_name))


def _apart(one: str, other: str) -> bool:
    """Say whether no name fits two patterns, as far as a name without wildcards or the beginnings
    and ends up to the first wildcard tell."""
    for name, pattern in ((one, other), (other, one)):
        if _is_plain(name):
            return not _fits(name, pattern)
    return _clash(_start(one), _start(other)) or _clash(_end(one)[::-1], _end(other)[::-1])


def _leaves_out(name: str, excluded: str) -> bool:
    """Say whether whatever fits the one pattern fits the excluded one."""
    if not name or not excluded:
        return False
    return name.casefold() == excluded.casefold() or (_is_plain(name) and _fits(name, excluded))


def _is_plain(pattern: str) -> bool:
    return not re.search(r"[*?\[]", pattern)


def _fits(name: str, pattern: str) -> bool:
    return re.match(translate(pattern), name, re.IGNORECASE) is not None


def _start(pattern: str) -> str:
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0]


def _end(pattern: str) -> str:
    """Return what every name ends with; nothing where brackets leave that open."""
    return "" if "[" in pattern else re.split(r"[*?]", pattern)[-1]


def _clash(one: str, other: str) -> bool:
    """Say whether neither of two beginnings goes on as the other does."""
    shorter, longer = sorted((one, other), key=len)
    return re.match(re.escape(shorter), longer, re.IGNORECASE) is None
