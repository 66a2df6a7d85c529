import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.tabular.mapping import NumberFormat
from connectors.tabular.numbers import NumberReader
from connectors.tabular.problems import Problems

POINT = NumberFormat(decimal=".", thousands=",")
COMMA = NumberFormat(decimal=",", thousands=".")
FORMATS = [
    POINT,
    COMMA,
    NumberFormat(decimal=".", thousands=""),
    NumberFormat(decimal=",", thousands=" "),
    NumberFormat(decimal=".", thousands="'"),
]


def read(texts, number_format=None, metric="conversions"):
    problems = Problems(source=None)
    reader = NumberReader(number_format, ("", "--"), problems)
    values = reader.read(metric, "Cost", pa.array(texts, pa.string()), np.arange(len(texts)))
    reader.finish()
    return values.tolist(), [(problem.row, problem.what) for problem in problems.found]


def written(value: float, number_format: NumberFormat) -> str:
    swap = {",": number_format.thousands, ".": number_format.decimal}
    return "".join(swap.get(sign, sign) for sign in f"{value:,.4f}")


@settings(deadline=None)  # the first call compiles patterns
@given(
    st.lists(st.floats(0, 1e9, allow_nan=False).map(lambda x: round(x, 4)), min_size=1),
    st.sampled_from(FORMATS),
)
def test_a_number_written_in_a_format_is_read_in_it(values, number_format):
    found, problems = read([written(value, number_format) for value in values], number_format)
    assert problems == []
    assert found == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "number_format", "value"),
    [
        ("1,234.50", POINT, 1234.5),
        ("€1,234.50", POINT, 1234.5),
        ("1.234,50 €", COMMA, 1234.5),
        ("EUR 12", POINT, 12),
        ("12 USD", POINT, 12),
        ("12,34,567.8", POINT, 1234567.8),  # lakh
        ("1\u202f234,5", NumberFormat(decimal=",", thousands=" "), 1234.5),
        ("12.34%", POINT, 0.1234),
        ("< 10%", POINT, 0.0999),
        ("> 90%", POINT, 0.9001),
        (" 7 ", POINT, 7),
        ("1e3", POINT, 1000),
        ("-5", POINT, -5),
    ],
)
def test_dressed_numbers(text, number_format, value):
    found, problems = read([text], number_format)
    assert problems == []
    assert found == [pytest.approx(value)]


@pytest.mark.parametrize("text", ["", "--", " --", "  "])
def test_blanks_are_unknown_not_zero(text):
    found, problems = read(["5", text], POINT)
    assert problems == []
    assert found[0] == 5
    assert math.isnan(found[1])


@pytest.mark.parametrize(
    "text", ["abc", "NaN", "nan", "inf", "-Infinity", "1,2", "12..3", "1-2", "5 5"]
)
def test_what_is_no_number_is_refused_with_its_row(text):
    _, problems = read(["1", text, "2"], POINT)
    assert len(problems) == 1
    assert problems[0][0] == 1
    assert "is not a number" in problems[0][1]


def test_a_decimal_point_is_not_taken_for_a_thousands_sign():
    _, problems = read(["12.50"], COMMA)
    assert problems[0][0] == 0


@pytest.mark.parametrize("metric", ["spend", "impressions", "clicks"])
def test_negative_counts_are_refused(metric):
    _, problems = read(["3", "-3"], POINT, metric)
    assert problems == [(1, f"is negative, which {metric} never is; correct it")]


@pytest.mark.parametrize("text", ["1,234", "1.234", "-12,345"])
def test_without_a_format_a_number_that_fits_two_is_refused(text):
    _, problems = read(["1", text], None)
    assert len(problems) == 1
    assert "fits two number formats" in problems[0][1]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1.234", "17.8215"], [1.234, 17.8215]),  # the second proves a decimal point
        (["1,234", "17.8"], [1234, 17.8]),
        (["1,234", "1,234,567"], [1234, 1234567]),
        (["1.234.567", "12,5"], [1234567, 12.5]),
        (["1,234.56", "5"], [1234.56, 5]),
        (["1.234,56", "12,5"], [1234.56, 12.5]),
        (["0,5", "7"], [0.5, 7]),
        (["1 234,5"], [1234.5]),
    ],
)
def test_without_a_format_the_numbers_tell_it(texts, values):
    found, problems = read(texts, None)
    assert problems == []
    assert found == pytest.approx(values)


@pytest.mark.parametrize("texts", [["12,5", "12.5"], ["1.234", "12,5"], ["1,234", "12,5"]])
def test_two_formats_in_one_source_are_refused(texts):
    assert read(texts, None)[1]


def test_typed_figures_that_are_not_finite_are_refused():
    problems = Problems(source=None)
    reader = NumberReader(None, (), problems)
    reader.read("clicks", "Clicks", pa.array([1.0, float("inf"), None]), np.arange(3))
    assert [problem.row for problem in problems.found] == [1]
