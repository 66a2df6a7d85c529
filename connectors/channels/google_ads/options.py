"""How is one Google Ads customer reached, and what is asked of it? The options of a brand file."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from config.models import Name
from connectors.base import CORE_METRICS
from connectors.google_access import GoogleAccess

CustomerId = Annotated[
    str,
    StringConstraints(pattern=r"^\d{3}-?\d{3}-?\d{4}$"),
    AfterValidator(lambda text: text.replace("-", "")),
]
GeoTarget = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,10}$")]
MetricField = Annotated[str, StringConstraints(pattern=r"^metrics\.[a-z][a-z0-9_]{0,99}$")]


class Options(GoogleAccess):
    """How to reach one customer: by a refresh token or by a service account."""

    account_id: CustomerId
    """Ten digits, with or without hyphens."""
    login_customer_id: CustomerId | None = None
    """The manager account, when access comes through one."""
    developer_token: SecretStr | None = None
    """Ignored by Google since 2026-09-09; access belongs to the Cloud project."""
    metrics: dict[Name, MetricField] = {}
    """Metrics beyond the core ones: our name to Google's field."""
    language_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,7}$")] = "1000"
    """The language of keyword ideas, in Google's numbers: 1000 is English, 1001 German."""
    geo_target_ids: Annotated[tuple[GeoTarget, ...], Field(max_length=10)] = ()
    """The places of keyword ideas, in Google's numbers: 2840 is the United States, 2276 Germany;
    empty means everywhere."""
    base_url: str = "https://googleads.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address

    @model_validator(mode="after")
    def _other_metrics(self) -> "Options":
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self
