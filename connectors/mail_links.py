"""By what does a link in a message say whose it is, without an address? By a number only we make.

A ticket names a message and the keyed hash of the address it went to; its token is a keyed hash of
both (see `people_keys.py`), so that nobody can make a ticket for somebody else. It works as long as
the installation keeps its key, also after the message itself has been forgotten.

    https://mail.acme.example/u/acme/17-4611686018427387904/<token>            unsubscribes
    https://mail.acme.example/c/acme/17-4611686018427387904/<token>?n=2&to=... leads on
    mailto:leave@acme.example?subject=unsubscribe acme.17-4611686018427387904.<token>
"""

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from config.words import NAME_PATTERN
from connectors.people_keys import PeopleKeys

_ID = re.compile(r"(0|[1-9]\d{0,18})-(0|[1-9]\d{0,18})", re.ASCII)
_BY_MAIL = re.compile(
    rf"\b({NAME_PATTERN[1:-1]})\.(\d{{1,19}}-\d{{1,19}})\.([0-9a-f]{{32}})\b", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One message to one address."""

    brand: str
    message_key: int
    address_key: int

    @property
    def id(self) -> str:
        """Return how it stands in a link."""
        return f"{self.message_key}-{self.address_key}"


def unsubscribe_link(keys: PeopleKeys, base: str, ticket: Ticket, language: str = "") -> str:
    """Return the address of the page, and of the one click of RFC 8058; `base` is where
    `marketloop mail serve` is reached, `language` (BCP 47) is what the page speaks."""
    way = f"{base.rstrip('/')}/u/{ticket.brand}/{ticket.id}/{_leaving(keys, ticket)}"
    return f"{way}?l={quote(language)}" if language else way


def unsubscribe_mailto(keys: PeopleKeys, address: str, ticket: Ticket) -> str:
    """Return a `mailto:` (RFC 6068) to an address of ours, whose subject says who leaves."""
    subject = f"unsubscribe {ticket.brand}.{ticket.id}.{_leaving(keys, ticket)}"
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}"


def click_link(keys: PeopleKeys, base: str, ticket: Ticket, number: int, target: str) -> str:
    """Return an address that counts a click on the message's link of that number, and leads to
    `target`: to nothing else, as the token is of the target too."""
    token = _clicking(keys, ticket, number, target)
    way = f"{base.rstrip('/')}/c/{ticket.brand}/{ticket.id}/{token}"
    return f"{way}?n={number}&to={_quoted(target)}"


def leaving(keys: PeopleKeys, brand: str, id_: str, token: str) -> Ticket | None:
    """Return the ticket of somebody who unsubscribes, None for one that we did not make."""
    ticket = _ticket(brand, id_)
    if ticket is None or not _same(token, _leaving(keys, ticket)):
        return None
    return ticket


def leaving_by_mail(keys: PeopleKeys, text: str) -> Ticket | None:
    """Return the ticket that a subject or another line of a mail to us carries, None for none."""
    found = _BY_MAIL.search(text.lower())
    return leaving(keys, *found.groups()) if found else None


def clicking(
    keys: PeopleKeys, brand: str, id_: str, token: str, number: int, target: str
) -> Ticket | None:
    """Return the ticket of somebody who follows a link, None for one that we did not make."""
    ticket = _ticket(brand, id_)
    if ticket is None or not _same(token, _clicking(keys, ticket, number, target)):
        return None
    return ticket


def _ticket(brand: str, id_: str) -> Ticket | None:
    found = _ID.fullmatch(id_)
    if not found or not re.fullmatch(NAME_PATTERN, brand):
        return None
    return Ticket(brand, int(found[1]), int(found[2]))


def _leaving(keys: PeopleKeys, ticket: Ticket) -> str:
    return keys.token("unsubscribe", ticket.brand, ticket.id)


def _clicking(keys: PeopleKeys, ticket: Ticket, number: int, target: str) -> str:
    return keys.token("click", ticket.brand, ticket.id, str(number), target)


@lru_cache(maxsize=4096)  # most links are the same for everybody
def _quoted(target: str) -> str:
    return quote(target, safe="")


def _same(token: str, ours: str) -> bool:
    return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), ours.encode())
