"""How is one Search Console property reached, and how is its traffic divided? Options."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from config.models import Name
from connectors.base import CORE_METRICS
from connectors.google_access import GoogleAccess

LONGEST_EXPRESSION = 4096
"""Characters of a regular expression that Google takes in a filter."""

Site = Annotated[
    str,
    StringConstraints(pattern=r"^(sc-domain:[^\s/:]+|https?://[^\s/]+(/[^\s]*)?/)$"),
    Field(examples=["sc-domain:example.com"]),
]
PathPrefix = Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$", max_length=500)]
Term = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=100)
]


def _distinct(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))


class Options(GoogleAccess):
    """How to reach one property: by a refresh token or by a service account."""

    account_id: Site
    """The property as Search Console writes it: `https://www.example.com/`, with its final slash,
    or `sc-domain:example.com`."""
    metrics: dict[Name, Literal["position"]] = {}
    """Metrics beyond clicks and impressions: our name to Google's."""
    search_type: Literal["web", "image", "video", "news"] = "web"
    brand_terms: Annotated[tuple[Term, ...], AfterValidator(_distinct), Field(max_length=100)] = ()
    """What makes a query a brand query when it stands anywhere in it, upper and lower case alike;
    name the usual misspellings too. Empty: queries are not divided."""
    sections: Annotated[dict[Name, PathPrefix], Field(max_length=50)] = {}
    """Parts of the site: our name to what their paths begin with, `blog: /blog/`."""
    rows_per_day: Annotated[int, Field(ge=1, le=1_000_000)] = 50_000
    """How many pages, queries or pairs of both are read of a day, those with most clicks first;
    Google tells about 50,000. Days that have fewer together share one question."""
    inspections_per_day: Annotated[int, Field(ge=0, le=2_000)] = 2_000
    """How many pages one run may inspect; Google allows 2,000 a day."""
    base_url: str = "https://searchconsole.googleapis.com"

    @model_validator(mode="after")
    def _other_metrics(self) -> "Options":
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self

    @model_validator(mode="after")
    def _short_enough(self) -> "Options":
        if 2 * sum(len(term) + 1 for term in self.brand_terms) > LONGEST_EXPRESSION:
            raise ValueError("brand_terms: too long together; name fewer or shorter ones")
        return self
