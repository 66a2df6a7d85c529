import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.problems import Problem
from config.yaml_source import DEEPEST, LARGEST_FILE, MOST_VALUES, Source, parse, read

SIGNS = st.sampled_from(list("ab:-[]{}&*!|>'\"%@`#?,.~<\\1e \n\t\x00\x85\ufeff\ud7ff\u2028ä"))


def source(text: str) -> Source:
    result = parse(text, "f.yaml")
    assert isinstance(result, Source), str(result)
    return result


def problem(text: str) -> Problem:
    result = parse(text, "f.yaml")
    assert isinstance(result, Problem)
    return result


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"), ("on", "on"), ("2026-01-31", "2026-01-31"), ("12:30", "12:30"),
        ("007", "007"), ("1_000", "1_000"), ("0x10", "0x10"), (".inf", ".inf"), ("1.2.3", "1.2.3"),
        ("'12'", "12"), ('"true"', "true"), ("9" * 30, "9" * 30), ("010.5", 10.5),
        ("1e400", "1e400"),
        ("12", 12), ("-3", -3), ("0", 0), ("1.50", 1.5), (".5", 0.5), ("1e3", 1000.0),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
    ],
)  # fmt: skip
def test_words_mean_what_yaml_1_2_says_and_only_plain_numbers_are_numbers(written, meant):
    value = source(f"key: {written}").value["key"]
    assert value == meant
    assert type(value) is type(meant)


def test_remembers_the_line_of_every_value():
    it = source("a: 1\nb:\n  - x\n  -\n    c: [2,\n      3]\n")
    assert it.lines == {
        (): 1, ("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 5, ("b", 1, "c"): 5,
        ("b", 1, "c", 0): 5, ("b", 1, "c", 1): 6,
    }  # fmt: skip
    assert it.line(("b", 1, "missing", 7)) == 5


def test_an_alias_is_the_value_of_its_anchor():
    assert source("a: &it {b: [1]}\nc: *it\nd: *it").value["d"] == {"b": [1]}


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3", 5, "b.c", "the key stands twice, first on line 3"),
        ("a: 1\nb: !!python/object:os.system x", 2, "b", "tags"),
        ("a: 1\nb: !secret [x]", 2, "b", "tags"),
        ("a: 1\n---\nb: 2", 2, "", "second document"),
        ("a: 1\nb: *nothing", 2, "b", "no anchor &nothing"),
        ("a: &x\n  b: *x", 2, "a.b", "no anchor &x"),
        ("a: &x {b: 1}\nc:\n  <<: *x", 3, "c.<<", "merge keys"),
        ("a: 1\n[1, 2]: 3", 2, "", "a key must be plain text"),
        ("a: 1\nb: [1, 2", 2, "", "not valid YAML"),
        ("a: 1\n  b: 2", 2, "", "not valid YAML"),
        ("a: 1\n\tb: 2", 2, "", "not valid YAML"),
        ('a: "\\ud800"', 1, "a", "no text"),
        ("a: \x01", 0, "", "not valid YAML"),
    ],
)
def test_says_what_is_wrong_and_where(text, line, key, message):
    it = problem(text)
    assert (it.file, it.line, it.key) == ("f.yaml", line, key)
    assert message in it.message


def test_nested_aliases_cannot_explode():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert f"more than {MOST_VALUES:,} values" in problem("\n".join(lines)).message


def test_deep_nesting_is_refused_before_it_hurts():
    assert f"more than {DEEPEST} levels" in problem("[" * 300 + "]" * 300).message


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a: 1\nb: \xff\xfe", 2, "not UTF-8"),
        (b"a: " + b"x" * LARGEST_FILE, 0, "larger than"),
    ],
)
def test_refuses_bytes_that_are_no_reasonable_file(tmp_path, content, line, message):
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    it = read(path, "f.yaml")
    assert isinstance(it, Problem)
    assert (it.file, it.line) == ("f.yaml", line)
    assert message in it.message


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x")
    it = read(path, "f.yaml")
    assert isinstance(it, Source)
    assert it.value == {"name": "x"}


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    it = read(tmp_path / "none.yaml", "none.yaml")
    assert isinstance(it, Problem)
    assert "cannot be read" in it.message


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet=SIGNS, max_size=60)))
@example("? a\n: b\n? [c]\n: d")
@example("&a *a")
@example("%YAML 1.1\n---\na: yes")
@example("- - - - ? ? : :")
def test_whatever_the_text_the_answer_is_values_or_a_problem(text):
    result = parse(text, "f.yaml")
    assert isinstance(result, Source | Problem)
    assert str(result)
