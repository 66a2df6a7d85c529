"""Any text goes in and comes back; what is marked in it is what stands there, byte by byte."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectors.channels.bluesky.checking import objections
from connectors.channels.bluesky.record_keys import SHAPE, key_of, moment_of
from connectors.channels.bluesky.richtext import facets, graphemes
from connectors.social import text_digest

from .bluesky_shop import KEY, NOON, post
from .bluesky_shop import shop as opened

HANDLES = {"shop.example": "did:plc:b5mumpdanrnq4xj5vaptny7x"}
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PIECES = st.sampled_from(
    [
        "https://shop.example/a?b=ü#c", "http://x.example/(a)_(b)", "https://", "www.shop.example",
        "#sale", "#Ärmel_1", "#1", "##", "#👩‍👩‍👧",
        "@shop.example", "@nobody.example", "@", "a@shop.example",
        "👩‍👩‍👧", "🇦🇹", "é", "e\u0301", "שלום", "\u202e", "\u200d",
        "\x00", "\x1b", "\r\n", "\t", "\u2028",
        "(", ")", "[", "]", "{", "\\", "<b>", "&amp;", "*_~`", ".", ",", " ", "\n",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=20).map("".join)


def found(text: str) -> list[tuple[str, str]]:
    """Return the kind of each facet and the text that its bytes are."""
    content = text.encode()
    return [
        (
            facet["features"][0]["$type"].partition("#")[2],
            content[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
        )
        for facet in facets(text, lambda handle: HANDLES.get(handle, ""))
    ]


@pytest.fixture(scope="module")
def open_shop(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("content")) as running:
        yield running


@settings(max_examples=50)
@given(TEXTS)
def test_any_text_comes_back_as_it_was(open_shop, text):
    change = post(text)
    assume(not objections(change.content, None))
    written = open_shop.write(change)
    assert written.state == "accepted"
    stored = open_shop.world.post(KEY, written.made)
    read = [one for page in open_shop.channel.posts(NOON) for one in page]
    assert stored.text == next(one.text for one in read if one.post_id == written.made) == text
    for kind, shown, value in stored.details["marked"]:
        if kind == "mention":
            assert (shown.lower(), value) == ("@shop.example", open_shop.channel._calls.did)  # noqa: SLF001
        else:
            assert shown == (f"#{value}" if kind == "tag" else value)
    assert open_shop.value(change.subject) == "present"
    open_shop.world.delete(KEY, written.made)


@settings(max_examples=100)
@given(TEXTS)
def test_facets_lie_in_the_text_in_order_and_apart(text):
    last = 0
    for facet in facets(text, lambda _: "did:plc:x"):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert last <= start < end <= len(text.encode())
        text.encode()[start:end].decode()
        last = end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://shop.example/a.", [("link", "https://shop.example/a")]),
        ("(https://shop.example/a)", [("link", "https://shop.example/a")]),
        ("(https://shop.example/a_(b))", [("link", "https://shop.example/a_(b)")]),
        ("„https://shop.example/ä“!", [("link", "https://shop.example/ä")]),
        ("https://shop.example/#sale", [("link", "https://shop.example/#sale")]),
        ("https://shop.example/@shop.example", [("link", "https://shop.example/@shop.example")]),
        ("HTTPS://Shop.example", [("link", "HTTPS://Shop.example")]),
        ("https:// x", []),
        ("ftp://shop.example xhttps://shop.example", []),
        ("#sale, #SALE! (#Ärmel)", [("tag", "#sale"), ("tag", "#SALE"), ("tag", "#Ärmel")]),
        ("#1 #2026 a#b &#39; #", []),
        ("#2026sale", [("tag", "#2026sale")]),
        (f"#{'x' * 64} #{'x' * 65}", [("tag", f"#{'x' * 64}")]),
        ("@shop.example: hi", [("mention", "@shop.example")]),
        ("(@Shop.Example)", [("mention", "@Shop.Example")]),
        ("@nobody.example a@shop.example @shop", []),
        ("😀 ü #x", [("tag", "#x")]),
    ],
)  # fmt: skip
def test_what_is_a_link_a_hashtag_a_mention(text, expected):
    assert found(text) == expected


def test_offsets_are_bytes():
    (facet,) = facets("Grüße 👩‍👩‍👧 #x", lambda _: "")
    assert facet["index"] == {"byteStart": 27, "byteEnd": 29}


@pytest.mark.parametrize(
    ("text", "signs"),
    [("", 0), ("abc", 3), ("👩‍👩‍👧", 1), ("🇦🇹🇩🇪", 2), ("e\u0301", 1), ("\r\n", 1), ("नि", 1)],
)
def test_signs_are_counted_as_people_see_them(text, signs):
    assert graphemes(text) == signs


@given(MOMENTS, st.text())
def test_a_key_is_a_tid_of_its_moment(moment, item):
    key = key_of(moment, item)
    assert SHAPE.fullmatch(key)
    assert key == key_of(moment, item)
    assert timedelta(0) <= moment_of(key) - moment < timedelta(seconds=1.05)


@given(MOMENTS, st.text(), st.text())
def test_keys_sort_by_their_moments(moment, item, other):
    assert key_of(moment, item) < key_of(moment + timedelta(minutes=1), other)


def test_many_items_of_one_moment_have_keys_of_their_own():
    keys = {key_of(NOON, text_digest(str(number))) for number in range(5_000)}
    assert len(keys) == 5_000


@pytest.mark.parametrize(
    "key", ["", "self", "3mabcabcabc2", "3mabcabcabc2bb", "zmabcabcabc2b", "3mabcabcabc10"]
)
def test_other_keys_tell_no_moment(key):
    assert moment_of(key) is None


def test_the_key_of_a_known_moment():
    """The real server (@atproto/pds 0.5.35) made this one at that time."""
    made = moment_of("3n2uxpvclx22e")
    assert made.replace(microsecond=0) == datetime(2026, 11, 22, 6, 16, 41, tzinfo=UTC)
