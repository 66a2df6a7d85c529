"""The simulated LinkedIn answers in LinkedIn's shapes, and refuses what LinkedIn would."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from connectors.sandbox import Sandbox, small
from connectors.sandbox.social import SocialAccount, SocialWorld
from connectors.sandbox.social.linkedin_wire import is_active

TODAY = date(2026, 11, 2)
KEY = ("linkedin", "2414183")
OWNER = "urn:li:organization:2414183"
ENCODED = "urn%3Ali%3Aorganization%3A2414183"
HEADERS = {
    "Authorization": "Bearer token-of-the-page",
    "LinkedIn-Version": "202607",
    "X-Restli-Protocol-Version": "2.0.0",
}
POST = {
    "author": OWNER,
    "commentary": "Launch {hashtag|\\#|b2b} \\(beta\\)",
    "visibility": "PUBLIC",
    "distribution": {"feedDistribution": "MAIN_FEED"},
    "lifecycleState": "PUBLISHED",
}


class Client:
    """Speaks to the simulated LinkedIn in raw calls."""

    def __init__(self, sandbox: Sandbox, social: SocialWorld) -> None:
        self.sandbox = sandbox
        self.social = social
        self.base = f"{sandbox.url}/linkedin"

    def call(self, method: str, path: str, **request: Any) -> requests.Response:
        headers = {**HEADERS, **request.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value}
        url = path if path.startswith("http") else f"{self.base}{path}"
        return requests.request(method, url, headers=headers, timeout=5, **request)

    def publish(self, text: str = "A post", **more: Any) -> requests.Response:
        return self.call("POST", "/rest/posts", json={**POST, "commentary": text, **more})

    def image(self, content: bytes = b"\x89PNG\r\n\x1a\n....") -> tuple[str, str]:
        asked = {"initializeUploadRequest": {"owner": OWNER}}
        made = self.call("POST", "/rest/images?action=initializeUpload", json=asked).json()["value"]
        if content:
            assert self.call("PUT", made["uploadUrl"], data=content).status_code == 201
        return made["image"], made["uploadUrl"]

    def status(self, urn: str) -> str:
        encoded = urn.replace(":", "%3A")
        return str(self.call("GET", f"/rest/images/{encoded}").json()["status"])


@pytest.fixture
def client() -> Iterator[Client]:
    accounts = [
        SocialAccount(*KEY, "Acme Shoes", token="token-of-the-page"),
        SocialAccount("linkedin", "77", "Other", token="another-token"),
    ]
    social = SocialWorld(accounts)
    with Sandbox(small(), today=TODAY, social=social) as sandbox:
        yield Client(sandbox, social)


def test_a_post_is_named_by_a_header_and_handed_out_again(client):
    made = client.call("POST", "/rest/posts", json=POST)
    assert (made.status_code, made.content) == (201, b"")
    urn = made.headers["x-restli-id"]
    assert made.headers["x-li-request-id"]
    assert client.social.posts(KEY)[0].text == "Launch #b2b (beta)"
    one = client.call("GET", f"/rest/posts/{urn.replace(':', '%3A')}").json()
    listed = client.call("GET", f"/rest/posts?author={ENCODED}&q=author&count=5").json()
    assert listed["elements"] == [one]
    assert listed["paging"] == {"start": 0, "count": 5, "links": [], "total": 1}
    assert (one["id"], one["commentary"]) == (urn, POST["commentary"])
    assert one["publishedAt"] == 1793610000000


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"author": None}, 403, "ACCESS_DENIED"),
        ({"author": "urn:li:person:Ab"}, 403, "ACCESS_DENIED"),
        ({"commentary": "x" * 3001}, 422, "FIELD_LENGTH_TOO_LONG"),
        ({"commentary": "  "}, 422, "MISSING_FIELD"),
        ({"commentary": "(all lost"}, 422, "MISSING_FIELD"),
        ({"visibility": "CONNECTIONS"}, 422, "INVALID_VALUE"),
        ({"content": {"article": {"source": "https://a.example"}}}, 422, "MISSING_FIELD"),
        ({"content": {"media": {"id": "urn:li:image:none"}}}, 422, "INVALID_URN"),
        ({"content": {"multiImage": {"images": [{"id": "x"}]}}}, 422, "INVALID_VALUE"),
        ({"content": {"poll": {}}}, 422, "INVALID_CONTENT_TYPE"),
        ({"content": {"article": {}, "media": {}}}, 422, "INVALID_CONTENT_TYPE"),
    ],
    ids=str,
)
def test_a_wrong_post_is_refused(client, wrong, status, code):
    refused = client.call("POST", "/rest/posts", json={**POST, **wrong})
    body = refused.json()
    told = body.get("code") or body["errorDetails"]["inputErrors"][0]["code"]
    assert (refused.status_code, told) == (status, code)
    assert client.social.log == []


@pytest.mark.parametrize("field", ["author", "commentary", "distribution", "lifecycleState"])
def test_a_field_that_is_missing_is_named(client, field):
    sent = {name: value for name, value in POST.items() if name != field}
    refused = client.call("POST", "/rest/posts", json=sent, headers={"X-Owner": OWNER})
    assert refused.status_code in (403, 422)
    assert client.social.log == []


def test_escapes_do_not_count_and_what_readers_see_does(client):
    assert client.publish("\\(" * 3000).status_code == 201
    assert client.publish("\\(" * 3001).status_code == 422


def test_a_text_twice_is_a_duplicate_for_two_days_even_after_its_deletion(client):
    urn = client.publish().headers["x-restli-id"]
    refused = client.publish()
    assert refused.status_code == 422
    assert refused.json()["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"
    assert refused.json()["message"].endswith(f"Content is a duplicate of {urn}")
    path = f"/rest/posts/{urn.replace(':', '%3A')}"
    assert [client.call("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert client.publish().status_code == 422
    client.sandbox.advance(2)
    assert client.publish().status_code == 201
    assert [entry.what for entry in client.social.log] == ["post", "deletion", "post"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": "Bearer wrong"}, 401, "INVALID_ACCESS_TOKEN"),
        ({"Authorization": "Bearer another-token"}, 403, "ACCESS_DENIED"),
        ({"LinkedIn-Version": ""}, 400, "VERSION_MISSING"),
        ({"LinkedIn-Version": "202510"}, 426, "NONEXISTENT_VERSION"),
        ({"X-Restli-Protocol-Version": ""}, 400, "ILLEGAL_ARGUMENT"),
        ({"X-Restli-Protocol-Version": "1.0.0"}, 400, "ILLEGAL_ARGUMENT"),
    ],
    ids=str,
)
def test_headers_are_needed(client, headers, status, code):
    refused = client.call("GET", "/rest/organizations/2414183", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("version", "day", "active"),
    [
        ("202607", date(2027, 7, 14), True),
        ("202607", date(2027, 7, 15), False),
        ("202511", date(2026, 11, 14), True),
        ("202611", date(2026, 10, 31), False),
        ("202512", date(2026, 6, 1), False),
        ("2026-7", date(2026, 11, 2), False),
    ],
)
def test_a_version_lives_for_a_year(version, day, active):
    assert is_active(version, day) is active


@pytest.mark.parametrize(
    "path",
    [
        f"/rest/posts?author={OWNER}&q=author",
        f"/rest/posts?author={ENCODED}&q=owner",
        f"/rest/posts?author={ENCODED}&q=author&count=101",
        f"/rest/posts?author={ENCODED}&q=author&count=ten",
        f"/rest/networkSizes/{OWNER}?edgeType=COMPANY_FOLLOWED_BY_MEMBER",
        f"/rest/networkSizes/{ENCODED}?edgeType=other",
        f"/rest/organizationalEntityShareStatistics?organizationalEntity={ENCODED}"
        "&shares=List(urn:li:share:1)",
        f"/rest/organizationalEntityShareStatistics?organizationalEntity={ENCODED}&shares=x",
        f"/rest/organizationalEntityShareStatistics?organizationalEntity={ENCODED}"
        f"&shares=List({','.join(['urn%3Ali%3Ashare%3A1'] * 51)})",
        f"/rest/organizationalEntityShareStatistics?organizationalEntity={ENCODED}"
        "&timeIntervals=(timeRange:(start:1,end:2),timeGranularityType:DAY)",
        f"/rest/organizationalEntityShareStatistics?organizationalEntity={ENCODED}"
        "&timeIntervals=(timeRange:(start:1))",
        "/rest/images?action=other",
    ],
)
def test_what_is_not_rest_li_is_refused(client, path):
    method = "POST" if "images" in path else "GET"
    assert client.call(method, path).status_code == 400


def test_there_is_nothing_else(client):
    assert client.call("GET", "/rest/people/me").status_code == 404
    assert client.call("GET", "/rest/posts/urn%3Ali%3Ashare%3A1").status_code == 404


def test_a_picture_is_ready_a_moment_after_its_upload(client):
    urn, _ = client.image(b"")
    assert [client.status(urn), client.status(urn)] == ["WAITING_UPLOAD", "WAITING_UPLOAD"]
    urn, url = client.image()
    refused = client.publish(content={"media": {"id": urn}})
    assert refused.json()["errorDetails"]["inputErrors"][0]["code"] == "MEDIA_ASSET_PROCESSING"
    assert [client.status(urn), client.status(urn)] == ["PROCESSING", "AVAILABLE"]
    assert client.call("PUT", url, data=b"GIF89a").status_code == 201
    assert client.publish(content={"media": {"id": urn, "altText": "A"}}).status_code == 201
    assert client.social.media[urn]["alt"] == "A"
    assert client.call("PUT", f"{client.base}/dms-uploads/999/x", data=b"").status_code == 404


def test_what_is_no_picture_fails(client):
    urn, _ = client.image(b"no picture at all")
    assert client.status(urn) == "PROCESSING_FAILED"
    assert client.publish(content={"media": {"id": urn}}).status_code == 422


def test_comments_stand_under_an_activity_and_answers_below_them(client):
    urn = client.publish().headers["x-restli-id"].replace(":", "%3A")
    post = client.social.posts(KEY)[0]
    client.social.say(post.post_id, "Question?", "Reader")
    path = f"/rest/socialActions/{urn}/comments"
    (first,) = client.call("GET", path).json()["elements"]
    assert first["actor"].startswith("urn:li:person:")
    assert first["$URN"] == f"urn:li:comment:({first['object']},{first['id']})"
    below = "/rest/socialActions/{}/comments".format(
        first["$URN"]
        .replace(":", "%3A")
        .replace("(", "%28")
        .replace(")", "%29")
        .replace(",", "%2C")
    )
    said = {"actor": OWNER, "object": first["object"], "message": {"text": "Yes (#b)"}}
    refused = client.call("POST", below, json={**said, "parentComment": "urn:li:comment:(x,1)"})
    assert refused.status_code == 400
    made = client.call("POST", below, json={**said, "parentComment": first["$URN"]})
    assert made.status_code == 201
    assert made.headers["x-restli-id"] == made.json()["id"]
    (answer,) = client.call("GET", below).json()["elements"]
    assert (answer["message"]["text"], answer["parentComment"]) == ("Yes (#b)", first["$URN"])
    (again,) = client.call("GET", path).json()["elements"]
    assert again["commentsSummary"]["totalFirstLevelComments"] == 1
    single = f"{path}/{answer['id']}"
    assert client.call("GET", single).json()["id"] == answer["id"]
    assert client.call("DELETE", single).status_code == 403
    assert client.call("DELETE", f"{path}/{first['id']}?actor={ENCODED}").status_code == 403
    assert client.call("DELETE", f"{single}?actor={ENCODED}").status_code == 204
    assert client.call("GET", single).status_code == 404
    assert [entry.what for entry in client.social.log] == ["post", "reply", "deletion"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"actor": "urn:li:organization:77"}, 403),
        ({"object": "urn:li:activity:1"}, 400),
        ({"message": {"text": ""}}, 400),
        ({"message": {"text": "x" * 1251}}, 400),
    ],
    ids=str,
)
def test_a_wrong_comment_is_refused(client, wrong, status):
    urn = client.publish().headers["x-restli-id"]
    activity = f"urn:li:activity:{int(urn.rpartition(':')[2]) + (1 << 22)}"
    said = {"actor": OWNER, "object": activity, "message": {"text": "Hello"}}
    path = f"/rest/socialActions/{activity.replace(':', '%3A')}/comments"
    assert client.call("POST", path, json={**said, **wrong}).status_code == status
    assert client.call("POST", path, json=said).status_code == 201


def test_statistics_of_posts_leave_out_those_without_activity(client):
    fresh = client.publish().headers["x-restli-id"]
    old = client.social.publish(
        KEY, "7300000000000000001", "Old", at=client.social.now() - timedelta(2)
    )
    asked = f"List({fresh.replace(':', '%3A')},urn%3Ali%3Ashare%3A7300000000000000001)"
    name = "organizationalEntity"
    path = f"/rest/{name}ShareStatistics?q={name}&{name}={ENCODED}"
    (row,) = client.call("GET", f"{path}&shares={asked}").json()["elements"]
    earned = client.social.engagement(old)
    figures = row["totalShareStatistics"]
    assert row["share"] == "urn:li:share:7300000000000000001"
    assert (figures["impressionCount"], figures["likeCount"]) == (
        earned.impressions,
        earned.reactions,
    )
    did = earned.clicks + earned.reactions + earned.comments + earned.shares
    assert figures["engagement"] == pytest.approx(did / earned.impressions)
    (total,) = client.call("GET", path).json()["elements"]
    assert total["totalShareStatistics"] == figures


def test_days_add_up_to_what_was_earned_and_end_yesterday(client):
    old = client.social.publish(
        KEY, "7300000000000000001", "Old", at=client.social.now() - timedelta(9)
    )
    client.sandbox.set_minute(0)
    earned = client.social.engagement(old)
    name = "organizationalEntity"
    start, end = 1792627200000, 1793750400000  # 2026-10-22 to 2026-11-04
    days = f"timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"
    query = f"q={name}&{name}={ENCODED}&{days}"
    rows = client.call("GET", f"/rest/{name}ShareStatistics?{query}").json()["elements"]
    assert len(rows) == 11
    assert rows[-1]["timeRange"] == {"start": 1793491200000, "end": 1793577600000}
    told = sum(row["totalShareStatistics"]["impressionCount"] for row in rows)
    assert told == earned.impressions
    gains = client.call("GET", f"/rest/{name}FollowerStatistics?{query}").json()["elements"]
    assert [row["followerGains"]["organicFollowerGain"] for row in gains] == [3] * 10
    path = f"/rest/{name}FollowerStatistics?q={name}&{name}={ENCODED}"
    (split,) = client.call("GET", path).json()["elements"]
    assert "followerGains" not in split


def test_a_token_is_renewed_with_all_that_it_needs(client):
    form = {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "c"}
    address = f"{client.base}/oauth/v2/accessToken"
    assert requests.post(address, data=form, timeout=5).json()["error"] == "invalid_grant"
    whole = {**form, "client_secret": "s"}
    token = requests.post(address, data=whole, timeout=5).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.call("GET", "/rest/organizations/2414183", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("kind", "options", "status", "message"),
    [
        ("status", {"status": 500}, 500, "Internal Server Error"),
        ("throttle", {}, 429, "Resource level throttle limit"),
        ("throttle", {"error": "DAY"}, 429, "APPLICATION DAY limit"),
        ("token_expired", {}, 401, "expired"),
        ("token_revoked", {}, 401, "revoked"),
        ("permission_denied", {}, 403, "Not enough permissions"),
        ("account_suspended", {}, 403, "Not enough permissions"),
    ],
)
def test_faults_come_as_linkedin_would_tell_them(client, kind, options, status, message):
    client.sandbox.faults.add(kind, platform="linkedin", account="2414183", **options)
    refused = client.publish()
    assert (refused.status_code, refused.json()["status"]) == (status, status)
    assert message in refused.json()["message"]
    assert "Retry-After" not in refused.headers
    assert client.social.log == []
    assert client.publish().status_code == 201


def test_pages_of_one_login_are_told_apart():
    token = "token-of-the-page"
    accounts = [SocialAccount("linkedin", one, "Acme", token=token) for one in ("77", KEY[1])]
    social = SocialWorld(accounts)
    with Sandbox(small(), today=TODAY, social=social) as sandbox:
        client = Client(sandbox, social)
        urn = client.publish("see @[Other](urn:li:organization:77)").headers["x-restli-id"]
        encoded = urn.replace(":", "%3A")
        image, _ = client.image()
        assert client.status(image) == "PROCESSING"
        assert client.call("GET", f"/rest/socialActions/{encoded}/comments").status_code == 200
        assert client.call("GET", f"/rest/posts/{encoded}").status_code == 200
        assert client.call("DELETE", f"/rest/posts/{encoded}").status_code == 204
        assert {call.account for call in sandbox.requests} == {KEY[1]}
    assert [entry.what for entry in social.log] == ["post", "deletion"]


def test_calls_are_noted_with_their_page(client):
    urn, _ = client.image()
    client.status(urn)
    client.publish()
    assert {call.account for call in client.sandbox.requests} == {"2414183"}
