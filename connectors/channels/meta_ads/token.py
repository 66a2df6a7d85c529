"""How is a call to Meta authorised? A bearer token, and a proof that we know the app's secret."""

import hmac

import requests
from pydantic import SecretStr


class GraphToken:
    """An access token and, with the app's secret, its proof on every call.

    The token goes into the header, so that no URL holds it. Meta takes the proof only as a
    parameter. There is no refresh: a dead token needs a person.
    """

    def __init__(self, access_token: SecretStr, app_secret: SecretStr | None) -> None:
        self._token = access_token.get_secret_value()
        self._secret = app_secret.get_secret_value() if app_secret else ""
        self._proof = proof(self._token, self._secret) if self._secret else ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header and the parameter."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        if self._proof:
            request.prepare_url(request.url, {"appsecret_proof": self._proof})
        return request

    def renew(self) -> bool:
        """Return False: only a person can get a new one."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return the token, the app's secret and the proof."""
        return tuple(filter(None, (self._token, self._secret, self._proof)))


def proof(token: str, secret: str) -> str:
    """Return Meta's `appsecret_proof`: hex HMAC-SHA256 of the token under the app's secret."""
    return hmac.new(secret.encode(), token.encode(), "sha256").hexdigest()
