"""How is the DNS asked? With dnspython, which is slow to import: only who asks pays for it."""

from typing import TYPE_CHECKING

from connectors.sending_domain.facts import UnansweredError

if TYPE_CHECKING:
    from dns.resolver import Resolver

SECONDS = 5.0
"""That one question may take."""


class DnsNames:
    """The DNS as this machine's resolver knows it, or as another one does."""

    def __init__(self, resolver: "Resolver | None" = None, seconds: float = SECONDS) -> None:
        from dns.resolver import Resolver

        self._resolver = resolver or Resolver()
        self._seconds = seconds
        self._known: dict[tuple[str, str], list[str]] = {}

    def ask(self, name: str, kind: str) -> list[str]:
        """Return the records of a kind, see `Names`; the same question is asked once."""
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._asked(name, kind)
        return self._known[key]

    def _asked(self, name: str, kind: str) -> list[str]:
        from dns import exception, resolver, reversename
        from dns import name as names

        try:
            wanted = reversename.from_address(name) if kind == "PTR" else names.from_text(name)
            answer = self._resolver.resolve(wanted, kind, lifetime=self._seconds, search=False)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return []
        except (resolver.NoNameservers, resolver.NoResolverConfiguration, exception.Timeout):
            raise UnansweredError(f"the DNS did not answer for {kind} of {name}") from None
        except (exception.DNSException, UnicodeError):  # no name can be written so
            return []
        if kind == "TXT":
            return [b"".join(row.strings).decode(errors="replace") for row in answer]
        return [row.to_text() for row in answer]
