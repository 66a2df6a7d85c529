"""LinkedIn: what is asked, what the answers mean, what is unknown and said to be."""

import logging
from datetime import date, datetime, timedelta
from math import isnan

import pandas as pd
import pytest
from pydantic import ValidationError

from config.platforms import LEVELS
from connectors.base import (
    PartialChannel,
    ReconnectError,
    RejectedError,
    TransientError,
    Window,
)
from connectors.changes import Permit, Written
from connectors.channels import linkedin
from connectors.channels.linkedin.calling import is_own
from connectors.sandbox.social import Audience
from connectors.social import Engagement
from connectors.throttle import LocalThrottle

from ..conftest import Answer, told
from .linkedin_page import (
    KEY,
    METRICS,
    NINE,
    ORGANIZATION,
    REFRESH,
    TODAY,
    TOKEN,
    Page,
    page,
    pictures,
    post,
)

LONG_AGO = NINE - timedelta(days=90)
DAY = timedelta(days=1)
LAST = date(2026, 11, 1)  # the last day that is told of
SHARE = "urn:li:share:7300000000000000001"
ACTIVITY = "urn:li:activity:7300000000000000002"
COMMENT = f"urn:li:comment:({ACTIVITY},7300000000000000003)"


@pytest.fixture
def ours():
    with page() as made:
        yield made


@pytest.fixture
def scripted(server, time_):
    """Connect to the scripted server, with these options."""

    def made(**options) -> linkedin.Connector:
        given = {"account_id": ORGANIZATION, "access_token": TOKEN, "metrics": METRICS, **options}
        addresses = {"base_url": server.url, "token_url": f"{server.url}/token"}
        return linkedin.Connector(
            linkedin.Options(**{**addresses, **given}),
            throttle=LocalThrottle(time_.clock, time_.sleep),
            clock=lambda: NINE,
            sleep=time_.sleep,
        )

    return made


def fill(ours: Page, count: int, step: timedelta = timedelta(hours=6)) -> None:
    """Give the page a past: posts one after the other, the last a step ago."""
    for n in range(count):
        at = NINE - step * (count - n)
        ours.social.publish(KEY, f"{73 * 10**17 + n}", f"Post {n} (of many)", at=at)


def elements(*rows: dict, **paging) -> Answer:
    return Answer({"paging": {"start": 0, "count": 100, "links": [], **paging}, "elements": rows})


def row(urn: str = SHARE, at: datetime = NINE, **more) -> dict:
    time = int(at.timestamp() * 1000)
    known = {"id": urn, "commentary": "Text", "lifecycleState": "PUBLISHED"}
    return {**known, "createdAt": time, "publishedAt": time, "lastModifiedAt": time, **more}


def collected(pages) -> list:
    return [one for part in pages for one in part]


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_id": "acme"},
        {"account_id": "urn:li:person:Ab"},
        {"api_version": "2026-07"},
        {"api_version": "202613"},
        {"refresh_token": "r"},
        {"client_id": "c", "client_secret": "s"},
        {"metrics": {"clicks": "clickCount"}},
        {"metrics": {"impressions": "likeCount"}},
    ],
    ids=str,
)
def test_options_refuse_what_linkedin_would(wrong):
    with pytest.raises(ValidationError):
        linkedin.Options(**{"account_id": ORGANIZATION, "access_token": TOKEN, **wrong})


def test_options_take_what_people_write():
    given = {"account_id": f"urn:li:organization:{ORGANIZATION}", "access_token": TOKEN}
    options = linkedin.Options(**given, api_version=202609)
    assert (options.account_id, options.api_version) == (ORGANIZATION, "202609")


def test_its_levels_are_those_of_the_configuration():
    assert LEVELS["linkedin"] == linkedin.LEVELS


def test_the_account_has_no_currency_and_utc_days(ours):
    account = ours.connect().account()
    assert (account.platform, account.account_id) == KEY
    assert account.name == "Acme Shoes"
    assert (account.currency, account.time_zone) == ("XXX", "UTC")


def test_entities_are_the_page_and_its_posts_of_ninety_days(ours):
    fill(ours, 3, timedelta(days=40))
    page_, posts = ours.connect().entities(["account", "post"])
    assert [one.name for one in page_] == ["Acme Shoes"]
    assert [one.name for one in posts] == ["Post 2 (of many)", "Post 1 (of many)"]
    assert posts[0].url == f"https://www.linkedin.com/feed/update/{posts[0].entity_id}"
    with pytest.raises(RejectedError, match="no level campaign"):
        list(ours.connect().entities(["campaign"]))


def test_an_entity_is_named_by_the_beginning_of_its_text(ours):
    ours.social.publish(KEY, "7300000000000000001", "word\n" * 40, at=NINE - DAY)
    ((only,),) = ours.connect().entities(["post"])
    assert only.name == ("word " * 16).strip()


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_all_pages_of_posts_are_read(ours, count):
    fill(ours, count)
    read = collected(ours.connect().posts(LONG_AGO))
    assert [one.text for one in read] == [f"Post {n} (of many)" for n in reversed(range(count))]
    assert ours.calls(path="/rest/posts") == max(1, -(-count // 100))


def test_reading_ends_where_nothing_newer_can_come(ours):
    fill(ours, 250)
    read = collected(ours.connect().posts(NINE - timedelta(hours=13)))
    assert len(read) == 2
    assert ours.calls(path="/rest/posts") == 1


def test_an_old_post_that_was_edited_ends_nothing(server, scripted):
    edited = row("urn:li:share:1", NINE - 30 * DAY, lastModifiedAt=int(NINE.timestamp() * 1000))
    newer = row("urn:li:share:2", NINE - DAY)
    old = row("urn:li:share:3", NINE - 40 * DAY)
    link = {"rel": "next", "href": "/rest/posts"}
    server.script(
        elements(edited, links=[link]), elements(newer, links=[link]), elements(old, links=[link]),
        elements(), elements(),
    )  # fmt: skip
    assert [one.post_id for one in collected(scripted().posts(NINE - 7 * DAY))] == [
        "urn:li:share:2"
    ]
    assert [seen.query.get("start") for seen in server.seen[:3]] == ["0", "100", "200"]


def test_a_short_page_is_not_the_last_one_while_there_is_a_link(server, scripted):
    first, second = row("urn:li:share:1"), row("urn:li:share:2")
    link = {"rel": "next", "href": "/rest/posts"}
    server.script(elements(first, links=[link]), elements(second), elements())
    assert len(collected(scripted().posts(LONG_AGO))) == 2


def test_a_paging_that_turns_in_a_circle_is_given_up(server, scripted):
    server.script(elements(row(), links=[{"rel": "next", "href": "/rest/posts"}]))
    with pytest.raises(TransientError, match="circle"):
        collected(scripted().posts(LONG_AGO))


def test_a_post_that_comes_twice_is_one(server, scripted):
    server.script(elements(row(), row()), elements())
    assert len(collected(scripted().posts(LONG_AGO))) == 1


def test_drafts_are_no_posts_and_gaps_are_borne(server, scripted):
    draft = row("urn:li:share:1", lifecycleState="DRAFT", publishedAt=None)
    bare = row("urn:li:share:2", commentary=None, publishedAt=None, lastModifiedAt=None)
    server.script(elements(draft, bare), elements())
    (only,) = collected(scripted().posts(LONG_AGO))
    assert (only.post_id, only.text, only.published_at) == ("urn:li:share:2", "", NINE)


def test_what_a_post_earned_comes_with_it(ours):
    fill(ours, 120)
    read = collected(ours.connect().posts(LONG_AGO))
    stored = {f"urn:li:share:{one.post_id}": one for one in ours.stored}
    for one in read:
        earned = ours.social.engagement(stored[one.post_id])
        assert one.engagement == earned
    assert sum(one.engagement.impressions for one in read) > 0
    assert ours.calls(path="ShareStatistics") == 3  # 50, 50, 20 of them


def test_posts_without_activity_have_none_and_old_ones_are_unknown(server, scripted):
    posts = [
        row("urn:li:share:1"),
        row("urn:li:ugcPost:2"),
        row("urn:li:share:3", NINE - 400 * DAY),
    ]
    figures = {"impressionCount": 7, "likeCount": 2, "commentCount": 1, "clickCount": 0}
    told_of = {"ugcPost": "urn:li:ugcPost:2", "totalShareStatistics": figures}
    server.script(elements(*posts), elements(), elements(told_of))
    read = {one.post_id: one.engagement for one in collected(scripted().posts(NINE - 500 * DAY))}
    assert read == {
        "urn:li:share:1": Engagement(0, 0, 0, 0, 0),
        "urn:li:ugcPost:2": Engagement(7, 2, 1, 0, 0),
        "urn:li:share:3": Engagement(),
    }
    assert server.seen[1].query["shares"] == "List(urn:li:share:1,urn:li:share:3)"
    assert server.seen[2].query["ugcPosts"] == "List(urn:li:ugcPost:2)"


def test_followers_are_those_of_now(ours):
    assert ours.connect().followers() == ours.social.followers(KEY)


def test_figures_of_days_are_what_the_posts_earned(ours):
    fill(ours, 60)
    window = Window(TODAY - 20 * DAY, LAST)
    frame = pd.concat(ours.connect().performance("account", window))
    assert [*frame.columns] == ["entity_id", "date_day", "impressions", "clicks", *METRICS]
    assert frame.dtypes[2:].unique().tolist() == ["float64"]
    assert frame["date_day"].tolist() == [f"{window.start + n * DAY}" for n in range(20)]
    assert set(frame["entity_id"]) == {ORGANIZATION}
    impressions = sum(ours.social.engagement(one).impressions for one in ours.stored)
    assert 0 < frame["impressions"].sum() <= impressions
    assert frame["impressions"].sum() > 0.8 * impressions
    assert frame["comments"].sum() == sum(
        one.at.date() <= LAST for post_ in ours.stored for one in ours.social.comments(post_)
    )


def test_followers_of_yesterday_are_unknown_not_zero():
    with page(audience=Audience(growth_per_day=-2.0)) as ours:
        window = Window(TODAY - 7 * DAY, LAST)
        frame = pd.concat(ours.connect().performance("account", window))
        gained = frame["followers_gained"].tolist()
        assert gained[:-1] == [-2.0] * 6
        assert isnan(gained[-1])


def test_without_its_metrics_only_the_core_ones_are_asked(ours):
    frame = pd.concat(ours.connect(metrics={}).performance("account", Window(LAST, LAST)))
    assert [*frame.columns] == ["entity_id", "date_day", "impressions", "clicks"]
    assert ours.calls(path="FollowerStatistics") == 0


def test_days_that_are_not_told_of_are_not_covered(ours):
    channel = ours.connect()
    assert isinstance(channel, PartialChannel)
    assert channel.covered("account", Window(LAST, TODAY)) == [Window(LAST, LAST)]
    assert channel.covered("account", Window(TODAY, TODAY)) == []
    first = TODAY - 365 * DAY
    assert channel.covered("account", Window(first - DAY, first)) == [Window(first, first)]
    with pytest.raises(RejectedError, match="not told of yet"):
        list(channel.performance("account", Window(LAST, TODAY)))
    assert ours.calls(path="ShareStatistics") == 1


def test_a_page_of_which_no_day_is_told_is_known_after_three(server, scripted):
    server.script(elements())
    channel = scripted()
    settled = TODAY - 3 * DAY
    assert channel.covered("account", Window(settled, TODAY)) == [Window(settled, settled)]
    (frame,) = channel.performance("account", Window(settled, settled))
    assert frame.empty
    assert [*frame.columns][:3] == ["entity_id", "date_day", "impressions"]


def test_days_are_asked_for_from_midnight_utc_to_midnight(server, scripted):
    server.script(elements())
    list(scripted().performance("account", Window(date(2026, 10, 24), date(2026, 10, 26))))
    asked = server.seen[-1].query["timeIntervals"]
    start, end = 1792800000000, 1793059200000
    assert asked == f"(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"


def test_other_levels_and_breakdowns_are_refused(ours):
    window = Window(LAST, LAST)
    with pytest.raises(RejectedError, match="no figures of level post"):
        list(ours.connect().performance("post", window))
    with pytest.raises(RejectedError, match="no breakdown"):
        list(ours.connect().performance("account", window, "age"))


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_all_comments_are_read(ours, count):
    made = ours.write(post("A post")).made
    for n in range(count):
        ours.social.say(made, f"Comment {n} \\(x\\) #y")
    read = collected(ours.connect().comments([made], LONG_AGO))
    assert [one.text for one in read] == [f"Comment {n} \\(x\\) #y" for n in range(count)]
    assert {one.post_id for one in read} <= {made}


def test_answers_come_with_what_they_answer(ours):
    made = ours.write(post("A post")).made
    first = ours.social.say(made, "Question?")
    ours.social.say(made, "Answer", parent_id=first.comment_id)
    ours.social.say(made, "Other")
    read = collected(ours.connect().comments([made], LONG_AGO))
    assert [(one.text, one.parent_id != "") for one in read] == [
        ("Question?", False),
        ("Other", False),
        ("Answer", True),
    ]
    assert read[2].parent_id == read[0].comment_id


def test_of_people_nothing_is_kept_but_what_they_wrote(ours):
    made = ours.write(post("A post")).made
    ours.social.say(made, "Hello", "A. Person", details={"private": True})
    ours.social.say(made, "Hello too", "B. Person", followers=12)
    for one in collected(ours.connect().comments([made], LONG_AGO)):
        assert (one.author, one.followers, one.by_us, one.kind) == ("", None, False, "comment")
        assert one.url.startswith("https://www.linkedin.com/feed/update/urn:li:activity:")
        assert "commentUrn=urn%3Ali%3Acomment%3A%28activity%3A" in one.url


def test_comments_are_those_since_a_moment_and_of_posts_that_are_there(ours):
    made = ours.write(post("A post")).made
    ours.social.say(made, "Early")
    ours.sandbox.set_minute(600)
    ours.social.say(made, "Late")
    since = ours.sandbox.world.moment()
    gone = "urn:li:share:1"
    read = collected(ours.connect().comments([gone, made], since))
    assert [one.text for one in read if not one.text.startswith(("Does", "Thank"))] == ["Late"]


def test_an_older_shape_of_comments_is_understood(server, scripted):
    created = {"time": int(NINE.timestamp() * 1000)}
    bare = {"id": 7300000000000000003, "object": ACTIVITY, "created": created}
    private = {**bare, "id": "4", "actor": {"id": "private"}, "message": {"text": None}}
    urn = COMMENT.replace("3)", "5)")
    own = {**bare, "commentUrn": urn, "actor": f"urn:li:organization:{ORGANIZATION}"}
    server.script(elements(bare, private, own))
    read = collected(scripted().comments([SHARE], LONG_AGO))
    fourth = f"urn:li:comment:({ACTIVITY},4)"
    assert [one.comment_id for one in read] == [COMMENT, fourth, COMMENT.replace("3)", "5)")]
    assert [(one.text, one.by_us) for one in read] == [("", False), ("", False), ("", True)]


def test_a_comment_that_comes_twice_is_one(server, scripted):
    created = {"time": int(NINE.timestamp() * 1000)}
    comment = {"id": "3", "object": ACTIVITY, "created": created, "message": {"text": "Hi"}}
    server.script(elements(comment, comment))
    assert [one.text for one in collected(scripted().comments([SHARE], LONG_AGO))] == ["Hi"]


def test_every_call_names_version_and_protocol(server, scripted):
    server.script(elements())
    collected(scripted(api_version="202609").posts(NINE))
    headers = server.seen[0].headers
    assert headers["LinkedIn-Version"] == "202609"
    assert headers["X-Restli-Protocol-Version"] == "2.0.0"
    assert headers["X-RestLi-Method"] == "FINDER"
    assert headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_version_that_is_gone_names_the_option(ours):
    for version in ("202509", "202512", "202705"):
        with pytest.raises(RejectedError, match=r"NONEXISTENT_VERSION.*option api_version"):
            ours.connect(api_version=version).account()


def test_another_page_is_refused_with_advice(ours):
    with pytest.raises(RejectedError, match="rw_organization_admin"):
        ours.connect(account_id="99").account()


def test_an_expired_token_is_renewed_once(ours):
    ours.sandbox.faults.add("token_expired", path="/rest")
    assert ours.connect(**REFRESH).account().name == "Acme Shoes"
    assert ours.calls(path="accessToken") == 1


def test_a_consent_that_is_gone_needs_a_person(ours):
    ours.sandbox.faults.add("token_revoked", count=None)
    with pytest.raises(ReconnectError, match=r"invalid_grant.*reconnect") as caught:
        ours.connect(**REFRESH).account()
    secrets = (TOKEN, REFRESH["refresh_token"], REFRESH["client_secret"])
    assert not [secret for secret in secrets if secret in told(caught.value)]


@pytest.mark.parametrize("answer", [Answer(status=503), Answer({}), Answer(b"<html>")], ids=repr)
def test_a_token_that_does_not_come_may_come_later(server, scripted, answer):
    server.script(Answer(status=401))
    server.token = answer
    with pytest.raises(TransientError):
        scripted(**REFRESH).account()


def test_after_a_limit_calls_wait_longer_each_time(server, scripted, time_):
    server.script(Answer({"status": 429, "message": "Resource level throttle limit"}, 429))
    channel = scripted()
    with pytest.raises(TransientError) as caught:
        channel.account()
    assert (time_.slept, caught.value.retry_after) == ([60.0, 300.0], 900.0)
    time_.now += 900
    with pytest.raises(TransientError) as caught:
        channel.account()
    assert caught.value.retry_after == 15 * 3600  # midnight UTC


def test_a_limit_that_was_lifted_begins_anew(server, scripted, time_):
    refused, fine = Answer({"message": "throttle"}, 429), Answer({"localizedName": "Acme"})
    server.script(refused, fine, refused, fine)
    channel = scripted()
    assert channel.account() == channel.account()
    assert time_.slept == [60.0, 60.0]


def test_a_limit_of_the_day_ends_at_midnight(ours):
    ours.sandbox.faults.add("throttle", error="DAY")
    with pytest.raises(TransientError) as caught:
        ours.connect().account()
    assert (caught.value.retry_after, ours.time.slept) == (15 * 3600.0, [])


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"status": 400, "code": "ILLEGAL", "message": "bad urn"}, "ILLEGAL: bad urn"),
        (404, {"status": 404, "message": "no such thing"}, "404: no such thing"),
        (404, None, "404: there is no such thing"),
        (422, {"message": "m", "errorDetails": {"inputErrors": [{"code": "LONG"}]}}, "422 LONG: m"),
        (422, {"message": "m", "errorDetails": {"inputErrors": []}}, "422: m"),
        (422, {"message": "m", "errorDetails": None, "serviceErrorCode": 100}, "422 100: m"),
    ],
)  # fmt: skip
def test_errors_say_what_linkedin_said(server, scripted, status, body, said):
    server.script(Answer(body, status))
    with pytest.raises(RejectedError, match=said):
        scripted().account()


def test_an_upload_to_somebody_else_is_refused(server, scripted, tmp_path):
    foreign = {"uploadUrl": "https://files.example/put?sig=secret", "image": "urn:li:image:1"}
    server.script(Answer({"value": foreign}))
    channel = scripted(content_folder=tmp_path)
    written = write_one(channel, pictures(tmp_path, "boot"))
    assert written.error == "not sent: PUT files.example/put: not LinkedIn's host; not uploaded"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("base", "address", "own"),
    [
        ("https://api.linkedin.com", "https://www.linkedin.com/dms-uploads/1?x=y", True),
        ("https://api.linkedin.com", "http://www.linkedin.com/dms-uploads/1", False),
        ("https://api.linkedin.com", "https://linkedin.com.evil.example/1", False),
        ("https://api.linkedin.com", "https://evillinkedin.com/1", False),
        ("http://127.0.0.1:80", "http://127.0.0.1:80/1", True),
        ("http://127.0.0.1:80", "http://127.0.0.1:81/1", False),
        ("http://127.0.0.1:80", "https://www.linkedin.com/1", False),
    ],
)
def test_the_token_goes_to_linkedin_only(base, address, own):
    assert is_own(address, base) is own


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [("PROCESSING_FAILED", "refused", "cannot use it"), ("PROCESSING", "refused", "may pass")],
)
def test_a_picture_that_never_gets_ready_is_not_posted(
    server, scripted, tmp_path, time_, status, state, said
):
    value = {"uploadUrl": f"{server.url}/put", "image": "urn:li:image:1"}
    server.script(Answer({"value": value}), Answer(b"", 201), Answer({"status": status}))
    written = write_one(scripted(content_folder=tmp_path), pictures(tmp_path, "boot"))
    assert written.state == state
    assert said in written.error
    assert sum(time_.slept) < 120
    assert not [seen for seen in server.seen if seen.path == "/rest/posts"]


@pytest.mark.parametrize("answer", [Answer(b"", 201), Answer({"id": "x"}, 200)], ids=repr)
def test_a_success_that_names_nothing_is_unknown(server, scripted, answer):
    server.script(answer)
    assert write_one(scripted(), {}).state == "unknown"


def test_what_others_wrote_is_never_logged(ours, caplog):
    caplog.set_level(logging.DEBUG)
    made = ours.write(post("A post")).made
    ours.social.say(made, "confidential words", "Confidential Name")
    collected(ours.connect().comments([made], LONG_AGO))
    assert "confidential" not in caplog.text.lower()
    assert TOKEN not in caplog.text


def test_there_is_no_change_history(ours):
    channel = ours.connect()
    assert list(channel.edits(LONG_AGO, NINE)) == []
    assert (channel.edit_history_days, channel.restatement_days) == (0, 7)
    assert channel.writable == frozenset({("account", "post"), ("post", "reply")})
    assert channel.writes_together([]) is True


def write_one(channel: linkedin.Connector, content: dict[str, str]) -> Written:
    return channel.write([Permit(post("A post", **content), 1, NINE)])[0]
