"""How is Bluesky called? XRPC: a method's name is the path, reads are GET, the rest is POST.

The account's own server (PDS) knows its records and passes on what is about others; the AppView
answers anybody about everybody. Only what writes, and what nobody else may see, is signed in.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

import requests

from connectors.base import ConnectorError, Throttle
from connectors.channels.bluesky.errors import judge
from connectors.channels.bluesky.options import Options, is_did
from connectors.channels.bluesky.session import Session
from connectors.http import Http, PageTurn, expected_shape
from connectors.throttle import LONGEST_WAIT, LocalThrottle

Row = Mapping[str, Any]
Params = Mapping[str, str | list[str]]


class Anybody:
    """No credential: an `Auth` of `http.py` for what is public."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add nothing."""
        return request

    def renew(self) -> bool:
        """Return False: there is nothing to renew."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return nothing."""
        return ()


class SignedThrottle:
    """Holds back what is signed in without holding back what is public.

    A limit of signing in or of writing lasts up to a day, and whoever wrote must be able to read.
    So pauses too long to be waited for stay with this connector; others meet the limit themselves.
    """

    def __init__(self, account: Throttle) -> None:
        self._account = account
        self._own = LocalThrottle()

    def wait(self) -> None:
        """Block until the account may be called; raise `TransientError` if that is too far off."""
        self._own.wait()
        self._account.wait()

    def pause(self, seconds: float, reason: str) -> None:
        """Let nobody call for a short while, or let this connector not sign in for a long one."""
        held = self._own if seconds > LONGEST_WAIT else self._account
        held.pause(seconds, reason)


class Calls:
    """The calls on behalf of one account, over one pooled session."""

    def __init__(
        self, options: Options, session: requests.Session | None, throttle: Throttle | None
    ) -> None:
        session = session or requests.Session()
        throttle = throttle or LocalThrottle()
        own = Session(options, session)
        self.account_id = options.account_id
        signed = SignedThrottle(throttle)
        self._own = Http(session, auth=own, judge=judge, throttle=signed)
        self._public = Http(session, auth=Anybody(), judge=judge, throttle=throttle)
        self._pds = f"{options.base_url.rstrip('/')}/xrpc"
        self._view = f"{options.public_url.rstrip('/')}/xrpc"

    @cached_property
    def did(self) -> str:
        """The account's lasting id."""
        return self.account_id if is_did(self.account_id) else self.resolve(self.account_id)

    def resolve(self, handle: str) -> str:
        """Return the DID of a handle; raise `RejectedError` if nobody has it."""
        answer = self.read("com.atproto.identity.resolveHandle", {"handle": handle})
        with self.shape("com.atproto.identity.resolveHandle"):
            return str(answer["did"])

    def signed(self, method: str, params: Params | None = None) -> Any:
        """Return what the PDS answers the account itself."""
        with self._named():
            return self._own.read("GET", f"{self._pds}/{method}", params=params or {})

    def read(self, method: str, params: Params) -> Any:
        """Return what the PDS answers anybody."""
        with self._named():
            return self._public.read("GET", f"{self._pds}/{method}", params=params)

    def view(self, method: str, params: Params) -> Any:
        """Return what the AppView answers anybody."""
        with self._named():
            return self._public.read("GET", f"{self._view}/{method}", params=params)

    def upload(self, content: bytes, media_type: str) -> Any:
        """Return what the PDS answers to a blob. Nobody sees one that no record names."""
        url = f"{self._pds}/com.atproto.repo.uploadBlob"
        with self._named():
            return self._own.read("POST", url, form=content, headers={"Content-Type": media_type})

    def send(self, method: str, body: Row) -> Any:
        """Send a write, once."""
        with self._named():
            return self._own.send("POST", f"{self._pds}/{method}", body=body)

    def pages(self, method: str, params: Params, rows: str, *, signed: bool) -> Iterator[list[Row]]:
        """Yield the pages of a list, without empty ones; the last one has no cursor."""
        turn = PageTurn(f"{self._pds}/{method}")
        asked = dict(params)
        while True:
            answer = self.signed(method, asked) if signed else self.read(method, asked)
            with self.shape(method):
                page, cursor = list(answer[rows]), answer.get("cursor")
            if page:
                yield page
            if not page or not cursor:
                return
            asked["cursor"] = turn.to(str(cursor))

    def shape(self, method: str) -> AbstractContextManager[None]:
        """Turn whatever breaks on JSON of an unknown shape into a `RejectedError`."""
        return expected_shape(f"{self._pds}/{method}")

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say in every error which account it is about: no path of XRPC does."""
        try:
            yield
        except ConnectorError as error:
            error.args = (f"Bluesky {self.account_id}: {error}", *error.args[1:])
            raise
