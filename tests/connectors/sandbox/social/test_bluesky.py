"""Simulated Bluesky says what the real server says: its records, errors, sessions and limits.

Every sentence here was said by @atproto/pds 0.5.35 to the same call (`tests/live` asks it again).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.sandbox import small
from connectors.sandbox.exchange import Request, Response
from connectors.sandbox.faults import Fault
from connectors.sandbox.market import Market
from connectors.sandbox.social import SocialAccount, SocialWorld
from connectors.sandbox.social.bluesky import Part
from connectors.sandbox.social.bluesky_ids import did_of, handle_of
from connectors.sandbox.world import World

from .bluesky_wrong import PNG, WRONG, WRONG_CALLS, facet, images, post

SHOP, PASSWORD = "shop.example", "app-password"
DID = did_of(SHOP)
KEY = "3mabcabcabc2b"
LISTED = {"repo": DID, "collection": "app.bsky.feed.post"}


class Caller:
    """Calls the part as an account's client does, without HTTP."""

    def __init__(self, *, limited: bool = False) -> None:
        self.social = SocialWorld([SocialAccount("bluesky", SHOP, "The Shop", token=PASSWORD)])
        self.world = World(Market(small(), 1), date(2026, 11, 2))
        self.social.now = self.world.moment
        self.part = Part(self.world, self.social, limited=limited)
        self.token = ""

    def call(
        self, verb: str, method: str, body: Any = None, *, fault: Fault | None = None, **query: str
    ) -> Response:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {"content-type": "image/png" if isinstance(body, bytes) else "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        text = "&".join(f"{key}={value}" for key, value in query.items())
        request = Request(verb, f"/xrpc/{method}", query, headers, content, text)
        return self.part.respond(request, fault)

    def sign_in(self, identifier: str = SHOP, password: str = PASSWORD) -> dict[str, Any]:
        body = {"identifier": identifier, "password": password}
        return said(self.call("POST", "com.atproto.server.createSession", body))

    def write(self, what: str, record: Any = ..., **more: Any) -> tuple[int, dict[str, Any]]:
        where = {"repo": DID, "collection": "app.bsky.feed.post", "rkey": KEY}
        body = {**where, "record": record, **more}
        body = {key: value for key, value in body.items() if value is not ...}
        answer = self.call("POST", f"com.atproto.repo.{what}", body)
        return answer.status, said(answer)

    def pass_(self, **span: float) -> None:
        moment = self.world.moment() + timedelta(**span)
        self.world.clock, self.world.minute = moment.date(), moment.hour * 60 + moment.minute


def said(answer: Response) -> dict[str, Any]:
    assert isinstance(answer.body, bytes)
    return orjson.loads(answer.body)


@pytest.fixture
def caller():
    made = Caller()
    made.token = made.sign_in()["accessJwt"]
    return made


@pytest.mark.parametrize(("record", "sentence"), WRONG, ids=lambda value: str(value)[-60:])
def test_a_wrong_record_is_refused_with_the_servers_sentence(caller, record, sentence):
    status, body = caller.write("putRecord", record)
    expected = f"Invalid app.bsky.feed.post record: {sentence}"
    assert (status, body) == (400, {"error": "InvalidRequest", "message": expected})
    assert caller.social.log == []


@pytest.mark.parametrize(("sent", "expected"), WRONG_CALLS, ids=lambda value: str(value)[-60:])
def test_a_wrong_call_is_refused_too(caller, sent, expected):
    sent = {"record": post(), **sent}
    status, body = caller.write("putRecord", **sent)
    assert (status, body["error"], body["message"]) == expected


def test_a_record_is_put_once(caller):
    status, made = caller.write("putRecord", post())
    assert (status, sorted(made)) == (200, ["cid", "commit", "uri", "validationStatus"])
    assert caller.write("putRecord", post()) == (
        200,
        {"uri": made["uri"], "cid": made["cid"], "validationStatus": "valid"},
    )
    later = post(createdAt="2026-12-01T09:05:00.000Z")
    assert caller.write("putRecord", later, swapRecord=None) == (
        400,
        {"error": "InvalidSwap", "message": f"Record was at {made['cid']}"},
    )
    assert caller.write("createRecord", post())[0] == 500
    assert [entry.what for entry in caller.social.log] == ["post"]


def test_a_record_that_is_put_again_is_replaced(caller):
    caller.write("putRecord", post())
    caller.write("putRecord", post(text="y"))
    (stored,) = caller.social.posts(("bluesky", SHOP))
    assert stored.text == "y"


def test_a_deletion_of_nothing_is_no_error(caller):
    caller.write("putRecord", post())
    assert list(caller.write("deleteRecord")[1]) == ["commit"]
    assert caller.write("deleteRecord") == (200, {})
    gone = caller.call(
        "GET", "com.atproto.repo.getRecord", repo=DID, collection="app.bsky.feed.post", rkey=KEY
    )
    assert (gone.status, said(gone)["error"]) == (400, "RecordNotFound")


def test_a_list_ends_with_an_empty_page(caller):
    for number in range(5):
        caller.write("createRecord", post(text=str(number)), rkey=f"3mabcabcabc2{'bcdef'[number]}")

    def listed(**query: str) -> tuple[list[str], str | None]:
        where = {"repo": SHOP, "collection": "app.bsky.feed.post", **query}
        body = said(caller.call("GET", "com.atproto.repo.listRecords", **where))
        return [row["value"]["text"] for row in body["records"]], body.get("cursor")

    assert listed(limit="3") == (["4", "3", "2"], "3mabcabcabc2d")
    assert listed(limit="3", cursor="3mabcabcabc2d") == (["1", "0"], "3mabcabcabc2b")
    assert listed(cursor="3mabcabcabc2b") == ([], None)
    assert listed(limit="2", reverse="true") == (["0", "1"], "3mabcabcabc2c")
    assert listed(collection="app.bsky.feed.like") == ([], None)


@pytest.mark.parametrize(
    ("method", "query", "message"),
    [
        ("com.atproto.repo.listRecords", {"repo": DID}, 'Missing required key "collection"'),
        ("com.atproto.repo.listRecords", {**LISTED, "limit": "101"}, "maximum 100, got 101)"),
        ("com.atproto.repo.listRecords", {**LISTED, "repo": "a.test"}, "find repo: a.test"),
        ("com.atproto.identity.resolveHandle", {"handle": "none.test"}, "Unable to resolve handle"),
        ("app.bsky.feed.getPosts", {}, 'Missing required key "uris"'),
        ("app.bsky.feed.getPostThread", {"uri": "at://x/y/z"}, "Post not found: at://x/y/z"),
        ("app.bsky.actor.getProfile", {"actor": "none.test"}, "Profile not found"),
        ("com.atproto.repo.putRecord", {}, "Incorrect HTTP method (GET) expected POST"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(caller, method, query, message):
    answer = caller.call("GET", method, **query)
    assert answer.status == 400
    assert said(answer)["message"].endswith(message)


def test_25_posts_are_shown_at_once_and_no_more(caller):
    text = "&".join(f"uris=at://x/y/{number}" for number in range(26))
    request = Request("GET", "/xrpc/app.bsky.feed.getPosts", {}, {}, b"", text)
    answer = caller.part.respond(request)
    assert said(answer)["message"].endswith("array too big (maximum 25, got 26)")


def test_a_method_that_there_is_not(caller):
    assert caller.call("GET", "app.bsky.feed.getLikes").status == 501


def test_a_blob_has_the_real_cid_and_the_type_that_its_bytes_tell(caller):
    blob = said(caller.call("POST", "com.atproto.repo.uploadBlob", b"hello"))["blob"]
    assert blob == {
        "$type": "blob",
        "ref": {"$link": "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"},
        "mimeType": "image/png",
        "size": 5,
    }
    gif = said(caller.call("POST", "com.atproto.repo.uploadBlob", b"GIF89a......"))["blob"]
    assert gif["mimeType"] == "image/gif"
    too_big = caller.call("POST", "com.atproto.repo.uploadBlob", bytes(5 * 1024 * 1024 + 1))
    assert (too_big.status, said(too_big)["error"]) == (413, "PayloadTooLarge")


def test_a_blob_of_another_size_is_refused(caller):
    caller.call("POST", "com.atproto.repo.uploadBlob", PNG)
    body = caller.write("putRecord", post(embed=images(blob={"size": 3})))[1]
    sizes = f"Expected: {len(PNG)}, Got: 3"
    assert body == {
        "error": "InvalidSize",
        "message": f"Referenced Size does not match stored blob. {sizes}",
    }


def test_facets_that_do_not_fit_are_taken_and_mark_nothing(caller):
    """As apps show them: beyond the end, empty, or in the middle of a sign."""
    fitting = facet(0, 2)
    facets = [*facet(9, 12), *facet(1, 3), *facet(2, 2), *fitting]
    assert caller.write("putRecord", post(text="ü x", facets=facets))[0] == 200
    (stored,) = caller.social.posts(("bluesky", SHOP))
    assert stored.details["marked"] == (("link", "ü", "https://x.example"),)


def test_who_may_do_what_with_which_token(caller):
    def whoami(token: str) -> tuple[int, str]:
        caller.token = token
        answer = caller.call("GET", "com.atproto.server.getSession")
        return answer.status, said(answer).get("error", "")

    tokens = caller.sign_in()
    assert whoami(tokens["accessJwt"]) == (200, "")
    assert whoami("") == (401, "AuthMissing")
    assert whoami("abc") == (400, "InvalidToken")
    assert whoami(tokens["refreshJwt"]) == (400, "InvalidToken")
    caller.pass_(hours=2)
    assert whoami(tokens["accessJwt"]) == (400, "ExpiredToken")


def test_a_refresh_token_used_twice_gives_the_same_session_for_two_hours(caller):
    def refresh(token: str) -> dict[str, Any]:
        caller.token = token
        return said(caller.call("POST", "com.atproto.server.refreshSession"))

    first = caller.sign_in()["refreshJwt"]
    one, two = refresh(first), refresh(first)
    assert one["refreshJwt"] == two["refreshJwt"] != first
    caller.pass_(hours=2)
    assert refresh(first) == {"error": "ExpiredToken", "message": "Token has been revoked"}
    assert "accessJwt" in refresh(one["refreshJwt"])


@pytest.mark.parametrize(("identifier", "password"), [(SHOP, "x"), ("nobody.example", PASSWORD)])
def test_a_wrong_password_is_refused(caller, identifier, password):
    assert caller.sign_in(identifier, password) == {
        "error": "AuthenticationRequired",
        "message": "Invalid identifier or password",
    }


def test_the_31st_sign_in_of_five_minutes_waits():
    caller = Caller(limited=True)
    for _ in range(30):
        assert "accessJwt" in caller.sign_in()
    caller.pass_(minutes=2)
    body = {"identifier": SHOP, "password": PASSWORD}
    answer = caller.call("POST", "com.atproto.server.createSession", body)
    assert (answer.status, said(answer)["error"]) == (429, "RateLimitExceeded")
    assert (answer.headers["Retry-After"], answer.headers["RateLimit-Policy"]) == (
        "180",
        "30;w=300",
    )
    caller.pass_(minutes=3)
    assert "accessJwt" in caller.sign_in()


def test_writing_costs_points():
    caller = Caller(limited=True)
    caller.token = caller.sign_in()["accessJwt"]
    statuses = []
    for number in range(2_501):  # two points each, of 5,000 an hour
        if number % 1_000 == 999:
            caller.pass_(minutes=5)  # for the limit of all calls
        statuses.append(caller.write("putRecord", {})[0])
    assert (statuses[:2_500], statuses[2_500]) == ([400] * 2_500, 429)


@pytest.mark.parametrize(
    ("fault", "status", "name"),
    [
        (Fault("throttle", seconds=7), 429, "RateLimitExceeded"),
        (Fault("status", status=502), 502, "UpstreamFailure"),
        (Fault("permission_denied"), 403, "Forbidden"),
        (Fault("account_suspended"), 401, "AccountTakedown"),
        (Fault("token_expired"), 400, "ExpiredToken"),
        (Fault("token_revoked"), 400, "ExpiredToken"),
    ],
)
def test_faults_speak_the_platforms_language(caller, fault, status, name):
    answer = caller.call("GET", "com.atproto.server.getSession", fault=fault)
    assert (answer.status, said(answer)["error"]) == (status, name)


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        ("com.atproto.server.createSession", {}, {"identifier": SHOP}),
        ("com.atproto.repo.listRecords", {"repo": DID}, None),
        ("app.bsky.actor.getProfile", {"actor": SHOP}, None),
        ("app.bsky.feed.getPostThread", {"uri": f"at://{DID}/app.bsky.feed.post/{KEY}"}, None),
    ],
)
def test_a_call_is_about_the_account_that_it_names(caller, method, query, body):
    request = Request("GET", f"/xrpc/{method}", query, {}, orjson.dumps(body))
    assert caller.part.account_of(request) == SHOP


def test_an_account_named_by_its_did_keeps_it():
    assert did_of("did:plc:abc") == "did:plc:abc"
    assert handle_of("did:plc:abc") == "abc.bsky.social"


def test_a_thread_is_as_deep_as_asked_for(caller):
    made = caller.write("putRecord", post())[1]["uri"]
    one = caller.social.say(made, "One")
    two = caller.social.say(made, "Two", parent_id=one.comment_id)
    caller.social.say(made, "Three", parent_id=two.comment_id)

    def texts(depth: str) -> list[str]:
        query = {"uri": made, "depth": depth}
        body = said(caller.call("GET", "app.bsky.feed.getPostThread", **query))
        found, node = [], body["thread"]
        while node.get("replies"):
            (node,) = node["replies"]
            found.append(node["post"]["record"]["text"])
        return found

    assert [len(texts(depth)) for depth in ("0", "1", "2")] == [0, 1, 2]
    assert texts("6") == ["One", "Two", "Three"]


def test_a_past_that_is_made_up_is_there_under_ids_of_its_own(caller):
    at = datetime(2026, 10, 1, 8, tzinfo=UTC)
    caller.social.publish(("bluesky", SHOP), "17", "Past", at=at)
    query = {"repo": DID, "collection": "app.bsky.feed.post"}
    first, second = (
        said(caller.call("GET", "com.atproto.repo.listRecords", **query))["records"]
        for _ in range(2)
    )
    assert first == second
    assert first[0]["value"]["createdAt"] == "2026-10-01T08:00:00.000Z"
