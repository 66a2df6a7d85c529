"""What waits for somebody: answers, contents, publications, posts that are gone?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from config.content_times import written
from config.words import Importance
from tasks.report.numbers import day, plural
from tasks.social.calendar import Hole
from tasks.social.evidence import Limits, Presence, Telling, Trouble, Waiting

NAMED = 3
"""So many of several are named."""
_RANK: dict[Importance, int] = {"high": 0, "medium": 1, "low": 2}


def unanswered_question(presence: Presence, limits: Limits, _: date) -> Iterator[Telling]:
    """Somebody asked under a post, or in a mention elsewhere, and waits for longer than we want."""
    return _unanswered(presence, limits, "question")


def unanswered_complaint(presence: Presence, limits: Limits, _: date) -> Iterator[Telling]:
    """Somebody complained, and waits."""
    return _unanswered(presence, limits, "complaint")


def content_hole(presence: Presence, _: Limits, __: date) -> Iterator[Telling]:
    """Days in a row, or an objective, have no post within the horizon."""
    yield _holes(presence, [it for it in presence.holes or () if it.kind != "not_ready"])


def content_not_ready(presence: Presence, _: Limits, __: date) -> Iterator[Telling]:
    """A post is due soon and is not approved."""
    yield _holes(presence, [it for it in presence.holes or () if it.kind == "not_ready"])


def post_gone(presence: Presence, limits: Limits, _: date) -> Iterator[Telling]:
    """A post that we published is not on its network any more."""
    since = presence.at - timedelta(days=limits["days"])
    posts = presence.posts[presence.posts["published_at"] >= since]
    for post in posts.to_dict("records"):
        fields = {
            "url": str(post["url"]),
            "published": written(post["published_at"], presence.zone),
            "reason": f"{presence.network} has it no more",
        }
        told, gone = post["gone"] is not None, bool(post["gone"])
        yield Telling(str(post["name"]), int(post["entity_key"]), told and gone, told, fields)


def publication_failed(presence: Presence, _: Limits, __: date) -> Iterator[Telling]:
    """A post was to be published and could not be."""
    yield _troubled(presence, "failed")


def publication_missed(presence: Presence, _: Limits, __: date) -> Iterator[Telling]:
    """A post missed its time by more than its tolerance; a person says whether it is sent late."""
    yield _troubled(presence, "missed")


def _unanswered(
    presence: Presence, limits: Limits, kind: Literal["question", "complaint"]
) -> Iterator[Telling]:
    """Yield every post, and the account for what stands elsewhere."""
    late: dict[str, list[Waiting]] = {}
    known = {*presence.posts["post_id"]}
    for it in sorted(presence.waiting or (), key=lambda it: it.at):
        if it.remark.kind == kind and _is_late(it, presence, limits["part"]):
            late.setdefault(it.post_id if it.post_id in known else "", []).append(it)
    told = presence.waiting is not None
    for post in presence.posts.to_dict("records"):
        name, key, url = str(post["name"]), int(post["entity_key"]), str(post["url"])
        here = late.get(str(post["post_id"]), [])
        fields = {"place": f"under “{name}”", "url": url}
        yield _waits(presence, Telling(name, key, told=told, fields=fields), here)
    there = late.get("", [])
    old = bool(there and there[0].post_id)
    place = f"under an older post of {presence.name}" if old else f"in a mention of {presence.name}"
    fields = {"place": place, "url": there[0].url if there else ""}
    yield _waits(presence, Telling(presence.name, told=told, fields=fields), there)


def _waits(presence: Presence, telling: Telling, late: Sequence[Waiting]) -> Telling:
    if not late:
        return telling
    due = min(it.remark.answer_by or it.at for it in late)
    hours = int((presence.at - due).total_seconds() // 3600)
    kind = late[0].remark.kind
    fields = {
        "waiting": f"a {kind}" if len(late) == 1 else plural(len(late), kind),
        "since": written(late[0].at, presence.zone),
        "due": written(due, presence.zone),
        "reason": f"{plural(hours, 'hour')} late" if hours > 0 else "not answered",
    }
    urgency = min((it.remark.urgency for it in late), key=lambda it: _RANK[it])
    return replace(
        telling,
        so=True,
        fields={**telling.fields, **fields},
        numbers={"comments": float(len(late))},
        importance=urgency,
    )


def _is_late(waiting: Waiting, presence: Presence, part: float) -> bool:
    """Tell whether this part of the time for an answer is over."""
    due = waiting.remark.answer_by
    return due is not None and presence.at >= waiting.at + part * (due - waiting.at)


def _holes(presence: Presence, found: Sequence[Hole]) -> Telling:
    if presence.holes is None:
        return Telling(presence.name, told=False)
    if not found:
        return Telling(presence.name)
    first = min(found, key=lambda it: (it.day, it.kind, it.about))
    rest = [it for it in found if it is not first]
    fields = {
        "holes": _listed([it.sentence for it in (first, *rest)]),
        "day": day(first.day),
        "about": first.about or "those days",
        "reason": first.sentence,
    }
    numbers = {"holes": float(len(found))}
    return Telling(presence.name, so=True, fields=fields, numbers=numbers, owner=first.owner)


def _troubled(presence: Presence, kind: Literal["failed", "missed"]) -> Telling:
    found = sorted(
        (it for it in presence.troubles if it.kind == kind), key=lambda it: (it.due_at, it.name)
    )
    if not found:
        return Telling(presence.name)
    first = found[0]
    fields = {
        "posts": _listed([_trouble(it, presence) for it in found]),
        "post": first.name,
        "due": written(first.due_at, presence.zone),
        "url": first.link,
        "reason": first.reason,
    }
    return Telling(presence.name, so=True, fields=fields, numbers={"posts": float(len(found))})


def _trouble(trouble: Trouble, presence: Presence) -> str:
    link = f" ({trouble.link})" if trouble.link else ""
    return f"{trouble.name}, due {written(trouble.due_at, presence.zone)}: {trouble.reason}{link}"


def _listed(texts: Sequence[str]) -> str:
    """Return the first few of some sentences as one text without a stop at its end."""
    named = "; ".join(text.rstrip(".") for text in texts[:NAMED])
    left = len(texts) - NAMED
    return f"{named}; and {left:,} more" if left > 0 else named
