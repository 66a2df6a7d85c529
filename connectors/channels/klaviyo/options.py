"""What must be said to reach one account at Klaviyo? The options of a brand file."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, SecretStr, StringConstraints, model_validator

from config.models import Name
from connectors.base import CORE_METRICS

Source = Literal[
    "recipients",
    "delivered",
    "bounced",
    "spam_complaints",
    "unsubscribe_uniques",
    "unsubscribes",
    "opens_unique",
]
"""Statistics of a report that are counts."""


class Options(BaseModel, extra="forbid", frozen=True):
    """How to reach one account, and what counts as a conversion there."""

    account_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,64}$")]
    """The public key, as `GET /api/accounts` tells it: `AbC123`."""
    api_key: SecretStr
    """A private key (`pk_...`) that may read accounts, campaigns, flows, lists and metrics; to
    write, also flows, lists and profiles."""
    revision: Annotated[str, StringConstraints(pattern=r"^20\d\d-\d\d-\d\d$")] = "2026-10-15"
    """Of the API. Klaviyo supports each for two years; the shapes here are those of 2026-10-15."""
    conversion_metrics: Annotated[tuple[str, ...], Field(min_length=1, max_length=5)] = (
        "Placed Order",
    )
    """Names or ids of the metrics of which the first one that reports can use is a conversion."""
    metrics: dict[Name, Source] = {}
    """Metrics beyond clicks, conversions and conversions_value: our name to Klaviyo's."""
    base_url: str = "https://a.klaviyo.com"

    @model_validator(mode="after")
    def _no_core_metric(self) -> Self:
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self
