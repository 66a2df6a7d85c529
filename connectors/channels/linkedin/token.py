"""How is a call to LinkedIn authorised? A bearer token, and a new one when it has run out.

Access tokens live 60 days, refresh tokens about a year; using one makes it last no longer. A new
access token is kept for as long as the connector lives. Source: LinkedIn's "Refresh Tokens with
OAuth 2.0"; only approved products have refresh tokens.
"""

from collections.abc import Mapping

import requests

from connectors.base import ReconnectError, TransientError
from connectors.channels.linkedin.options import Options
from connectors.exchange import Reply, exchange, word
from connectors.google_access import revealed
from connectors.http import RETRYABLE, status_error


class LinkedInToken:
    """An access token; an `Auth` of `http.py`."""

    def __init__(self, options: Options, session: requests.Session) -> None:
        self._options = options
        self._session = session
        self._token = options.access_token.get_secret_value()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def renew(self) -> bool:
        """Get a new access token; False without a refresh token. Raises `ReconnectError` when the
        consent behind it is gone."""
        if self._options.refresh_token is None:
            return False
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._options.refresh_token.get_secret_value(),
            "client_id": self._options.client_id,
            "client_secret": revealed(self._options.client_secret),
        }
        url = self._options.token_url
        reply = exchange(self._session, "POST", url, auth=lambda request: request, form=form)
        self._token = _token_of(reply)
        return True

    def secrets(self) -> tuple[str, ...]:
        """Return every token and the client's secret."""
        options = self._options
        lasting = (options.access_token, options.refresh_token, options.client_secret)
        return tuple(filter(None, (self._token, *map(revealed, lasting))))


def _token_of(reply: Reply) -> str:
    if reply.status in RETRYABLE:
        raise status_error(reply)
    body = reply.body if isinstance(reply.body, Mapping) else {}
    if not 200 <= reply.status < 300:
        code = word(body.get("error", "")) or str(reply.status)
        raise ReconnectError(
            f"{reply.where}: {code}; check client_id and client_secret, or reconnect the account"
        )
    if not isinstance(token := body.get("access_token"), str) or not token:
        raise TransientError(f"{reply.where}: {reply.status} but no access token in it")
    return token
