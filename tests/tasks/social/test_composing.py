"""What readers of each network see of a post."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.content import Content
from config.content_rules import ContentRules
from config.networks import NETWORKS
from tasks.social.composing import campaign_url, compose, hashtags

URL = "https://acme.example/shoes"
TAGGED = f"{URL}?utm_source={{}}&utm_medium=social&utm_campaign=launch"


def content(text="Hello.", **front):
    front = {"objective": "trust", "networks": NETWORKS} | front
    return Content.model_validate({"name": "launch", "front": front, "text": text})


def composed(network, post, read=None):
    return compose(post, network, ContentRules(language="de"), read or {})


def test_a_networks_own_text_goes_before_the_one_for_all():
    post = content(texts={"bluesky": "Short."})
    assert [composed(it, post).text for it in NETWORKS] == ["Hello.", "Short.", "Hello."]


def test_hashtags_stand_on_a_line_of_their_own_and_none_twice():
    post = content("We #run far.", hashtags=["Run", "Trail", "Far"])
    assert composed("mastodon", post).text == "We #run far.\n\n#Trail #Far"
    assert composed("mastodon", content("#a", hashtags=["a"])).text == "#a"


def test_the_language_is_the_posts_or_the_brands():
    assert composed("linkedin", content()).language == "de"
    assert composed("linkedin", content(language="pt-BR")).language == "pt-BR"


TITLED = {"url": URL, "title": "Shoes", "description": "Good ones."}
PICTURE = [{"file": "a.png", "alt": " A shoe. "}]
WAYS = {
    "linkedin with a title": ("linkedin", {"link": TITLED}, True),
    "linkedin without": ("linkedin", {"link": {"url": URL}}, False),
    "linkedin with pictures": ("linkedin", {"link": TITLED, "images": PICTURE}, False),
    "bluesky with a title": ("bluesky", {"link": TITLED}, True),
    "bluesky without": ("bluesky", {"link": {"url": URL, "title": " "}}, False),
    "bluesky with pictures": ("bluesky", {"link": TITLED, "images": PICTURE}, False),
    "mastodon, whose servers make cards": ("mastodon", {"link": TITLED}, False),
}


@pytest.mark.parametrize(("network", "front", "card"), WAYS.values(), ids=WAYS)
def test_the_address_is_on_a_card_or_ends_the_text(network, front, card):
    post = composed(network, content(**front))
    url = TAGGED.format(network)
    assert post.link_url == url
    assert post.text == ("Hello." if card else f"Hello.\n\n{url}")
    assert post.has_card is card
    assert (post.link_title, post.link_description) == (
        ("Shoes", "Good ones.") if card else ("", "")
    )


def test_pictures_carry_their_digest_and_one_that_was_not_read_none():
    post = composed("bluesky", content(images=PICTURE), {"a.png": "ab12"})
    assert [(it.file, it.sha256, it.alt) for it in post.images] == [("a.png", "ab12", "A shoe.")]
    assert composed("bluesky", content(images=PICTURE)).images[0].sha256 == ""


def test_a_post_without_text_gets_nothing_added():
    assert composed("mastodon", content(" \n", hashtags=["a"], link={"url": URL})).text == ""


def test_what_is_written_is_what_a_change_has():
    post = composed("linkedin", content(link=TITLED, images=[]))
    assert post.content == {
        "text": "Hello.", "language": "de", "link_url": TAGGED.format("linkedin"),
        "link_title": "Shoes", "link_description": "Good ones.",
    }  # fmt: skip
    pictured = composed("linkedin", content(images=PICTURE), {"a.png": "ab12"})
    assert pictured.content == {
        "text": "Hello.", "language": "de", "image_1_file": "a.png", "image_1_sha256": "ab12",
        "image_1_alt": "A shoe.",
    }  # fmt: skip


def test_the_campaign_is_the_links_own_or_the_posts_name():
    named = composed("mastodon", content(link={"url": URL, "campaign": "autumn & winter"}))
    assert dict(parse_qsl(urlsplit(named.link_url).query))["utm_campaign"] == "autumn & winter"


ADDRESSES = {
    URL: f"{URL}?{{}}",
    f"{URL}?size=9&q=a%20b&flag": f"{URL}?size=9&q=a%20b&flag&{{}}",
    f"{URL}#top": f"{URL}?{{}}#top",
    f"{URL}?utm_source=mail&utm_content=x&a=1": f"{URL}?utm_content=x&a=1&{{}}",
    "https://acme.example": "https://acme.example?{}",
}


@pytest.mark.parametrize(("url", "wanted"), ADDRESSES.items())
def test_campaign_parameters_are_added_and_the_rest_stays(url, wanted):
    ours = "utm_source=bluesky&utm_medium=social&utm_campaign=c"
    assert campaign_url(url, "bluesky", "c") == wanted.format(ours)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz %/&é", max_size=4)), max_size=4))
def test_no_parameter_of_an_address_is_lost_and_ours_stand_once(pairs):
    from urllib.parse import urlencode

    once = campaign_url(f"{URL}?{urlencode(pairs)}", "linkedin", "c")
    assert parse_qsl(urlsplit(once).query, keep_blank_values=True)[: len(pairs)] == pairs
    assert campaign_url(once, "linkedin", "c") == once


def test_hashtags_are_words_with_a_letter():
    text = "#Trail, (#run_1) #2026 a#b &#x27; https://x.example/#top #größe ##two"
    assert hashtags(text) == ["Trail", "run_1", "größe"]
