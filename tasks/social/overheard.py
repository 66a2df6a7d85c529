"""Is a watched word used far more than usual?"""

from collections.abc import Iterator
from datetime import date

from tasks.report.numbers import day, number, plural
from tasks.social.evidence import Limits, Presence, Telling
from tasks.social.volume import Volume

UNJUDGED = "no watched word could be judged"


def watched_volume(presence: Presence, _: Limits, __: date) -> Iterator[Telling]:
    """On the last day others used a watched word far more often than on the days before.

    What networks tell nobody, and a brand that watches no word, is nothing to be told of.
    """
    if not presence.watched:
        return
    judged = [(it.term, it.volume) for it in presence.watched if it.volume is not None]
    unusual = sorted(
        ((term, found) for term, found in judged if found.unusual), key=lambda it: it[1].p
    )
    if not unusual:
        yield Telling(presence.name, told=bool(judged), fields={"reason": UNJUDGED})
        return
    word, first = unusual[0]
    fields = {
        "words": ", ".join(_said(term, found) for term, found in unusual),
        "word": word,
        "day": day(presence.watched[0].day),
        "reason": f"{plural(len(unusual), 'word')} far above the {first.days} days before",
    }
    numbers = {"posts": first.count, "usual": first.usual, "chance": first.p}
    yield Telling(presence.name, so=True, fields=fields, numbers=numbers)


def _said(term: str, found: Volume) -> str:
    usual = number(found.usual, "count")
    times = "" if found.times is None else f", {number(found.times, 'ratio')} times"
    return f"“{term}” in {plural(int(found.count), 'post')} (usual {usual}{times})"
