"""What must be said to reach one account at HubSpot? The options of a brand file."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, SecretStr, StringConstraints, model_validator

from config.mail import Consent
from config.models import Name
from connectors.base import CORE_METRICS
from connectors.mail import words_of_consent

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
    `crm.objects.contacts.write` and `crm.lists.write`; for `subscription` also
    `subscription-status-batch-read`."""
    platform: Literal["hubspot", "customers", "orders"] = "hubspot"
    """Set from the brand file's entry."""
    version: Annotated[str, StringConstraints(pattern=r"^20\d\d-(03|09)$")] = "2026-09"
    """Of the API. The shapes here are those of 2026-09."""
    metrics: dict[Name, Source] = {}
    """Metrics beyond clicks: our name to HubSpot's."""
    subscription: Annotated[str, StringConstraints(pattern=r"^\d{0,20}$")] = ""
    """Of customers: the id of the subscription type whose status is their consent."""
    consent_property: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,100}$")] = ""
    """Of customers: instead, the internal name of the property that says it."""
    consent_words: Annotated[dict[str, Consent], BeforeValidator(words_of_consent)] = {}
    """What the property's values mean: `{"true": subscribed, "false": never}`."""
    fields: dict[Name, Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,100}$")]] = {}
    """Of customers: our names for what messages may use to HubSpot's internal names, such as
    `{first_name: firstname}`. Never name a property that HubSpot calls sensitive."""
    base_url: str = "https://api.hubapi.com"

    @model_validator(mode="after")
    def _no_core_metric(self) -> Self:
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in, or unknown to HubSpot")
        return self

    @model_validator(mode="after")
    def _one_word_of_consent(self) -> Self:
        if self.subscription and self.consent_property:
            raise ValueError("name either `subscription` or `consent_property`: one word counts")
        if bool(self.consent_property) != bool(self.consent_words):
            raise ValueError("`consent_property` and `consent_words` go together")
        return self
