"""What does somebody want who writes to us, how urgent is it, and by when is it answered?

A few rules that can be explained: words of `remark_words.py`, punctuation, denials, emoji. The
words that decided are returned. Nothing is learned and nothing leaves the machine; where a rule is
wrong a person sees why.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from config.content_rules import ContentRules
from config.words import Importance
from connectors.social import Comment
from tasks.social.remark_words import (
    ANGRY,
    ASKING,
    ASKS,
    BEGINS,
    COMPLAINS,
    DENIES,
    EXCLAIMS,
    FAULTS,
    GRAVE,
    HAPPY,
    INTENSE,
    OPENS,
    PRAISES,
)

RemarkKind = Literal["question", "complaint", "thanks", "other"]

FAR_REACH = 0.25
"""Who has this part of our own followers, or more, is heard by many."""
DENIED_WITHIN = 3
"""So many words after a denial are denied."""
LOUD_LETTERS = 12
"""Fewer capital letters than this may be a name or a size."""

_LINK = re.compile(r"(?i)https?://\S+|www\.\S+")
_NAME = re.compile(r"@\S+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?]*")
_PART = re.compile(r"[^,;:.!?…()\n]+")


@dataclass(frozen=True, slots=True)
class Remark:
    """What a comment or mention was taken for."""

    kind: RemarkKind
    words: tuple[str, ...]  # and signs, that decided; none of `other`
    urgency: Importance
    answer_by: datetime | None  # aware, UTC; None: needs no answer


def remark_of(comment: Comment, followers: int | None, rules: ContentRules) -> Remark:
    """Return what a comment is taken for. `followers` are our own; None: unknown.

    A question is answered within `rules.answer_hours`, a complaint within half of them; thanks and
    what is neither need no answer. It is urgent by its tone, and by whom it reaches.
    """
    kind, words = classify(comment.text)
    hours = {"question": rules.answer_hours, "complaint": rules.answer_hours / 2}.get(kind)
    answer_by = None if hours is None else comment.at + timedelta(hours=hours)
    known = comment.followers is not None and followers is not None
    reach = known and (comment.followers or 0) >= FAR_REACH * max(followers or 0, 1)
    return Remark(kind, words, _urgency(kind, comment.text, words, reach=reach), answer_by)


def classify(text: str) -> tuple[RemarkKind, tuple[str, ...]]:
    """Return what a text is, and the words and signs that decided. Takes any text.

    - Who is not content complains, whatever else is said; so does who tells of a fault.
    - Otherwise who asks, asks, thanks or not: it needs an answer. Asking what happens if something
      breaks is asking.
    - Otherwise who is content, or thanks, thanks.
    """
    said = _normal(text)
    parts = [_WORD.findall(part) for part in _PART.findall(said)]
    praise, denied_praise = _found(PRAISES, parts)
    blame, denied_blame = _found((*GRAVE, *COMPLAINS), parts)
    faults, denied_faults = _found(FAULTS, parts)
    asking = [*_asking(said, parts), *(sign for sign in ASKING if sign in said)]
    angry = [sign for sign in ANGRY if sign in said]
    happy = [sign for sign in HAPPY if sign in said]
    complaint = [*blame, *denied_praise, *angry]
    if complaint:
        return "complaint", _once([*complaint, *faults])
    if faults and not asking:
        return "complaint", _once(faults)
    if asking:
        return "question", _once(asking)
    if thanks := [*praise, *denied_blame, *denied_faults, *happy]:
        return "thanks", _once(thanks)
    return "other", ()


def _urgency(kind: RemarkKind, text: str, words: Iterable[str], *, reach: bool) -> Importance:
    """Return how urgent an answer is: a complaint that is grave, loud or widely heard is high."""
    if kind in ("thanks", "other"):
        return "low"
    if kind == "question":
        return "high" if reach else "medium"
    grave = any(word in GRAVE for word in words)
    capitals = [letter for letter in _LINK.sub("", text) if letter.isalpha()]
    loud = "!!" in text or (len(capitals) >= LOUD_LETTERS and all(map(str.isupper, capitals)))
    return "high" if grave or loud or reach else "medium"


def _normal(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("´", "'")
    return _NAME.sub(" ", _LINK.sub(" ", plain)).lower()


def _asking(said: str, parts: list[list[str]]) -> Iterator[str]:
    if "?" in said:
        yield "?"
    yield from (
        words for words in ASKS if any(True for part in parts for _ in _places(words, part))
    )
    yield from (words for words in BEGINS if any(_begins(words, part) for part in parts))
    for sentence in _SENTENCE.findall(said):
        tokens = _WORD.findall(sentence)
        exclaims = "!" in sentence or any(_begins(words, tokens) for words in EXCLAIMS)
        if tokens and tokens[0] in OPENS and not exclaims:
            yield tokens[0]


def _found(words: Iterable[str], parts: list[list[str]]) -> tuple[list[str], list[str]]:
    """Return which of some words are there, and which are there and denied.

    A denial ends with its part of the sentence.
    """
    there: list[str] = []
    denied: list[str] = []
    for tokens in parts:
        intense = {place for phrase in INTENSE for place in _places(phrase, tokens)}
        for word in words:
            for place in _places(word, tokens):
                before = range(max(0, place - DENIED_WITHIN), place)
                deny = [at for at in before if tokens[at] in DENIES and at not in intense]
                if deny:
                    denied.append(f"{tokens[deny[-1]]} {word}")
                else:
                    there.append(word)
    return there, denied


def _begins(words: str, tokens: list[str]) -> bool:
    return next(_places(words, tokens), None) == 0


def _places(words: str, tokens: list[str]) -> Iterator[int]:
    """Yield where words stand in a row; the last may be the beginning of a word (`*`)."""
    *first, last = _split(words)
    if not last.endswith("*") and last not in tokens:
        return
    for place in range(len(tokens) - len(first)):
        end = tokens[place + len(first)]
        fits = end.startswith(last[:-1]) if last.endswith("*") else end == last
        if fits and tokens[place : place + len(first)] == first:
            yield place


@cache
def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
