"""The demo shop's accounts at e-mail services, with what goes wrong there.

Each account has 400 days behind it. About two weeks ago one campaign went to people who never asked
for it and drew complaints; nine days ago the trigger of the abandoned basket broke; and clicks have
been wearing out for three months.
"""

from datetime import date, timedelta

from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.mail.accounts import MailAccount, MailIncident, Service
from connectors.sandbox.mail.world import MailWorld

SECRET = "demo-us1"  # noqa: S105  every credential of the demo
ACCOUNTS: dict[Service, str] = {
    "mailchimp": "8d3a3db4d97663a9074efcc16",
    "klaviyo": "AcmeSh",
    "hubspot": "24680135",
}
PAST_DAYS = 400
COMPLAINTS_AGO, BROKEN_AGO, WORN_AGO = 14, 9, 90
"""Days before today on which something began."""
BASKET = 2
"""The flow whose trigger breaks."""


def demo_mail(seed: int = 1, today: date = DEMO_TODAY) -> MailWorld:
    """Return the services with one account each."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    incidents = (
        MailIncident("complaints", ago(COMPLAINTS_AGO), ago(COMPLAINTS_AGO - 3), factor=25),
        MailIncident("broken_trigger", ago(BROKEN_AGO), target=BASKET),
        MailIncident("worn_out", ago(WORN_AGO), factor=0.5, days=84),
    )
    accounts = [
        MailAccount(service, account_id, token=SECRET, began=ago(PAST_DAYS), incidents=incidents)
        for service, account_id in ACCOUNTS.items()
    ]
    return MailWorld(accounts, seed)
