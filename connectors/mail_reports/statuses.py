"""Is an address dead, or was a message only not taken? What an enhanced status says of it.

    status              means                                                 bounce  cause
    5.1.0 - 5.1.6       no such mailbox or domain; moved away                 hard    address
    5.1.7, 5.1.8        the sender's address is bad: ours                     soft    server
    5.1.9               no conversion of the message's form                   soft    message
    5.1.10              the domain takes no mail at all (null MX, RFC 7505)   hard    address
    5.2.1               the mailbox is disabled                               hard    address
    5.2.2, other 5.2.x  full; too long; a list                                soft    mailbox
    5.4.4, 5.4.310      no such host or domain                                hard    address
    other 5.3.x, 5.4.x  a system, a route, a time that ran out (5.4.7)        soft    server
    5.5.x               two servers do not understand each other              soft    server
    5.6.x               what the message contains, or how                     soft    message
    5.7.x               policy: reputation, blocklists, SPF, DKIM, DMARC      soft    policy
    4.x.x               tried for days and given up                           soft    by its kind

Policy is not the person's fault: such bounces say that something is wrong with the sender.

Sources: RFC 3463, section 3; the IANA registry "SMTP Enhanced Status Codes" (RFC 5248); RFC 7372
(5.7.20 - 5.7.27); RFC 7505; for 5.4.310 and "Recipient address rejected: Access denied" Microsoft's
"Email non-delivery reports and SMTP errors for Exchange Online". Servers that only say 550, or
5.0.0, are read by their words.
"""

import re
from typing import Literal

Bounce = Literal["hard_bounce", "soft_bounce"]
Cause = Literal["address", "mailbox", "message", "server", "policy", "unknown"]

_CAUSES: dict[str, Cause] = {
    "1": "address", "2": "mailbox", "3": "server", "4": "server", "5": "server", "6": "message",
    "7": "policy",
}  # fmt: skip
_SPECIAL: dict[str, Cause] = {
    "1.5": "unknown", "1.7": "server", "1.8": "server", "1.9": "message", "2.1": "address",
    "2.3": "message", "4.4": "address", "4.310": "address",
}  # fmt: skip

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_AFTER_CODE = re.compile(r"(?<!\d)[45]\d\d[- #]{1,3}([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.])([45])(?:[0-5]\d)(?=[\s#:-])")
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, re.compile(words, re.IGNORECASE))
    for status, words in (
        ("2.2", r"over ?quota|quota (is )?exceeded|exceeded .{0,30}quota|(mail)?box (is )?full|"
                r"mailbox size limit|not enough (storage )?space|insufficient .{0,20}storage"),
        ("1.1", r"(user|account|mailbox|recipient|address|person)\b.{0,60}"
                r"(unknown|not (be )?found|does(n['’]t| not) (have|exist)|invalid|no longer)|"
                r"(unknown|no such|invalid|non-?existent) (local )?(user|mailbox|recipient|address|"
                r"account|person)|no mailbox (here )?by that name|"
                r"doesn['’]t have an? \S{1,40} account|"
                r"recipient address rejected: access denied|RESOLVER\.ADR\.RecipNotFound"),
        ("2.1", r"(account|mailbox|user)\b.{0,40}(disabled|suspended|inactive|deactivated)"),
        ("1.2", r"(host|domain)( name)? (or domain name )?(is )?(not found|unknown)|"
                r"no such (domain|host)|domain .{0,80}does not exist|unrouteable address"),
        ("7.1", r"spam|block(ed|list)|blacklist|reputation|policy|DMARC|SPF\b|DKIM|denied"),
    )
)  # fmt: skip


def bounce(status: str) -> Bounce:
    """Return whether a final failure with this status kills the address."""
    hard = status.startswith("5.") and cause(status) == "address"
    return "hard_bounce" if hard else "soft_bounce"


def cause(status: str) -> Cause:
    """Return whose matter a status is; `unknown` for '' and what no table has."""
    kind, _, detail = status.partition(".")
    subject = detail.partition(".")[0]
    if kind not in ("4", "5"):
        return "unknown"
    return _SPECIAL.get(detail, _CAUSES.get(subject, "unknown"))


def status_of(given: str, said: str) -> str:
    """Return the status that says most: the report's own, unless it is missing or says nothing
    (5.0.0), or the server's words know better; '' if nothing is known."""
    own = _ENHANCED.search(given)
    status = own.group(1) if own else ""
    said = said[:4000]
    heard = _AFTER_CODE.search(said) or (_ENHANCED.search(said) if not status else None)
    if heard and (not status or status[1:] == ".0.0"):
        status = heard.group(1)
    if status and status[1:] not in (".0.0", ".4.1"):  # Microsoft says 5.4.1 of unknown recipients
        return status
    code = _CODE.search(said)
    kind = status[:1] or (code.group(1) if code else "5")
    words = next((status for status, words in _WORDS if words.search(said)), "")
    if status[1:] == ".4.1":
        return "5.1.1" if kind == "5" and words == "1.1" else status
    return f"{kind}.{words}" if words else status
