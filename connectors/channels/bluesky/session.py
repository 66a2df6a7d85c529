"""How is an account signed in? One session for as long as it can be renewed.

An account may sign in 30 times in five minutes and 300 times a day, so a session is kept: its
access token lives two hours, its refresh token 90 days and is replaced whenever it is used.
Source: @atproto/pds 0.5.35; the hosted service may differ.
"""

from dataclasses import replace
from typing import Any

import requests

from connectors.base import ReconnectError, RejectedError
from connectors.channels.bluesky.errors import judge
from connectors.channels.bluesky.options import Options
from connectors.exchange import exchange
from connectors.http import TokenExpiredError, expected_shape


class Session:
    """Keeps one session and puts its access token on requests; an `Auth` of `http.py`."""

    def __init__(self, options: Options, session: requests.Session) -> None:
        self._identifier = options.account_id
        self._password = options.app_password
        self._server = f"{options.base_url.rstrip('/')}/xrpc/com.atproto.server"
        self._session = session
        self._access = ""
        self._refresh = ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header; sign in first if nobody has yet."""
        if not self._access:
            self._create()
        request.headers["Authorization"] = f"Bearer {self._access}"
        return request

    def renew(self) -> bool:
        """Use the refresh token; sign in again where that is dead too.

        Raises `ReconnectError` if the password is wrong.
        """
        if not self._refresh or not self._refreshed():
            self._create()
        return True

    def secrets(self) -> tuple[str, ...]:
        """Return the password and both tokens."""
        kept = (self._password.get_secret_value(), self._access, self._refresh)
        return tuple(filter(None, kept))

    def _refreshed(self) -> bool:
        """Renew the session; False if it has ended."""
        try:
            self._keep("refreshSession", self._refresh, None)
        except (ReconnectError, RejectedError):
            self._refresh = ""
            return False
        return True

    def _create(self) -> None:
        password = self._password.get_secret_value()
        try:
            self._keep("createSession", "", {"identifier": self._identifier, "password": password})
        except TokenExpiredError as error:
            raise ReconnectError(str(error)) from None  # a password has no newer one

    def _keep(self, method: str, token: str, body: Any) -> None:
        """Call a method that answers with two tokens, and keep those."""

        def bearer(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if token:
                request.headers["Authorization"] = f"Bearer {token}"
            return request

        url = f"{self._server}.{method}"
        reply = exchange(self._session, "POST", url, auth=bearer, body=body)
        judge(replace(reply, secrets=self.secrets()))
        with expected_shape(url):
            self._access, self._refresh = str(reply.body["accessJwt"]), reply.body["refreshJwt"]
