"""Posts as files: read beside the brand, held to what fits it, each mistake with its line."""

import json
from hashlib import sha256

import jsonschema
import pytest

from config.content import Content
from config.content_approval import approved_digest
from config.content_pictures import read_pictures
from config.library import load
from config.problems import ConfigurationError
from config.schema import schemas

BRAND, POST = "brands/acme.yaml", "brands/acme/content/launch.md"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ACCOUNTS = """\
  - {name: in, platform: linkedin, connector: file, account_id: 1}
  - {name: sky, platform: bluesky, connector: file, account_id: acme.example}
goals:
"""
TEXT = """\
---
# Written on the train.
objective: trust
audience: people who run
networks: [linkedin, bluesky]
texts:
  bluesky: Shorter.
hashtags: [Running]
link:
  url: https://acme.example/shoes?size=9
  title: Shoes
images:
  - file: pictures/shoe.png
    alt: A shoe.
owner: jane
due: 2026-11-30
publish_at: 2026-12-01 09:00
state: review
---

We measured 400 feet.
"""


@pytest.fixture
def desk(desk):
    desk.replace(BRAND, "goals:\n", ACCOUNTS)
    desk.write(POST, TEXT)
    (desk.folder / "brands/acme/content/pictures").mkdir()
    (desk.folder / "brands/acme/content/pictures/shoe.png").write_bytes(PNG)
    return desk


def library(desk):
    return load(desk.folder, desk.folder / "brands")


def approve(desk, state="approved"):
    """Approve the post as it is, as the command does."""
    found = library(desk)
    digest = approved_digest(found.content("acme", "launch"), found.picture_digests("acme"))
    approval = f'approval: {{by: Jane, on: 2026-11-20, digest: "{digest}"}}'
    desk.replace(POST, "state: review", f"state: {state}\n{approval}")


def test_a_post_is_at_hand_with_its_pictures_and_nothing_wrong(desk):
    found = library(desk)
    post = found.contents["acme"]["launch"]
    assert desk.problems() == []
    assert (post.name, post.text) == ("launch", "We measured 400 feet.")
    assert post.text_for("linkedin") == "We measured 400 feet."
    assert post.text_for("bluesky") == "Shorter."
    assert post.campaign == "launch"
    assert found.content_folder("acme") == desk.folder / "brands/acme/content"
    shoe = found.pictures["acme"]["pictures/shoe.png"]
    assert (shoe.size, shoe.kind) == (28, "image/png")
    assert found.picture_digests("acme") == {"pictures/shoe.png": shoe.sha256}


def test_a_brand_without_a_folder_has_no_posts(desk):
    desk.write("brands/other.yaml", desk.text(BRAND))
    found = library(desk)
    assert found.contents["other"] == {}
    assert found.content_folder("other") == desk.folder / "brands/other/content"
    with pytest.raises(LookupError, match="no brand 'nobody'"):
        found.content_folder("nobody")
    with pytest.raises(LookupError, match="no post 'lunch'; did you mean launch"):
        found.content("acme", "lunch")


def test_another_brands_mistakes_do_not_matter(desk):
    desk.write("brands/other.yaml", "name: [")
    desk.write("brands/other/content/wrong.md", "nothing")
    found = load(desk.folder, desk.folder / "brands", "acme")
    assert list(found.contents) == ["acme"]
    assert found.content_problems == {"acme": {}}


def test_a_mistake_in_a_post_stops_that_post_only(desk):
    approve(desk)
    desk.write("brands/acme/content/broken.md", TEXT.replace("trust", "trsut"))
    desk.write("brands/acme/content/torn.md", "---\nobjective: [\n---\n")
    found = library(desk)
    assert set(found.content_problems["acme"]) == {"broken", "torn"}
    assert list(found.ready_contents("acme")) == ["launch"]
    with pytest.raises(ConfigurationError, match=r"torn\.md:"):
        found.content("acme", "torn")


def test_line_ends_and_byte_order_mark_of_other_machines_change_nothing(desk):
    here = library(desk).content("acme", "launch")
    path = desk.folder / POST
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert library(desk).content("acme", "launch") == here
    desk.replace(BRAND, "owners:\n  jane", "owners:\n  jim")
    assert [it.line for it in desk.problems() if it.file == POST] == [15]


MISTAKES = {
    "objective": (
        "objective: trust",
        "objective: trsut",
        "objective",
        "no objective 'trsut'",
        "did you mean trust?",
    ),
    "owner": ("owner: jane", "owner: jan", "owner", "no owner 'jan'", "did you mean jane?"),
    "language": (
        "owner: jane",
        "owner: jane\nlanguage: English!",
        "language",
        "is no language",
        "BCP 47",
    ),
    "network twice": (
        "[linkedin, bluesky]",
        "[linkedin, bluesky, linkedin]",
        "networks[2]",
        "stands twice",
        "remove",
    ),
    "no network": ("[linkedin, bluesky]", "[]", "networks", "at least 1 entry", "add one"),
    "unknown network": (
        "[linkedin, bluesky]",
        "[linkdin, bluesky]",
        "networks[0]",
        "none of the valid words",
        "did you mean linkedin?",
    ),
    "text for another network": (
        "  bluesky: Shorter.",
        "  bluesky: Shorter.\n  mastodon: Else.",
        "texts.mastodon",
        "does not go to mastodon",
        "add it",
    ),
    "hashtag with #": ("[Running]", '["#Running"]', "hashtags[0]", "begins with #", "without"),
    "hashtag with a blank": (
        "[Running]",
        "[Trail Running]",
        "hashtags[0]",
        "is no hashtag",
        "TrailRunning",
    ),
    "hashtag of digits": ("[Running]", '["2026"]', "hashtags[0]", "is no hashtag", "a letter"),
    "hashtag twice": ("[Running]", "[Running, running]", "hashtags[1]", "stands twice", "remove"),
    "link without https": (
        "https://acme",
        "http://acme",
        "link.url",
        "is no https address",
        "https://",
    ),
    "link that is none": (
        "https://acme",
        "https:///acme",
        "link.url",
        "is no https address",
        "https://",
    ),
    "missing picture": (
        "pictures/shoe.png",
        "pictures/shoo.png",
        "images[0].file",
        "is no file",
        "put the picture",
    ),
    "picture outside": (
        "pictures/shoe.png",
        "../../acme.yaml",
        "images[0].file",
        "outside the content folder",
        "into the folder",
    ),
    "picture by its whole path": (
        "pictures/shoe.png",
        "/etc/hostname",
        "images[0].file",
        "outside the content folder",
        "into the folder",
    ),
    "no time of day": (
        "2026-12-01 09:00",
        "2026-12-01",
        "publish_at",
        "is no day with a time",
        "2026-12-01 09:00",
    ),
    "no such day": (
        "2026-12-01 09:00",
        "2026-11-31 09:00",
        "publish_at",
        "not in the calendar",
        "write it as",
    ),
    "a time that does not exist": (
        "2026-12-01 09:00",
        "2027-03-28 02:30",
        "publish_at",
        "put forward",
        '"2027-03-28 03:30"',
    ),
    "a time that comes twice": (
        "2026-12-01 09:00",
        "2027-10-31 02:30",
        "publish_at",
        "comes twice",
        '"2027-10-31 03:30"',
    ),
    "approved by nobody": (
        "state: review",
        "state: approved",
        "state",
        "nobody approved it",
        "marketloop content approve launch",
    ),
    "evergreen without text": (
        "\nWe measured 400 feet.\n",
        "",
        "text",
        "no text for linkedin, and",
        "below the front matter",
    ),
    "unknown key": ("audience:", "audiance:", "audiance", "unknown key", "did you mean audience?"),
    "a control character": ("400 feet", "400 \x1b[31mfeet", "text", "no text", "remove it"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_names_file_line_key_what_is_wrong_and_the_remedy(desk, mistake):
    old, new, key, message, remedy = mistake
    desk.replace(POST, "state: review", "state: review\nevergreen: true")
    desk.replace(POST, old, new)
    problem = desk.only()
    assert (problem.file, problem.key, problem.severity) == (POST, key, "error")
    assert message in problem.message
    assert remedy in problem.remedy
    line = desk.text(POST).split("\n")[problem.line - 1]
    assert key == "text" or key.rpartition(".")[2].partition("[")[0] in line or new in line


NOT_THE_SHAPE = {
    "no front matter": ("Just text.\n", 1, "does not begin with front matter"),
    "no end": ("---\nobjective: trust\n", 1, "does not end"),
    "nothing in it": ("---\n# later\n---\nText\n", 1, "nothing in its front matter"),
    "a list": ("---\n- objective\n---\nText\n", 2, "must be a mapping"),
    "no YAML": ("---\nobjective: trust\naudience: [\n---\nText\n", 3, "is not valid YAML"),
    "a key twice": ("---\nobjective: trust\nobjective: trust\n---\n", 3, "the key stands twice"),
    "empty": ("", 1, "does not begin with front matter"),
}


@pytest.mark.parametrize(("text", "line", "message"), NOT_THE_SHAPE.values(), ids=NOT_THE_SHAPE)
def test_what_is_no_post_is_told_with_its_line(desk, text, line, message):
    desk.write(POST, text)
    problem = desk.only()
    assert (problem.file, problem.line, problem.severity) == (POST, line, "error")
    assert message in problem.message


def test_a_file_that_is_no_utf8_is_told_with_its_line(desk):
    (desk.folder / POST).write_bytes(b"---\nobjective: \xff\n---\n")
    problem = desk.only()
    assert (problem.line, problem.message) == (2, "is not UTF-8 text")


def test_a_files_name_is_a_name(desk):
    desk.write("brands/acme/content/Winter Sale.md", TEXT)
    assert "used as a name" in desk.only().message
    assert list(library(desk).contents["acme"]) == ["launch"]


def test_a_network_without_an_account_is_a_note(desk):
    desk.replace(POST, "[linkedin, bluesky]", "[linkedin, bluesky, mastodon]")
    note = desk.only()
    assert (note.severity, note.key, note.line) == ("note", "networks", 5)
    assert "no account on mastodon" in note.message


def test_campaign_parameters_in_the_address_are_a_note(desk):
    desk.replace(POST, "?size=9", "?size=9&utm_source=mail")
    assert (desk.only().severity, desk.only().key) == ("note", "link.url")


def test_due_after_it_is_published_is_a_note(desk):
    desk.replace(POST, "due: 2026-11-30", "due: 2026-12-02")
    assert (desk.only().severity, desk.only().key) == ("note", "due")


def test_scheduled_without_a_time_is_an_error(desk):
    approve(desk, "scheduled")
    assert desk.problems() == []
    desk.replace(POST, "publish_at: 2026-12-01 09:00\n", "")
    assert (desk.only().key, desk.only().remedy) == ("state", "add `publish_at:`")


@pytest.mark.parametrize("place", ["Shorter.", "400 feet"])
def test_a_secret_in_a_post_is_found_and_never_repeated(desk, place):
    desk.replace(POST, place, "EAAGabcdefghijklmnopqrstuvwxyz0123")
    assert "holds a secret" in desk.only().message
    assert "EAAG" not in str(desk.only())


SEEN = {
    "text": ("400 feet", "401 feet"),
    "another network's text": ("Shorter.", "Short."),
    "hashtag": ("[Running]", "[Walking]"),
    "address": ("size=9", "size=8"),
    "title": ("title: Shoes", "title: Boots"),
    "alternative text": ("A shoe.", "A boot."),
    "language": ("owner: jane", "owner: jane\nlanguage: de"),
    "network": ("[linkedin, bluesky]", "[bluesky]"),
}


@pytest.mark.parametrize("edit", SEEN.values(), ids=SEEN)
def test_an_approval_ends_with_the_next_edit_of_what_readers_see(desk, edit):
    approve(desk)
    assert list(library(desk).ready_contents("acme")) == ["launch"]
    desk.replace(POST, *edit)
    assert desk.only().key == "approval.digest"
    assert desk.only().line == desk.line(POST, "digest")
    assert library(desk).ready_contents("acme") == {}


def test_an_approval_ends_with_another_picture(desk):
    approve(desk)
    (desk.folder / "brands/acme/content/pictures/shoe.png").write_bytes(PNG + b"\1")
    assert desk.only().key == "approval.digest"


UNSEEN = {
    "owner": ("owner: jane", "owner: john"),
    "time": ("2026-12-01 09:00", "2026-12-02 10:00"),
    "audience": ("people who run", "people who walk"),
    "comment": ("on the train", "at home"),
    "white space": ("We measured 400 feet.", "\n\n  We measured 400 feet.  \n"),
}


@pytest.mark.parametrize("edit", UNSEEN.values(), ids=UNSEEN)
def test_an_approval_outlives_what_readers_do_not_see(desk, edit):
    approve(desk)
    desk.replace(POST, *edit)
    assert desk.problems() == []


def test_the_schema_takes_front_matter_as_people_write_it():
    front = {"objective": "trust", "networks": ["linkedin"], "texts": {"linkedin": "Hello"}}
    schema = json.loads(schemas()["content.json"])
    jsonschema.validate(front, schema)
    with pytest.raises(jsonschema.ValidationError, match="tiktok"):
        jsonschema.validate(front | {"networks": ["tiktok"]}, schema)


def test_a_post_without_any_text_has_an_empty_one():
    front = {"objective": "trust", "networks": ["linkedin"]}
    assert (
        Content.model_validate({"name": "a", "front": front, "text": " "}).text_for("linkedin")
        == ""
    )


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 8, "image/jpeg"),
        (b"GIF89a" + b"\0" * 6, "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", ""),
        (b"<svg xmlns=", ""),
        (b"", ""),
    ],
)
def test_a_pictures_type_is_what_its_bytes_say(tmp_path, first, kind):
    (tmp_path / "a.png").write_bytes(first)
    found = read_pictures(tmp_path, ["a.png"])["a.png"]
    assert (found.kind, found.size) == (kind, len(first))
    assert found.sha256 == sha256(first).hexdigest()


def test_a_link_that_leads_out_of_the_folder_is_no_picture(tmp_path):
    (tmp_path / "secret").write_bytes(PNG)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a.png").symlink_to(tmp_path / "secret")
    found = read_pictures(tmp_path / "content", ["a.png", "."])
    assert found["a.png"].message == "is outside the content folder"
    assert found["."].message == "is no file of the content folder"
