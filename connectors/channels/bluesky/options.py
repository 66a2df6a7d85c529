"""How is one Bluesky account reached? The options of a brand file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, SecretStr, StringConstraints

DID = r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]"
PART = r"[a-zA-Z0-9-]{0,61}[a-zA-Z0-9]"
HANDLE = rf"@?([a-zA-Z0-9]({PART})?\.)+[a-zA-Z]({PART})?"


def is_did(account_id: str) -> bool:
    """Tell whether an account is named by its lasting id instead of its handle."""
    return account_id.startswith("did:")


def _written(account_id: str) -> str:
    return account_id if is_did(account_id) else account_id.removeprefix("@").lower()


AccountId = Annotated[
    str,
    StringConstraints(pattern=rf"^({DID}|{HANDLE})$", max_length=2048),
    AfterValidator(_written),
]


class Options(BaseModel, extra="forbid", frozen=True):
    """What a brand file says of an account with `platform: bluesky`."""

    account_id: AccountId
    """The handle, `shop.example.com`, or the DID, which stays when the handle changes."""
    app_password: SecretStr
    """Made under Settings, Privacy and security, App passwords; not the account's own password."""
    content_folder: Path | None = None
    """Where the pictures of posts are."""
    base_url: str = "https://bsky.social"
    """The account's personal data server (PDS), which keeps its posts."""
    public_url: str = "https://public.api.bsky.app"
    """The AppView, which counts and collects what others do; no sign-in there."""
