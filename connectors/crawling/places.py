"""Where may a crawler connect to? To public addresses, and to the site that it was sent to.

The question is asked of the very addresses that a connection is then made to (Twisted's endpoints
connect to what the reactor's name resolver gave them): a name that answers with a public address
at first and a private one later cannot pass.
"""

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from connectors.addresses import PORTS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Holds an IPv4 address in its last 32 bits (RFC 6052)."""


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


class Places:
    """The places that may be private, because a person named them, and what was refused."""

    def __init__(self, *own: str) -> None:
        """`own` are addresses whose host and port may be anywhere."""
        self._own = {_place(url) for url in own}
        self._refused: set[tuple[str, int]] = set()

    def refuses(self, host: str, port: int, address: str) -> bool:
        """Tell whether a connection for this name may not go to this IP address; keep it."""
        if (host, port) in self._own or is_public(address):
            return False
        self._refused.add((host, port))
        return True

    def refused(self, url: str) -> bool:
        """Tell whether an address was not asked because its name leads into a private network."""
        return _place(url) in self._refused


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)


@implementer(IHostnameResolver)
class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver for IPv4 and IPv6, from which private addresses do not come out."""

    places = Places()
    """Set before the reactor starts: Scrapy makes the resolver from a class."""

    def resolveHostName(  # noqa: N802  # Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name, and hand on those of its addresses that may be connected to."""
        guard: Any = _Guard(resolutionReceiver, self.places, hostName, portNumber)
        return super().resolveHostName(
            guard, hostName, portNumber, addressTypes, transportSemantics
        )

    @classmethod
    def from_crawler(cls, crawler: "Crawler", reactor: "ReactorBase") -> "GuardedResolver":
        """Make the resolver as Scrapy does."""
        return super().from_crawler(crawler, reactor)


@implementer(IResolutionReceiver)
class _Guard:
    def __init__(self, receiver: Any, places: Places, host: str, port: int) -> None:
        self._receiver, self._places, self._name = receiver, places, (host, port)

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if not self._places.refuses(*self._name, address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
