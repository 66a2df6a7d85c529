"""Names stay names, whatever is in them: fuzzed through real parsers."""

import re
import string
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tasks.report.escape import (
    JOINER,
    NAMELESS,
    cell,
    markdown,
    message_text,
    plain,
    table_cell,
)

EVIL = [
    "[x](http://evil.example)",
    "![x](http://evil.example/i.png)",
    "[x]: http://evil.example",
    "<script>alert(1)</script>",
    "<b>x</b> &lt;i&gt; &#60; &amp;",
    "http://evil.example https://evil.example/x ftp://evil.example",
    "www.evil.example WWW.EVIL.EXAMPLE",
    "a.b+c@evil.example mailto:a@b.example",
    "@channel <!here> <@U123> @everyone",
    "# heading",
    "a\n# heading\n\n- item\n1. one\n\n    code",
    "a | b | c |",
    "\\| \\\\| \\",
    "```\ncode\n```",
    "`code` ``a`` *i* **b** _i_ __b__ ~~s~~ ~s~",
    "---",
    "===",
    "> quote",
    "- [ ] todo",
    "+ item",
    "1) one",
    "[^1] [^1]: note",
    "=HYPERLINK(1)",
    "\u202egnp.exe",
    "w\u200bww.evil.example",
    "http:\u2060//evil.example",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07x\x1b]8;;\x07",
    "$math$ :smile: {{ 7*7 }} {% x %}",
]
PIECES = st.one_of(st.sampled_from(EVIL), st.text(max_size=12), st.sampled_from(string.punctuation))
NAMES = st.lists(PIECES, max_size=6).map("".join)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
AUTOLINKS = re.compile(  # what the two UIs look for, the second one in the parsed text
    r"(https?://|ftp://|www(?=\.))[-.\w]|[-.\w+]+@[-\w]+\.[-\w]", re.IGNORECASE
)
fuzz = settings(deadline=None)  # a busy machine is no failure
HARMLESS = {"text", "text_special", "inline", "paragraph_open", "paragraph_close"}


def tokens(text: str) -> list[Token]:
    found = PARSER.parse(text)
    return [*found, *(child for token in found for child in token.children or [])]


def shown(text: str) -> str:
    return "".join(t.content for t in tokens(text) if t.type in ("text", "text_special"))


@fuzz
@given(NAMES)
@example("w\u200bww.evil.example")
@example("a@\u200bb.example")
def test_markdown_shows_the_name_and_nothing_else(name):
    written = markdown(name, 0)
    assert {token.type for token in tokens(written)} <= HARMLESS
    assert shown(written).replace(JOINER, "") == plain(name, 0)
    assert not AUTOLINKS.search(shown(written))


@fuzz
@given(NAMES)
def test_markdown_stays_in_its_cell(name):
    table = f"| a | b |\n| --- | --- |\n| {markdown(name, 0)} | x |\n"
    found = tokens(table)
    assert [t.type for t in found].count("td_open") == 2
    assert not {t.type for t in found} & {"link_open", "image", "html_inline", "code_inline"}
    texts = [t for t in PARSER.parse(table) if t.type == "inline"]
    content = "".join(child.content for child in texts[2].children or [])
    assert content.replace(JOINER, "") == plain(name, 0)
    assert texts[3].content == "x"


@fuzz
@given(NAMES, st.sampled_from(["# {}", "- {}", "**{}**", "{}: more", "![{}](data:,)"]))
def test_markdown_stays_a_name_inside_our_own_marks(pattern_name, pattern):
    written = tokens(pattern.format(markdown(pattern_name, 0)))
    reference = tokens(pattern.format("name"))
    assert [t.type for t in written if t.type not in HARMLESS] == [
        t.type for t in reference if t.type not in HARMLESS
    ]


@fuzz
@given(NAMES)
def test_a_table_cell_shows_the_same_in_both_uis(name):
    written = table_cell(name, 0)
    assert {token.type for token in tokens(written)} <= HARMLESS
    assert shown(written) == written.strip(), "one UI parses it, the other does not"
    assert not AUTOLINKS.search(written)


@fuzz
@given(NAMES)
def test_a_spreadsheet_sees_no_formula(name):
    for written in (cell(name), table_cell(name).lstrip(JOINER)):
        assert written[0] not in "=+-@\t\r\n＝＋－＠"
        assert not re.search(r"[\t\r\n\x00]", written)


@fuzz
@given(NAMES)
def test_a_message_has_no_markup_links_or_mentions(name):
    written = message_text(name)
    assert not AUTOLINKS.search(written)
    assert not re.search(r"[<>*~`|\\]|@\w|\]\(|\n", written)
    assert {token.type for token in tokens(written)} <= HARMLESS


@fuzz
@given(st.text())
def test_nothing_invisible_is_left(name):
    written = plain(name, 0)
    assert written
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", written)
    assert written == " ".join(written.split())
    assert plain(written, 0) == written


def test_every_invisible_format_character_is_removed():
    shaped = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    shaped |= set(range(0x13430, 0x13440))  # number signs and hieroglyph joiners can be seen
    hidden = [
        chr(code)
        for code in set(range(0x110000)) - shaped - {0x1B}
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs")
    ]
    assert len(hidden) > 2000
    assert set(plain("a".join(hidden), 0)) <= {"a", " "}


@pytest.mark.parametrize("name", ["", " \t\n", "\u200b", "\u202e\u2066", "\x1b[0m"])
def test_a_name_of_nothing_is_called_so(name):
    assert plain(name) == NAMELESS


def test_long_names_end_in_an_ellipsis():
    assert plain("a" * 500, 80) == "a" * 79 + "…"
    assert plain("a" * 80, 80) == "a" * 80
    assert len(markdown("*" * 500, 80)) == 2 * 79 + 1


@pytest.mark.parametrize(
    "name", ["Spring_sale_2026", "[Brand] Search DE - Exact", "Übergröße | 50%", "汉字 العربية 😀"]
)
def test_ordinary_names_stay_readable(name):
    assert plain(name) == name
    assert table_cell(name).replace(JOINER, "").replace("∣", "|") == name
    assert message_text(name).replace(JOINER, "").replace("∣", "|") == name
