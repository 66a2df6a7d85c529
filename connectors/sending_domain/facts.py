"""What is said of a domain that sends, and who is asked?"""

from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["ok", "weak", "wrong", "missing", "unknown"]
"""`weak`: it works and protects little. `wrong`: receivers cannot use it, or it allows everybody.
`unknown`: the DNS did not answer; never the same as `missing`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one question came to; each problem is a sentence with what to do."""

    state: State
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendingDomain:
    """What the DNS says of a domain that sends."""

    domain: str
    spf: State
    dkim: State
    dmarc: State
    mx: State
    problems: tuple[str, ...]  # sentences: what is wrong, what to do about it


class UnansweredError(Exception):
    """The DNS did not answer: a time-out, or a server that fails. Says what was asked."""


class Names(Protocol):
    """The DNS."""

    def ask(self, name: str, kind: str) -> list[str]:
        """Return the records of a kind; none where there are none. Of TXT each is one text, of MX
        `10 mx.example.com.`; PTR is asked with an IP address as the name.

        Raises `UnansweredError`.
        """
        ...


def worst(*states: State) -> State:
    """Return the state that needs a person most."""
    order: tuple[State, ...] = ("missing", "wrong", "unknown", "weak", "ok")
    return min(states, key=order.index)


def tags(record: str) -> dict[str, str]:
    """Return the `name=value` of a DKIM or DMARC record, names in lower case, values as written."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
