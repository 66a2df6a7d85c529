"""May a domain's mail be believed: SPF, DKIM, DMARC, and can it take mail itself?

Asked of the DNS as receivers ask it. What was not answered is `unknown` and never `missing`. Gmail
and Yahoo want all three of whoever sends 5,000 messages a day (the reference, section 1.3).
"""

from collections.abc import Callable, Sequence
from email.utils import parseaddr

from connectors.base import RejectedError
from connectors.sending_domain.dkim import check_dkim
from connectors.sending_domain.dmarc import check_dmarc
from connectors.sending_domain.facts import Finding, Names, SendingDomain, State, UnansweredError
from connectors.sending_domain.names import DnsNames
from connectors.sending_domain.servers import check_mx, reverse_problems
from connectors.sending_domain.spf import check_spf

__all__ = ["DnsNames", "Names", "SendingDomain", "State", "UnansweredError", "check_sending_domain"]


def check_sending_domain(
    sender: str, selectors: Sequence[str], names: Names, *, envelope: str = "", host: str = ""
) -> SendingDomain:
    """Return what the DNS says of a sender's domain.

    `sender`: as messages have it, `Acme <news@acme.example>`. `selectors`: of DKIM, as the server
    that signs names them. `envelope`: where bounces come back to, whose domain SPF is about; by
    default the sender. `host`: the server that hands the mail on, if it is our own; its addresses
    must lead back to its name. Raises `RejectedError` for a sender without a domain.
    """
    domain, bounces = domain_of(sender), domain_of(envelope or sender)
    spf = _asked(lambda: check_spf(bounces, names))
    dkim = _asked(lambda: check_dkim(domain, selectors, names))
    dmarc = _asked(lambda: check_dmarc(domain, names))
    mx = _asked(lambda: check_mx(bounces, names))
    found = [problem for one in (spf, dkim, dmarc, mx) for problem in one.problems]
    found += _alignment(domain, bounces, dkim.state)
    found += reverse_problems(host, names)
    return SendingDomain(domain, spf.state, dkim.state, dmarc.state, mx.state, tuple(found))


def domain_of(sender: str) -> str:
    """Return the domain of a sender, in ASCII."""
    _, at, domain = parseaddr(sender)[1].rpartition("@")
    try:
        name = domain.lower().strip(".").encode("idna").decode()
    except UnicodeError:
        name = ""
    if not at or not name:
        raise RejectedError("the sender names no domain; say `Acme <news@acme.example>`")
    return name


def _asked(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except UnansweredError as error:
        return Finding("unknown", (f"{error}; nothing is known of it, ask again later",))


def _alignment(domain: str, bounces: str, dkim: State) -> list[str]:
    """Say where SPF is about somebody else than whom people see (RFC 7489, 3.1)."""
    if domain == bounces or domain.endswith(f".{bounces}") or bounces.endswith(f".{domain}"):
        return []
    only = "DMARC then rests on DKIM alone"
    worse = "" if dkim in ("ok", "weak") else ", and that does not hold, so all mail fails DMARC"
    return [
        f"bounces come back to {bounces}, not to {domain}: {only}{worse}; take a bounce address "
        f"of {domain}"
    ]
