import ast
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.formula import (
    FALSE,
    FUNCTIONS,
    LONGEST,
    TRUE,
    UNKNOWN,
    FormulaError,
    Reference,
    parse,
    parse_condition,
    parse_kpi,
)

METRICS = ["spend", "clicks", "conversions"]
KPIS = ["cpa", "ctr"]
NAN = float("nan")


def value(text: str, **figures: float) -> object:
    names = {name.replace("__", "(") + ")" * ("__" in name): v for name, v in figures.items()}
    return parse(text).evaluate(lambda f, name: names[f"{f}({name})" if f else name])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-2 - -3", 1),
        ("+2 / 4", 0.5),
        ("2e3 + .5", 2000.5),
        ("spend / clicks", 2.5),
        ("1000 * spend / clicks", 2500),
        (" spend\n  / clicks ", 2.5),
    ],
)
def test_arithmetic(text, expected):
    assert value(text, spend=5.0, clicks=2.0) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spend > 4", TRUE),
        ("spend > 5", FALSE),
        ("spend >= 5", TRUE),
        ("spend < 5", FALSE),
        ("spend <= 5", TRUE),
        ("spend == 5", TRUE),
        ("spend != 5", FALSE),
        ("1 < clicks < spend", TRUE),
        ("1 < spend < clicks", FALSE),
        ("not spend > 4", FALSE),
        ("spend > 4 and clicks > 4", FALSE),
        ("spend > 4 or clicks > 4", TRUE),
        ("spend > 4 or clicks > 4 and clicks > 9", TRUE),
        ("spend > 1.5 * target(spend)", TRUE),
    ],
)
def test_conditions(text, expected):
    assert value(text, spend=5.0, clicks=2.0, target__spend=3.0) == expected


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
@pytest.mark.parametrize("sides", ["spend {} 1", "1 {} spend", "spend {} spend"])
def test_a_comparison_with_an_unknown_figure_is_unknown(operator, sides):
    assert value(sides.format(operator), spend=NAN) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spend > 1 and 1 > 2", FALSE),
        ("spend > 1 and 1 < 2", UNKNOWN),
        ("spend > 1 or 1 < 2", TRUE),
        ("spend > 1 or 1 > 2", UNKNOWN),
        ("not spend > 1", UNKNOWN),
        ("1 < spend < 0", UNKNOWN),
        ("2 < 1 < spend", FALSE),
    ],
)
def test_three_valued_logic(text, expected):
    assert value(text, spend=NAN) == expected


@pytest.mark.parametrize(
    "text", ["spend / clicks > 1", "clicks / clicks == 1", "spend / (0 * 1) > 0"]
)
def test_a_zero_denominator_makes_it_unknown(text):
    assert value(text, spend=5.0, clicks=0.0) == UNKNOWN


def test_arrays_are_decided_one_by_one():
    figures = {"spend": np.array([1.0, 9.0, 9.0, NAN]), "clicks": np.array([1.0, 1.0, 0.0, 1.0])}
    truth = parse("spend / clicks > 5").evaluate(lambda _, name: figures[name])
    assert truth.tolist() == [FALSE, TRUE, UNKNOWN, UNKNOWN]


def test_references_are_listed_once_in_their_order():
    expression = parse("spend > 1.5 * usual(spend) and spend > target(cpa)")
    assert expression.references == (
        Reference("", "spend"),
        Reference("usual", "spend"),
        Reference("target", "cpa"),
    )
    assert expression.names == {"spend", "cpa"}


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        (" \n ", 1, "empty"),
        ("spend /", 8, "cannot be read"),
        ("  spend clicks", 9, "cannot be read"),
        ("spend.real", 1, "only"),
        ("spend[0]", 6, "'['"),
        ("spend % 2", 7, "'%'"),
        ("spend ** 2", 1, "only"),
        ("spend // 2", 1, "only"),
        ("spend if clicks else 1", 1, "only"),
        ("spend is 1", 1, "only"),
        ("spend in clicks", 1, "only"),
        ("lambda: 1", 7, "':'"),
        ("(spend := 1)", 8, "':'"),
        ("`spend`", 1, "'`'"),
        ("'a' > 1", 1, '"\'"'),
        ("target(1)", 1, "takes one name"),
        ("target()", 1, "takes one name"),
        ("target(target(cpa))", 1, "takes one name"),
        ("target(x)(y)", 1, "takes one name"),
        ("spend.conjugate()", 1, "takes one name"),
        ("True", 1, "not a figure"),
        ("None > 1", 1, "only"),
        ("... > 1", 1, "only"),
        ("1j > 1", 1, "'1j'"),
        ("0x10 > 1", 1, "'0x'"),
        ("1_000 > 1", 1, "'1_'"),
        ("1or 2", 1, "'1o'"),
        ("1e999 > 1", 1, "too large"),
        ("9" * 400, 1, "too large"),
        ("not spend", 5, "comparison is needed"),
        ("spend and 1 > 2", 1, "comparison is needed"),
        ("(spend > 1) + 1", 2, "number is needed"),
        ("(spend > 1) > 1", 2, "number is needed"),
        ("-(spend > 1)", 3, "number is needed"),
        ("spend > 1; 2", 10, "';'"),
        ("1) + (2", 2, "cannot be read"),
        ("spend\x00", 6, "'\\x00'"),
        ("\N{MATHEMATICAL BOLD SMALL S}pend", 1, "no meaning"),
        ("s" * (LONGEST + 1), LONGEST + 1, "longer"),
        ("-" * 400 + "1", 51, "nested"),
        ("+".join("1" * 200), 1, "nested"),
    ],
)
def test_what_is_not_in_the_grammar_is_refused_at_its_column(text, column, message):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (caught.value.column, message in caught.value.message) == (column, True)


def test_deep_parentheses_are_refused():
    with pytest.raises(FormulaError):
        parse("(" * 240 + "1" + ")" * 240)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("spend > spnd", 9, "no metric or KPI 'spnd'; did you mean spend?"),
        ("usual(days) > 1", 1, "no metric or KPI 'days'"),
        ("1 < target(daily_budget)", 5, "no metric or KPI 'daily_budget'"),
        ("1 < mean(spend)", 5, "no function 'mean'; valid: account, last_week"),
        ("spend", 1, "a condition compares"),
    ],
)
def test_a_wrong_name_in_a_condition_lists_the_right_ones(text, column, message):
    with pytest.raises(FormulaError) as caught:
        parse_condition(text, METRICS, KPIS)
    assert (caught.value.column, message in caught.value.message) == (column, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cpa / 2", "no metric 'cpa'"),
        ("usual(spend)", "functions have no place"),
        ("spend / days", "no metric 'days'"),
        ("spend > 1", "is a condition"),
    ],
)
def test_a_kpi_is_a_number_made_of_metrics(text, message):
    with pytest.raises(FormulaError, match=message):
        parse_kpi(text, METRICS)


def test_a_condition_may_use_the_budget_and_the_days():
    assert parse_condition("spend > 0.5 * daily_budget * days", METRICS, KPIS).kind == "truth"


def test_every_function_takes_a_metric_or_a_kpi():
    for function in FUNCTIONS:
        parse_condition(f"{function}(cpa) > {function}(spend)", METRICS, KPIS)


def test_importing_it_does_not_import_numpy():
    code = "import sys, config.formula; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


ROOT = __file__.rsplit("/tests/", 1)[0]
PIECES = st.one_of(
    st.sampled_from(
        ["spend", "target(", "and ", "or ", "not ", "__class__", "lambda ", "if ", "=="]
    ),
    st.sampled_from("()[]{}.,:;+-*/%<>=!'\"\\01e_ \n\té\x00"),
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
@example("__import__('os').system('true')")
@example("spend.__class__.__mro__")
@example("(" * 499)
@example("not " * 120)
@example("\ud800")
def test_any_text_is_read_or_refused(text):
    with suppress(FormulaError):
        assert parse(text).text == text


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_what_is_read_asks_only_for_names_and_listed_calls(text):
    try:
        expression = parse(text)
    except FormulaError:
        return
    asked = set()

    def lookup(function: str, name: str) -> float:
        asked.add((function, name))
        return 1.0

    expression.evaluate(lookup)
    assert asked == {(r.function, r.name) for r in expression.references}
    nodes = ast.walk(ast.parse(text.strip().replace("\n", " ").replace("\t", " "), mode="eval"))
    assert not [n for n in nodes if isinstance(n, ast.Attribute | ast.Subscript | ast.Lambda)]


NUMBERS = st.recursive(
    st.sampled_from(["spend", "clicks", "2", "0.5"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda p: f"({' '.join(p)})"),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(NUMBERS)
def test_arithmetic_is_that_of_python(text):
    expected = eval(text, {"__builtins__": {}}, {"spend": 3.0, "clicks": 7.0})  # noqa: S307
    assert value(text, spend=3.0, clicks=7.0) == expected
