"""Can a domain take mail itself, as bounces need it, and does its own server stand by its name?"""

from connectors.sending_domain.facts import Finding, Names, UnansweredError


def check_mx(domain: str, names: Names) -> Finding:
    """Return whether reports can come back to a domain. Raises `UnansweredError`."""
    servers = names.ask(domain, "MX")
    if any(server.split()[-1] == "." for server in servers):
        return Finding("wrong", (
            f"{domain} takes no mail (null MX, RFC 7505), so bounces are lost: let them come back "
            "to a domain that does",
        ))  # fmt: skip
    if servers:
        return Finding("ok")
    if names.ask(domain, "A") or names.ask(domain, "AAAA"):
        return Finding("weak", (f"{domain} has no MX record, only an address: add one",))
    return Finding("missing", (
        f"{domain} has neither MX nor address, so bounces are lost and receivers refuse its mail: "
        "add an MX record",
    ))  # fmt: skip


def reverse_problems(host: str, names: Names) -> tuple[str, ...]:
    """Return what is wrong with the way back from a server's addresses to its name (PTR)."""
    if not host:
        return ()
    try:
        addresses = names.ask(host, "A") + names.ask(host, "AAAA")
        back = {address: names.ask(address, "PTR") for address in addresses}
    except UnansweredError as error:
        return (f"{error}; nothing is known of it, ask again later",)
    if not addresses:
        return (f"{host} has no address: check the server's name",)
    return tuple(
        f"{address} of {host} leads back to {_named(found)} (PTR): let its owner set {host}"
        for address, found in back.items()
        if host.lower().rstrip(".") not in {name.lower().rstrip(".") for name in found}
    )


def _named(found: list[str]) -> str:
    return ", ".join(found) if found else "no name"
