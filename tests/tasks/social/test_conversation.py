"""What comments are taken for, by which words, and by when they are answered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.content_rules import ContentRules
from connectors.sandbox.social.world import REMARKS
from connectors.social import Comment
from tasks.social import remark_words
from tasks.social.conversation import classify, remark_of
from tests.tasks.social.remarks import ENGLISH, GERMAN, LATER

KINDS = ("question", "complaint", "thanks", "other")
AT = datetime(2026, 11, 12, 9, tzinfo=UTC)
RULES = ContentRules(answer_hours=24)


def kind(text):
    return classify(text)[0]


def accuracy(texts, wanted):
    return sum(kind(text) == wanted for text in texts) / len(texts)


def remark(text, followers=None, ours=4000):
    comment = Comment("c1", "comment", "p1", AT, text, "Somebody", by_us=False, followers=followers)
    return remark_of(comment, ours, RULES)


@pytest.mark.parametrize("wanted", KINDS)
@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=["english", "german"])
def test_labelled_remarks_are_taken_for_what_they_are(language, wanted):
    assert len(language[wanted]) == 12
    assert accuracy(language[wanted], wanted) == 1.0


@pytest.mark.parametrize("wanted", KINDS)
def test_remarks_written_later_are_mostly_taken_for_what_they_are(wanted):
    assert len(LATER[wanted]) == 40
    assert accuracy(LATER[wanted], wanted) >= 0.9


def test_the_sandboxs_readers_are_understood():
    assert [kind(text) for text in REMARKS] == [
        "question", "thanks", "complaint", "thanks", "question", "complaint",
    ]  # fmt: skip


@settings(max_examples=150)
@given(st.text(st.characters(codec=None, categories=None), max_size=200))
def test_any_text_is_taken_for_something(text):
    found, words = classify(text)
    assert found in KINDS
    assert bool(words) == (found != "other")


@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=["english", "german"])
def test_case_apostrophes_and_space_do_not_matter(language):
    for text in (text for texts in language.values() for text in texts):
        assert kind(text.lower()) == kind(f"  {text}\n\n") == kind(text)
        assert kind(text.replace("'", "’")) == kind(text)
        assert kind(text.upper()) == kind(text) or "ß" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Is it waterproof?", ("?", "is it")),
        ("Not happy", ("not happy",)),
        ("So disappointing 😡", ("disappoint*", "😡")),
        ("No problem", ("no problem",)),
        ("A table in the corner", ()),
    ],
)
def test_the_words_that_decided_are_told(text, words):
    assert classify(text)[1] == words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("not good", "complaint"),
        ("not good, but thanks", "complaint"),
        ("Nicht schlecht", "thanks"),
        ("Not long ago, a great day", "thanks"),
        ("It is not broken", "thanks"),
        ("It is broken", "complaint"),
        ("Is it broken?", "question"),
        ("How do I get a refund?", "question"),
        ("How can you be so rude?", "complaint"),
        ("What a great picture", "thanks"),
        ("Was für ein tolles Bild", "thanks"),
        ("Was a great day", "thanks"),
        ("Das Bad ist fertig", "other"),
        ("https://example.org/?q=terrible", "other"),
        ("@terrible_shop_fan hello", "other"),
        ("???", "question"),
        ("🤔", "question"),
        ("", "other"),
    ],
)
def test_denials_links_names_and_words_of_both_languages(text, wanted):
    assert kind(text) == wanted


def test_a_question_is_answered_in_time_and_a_complaint_in_half_of_it():
    assert remark("Is it waterproof?").answer_by == AT + timedelta(hours=24)
    assert remark("Terrible quality").answer_by == AT + timedelta(hours=12)
    assert remark("Thank you").answer_by is remark("Monday").answer_by is None


@pytest.mark.parametrize(
    ("text", "followers", "urgency"),
    [
        ("Thank you", 50_000, "low"),
        ("Is it waterproof?", 10, "medium"),
        ("Is it waterproof?", 1000, "high"),
        ("Is it waterproof?", None, "medium"),
        ("Poor service", 10, "medium"),
        ("Poor service", 1000, "high"),
        ("Poor service!!", 10, "high"),
        ("POOR SERVICE HERE", 10, "high"),
        ("This is a scam", 10, "high"),
        ("Ich gehe zum Anwalt", 10, "high"),
    ],
)
def test_urgency_comes_from_tone_and_reach(text, followers, urgency):
    assert remark(text, followers).urgency == urgency


def test_whom_nobody_can_compare_has_no_reach():
    assert remark("Is it waterproof?", 10**9, ours=None).urgency == "medium"
    assert remark("Is it waterproof?", 0, ours=0).urgency == "medium"


@pytest.mark.parametrize("name", ["ASKS", "BEGINS", "OPENS", "GRAVE", "COMPLAINS", "PRAISES"])
def test_every_word_can_be_met(name):
    for word in getattr(remark_words, name):
        assert word == word.lower()
        _, words = classify(word.removesuffix("*"))
        assert words, word
