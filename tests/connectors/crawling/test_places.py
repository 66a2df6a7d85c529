"""Where may a crawler connect to, whatever a name server says?"""

from types import SimpleNamespace

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from connectors.crawling.places import GuardedResolver, Places, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
    ],
)  # fmt: skip
def test_private_addresses_in_every_disguise(address):
    assert not is_public(address)


class Names:
    """A name server with a script: what each next question is answered with."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver, host, port=0, types=None, semantics="TCP"):  # noqa: N802
        receiver.resolutionBegan(None)
        for address in self.answers.pop(0):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()


class Heard:
    """What the endpoint is told, which connects to nothing else."""

    def __init__(self) -> None:
        self.addresses: list[tuple[str, int]] = []

    def resolutionBegan(self, resolution) -> None:  # noqa: N802
        pass

    def addressResolved(self, address) -> None:  # noqa: N802
        self.addresses.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802
        pass


def asked(resolver: GuardedResolver, host: str, port: int) -> list[tuple[str, int]]:
    heard = Heard()
    resolver.resolveHostName(heard, host, port)
    return heard.addresses


def guarded(monkeypatch, *answers: list[str], cache: int = 0, own: str = "") -> GuardedResolver:
    monkeypatch.setattr(GuardedResolver, "places", Places(own))
    return GuardedResolver(SimpleNamespace(nameResolver=Names(*answers)), cache)


def test_of_a_name_only_public_addresses_are_connected_to(monkeypatch):
    resolver = guarded(monkeypatch, ["10.0.0.1", "93.184.216.34", "::1"])
    assert asked(resolver, "mixed.example", 80) == [("93.184.216.34", 80)]


def test_a_name_that_turns_private_does_not_pass(monkeypatch):
    resolver = guarded(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    assert asked(resolver, "rebinding.example", 80) == [("93.184.216.34", 80)]
    assert asked(resolver, "rebinding.example", 80) == []
    assert GuardedResolver.places.refused("http://rebinding.example/")
    assert not GuardedResolver.places.refused("http://mixed.example/")


def test_the_site_itself_may_be_private_at_its_own_port_only(monkeypatch):
    own = "http://intranet.example:8080/"
    resolver = guarded(monkeypatch, ["10.0.0.1"], ["10.0.0.1"], cache=10, own=own)
    assert asked(resolver, "intranet.example", 8080) == [("10.0.0.1", 8080)]
    assert asked(resolver, "intranet.example", 22) == []
