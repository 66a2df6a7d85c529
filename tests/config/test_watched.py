"""Watched words and hashtags in a brand file: what is taken, and what each mistake is told."""

import pytest

from config.watched import MOST_WATCHED, watched_key, watched_problems
from config.yaml_source import parse


def problems(*terms: str) -> list[str]:
    source = parse("content:\n  watched:\n" + "".join(f"    - {it!r}\n" for it in terms), "b.yaml")
    return [str(problem) for problem in watched_problems(source, terms)]


@pytest.mark.parametrize(
    "term",
    ["#TrailRunning", "#größe_2", "Acme", "Acme Shop", "acme-shop.example", "Dr. Miller", "don't",
     "R & D", "B&B", "トレイル", "x" * 60],
)  # fmt: skip
def test_words_as_people_write_them_are_taken(term):
    assert problems(term) == []


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("#trail running", "is no hashtag; letters, digits and _ only"),
        ("#", "is no hashtag"),
        ("#2026", "is too little to be watched; at least two signs, one of them a letter"),
        ("a", "is too little"),
        ("42", "is too little"),
        ("", "is no word"),
        (" acme", "is no word"),
        ('"acme"', "is no word; write words as people do"),
        ("from:acme", "is no word"),
        ("-acme", "is no word"),
        ("acme OR (shop)", "is no word"),
        ("@acme", "is no word"),
        ("acme\nshop", "is no word"),
        ("x" * 61, "is longer than 60 characters"),
    ],
)
def test_what_networks_take_for_something_else_is_told_with_its_line(term, said):
    (problem,) = problems("fine", term)
    assert problem.startswith("b.yaml:4: content.watched[1]: ")
    assert said in problem


def test_a_word_is_watched_once_however_it_is_written():
    (problem,) = problems("Acme Shop", "#acme", "acme shop")
    assert "content.watched[2]: 'acme shop' is watched twice, first on line 3" in problem
    assert watched_key("Größe") == watched_key("GRO\u0308SSE")


def test_a_brand_file_is_held_to_it(desk):
    desk.replace("brands/acme.yaml", "goals:\n", "content: {watched: [fine, '#no tag']}\ngoals:\n")
    (problem,) = desk.problems()
    assert "content.watched[1]: '#no tag' is no hashtag" in str(problem)


def test_a_hashtag_that_yaml_takes_for_a_comment_is_told(desk):
    text = "content:\n  watched:\n    - #acme\ngoals:\n"
    desk.replace("brands/acme.yaml", "goals:\n", text)
    (problem,) = desk.problems()
    assert "content.watched[0]: must be text; put it in quotes" in str(problem)


def test_there_are_not_too_many(desk):
    terms = ", ".join(f"word{letter}" for letter in "abcdefghijk"[: MOST_WATCHED + 1])
    desk.replace("brands/acme.yaml", "goals:\n", f"content: {{watched: [{terms}]}}\ngoals:\n")
    (problem,) = desk.problems()
    assert "content.watched" in str(problem)
