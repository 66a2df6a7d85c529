"""LinkedIn's REST API for organisations' pages: posts, images, comments, organic statistics.

A base URL is `<sandbox>/linkedin`; tokens are renewed at `<sandbox>/linkedin/oauth/v2/accessToken`.
A throttle with `error="DAY"` names the day's limit; no answer ever names a wait. Source: LinkedIn's
Community Management documentation; what is field practice or unverified says so where it is done.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.social.linkedin_comments import Comments
from connectors.sandbox.social.linkedin_images import UPLOADS, Images
from connectors.sandbox.social.linkedin_posts import Posts
from connectors.sandbox.social.linkedin_statistics import Statistics
from connectors.sandbox.social.linkedin_wire import (
    RefusalError,
    author_of,
    check_headers,
    decoded,
    fault_response,
)
from connectors.sandbox.social.world import Key, SocialWorld
from connectors.sandbox.world import World

TOKEN_PATH = "/oauth/v2/accessToken"  # noqa: S105  an address
LIFE = 5_184_000
ORGANIZATION = re.compile(r"(?:urn(?::|%3A)li(?::|%3A)organization(?::|%3A)|/organizations/)(\d+)")

Route = Callable[[Request, Mapping[str, Any], Key, tuple[str, ...]], Response]


class Part:
    """The simulated LinkedIn."""

    def __init__(self, world: World, social: SocialWorld) -> None:
        self._world = world
        self._social = social
        self._renewed: set[str] = set()
        self._images = Images(world, social)
        self._posts = Posts(social, self._images)
        self._comments = Comments(social, self._posts)
        self._statistics = Statistics(social, self._posts)
        self._routes = self._table()

    def account_of(self, request: Request) -> str:
        """Return the organisation that a call is about: the one it names, or whose the thing is."""
        if request.path.startswith(UPLOADS):
            return str((self._images.at(request.path) or {}).get("owner", ""))
        named = (request.path, request.query_string, author_of(request.json()))
        if match := next(filter(None, map(ORGANIZATION.search, named)), None):
            return match[1]
        path = unquote(request.path)
        owner = self._images.owner(path) or self._posts.owner(path)
        return owner or next(iter(self._accounts(request)), "")

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a call; every answer has an id for LinkedIn's support."""
        try:
            response = self._answer(request, fault)
        except RefusalError as refusal:
            response = refusal.response
        headers = {"x-li-request-id": self._world.request_id(), "x-li-fabric": "sandbox"}
        return replace(response, headers={**headers, **response.headers})

    def _answer(self, request: Request, fault: Fault | None) -> Response:
        if request.path == TOKEN_PATH:
            return self._renew(request, fault)
        if (failed := fault_response(fault)) is not None:
            return failed
        accounts = self._accounts(request)
        if not accounts:
            raise RefusalError(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if request.path.startswith(UPLOADS) and request.method == "PUT":
            return self._images.put(request)
        check_headers(request, self._world.clock)
        account = self.account_of(request)
        if account not in accounts:
            what = "Not enough permissions to access: organization"
            raise RefusalError(403, "ACCESS_DENIED", what, 100)
        query = decoded(request.query_string)
        for method, pattern, route in self._routes:
            if request.method == method and (match := pattern.fullmatch(request.path)):
                parts = tuple(unquote(part) for part in match.groups())
                return route(request, query, ("linkedin", account), parts)
        raise RefusalError(
            404, "RESOURCE_NOT_FOUND", f"No virtual resource found at {request.path}"
        )

    def _accounts(self, request: Request) -> list[str]:
        """Return the organisations that a token may act for."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return [
            one.account_id
            for one in self._social.accounts.values()
            if one.network == "linkedin" and (one.token == token or token in self._renewed)
        ]

    def _renew(self, request: Request, fault: Fault | None) -> Response:
        """Answer the token endpoint."""
        if fault is not None and fault.kind == "status":
            return fault_response(fault) or Response(fault.status, b"")
        form = request.form()
        whole = all(form.get(name) for name in ("refresh_token", "client_id", "client_secret"))
        if (fault is not None and fault.kind == "token_revoked") or not whole:
            error = "The provided authorization grant or refresh token is invalid"
            return answer({"error": "invalid_grant", "error_description": error}, 400)
        token = f"AQX-sandbox-{self._social.number()}"
        self._renewed.add(token)
        body = {"access_token": token, "expires_in": LIFE, "refresh_token": form["refresh_token"]}
        return answer(body)

    def _organization(self, key: Key) -> Response:
        name = self._social.accounts[key].name
        vanity = name.lower().replace(" ", "-")
        return answer({"id": int(key[1]), "localizedName": name, "vanityName": vanity})

    def _initialize(self, request: Request, query: Mapping[str, Any], key: Key) -> Response:
        if query.get("action") != "initializeUpload":
            raise RefusalError(400, "ILLEGAL_ARGUMENT", "There is no such action")
        return self._images.initialize(request, key)

    def _table(self) -> list[tuple[str, re.Pattern[str], Route]]:
        """Return what is asked for, and who answers."""
        posts, images, said, told = self._posts, self._images, self._comments, self._statistics
        one, comments = "([^/]+)", "/rest/socialActions/([^/]+)/comments"
        statistics = "/rest/organizationalEntity(?:{})Statistics"
        table: list[tuple[str, str, Route]] = [
            ("GET", f"/rest/organizations/{one}", lambda r, q, k, p: self._organization(k)),
            ("GET", f"/rest/networkSizes/{one}", lambda r, q, k, p: told.followers(q, k)),
            ("GET", statistics.format("Share"), lambda r, q, k, p: told.of_shares(q, k)),
            ("GET", statistics.format("Follower"), lambda r, q, k, p: told.of_followers(q, k)),
            ("GET", "/rest/posts", lambda r, q, k, p: posts.by_author(r, q, k)),
            ("POST", "/rest/posts", lambda r, q, k, p: posts.create(r, k)),
            ("GET", f"/rest/posts/{one}", lambda r, q, k, p: posts.get(p[0], k)),
            ("DELETE", f"/rest/posts/{one}", lambda r, q, k, p: posts.delete(p[0], k)),
            ("POST", "/rest/images", lambda r, q, k, p: self._initialize(r, q, k)),
            ("GET", f"/rest/images/{one}", lambda r, q, k, p: images.get(p[0], k)),
            ("GET", comments, lambda r, q, k, p: said.under(r, q, p[0], k)),
            ("POST", comments, lambda r, q, k, p: said.create(r, p[0], k)),
            ("GET", f"{comments}/{one}", lambda r, q, k, p: said.get(p[0], p[1], k)),
            ("DELETE", f"{comments}/{one}", lambda r, q, k, p: said.delete(q, p[0], p[1], k)),
        ]  # fmt: skip
        return [(method, re.compile(path), route) for method, path, route in table]
