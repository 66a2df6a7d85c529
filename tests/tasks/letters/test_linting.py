"""The linter: a letter that is right has no finding; each thing that is wrong has one, placed."""

from dataclasses import replace

import pytest

from tasks.letters.links import MessageLinks
from tasks.letters.linting import Audience, lint
from tasks.letters.linting_links import written_addresses
from tasks.letters.variables import uses
from tests.tasks.letters.writing import AROUND, HTML, TEXT, template

PEOPLE = Audience(1000, {"first_name": 800, "city": 1000})


def findings(
    html=HTML, text=TEXT, parts=None, audience=PEOPLE, around=AROUND, answers=None, **front
):
    return lint(template(html, text, parts, **front), around, audience, answers)


def test_a_letter_that_is_right_has_no_finding():
    assert findings() == []


def after(old, new, source=HTML):
    assert old in source
    return source.replace(old, new)


WRONG = {
    "nobody has it": (after("{{ first_name |", "{{ frist_name }} {{ first_name |"), TEXT, 3,
                      "nobody has a field 'frist_name'", "error"),
    "a guarded typo": (after("first_name", "frist_name"), TEXT, 3, "nobody has a field", "note"),
    "some lack it": (after(' | or("there")', ""), TEXT, 3,
                     "200 people (20.0 %) have no first_name", "error"),
    "no unsubscribe": (after("{{ unsubscribe_url }}", "https://acme.example/"), TEXT, 0,
                       "nobody can unsubscribe", "error"),
    "no unsubscribe in the text": (HTML, after("{{ unsubscribe_url }}", "reply", TEXT), 0,
                                   "nobody can unsubscribe", "error"),
    "no postal address": (after("{{ postal_address }}", ""), TEXT, 0, "does not say who", "error"),
    "empty text": (HTML, " \n", 0, "is empty", "error"),
    "other text": (HTML, "Buy {{ unsubscribe_url }} {{ postal_address }}", 0,
                   "says something else", "error"),
    "picture without words": (after("<p>", '<p><img src="https://acme.example/a.png">'), TEXT, 3,
                              "a picture has no text", "error"),
    "picture named after its file": (
        after("<p>", '<p><img src="https://acme.example/a.png" alt="a.png">'), TEXT, 3,
        "a picture's text is a file's name", "note"),
    "picture without https": (after("<p>", '<p><img alt="" src="http://acme.example/a">'), TEXT, 3,
                              "no https address", "error"),
    "picture inside": (after("<p>", '<p><img alt="" src="data:image/png;base64,x">'), TEXT, 3,
                       "inside the letter", "note"),
    "script": (after("<p>", "<p><script>x</script>"), TEXT, 3, "has <script>", "error"),
    "no language of the page": (after(' lang="{{ language }}"', ""), TEXT, 1,
                                "<html> says no language", "note"),
    "http": (after("https://acme.example", "http://acme.example"), TEXT, 4, "not safe", "error"),
    "shortener": (after("https://acme.example/boots", "https://bit.ly/x"), TEXT, 4,
                  "bit.ly hides", "error"),
    "another's host": (after("acme.example/boots", "else.example/boots"), TEXT, 4,
                       "gets no campaign parameters", "note"),
    "relative": (after("https://acme.example/boots", "/boots"), TEXT, 4, "no whole address",
                 "error"),
    "nowhere": (after("https://acme.example/boots?size=9", "#"), TEXT, 4, "leads nowhere", "error"),
    "no words": (after("See the boots", " "), TEXT, 4, "a link has no words", "error"),
    "here": (after("See the boots", "click here"), TEXT, 4, "says only 'click here'", "note"),
    "preheader unused": (after("{{ preheader }}", ""), TEXT, 0, "is not in the HTML part", "error"),
    "nearly clipped": (after("<p>", "<p>" + "<!-- word -->" * 7300), TEXT, 0, "KB of HTML", "note"),
    "clipped": (after("<p>", "<p>" + "<!-- word -->" * 8500), TEXT, 0, "KB of HTML", "error"),
    "cannot be written": (after("<p>", "{{ 'x' * 9 }}<p>"), TEXT, 0, "cannot be written", "error"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "text", "line", "message", "severity"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_found_with_its_line(html, text, line, message, severity):
    found = [it for it in findings(html, text) if message in it.message]
    assert [(it.line, it.severity) for it in found] == [(line, severity)], findings(html, text)
    assert found[0].remedy


@pytest.mark.parametrize(
    ("front", "message", "severity"),
    [
        ({"subject": "B" * 71}, "has 71 characters", "note"),
        ({"subject": "BOOTS ARE HERE"}, "is all capitals", "note"),
        ({"subject": "Boots!!"}, "several signs", "note"),
        ({"subject": "Re: boots"}, "pretends to be an answer", "error"),
        ({"preheader": ""}, "has no preheader", "note"),
        ({"preheader": "Boots are here"}, "repeats the subject", "note"),
        ({"preheader": "b" * 141}, "has 141 characters", "note"),
        ({"language": ""}, "says no language", "note"),
        ({"subject": "Hi {{ first_name }}"}, "200 people", "error"),
    ],
)
def test_the_front_matter_is_looked_at(front, message, severity):
    assert [it.severity for it in findings(**front) if message in it.message] == [severity]


def test_pictures_alone_are_no_letter():
    html = '<html lang="en">{{ preheader }}<img src="https://acme.example/a.png" alt="Boots">'
    assert any("few words beside" in it.message for it in findings(html))


def test_a_fall_back_in_the_front_matter_is_one():
    assert findings(after(' | or("there")', ""), fallbacks={"first_name": "you"}) == []


def test_what_a_part_does_wrong_is_said_of_the_part():
    parts = {"_top.html": "\n<img src='https://acme.example/a.png'>"}
    html = after("<p>", '{% include "_top.html" %}<p>')
    found = [it for it in findings(html, parts=parts) if "no text" in it.message]
    assert [(it.file, it.line) for it in found] == [("_top.html", 2)]


def test_links_are_asked_by_somebody_else():
    assert written_addresses(template()) == ["https://acme.example/boots?size=9"]
    answers = {"https://acme.example/boots?size=9": "answers 404"}
    found = findings(answers=answers)
    assert [(it.file, it.line) for it in found] == [("boots.html", 4), ("boots.txt", 2)]
    assert "does not answer: answers 404" in found[0].message
    assert findings(answers={"https://acme.example/boots?size=9": ""}) == []


def test_link_takes_an_address_out_of_the_notes_and_macros_are_seen():
    html = after(
        'href="https://acme.example/boots?size=9"', """href="{{ link('https://b.example') }}\""""
    )
    assert findings(html) == []
    macro = (
        "{% macro go(url) %}<a href='{{ url }}'>Go</a>{% endmacro %}{{ go('http://acme.example') }}"
    )
    assert [it.line for it in findings(HTML + macro) if "not safe" in it.message] == [7]


def test_what_the_brand_file_lacks_is_said():
    bare = replace(AROUND, postal_address="", links=MessageLinks(""))
    said = [it.message for it in findings(around=bare)]
    assert said == [
        "the brand has no postal_address, and no letter goes out without",
        "the brand has no unsubscribe_url, and no letter goes out without",
    ]


def test_without_an_audience_only_missing_fall_backs_are_noted():
    found = findings(after(' | or("there")', " }} {{ city"), audience=None)
    assert [(it.message, it.severity) for it in found] == [
        ("city has no fall-back", "note"),
        ("first_name has no fall-back", "note"),
    ]


USES = {
    "{{ a }}": [("a", True)],
    "{{ a | or('b') }}{{ a | default('b') | upper }}": [("a", False), ("a", False)],
    "{{ a | upper | or('b') }}": [("a", True)],
    "{% if a %}{{ a }}{% else %}{{ a }}{% endif %}": [("a", False), ("a", False), ("a", True)],
    "{% if not a %}{{ a }}{% else %}{{ a }}{% endif %}": [("a", False), ("a", True), ("a", False)],
    "{% if a and b %}{{ a }}{{ b }}{% endif %}": [(it, False) for it in "abab"],
    "{% if a or b %}{{ a }}{% endif %}": [("a", False), ("b", False), ("a", True)],
    "{% if a == 'x' %}{{ a }}{% endif %}": [("a", False), ("a", False)],
    "{% if a is defined %}{{ a }}{% endif %}": [("a", False), ("a", False)],
    "{{ a if a else 'b' }}": [("a", False), ("a", False)],
    "{% set a = b %}{{ a }}{% for c in d %}{{ c }}{{ loop.index }}{% endfor %}": [
        ("b", True), ("d", True),
    ],
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(a) }}{{ link('https://x') }}{{ brand }}": [
        ("a", True),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), USES.items(), ids=USES)
def test_uses_know_what_was_asked_for_above(source, expected):
    found = uses(template(source, ""))
    assert [(use.name, use.minds) for use in found] == expected
