"""Which e-mail addresses can be written to?"""

import re

from connectors.people_keys import normal_address

LOCAL = re.compile(r"[^\s@<>(),:;\"\[\]\\\x00-\x1f\x7f]{1,64}")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets


def usable_address(text: str) -> tuple[str | None, str]:
    """Return an e-mail address as written, or None and what is wrong with it, without it.

    What mail servers take without quoting is usable (RFC 5321 and 6531); nothing else ever reached
    anybody. No text is no address, and nothing wrong.
    """
    if not text:
        return None, ""
    local, at, _ = text.rpartition("@")
    domain = normal_address(text).rpartition("@")[2]
    if not at or not LOCAL.fullmatch(local) or local.startswith(".") or local.endswith("."):
        return None, "no usable e-mail address: what stands before the @ cannot"
    if ".." in local or len(text) > LONGEST_ADDRESS:
        return None, "no usable e-mail address: two dots in a row, or too long"
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return None, "no usable e-mail address: what stands behind the @ is no domain"
    return text, ""
