"""The demo's posts: one in every state, right as they stand, each fitting its schema."""

import json
from typing import get_args

import jsonschema
import pytest

from config.content import ContentState
from config.content_parsing import parse_content
from config.library import examine
from config.problems import errors
from config.schema import FOLDER
from config.settings import HERE

POSTS = HERE / "demo" / "shop" / "content"


@pytest.fixture(scope="module")
def library():
    return examine(HERE, HERE / "demo", brand="shop")[0]


def test_there_is_one_in_every_state_and_each_is_as_its_state_says(library):
    posts = library.contents["shop"]
    assert {it.front.state for it in posts.values()} == set(get_args(ContentState))
    wrong = [it for found in library.content_problems["shop"].values() for it in errors(found)]
    assert wrong == []
    assert {"trail_shoes", "new_warehouse", "size_chart"} == set(library.ready_contents("shop"))


def test_they_show_what_a_post_can_have(library):
    posts = library.contents["shop"].values()
    assert [it.name for it in posts if it.front.evergreen] == ["size_chart"]
    assert [it.name for it in posts if "bluesky" in it.front.texts] == ["trail_shoes"]
    (picture,) = library.pictures["shop"].values()
    assert picture.kind == "image/png"
    assert picture.size < 10_000


@pytest.mark.parametrize("path", sorted(POSTS.glob("*.md")), ids=lambda it: it.stem)
def test_every_front_matter_fits_the_json_schema(path):
    parsed = parse_content(path.read_text(encoding="utf-8"), path.name, path.stem)
    assert isinstance(parsed, tuple)
    schema = json.loads((FOLDER / "content.json").read_text(encoding="utf-8"))
    jsonschema.validate(parsed[0].value, schema)
