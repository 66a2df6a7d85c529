"""What a Mastodon server makes of a text: HTML in its own shape, its own spelling, its length."""

import pytest

from connectors.sandbox.social import SocialAccount, SocialWorld, mastodon_text
from connectors.sandbox.social.mastodon_people import People

BRAND = SocialAccount("mastodon", "@brand@social.example", "Brand")


@pytest.fixture(scope="module")
def find():
    social = SocialWorld([BRAND])
    social.followers = lambda key: 7
    return People(social, BRAND).find


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\n\nTwo\nlines", "<p>One</p><p>Two<br />lines</p>"),
        ("a\r\nb\r\rc", "<p>a<br />b</p><p>c</p>"),
        (' AT&T <b> "q" it\'s ', "<p>AT&amp;T &lt;b&gt; &quot;q&quot; it&#39;s</p>"),
        (
            "#Sale!",
            '<p><a href="https://server.example/tags/Sale" class="mention hashtag" rel="tag">'
            "#<span>Sale</span></a>!</p>",
        ),
        ("#12 a#b", "<p>#12 a#b</p>"),
        (
            "@Brand@social.example",
            '<p><span class="h-card" translate="no"><a href="https://social.example/@brand" '
            'class="u-url mention">@<span>brand</span></a></span></p>',
        ),
        (
            "@Reader@People.example",
            '<p><span class="h-card" translate="no"><a href="https://people.example/@reader" '
            'class="u-url mention">@<span>reader</span></a></span></p>',
        ),
        ("@nobody @a@b.example", "<p>@nobody @a@b.example</p>"),
        (
            "https://www.shop.example/a?b=1&c=2 ok",
            '<p><a href="https://www.shop.example/a?b=1&amp;c=2" target="_blank" rel="nofollow '
            'noopener noreferrer"><span class="invisible">https://www.</span><span class="">'
            'shop.example/a?b=1&amp;c=2</span><span class="invisible"></span></a> ok</p>',
        ),
        (" \n ", ""),
    ],
)
def test_html(find, text, html):
    assert mastodon_text.html(mastodon_text.kept(text, find), find) == html


def test_a_long_address_is_shown_in_part():
    html = mastodon_text.html("https://shop.example/" + "x" * 40, lambda _: None)
    assert f'<span class="ellipsis">shop.example/{"x" * 17}</span>' in html
    assert f'<span class="invisible">{"x" * 23}</span>' in html


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  a\n\n\n\nb\r\nc \0", "a\n\nb\nc"),
        ("＃Sale ＃", "#Sale ＃"),
        ("@Brand@SOCIAL.example, @READER@people.example", "@brand, @reader@people.example"),
        ("@nobody@else.example", "@nobody@else.example"),
    ],
)
def test_a_text_is_kept_in_the_server_s_spelling(find, text, kept):
    assert mastodon_text.kept(text, find) == kept


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("https://a.example/b_(c)_d).", ["https://a.example/b_(c)_d"]),
        ("https://a.example/b_(c", ["https://a.example/b_"]),
        ("https://a.example/((b))", ["https://a.example/((b))"]),
        ("https://a.example/()x", ["https://a.example/"]),
        ("https://a.example?x=1.", ["https://a.example?x=1"]),
        ("https://a.example:80/é!", ["https://a.example:80/é"]),
        ("https://localhost/x http://a@b.example", []),
        ("https://a.example/#tag", ["https://a.example/#tag"]),
        ("#a·b #tag@x @one@", ["#a·b", "#tag"]),
        ("#日本https://a.example", ["#日本", "https://a.example"]),
    ],
)
def test_entities(text, entities):
    found = [part.text for part in mastodon_text.parts(text) if part.kind != "words"]
    assert found == entities


@pytest.mark.parametrize(
    ("text", "counted"),
    [("👩‍👩‍👧é", 2), ("https://a.example/" + "x" * 99, 23), ("@reader@people.example!", 8)],
)
def test_length(text, counted):
    assert mastodon_text.counted(text) == counted
