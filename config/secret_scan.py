"""Was a secret written where it can be read? Judged by the key's name and the value's looks.

A value that is refused is never repeated in a message.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

_KEYS = re.compile(
    r"(^|_)(token|password|passwd|pwd|secret|api_?key|apikey|private_?key|credential|"
    r"authorization|bearer|passphrase)s?($|_)",
    re.IGNORECASE,
)
_HARMLESS_KEYS = re.compile(r"(^|_)(token|secret|credentials?)_(url|uri|name|file)$", re.IGNORECASE)
_USER_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)
_KNOWN_FORMS = re.compile(
    r"EAA[A-Za-z0-9]{20,}"  # Meta access token
    r"|ya29\.[\w-]{10,}|1//[\w-]{20,}|GOCSPX-[\w-]{10,}|AIza[\w-]{30,}"  # Google
    r"|xox[abprs]-[\w-]{10,}|sk-[\w-]{16,}|gh[pousr]_\w{20,}|AKIA[A-Z0-9]{16}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ"
)
_LONG_RUN = re.compile(r"[A-Za-z0-9]{20,}")

LEAST_CHANGES = 0.42
LEAST_HEX_DIGITS = 8


def secret_key(key: str) -> bool:
    """Say whether an option of this name holds a secret: `refresh_token`, not `token_url`."""
    return bool(_KEYS.search(key)) and not _HARMLESS_KEYS.search(key)


def looks_secret(value: str) -> bool:
    """Say whether a value looks like a credential, whatever its key is called."""
    if _USER_IN_URL.search(value) or _KNOWN_FORMS.search(value):
        return True
    return any(_opaque(run) for run in _LONG_RUN.findall(value))


def secrets_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value inside `value` that is, or looks like, a secret."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if looks_secret(key) or (secret_key(key) and _holds_something(inner)):
                yield (*path, key)
            else:
                yield from secrets_in(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            yield from secrets_in(inner, (*path, position))
    elif isinstance(value, str) and looks_secret(value):
        yield path


def _holds_something(value: Any) -> bool:
    return value not in (None, "", False, True) and value not in ([], {})


def _opaque(run: str) -> bool:
    """Say whether a run of letters and digits is random: it changes kind all the time.

    Random letters and digits change between upper case, lower case and digits at 0.62 of their
    places, words written together at 0.35 or less.
    """
    if re.fullmatch(r"[0-9a-f]{32,}|[0-9A-F]{32,}", run):
        return not run.isdigit() and len(set(run)) >= LEAST_HEX_DIGITS
    kinds = ["A" if sign.isupper() else "a" if sign.islower() else "0" for sign in run]
    changes = sum(one != other for one, other in pairwise(kinds))
    return len(set(kinds)) == 3 and changes >= LEAST_CHANGES * (len(run) - 1)
