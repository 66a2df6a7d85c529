"""How does a call show a secret that only a person can renew? An `Auth` of `http.py`."""

import requests
from pydantic import SecretStr


class FixedToken:
    """A key or token that a person has made, in the header `Authorization`."""

    def __init__(self, token: SecretStr, scheme: str = "Bearer") -> None:
        self._token, self._scheme = token, scheme

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"{self._scheme} {self._token.get_secret_value()}"
        return request

    def renew(self) -> bool:
        """Say that only a person can get another one."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self._token.get_secret_value(),)
