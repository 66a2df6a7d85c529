import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.fact_words import FACTS
from config.formula import FormulaError
from config.sentence import check_template, fill, template_fields


def test_fields_are_filled():
    assert fill("{name}: {cpa}", {"name": "Shoes", "cpa": "€3"}) == "Shoes: €3"


@pytest.mark.parametrize(
    "name", ["{cpa}", "{0.__class__}", "{name!r:>99}", "{", "}}", "%s", "\\1", "{{x}}"]
)
def test_a_name_is_data_and_no_template(name):
    assert fill("{name} costs {cpa}", {"name": name, "cpa": "€3"}) == f"{name} costs €3"


def test_doubled_braces_are_braces():
    assert fill("{{name}} {name}", {"name": "x"}) == "{name} x"


@pytest.mark.parametrize(
    "text", ["{", "a}", "{}", "{name!r}", "{name:>9}", "{a.b}", "{a[0]}", "{A}"]
)
def test_anything_but_a_plain_field_is_refused(text):
    with pytest.raises(FormulaError, match="a brace is no field"):
        check_template(text, ["a", "b"])


def test_an_unknown_field_is_refused_at_its_column():
    with pytest.raises(FormulaError, match=r"no field 'nme'; did you mean name\?") as caught:
        check_template("{value} {nme}", ["cpa"])
    assert caught.value.column == 9


def test_a_metric_is_a_field():
    check_template("{name} {clicks}", ["clicks"])


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_has_fields_of_its_own(fact):
    check_template("{name}", (), FACTS[fact].fields)
    with pytest.raises(FormulaError):
        check_template("{cpa}", (), FACTS[fact].fields)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="{}abc._!: ", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        fields = template_fields(text)
    except FormulaError:
        return
    assert "{" not in fill(text.replace("{{", ""), dict.fromkeys(fields, "x"))
