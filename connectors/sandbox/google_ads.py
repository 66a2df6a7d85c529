"""Google Ads REST v26: token refresh, accounts, search and searchStream, changes, keyword ideas.

Base URL `<sandbox>/google`: `/token`, `/v26/customers:listAccessibleCustomers`,
`/v26/customers/<id>/googleAds:search` and `:searchStream`, `/v26/customers/<id>/<type>:mutate`
(types in `google_resources.py`), `/v26/customers/<id>:generateKeywordIdeas`. `returnSummaryRow` is
not known.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import orjson

from connectors.sandbox.cache import Cache
from connectors.sandbox.exchange import JSON, Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.gaql import QueryError, parse
from connectors.sandbox.google_errors import (
    GoogleError,
    PayloadError,
    injected,
    refusal,
    unreadable,
)
from connectors.sandbox.google_ideas import ideas
from connectors.sandbox.google_mutate import mutate
from connectors.sandbox.google_plan import plan
from connectors.sandbox.google_requests import read_mutate
from connectors.sandbox.google_resources import BY_COLLECTION
from connectors.sandbox.google_rows import Rows, camel_path, rows
from connectors.sandbox.google_values import Customer
from connectors.sandbox.world import World
from connectors.sandbox.writes import Author

PAGE_ROWS = 10_000
VERSION = "v26"
RESULTS_KEPT = 2_000_000  # rows of parsed queries
PAGES_KEPT = 256 * 1024 * 1024  # bytes of written pages

_CALL = re.compile(r"/customers/(\d+)(?:/(\w+))?:(\w+)")
AUTHOR = Author("google", "api@example.com", "GOOGLE_ADS_API")


class GoogleAds:
    """Answers requests whose path begins after `/google`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: Cache[Rows] = Cache(RESULTS_KEPT, len)
        self._pages: Cache[bytes] = Cache(PAGES_KEPT, len)

    def account_of(self, request: Request) -> str:
        """Return the customer a request is about, empty if it is about none."""
        match = re.search(r"/customers/(\d+)", request.path)
        return match.group(1) if match else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        if request.path == "/token":
            return self._token(request, fault)
        if fault is not None and fault.kind == "token_expired":
            self._world.tokens.expire()
        stream = request.path.endswith(":searchStream")
        request_id = self._world.request_id()
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            return self._routed(request, fault, request_id)
        except GoogleError as error:
            return refusal(error, request_id, stream=stream)
        except PayloadError as error:
            return unreadable(error, request_id)
        except QueryError as error:
            wrong = GoogleError(400, error.kind, error.code, str(error), trigger=error.trigger)
            return refusal(wrong, request_id, stream=stream)

    def _token(self, request: Request, fault: Fault | None) -> Response:
        form = request.form()
        if fault is not None and fault.kind == "status":
            return answer({"error": "internal_failure"}, fault.status)
        revoked = fault is not None and fault.kind == "token_revoked"
        if form.get("grant_type") != "refresh_token":
            return answer({"error": "unsupported_grant_type"}, 400)
        if revoked or not form.get("refresh_token"):
            description = "Token has been expired or revoked."
            return answer({"error": "invalid_grant", "error_description": description}, 400)
        token = {"access_token": self._world.tokens.issue(), "expires_in": 3599}
        return answer({**token, "token_type": "Bearer"})

    def _routed(self, request: Request, fault: Fault | None, request_id: str) -> Response:
        self._check_token(request)
        version, path = _split(request.path)
        if version != VERSION:
            raise GoogleError(
                400, "requestError", "UNSUPPORTED_VERSION", f"Version {version} is not supported."
            )
        if path == "/customers:listAccessibleCustomers" and request.method == "GET":
            names = [f"customers/{customer_id}" for customer_id in self._accessible()]
            return answer({"resourceNames": names}, headers={"request-id": request_id})
        match = _CALL.fullmatch(path)
        method = match.group(3) if match else ""
        if match is None or request.method != "POST" or not _is_known(match.group(2), method):
            return Response(
                404, b"<!DOCTYPE html><title>Error 404 (Not Found)</title>", "text/html"
            )
        customer = self._customer(match.group(1), request.headers.get("login-customer-id", ""))
        if method == "mutate":
            return self._mutate(match.group(2), request, customer, request_id)
        if method == "generateKeywordIdeas":
            return self._ideas(request, customer, request_id)
        return self._search(method, request, customer, fault, request_id)

    def _search(
        self,
        method: str,
        request: Request,
        customer: Customer,
        fault: Fault | None,
        request_id: str,
    ) -> Response:
        body = request.json()
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            code = "REQUIRED_FIELD_MISSING"
            raise GoogleError(400, "requestError", code, "Required field is missing: query.")
        found = self._found(body["query"], customer)
        if method == "searchStream":
            chunks = self._chunks(body["query"], found, customer, request_id, fault)
            return Response(200, chunks, JSON, {"request-id": request_id})
        return self._page(body, found, customer, request_id, fault)

    def _mutate(
        self, collection: str, request: Request, customer: Customer, request_id: str
    ) -> Response:
        if customer.account is None:
            code = "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT"
            raise GoogleError(400, "requestError", code, "A manager has no campaigns.")
        asked = read_mutate(collection, request.json())
        edits = self._world.market.edits
        with edits.lock:
            author = replace(AUTHOR, request_id=request_id)
            fresh = self._described(customer.customer_id)
            return mutate(asked, fresh, self._world.draft(customer.customer_id, author))

    def _ideas(self, request: Request, customer: Customer, request_id: str) -> Response:
        if customer.settings is None:
            code = "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT"
            raise GoogleError(400, "requestError", code, "A manager has no campaigns.")
        day = customer.clock
        found = ideas(request.json(), customer.settings.layout, day.year, day.month)
        return answer(found, headers={"request-id": request_id})

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        state = self._world.tokens.state(token) if scheme == "Bearer" else "unknown"
        if state != "good":
            expired = state == "expired"
            code = "OAUTH_TOKEN_EXPIRED" if expired else "OAUTH_TOKEN_INVALID"
            raise GoogleError(401, "authenticationError", code, "The OAuth token is not valid.")

    def _accessible(self) -> list[str]:
        scenario = self._world.market.scenario
        direct = [a.account_id for a in scenario.accounts("google_ads") if not a.manager_id]
        return [*scenario.managers, *direct]

    def _customer(self, customer_id: str, login: str) -> Customer:
        """Return the customer, if this login may see it."""
        scenario = self._world.market.scenario
        found = scenario.account(customer_id)
        if customer_id in scenario.managers and login in ("", customer_id):
            name = scenario.managers[customer_id]
            return Customer(customer_id, name, "EUR", "Europe/Berlin", None, self._world.clock)
        direct = found is not None and not found[1].manager_id and login in ("", customer_id)
        managed = found is not None and found[1].manager_id != "" and login == found[1].manager_id
        known = found is not None and found[1].platform == "google_ads"
        if not known or not (direct or managed):
            error = injected(Fault("permission_denied"))
            assert error is not None  # noqa: S101
            raise error
        return self._described(customer_id)

    def _described(self, customer_id: str) -> Customer:
        found = self._world.market.scenario.account(customer_id)
        assert found is not None  # noqa: S101
        brand, account = found
        return Customer(
            customer_id,
            account.name,
            account.currency,
            account.time_zone,
            account,
            self._world.clock,
            [i for i in self._world.market.scenario.incidents if i.account_id == customer_id],
            self._world.site(brand.name),
            self._world.settings(customer_id),
        )

    def _found(self, query: str, customer: Customer) -> Rows:
        scenario = self._world.market.scenario
        accounts = scenario.accounts("google_ads")
        mine = [a.account_id for a in accounts if a.manager_id == customer.customer_id]
        clients = [self._described(account_id) for account_id in mine]
        planned = plan(parse(query), customer)
        return self._rows.get(
            (customer.customer_id, query, customer.clock, _version(customer)),
            lambda: rows(planned, customer, clients, self._world),
        )

    def _written(self, query: str, found: Rows, customer: Customer, start: int) -> bytes:
        return self._pages.get(
            (customer.customer_id, query, customer.clock, _version(customer), start),
            lambda: found.render(start, start + PAGE_ROWS),
        )

    def _page(
        self,
        body: dict[str, Any],
        found: Rows,
        customer: Customer,
        request_id: str,
        fault: Fault | None,
    ) -> Response:
        if body.get("pageSize"):
            message = (
                "Setting the page size is not supported. Search Responses will have fixed page "
            )
            code = "PAGE_SIZE_NOT_SUPPORTED"
            raise GoogleError(400, "requestError", code, message + f"size of '{PAGE_ROWS}' rows.")
        settings = body.get("searchSettings") or {}
        start = _opened(str(body.get("pageToken") or ""), body["query"], customer, fault)
        again = fault is not None and fault.kind == "page_twice"
        following = start if again else start + PAGE_ROWS
        rest: dict[str, Any] = {"fieldMask": _mask(found)}
        if following < len(found):
            rest["nextPageToken"] = _token(following, body["query"], customer, again=again)
        if settings.get("returnTotalResultsCount"):
            rest["totalResultsCount"] = str(len(found))
        rest["queryResourceConsumption"] = str(len(found) // 10 + 1)
        results = b"" if settings.get("omitResults") else None
        if results is None:
            results = self._written(body["query"], found, customer, start)
        head = b'{"results":[' + results + b"]," if results else b"{"
        return Response(200, head + orjson.dumps(rest)[1:], JSON, {"request-id": request_id})

    def _chunks(
        self, query: str, found: Rows, customer: Customer, request_id: str, fault: Fault | None
    ) -> Iterator[bytes]:
        """Write the stream: an array of chunks, the empty answer being one without results."""
        rest: dict[str, Any] = {"fieldMask": _mask(found), "requestId": request_id}
        starts = list(range(0, len(found), PAGE_ROWS)) or [0]
        if fault is not None and fault.kind == "page_twice":
            starts.insert(0, 0)
        before = b"["
        for start in starts:
            results = self._written(query, found, customer, start)
            if start == starts[-1]:
                rest["queryResourceConsumption"] = str(len(found) // 10 + 1)
            head = b'{"results":[' + results + b"]," if results else b"{"
            yield before + head + orjson.dumps(rest)[1:]
            before = b","
        yield b"]"


def _is_known(collection: str | None, method: str) -> bool:
    """Tell whether there is such a method."""
    if collection is None:
        return method == "generateKeywordIdeas"
    if method == "mutate":
        return collection == "googleAds" or collection in BY_COLLECTION
    return collection == "googleAds" and method in ("search", "searchStream")


def _version(customer: Customer) -> int:
    """Return how often the customer was changed: what was made before is no longer true."""
    return 0 if customer.settings is None else customer.settings.source.version


def _split(path: str) -> tuple[str, str]:
    first, _, rest = path.lstrip("/").partition("/")
    return first, "/" + rest


def _mask(found: Rows) -> str:
    return ",".join(camel_path(name) for name in found.plan.query.select)


def _digest(query: str, customer: Customer) -> str:
    return blake2b(f"{customer.customer_id} {query}".encode(), digest_size=6).hexdigest()


def _token(start: int, query: str, customer: Customer, *, again: bool) -> str:
    text = f"{_digest(query, customer)}/{customer.clock}/{start}/{'again' if again else ''}"
    return urlsafe_b64encode(text.encode()).decode()


def _opened(token: str, query: str, customer: Customer, fault: Fault | None) -> int:
    """Return where the page begins; raise if the token is foreign or too old."""
    if not token:
        return 0
    try:
        digest, clock, start, _ = urlsafe_b64decode(token).decode().split("/")
    except ValueError:
        digest, clock, start = "", "", "0"
    if digest != _digest(query, customer):
        code = "INVALID_PAGE_TOKEN"
        raise GoogleError(400, "requestError", code, "The page token is invalid.")
    expired = fault is not None and fault.kind == "page_token_expired"
    if expired or clock != str(customer.clock):
        code = "EXPIRED_PAGE_TOKEN"
        raise GoogleError(400, "requestError", code, "The page token has expired.")
    return int(start)
