"""How does a call show who makes it? A token of the server that does not expire."""

import requests
from pydantic import SecretStr


class BearerToken:
    """Shows one access token with every call; only a person can make another."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token."""
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return request

    def renew(self) -> bool:
        """Return False: there is nothing to renew a token with."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self._token.get_secret_value(),)
