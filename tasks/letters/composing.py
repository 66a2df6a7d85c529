"""What goes out for one person? A rendered message with its addresses and its headers.

Headers, and why: List-Unsubscribe and List-Unsubscribe-Post (RFC 2369, 8058) let mail programs show
a button of their own, which Gmail and Yahoo ask of whoever sends much. List-Id (RFC 2919) keeps a
brand's mail together. Auto-Submitted (RFC 3834) and X-Auto-Response-Suppress (Exchange) keep
absence notes away. Feedback-ID is by what Gmail's Postmaster Tools tell complaints apart: campaign,
brand, kind, sender. None of them says who the person is but the unsubscribe links, which say it to
us alone.
"""

from typing import Protocol

from config.mail import MailRules
from connectors.mail import DueMail, Mail, MailClaim
from connectors.mail_links import Ticket, click_link, unsubscribe_link, unsubscribe_mailto
from connectors.people_keys import PeopleKeys
from tasks.letters.links import MessageLinks
from tasks.letters.rendering import Rendered

ONE_CLICK = "List-Unsubscribe=One-Click"
SENDER_ID = (5, 15)
"""Characters that Gmail wants of the last part of a Feedback-ID."""


class Addressee(Protocol):
    """Where a message goes."""

    @property
    def address(self) -> str | None:
        """E-mail; None if none is known."""
        ...

    @property
    def address_key(self) -> int | None:
        """Its keyed hash."""
        ...


def links_of(
    rules: MailRules, keys: PeopleKeys, ticket: Ticket, language: str = ""
) -> MessageLinks:
    """Return the links of a message in a language (BCP 47) that lead to us."""
    base = rules.unsubscribe_url

    def click(number: int, target: str) -> str:
        return click_link(keys, base, ticket, number, target)

    return MessageLinks(
        unsubscribe_link(keys, base, ticket, language) if base else "",
        unsubscribe_mailto(keys, rules.unsubscribe_mailto, ticket)
        if rules.unsubscribe_mailto
        else "",
        click if base and rules.track_clicks else None,
    )


def mail_of(
    claim: MailClaim, due: DueMail, rendered: Rendered, address: str, rules: MailRules,
    links: MessageLinks,
) -> Mail:  # fmt: skip
    """Return the message as it goes out, to one address."""
    return Mail(
        message_id=claim.message_id,
        sender=rules.sender,
        reply_to=rules.reply_to,
        recipient=address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        headers=headers_of(due, rules, links),
    )


def headers_of(due: DueMail, rules: MailRules, links: MessageLinks) -> dict[str, str]:
    """Return the headers of a message beside those that say who writes what to whom."""
    ways = [way for way in (links.unsubscribe, links.mailto) if way]
    domain = rules.sender.rpartition("@")[2].strip(" >")
    headers = {
        "List-Id": f"<{due.brand.replace('_', '-')}.{domain}>",
        "Feedback-ID": _feedback_id(due),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if ways:
        headers["List-Unsubscribe"] = ", ".join(f"<{way}>" for way in ways)
    if links.unsubscribe.startswith("https://"):
        headers["List-Unsubscribe-Post"] = ONE_CLICK
    return headers


def _feedback_id(due: DueMail) -> str:
    message = ".".join(part for part in (due.source, due.step, due.arm) if part)
    least, most = SENDER_ID
    sender = due.brand.replace("_", "")[:most].ljust(least, "0")
    return f"{message}:{due.brand}:{due.kind}:{sender}"
