"""May the server send for this domain, and can receivers find out? SPF (RFC 7208).

Receivers give up, and take the record for broken, after 10 look-ups (include, a, mx, ptr, exists,
redirect; section 4.6.4), counted through everything that is included.
"""

import re
from dataclasses import dataclass, field

from connectors.sending_domain.facts import Finding, Names, State, worst

MOST_LOOKUPS = 10
_TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:[:/].*)?", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][\w.-]*)=(.*)", re.IGNORECASE)


@dataclass(slots=True)
class _Count:
    """What was met on the way through a record and all that it includes."""

    lookups: int = 0
    broken: list[str] = field(default_factory=list)
    uses_ptr: bool = False


def check_spf(domain: str, names: Names) -> Finding:
    """Return what a domain's SPF is worth. Raises `UnansweredError`."""
    records = _records(domain, names)
    if not records:
        return Finding("missing", (
            f"{domain} has no SPF record: publish a TXT record such as `v=spf1 "
            "include:<your mail server's> -all`",
        ))  # fmt: skip
    if len(records) > 1:
        return Finding("wrong", (
            f"{domain} has {len(records)} SPF records, so receivers use none: join them into one",
        ))  # fmt: skip
    count = _Count()
    _walk(domain, records[0], names, count, (domain,))
    state, problems = _end(domain, records[0])
    if count.lookups > MOST_LOOKUPS:
        more = f"{domain}'s SPF needs more than {MOST_LOOKUPS} look-ups, so receivers take it for "
        count.broken.append(more + "broken: leave out includes that nobody sends by")
    if count.uses_ptr:
        state = worst(state, "weak")
        problems.append(f"{domain}'s SPF uses `ptr`, which many ignore: name addresses instead")
    return Finding("wrong" if count.broken else state, (*count.broken, *problems))


def _records(domain: str, names: Names) -> list[str]:
    found = names.ask(domain, "TXT")
    return [text for text in found if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]


def _walk(domain: str, record: str, names: Names, count: _Count, above: tuple[str, ...]) -> None:
    """Count the look-ups of a record and of all that it includes; stop where there are too many."""
    for term in record.split()[1:]:
        if count.lookups > MOST_LOOKUPS:
            return
        mechanism, modifier = _TERM.fullmatch(term), _MODIFIER.fullmatch(term)
        if modifier and modifier[1].lower() == "redirect":
            _follow(domain, modifier[2], names, count, above)
        elif modifier:
            continue  # exp, and what nobody knows, is passed over (section 6)
        elif mechanism is None:
            count.broken.append(f"{domain}'s SPF has `{term[:60]}`, which is no mechanism: mend it")
        elif (word := mechanism[2].lower()) == "include":
            _follow(domain, term.partition(":")[2], names, count, above)
        elif word in ("a", "mx", "ptr", "exists"):
            count.lookups += 1
            count.uses_ptr |= word == "ptr"


def _follow(domain: str, other: str, names: Names, count: _Count, above: tuple[str, ...]) -> None:
    count.lookups += 1
    if "%" in other:  # a macro: only the receiver can fill it in
        return
    if other.lower() in above:
        count.broken.append(f"{domain}'s SPF includes itself by {other}: leave that out")
        return
    records = _records(other, names) if other else []
    if len(records) != 1:
        has = "several SPF records" if records else "no SPF record"
        count.broken.append(
            f"{domain}'s SPF includes {other or 'nothing'}, which has {has}, so receivers take it "
            "for broken: mend or leave out the include"
        )
        return
    _walk(other, records[0], names, count, (*above, other.lower()))


def _end(domain: str, record: str) -> tuple[State, list[str]]:
    """Return what the record says of everybody else."""
    terms = record.lower().split()[1:]
    last = next((term for term in terms if _is_all(term)), "")
    if last in ("all", "+all"):
        return "wrong", [f"{domain}'s SPF ends in `{last}`: the whole world may send; say `-all`"]
    if last == "?all" or (not last and not any(term.startswith("redirect=") for term in terms)):
        said = f"ends in `{last}`" if last else "has no `all`"
        return "weak", [f"{domain}'s SPF {said}, so it refuses nobody: say `~all` or `-all`"]
    return "ok", []


def _is_all(term: str) -> bool:
    return term.lstrip("+?~-") == "all"
