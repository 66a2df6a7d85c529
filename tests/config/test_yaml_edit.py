"""A value of a YAML file is changed, and every other sign of the file stays."""

import pytest

from config.problems import ConfigurationError
from config.yaml_edit import with_yaml_values

TEXT = "# Ours.\ntitle: Spring   # the sale\nstate: draft # so far\nsteps:\n  - {id: a}\n"


def test_a_value_is_replaced_and_a_new_key_comes_last():
    found = with_yaml_values(TEXT, {"state": "running", "approval": '{by: "Jane"}'}, "a.yaml")
    assert found == TEXT.replace("draft", "running") + 'approval: {by: "Jane"}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("state: draft", "state: running\n"),
        ("\ufeffstate: draft\n", "\ufeffstate: running\n"),
        ("title: A\r\nstate: draft\r\n", "title: A\r\nstate: running\r\n"),
        ("# Ours.\n---\nstate: draft\n", "# Ours.\n---\nstate: running\n"),
        ("title: A\nsteps:\n  - a\n", "title: A\nsteps:\n  - a\nstate: running\n"),
        ("state:\n  draft\ntitle: A\n", "state:\n  running\ntitle: A\n"),
    ],
)
def test_marks_line_ends_and_the_rest_stay(before, after):
    assert with_yaml_values(before, {"state": "running"}, "a.yaml") == after


def test_what_cannot_be_done_without_touching_the_rest_is_refused():
    with pytest.raises(ConfigurationError, match="`state:` cannot be set"):
        with_yaml_values("{title: A}\n", {"state": "running"}, "a.yaml")
