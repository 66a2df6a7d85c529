"""How is a Google API called with a key, and what does it say against the key?

The key stands in the query, which nobody else may ever see.
"""

import requests
from pydantic import SecretStr

from connectors.base import ConnectorError, ReconnectError, RejectedError
from connectors.exchange import Reply
from connectors.http import status_error

DEAD = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED"})
ADVICE = {
    "SERVICE_DISABLED": "switch the {api} on in the Cloud project",
    "API_KEY_SERVICE_BLOCKED": "let the key call the {api}",
    "API_KEY_HTTP_REFERRER_BLOCKED": "lift the key's restriction to web pages",
    "API_KEY_IP_ADDRESS_BLOCKED": "let the key be used from this machine's address",
}
"""By the reason of google.rpc.ErrorInfo."""


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


def key_error(reply: Reply, reason: str, sentence: str, api: str) -> ConnectorError:
    """Return the error of a failed reply that is about the key, or about nothing more special."""
    what = f"{reply.where}: {reply.status} {reply.quote(reason)}".rstrip()
    if reason in DEAD:
        return ReconnectError(f"{what}; make a new api_key and reconnect the account with it")
    if reason in ADVICE:
        return RejectedError(f"{what}; {ADVICE[reason].format(api=api)}")
    known = status_error(reply)
    if type(known) is not RejectedError:
        return known
    return RejectedError(f"{what}: {reply.quote(sentence)}")
