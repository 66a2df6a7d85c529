"""How is access to a Google API given: by a person's consent, or by a service account's key?"""

from typing import Self

import requests
from pydantic import BaseModel, SecretStr, model_validator

from connectors.google_token import GoogleToken, of_service_account, of_user


class GoogleAccess(BaseModel, extra="forbid", frozen=True):
    """The options of a Google connector that are the same for all of them."""

    client_id: str = ""
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    service_account: SecretStr | None = None
    """The key file's JSON text, instead of the three above; add its address as a user."""
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        by_token = bool(self.client_id and self.client_secret and self.refresh_token)
        if by_token == bool(self.service_account):
            raise ValueError(
                "give either client_id, client_secret and refresh_token, or service_account"
            )
        return self


def token_of(access: GoogleAccess, session: requests.Session, scope: str) -> GoogleToken:
    """Return the token that the options give access by."""
    if access.service_account:
        key = access.service_account.get_secret_value()
        return of_service_account(session, key, access.token_url, scope)
    return of_user(
        session,
        client_id=access.client_id,
        client_secret=revealed(access.client_secret),
        refresh_token=revealed(access.refresh_token),
        token_url=access.token_url,
        scope=scope,
    )


def revealed(secret: SecretStr | None) -> str:
    """Return a secret's text, '' where there is none."""
    return secret.get_secret_value() if secret else ""
