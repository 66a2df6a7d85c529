"""What is sent is what `atproto` knows as a post, and its client finds it in the sandbox."""

from datetime import timedelta

import pytest
from atproto import Client, models

from .bluesky_shop import NOON, PASSWORD, PNG, SHOP, post, reply
from .bluesky_shop import shop as opened

HOUR = timedelta(hours=1)
TEXT = "Größe 👩‍👩‍👧 @shop.example https://shop.example/ #sale"


@pytest.fixture
def shop(tmp_path):
    with opened(tmp_path) as running:
        yield running


@pytest.fixture
def client(shop):
    """The client of `atproto`, signed in. It renews its session by this machine's clock."""
    made = Client(base_url=f"{shop.sandbox.url}/bluesky/xrpc")
    made.login(SHOP, PASSWORD)
    return made


def sent(shop) -> dict:
    return shop.posts[0].details["record"]


def test_a_post_with_pictures_and_facets_is_a_record_of_its_lexicon(shop):
    shop.write(post(TEXT, **shop.picture("a.png")))
    record = models.get_or_create(sent(shop), models.AppBskyFeedPost.Record, strict=True)
    assert [type(facet.features[0]).__module__.rpartition(".")[2] for facet in record.facets] == [
        "facet"
    ] * 3
    image = record.embed.images[0]
    assert (image.alt, image.image.mime_type, image.image.size) == ("A dot", "image/png", len(PNG))
    assert (image.aspect_ratio.width, record.langs) == (1, ["en"])


def test_a_post_with_a_card_is_a_record_of_its_lexicon(shop):
    shop.write(post("Look", link_url="https://shop.example/", link_title="Sale"))
    record = models.get_or_create(sent(shop), models.AppBskyFeedPost.Record, strict=True)
    assert record.embed.external.title == "Sale"


def test_a_reply_is_a_record_of_its_lexicon(shop):
    made = shop.write(post("Hello")).made
    shop.world.say(made, "When do you open?")
    (page,) = shop.channel.comments([made], NOON)
    shop.write(reply(made, page[0].comment_id, "At nine"))
    ours = shop.world.comments(shop.posts[0])[-1].details["record"]
    record = models.get_or_create(ours, models.AppBskyFeedPost.Record, strict=True)
    assert (record.reply.root.uri, record.reply.parent.uri) == (made, page[0].comment_id)


def test_the_client_reads_what_the_connector_wrote(shop, client):
    made = shop.write(post(TEXT, **shop.picture("a.png"))).made
    shop.world.say(made, "Nice")
    (view,) = client.get_posts([made]).posts
    assert (view.record.text, view.author.handle, view.embed.images[0].alt) == (TEXT, SHOP, "A dot")
    thread = client.get_post_thread(made).thread
    assert [one.post.record.text for one in thread.replies] == ["Nice"]
    assert client.get_profile(SHOP).followers_count == shop.world.followers(("bluesky", SHOP))
    said = client.app.bsky.notification.list_notifications().notifications
    assert [(one.reason, one.record.text) for one in said] == [("reply", "Nice")]


def test_the_connector_finds_what_the_client_wrote(shop, client):
    made = client.send_image("By hand", PNG, "A dot", langs=["de"])
    (page,) = shop.channel.posts(NOON.replace(year=2020))
    assert [(one.post_id, one.text, one.language) for one in page] == [(made.uri, "By hand", "de")]
    client.delete_post(made.uri)
    assert list(shop.channel.posts(NOON.replace(year=2020))) == []


def test_the_client_finds_what_others_say(shop, client):
    for number in range(3):
        shop.world.speak("bluesky", f"Up the #trail {number} 👩‍👩‍👧 #größe", NOON - number * HOUR)
    params = {"q": "#trail", "limit": 2, "sort": "latest", "since": "2026-11-02T00:00:00.000Z"}
    page = client.app.bsky.feed.search_posts(params)
    assert [one.record.text[:15] for one in page.posts] == ["Up the #trail 0", "Up the #trail 1"]
    record = page.posts[0].record
    assert isinstance(record, models.AppBskyFeedPost.Record)
    assert [facet.features[0].tag for facet in record.facets] == ["trail", "größe"]
    marked = [record.text.encode()[it.index.byte_start : it.index.byte_end] for it in record.facets]
    assert [it.decode() for it in marked] == ["#trail", "#größe"]
    rest = client.app.bsky.feed.search_posts({**params, "cursor": page.cursor})
    assert (len(rest.posts), rest.cursor, page.hits_total) == (1, None, 0)
    until = {**params, "until": "2026-11-02T11:00:00.000Z"}
    assert len(client.app.bsky.feed.search_posts(until).posts) == 1


def test_a_search_without_words_or_a_moment_is_refused(shop, client):
    from atproto.exceptions import BadRequestError

    with pytest.raises(BadRequestError, match='Missing required key "q"'):
        client.app.bsky.feed.search_posts({"q": ""})
    with pytest.raises(BadRequestError, match="invalid Datetime for 'since'"):
        client.app.bsky.feed.search_posts({"q": "a", "since": "2026-11-02"})


def test_the_client_meets_the_errors_that_it_knows(shop, client):
    from atproto.exceptions import BadRequestError, UnauthorizedError

    with pytest.raises(BadRequestError, match="grapheme too big"):
        client.send_post("x" * 301)
    with pytest.raises(UnauthorizedError):
        Client(base_url=f"{shop.sandbox.url}/bluesky/xrpc").login(SHOP, "wrong")
