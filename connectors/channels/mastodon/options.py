"""How is one account on a Mastodon server reached? The options of a brand file."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, SecretStr

_ADDRESS = re.compile(r"@?(\w+(?:[.-]+\w+)*)@([\w-]+(?:\.[\w-]+)*(?::\d+)?)", re.ASCII)


def _checked(text: str) -> str:
    if not (match := _ADDRESS.fullmatch(text.strip())):
        raise ValueError(f"{text!r} is no account such as @name@mastodon.example")
    return f"@{match.group(1)}@{match.group(2).lower()}"


Address = Annotated[str, AfterValidator(_checked)]
"""`@name@server` or `name@server`; kept with the first @."""


class Options(BaseModel, extra="forbid", frozen=True):
    """What a brand file says of an account with `platform: mastodon`."""

    account_id: Address
    access_token: SecretStr
    """Of an application made on the server (Preferences, Development) with the scopes
    `read:accounts read:statuses read:notifications write:statuses write:media`, and `read:search`
    if the brand watches words; never expires."""
    visibility: Literal["public", "unlisted"] = "public"
    """Who is shown our posts: `unlisted` ones stay out of public timelines and hashtags."""
    content_folder: Path | None = None
    """The folder in which the pictures of posts are."""
    base_url: str = ""
    """Where the server answers; by default the one that the account id names."""

    @property
    def name(self) -> str:
        """The account's name on its own server."""
        return self.account_id[1:].partition("@")[0]

    @property
    def server_url(self) -> str:
        """Where the server answers, without a slash at the end."""
        server = self.account_id.rpartition("@")[2]
        return (self.base_url or f"https://{server}").rstrip("/")
