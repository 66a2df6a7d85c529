"""Bluesky written: posts, pictures, cards, replies, deletions, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, REMOVED, Change, Subject

from .bluesky_shop import KEY, NOON, PNG, SHOP, permit, post, reply, undone
from .bluesky_shop import shop as opened

PUT = "com.atproto.repo.putRecord"


@pytest.fixture
def shop(tmp_path):
    with opened(tmp_path) as running:
        yield running


def said(shop) -> list[tuple[str, str]]:
    return [(entry.what, entry.text) for entry in shop.world.log]


def commented(shop, text: str = "When do you open?") -> tuple[str, str]:
    """Return a post of ours and a comment under it."""
    made = shop.write(post("Hello")).made
    shop.world.say(made, text)
    (page,) = shop.channel.comments([made], NOON)
    return made, page[0].comment_id


def test_a_post_is_made_found_and_taken_back(shop):
    change = post("Spring sale https://shop.example/a #sale")
    assert shop.value(change.subject) == ABSENT
    written = shop.write(change)
    assert (written.state, written.error) == ("accepted", "")
    assert shop.value(change.subject) == PRESENT
    (stored,) = shop.posts
    assert (stored.post_id, stored.text) == (written.made, change.content["text"])
    assert stored.details["record"]["langs"] == ["en"]
    assert stored.details["record"]["createdAt"] == "2026-11-02T12:00:00.000Z"
    assert shop.write(undone(change)).state == "accepted"
    assert shop.value(change.subject) == ABSENT
    assert said(shop) == [("post", stored.text), ("deletion", stored.text)]


def test_the_same_post_is_there_once_however_often_it_is_sent(shop):
    change = post("Once")
    first = shop.write(change)
    shop.pass_(minutes=5)  # so that it says another moment
    second = shop.connect().write([permit(change)])[0]
    assert (first.state, second.state, second.made) == ("accepted", "accepted", first.made)
    assert said(shop) == [("post", "Once")]


def test_the_same_text_due_another_day_is_another_post(shop):
    shop.write(post("Every Monday"))
    shop.pass_(days=7)
    later = post("Every Monday", NOON + timedelta(days=7))
    assert shop.value(later.subject) == ABSENT
    assert shop.write(later).state == "accepted"
    assert len(shop.posts) == 2


@pytest.mark.parametrize(("hours", "value"), [(11, PRESENT), (13, ABSENT), (23, ABSENT)])
def test_a_post_made_by_hand_counts_from_half_a_day_before_it_was_due(shop, hours, value):
    shop.world.publish(KEY, "by hand", "Spring  sale\n#sale")
    shop.pass_(hours=hours)
    due = NOON + timedelta(hours=hours)
    assert shop.value(post("Spring sale #sale", due).subject) == value


def test_a_late_post_is_found_by_a_reader_who_looks_for_its_moment(shop):
    change = post("Late")
    shop.pass_(days=3)
    shop.write(change)
    (page,) = shop.channel.posts(NOON + timedelta(days=2))
    assert [one.text for one in page] == ["Late"]


def test_links_hashtags_and_known_handles_are_marked(shop):
    text = "Größe 👩‍👩‍👧 @shop.example @nobody.example (https://shop.example/a_(b)?c=ü). #Ärmel #1"
    assert shop.write(post(text)).state == "accepted"
    did = shop.channel._calls.did  # noqa: SLF001
    assert shop.posts[0].details["marked"] == (
        ("mention", "@shop.example", did),
        ("link", "https://shop.example/a_(b)?c=ü", "https://shop.example/a_(b)?c=ü"),
        ("tag", "#Ärmel", "Ärmel"),
    )


def test_pictures_are_uploaded_before_and_described(shop):
    second = shop.picture("b.png", PNG + b"x", "Another dot")
    second = {key.replace("1", "2", 1): value for key, value in second.items()}
    assert shop.write(post("Look", **shop.picture("a.png"), **second)).state == "accepted"
    assert [call.path.rpartition(".")[2] for call in shop.sandbox.requests if "repo" in call.path][
        -3:
    ] == ["uploadBlob", "uploadBlob", "putRecord"]
    first, other = shop.posts[0].details["record"]["embed"]["images"]
    assert (first["alt"], other["alt"]) == ("A dot", "Another dot")
    assert first["aspectRatio"] == {"width": 1, "height": 1}
    media = shop.world.media[first["image"]["ref"]["$link"]]
    assert (media["bytes"], media["type"], media["alt"]) == (PNG, "image/png", "A dot")


def test_a_picture_alone_is_a_post(shop):
    assert shop.write(post("", **shop.picture("a.png"))).state == "accepted"


def test_a_link_with_a_title_becomes_a_card(shop):
    link = {"link_url": "https://shop.example/?a=1", "link_title": "Sale"}
    assert shop.write(post("Look", **link)).state == "accepted"
    assert shop.posts[0].details["record"]["embed"]["external"] == {
        "uri": "https://shop.example/?a=1", "title": "Sale", "description": "",
    }  # fmt: skip


def test_a_link_without_a_title_stands_in_the_text_alone(shop):
    url = "https://shop.example/?a=1"
    assert shop.write(post(f"Look {url}", link_url=url)).state == "accepted"
    assert "embed" not in shop.posts[0].details["record"]


def test_a_reply_is_made_found_and_taken_back(shop):
    made, comment = commented(shop)
    change = reply(made, comment, "At nine")
    assert shop.value(change.subject) == ABSENT
    written = shop.write(change)
    assert (written.state, shop.value(change.subject)) == ("accepted", PRESENT)
    shop.pass_(minutes=1)
    assert shop.write(change).made == written.made
    sent = shop.world.comments(shop.world.post(KEY, made))[-1].details["record"]["reply"]
    assert (sent["root"]["uri"], sent["parent"]["uri"]) == (made, comment)
    assert shop.write(undone(change)).state == "accepted"
    assert shop.value(change.subject) == ABSENT
    assert said(shop)[1:] == [("reply", "At nine"), ("deletion", "At nine")]


def test_the_same_text_under_another_comment_is_another_reply(shop):
    made, comment = commented(shop)
    shop.world.say(made, "And on Sundays?")
    (page,) = shop.channel.comments([made], NOON)
    other = next(one.comment_id for one in page if one.comment_id != comment)
    shop.write(reply(made, comment, "At nine"))
    assert shop.value(reply(made, other, "At nine").subject) == ABSENT
    assert shop.write(reply(made, other, "At nine")).state == "accepted"


@pytest.mark.parametrize("stands_for_itself", [True, False])
def test_a_mention_elsewhere_can_be_answered(shop, stands_for_itself):
    shop.world.say("", "@shop.example where are you?")
    (page,) = shop.channel.comments([], NOON)
    mention = page[0].comment_id
    change = reply(mention if stands_for_itself else "", mention, "In Linz")
    assert shop.value(change.subject) == ABSENT
    assert shop.write(change).state == "accepted"
    assert shop.value(change.subject) == PRESENT


def test_an_answer_to_a_comment_that_is_gone_is_not_sent(shop):
    made, _ = commented(shop)
    gone = made.replace(made[-13:], "3mabcabcabc2b")
    written = shop.write(reply(made, gone, "At nine"))
    assert (written.state, "no longer there" in written.error) == ("refused", True)
    assert shop.calls(PUT) == [200]


def test_replies_under_a_post_that_is_gone_are_not_in_the_answer(shop):
    made, comment = commented(shop)
    shop.world.delete(KEY, made)
    assert shop.channel.settings([reply(made, comment, "At nine").subject]) == {}


def test_nothing_is_asked_when_nothing_is_wanted(shop):
    assert shop.channel.settings([]) == {}
    assert shop.sandbox.requests == []


def test_another_account_is_not_ours(shop):
    subject = replace(post("Hello").subject, entity_id="other.example")
    assert shop.channel.settings([subject]) == {}


def test_a_deletion_takes_ours_and_leaves_one_made_by_hand(shop):
    change = post("Twice")
    ours = shop.write(change).made
    shop.pass_(minutes=1)
    shop.world.publish(KEY, "by hand", "Twice")
    shop.write(undone(change))
    assert [one.post_id for one in shop.posts] == ["by hand"]
    assert shop.world.log[-1].id == ours
    shop.write(undone(change))
    assert shop.posts == []
    assert shop.write(undone(change)).state == "accepted"  # nothing is left to be taken back


def wrong(text: str = "Hello", **content: str) -> Change:
    """Return a post; its item is another text's, as half of a sign has no digest."""
    return replace(post("Hello"), content={"text": text, "language": "en", **content})


OBJECTIONS = [
    (wrong("x" * 301), "the text has 301 signs, Bluesky takes 300"),
    (wrong("👩‍👩‍👧" * 200), "the text has 3,600 bytes, Bluesky takes 3,000"),
    (wrong("half \ud800"), "half of a sign"),
    (wrong("  "), "neither a text nor a picture nor a link"),
    (wrong(language="english please"), "language 'english please'"),
    (wrong(link_url="javascript:x", link_title="Sale"), "no address such as"),
    (wrong(link_url="https://shop.example/"), "neither in the text nor on a card"),
    (wrong(image_1_file="no.png", image_1_sha256="0"), "no.png: cannot be read"),
    (wrong(image_1_file="../no.png", image_1_sha256="0"), "outside of the content folder"),
]


@pytest.mark.parametrize(("change", "sentence"), OBJECTIONS, ids=lambda value: str(value)[:30])
def test_what_bluesky_would_refuse_is_said_and_not_sent(shop, change, sentence):
    (objection,) = shop.channel.check([change])
    assert sentence in objection
    written = shop.write(change)
    assert (written.state, sentence in written.error) == ("refused", True)
    assert shop.sandbox.requests == []


def test_pictures_are_checked_too(shop):
    picture = shop.picture("a.png")
    (shop.folder / "a.png").write_bytes(PNG + b"edited")
    five = {key.replace("1", str(n), 1): v for n in range(1, 6) for key, v in picture.items()}
    big, text = shop.picture("big.png", PNG + b"0" * 2_000_000), shop.picture("t.png", b"text")
    long = shop.picture("long.png", alt="x" * 2001)
    card = {**shop.picture("ok.png"), "link_url": "https://shop.example/", "link_title": "Sale"}
    contents = (picture, five, big, text, long, card)
    sentences = shop.channel.check([post("Look", **one) for one in contents])
    expected = [
        "a.png: changed since it was approved",
        "there are 5 pictures, Bluesky takes 4",
        "big.png: 2,000,070 bytes, Bluesky takes 2,000,000",
        "t.png: neither PNG, JPEG, GIF nor WebP",
        "long.png: alternative text of 2,001 characters",
        "has pictures or a card",
    ]
    assert [want in got for want, got in zip(expected, sentences, strict=True)] == [True] * 6


def test_without_a_content_folder_there_are_no_pictures(shop):
    picture = shop.picture("a.png")
    (sentence,) = shop.connect(content_folder=None).check([post("Look", **picture)])
    assert sentence == "a.png: this account has no content_folder"


def test_a_good_change_and_a_deletion_meet_no_objection(shop):
    changes = [post("Look", **shop.picture("a.png")), undone(post("Look"))]
    changes.append(replace(changes[1], after=REMOVED))
    assert shop.channel.check(changes) == ["", "", ""]
    assert shop.sandbox.requests == []


@pytest.mark.parametrize(
    "subject",
    [
        Subject("campaign", "1", "status"),
        Subject("account", SHOP, "post", "yesterday:0123456789abcdef"),
        Subject("post", "at://x/app.bsky.feed.post/y", "reply", "17:0123456789abcdef"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_sent(shop, subject):
    with pytest.raises(RejectedError):
        shop.channel.settings([subject])
    with pytest.raises(RejectedError):
        shop.channel.write([permit(post("Hello")), permit(Change(subject, ABSENT, PRESENT))])
    assert shop.sandbox.requests == []


def test_several_posts_cannot_be_made_all_or_nothing(shop):
    permits = [permit(post("One")), permit(post("Two"))]
    assert not shop.channel.writes_together([one.change for one in permits])
    with pytest.raises(RejectedError, match="all or nothing"):
        shop.channel.write(permits, together=True)
    assert shop.posts == []
    assert [one.state for one in shop.channel.write(permits[:1], together=True)] == ["accepted"]


def test_there_is_no_history_of_changes(shop):
    assert (shop.channel.edit_history_days, list(shop.channel.edits(NOON, NOON))) == (0, [])
