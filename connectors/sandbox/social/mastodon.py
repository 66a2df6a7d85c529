"""Mastodon API v1 and v2: our account, statuses, answers, pictures, mentions, hashtags, search.

Base URL `<sandbox>/mastodon`. A call is made by the account whose token it shows, on the server
that the account's id names (`@name@server`). The text of a status is kept in the shared world as
readers see it. Other people are told of only as authors, of answers and of public posts; boosts and
direct messages are not simulated. Parameters, pictures, people, limits and rendering have files of
their own, `mastodon_*.py`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.social import mastodon_media
from connectors.sandbox.social.mastodon_errors import MastodonError, injected, not_found
from connectors.sandbox.social.mastodon_instance import instance, languages, old_instance
from connectors.sandbox.social.mastodon_limits import Limits, dated, told
from connectors.sandbox.social.mastodon_people import account_entity
from connectors.sandbox.social.mastodon_posting import Keys, post, snowflake
from connectors.sandbox.social.mastodon_public import found, tagged
from connectors.sandbox.social.mastodon_statuses import Status, Statuses
from connectors.sandbox.social.world import SocialAccount, SocialWorld, hash_of
from connectors.sandbox.world import World

USUAL, MOST = 20, 40
"""How many statuses a page has, and at most."""

Answer = Callable[["Part", Request, Statuses, str, Fault | None], Response]


class Part:
    """Answers requests whose path begins after `/mastodon`."""

    def __init__(self, world: World, social: SocialWorld) -> None:
        self._world = world
        self.social = social
        self.keys: Keys = {}
        self._limits = Limits()
        self._deleted: set[str] = set()

    def account_of(self, request: Request) -> str:
        """Return the account whose token a request shows, empty if it is nobody's."""
        account = self._account(request)
        return account.account_id if account else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        now = self._world.moment()
        headers = {**dated(now), "X-Request-Id": self._world.request_id()}
        who = self.account_of(request)
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            response = self._routed(request, who, now, fault)
            headers |= self._limits.headers(who, request, now, fault)
        except MastodonError as error:
            response = error.response
            if error.wait is not None:
                headers |= told(300, 0, now + timedelta(seconds=error.wait))
        given = {**headers, **response.headers}
        return Response(response.status, response.body, response.content_type, given)

    def link(self, path: str, query: Mapping[str, str], newest: str, last: str) -> dict[str, str]:
        """Return the header that leads to the pages around this one."""
        kept = {name: value for name, value in query.items() if not name.endswith("_id")}
        place = f"{self._world.url}/mastodon{path}"
        links = {"next": ("max_id", last), "prev": ("min_id", newest)}
        told_ = [
            f'<{place}?{urlencode({**kept, name: mark})}>; rel="{rel}"'
            for rel, (name, mark) in links.items()
            if mark
        ]
        return {"Link": ", ".join(told_)} if told_ else {}

    def statuses(self, account: SocialAccount) -> Statuses:
        """Return what an account sees."""
        return Statuses(self.social, account, self._deleted)

    def _account(self, request: Request) -> SocialAccount | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        ours = (one for one in self.social.accounts.values() if one.network == "mastodon")
        return next((one for one in ours if token and one.token == token), None)

    def _routed(self, request: Request, who: str, now: datetime, fault: Fault | None) -> Response:
        for method, path, answered in ROUTES:
            match = re.fullmatch(path, request.path.rstrip("/"))
            if match is None or method != request.method:
                continue
            account = self._account(request)
            if account is None:
                raise MastodonError(401, "The access token is invalid")
            self._limits.use(who, request, now)
            with self.social.lock:
                part = match.group(1) if match.re.groups else ""
                return answered(self, request, self.statuses(account), part, fault)
        raise not_found()


def _instance(_: Part, __: Request, statuses: Statuses, *___: Any) -> Response:
    return answer(instance(statuses.people.server))


def _old_instance(_: Part, __: Request, statuses: Statuses, *___: Any) -> Response:
    return answer(old_instance(statuses.people.server))


def _languages(*_: Any) -> Response:
    return answer(languages())


def _me(part: Part, _: Request, statuses: Statuses, *__: Any) -> Response:
    entity = account_entity(statuses.people.us, part.social.now())
    source = {"privacy": "public", "sensitive": False, "language": None, "note": "", "fields": []}
    return answer({**entity, "source": source})


def _lookup(part: Part, request: Request, statuses: Statuses, *_: Any) -> Response:
    person = statuses.people.find(request.query.get("acct", ""))
    if person is None:
        raise not_found()
    return answer(account_entity(person, part.social.now()))


def _timeline(
    part: Part, request: Request, statuses: Statuses, who: str, fault: Fault | None
) -> Response:
    """Tell our statuses, newest first. Answers to ourselves are no replies to the server."""
    us = statuses.people.us
    if who != us.id:
        raise not_found()
    alone = request.query.get("exclude_replies") in ("true", "1")
    ours = [one for one in statuses.everything() if one.author == us]
    if alone:
        ours = [one for one in ours if one.answered in (None, us)]
    ours.sort(key=lambda one: (one.at, one.id), reverse=True)
    return _listed(part, request, statuses, ours, fault)


def _listed(
    part: Part, request: Request, statuses: Statuses, ordered: list[Status], fault: Fault | None
) -> Response:
    """Tell a page of statuses that are ordered, the newest first."""
    size = min(MOST, int(request.query.get("limit", USUAL)))
    page = _after(ordered, request.query.get("max_id", ""))[:size]
    rows = [statuses.entity(one) for one in page]
    last = page[-1].id if len(page) == size else ""
    if fault is not None and fault.kind == "page_twice" and page:
        last = request.query.get("max_id") or str(int(page[0].id) + 1)
    newest = page[0].id if page else ""
    return answer(rows, headers=part.link(request.path, request.query, newest, last))


def _after(ordered: list[Status], mark: str) -> list[Status]:
    """Return what comes after a status, newest first; by its moment if it is gone."""
    if not mark:
        return ordered
    for place, one in enumerate(ordered):
        if one.id == mark:
            return ordered[place + 1 :]
    return [one for one in ordered if int(snowflake(one.at, 0)) < int(mark)]


def _hashtag(
    part: Part, request: Request, statuses: Statuses, tag: str, fault: Fault | None
) -> Response:
    return _listed(part, request, statuses, tagged(part.social, statuses, unquote(tag)), fault)


def _search(part: Part, request: Request, statuses: Statuses, *_: Any) -> Response:
    """Tell what a text is found in; accounts and hashtags are not searched here."""
    query = request.query
    if query.get("q", "") == "":
        raise MastodonError(400, "param is missing or the value is empty: q")
    hits = found(part.social, statuses, query["q"]) if query.get("type") == "statuses" else []
    start, size = int(query.get("offset", 0)), min(MOST, int(query.get("limit", USUAL)))
    rows = [statuses.entity(one) for one in hits[start : start + size]]
    return answer({"accounts": [], "statuses": rows, "hashtags": []})


def _post(part: Part, request: Request, statuses: Statuses, *_: Any) -> Response:
    return answer(statuses.entity(post(part.social, statuses, request, part.keys)))


def _status(_: Part, __: Request, statuses: Statuses, status_id: str, *___: Any) -> Response:
    return answer(statuses.entity(_found(statuses, status_id)))


def _context(_: Part, __: Request, statuses: Statuses, status_id: str, *___: Any) -> Response:
    status = _found(statuses, status_id)
    above: list[Status] = []
    before = statuses.find(status.answers)
    while before is not None:
        above.insert(0, before)
        before = statuses.find(before.answers)
    below = statuses.descendants(status)
    return answer({
        "ancestors": [statuses.entity(one) for one in above],
        "descendants": [statuses.entity(one) for one in below],
    })  # fmt: skip


def _delete(_: Part, __: Request, statuses: Statuses, status_id: str, *___: Any) -> Response:
    """Delete one of our statuses; its source comes back instead of its HTML."""
    status = _found(statuses, status_id)
    if status.author != statuses.people.us:
        raise not_found()
    entity = statuses.entity(status)
    statuses.delete(status)
    del entity["content"]
    return answer({**entity, "text": status.text})


def _found(statuses: Statuses, status_id: str) -> Status:
    if (status := statuses.find(status_id)) is None:
        raise not_found()
    return status


def _upload(part: Part, request: Request, statuses: Statuses, *_: Any) -> Response:
    return mastodon_media.upload(part.social, statuses.key[1], request)


def _look(part: Part, _: Request, statuses: Statuses, media_id: str, *__: Any) -> Response:
    return mastodon_media.look(part.social, statuses.key[1], media_id)


def _notifications(part: Part, request: Request, statuses: Statuses, *_: Any) -> Response:
    """Tell who mentioned us, newest first. There is a further page until one is empty."""
    us, query = statuses.people.us, request.query
    told_ = [one for one in statuses.everything() if one.author != us]
    marked = sorted(((_mark(one), one) for one in told_), key=lambda pair: -pair[0])
    size = min(2 * MOST, int(query.get("limit", MOST)))
    before = int(query.get("max_id") or 2**63)
    page = [(mark, one) for mark, one in marked if mark < before][:size]
    rows = [_notification(statuses, mark, one, part.social.now()) for mark, one in page]
    newest, last = (str(page[0][0]), str(page[-1][0])) if page else ("", "")
    return answer(rows, headers=part.link(request.path, query, newest, last))


def _mark(status: Status) -> int:
    """Return a notification's id."""
    return int(snowflake(status.at, hash_of(status.id)))


def _notification(statuses: Statuses, mark: int, status: Status, now: datetime) -> dict[str, Any]:
    entity = statuses.entity(status)
    return {
        "id": str(mark),
        "type": "mention",
        "created_at": entity["created_at"],
        "group_key": f"ungrouped-{mark}",
        "account": account_entity(status.author, now),
        "status": entity,
    }


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/api/v2/instance", _instance),
    ("GET", "/api/v1/instance", _old_instance),
    ("GET", "/api/v1/instance/languages", _languages),
    ("GET", "/api/v1/accounts/verify_credentials", _me),
    ("GET", "/api/v1/accounts/lookup", _lookup),
    ("GET", r"/api/v1/accounts/(\d+)/statuses", _timeline),
    ("POST", "/api/v1/statuses", _post),
    ("GET", r"/api/v1/statuses/(\w+)", _status),
    ("GET", r"/api/v1/statuses/(\w+)/context", _context),
    ("DELETE", r"/api/v1/statuses/(\w+)", _delete),
    ("POST", "/api/v2/media", _upload),
    ("GET", r"/api/v1/media/(\w+)", _look),
    ("GET", "/api/v1/notifications", _notifications),
    ("GET", r"/api/v1/timelines/tag/([^/]+)", _hashtag),
    ("GET", "/api/v2/search", _search),
)
