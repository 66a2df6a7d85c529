"""Can receivers check the signature of our server? DKIM keys (RFC 6376, 8301, 8463)."""

import binascii
import re
from collections.abc import Sequence

from connectors.sending_domain.facts import Finding, Names, tags, worst

LEAST, GOOD = 138, 268
"""Bytes of an RSA key of 1024 and of 2048 bits; in the usual packing (SubjectPublicKeyInfo) it has
24 more, which is less than what lies between two sizes."""


def check_dkim(domain: str, selectors: Sequence[str], names: Names) -> Finding:
    """Return what the keys are worth that these selectors name. Raises `UnansweredError`."""
    if not selectors:
        return Finding("unknown", (
            f"no DKIM selector of {domain} is known: name the one by which your server signs (`s=` "
            "of DKIM-Signature in a message that it sent)",
        ))  # fmt: skip
    findings = [_key(domain, selector, names) for selector in selectors]
    state = worst(*(finding.state for finding in findings))
    return Finding(state, tuple(text for finding in findings for text in finding.problems))


def _key(domain: str, selector: str, names: Names) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    found = [tags(text) for text in names.ask(name, "TXT")]
    keys = [key for key in found if "p" in key and key.get("v", "DKIM1") == "DKIM1"]
    if not keys:
        return Finding("missing", (f"{name} has no DKIM key: publish the one your server shows",))
    if len(keys) > 1:
        return Finding("wrong", (f"{name} has {len(keys)} DKIM keys: leave the one in use",))
    return _judged(name, keys[0])


def _judged(name: str, key: dict[str, str]) -> Finding:
    written = re.sub(r"\s", "", key["p"])
    if not written:
        return Finding("wrong", (f"{name} is revoked (`p=` is empty): sign by another selector",))
    try:
        size = len(binascii.a2b_base64(written, strict_mode=True))
    except binascii.Error:
        return Finding("wrong", (f"{name} holds no key that can be read: publish it anew, whole",))
    if "y" in key.get("t", "").split(":"):
        return Finding("weak", (f"{name} says `t=y`, a test, which receivers ignore: take it out",))
    if key.get("k", "rsa") == "ed25519":
        return Finding("weak", (f"{name} is Ed25519, which few can check: add an RSA key of 2048",))
    if size < LEAST:
        return Finding("wrong", (f"{name} has fewer than 1024 bits and is refused: take 2048",))
    if size < GOOD:
        return Finding("weak", (f"{name} has fewer than 2048 bits: renew it with 2048",))
    return Finding("ok")
