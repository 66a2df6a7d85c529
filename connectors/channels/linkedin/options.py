"""What must be said to reach one organisation's page at LinkedIn? The options of a brand file."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, SecretStr, StringConstraints, model_validator

from config.models import Name
from connectors.base import CORE_METRICS

Organization = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,20}$"),
    BeforeValidator(lambda value: str(value).removeprefix("urn:li:organization:")),
]
Version = Annotated[
    str,
    StringConstraints(pattern=r"^20\d\d(0[1-9]|1[0-2])$"),
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
]
Source = Literal[
    "likeCount", "commentCount", "shareCount", "uniqueImpressionsCount", "followerGains"
]
"""Fields of a day's share statistics, and the net followers of follower statistics."""


class Options(BaseModel, extra="forbid", frozen=True):
    """How to reach one organisation's page, as one of its administrators."""

    account_id: Organization
    """The organisation's number: `2414183`."""
    access_token: SecretStr
    """Of an administrator, for 60 days, with r_organization_social, w_organization_social and
    rw_organization_admin (Community Management API)."""
    refresh_token: SecretStr | None = None
    """With client_id and client_secret: gets a new access token when the old one has run out."""
    client_id: str = ""
    client_secret: SecretStr | None = None
    api_version: Version = "202607"
    """A month, YYYYMM. LinkedIn supports each for about a year: 202607 until 2027-07-15."""
    metrics: dict[Name, Source] = {}
    """Metrics of a day beyond impressions and clicks: our name to LinkedIn's."""
    content_folder: Path | None = None
    """Where the pictures of posts are."""
    base_url: str = "https://api.linkedin.com"
    token_url: str = "https://www.linkedin.com/oauth/v2/accessToken"  # noqa: S105  an address

    @model_validator(mode="after")
    def _whole_credential(self) -> Self:
        parts = (self.refresh_token, self.client_id, self.client_secret)
        if any(parts) and not all(parts):
            raise ValueError("give refresh_token, client_id and client_secret together, or none")
        return self

    @model_validator(mode="after")
    def _no_core_metric(self) -> Self:
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self
