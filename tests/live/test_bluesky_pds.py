"""The connector against Bluesky's own server: @atproto/pds with @did-plc/server.

There is no AppView, so one that has collected nothing stands in for it: counts are unknown.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests
from atproto import models
from requests.adapters import HTTPAdapter

from connectors.base import ReconnectError
from connectors.changes import ABSENT, PRESENT, Change, Permit, Subject, Written
from connectors.channels.bluesky import Connector, Options
from connectors.channels.bluesky.checking import objections
from connectors.social import Engagement, item_of, reply_item
from connectors.throttle import LocalThrottle
from tests.connectors.conftest import ScriptedServer
from tests.connectors.sandbox.social.bluesky_wrong import NEVER_UPLOADED, WRONG, WRONG_CALLS, post
from tests.live.server import Account, PersonalServer

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]  # the first installs the software

POST = "app.bsky.feed.post"
TEXT = "Größe 👩‍👩‍👧 @neighbour.test (https://shop.example/a_(b)?c=1). #Ärmel @nobody.test"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcff"
    "ff3f0300050001ff5d5e1dbd0000000049454e44ae426082"
)
KEY = "3mabcabcabc2b"


class Wire(HTTPAdapter):
    """Notes every call; loses the answers to a method if told so."""

    def __init__(self) -> None:
        super().__init__()
        self.methods: list[str] = []
        self.losing = ""

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:  # type: ignore[override]
        method = (request.path_url.partition("?")[0]).rpartition(".")[2]
        self.methods.append(method)
        response = super().send(request, **more)
        if method == self.losing:
            raise requests.ConnectionError("the answer is lost")
        return response


class Shop:
    """An account on the server, the connector to it, and what goes over the wire."""

    def __init__(self, server: PersonalServer, account: Account, folder: Any, view: str) -> None:
        self.server, self.account, self.folder, self.view = server, account, folder, view
        self.wire = Wire()
        self.channel = self.connect()
        self.due = datetime.now(UTC).replace(second=0, microsecond=0)

    def connect(self, throttle: LocalThrottle | None = None, **options: Any) -> Connector:
        session = requests.Session()
        session.mount("http://", self.wire)
        given = {
            "account_id": self.account.handle,
            "app_password": self.account.app_password,
            "content_folder": self.folder,
            "base_url": self.server.url,
            "public_url": self.view,
        }
        return Connector(Options(**{**given, **options}), session, throttle=throttle)

    def post(self, text: str, **content: str) -> Change:
        subject = Subject("account", self.account.handle, "post", item_of(self.due, text))
        return Change(subject, ABSENT, PRESENT, {"text": text, "language": "en", **content})

    def write(self, change: Change, channel: Connector | None = None) -> Written:
        (written,) = (channel or self.channel).write([Permit(change, 1, self.due)])
        return written

    def value(self, change: Change) -> str:
        return str(self.channel.settings([change.subject])[change.subject].value)

    def record(self, uri: str) -> dict[str, Any]:
        did, collection, key = uri.removeprefix("at://").split("/")
        where = {"repo": did, "collection": collection, "rkey": key}
        found: dict[str, Any] = self.server.call(
            "GET", "com.atproto.repo.getRecord", params=where
        ).json()
        return found


@pytest.fixture(scope="session")
def view() -> Any:
    """An AppView that has collected nothing yet."""
    standing_in = ScriptedServer()
    standing_in.script({"posts": []})
    yield standing_in.url
    standing_in.close()


@pytest.fixture(scope="session")
def names() -> Callable[[], str]:
    """Handles that nobody has yet."""
    given = iter(range(10_000))
    return lambda: f"shop-{next(given)}.test"


@pytest.fixture
def shop(server, view, names, tmp_path) -> Shop:
    return Shop(server, server.account(names()), tmp_path, view)


def test_the_account_is_there_and_a_wrong_password_is_not(shop):
    assert shop.channel.account().name == shop.account.handle
    with pytest.raises(ReconnectError, match="AuthenticationRequired; check account_id"):
        shop.connect(app_password="wrong").account()


def test_a_post_with_pictures_and_facets_is_kept_as_it_was_meant(shop):
    reader = shop.server.account("neighbour.test")
    (shop.folder / "a.png").write_bytes(PNG)
    digest = sha256(PNG).hexdigest()
    picture = {"image_1_file": "a.png", "image_1_sha256": digest, "image_1_alt": "A dot"}
    change = shop.post(TEXT, **picture)
    assert shop.channel.check([change]) == [""]
    written = shop.write(change)
    assert (written.state, shop.value(change)) == ("accepted", PRESENT)
    value = shop.record(written.made)["value"]
    record = models.get_or_create(value, models.AppBskyFeedPost.Record, strict=True)
    marked = [
        TEXT.encode()[facet.index.byte_start : facet.index.byte_end].decode()
        for facet in record.facets
    ]
    assert marked == ["@neighbour.test", "https://shop.example/a_(b)?c=1", "#Ärmel"]
    assert record.facets[0].features[0].did == reader.did
    image = record.embed.images[0]
    assert (image.alt, image.aspect_ratio.width, image.image.mime_type) == ("A dot", 1, "image/png")
    kept = {"did": shop.account.did, "cid": value["embed"]["images"][0]["image"]["ref"]["$link"]}
    assert shop.server.call("GET", "com.atproto.sync.getBlob", params=kept).content == PNG


def test_a_card_is_kept(shop):
    link = {"link_url": "https://shop.example/", "link_title": "Sale", "link_description": "All"}
    value = shop.record(shop.write(shop.post("Look", **link)).made)["value"]
    assert value["embed"]["external"] == {
        "uri": "https://shop.example/", "title": "Sale", "description": "All",
    }  # fmt: skip


def test_posts_are_read_back_over_pages_and_nobody_has_counted_them_yet(shop):
    for number in range(103):
        assert shop.write(shop.post(f"Post {number}")).state == "accepted"
    found = [one for page in shop.channel.posts(shop.due - timedelta(hours=1)) for one in page]
    assert sorted(one.text for one in found) == sorted(f"Post {number}" for number in range(103))
    assert {one.engagement for one in found} == {Engagement()}
    assert shop.wire.methods.count("createSession") == 1


def test_a_reply_names_what_it_answers_and_is_taken_back(shop):
    reader = shop.server.account("neighbour.test")
    top = shop.write(shop.post("Hello"))
    ref = {key: shop.record(top.made)[key] for key in ("uri", "cid")}
    question = {
        "$type": POST, "text": "When do you open?", "createdAt": "2026-12-01T09:00:00.000Z",
        "reply": {"root": ref, "parent": ref},
    }  # fmt: skip
    body = {"repo": reader.did, "collection": POST, "record": question}
    asked = shop.server.call(
        "POST", "com.atproto.repo.createRecord", reader.token, json=body
    ).json()["uri"]
    subject = Subject("post", top.made, "reply", reply_item(asked, "At nine"))
    change = Change(subject, ABSENT, PRESENT, {"text": "At nine", "language": "en"})
    assert shop.value(change) == ABSENT
    written = shop.write(change)
    assert (written.state, shop.value(change)) == ("accepted", PRESENT)
    kept = shop.record(written.made)["value"]["reply"]
    assert (kept["root"], kept["parent"]["uri"]) == (ref, asked)
    assert [one.text for page in shop.channel.posts(shop.due - timedelta(1)) for one in page] == [
        "Hello"
    ]
    assert shop.write(Change(subject, PRESENT, ABSENT)).state == "accepted"
    assert shop.value(change) == ABSENT


def test_a_post_is_taken_back_and_may_be_made_again(shop):
    change = shop.post("Hello")
    made = shop.write(change).made
    back = Change(change.subject, PRESENT, ABSENT)
    assert [shop.write(back).state, shop.value(change)] == ["accepted", ABSENT]
    assert shop.record(made)["error"] == "RecordNotFound"
    assert [shop.write(change).made, shop.value(change)] == [made, PRESENT]


def test_a_post_that_is_sent_twice_is_there_once(shop):
    change = shop.post("Once")
    first, second = shop.write(change), shop.write(change, shop.connect())
    assert (first.state, second.state, second.made) == ("accepted", "accepted", first.made)
    where = {"repo": shop.account.did, "collection": POST}
    listed = shop.server.call("GET", "com.atproto.repo.listRecords", params=where).json()
    assert [row["uri"] for row in listed["records"]] == [first.made]


def test_a_post_whose_answer_was_lost_is_found_and_not_made_again(shop):
    change = shop.post("Lost?")
    shop.wire.losing = "putRecord"
    assert shop.write(change).state == "unknown"
    assert shop.wire.methods.count("putRecord") == 1
    shop.wire.losing = ""
    assert shop.value(change) == PRESENT
    assert shop.write(change).state == "accepted"
    where = {"repo": shop.account.did, "collection": POST}
    listed = shop.server.call("GET", "com.atproto.repo.listRecords", params=where).json()
    assert len(listed["records"]) == 1


def test_an_expired_session_is_renewed(shop):
    assert shop.write(shop.post("Before")).state == "accepted"
    shop.server.advance(3 * 3600)
    assert shop.write(shop.post("After")).state == "accepted"
    assert shop.wire.methods.count("refreshSession") == 1
    assert shop.wire.methods.count("createSession") == 1


def test_a_session_beyond_renewal_is_opened_again(shop):
    shop.channel.account()
    shop.server.advance(91 * 86400)
    assert shop.write(shop.post("Much later")).state == "accepted"
    assert shop.wire.methods.count("createSession") == 2


@pytest.mark.parametrize(
    "text", ["\x00\x01\x1b", "\r\n\t\u2028", "שלום \u202e abc", "<b>&amp;\\[x](y)*_`", " \u200d "]
)
def test_a_text_comes_back_as_it_was(shop, text):
    text = f"{text} {TEXT}"
    shop.write(shop.post(text))
    ((found,),) = shop.channel.posts(shop.due - timedelta(hours=1))
    assert found.text == text


SIGNS = [
    "a",
    "e\u0301",
    "🇦🇹",
    "नि",
    "각",
    "\u1112\u1161\u11ab",
    "กำ",
    "\r\n",
    "👍🏽",
    "1\ufe0f\u20e3",
]


@pytest.mark.parametrize("sign", SIGNS)
def test_we_count_signs_as_the_server_does(shop, sign):
    fits, too_long = f"x{sign * 298}x", f"x{sign * 299}x"
    assert objections({"text": fits}, None) == []
    assert "301 signs" in objections({"text": too_long}, None)[0]
    token, did = shop.account.token, shop.account.did

    def put(text: str) -> requests.Response:
        record = post(text=text)
        body = {"repo": did, "collection": POST, "rkey": KEY, "record": record}
        return shop.server.call("POST", "com.atproto.repo.putRecord", token, json=body)

    assert put(fits).status_code == 200
    assert "grapheme too big (maximum 300, got 301)" in put(too_long).json()["message"]


@pytest.fixture(scope="session")
def judge(server, names) -> Callable[..., tuple[int, str, str]]:
    """Put a record past the connector, and return status, name and sentence of the answer."""
    account = server.account(names())

    def put(**changed: Any) -> tuple[int, str, str]:
        body = {"repo": account.did, "collection": POST, "rkey": KEY, "record": post(), **changed}
        body = {key: value for key, value in body.items() if value is not ...}
        answer = server.call("POST", "com.atproto.repo.putRecord", account.token, json=body)
        return answer.status_code, answer.json()["error"], answer.json()["message"]

    return put


@pytest.mark.parametrize(("record", "sentence"), WRONG, ids=lambda value: str(value)[-60:])
def test_the_sandbox_says_what_the_server_says_of_a_record(judge, record, sentence):
    expected = f"Invalid app.bsky.feed.post record: {sentence}"
    assert judge(record=record) == (400, "InvalidRequest", expected)


@pytest.mark.parametrize(("sent", "expected"), WRONG_CALLS, ids=lambda value: str(value)[-60:])
def test_the_sandbox_says_what_the_server_says_of_a_call(judge, sent, expected):
    assert NEVER_UPLOADED
    assert judge(**sent) == expected


def test_the_limit_of_sign_ins_is_waited_for(limited, view, names, tmp_path):
    shop = Shop(limited, limited.account(names()), tmp_path, view)
    for _ in range(30):
        shop.connect().account()
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        limited.advance(seconds)
        clock[0] += seconds

    clock = [0.0]
    waiting = shop.connect(LocalThrottle(lambda: clock[0], sleep))
    assert waiting.account().name == shop.account.handle
    assert len(slept) == 1
    assert 0 < slept[0] <= 300


def test_the_limit_of_writing_is_a_refusal_with_its_wait(limited, view, names, tmp_path):
    """A record costs two points of 5,000 an hour, even one that is refused."""
    account = limited.account(names())
    shop = Shop(limited, account, tmp_path, view)
    limited.advance(300)  # for the limit of all calls together
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {account.token}"
        body = {"repo": account.did, "collection": POST, "rkey": KEY, "record": {}}
        url = f"{limited.url}/xrpc/com.atproto.repo.putRecord"
        statuses = {session.post(url, json=body, timeout=30).status_code for _ in range(2_500)}
    assert statuses == {400}
    change = shop.post("One too many")
    written = shop.write(change)
    assert (written.state, shop.value(change)) == ("refused", ABSENT)
    assert 0 < written.retry_after <= 3600
    limited.advance(written.retry_after)
    again = shop.write(change, shop.connect())
    assert (again.state, again.error) == ("accepted", "")
    assert shop.value(change) == PRESENT
