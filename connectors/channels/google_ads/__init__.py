"""Google Ads over REST, API v26 (released 2026-10-14, its sunset is expected in November 2027).

Money arrives as micros, 64-bit numbers as strings, `conversions_value` in whole currency units.
Days are those of the account's time zone and reach back 37 months. Conversions are booked on the
day of the click until the conversion window closes: 30 days by default, so that many days may
still change. Impression shares are clamped: 0.0999 means "below 10 %", a lost share of 0.9001
"above 90 %"; they stay as they are. A field that does not apply is absent and becomes NaN.

Reads use `search`, not `searchStream`. Both cost one operation however many rows come. A stream is
one JSON array for the whole answer: to hold less than all of it needs a parser of partial JSON,
and a connection cut at the end means starting again. A page of 10,000 rows holds memory flat,
and only that page is asked for again.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Annotated

import pandas as pd
import requests
from pydantic import AfterValidator, BaseModel, SecretStr, StringConstraints, model_validator

from config.models import Level, Name
from connectors.base import CORE_METRICS, Account, Entity, RejectedError, Throttle, Window
from connectors.channels.google_ads import queries
from connectors.channels.google_ads.errors import StalePageError, judge
from connectors.channels.google_ads.rows import Row, to_account, to_entities, to_frame
from connectors.google_token import GoogleToken, of_service_account, of_user
from connectors.http import Http, PageTurn, expected_shape

log = logging.getLogger(__name__)

VERSION = "v26"
SCOPE = "https://www.googleapis.com/auth/adwords"
READ_TIMEOUT = 120.0
RESTARTS = 2
"""How often a query is begun again because its page token ran out."""

CustomerId = Annotated[
    str,
    StringConstraints(pattern=r"^\d{3}-?\d{3}-?\d{4}$"),
    AfterValidator(lambda text: text.replace("-", "")),
]
MetricField = Annotated[str, StringConstraints(pattern=r"^metrics\.[a-z][a-z0-9_]{0,99}$")]


class Options(BaseModel, extra="forbid", frozen=True):
    """How to reach one customer: by a refresh token or by a service account."""

    account_id: CustomerId
    """Ten digits, with or without hyphens."""
    client_id: str = ""
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    service_account: SecretStr | None = None
    """The key file's JSON text, instead of the three above."""
    login_customer_id: CustomerId | None = None
    """The manager account, when access comes through one."""
    developer_token: SecretStr | None = None
    """Ignored by Google since 2026-09-09; access belongs to the Cloud project."""
    metrics: dict[Name, MetricField] = {}
    """Metrics beyond the core ones: our name to Google's field."""
    base_url: str = "https://googleads.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address

    @model_validator(mode="after")
    def _one_credential(self) -> "Options":
        by_token = bool(self.client_id and self.client_secret and self.refresh_token)
        if by_token == bool(self.service_account):
            raise ValueError(
                "give either client_id, client_secret and refresh_token, or service_account"
            )
        if taken := sorted(set(self.metrics) & set(CORE_METRICS)):
            raise ValueError(f"metrics: {', '.join(taken)} is built in")
        return self


class Connector:
    """One Google Ads customer."""

    restatement_days = 30

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        session = session or requests.Session()
        self._options = options
        self.account_id = options.account_id
        self._url = f"{options.base_url.rstrip('/')}/{VERSION}"
        self._http = Http(session, auth=_token(options, session), judge=judge, throttle=throttle)
        log.debug("Google Ads API %s, sunset expected in November 2027", VERSION)

    def account(self) -> Account:
        """Return the customer. Raises `RejectedError` for a manager, which has no figures."""
        for rows in self._search(queries.listing("account"), self.account_id):
            with expected_shape(self._url):
                account = to_account(rows[0]["customer"])
            if rows[0]["customer"].get("manager"):
                raise RejectedError(
                    f"Google Ads {self.account_id} is a manager account; name an account below it"
                )
            return account
        raise RejectedError(f"Google Ads {self.account_id}: no such customer; check account_id")

    def accounts_under_manager(self) -> Iterator[list[Account]]:
        """Yield pages of the enabled accounts below `login_customer_id`, managers left out."""
        manager = self._options.login_customer_id or self.account_id
        for rows in self._search(queries.CLIENTS, manager):
            with expected_shape(self._url):
                clients = [row["customerClient"] for row in rows]
                page = [to_account(client) for client in clients if not client.get("manager")]
            yield page

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities, level after level."""
        labels = self._labels()
        for level in levels:
            for rows in self._search(queries.listing(level), self.account_id):
                with expected_shape(self._url):
                    page = to_entities(rows, level, labels)
                yield page

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield one frame per page. A metric that Google lacks at this level has no column."""
        if breakdown:
            raise RejectedError(f"google_ads has no breakdown {breakdown!r}; leave it out")
        metrics = queries.available(self._options.metrics, level)
        query = queries.figures(level, window, tuple(metrics.values()))
        for rows in self._search(query, self.account_id):
            with expected_shape(self._url):
                page = to_frame(rows, level, metrics)
            yield page

    def _labels(self) -> dict[str, str]:
        """Return the account's labels: resource name to name."""
        names: dict[str, str] = {}
        for rows in self._search(queries.LABELS, self.account_id):
            with expected_shape(self._url):
                names |= {row["label"]["resourceName"]: row["label"]["name"] for row in rows}
        return names

    def _search(self, query: str, customer: str) -> Iterator[list[Row]]:
        """Yield the query's pages; from the start again if a page token runs out on the way.

        Rows that were already yielded then come twice, which replaces and never adds.
        """
        for restarts_left in reversed(range(RESTARTS + 1)):
            try:
                yield from self._pages(query, customer)
            except StalePageError:
                if not restarts_left:
                    raise
                log.info("Google Ads %s: a page token ran out; beginning again", customer)
            else:
                return

    def _pages(self, query: str, customer: str) -> Iterator[list[Row]]:
        url = f"{self._url}/customers/{customer}/googleAds:search"
        headers = _headers(self._options)
        body = {"query": query}
        turn = PageTurn(url)
        while True:
            page = self._http.read(
                "POST", url, body=body, headers=headers, read_timeout=READ_TIMEOUT
            )
            with expected_shape(url):
                rows, token = page.get("results", []), page.get("nextPageToken")
            if rows:
                yield rows
            if not token:
                return
            body = {"query": query, "pageToken": turn.to(token)}


def _token(options: Options, session: requests.Session) -> GoogleToken:
    if options.service_account:
        key = options.service_account.get_secret_value()
        return of_service_account(session, key, options.token_url, SCOPE)
    return of_user(
        session,
        client_id=options.client_id,
        client_secret=_reveal(options.client_secret),
        refresh_token=_reveal(options.refresh_token),
        token_url=options.token_url,
        scope=SCOPE,
    )


def _headers(options: Options) -> dict[str, str]:
    headers = {
        "login-customer-id": options.login_customer_id,
        "developer-token": _reveal(options.developer_token),
    }
    return {name: value for name, value in headers.items() if value}


def _reveal(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
