"""How is a Google API called with a key? It stands in the query, which nobody else may ever see."""

import requests
from pydantic import SecretStr


class GoogleKey:
    """Puts an API key on requests; an `Auth` of `http.py`."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key.get_secret_value()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the key to the query."""
        request.prepare_url(request.url, {"key": self._key})
        return request

    def renew(self) -> bool:
        """Return False: only a person can make a new key."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return the key."""
        return (self._key,)
