"""An access token for Google's APIs: google-auth speaks OAuth, `http.py` makes the calls.

google-auth's own session is not used: it has other time-outs, sleeps and retries on its own,
and its errors can hold whole bodies.
"""

from collections.abc import Callable, MutableMapping
from typing import Any, Protocol

import google.auth.exceptions
import google.auth.transport
import orjson
import requests
from google.oauth2 import credentials as user
from google.oauth2 import service_account

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.exchange import exchange, place, word
from connectors.http import RETRYABLE, status_error

DEAD = {
    "invalid_grant": "the consent is revoked or too old: a person must reconnect the account",
    "invalid_client": "client_id or client_secret is wrong",
    "unauthorized_client": "this client may not use this grant: check client_id and the scopes",
}


class Credentials(Protocol):
    """What we use of google-auth's credentials, whose own annotations are patchy."""

    valid: bool
    token: str | None

    def apply(self, headers: MutableMapping[str, str]) -> None:
        """Add the token to the headers."""
        ...

    def refresh(self, request: Callable[..., "Response"]) -> None:
        """Get a new token by calling `request`."""
        ...


class GoogleToken:
    """Keeps one access token fresh and puts it on requests; an `Auth` of `http.py`."""

    def __init__(
        self,
        credentials: Credentials,
        session: requests.Session,
        token_url: str,
        secrets: tuple[str, ...],
    ) -> None:
        self._credentials = credentials
        self._secrets = secrets
        self._session = session
        self._where = place("POST", token_url)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header, with a new token when the old one is about to run out."""
        if not self._credentials.valid:
            self.renew()
        self._credentials.apply(request.headers)
        return request

    def renew(self) -> bool:
        """Get a new access token. Raises `ReconnectError` when the consent behind it is gone."""
        try:
            self._credentials.refresh(self._post)
        except google.auth.exceptions.GoogleAuthError as error:
            code = _code(error)
            advice = DEAD.get(code, "check the credentials, then reconnect the account")
            raise ReconnectError(f"{self._where}: {code}; {advice}") from None
        return True

    def secrets(self) -> tuple[str, ...]:
        """Return the lasting secrets and the access token of the hour."""
        return tuple(filter(None, (*self._secrets, self._credentials.token)))

    def _post(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        **_: Any,
    ) -> "Response":
        """Make google-auth's call; a failure that may pass never reaches it."""
        reply = exchange(
            self._session, method, url, auth=lambda request: request, form=body, headers=headers
        )
        if reply.status in RETRYABLE:
            raise status_error(reply)
        if reply.status == requests.codes.ok and not _is_token(reply.body):
            raise TransientError(f"{reply.where}: {reply.status} but no access token in it")
        return Response(reply.status, dict(reply.headers), orjson.dumps(reply.body))


def of_user(
    session: requests.Session,
    *,
    client_id: str,
    client_secret: str,
    refresh_token: str,
    token_url: str,
    scope: str,
) -> GoogleToken:
    """Return the token of a person who gave consent once."""
    made: Any = user.Credentials
    credentials = made(
        None,
        refresh_token=refresh_token,
        client_id=client_id,
        client_secret=client_secret,
        token_uri=token_url,
        scopes=[scope],
    )
    return GoogleToken(credentials, session, token_url, (client_secret, refresh_token))


def of_service_account(
    session: requests.Session, key: str, token_url: str, scope: str
) -> GoogleToken:
    """Return the token of a service account; `key` is the JSON text that Google gave out."""
    made: Any = service_account.Credentials
    try:
        info = {**orjson.loads(key), "token_uri": token_url}
        credentials = made.from_service_account_info(info, scopes=[scope])
    except (ValueError, TypeError, google.auth.exceptions.GoogleAuthError):
        raise RejectedError(
            "service_account: not the JSON of a key file; give its whole text"
        ) from None
    return GoogleToken(credentials, session, token_url, (key, str(info.get("private_key", ""))))


class Response(google.auth.transport.Response):
    """A reply in the shape that google-auth reads."""

    def __init__(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self._status, self._headers, self._data = status, headers, data

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._status

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers."""
        return self._headers

    @property
    def data(self) -> bytes:
        """The body."""
        return self._data


def _is_token(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("access_token"), str)


def _code(error: google.auth.exceptions.GoogleAuthError) -> str:
    """Return OAuth's error code; google-auth keeps the answer as the second argument."""
    answer = error.args[1] if len(error.args) > 1 else None
    if isinstance(answer, dict):
        return word(answer.get("error", "refused"))
    return type(error).__name__
