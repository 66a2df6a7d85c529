"""How is one Google Analytics property reached, and what is asked of it? The options of a brand."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from config.models import Name
from connectors.addresses import normal, site_of
from connectors.base import CORE_METRICS
from connectors.google_access import GoogleAccess

MOST_METRICS = 10
"""Metrics of one report, at most."""
NOT_ADDITIVE = re.compile(r"users|rate|ratio|per[A-Z]|^average|^cohort|^dau|^wau", re.IGNORECASE)
"""Who came on two days is one user, and rates have no sum: no such figure can be a daily metric."""


def _origin(text: str) -> str:
    if not (address := normal(text)):
        raise ValueError(f"{text!r} is no address such as https://www.example.com")
    return site_of(address)


def _additive(name: str) -> str:
    if NOT_ADDITIVE.search(name):
        raise ValueError(f"{name}: users and rates cannot be added up over days and pages")
    return name


PropertyId = Annotated[
    str,
    StringConstraints(pattern=r"^(properties/)?\d{1,20}$"),
    AfterValidator(lambda text: text.removeprefix("properties/")),
]
MetricName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,99}(:[A-Za-z0-9_]{1,100})?$"),
    AfterValidator(_additive),
]
Origin = Annotated[str, AfterValidator(_origin)]


class Options(GoogleAccess):
    """How to reach one property: by a refresh token or by a service account."""

    account_id: PropertyId
    """The property's number; `properties/400100200` is the same."""
    site_url: Origin
    """Where the site is, `https://www.example.com`: Analytics tells paths only."""
    metrics: Annotated[dict[Name, MetricName], Field(max_length=MOST_METRICS)] = {}
    """Our name to Google's: `key_events: keyEvents`, or one of them, `keyEvents:purchase`."""
    base_url: str = "https://analyticsdata.googleapis.com"

    @model_validator(mode="after")
    def _other_metrics(self) -> "Options":
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is what ad platforms count")
        return self
