"""Templates of mail as files: read beside the brand, each mistake with file and line."""

import pytest

from config.library import load
from config.problems import ConfigurationError

FOLDER = "brands/acme/mail/templates"
HELLO = """\
---
# Who reads this?
subject: "Hello {{ first_name | or('there') }}"
preheader: Boots
language: en
---
{% include "_top.html" %}
<p>{{ first_name }}</p>
"""


@pytest.fixture
def desk(desk):
    desk.write(f"{FOLDER}/hello.html", HELLO)
    desk.write(f"{FOLDER}/hello.txt", "Hello\n{% include '_end.txt' %}\n")
    desk.write(f"{FOLDER}/_top.html", '{% include "_logo.html" %}')
    desk.write(f"{FOLDER}/_logo.html", "<b>{{ brand }}</b>")
    desk.write(f"{FOLDER}/_end.txt", "Bye")
    desk.write(f"{FOLDER}/_other.html", "")
    return desk


def library(desk):
    return load(desk.folder, desk.folder / "brands")


def wrong(desk):
    return [(it.file, it.line, it.message) for it in desk.problems()]


def test_a_template_is_at_hand_with_all_that_it_includes(desk):
    assert desk.problems() == []
    found = library(desk).template("acme", "hello")
    assert found.front.preheader == "Boots"
    assert found.text.startswith("Hello")
    assert dict(found.parts) == {
        "_top.html": '{% include "_logo.html" %}',
        "_logo.html": "<b>{{ brand }}</b>",
        "_end.txt": "Bye",
    }


def test_lines_are_those_of_the_file(desk):
    lines = library(desk).template("acme", "hello").files()["hello.html"].split("\n")
    assert lines[7] == "<p>{{ first_name }}</p>"


def test_the_digest_is_of_what_readers_see(desk):
    before = library(desk).template("acme", "hello").digest
    desk.replace(f"{FOLDER}/hello.html", "# Who reads this?", "# Nobody\n# reads this.")
    assert library(desk).template("acme", "hello").digest == before
    desk.write(f"{FOLDER}/_other.html", "not included")
    assert library(desk).template("acme", "hello").digest == before
    desk.write(f"{FOLDER}/_logo.html", "<i>{{ brand }}</i>")
    assert library(desk).template("acme", "hello").digest != before


def test_a_brand_without_a_folder_has_no_templates(desk):
    desk.write("brands/other.yaml", desk.text("brands/acme.yaml"))
    assert library(desk).templates["other"] == {}
    with pytest.raises(LookupError, match="no template 'helo'; did you mean hello"):
        library(desk).template("acme", "helo")


def test_other_line_ends_change_nothing(desk):
    before = library(desk).template("acme", "hello")
    path = desk.folder / FOLDER / "hello.html"
    path.write_bytes(b"\xef\xbb\xbf" + HELLO.replace("\n", "\r\n").encode())
    after = library(desk).template("acme", "hello")
    assert (after.front, after.html_line) == (before.front, before.html_line)
    assert desk.problems() == []


MISTAKES = {
    "no front matter": ("hello.html", "---\n# Who", "# Who", 1, "does not begin with front matter"),
    "no subject": ("hello.html", "subject:", "betreff:", 3, "unknown key"),
    "syntax": ("hello.html", "<p>{{ first_name }}", "<p>{{ first_name", 8, "is not valid"),
    "tag": ("hello.html", "<p>", "{% if x %}", 8, "is not valid"),
    "filter": ("hello.html", "{{ first_name }}", "{{ first_name | safe }}", 8, "No filter"),
    "escaping": ("hello.html", "<p>", "{% autoescape false %}{% endautoescape %}", 8, "escaping"),
    "recursion": (
        "hello.html", "<p>", "{% for a in b recursive %}{% endfor %}", 8, "cannot be recursive",
    ),
    "by a variable": ("hello.html", '"_top.html"', "first_name", 7, "is named as it is"),
    "no such part": ("hello.html", "_top.html", "_tpo.html", 7, "there is no part '_tpo.html'"),
    "outside": ("hello.html", "_top.html", "../../acme.yaml", 7, "there is no part"),
    "another template": ("hello.html", "_top.html", "hello.html", 7, "includes itself"),
    "subject": ("hello.html", "or('there')", "or('there'", 3, "is not valid"),
    "subject includes": (
        "hello.html", "subject: \"Hello", "subject: \"{% include '_end.txt' %}", 3, "includes a",
    ),
    "language": ("hello.html", "language: en", "language: English!", 5, "is no language"),
    "fall-back": (
        "hello.html", "language: en", "fallbacks: {brand: we}", 5, "brand is always known",
    ),
    "controls": ("hello.txt", "Hello", "Hel\x07lo", 1, "has a character that is no text"),
    "part's syntax": ("_logo.html", "{{ brand }}", "{{ brand", 1, "is not valid"),
    "part of itself": ("_logo.html", "<b>", "{% include '_top.html' %}", 1, "includes itself"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line(desk, file, old, new, line, message):
    desk.replace(f"{FOLDER}/{file}", old, new)
    found = [it for it in wrong(desk) if message in it[2]]
    assert [(it[0].rpartition("/")[2], it[1]) for it in found[:1]] == [(file, line)], wrong(desk)
    loaded = library(desk)
    assert loaded.templates["acme"] == {}
    with pytest.raises(ConfigurationError, match=r"hello\.|_logo\."):
        loaded.template("acme", "hello")


def test_two_files_make_a_template(desk):
    (desk.folder / FOLDER / "hello.txt").unlink()
    assert [it[2] for it in wrong(desk)] == ["there is no hello.txt beside it"]
    desk.write(f"{FOLDER}/lost.txt", "x")
    assert "there is no such file for lost.txt" in [it[2] for it in wrong(desk)]


def test_a_mistake_stops_its_own_template_only(desk):
    desk.write(f"{FOLDER}/torn.html", "---\nsubject: [\n---\n")
    desk.write(f"{FOLDER}/torn.txt", "x")
    desk.write(f"{FOLDER}/_unused.html", "{{")
    found = library(desk)
    assert list(found.templates["acme"]) == ["hello"]
    assert set(found.template_problems["acme"]) == {"torn", "_unused.html"}
