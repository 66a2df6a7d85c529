"""Letters in a person's words: data stays data, what is missing is said otherwise or refused."""

import re
import unicodedata

import hypothesis.strategies as st
import lxml.html
import pytest
from hypothesis import example, given

from tasks.letters.rendering import LetterError, cleaned
from tests.tasks.letters.writing import written

NAME = "<p>{{ first_name }}</p>"


def test_a_letter_is_in_a_persons_words():
    found = written(fields={"first_name": "Zoë"}, subject="Boots, {{ first_name }}")
    assert found.subject == "Boots, Zoë"
    assert "Hello Zoë, your boots" in found.html
    assert found.text.startswith("Hello Zoë, your boots")


@pytest.mark.parametrize("fields", [{}, {"first_name": ""}, {"first_name": "  \t"}])
def test_who_has_no_name_is_addressed_otherwise(fields):
    assert "Hello there," in written(fields=fields).text
    assert written(NAME, fields=fields, fallbacks={"first_name": "friend"}).html == "<p>friend</p>"


def test_what_is_missing_without_a_fall_back_is_refused_with_its_place():
    with pytest.raises(LetterError, match=r"^boots\.html:2: first_name is not known") as error:
        written("<p>\n{{ first_name }}</p>")
    assert error.value.__suppress_context__


def test_the_place_is_that_of_the_part():
    parts = {"_head.html": "\n\n{{ first_name | upper }}"}
    with pytest.raises(LetterError, match=r"^_head\.html:3: first_name is not known"):
        written('{% include "_head.html" %}', parts=parts)
    with pytest.raises(LetterError, match=r"^boots\.html: subject: first_name is not known"):
        written(subject="{{ first_name }}")


def test_asking_whether_something_is_known_is_no_writing():
    html = "{% if first_name %}{{ first_name }}{% else %}nobody{% endif %}{{ first_name == 'x' }}"
    assert written(html).html == "nobodyFalse"


@pytest.mark.parametrize(
    "name", ["{{ 7 * 7 }}", "<script>alert(1)</script>", "{% for x in y %}", "&amp;", "{#"]
)
def test_a_name_is_never_read_as_code(name):
    found = written(
        NAME, "{{ first_name }}", subject="{{ first_name }}", fields={"first_name": name}
    )
    assert found.subject == name
    assert found.text == f"{name}\n"
    assert lxml.html.fromstring(found.html).text_content() == name
    assert "49" not in found.html
    assert "<script" not in found.html


@pytest.mark.parametrize("name", ["Win www.win.example", "http://win.example", "x" * 1001])
def test_a_name_that_is_an_advertisement_counts_as_missing(name):
    assert "Hello there," in written(fields={"first_name": name}).text


def test_a_field_for_an_address_holds_one_or_counts_as_missing():
    assert cleaned({"cart_url": "https://acme.example/cart?x=1"}) != {}
    for wrong in ("javascript:alert(1)", "https://a b", 'https://a"onclick="x', "cart"):
        assert cleaned({"cart_url": wrong}) == {}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "  vbscript:x", "boots"]
)
def test_a_link_leads_to_the_web_or_nowhere(url):
    with pytest.raises(LetterError, match="leads to no address"):
        written(f'<a href="{url}">x</a>')


def test_a_subject_is_one_line_and_not_empty():
    found = written(subject="a {{ first_name }}", fields={"first_name": "b\r\nBcc: all\u2028c"})
    assert found.subject == "a b Bcc: all c"
    with pytest.raises(LetterError, match="nothing is left"):
        written(subject="{% if first_name %}{{ first_name }}{% endif %}")


def test_a_name_from_right_to_left_keeps_its_surroundings_in_place():
    found = written(NAME + "!", "{{ first_name }}!", fields={"first_name": "محمد"})
    assert found.text == "\u2068محمد\u2069!\n"
    assert written(NAME, fields={"first_name": "Zoë"}).html == "<p>Zoë</p>"


ENDLESS = [
    "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
    "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "{{ range(1000000000) | length }}",
    "{{ 'x' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '{:999999999}'.format(1) }}",
    "{% for a in range(9999) %}" + "x" * 200 + "{% endfor %}",
]


@pytest.mark.parametrize("html", ENDLESS)
def test_a_template_ends(html):
    with pytest.raises(LetterError, match=r"^boots\.html"):
        written(html)


FORBIDDEN = [
    "{{ first_name.__class__ }}",
    "{{ first_name['__class__'] }}",
    "{{ first_name.upper() }}",
    "{{ link.__globals__ }}",
    "{{ self.__init__ }}",
    "{{ first_name() }}",
    "{{ first_name | round }}",
    "{{ {}[first_name] }}",
]


@pytest.mark.parametrize("html", FORBIDDEN)
def test_a_refusal_says_nothing_of_the_person(html):
    with pytest.raises(LetterError) as error:
        written(html, fields={"first_name": "Zoë"})
    assert "Zoë" not in str(error.value)


def test_the_subject_of_a_test_is_checked_when_it_is_prepared():
    with pytest.raises(LetterError, match="subject:1: "):
        written(subject="{{ first_name")


def test_a_text_part_has_no_gaps_that_conditions_leave():
    text = "a  \n{% if first_name %}\nb\n{% endif %}\n\n\n\nc\n\n"
    assert written(text=text).text == "a\n\nc\n"


def _shape(html):
    return [(it.tag, sorted(it.attrib)) for it in lxml.html.document_fromstring(html).iter()]


PLAIN = _shape(written(fields={"first_name": "Zoë"}).html)
SIGNS = st.text(max_size=220)


@given(SIGNS)
@example('"><img src=x onerror=alert(1)>')
@example("' onmouseover='x")
@example("\ud800")
@example("👩‍🚀\u200f\u202eabc")
def test_whatever_somebody_is_called_the_letter_is_whole(name):
    found = written(
        subject="Hello {{ first_name | or('there') }}", fields={"first_name": name, "other": name}
    )
    assert _shape(found.html) == PLAIN
    for part in (found.subject, found.preheader, found.text, found.html):
        part.encode()
        assert not [it for it in part if unicodedata.category(it) == "Cc" and it != "\n"]
        assert not re.search("[\u202a-\u202e]", part)
    assert "\n" not in found.subject


@given(st.dictionaries(st.sampled_from(["first_name", "cart_url", "brand", "subject"]), SIGNS))
def test_no_field_takes_the_place_of_what_is_ours(fields):
    found = written("{{ brand }}|{{ unsubscribe_url }}|{{ subject }}", fields=fields)
    assert found.html == "Acme|https://mail.acme.example/u/acme/1-2/0123|Boots are here"
