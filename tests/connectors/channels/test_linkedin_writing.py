"""LinkedIn: posts, replies and pictures go out once, and are read back."""

from datetime import timedelta

import pytest

from connectors.base import ReconnectError, RejectedError
from connectors.changes import ABSENT, PRESENT, REMOVED, Permit, Subject, WritableChannel
from connectors.social import SocialChannel, item_of

from ..conftest import told
from .linkedin_page import (
    KEY,
    NINE,
    ORGANIZATION,
    REFRESH,
    TOKEN,
    page,
    picture,
    pictures,
    png,
    post,
    reply,
)

TEXT = "Launch day (beta) #b2b\n\nhttps://shop.example/?utm_source=linkedin"


@pytest.fixture
def ours(tmp_path):
    with page(tmp_path) as made:
        yield made


@pytest.fixture
def answered(ours):
    """Our post, and what somebody wrote under it."""
    made = ours.write(post(TEXT)).made
    ours.social.say(made, "Does it come in wide sizes?")
    comments = [one for part in ours.connect().comments([made], NINE) for one in part]
    return ours, made, comments[-1].comment_id


def test_it_is_what_it_says(ours):
    channel = ours.connect()
    assert isinstance(channel, SocialChannel)
    assert isinstance(channel, WritableChannel)
    assert (channel.network, channel.account_id) == ("linkedin", ORGANIZATION)


def test_a_post_is_published_once_and_read_back(ours):
    change = post(TEXT)
    assert ours.setting(change.subject).value == ABSENT
    written = ours.write(change)
    assert (written.state, written.error) == ("accepted", "")
    assert written.made.startswith("urn:li:share:")
    assert written.request_id.startswith("sandbox-")
    assert ours.logged == [("post", TEXT)]
    assert ours.setting(change.subject).value == PRESENT
    (read,) = next(iter(ours.connect().posts(NINE)))
    assert (read.post_id, read.text, read.published_at) == (written.made, TEXT, NINE)
    assert read.url == f"https://www.linkedin.com/feed/update/{written.made}"
    hashtags = ours.stored[0].details["hashtags"]
    assert [TEXT[start:end] for start, end in hashtags] == ["#b2b"]


def test_a_deleted_post_is_absent(ours):
    change = post(TEXT)
    ours.write(change)
    assert ours.write(post(TEXT, NINE, REMOVED)).state == "accepted"
    assert ours.logged == [("post", TEXT), ("deletion", TEXT)]
    assert ours.setting(change.subject).value == ABSENT
    assert ours.write(post(TEXT, NINE, ABSENT)).state == "accepted"
    assert len(ours.logged) == 2


def test_an_older_post_with_the_same_text_is_not_this_one(ours):
    ours.social.publish(KEY, "7300000000000000001", TEXT, at=NINE - timedelta(days=2))
    ours.social.publish(KEY, "7300000000000000002", TEXT, at=NINE - timedelta(hours=11))
    assert ours.setting(post(TEXT).subject).value == PRESENT
    later = post(TEXT, NINE + timedelta(hours=2)).subject
    assert ours.setting(later).value == ABSENT
    both = ours.connect().settings([post(TEXT).subject, later])
    assert [one.value for one in both.values()] == [PRESENT, ABSENT]


def test_of_posts_with_one_text_the_first_is_deleted(ours):
    ours.write(post(TEXT))
    ours.sandbox.advance(40)
    again = ours.write(post(TEXT, NINE + timedelta(days=40))).made
    assert ours.write(post(TEXT, NINE, ABSENT)).state == "accepted"
    assert [one.post_id for one in ours.stored] == [again]


def test_a_card_stands_under_the_text(ours):
    card = {
        "link_url": "https://shop.example/?a=1",
        "link_title": "Boots (new)",
        "link_description": "All *sizes*",
    }
    ours.write(post("New boots", **card))
    (stored,) = ours.stored
    article = {
        "source": "https://shop.example/?a=1",
        "title": "Boots (new)",
        "description": "All *sizes*",
    }
    assert stored.details["content"] == {"article": article}


def test_a_picture_is_uploaded_waited_for_and_shown(ours):
    written = ours.write(post("One", **pictures(ours.folder, "A (red) boot")))
    assert written.state == "accepted"
    shown = ours.stored[0].details["content"]["media"]
    image = ours.social.media[shown["id"]]
    assert (image["bytes"], image["type"], image["alt"]) == (png(1), "image/png", "A (red) boot")
    assert ours.time.slept == [1.0]
    assert ours.calls("PUT") == 1


def test_several_pictures_keep_their_order(ours):
    written = ours.write(post("Three", **pictures(ours.folder, "first", "", "third")))
    assert written.made.startswith("urn:li:ugcPost:")
    shown = ours.stored[0].details["content"]["multiImage"]["images"]
    assert [ours.social.media[one["id"]]["bytes"] for one in shown] == [png(1), png(2), png(3)]
    assert [one.get("altText") for one in shown] == ["first", None, "third"]
    assert ours.setting(post("Three").subject).value == PRESENT


def test_an_upload_is_tried_again_and_publishes_nothing(ours):
    ours.sandbox.faults.add("status", path="/dms-uploads", status=503)
    ours.sandbox.faults.add("cut_after", path="/rest/images", method="POST")
    assert ours.write(post("One", **pictures(ours.folder, "boot"))).state == "accepted"
    assert ours.logged == [("post", "One")]


def test_without_its_picture_a_post_is_not_sent(ours):
    ours.sandbox.faults.add("status", path="/dms-uploads", status=503, count=None)
    written = ours.write(post("One", **pictures(ours.folder, "boot")))
    assert written.state == "refused"
    assert written.error.startswith("not sent: ")
    assert ours.logged == []


def test_a_picture_that_changed_since_its_approval_is_not_sent(ours):
    content = pictures(ours.folder, "boot")
    (ours.folder / "1.png").write_bytes(png(9))
    assert "has changed since" in ours.write(post("One", **content)).error
    assert ours.calls() == 0


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"text": ""}, "no text"),
        ({"text": " \n"}, "no text"),
        ({"text": "x" * 3001}, "the text has 3,001 characters, LinkedIn takes 3,000"),
        ({"link_url": "https://a.example"}, "link_title is missing"),
        ({"link_url": "https://a.example", "link_title": "t" * 401}, "link_title has 401"),
        ({"link_description": "d" * 4087}, "link_description has 4,087"),
    ],
)  # fmt: skip
def test_what_linkedin_would_refuse_is_said_before(ours, content, wrong):
    content = dict(content)
    change = post(content.pop("text", "fine"), **content)
    (sentence,) = ours.connect().check([change])
    assert wrong in sentence
    assert ours.write(change).error == f"not sent: {sentence}"
    assert ours.calls() == 0


def test_what_fits_is_not_objected_to(ours):
    fits = post("()" * 1500, **pictures(ours.folder, "a" * 4086))
    address = {"link_url": "https://a.example"}
    gone = post("gone", NINE, ABSENT)
    assert ours.connect().check([fits, post("see https://a.example", **address), gone]) == [""] * 3
    assert ours.write(fits).state == "accepted"
    assert ours.stored[0].text == "()" * 1500


@pytest.mark.parametrize(
    ("wrong", "content"),
    [
        ("has changed since", {"image_1_sha256": "0" * 64}),
        ("no file of the content folder", {"image_1_file": "missing.png"}),
        ("outside the content folder", {"image_1_file": "../1.png"}),
        ("has an alternative text that has 4,087 characters", {"image_1_alt": "a" * 4087}),
        ("more than 20 pictures", {f"image_{n}_file": "1.png" for n in range(1, 22)}),
        ("put the address into the text", {"link_url": "https://a.example"}),
    ],
)
def test_a_picture_is_objected_to(ours, wrong, content):
    (sentence,) = ours.connect().check([post("fine", **pictures(ours.folder, "boot"))])
    assert sentence == ""
    given = {**pictures(ours.folder, "boot"), **content}
    (sentence,) = ours.connect().check([post("fine", **given)])
    assert wrong in sentence


def test_a_picture_that_linkedin_does_not_take_is_objected_to(ours):
    large = picture(ours.folder, "big.png", png() + bytes(10_000_000))
    text = picture(ours.folder, "text.png", b"no picture")
    changes = [post("fine", **large), post("fine", **text)]
    too_large, no_picture = ours.connect().check(changes)
    assert "bytes, LinkedIn takes 10,000,000" in too_large
    assert no_picture == "picture text.png is no PNG, JPEG, GIF"
    (no_folder,) = ours.connect(content_folder=None).check([changes[0]])
    assert "content_folder" in no_folder


def test_a_text_that_is_there_already_is_refused_as_duplicate(ours):
    first = ours.write(post(TEXT))
    second = ours.write(post(TEXT))
    assert second.state == "refused"
    assert second.error.startswith("duplicate: ")
    assert first.made in second.error
    ours.write(post(TEXT, NINE, ABSENT))
    assert ours.write(post(TEXT)).error.startswith("duplicate: ")
    assert [what for what, _ in ours.logged] == ["post", "deletion"]


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (("cut_after", {}), True),
        (("cut_before", {}), False),
        (("status_after", {"status": 500}), True),
        (("status", {"status": 503}), False),
        (("half_page", {}), True),
        (("html", {"status": 502}), False),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else str(value),
)
def test_a_lost_answer_is_unknown_and_reading_tells(ours, fault, made):
    kind, options = fault
    ours.sandbox.faults.add(kind, path="/rest/posts", method="POST", **options)
    change = post(TEXT)
    assert ours.write(change).state == "unknown"
    assert ours.calls("POST", "/rest/posts") == 1
    assert len(ours.logged) == made
    assert ours.setting(change.subject).value == (PRESENT if made else ABSENT)


def test_after_what_is_unknown_nothing_more_is_sent(ours):
    ours.sandbox.faults.add("cut_after", path="/rest/posts", method="POST")
    permits = [Permit(post(text), n, NINE) for n, text in enumerate(("one", "two"))]
    first, second = ours.connect().write(permits)
    assert (first.state, second.state) == ("unknown", "refused")
    assert second.error.startswith("not sent: ")
    assert ours.logged == [("post", "one")]


def test_several_go_out_in_order(ours):
    permits = [Permit(post(text), n, NINE) for n, text in enumerate(("one", "two"))]
    assert [one.state for one in ours.connect().write(permits)] == ["accepted", "accepted"]
    assert ours.logged == [("post", "one"), ("post", "two")]
    with pytest.raises(RejectedError, match="one change at a time"):
        ours.connect().write(permits, together=True)


def test_a_limit_is_refused_with_its_wait(ours):
    ours.sandbox.faults.add("throttle", path="/rest/posts", method="POST", error="DAY")
    written = ours.write(post(TEXT))
    assert (written.state, written.retry_after) == ("refused", 15 * 3600.0)
    assert ours.logged == []


def test_while_calls_are_held_back_nothing_is_sent(ours):
    channel = ours.connect()
    ours.sandbox.faults.add("throttle", path="/rest/posts", method="POST", error="DAY")
    channel.write([Permit(post("one"), 1, NINE)])
    calls = ours.calls()
    (second,) = channel.write([Permit(post("two"), 2, NINE)])
    assert (second.state, second.retry_after) == ("refused", 15 * 3600.0)
    assert second.error.startswith("not sent: ")
    assert ours.calls() == calls


def test_a_missing_right_is_refused_with_advice(ours):
    ours.sandbox.faults.add("permission_denied", path="/rest/posts", method="POST")
    written = ours.write(post(TEXT))
    assert written.state == "refused"
    assert "w_organization_social" in written.error
    assert written.request_id.startswith("sandbox-")


def test_an_expired_token_is_renewed_and_the_post_is_sent_once(ours):
    ours.sandbox.faults.add("token_expired", path="/rest/posts", method="POST")
    assert ours.write(post(TEXT), **REFRESH).state == "accepted"
    assert ours.logged == [("post", TEXT)]


def test_a_dead_token_needs_a_person(ours):
    ours.sandbox.faults.add("token_expired", path="/rest", count=None)
    with pytest.raises(ReconnectError, match="reconnect") as caught:
        ours.write(post(TEXT))
    assert TOKEN not in told(caught.value)
    with pytest.raises(ReconnectError, match="reconnect"):
        ours.write(post(TEXT), **REFRESH)


def test_what_was_written_before_the_token_died_is_not_lost(ours):
    ours.sandbox.faults.add("token_revoked", path="/rest/posts", method="POST", first=2)
    permits = [Permit(post(text), n, NINE) for n, text in enumerate(("one", "two", "three"))]
    states = ["accepted", "refused", "refused"]
    assert [one.state for one in ours.connect().write(permits)] == states


def test_a_reply_stands_under_its_comment(answered):
    ours, made, comment = answered
    change = reply(made, comment, "Yes (all of them) #sizes")
    assert ours.setting(change.subject).value == ABSENT
    written = ours.write(change)
    assert written.state == "accepted"
    assert written.made.startswith("urn:li:comment:(urn:li:activity:")
    assert ours.logged[-1] == ("reply", "Yes (all of them) #sizes")
    assert ours.setting(change.subject).value == PRESENT
    read = [one for part in ours.connect().comments([made], NINE) for one in part]
    (mine,) = [one for one in read if one.by_us]
    assert (mine.comment_id, mine.parent_id) == (written.made, comment)
    assert mine.text == change.content["text"]


def test_an_answer_is_answered_beside_it(answered):
    ours, made, comment = answered
    number = comment.rpartition(",")[2].rstrip(")")
    ours.social.say(made, "I would like to know too", parent_id=number)
    read = [one for part in ours.connect().comments([made], NINE) for one in part]
    (other,) = [one for one in read if one.parent_id]
    change = reply(made, other.comment_id, "From 36 to 46")
    assert ours.write(change).state == "accepted"
    assert ours.setting(change.subject).value == PRESENT
    assert ours.setting(reply(made, comment, "From 36 to 46").subject).value == PRESENT


def test_a_deleted_reply_is_absent(answered):
    ours, made, comment = answered
    ours.write(reply(made, comment, "Yes"))
    assert ours.write(reply(made, comment, "Yes", after=ABSENT)).state == "accepted"
    assert ours.logged[-1] == ("deletion", "Yes")
    assert ours.setting(reply(made, comment, "Yes").subject).value == ABSENT
    assert ours.write(reply(made, comment, "Yes", after=ABSENT)).state == "accepted"


def test_what_others_wrote_is_no_reply_of_ours(answered):
    ours, made, comment = answered
    number = comment.rpartition(",")[2].rstrip(")")
    ours.social.say(made, "Yes", parent_id=number)
    assert ours.setting(reply(made, comment, "Yes").subject).value == ABSENT


def test_to_a_comment_that_is_gone_nothing_is_sent(answered):
    ours, made, comment = answered
    gone = comment.replace(comment.rpartition(",")[2], "99)")
    setting = ours.setting(reply(made, gone, "Yes").subject)
    assert (setting.value, setting.fixed) == (ABSENT, "the comment is no longer there")
    assert ours.write(reply(made, gone, "Yes")).error.startswith("not sent: ")


def test_a_lost_answer_to_a_reply_is_unknown_and_reading_tells(answered):
    ours, made, comment = answered
    ours.sandbox.faults.add("cut_after", path="/comments", method="POST")
    change = reply(made, comment, "Yes")
    assert ours.write(change).state == "unknown"
    assert ours.setting(change.subject).value == PRESENT


@pytest.mark.parametrize(("text", "wrong"), [("", "no text"), ("x" * 1251, "1,251 characters")])
def test_a_reply_that_does_not_fit_is_not_sent(answered, text, wrong):
    ours, made, comment = answered
    assert wrong in ours.write(reply(made, comment, text)).error


@pytest.mark.parametrize(
    "subject",
    [
        Subject("campaign", "1", "status"),
        Subject("account", "99", "post", item_of(NINE, "x")),
        Subject("account", ORGANIZATION, "post", "no item"),
        Subject("post", "urn:li:share:1", "reply", "comment:0123"),
    ],
    ids=lambda subject: f"{subject.level} {subject.item[:8]}",
)
def test_what_cannot_be_written_is_refused_before_anything_is_sent(ours, subject):
    with pytest.raises(RejectedError):
        ours.connect().settings([subject])
    assert ours.calls() == 0


def test_a_post_becomes_present_or_absent_and_nothing_else(ours):
    assert "not enabled" in ours.connect().check([post("x", NINE, "enabled")])[0]
