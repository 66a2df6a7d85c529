"""How long a text is, as each network counts."""

import pytest

from config.networks import NETWORKS
from tasks.social.lengths import ADDRESS, graphemes, length, utf8_bytes, utf16_units

FAMILY = "👩‍👩‍👧"


def test_a_sign_that_people_see_as_one_is_one_grapheme_and_more_of_the_rest():
    assert (graphemes(FAMILY), utf16_units(FAMILY), utf8_bytes(FAMILY)) == (1, 8, 18)
    assert graphemes("e\u0301🇩🇪\r\n") == 3
    assert [length(network, FAMILY) for network in NETWORKS] == [8, 1, 1]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("https://acme.example/a/very/long/way/to/a/page?with=parameters#and-more", 23),
        ("see https://a.example/x.", 4 + 23 + 1),
        ("(https://a.example/x)", 1 + 23 + 1),
        ("https://a.example https://b.example", 23 + 1 + 23),
        ("acme.example", 12),
        ("@jane@social.example hello", len("@jane hello")),
        ("jane@acme.example", len("jane@acme.example")),
        ("@jane, hello", len("@jane, hello")),
    ],
)
def test_mastodon_counts_an_address_as_23_and_a_mention_without_its_server(text, counted):
    assert length("mastodon", text) == counted


def test_elsewhere_an_address_counts_as_it_is():
    url = "https://acme.example/a/very/long/way"
    assert length("linkedin", url) == length("bluesky", url) == len(url)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Look: https://a.example/b?c=d&e=f#g!", "https://a.example/b?c=d&e=f#g"),
        ("“https://a.example/”", "https://a.example/"),
        ("HTTPS://A.EXAMPLE", "HTTPS://A.EXAMPLE"),
    ],
)
def test_signs_that_end_a_sentence_are_not_the_addresss(text, address):
    assert ADDRESS.findall(text) == [address]
