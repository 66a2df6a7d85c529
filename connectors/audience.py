"""Who is in a list of an e-mail service, and how is that changed without naming anybody?

An audience is a change like any other: `Subject("account", account_id, "audience", item)`, where
`item` is the list in the service's own ids, and values are digests of who is in it: `120:ab12...`,
the number of members and a hash over all of them. So it can be read before, compared, written and
read back, and the ledger keeps nobody's address: a change's `content` says how many come and go.
The people are handed in beside the permit, and go out only if the permit's digests are theirs.

`content` is `{"added": "40", "removed": "12", "segment": "lapsed"}`, see `audience_change`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol, TypeVar, runtime_checkable

from config.words import Field, Level
from connectors.base import ConnectorError, ReconnectError, RejectedError, TransientError
from connectors.changes import (
    Change,
    Permit,
    Subject,
    Value,
    WritableChannel,
    Written,
    text_of,
)

DIGEST_SIGNS = 32
VALUE = re.compile(rf"\d+:[0-9a-f]{{{DIGEST_SIGNS}}}", re.ASCII)
"""What the value of an audience looks like."""
ENTITY_ID = re.compile(r"\w{1,64}", re.ASCII)
"""What services call a campaign, flow or automation."""

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who agreed to mail, as proven by where and when. Whoever makes one vouches for it;
    of somebody who is only taken out of a list both may be unknown."""

    address: str = field(repr=False)
    consent_source: str
    consented_at: datetime | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with an address, and whether mail is welcome there: agreed to, and not suppressed
    or taken back by anybody with that address."""

    person_key: int
    address: str = field(repr=False)
    welcome: bool
    consent_source: str  # '' if nobody says
    consented_at: datetime | None

    @property
    def member(self) -> Member:
        """Return the person as one who comes into a list or goes."""
        return Member(self.address, self.consent_source, self.consented_at)


@dataclass(frozen=True, slots=True)
class Movement:
    """Who comes into a list and who goes."""

    coming: tuple[Member, ...]
    going: tuple[Member, ...]


@runtime_checkable
class AudienceChannel(WritableChannel, Protocol):
    """A service with lists that people can be put into and taken out of.

    `settings` answers for audiences too, and says with `fixed` what cannot be written: a list that
    the service computes, or one that is not there (its value is `absent`). `write` refuses them:
    they need people.
    """

    def member_key(self, address: str) -> str:
        """Return what `members` knows an address by: a hash, the same however it is written."""
        ...

    def members(self, list_id: str) -> frozenset[str]:
        """Return the keys of who is in a list, whether or not they agree to mail now. Raises
        `RejectedError` if there is no such list."""
        ...

    def push(self, permit: Permit, add: Sequence[Member], remove: Sequence[Member]) -> Written:
        """Put people into the permit's list and take others out, in as many calls as it takes.

        Somebody who has unsubscribed there stays unsubscribed. Refused, with nothing sent, if the
        people are not those that the permit was given for. Where only a part went through, the
        answer is `unknown`: `members` tells which. Raises as `write`.
        """
        ...


def digest_of(keys: Collection[str]) -> str:
    """Return the value of an audience: its size and a digest, whatever the order."""
    whole = sha256("\n".join(sorted(keys)).encode()).hexdigest()[:DIGEST_SIGNS]
    return f"{len(keys)}:{whole}"


def size_of(value: str) -> int:
    """Return how many people an audience has by its value; `ValueError` for what is none."""
    return int(value.partition(":")[0])


def spoken(value: Value) -> str:
    """Return an audience's value for people: `120 people (ab12cd34)`. The signs tell apart two
    lists of one size; what is no such value stays as it is."""
    if not isinstance(value, str) or not VALUE.fullmatch(value):
        return text_of(value)
    count = size_of(value)
    return f"{count:,} {'person' if count == 1 else 'people'} ({value.partition(':')[2][:8]})"


def audience_change(
    account_id: str, list_id: str, present: frozenset[str], wanted: frozenset[str], segment: str
) -> Change:
    """Return the change that makes a list's members, given by their keys, those of a segment."""
    content = {
        "added": str(len(wanted - present)),
        "removed": str(len(present - wanted)),
        "segment": segment,
    }
    subject = Subject("account", account_id, "audience", list_id)
    return Change(subject, digest_of(present), digest_of(wanted), content)


def refuse_unwritable(
    service: str,
    account_id: str,
    subjects: Iterable[Subject],
    writable: Collection[tuple[Level, Field]],
    path_of: Callable[[str], str],
) -> None:
    """Raise `RejectedError` for what cannot be written at a service, or does not name what it is
    about: `path_of` raises it for what names no list."""
    for subject in subjects:
        if (subject.level, subject.field) not in writable:
            raise RejectedError(f"{service} cannot change {subject.field} of {subject.level}")
        if subject.field == "audience":
            if subject.entity_id != account_id:
                raise RejectedError(
                    f"{service} {account_id}: {subject.entity_id} is another account"
                )
            path_of(subject.item)
        elif not ENTITY_ID.fullmatch(subject.entity_id):
            raise RejectedError(f"{service} has no id {subject.entity_id!r}")


def movement(
    change: Change,
    present: frozenset[str],
    add: Sequence[Member],
    remove: Sequence[Member],
    key_of: Callable[[str], str],
) -> Movement:
    """Return who really comes and goes, if these are the people that a change was let through for.

    Raises `RejectedError` if they are not, if the list has changed since, or if somebody is to be
    put in of whom nobody says where the consent comes from.
    """
    coming = {key_of(one.address): one for one in add}
    going = {key_of(one.address): one for one in remove}
    if digest_of(present) != change.before:
        raise RejectedError(f"the list has changed: it has {len(present)} people; compare again")
    if digest_of((present | set(coming)) - set(going)) != change.after:
        raise RejectedError("these are not the people that the change was let through for")
    if unproven := sum(not one.consent_source for one in add):
        raise RejectedError(f"of {unproven} people nobody says where their consent comes from")
    return Movement(
        tuple(one for key, one in coming.items() if key not in present | set(going)),
        tuple(one for key, one in going.items() if key in present),
    )


def batches(things: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """Yield things in parts of at most `size`."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def sent_in_order(calls: Sequence[Callable[[], int]], limit: type[TransientError]) -> Written:
    """Send calls in order, each once, and return what became of them all.

    A call returns how many people it did not take. The first one that fails is the last; if it is
    the very first and surely was not carried out (refused, or the service's `limit` was met),
    nothing was. Raises `ReconnectError` while nothing was written.
    """
    missed = 0
    for place, call in enumerate(calls):
        try:
            missed += call()
        except ConnectorError as error:
            if place == 0 and isinstance(error, ReconnectError):
                raise
            wait = error.retry_after if isinstance(error, TransientError) else None
            if place == 0 and isinstance(error, (RejectedError, limit)):
                return Written("refused", str(error), retry_after=wait)
            through = f"{place} of {len(calls)} calls went through, then {error}"
            return Written("unknown", through, retry_after=wait)
    return Written("accepted", f"{missed} people were not taken" if missed else "")
