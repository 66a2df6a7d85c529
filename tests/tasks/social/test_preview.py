"""The page on which a post is looked at before it is published."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.networks import NETWORKS
from tasks.social.checking import ContentProblem
from tasks.social.composed import Composed, Shown
from tasks.social.preview import Preview, counts, host, initials, parts, render_preview

EVIL = '</div><script>alert("1")</script><img src=x onerror=alert(1)>{{ 7 * 7 }}&amp;'

OURS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "bdi", "span", "dl"),
    *("dt", "dd", "div", "ul", "li", "b", "i", "p", "section", "article", "figure", "figcaption"),
    "img",
}


class Tags(HTMLParser):
    """Collects every element with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def preview(*posts, **changed):
    facts = {
        "brand": "Acme & Sons", "name": "launch", "facts": [("State", "draft")], "posts": posts,
        "handles": {}, "problems": [], "of_file": [], "pictures": {},
    }  # fmt: skip
    return render_preview(Preview(**(facts | changed)))


def test_each_network_is_shown_with_its_count():
    text = preview(*(Composed(network, "x" * 214, "en") for network in NETWORKS))
    assert re.findall(r"<h2>(\w+)</h2>", text) == ["LinkedIn", "Bluesky", "Mastodon"]
    assert "214 of 3,000 characters" in text
    assert "214 of 300 characters" in text
    assert "214 of 500 characters" in text
    assert text.count("Nothing to mend") == 3
    assert "Acme &amp; Sons" in text


def test_problems_stand_below_their_network():
    wrong = ContentProblem("bluesky", "error", "has 301 characters", "shorten it by 1")
    text = preview(
        Composed("linkedin", "Hi.", "en"), Composed("bluesky", "Hi.", "en"), problems=[wrong]
    )
    before, after = text.split("<h2>Bluesky</h2>")
    assert "shorten it by 1" not in before
    assert "has 301 characters; shorten it by 1" in after
    assert text.count("Nothing to mend") == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_that_somebody_wrote_becomes_markup(network):
    post = Composed(network, EVIL, EVIL, f"https://{EVIL}", EVIL, EVIL, (Shown(EVIL, "", EVIL),))
    wrong = ContentProblem(network, "error", EVIL, EVIL)
    text = preview(
        post, brand=EVIL, name=EVIL, facts=[(EVIL, EVIL)], handles={network: EVIL},
        problems=[wrong], of_file=[EVIL], pictures={EVIL: "data:image/png;base64,AA=="},
    )  # fmt: skip
    tags = Tags(text).found
    assert {tag for tag, _ in tags} <= OURS
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    assert [attrs["src"] for tag, attrs in tags if tag == "img"] == ["data:image/png;base64,AA=="]
    assert "{{ 7 * 7 }}" in text
    assert EVIL in unescape(text)


def test_a_card_is_shown_where_there_is_one_and_a_picture_that_is_lost_is_told():
    card = Composed("linkedin", "Hi.", "en", "https://www.acme.example/a?utm_source=x", "Shoes")
    picture = Composed("bluesky", "Hi.", "en", images=(Shown("a.png", "", "A shoe."),))
    text = preview(card, picture)
    assert 'class="card"' in text.partition("<h2>Bluesky</h2>")[0]
    assert "<span>acme.example</span>" in text
    assert 'class="card"' not in text.partition("<h2>Bluesky</h2>")[2]
    assert "a.png could not be read" in text
    assert "A shoe." in text


def test_the_page_asks_for_nothing():
    text = preview(Composed("mastodon", "See https://acme.example/x", "en"))
    assert not re.findall(r"<(?:script|link|iframe|a)\b", text)
    assert "default-src 'none'" in text


def test_what_is_too_long_is_marked():
    text = preview(Composed("bluesky", "x" * 301, "en"))
    assert 'class="over">301 of 300 characters' in text
    assert counts(Composed("bluesky", "x" * 300, "en")) == [("300 of 300 characters", 100)]
    assert counts(Composed("bluesky", "x" * 301, "en"))[0][1] > 100


def test_bytes_are_counted_where_they_end_first():
    assert [words for words, _ in counts(Composed("bluesky", "👩‍👩‍👧", "en"))] == [
        "1 of 300 characters",
        "18 of 3,000 bytes",
    ]


def test_a_text_is_shown_in_its_parts():
    text = "Hi @jane@social.example: #Trail https://www.acme.example/a/long/way/to/shoes?x=1."
    shown = [(kind, words) for kind, words, _ in parts("mastodon", text)]
    assert shown == [
        ("text", "Hi "),
        ("mention", "@jane@social.example"),
        ("text", ": "),
        ("hashtag", "#Trail"),
        ("text", " "),
        ("address", "acme.example/a/long/way/to/sh…"),
        ("text", "."),
    ]
    assert ("address", "https://www.acme.example/a/b") in [
        it[:2] for it in parts("linkedin", "https://www.acme.example/a/b")
    ]


@settings(max_examples=60, deadline=None)
@given(st.text("ab#@ .:/\nhttps🙂1_é", max_size=40), st.sampled_from(NETWORKS))
def test_the_parts_are_the_whole_text(text, network):
    assert "".join(whole or shown for _, shown, whole in parts(network, text)) == text


def test_a_host_and_initials_are_there_or_not():
    assert (host("https://www.acme.example/x"), host("nonsense"), host("https://[")) == (
        "acme.example", "", "",
    )  # fmt: skip
    assert (initials("acme shop ltd"), initials(" ")) == ("AS", "?")
