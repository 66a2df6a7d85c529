"""A real DNS server on loopback (UDP) that knows what a test tells it."""

import socket
import threading
from collections.abc import Mapping

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

SILENT = "(no answer)"
FAILS = "(SERVFAIL)"


class DnsServer:
    """Answers from a table: `name kind` to its records, or to how it fails."""

    def __init__(self, table: Mapping[str, list[str] | str]) -> None:
        self.asked: list[str] = []
        self._table = {key.lower(): value for key, value in table.items()}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "DnsServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()

    def resolver(self) -> dns.resolver.Resolver:
        """Return a resolver that asks this server only."""
        made = dns.resolver.Resolver(configure=False)
        made.nameservers = ["127.0.0.1"]
        made.port = self._socket.getsockname()[1]
        made.timeout = 0.1
        return made

    def _run(self) -> None:
        while True:
            wire, who = self._socket.recvfrom(4096)
            if not wire:
                return
            if reply := self._reply(dns.message.from_wire(wire)):
                self._socket.sendto(reply.to_wire(max_size=4096), who)

    def _reply(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
        self.asked.append(f"{name} {kind}")
        known = self._table.get(f"{name} {kind}".lower())
        reply = dns.message.make_response(query)
        if known == SILENT:
            return None
        if known == FAILS:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif known:
            rows = [_row(kind, text) for text in known]
            reply.answer = [dns.rrset.from_text(question.name, 60, "IN", kind, *rows)]
        elif not any(key.startswith(f"{name} ".lower()) for key in self._table):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply


def _row(kind: str, text: str) -> str:
    """Return a record as a zone file has it; a TXT is cut into strings of 255 octets at most."""
    if kind != "TXT":
        return text
    cuts = [text[at : at + 200] for at in range(0, len(text), 200)] or [""]
    return " ".join('"' + cut.replace("\\", "\\\\").replace('"', '\\"') + '"' for cut in cuts)
