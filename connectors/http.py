"""One JSON request done right: timeouts, deadline, throttle, retry, typed errors, no secret out.

A platform's file hands in what only it knows: `auth` puts the credential on a request, `judge`
reads a reply and raises what it means. Everything else about HTTP is here.

    read    may be repeated: retried while the failure may pass
    send    sent once: for writes, where only the platform knows whether the first one counted
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Protocol

import requests
import stamina

from connectors.base import (
    ConnectorError,
    ReconnectError,
    RejectedError,
    Throttle,
    TransientError,
)
from connectors.exchange import DEADLINE, LARGEST_BODY, Reply, exchange, place
from connectors.throttle import LONGEST_WAIT, LocalThrottle, pause_app

SAME_PAGE = 3
"""How often one page mark may come before the paging is given up; services do repeat a page."""

ATTEMPTS = 6
BACKOFF_BASE = 2.0
BACKOFF_CAP = 300.0

RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})


class TokenExpiredError(ReconnectError):
    """The access token has run out. A fresh one may help; if not, a person must reconnect."""


class AppLimitError(TransientError):
    """A limit that all accounts of the app share: hold every one of them back."""


class Auth(Protocol):
    """Puts a credential on each request and can renew it."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the credential."""
        ...

    def renew(self) -> bool:
        """Get a fresh access token and return True; False if only a person can get one."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Return what must never stand in a message, even if the service repeats it."""
        ...


class Http:
    """JSON over one pooled session, on behalf of one account."""

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        auth: Auth,
        judge: Callable[[Reply], None],
        throttle: Throttle | None = None,
        deadline: float = DEADLINE,
        limit: int = LARGEST_BODY,
    ) -> None:
        self._session = session or requests.Session()
        self._auth = auth
        self._judge = judge
        self._throttle = throttle or LocalThrottle()
        self._deadline = deadline
        self._limit = limit

    def send(self, method: str, url: str, **request: Any) -> Any:
        """Send once and return the decoded body. Keywords are those of `exchange`.

        Raises a `ConnectorError`. A `TransientError` leaves open whether a write has happened.
        """
        return self.send_whole(method, url, **request).body

    def send_whole(self, method: str, url: str, **request: Any) -> Reply:
        """Send once, as `send`, and return the whole reply: for what only a header tells."""
        self._throttle.wait()
        try:
            try:
                return self._exchange(method, url, request)
            except TokenExpiredError:
                if not self._auth.renew():
                    raise
                return self._exchange(method, url, request)  # it was refused unread: still once
        except TransientError as error:
            self._hold_back(error)
            raise

    def read(self, method: str, url: str, **request: Any) -> Any:
        """Send, and again while the failure may pass; for requests that change nothing."""
        return self.read_whole(method, url, **request).body

    def read_whole(self, method: str, url: str, **request: Any) -> Reply:
        """Send again while the failure may pass, as `read`, and return the whole reply.

        The wait before another try is full-jitter exponential (AWS's term: uniform from zero),
        on top of whatever the service asked for, which the throttle keeps.
        """
        tries = count()

        def backoff(error: Exception) -> bool | float:
            if not isinstance(error, TransientError) or (error.retry_after or 0) > LONGEST_WAIT:
                return False
            spread = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** next(tries))
            return random.uniform(0, spread)  # noqa: S311  # no secret hangs on it

        for attempt in stamina.retry_context(backoff, attempts=ATTEMPTS, timeout=None):
            with attempt:
                return self.send_whole(method, url, **request)
        raise AssertionError("stamina returns or raises")

    def _hold_back(self, error: TransientError) -> None:
        """Let other runs wait too for as long as the service asked."""
        if not error.retry_after:
            return
        if isinstance(error, AppLimitError):
            pause_app(self._throttle, error.retry_after, str(error))
        else:
            self._throttle.pause(error.retry_after, str(error))

    def _exchange(self, method: str, url: str, request: dict[str, Any]) -> Reply:
        reply = exchange(
            self._session,
            method,
            url,
            auth=self._auth,
            deadline=self._deadline,
            limit=self._limit,
            **request,
        )
        reply = replace(reply, secrets=self._auth.secrets())
        self._judge(reply)
        return reply


class PageTurn:
    """Guards a paging loop: a mark that keeps coming back would keep it going for ever."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._seen: Counter[str] = Counter()

    def to(self, mark: str) -> str:
        """Return the mark of the page to ask for next; raise `TransientError` if it is stuck."""
        self._seen[mark] += 1
        if self._seen[mark] > SAME_PAGE:
            raise TransientError(f"{place('reading', self._url)}: the paging turns in a circle")
        return mark


@contextmanager
def expected_shape(url: str) -> Iterator[None]:
    """Turn whatever breaks on JSON of an unknown shape into a `RejectedError`."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise RejectedError(
            f"{place('reading', url)}: JSON of an unknown shape ({type(error).__name__}); "
            "check base_url, or upgrade marketloop"
        ) from None


def check_status(reply: Reply) -> None:
    """Raise what the bare HTTP status means: for bodies that say nothing more."""
    if 200 <= reply.status < 300:
        return
    raise status_error(reply)


def status_error(reply: Reply) -> ConnectorError:
    """Return the error that a status stands for by itself."""
    what = f"{reply.where}: {reply.status}"
    if reply.status in RETRYABLE:
        return TransientError(f"{what}; may pass", retry_after(reply.headers))
    if reply.status == requests.codes.unauthorized:
        return TokenExpiredError(f"{what}; reconnect the account")
    if reply.status == requests.codes.forbidden:
        return RejectedError(f"{what}; check that the credential may use this account")
    if 300 <= reply.status < 400:
        return RejectedError(f"{what}; a redirect is not followed, check base_url")
    return RejectedError(f"{what}; the request itself is wrong")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a Retry-After header asks for: a number, or a date seen from `Date`."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        then, now = (parsedate_to_datetime(text) for text in (value, headers.get("Date", "")))
    except ValueError:
        return None
    return max(0.0, (then - now).total_seconds())
