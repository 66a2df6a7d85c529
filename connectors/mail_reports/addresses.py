"""Whom does a line of a report name?"""

import re

ADDRESS = re.compile(r"[^\s<>@()\[\],;:\"]{1,64}@[^\s<>@()\[\],;:\"]{1,253}")
_FALSE = re.compile(r"redacted|^[x*#-]+@", re.IGNORECASE)


def address_in(text: str) -> str:
    """Return the first address of a text such as `rfc822; <jane@example.com>`; '' if there is none
    or if it was made unreadable, as complaint feedback does."""
    found = ADDRESS.search(text[:2000].replace("utf-8;", "").replace("rfc822;", ""))
    address = found.group().strip("'.") if found else ""
    return "" if _FALSE.search(address) else address


def addresses_in(text: str) -> list[str]:
    """Return all addresses of a list, at most 50."""
    return ADDRESS.findall(text[:8000])[:50]
