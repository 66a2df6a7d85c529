"""Posts that test two wordings: what they may declare, and what an approval of them holds for."""

import pytest

from config.content import Content
from config.content_approval import approved_digest
from config.library import load

BRAND, POST = "brands/acme.yaml", "brands/acme/content/launch.md"
ACCOUNTS = """\
  - {name: in, platform: linkedin, connector: file, account_id: 1}
  - {name: sky, platform: bluesky, connector: file, account_id: acme.example}
goals:
"""
TEXT = """\
---
objective: trust
networks: [linkedin, bluesky]
test:
  figure: reactions
  posts_per_arm: 4
  arms:
    plain: We measured 400 feet.
    warm: |
      Cold feet?

      We measured 400 of them.
owner: jane
state: review
---
"""


@pytest.fixture
def desk(desk):
    desk.replace(BRAND, "goals:\n", ACCOUNTS)
    desk.write(POST, TEXT)
    return desk


def post(desk):
    return load(desk.folder, desk.folder / "brands").content("acme", "launch")


def said(desk, severity="error"):
    return [(it.key, it.message) for it in desk.problems() if it.severity == severity]


def test_both_wordings_are_at_hand_on_every_network_without_a_text_of_its_own(desk):
    assert said(desk) == []
    content = post(desk)
    assert content.test_name == "launch"
    assert content.arms("linkedin") == ("plain", "warm")
    assert content.text_for("linkedin", "warm").startswith("Cold feet?\n\nWe")
    assert content.text_for("linkedin") == "We measured 400 feet."
    desk.replace(POST, "owner:", "texts: {bluesky: Short.}\nowner:")
    content = post(desk)
    assert (content.arms("bluesky"), content.text_for("bluesky")) == (("",), "Short.")
    assert said(desk) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("review\n---\n", "review\n---\nMore.\n", "text", "published nowhere"),
        ("reactions", "clicks", "test.figure", "bluesky tells no clicks"),
        ("owner:", "texts: {bluesky: A., linkedin: B.}\nowner:", "test", "no network takes part"),
        ("plain: We", "other: A.\n    plain: We", "test.arms", "at most 2"),
        ("posts_per_arm: 4", "posts_per_arm: 3", "test.posts_per_arm", "4"),
        ("figure: reactions", "figure: impressions", "test.figure", "impressions"),
        ("figure: reactions", "name: Hook one\n  figure: reactions", "test.name", "Hook one"),
    ],
)
def test_what_cannot_be_tested_is_told_with_its_line(desk, old, new, key, message):
    desk.replace(POST, old, new)
    ((found, words),) = said(desk)
    assert found == key
    assert message in words


def test_two_wordings_that_differ_in_white_space_only_are_the_same(desk):
    desk.replace(
        POST, "Cold feet?\n\n      We measured 400 of them.", "We measured\n      400 feet."
    )
    assert said(desk) == [("test.arms", "both arms say the same")]


def test_clicks_without_a_link_are_a_note(desk):
    desk.replace(POST, "[linkedin, bluesky]", "[linkedin]")
    desk.replace(POST, "reactions", "clicks")
    assert said(desk) == []
    assert ("test.figure", "compares clicks, and the post has no link") in said(desk, "note")


def test_posts_of_one_test_declare_it_alike(desk):
    named = TEXT.replace("  figure:", "  name: hook\n  figure:")
    desk.write(POST, named)
    desk.write("brands/acme/content/second.md", named.replace("400", "500"))
    assert said(desk) == []
    desk.write("brands/acme/content/second.md", named.replace("arm: 4", "arm: 5"))
    assert said(desk) == [("test", "the test 'hook' is declared otherwise in launch")]


def test_an_approval_holds_for_both_wordings_and_not_for_how_they_are_compared(desk):
    before = approved_digest(post(desk), {})
    for old, new in (("400 of them", "300 of them"), ("warm:", "warmer:"), ("400 feet", "4 feet")):
        desk.replace(POST, old, new)
        assert approved_digest(post(desk), {}) != before
        desk.replace(POST, new, old)
    desk.replace(POST, "posts_per_arm: 4", "posts_per_arm: 9")
    assert approved_digest(post(desk), {}) == before


def test_a_post_without_a_test_keeps_its_digest():
    front = {"objective": "trust", "networks": ["linkedin"]}
    content = Content.model_validate({"name": "a", "front": front, "text": "Hi."})
    assert approved_digest(content, {}) == "640e0b108ae76ba9"
