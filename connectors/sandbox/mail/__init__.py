"""Simulated e-mail services: what a brand sent, what came of it, who is in which list.

`world.py` holds the accounts of all services and what each has at a moment; `figures.py` is the
truth about what a message earns. Each service's module answers in that service's shapes and keeps
there only what is its own. `history.py` makes the demo shop's accounts.
"""

from connectors.sandbox.mail.accounts import (
    Group,
    MailAccount,
    MailIncident,
    Person,
    StoredCampaign,
    StoredFlow,
)
from connectors.sandbox.mail.history import demo_mail
from connectors.sandbox.mail.world import MailWorld

__all__ = [
    "Group",
    "MailAccount",
    "MailIncident",
    "MailWorld",
    "Person",
    "StoredCampaign",
    "StoredFlow",
    "demo_mail",
]
