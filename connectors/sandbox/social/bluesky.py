"""Bluesky over XRPC: `<sandbox>/bluesky/xrpc/<method>` is an account's server and the AppView both.

An account signs in with its handle or DID and the token of its `SocialAccount` as the app password.
Posts are checked like the real server checks them; `StoredPost.details` has the record that was
sent and, as `marked`, what of its text readers can click on.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.social.bluesky_errors import RefusedError, faulty, refusal
from connectors.sandbox.social.bluesky_ids import did_of, handle_of, parts_of
from connectors.sandbox.social.bluesky_limits import Limits
from connectors.sandbox.social.bluesky_network import Network
from connectors.sandbox.social.bluesky_repo import Repo
from connectors.sandbox.social.bluesky_sessions import Sessions
from connectors.sandbox.social.bluesky_views import Views
from connectors.sandbox.social.world import SocialAccount, SocialWorld
from connectors.sandbox.world import World

SIGN_IN, REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"

Call = Callable[[Request], Response]


class Part:
    """Answers for every account on Bluesky. `limited`: with the real server's limits."""

    def __init__(self, world: World, social: SocialWorld, *, limited: bool = False) -> None:
        self._social = social
        self._network = Network(social)
        self._repo = Repo(self._network)
        self._views = Views(self._network)
        self._sessions = Sessions()
        self._limits = Limits() if limited else None
        self._calls = self._reads() | self._writes()

    def account_of(self, request: Request) -> str:
        """Return the account that signs in, shows its token, or is asked about."""
        body = request.json()
        told = body if isinstance(body, dict) else {}
        owner = self._sessions.owner(_token(request))
        names = [owner, told.get("identifier"), told.get("repo")]
        names += [request.query.get(key) for key in ("repo", "actor", "actors")]
        names += [parts_of(request.query.get(key, ""))[0] for key in ("uri", "uris")]
        found = (self._network.account(str(name)) for name in names if name)
        account = next(filter(None, found), None)
        return account.account_id if account else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request."""
        method = request.path.removeprefix("/xrpc/")
        with self._social.lock:
            self._network.look_again()
            if fault is not None and (response := self._broken(request, method, fault)):
                return response
            if self._limits is not None:
                name, now = self.account_of(request), self._social.now()
                if response := self._limits.refuse(method, name, now):
                    return response
            try:
                return self._called(request, method)
            except RefusedError as error:
                return error.response

    def _called(self, request: Request, method: str) -> Response:
        verb, call = self._calls.get(method, ("", None))
        if call is None:
            return refusal(501, "MethodNotImplemented", "Method Not Implemented")
        if request.method != verb:
            raise RefusedError(f"Incorrect HTTP method ({request.method}) expected {verb}")
        return call(request)

    def _broken(self, request: Request, method: str, fault: Fault) -> Response | None:
        """Return what a fault answers. Dead tokens are dead for good; a new session is not."""
        did, now = self._sessions.owner(_token(request)), self._social.now()
        if fault.kind == "token_expired":
            self._sessions.expire(did, now)
        if fault.kind == "token_revoked":
            self._sessions.expire(did, now, refresh=True)
            if method == SIGN_IN:
                return _wrong_password().response
        return faulty(fault)

    def _reads(self) -> dict[str, tuple[str, Call]]:
        repo, views = self._repo, self._views
        calls: dict[str, Call] = {
            "com.atproto.server.getSession": self._whoami,
            "com.atproto.repo.getRecord": lambda asked: repo.get(asked.query),
            "com.atproto.repo.listRecords": lambda asked: repo.list(asked.query),
            "com.atproto.identity.resolveHandle": lambda asked: repo.resolve(asked.query),
            "app.bsky.feed.getPosts": lambda asked: views.posts(_many(asked, "uris")),
            "app.bsky.feed.getPostThread": lambda asked: views.thread(asked.query),
            "app.bsky.actor.getProfile": lambda asked: views.profile(asked.query.get("actor", "")),
            "app.bsky.actor.getProfiles": lambda asked: views.profiles(_many(asked, "actors")),
            "app.bsky.notification.listNotifications": self._notifications,
            "app.bsky.feed.searchPosts": self._search,
        }
        return {method: ("GET", call) for method, call in calls.items()}

    def _writes(self) -> dict[str, tuple[str, Call]]:
        def signed(write: Callable[[SocialAccount, Mapping[str, Any]], Response]) -> Call:
            return lambda sent: write(self._signed_in(sent), _body(sent))

        calls: dict[str, Call] = {
            SIGN_IN: self._sign_in,
            REFRESH: self._refresh,
            "com.atproto.repo.putRecord": signed(self._repo.put),
            "com.atproto.repo.createRecord": signed(self._repo.create),
            "com.atproto.repo.deleteRecord": signed(self._repo.delete),
            "com.atproto.repo.uploadBlob": self._upload,
        }
        return {method: ("POST", call) for method, call in calls.items()}

    def _notifications(self, request: Request) -> Response:
        return self._views.notifications(self._signed_in(request), request.query)

    def _search(self, request: Request) -> Response:
        self._signed_in(request)
        return self._views.search(request.query)

    def _sign_in(self, request: Request) -> Response:
        body = _body(request)
        account = self._network.account(str(body.get("identifier", "")))
        if account is None or body.get("password") != account.token:
            raise _wrong_password()
        did = did_of(account.account_id)
        return answer({**self._sessions.open(did, self._social.now()), **_whose(account)})

    def _refresh(self, request: Request) -> Response:
        did, tokens = self._sessions.rotate(_token(request), self._social.now())
        return answer({**tokens, **_whose(self._known(did))})

    def _whoami(self, request: Request) -> Response:
        return answer(_whose(self._signed_in(request)))

    def _upload(self, request: Request) -> Response:
        self._signed_in(request)
        return self._repo.upload(request)

    def _signed_in(self, request: Request) -> SocialAccount:
        return self._known(self._sessions.signed_in(_token(request), self._social.now()))

    def _known(self, did: str) -> SocialAccount:
        account = self._network.account(did)
        if account is None:
            raise RefusedError("Account not found", "AccountNotFound", 403)
        return account


def _wrong_password() -> RefusedError:
    return RefusedError("Invalid identifier or password", "AuthenticationRequired", 401)


def _whose(account: SocialAccount) -> dict[str, Any]:
    did, handle = did_of(account.account_id), handle_of(account.account_id)
    return {"did": did, "handle": handle, "emailConfirmed": True, "active": True}


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _many(request: Request, name: str) -> list[str]:
    """Return all values of a parameter that may come several times."""
    return [value for key, value in parse_qsl(request.query_string) if key == name]


def _body(request: Request) -> Mapping[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise RefusedError("Unexpected end of JSON input", "SyntaxError")
    return body
