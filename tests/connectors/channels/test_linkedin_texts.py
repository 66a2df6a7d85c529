"""LinkedIn's little text: what goes in is what readers see, and what we read again."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.channels.linkedin.little_text import little_text
from connectors.channels.linkedin.plain_text import plain_text
from connectors.sandbox.social.linkedin_texts import Understood, understood, written

from .linkedin_page import page, post

FRAGMENTS = [
    *"\\|{}@[]()<>#*_~/:.,!?&'\"`^$%+-= \n\t\r\u00a0\u200d\u200f\u0000\u0007\u001b",
    "#b2b", "#Müller", "#日本語", "#हिन्दी", "#2026", "#a_b", "##", "C#", "C#net", "＃full",
    "https://shop.example/a_(b)?utm_source=x_y&c=~d#top", "@acme", "@[Acme](urn:li:organization:1)",
    "{hashtag|\\#|word}", "\\{", "\\\\#x", "👩‍👩‍👧", "🇩🇪", "مرحبا", "e\u0301", "\u202eabc\u202c",
    "urn:li:share:1", "<b>", "&lt;", "word",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("plain", "little"),
    [
        ("Launch day #b2b (beta)", r"Launch day {hashtag|\#|b2b} \(beta\)"),
        (r"\|{}@[]()<>#*_~", r"\\\|\{\}\@\[\]\(\)\<\>\#\*\_\~"),
        ("#one #two", r"{hashtag|\#|one} {hashtag|\#|two}"),
        ("(#one)", r"\({hashtag|\#|one}\)"),
        ("#one, then", r"{hashtag|\#|one}, then"),
        ("#snow_white", r"{hashtag|\#|snow\_white}"),
        ("#हिन्दी", r"{hashtag|\#|हिन्दी}"),
        ("C# and C#net, #1 of 3", r"C\# and C\#net, \#1 of 3"),
        ("https://a.example/#top", r"https://a.example/\#top"),
        ("#a#b", r"{hashtag|\#|a}\#b"),
        ("##b", r"\#\#b"),
        ("# alone", r"\# alone"),
        ("mail@acme.example", r"mail\@acme.example"),
        ("", ""),
    ],
)
def test_is_written_as_linkedin_wants_it(plain, little):
    assert little_text(plain) == little


@pytest.mark.parametrize(
    ("little", "plain"),
    [
        (r"Launch {hashtag|\#|b2b} \(beta\)", "Launch #b2b (beta)"),
        ("{hashtag|#|b2b}", "#b2b"),
        ("{hashtag|＃|b2b}", "＃b2b"),
        ("#b2b by hand", "#b2b by hand"),
        ("Thanks @[Acme Shoes](urn:li:organization:1337)!", "Thanks Acme Shoes!"),
        (r"@[A \[b\]](urn:li:person:Ab_1)", "A [b]"),
        (r"\{hashtag\|\\\#\|x\}", r"{hashtag|\#|x}"),
        ("{unknown|thing}", "{unknown|thing}"),
        ("(as it is) [x] 100%", "(as it is) [x] 100%"),
        ("ends with \\", "ends with \\"),
        ("", ""),
    ],
)
def test_is_read_as_readers_see_it(little, plain):
    assert plain_text(little) == plain


@settings(max_examples=250, deadline=None)
@given(TEXTS)
def test_any_text_comes_out_as_it_went_in(text):
    sent = little_text(text)
    kept = understood(sent)
    assert kept.text == text
    assert plain_text(sent) == text
    assert plain_text(written(kept)) == text


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_what_was_marked_as_a_hashtag_is_one(text):
    for start, end in understood(little_text(text)).hashtags:
        assert re.match(r"#[\w\W]", text[start:end])
        assert not any(sign.isspace() for sign in text[start:end])


@pytest.mark.parametrize("sign", list("\\|{}@[]()<>*~_"))
def test_a_reserved_sign_that_is_not_escaped_ends_the_text(sign):
    assert understood(f"before {sign} after").text == "before "


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a {hashtag|\\#|b} c", Understood("a #b c", ((2, 4),))),
        ("a #b c", Understood("a #b c", ((2, 4),))),
        ("a # c", Understood("a ")),
        ("a {hashtag|b} c", Understood("a ")),
        ("a {hashtag|\\#|b", Understood("a ")),
        ("a {mention|\\#|b} c", Understood("a ")),
        ("a @[B](urn:li:person:1) c", Understood("a B c")),
        ("a @[B](http://b) c", Understood("a ")),
        ("a @[B] c", Understood("a ")),
        ("a \\b", Understood("a ")),
        ("a \\", Understood("a ")),
    ],
)
def test_the_sandbox_reads_elements_and_nothing_else(sent, kept):
    assert understood(sent) == kept


@pytest.fixture(scope="module")
def running():
    with page() as made:
        yield made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_any_text_is_published_as_it_is(running, text):
    whole = f"{len(running.social.log)} {text}"
    channel = running.connect()
    assert running.write(post(whole)).state == "accepted"
    assert running.social.log[-1].text == whole
    newest = next(iter(channel.posts(running.sandbox.world.moment())))
    assert whole in [one.text for one in newest]
