"""Bluesky written to while something goes wrong: lost answers, limits, dead tokens, failures."""

import pytest

from connectors.base import ReconnectError
from connectors.changes import ABSENT, PRESENT

from .bluesky_shop import permit, post
from .bluesky_shop import shop as opened

PUT = "com.atproto.repo.putRecord"


@pytest.fixture
def shop(tmp_path):
    with opened(tmp_path) as running:
        yield running


def said(shop) -> list[tuple[str, str]]:
    return [(entry.what, entry.text) for entry in shop.world.log]


@pytest.mark.parametrize("kind", ["cut_after", "status_after", "half_page", "cut_body", "html"])
def test_a_lost_answer_is_unknown_and_found_by_reading(shop, kind):
    shop.sandbox.faults.add(kind, path=PUT, status=502 if kind != "html" else 200)
    change = post("Lost?")
    written = shop.write(change)
    assert (written.state, written.made) == ("unknown", "")
    assert shop.value(change.subject) == (ABSENT if kind == "html" else PRESENT)
    assert len(shop.calls(PUT)) == 1


def test_a_call_that_arrives_after_it_was_sent_again_makes_nothing_twice(shop):
    shop.sandbox.faults.add("cut_after", path=PUT)
    change = post("Lost?")
    shop.write(change)
    shop.pass_(minutes=3)
    assert shop.write(change).state == "accepted"
    assert said(shop) == [("post", "Lost?")]


def test_nothing_more_is_sent_after_an_outcome_that_is_open(shop):
    shop.sandbox.faults.add("cut_before", path=PUT)
    first, second = shop.channel.write([permit(post("One")), permit(post("Two"))])
    assert (first.state, second.state) == ("unknown", "refused")
    assert second.error.startswith("not sent: ")
    assert shop.posts == []


def test_a_limit_is_a_refusal_with_its_wait(shop):
    shop.sandbox.faults.add("throttle", path=PUT, seconds=120)
    first, second = shop.channel.write([permit(post("One")), permit(post("Two"))])
    assert (first.state, first.retry_after) == ("refused", 120)
    assert "429 RateLimitExceeded" in first.error
    assert (second.state, second.retry_after) == ("refused", 120)
    assert shop.posts == []


def test_a_long_limit_of_writing_stops_no_reading(shop):
    shop.sandbox.faults.add("throttle", path=PUT, seconds=3_000)
    change = post("One")
    assert shop.write(change).retry_after == 3_000
    assert shop.value(change.subject) == ABSENT
    again = shop.write(change)
    assert (again.state, again.error.startswith("not sent: "), round(again.retry_after, -2)) == (
        "refused", True, 3_000,
    )  # fmt: skip
    assert (shop.calls(PUT), shop.waits.slept) == ([429], [])


def test_an_upload_may_be_tried_again(shop):
    shop.sandbox.faults.add("status", path="uploadBlob", status=502, count=2)
    assert shop.write(post("Look", **shop.picture("a.png"))).state == "accepted"
    assert shop.calls("com.atproto.repo.uploadBlob") == [502, 502, 200]


def test_a_failed_upload_publishes_nothing(shop):
    shop.sandbox.faults.add("status", path="uploadBlob", status=502, count=None)
    written = shop.write(post("Look", **shop.picture("a.png")))
    assert (written.state, shop.calls(PUT)) == ("refused", [])
    assert written.error.startswith("not sent: Bluesky shop.example: POST 127.0.0.1")


def test_a_token_that_runs_out_before_the_write_is_renewed_first(shop):
    shop.channel.account()
    shop.pass_(hours=3)
    assert shop.write(post("Hello")).state == "accepted"
    assert shop.calls(PUT) == [200]


def test_a_token_that_runs_out_at_the_write_was_refused_unread(shop):
    shop.sandbox.faults.add("token_expired", path=PUT)
    assert shop.write(post("Hello")).state == "accepted"
    assert shop.calls(PUT) == [400, 200]
    assert said(shop) == [("post", "Hello")]


def test_a_dead_password_needs_a_person(shop):
    shop.sandbox.faults.add("token_revoked", count=None)
    with pytest.raises(ReconnectError, match="AuthenticationRequired; check account_id"):
        shop.channel.write([permit(post("Hello"))])


def test_a_password_that_dies_after_the_first_post_loses_its_answer_not(shop):
    shop.sandbox.faults.add("token_revoked", path="createSession", count=None, first=2)
    shop.sandbox.faults.add("token_revoked", path="getSession", count=None, first=2)
    first, second = shop.channel.write([permit(post("One")), permit(post("Two"))])
    assert (first.state, second.state) == ("accepted", "refused")
    assert "reconnect" in second.error


def test_what_the_server_refuses_is_refused_with_its_sentence(shop):
    shop.sandbox.faults.add("permission_denied", path=PUT)
    written = shop.write(post("Hello"))
    assert (written.state, "403 Forbidden: Missing required scope" in written.error) == (
        "refused",
        True,
    )
