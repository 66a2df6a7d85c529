"""The words that every file of the configuration shares: names, levels, units, modes."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
SECRET_PATTERN = r"^(env|block):[A-Za-z][A-Za-z0-9_-]*$"  # noqa: S105  of a reference to one
COUNTRY_PATTERN = r"^[A-Z]{2}$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
WINDOW_PATTERN = r"^(yesterday|last_[1-9]\d{0,2}_days|week_to_date|month_to_date)$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=60)]
"""A name that people type and programs look up: lower case, digits, underscores."""

AccountId = Annotated[
    str,
    StringConstraints(min_length=1),
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    WithJsonSchema({"type": ["string", "integer"]}),
]
"""An id as the platform shows it; digits need no quotes."""

Level = Literal[
    "account",
    "campaign",
    "ad_group",
    "ad",
    "keyword",
    "search_term",
    "segment",
    "page",
    "query",
    "query_page",
    "post",
    "message",
    "mailbox_provider",
]
"""What an entity is. A segment is a part of a site (`/blog/`), of its searches (brand, other) or of
the customers (lapsed); a query_page is one page as found by one query; a post is what we said on a
social network; a message is one of a campaign's or sequence's mails; a mailbox_provider is whose
mailboxes mail went to (gmail)."""

Importance = Literal["high", "medium", "low"]
"""How much a page matters to the business; see `tasks/site/importance.py`."""

Mode = Literal["observe", "propose", "act"]
Firing = Literal["warning", "critical"]
Unit = Literal["money", "count", "percent", "ratio", "days"]

Changeable = Literal[
    "status",
    "daily_budget",
    "cpc_bid",
    "target_cpa",
    "target_roas",
    "negative_keyword",
    "keyword",
    "ad",
    "label",
    "post",
    "reply",
    "audience",
    "advice",
]
"""What can be changed about an entity; see `connectors/changes.py`."""

Field = Literal[Changeable, "other"]
"""`other` is whatever else people and tools change on a platform: it stands in change histories
only, and nobody can allow, block or propose it."""

SecretRef = Annotated[str, StringConstraints(pattern=SECRET_PATTERN)]
"""Where a secret is, never the secret: `env:NAME` (environment, .env), `block:name` (Prefect)."""


class Model(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )
