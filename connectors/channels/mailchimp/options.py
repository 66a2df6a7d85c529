"""What must be said to reach one account at Mailchimp? The options of a brand file."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, SecretStr, StringConstraints, model_validator

from config.models import Name
from connectors.base import CORE_METRICS

DATACENTER = r"us\d{1,3}"

Source = Literal[
    "emails_sent",
    "delivered",
    "bounces",
    "hard_bounces",
    "soft_bounces",
    "abuse_reports",
    "unsubscribed",
    "unique_opens",
]
"""Counts of a campaign's report. `delivered` is what was sent and did not bounce."""


class Options(BaseModel, extra="forbid", frozen=True):
    """How to reach one account."""

    account_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,64}$")]
    """As `GET /3.0/` tells it: `8d3a3db4d97663a9074efcc16`."""
    api_key: SecretStr
    """With its datacenter at the end (`...-us19`), or the token of an OAuth application."""
    datacenter: Annotated[str, Field(pattern=rf"^({DATACENTER})?$")] = ""
    """Such as `us19`; an API key has it in it, a token needs it here."""
    metrics: dict[Name, Source] = {}
    """Metrics beyond clicks, conversions and conversions_value: our name to Mailchimp's."""
    base_url: str = ""
    """Empty: `https://<datacenter>.api.mailchimp.com`."""

    @property
    def address(self) -> str:
        """Where the API is, without a slash at the end."""
        own = self.datacenter or _datacenter_of(self.api_key)
        return self.base_url.rstrip("/") or f"https://{own}.api.mailchimp.com"

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not (self.base_url or self.datacenter or _datacenter_of(self.api_key)):
            raise ValueError("api_key names no datacenter (...-us19): give the option datacenter")
        return self

    @model_validator(mode="after")
    def _no_core_metric(self) -> Self:
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self


def _datacenter_of(key: SecretStr) -> str:
    """Return the end of an API key, '' if it names no datacenter. (mailchimp-marketing does so.)"""
    end = key.get_secret_value().rpartition("-")[2]
    return end if end.startswith("us") and end[2:].isdecimal() else ""
