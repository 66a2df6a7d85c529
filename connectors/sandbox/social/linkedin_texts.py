r"""What does LinkedIn make of "little text"? Readers see it up to the first sign that is wrong.

A reserved sign is escaped with a backslash or belongs to an element: `{hashtag|\#|word}`, `#word`,
`@[Name](urn:li:organization:1)`. At any other the text ends, without an error: so did posts of many
callers at their first bracket. Source: LinkedIn's "little Text Format" for the elements; what ends
a text is field practice for brackets, and taken to be the same for the other signs.
"""

from dataclasses import dataclass

RESERVED = "\\|{}@[]()<>#*_~"
SIGNS = ("\\#", "#", "＃")


@dataclass(frozen=True, slots=True)
class Understood:
    """A text as readers see it, and where in it hashtags begin and end."""

    text: str
    hashtags: tuple[tuple[int, int], ...] = ()


class _WrongError(Exception):
    """Here the text ends."""


def understood(commentary: str) -> Understood:
    """Return what LinkedIn keeps of a commentary."""
    seen, hashtags, place = "", [], 0
    try:
        while place < len(commentary):
            shown, place, is_hashtag = _element(commentary, place)
            if is_hashtag:
                hashtags.append((len(seen), len(seen) + len(shown)))
            seen += shown
    except _WrongError:
        pass
    return Understood(seen, tuple(hashtags))


def written(kept: Understood) -> str:
    """Return a text as LinkedIn hands it out again: little text."""
    parts, place = [], 0
    for start, end in kept.hashtags:
        parts.append(_protected(kept.text[place:start]))
        parts.append(
            "{hashtag|\\" + kept.text[start] + f"|{_protected(kept.text[start + 1 : end])}}}"
        )
        place = end
    return "".join([*parts, _protected(kept.text[place:])])


def _element(text: str, place: int) -> tuple[str, int, bool]:
    """Return what one element shows, where the next begins, and whether it was a hashtag."""
    sign = text[place]
    if sign not in RESERVED:
        return sign, place + 1, False
    if sign == "\\":
        shown, after = _escaped(text, place)
        return shown, after, False
    if sign == "{":
        return *_template(text, place), True
    if text.startswith("@[", place):
        name, after = _until(text, place + 2, "]")
        urn, end = _until(text, _past(text, after, "("), ")")
        if not urn.startswith("urn:li:"):
            raise _WrongError
        return name, end, False
    if sign == "#":
        end = place + 1
        while end < len(text) and text[end].isalnum():
            end += 1
        if end > place + 1:
            return text[place:end], end, True
    raise _WrongError


def _template(text: str, place: int) -> tuple[str, int]:
    """Return what `{hashtag|\\#|word}` shows and where it ends."""
    after = _past(text, place, "{hashtag|")
    sign = next((one for one in SIGNS if text.startswith(f"{one}|", after)), "")
    if not sign:
        raise _WrongError
    word, end = _until(text, after + len(sign) + 1, "}")
    return sign[-1] + word, end


def _until(text: str, place: int, stop: str) -> tuple[str, int]:
    """Return what stands before a sign that is not escaped, and what comes after that."""
    shown = ""
    while place < len(text) and text[place] != stop:
        if text[place] == "\\":
            more, place = _escaped(text, place)
            shown += more
        elif text[place] in RESERVED and stop != ")":
            raise _WrongError
        else:
            shown, place = shown + text[place], place + 1
    return shown, _past(text, place, stop)


def _escaped(text: str, place: int) -> tuple[str, int]:
    following = text[place + 1 : place + 2]
    if not following or following not in RESERVED:
        raise _WrongError
    return following, place + 2


def _past(text: str, place: int, expected: str) -> int:
    if not text.startswith(expected, place):
        raise _WrongError
    return place + len(expected)


def _protected(text: str) -> str:
    for sign in RESERVED:  # the backslash comes first
        text = text.replace(sign, f"\\{sign}")
    return text
