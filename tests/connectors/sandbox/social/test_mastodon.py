"""The simulated Mastodon: shapes, checks, limits and errors over plain HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from connectors.sandbox import Fault, Sandbox, small
from connectors.sandbox.social import SocialAccount, SocialWorld

ACCOUNT = "@brand@social.example"
KEY = ("mastodon", ACCOUNT)
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
PNG, GIF = b"\x89PNG\r\n\x1a\n" + bytes(99), b"GIF89a" + bytes(99)


@pytest.fixture
def social() -> SocialWorld:
    other = SocialAccount("mastodon", "@Shop@social.example", "Shop", token="other")
    return SocialWorld([SocialAccount("mastodon", ACCOUNT, "Brand"), other])


@pytest.fixture
def sandbox(social):
    with Sandbox(small(), today=START.date(), social=social) as running:
        yield running


@pytest.fixture
def call(sandbox):
    with requests.Session() as http:
        http.headers["Authorization"] = "Bearer sandbox-social-token"

        def made(method: str, path: str, **request) -> requests.Response:
            return http.request(method, f"{sandbox.url}/mastodon{path}", timeout=5, **request)

        yield made


def posted(call, text: str = "Sale", **more) -> dict:
    reply = call("POST", "/api/v1/statuses", json={"status": text, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_token_says_whose_call_it_is(call, sandbox):
    assert call("GET", "/api/v1/accounts/verify_credentials").json()["username"] == "brand"
    other = {"Authorization": "Bearer other"}
    found = call("GET", "/api/v1/accounts/verify_credentials", headers=other).json()
    assert (found["username"], found["display_name"]) == ("Shop", "Shop")
    nobody = call("GET", "/api/v1/accounts/verify_credentials", headers={"Authorization": "x"})
    assert (nobody.status_code, nobody.json()) == (401, {"error": "The access token is invalid"})
    assert [one.account for one in sandbox.requests] == [ACCOUNT, "@Shop@social.example", ""]


def test_accounts_are_looked_up_whatever_their_case(call):
    def acct(handle: str) -> str:
        return call("GET", "/api/v1/accounts/lookup", params={"acct": handle}).json()["acct"]

    assert acct("BRAND") == acct("brand@social.example") == "brand"
    assert acct("shop") == "Shop"
    assert acct("Ann@people.example") == "ann@people.example"
    assert call("GET", "/api/v1/accounts/lookup", params={"acct": "x@y.z"}).status_code == 404


def test_a_status_in_its_shape(call, social):
    status = posted(call, "@Shop see #Sale", visibility="unlisted", language="pt-BR")
    assert int(status["id"]) > 2**53
    assert status["created_at"] == "2026-11-02T09:00:00.000Z"
    assert (status["visibility"], status["language"]) == ("unlisted", "pt")
    assert [one["acct"] for one in status["mentions"]] == ["Shop"]
    assert [one["name"] for one in status["tags"]] == ["sale"]
    assert status["url"] == f"https://social.example/@brand/{status['id']}"
    assert call("GET", f"/api/v1/statuses/{status['id']}").json() == status
    assert social.post(KEY, status["id"]).text == "@Shop see #Sale"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": " \n"}, 422),
        ({}, 422),
        ({"status": "x" * 501}, 422),
        ({"status": "x", "visibility": "everybody"}, 422),
        ({"status": "x", "media_ids": ["1"]}, 422),
        ({"status": "x", "scheduled_at": "2026-12-01T09:00:00Z"}, 422),
        ({"status": "a\0b"}, 400),
        ({"status": "x", "in_reply_to_id": "1"}, 404),
    ],
)
def test_what_is_not_taken(call, social, body, status):
    reply = call("POST", "/api/v1/statuses", json=body)
    assert (reply.status_code, list(reply.json())) == (status, ["error"])
    assert social.log == []


def test_the_same_key_is_the_same_status_for_an_hour(call, sandbox, social):
    def send(key: str) -> str:
        headers = {"Idempotency-Key": key}
        return call("POST", "/api/v1/statuses", json={"status": "x"}, headers=headers).json()["id"]

    first = send("a")
    assert send("a") == first != send("b")
    sandbox.set_moment(START + timedelta(minutes=60))
    assert send("a") != first
    assert len(social.log) == 3


def test_pages_are_linked_while_they_are_full(call):
    ids = [posted(call, f"No {n}")["id"] for n in range(5)][::-1]
    own = call("GET", "/api/v1/accounts/verify_credentials").json()["id"]
    first = call("GET", f"/api/v1/accounts/{own}/statuses", params={"limit": 3})
    assert [one["id"] for one in first.json()] == ids[:3]
    assert f"max_id={ids[2]}" in first.links["next"]["url"]
    last = call("GET", f"/api/v1/accounts/{own}/statuses", params={"limit": 3, "max_id": ids[2]})
    assert [one["id"] for one in last.json()] == ids[3:]
    assert "next" not in last.links
    call("DELETE", f"/api/v1/statuses/{ids[2]}")
    gone = call("GET", f"/api/v1/accounts/{own}/statuses", params={"max_id": str(int(ids[0]) + 1)})
    assert len(gone.json()) == 4
    assert call("GET", "/api/v1/accounts/1/statuses").status_code == 404


def test_replies_can_be_left_out_but_not_those_to_ourselves(call, social):
    post = posted(call)
    comment = social.say(post["id"], "Why?")
    to_them = posted(call, "Because", in_reply_to_id=comment.comment_id)
    to_us = posted(call, "And more", in_reply_to_id=post["id"])
    own = post["account"]["id"]

    def listed(**params) -> set[str]:
        rows = call("GET", f"/api/v1/accounts/{own}/statuses", params=params).json()
        return {row["id"] for row in rows}

    assert listed() == {post["id"], to_them["id"], to_us["id"]}
    assert listed(exclude_replies="true") == {post["id"], to_us["id"]}


def test_the_thread_of_a_comment(call, social):
    post = posted(call)
    comment = social.say(post["id"], "Why?", "Ann")
    answer = posted(call, "@ann@people.example Because", in_reply_to_id=comment.comment_id)
    social.say(post["id"], "Oh", "Ann", parent_id=answer["id"])
    context = call("GET", f"/api/v1/statuses/{comment.comment_id}/context").json()
    assert [one["id"] for one in context["ancestors"]] == [post["id"]]
    assert len(below := context["descendants"]) == 2
    assert (below[0]["id"], below[1]["in_reply_to_id"]) == (answer["id"], answer["id"])
    below = call("GET", f"/api/v1/statuses/{post['id']}/context").json()["descendants"]
    assert len(below) == 3
    assert below[0]["content"].endswith("</a></span> Why?</p>")
    assert below[0]["mentions"][0]["acct"] == "brand"
    assert call("GET", f"/api/v1/statuses/{post['id']}").json()["replies_count"] == 1
    assert call("GET", "/api/v1/statuses/1/context").status_code == 404


def test_a_deleted_status_comes_back_as_its_source(call, social):
    post = posted(call, "Sale & more")
    gone = call("DELETE", f"/api/v1/statuses/{post['id']}").json()
    assert (gone["text"], "content" in gone) == ("Sale & more", False)
    assert call("DELETE", f"/api/v1/statuses/{post['id']}").status_code == 404
    comment = social.say(posted(call)["id"], "Why?")
    assert call("DELETE", f"/api/v1/statuses/{comment.comment_id}").status_code == 404


def test_an_animation_is_prepared_before_it_can_be_posted(call):
    sent = call("POST", "/api/v2/media", files={"file": ("a.gif", GIF)}, data={"description": "é"})
    assert (sent.status_code, sent.json()["url"]) == (202, None)
    media_id = sent.json()["id"]
    early = call("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [media_id]})
    assert early.status_code == 422
    looks = [call("GET", f"/api/v1/media/{media_id}").status_code for _ in range(2)]
    assert looks == [206, 200]
    status = posted(call, media_ids=[media_id])
    [shown] = status["media_attachments"]
    assert (shown["description"], shown["type"]) == ("é", "gifv")
    again = call("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [media_id]})
    assert again.status_code == 422
    assert call("GET", f"/api/v1/media/{media_id}").status_code == 404


@pytest.mark.parametrize(
    ("data", "description"), [(b"no picture", ""), (PNG, "x" * 1501), (PNG + bytes(2**24), "")]
)
def test_pictures_that_are_not_taken(call, data, description):
    files, form = {"file": ("a.png", data)}, {"description": description}
    assert call("POST", "/api/v2/media", files=files, data=form).status_code == 422
    assert call("POST", "/api/v2/media", data="x").status_code == 422


def test_five_pictures_are_too_many(call):
    ids = [call("POST", "/api/v2/media", files={"file": ("a.png", PNG)}).json()["id"]] * 5
    reply = call("POST", "/api/v1/statuses", json={"status": "x", "media_ids": ids})
    assert reply.status_code == 422


def test_notifications_go_on_until_a_page_is_empty(call, social):
    post = posted(call)
    said = [social.say(post["id"], f"No {n}").comment_id for n in range(3)]
    social.say(ACCOUNT, "elsewhere")
    seen, params = [], {"types[]": "mention", "limit": "3"}
    while True:
        page = call("GET", "/api/v1/notifications", params=params)
        seen.append([one["status"]["id"] for one in page.json()])
        if "next" not in page.links:
            break
        params["max_id"] = page.links["next"]["url"].rpartition("max_id=")[2]
    assert [len(one) for one in seen] == [3, 1, 0]
    assert set(said) < {status_id for page in seen for status_id in page}


def test_headers_tell_of_the_nearest_limit(call, sandbox):
    first = call("GET", "/api/v2/instance")
    assert first.headers["Date"] == "Mon, 02 Nov 2026 09:00:00 GMT"
    assert first.headers["X-RateLimit-Remaining"] == "299"
    assert first.headers["X-RateLimit-Reset"] == "2026-11-02T09:05:00.000000Z"
    upload = call("POST", "/api/v2/media", files={"file": ("a.png", PNG)})
    assert upload.headers["X-RateLimit-Limit"] == "30"
    assert upload.headers["X-RateLimit-Reset"] == "2026-11-02T09:30:00.000000Z"
    sandbox.faults.add("nearly_throttled", percent=90)
    assert call("GET", "/api/v2/instance").headers["X-RateLimit-Remaining"] == "30"


def test_thirty_deletions_in_half_an_hour(call, sandbox):
    ids = [posted(call, f"No {n}")["id"] for n in range(31)]
    said = [call("DELETE", f"/api/v1/statuses/{one}").status_code for one in ids]
    assert said == [200] * 30 + [429]
    refused = call("DELETE", f"/api/v1/statuses/{ids[-1]}")
    assert "Retry-After" not in refused.headers
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Reset"] == "2026-11-02T09:30:00.000000Z"
    sandbox.set_moment(START + timedelta(minutes=30))
    assert call("DELETE", f"/api/v1/statuses/{ids[-1]}").status_code == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "status": 500}, 500),
        ({"kind": "throttle", "seconds": 60}, 429),
        ({"kind": "token_expired"}, 401),
        ({"kind": "token_revoked"}, 401),
        ({"kind": "permission_denied"}, 403),
        ({"kind": "account_suspended"}, 403),
    ],
)
def test_faults_in_the_server_s_own_words(call, sandbox, fault, status):
    sandbox.faults.add(Fault(platform="mastodon", account=ACCOUNT, **fault))
    reply = call("GET", "/api/v2/instance")
    assert (reply.status_code, list(reply.json())) == (status, ["error"])
    assert call("GET", "/api/v2/instance").status_code == 200


def test_what_is_not_there(call):
    assert call("GET", "/api/v1/timelines/home").status_code == 404
    assert call("PUT", "/api/v1/statuses").status_code == 404
    languages = call("GET", "/api/v1/instance/languages").json()
    assert {"code": "de", "name": "German"} in languages
