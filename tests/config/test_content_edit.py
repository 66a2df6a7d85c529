"""Front matter is changed value by value: every other sign of the file stays what it was."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.content_edit import with_values
from config.problems import ConfigurationError
from config.yaml_source import Source, parse

SHAPES = {
    "plain": ("state: draft\n", "state: approved\n"),
    "with a comment": ("state:   draft   # so far\n", "state:   approved   # so far\n"),
    "in quotes": ("state: 'draft'\n", "state: approved\n"),
    "empty": ("state:\nowner: jane\n", "state: approved\nowner: jane\n"),
    "empty with a comment": (
        "state: # later\nowner: jane\n",
        "state: approved # later\nowner: jane\n",
    ),
    "not there": ("owner: jane\n", "owner: jane\nstate: approved\n"),
    "a key of another": ("link:\n  state: x\n", "link:\n  state: x\nstate: approved\n"),
    "line ends of another machine": (
        "owner: jane\r\nstate: idea\r\n",
        "owner: jane\r\nstate: approved\r\n",
    ),
    "new with them": ("owner: jane\r\n", "owner: jane\r\nstate: approved\r\n"),
    "over several lines": (
        "state:\n  draft\n# so\nowner: x\n",
        "state:\n  approved\n# so\nowner: x\n",
    ),
    "a block": (
        "state:\n  by: jane\n  # hm\n\n# next\nowner: x\n",
        "state:\n  approved\n  # hm\n\n# next\nowner: x\n",
    ),
    "a mapping in braces": ("state: {a: 1,\n  b: 2} # c\n", "state: approved # c\n"),
}


@pytest.mark.parametrize(("front", "wanted"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("around", ["", "\ufeff"])
def test_sets_one_value_and_keeps_the_rest(front, wanted, around):
    end = "\r\n" if "\r\n" in front else "\n"
    body = f"---{end}{end}state: draft is text here \u2028 --- {end}"
    text = f"{around}---{end}{front}{body}"
    assert with_values(text, {"state": "approved"}, "x.md") == f"{around}---{end}{wanted}{body}"


def test_sets_several_at_once():
    text = "---\napproval: {by: x}\nowner: y\nstate: draft\n---\n"
    values = {"state": "approved", "approval": '{by: "z"}', "publish_at": '"2026-12-01 09:00"'}
    assert with_values(text, values, "x.md") == (
        '---\napproval: {by: "z"}\nowner: y\nstate: approved\npublish_at: "2026-12-01 09:00"\n---\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "---\n{owner: jane}\n---\n",  # a new key cannot stand below
        "---\nstate: |\n  draft\nowner: x\n---\n",
        "---\nstate: &s draft\nowner: *s\n---\n",
        "no front matter",
        "---\nstate: [\n---\n",
    ],
)
def test_what_cannot_be_set_without_touching_the_rest_is_refused(text):
    with pytest.raises(ConfigurationError):
        with_values(text, {"state": "approved"}, "x.md")


KEYS = st.sampled_from(["owner", "audience", "hashtags", "state", "due", "link"])
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"),
    max_size=12,
)
VALUES = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1), WORDS)
def test_whatever_stands_there_only_the_wanted_value_is_another(front, why):
    lines = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)} # {key}\n" for key, value in front.items()
    )
    text = f"---\n{lines}---\nbody\n"
    before = parse(lines, "x.md")
    assert isinstance(before, Source)
    wanted = json.dumps({"why": why}, ensure_ascii=False)
    after = with_values(text, {"state": wanted}, "x.md")
    kept = [line for line in lines.splitlines() if not line.startswith("state:")]
    assert [line for line in after.splitlines()[1:-2] if not line.startswith("state:")] == kept
    read = parse("\n".join(after.splitlines()[1:-2]), "x.md")
    assert isinstance(read, Source)
    assert read.value == {**before.value, "state": {"why": why}}
