"""What must be said to reach one account at HubSpot? The options of a brand file."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, SecretStr, StringConstraints, model_validator

from config.models import Name
from connectors.base import CORE_METRICS

Source = Literal[
    "sent",
    "delivered",
    "bounce",
    "hardbounced",
    "softbounced",
    "spamreport",
    "unsubscribed",
    "open",
    "reply",
]
"""Counters of marketing e-mails, which are people."""


class Options(BaseModel, extra="forbid", frozen=True):
    """How to reach one account."""

    account_id: Annotated[str, StringConstraints(pattern=r"^\d{1,20}$")]
    """The Hub ID, as the account's menu shows it: `24680135`."""
    access_token: SecretStr
    """A service key, or a private app's token (`pat-eu1-...`), with the scopes `content`,
    `crm.objects.contacts.read`, `crm.objects.deals.read`, `crm.lists.read`; to fill lists also
    `crm.objects.contacts.write` and `crm.lists.write`."""
    version: Annotated[str, StringConstraints(pattern=r"^20\d\d-(03|09)$")] = "2026-09"
    """Of the API. The shapes here are those of 2026-09."""
    metrics: dict[Name, Source] = {}
    """Metrics beyond clicks: our name to HubSpot's."""
    base_url: str = "https://api.hubapi.com"

    @model_validator(mode="after")
    def _no_core_metric(self) -> Self:
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in, or unknown to HubSpot")
        return self
