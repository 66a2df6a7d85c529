"""The networks' limits and the brand's own rules, each with what to do."""

import pytest

from config.content import Content
from config.content_pictures import PictureFile
from config.content_rules import ContentRules, Disclaimer
from config.networks import LIMITS, NETWORKS
from tasks.social.checking import problems, sentences, stands
from tasks.social.composing import compositions

RULES = ContentRules(
    forbidden=("guaranteed", "best in the world"),
    disclaimers=(Disclaimer(when=("voucher", "sale"), text="While stocks last."),),
    most_hashtags=3,
    longest_sentence=12,
)
PNG = PictureFile(1000, "image/png", "ab12")


def found(text="Hello.", rules=RULES, picture=PNG, **front):
    front = {"objective": "trust", "networks": NETWORKS, "state": "draft"} | front
    post = Content.model_validate({"name": "launch", "front": front, "text": text})
    pictures = {it.file: picture for it in post.front.images if picture}
    digests = {file: it.sha256 for file, it in pictures.items()}
    composed = compositions(post, rules, digests)
    return problems(post, composed, rules, pictures)


def said(*args, **front):
    return {(it.network, it.severity, it.message, it.remedy) for it in found(*args, **front)}


def images(number, alt="A shoe."):
    return [{"file": f"{n}.png", "alt": alt} for n in range(number)]


def test_a_post_as_it_should_be_has_no_problem():
    link = {"url": "https://acme.example/", "title": "Shoes"}
    assert found("We run. #a #b", hashtags=["c"], link=link, images=images(4)) == []


@pytest.mark.parametrize("network", NETWORKS)
def test_what_just_fits_fits_and_one_more_is_told_with_by_how_much(network):
    most = LIMITS[network].longest_text
    rules = ContentRules(longest_sentence=200)
    assert found("x" * most, rules, networks=[network]) == []
    (problem,) = found("x" * (most + 1), rules, networks=[network])
    assert (problem.network, problem.severity) == (network, "error")
    assert problem.message == f"has {most + 1:,} characters, and {most:,} fit"
    assert "shorten it by 1" in problem.remedy


def test_bluesky_counts_bytes_too():
    (problem,) = found("👩‍👩‍👧" * 167, networks=["bluesky"])
    assert problem.message == "has 3,006 bytes, and 3,000 fit"


def test_hashtags_and_address_count():
    text = "x" * 280
    assert found(text, networks=["bluesky"]) == []
    (problem,) = found(text, networks=["bluesky"], link={"url": "https://acme.example/"})
    assert problem.message.startswith("has 3")


def test_an_idea_may_lack_its_text_and_nothing_else_may():
    assert {it.severity for it in found("", state="idea")} == {"note"}
    assert {it.severity for it in found("", state="draft")} == {"error"}
    assert {it.network for it in found("", texts={"bluesky": "Hi."})} == {"linkedin", "mastodon"}


PLACES = {
    "text": {"text": "It is GUARANTEED."},
    "hashtag": {"hashtags": ["guaranteed"]},
    "card": {"link": {"url": "https://a.example/", "title": "Guaranteed"}},
    "alternative text": {"images": images(1, "A sign: guaranteed")},
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_forbidden_word_is_found_wherever_readers_meet_it(place):
    (problem,) = found(networks=["linkedin"], **place)
    assert (problem.severity, problem.message) == (
        "error",
        "says 'guaranteed', which the brand never says",
    )


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("sale", "The SALE!", True),
        ("sale", "wholesale sales", False),
        ("best in the world", "Best  in\nthe world", True),
        ("straße", "STRASSE", True),
        ("café", "cafe\u0301", True),
        ("100%", "100% wool", True),
        ("100%", "a100%", False),
        ("c++", "c++ and c", True),
        (" ", "a b", False),
    ],
)
def test_words_are_found_as_a_whole_in_whatever_case(phrase, text, there):
    assert stands(phrase, text) is there


def test_a_disclaimer_is_asked_for_by_its_words_only():
    (problem,) = found("Our Voucher: ten euros.", networks=["linkedin"])
    assert problem.severity == "error"
    assert problem.message == "speaks of 'voucher' without the words that belong to it"
    assert problem.remedy == "add: While stocks last."
    assert found("Our voucher: ten euros.\nwhile STOCKS\nlast.") == []
    assert found("Vouchers of old.") == []


def test_a_disclaimer_of_one_networks_text_is_not_anothers():
    wrong = found("A sale. While stocks last.", texts={"bluesky": "A sale."})
    assert [it.network for it in wrong] == ["bluesky"]


def test_too_many_hashtags_are_counted_over_text_and_list():
    (problem,) = found("#a #b", hashtags=["c", "d", "A"], networks=["mastodon"])
    assert problem.message == "has 4 hashtags, and the brand's rule is 3"
    assert problem.remedy == "drop 1"


def test_a_long_sentence_is_a_note():
    (problem,) = found(" ".join(["word"] * 13) + ". Short.", networks=["linkedin"])
    assert problem.severity == "note"
    assert problem.message.startswith("has a sentence of 13 words: “word word")
    assert found(" ".join(["word"] * 12) + ". " + " ".join(["word"] * 12)) == []


def test_sentences_end_with_their_sign_or_line_and_hashtags_and_addresses_are_none():
    text = "One. Two 2.5? Three\n• Four\n\n#a #b\nhttps://a.example/x.y"
    assert sentences(text) == ["One.", "Two 2.5?", "Three", "• Four"]


PICTURES = {
    "too many": ({"images": images(5)}, PNG, "has 5 pictures, and 4 fit", "drop 1"),
    "no description": ({"images": images(1, " ")}, PNG, "0.png has no description", "alt"),
    "long description": (
        {"images": images(1, "x " * 1100)},
        PNG,
        "the description of 0.png has 2,199 characters",
        "2,000",
    ),
    "not read": ({"images": images(1)}, None, "0.png could not be read", "content folder"),
    "another type": (
        {"images": images(1)},
        PictureFile(9, "", "x"),
        "0.png is no picture that we know",
        "png, jpeg",
    ),
    "too large": (
        {"images": images(1)},
        PictureFile(2_000_001, "image/png", "x"),
        "0.png has 2,000,001 bytes, and 2,000,000 are taken",
        "smaller",
    ),
}


@pytest.mark.parametrize(("front", "picture", "message", "remedy"), PICTURES.values(), ids=PICTURES)
def test_pictures_are_held_to_the_networks_limits(front, picture, message, remedy):
    (problem,) = found(picture=picture, networks=["bluesky"], **front)
    assert (problem.severity, problem.message) == ("error", message)
    assert remedy in problem.remedy


def test_each_network_has_its_own_types():
    webp = PictureFile(9, "image/webp", "x")
    assert [it.network for it in found(picture=webp, images=images(1))] == ["linkedin"]


def test_an_address_without_https_is_an_error():
    assert said(networks=["linkedin"], link={"url": "http://a.example"}) == {
        ("linkedin", "error", "the link is no https address", "write it as https://...")
    }


def test_errors_stand_before_notes():
    text = " ".join(["word"] * 13) + "."
    wrong = found(text, texts={"mastodon": "guaranteed"})
    assert [it.severity for it in wrong] == ["error", "note", "note"]
