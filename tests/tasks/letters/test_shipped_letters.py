"""The demo's letters: nothing to mend, whole for everybody, no secret of the page let out."""

from pathlib import Path

import lxml.html
import pytest

import config
from config.mail_templates import read_templates
from tasks.letters.linting import Audience, lint
from tasks.letters.previews import awkward_people, preview_of, render_preview
from tests.tasks.letters.writing import AROUND, template

FOLDER = Path(config.__file__).parent / "demo" / "shop" / "mail" / "templates"
FOUND = read_templates(FOLDER, lambda path: path.name)
SHOP = AROUND.__class__(
    "Acme Shop", "Acme Shop, Hillside 1, 12345 Hilltown", frozenset({"shop.example"}),
    AROUND.campaign, AROUND.links,
)  # fmt: skip


def test_there_are_five_and_nothing_is_wrong_with_the_files():
    assert FOUND.problems == {}
    assert sorted(FOUND.templates) == [
        "newsletter", "thank_you", "welcome_1", "welcome_2", "win_back",
    ]  # fmt: skip


@pytest.mark.parametrize("name", FOUND.templates)
def test_the_linter_finds_nothing(name):
    assert lint(FOUND.templates[name], SHOP, Audience(100, {"first_name": 80})) == []


@pytest.mark.parametrize("name", FOUND.templates)
def test_awkward_people_get_a_letter(name):
    preview = preview_of(FOUND.templates[name], SHOP, [])
    assert len(preview.letters) >= 9
    assert [it.error for it in preview.letters if not it.rendered] == []


def test_the_page_shows_each_letter_in_a_frame_that_runs_nothing():
    preview = preview_of(FOUND.templates["welcome_1"], SHOP, [])
    page = lxml.html.document_fromstring(render_preview(preview))
    frames = page.findall(".//iframe")
    assert len(frames) == len(preview.letters) + 1  # the first one on a telephone too
    assert {frame.get("sandbox") for frame in frames} == {""}
    assert frames[0].get("srcdoc") == preview.letters[0].rendered.html
    assert page.findall(".//script") == []
    assert "default-src 'none'" in page.find(".//meta[@http-equiv]").get("content")
    assert [pre.text_content() for pre in page.findall(".//pre")] == [
        it.rendered.text for it in preview.letters
    ]


def test_what_the_linter_found_stands_above_and_who_gets_nothing_is_told():
    wrong = template("{{ first_name }}")
    page = render_preview(preview_of(wrong, SHOP, lint(wrong, SHOP)))
    text = lxml.html.document_fromstring(page).text_content()
    assert text.index("nobody can unsubscribe") < text.index("Everything is known")
    assert "gets nothing: boots.html:1: first_name is not known, and has no fall-back" in text


def test_a_template_without_fields_is_shown_once():
    assert [it.title for it in awkward_people(template("x", "y"))] == ["Everything is known"]
