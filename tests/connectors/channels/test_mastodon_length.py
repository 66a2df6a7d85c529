"""A text counts as the server's own validator counts it."""

import pytest

from connectors.channels.mastodon.length import length, mentions


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", 0),
        ("Grüße", 5),
        ("e\u0301", 1),  # a letter and its accent
        ("👩‍👩‍👧🇩🇪👍🏽", 3),
        ("https://a.io", 23),
        ("http://shop.example/" + "x" * 300, 23),
        ("See https://shop.example/a.", 4 + 23 + 1),
        ("(https://shop.example/a)", 25),
        ("https://shop.example/a_(b)", 23),
        ("https://shop.example/a_(b", 23 + 2),
        ("https://shop.example?a=1&b=2!", 23 + 1),
        ("https://shop.example:8080/x?y=(z)", 23 + 1),
        ("https://localhost/here", 22),  # no top-level domain
        ("shop.example/here", 17),  # no scheme
        ("xhttps://shop.example/here", 26),  # in the middle of a word
        ("gemini://shop.example/here", 23),
        ("@reader@people.example hi", 10),
        ("@reader hi", 10),
        ("mail me@people.example", 22),
        ("https://social.example/@reader@people.example", 23),
        ("@readeré@people.example", 23),  # no mention either
        ("@reader@people.example÷", 8),
        ("@reader@people.example@", 23),  # no mention
    ],
)
def test_a_text_counts(text, counted):
    assert length(text, 23) == counted


def test_the_server_says_what_an_address_counts_for():
    assert length("https://shop.example/here", 30) == 30


def test_who_is_mentioned():
    text = "@one, (@two@people.example) x@three /@four @five@ https://a.io/@six @seven.of-nine"
    assert mentions(text) == ["one", "two@people.example", "seven.of-nine"]
