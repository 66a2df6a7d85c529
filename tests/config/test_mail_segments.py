"""Segments of customers: read beside the brand, held to the words that there are, line by line."""

import json

import jsonschema
import pytest

from config.formula import FormulaError
from config.library import load
from config.mail_segments import FACTS, parse_segment_condition
from config.problems import ConfigurationError
from config.schema import FOLDER, schemas
from config.yaml_source import read

BRAND, SEGMENTS = "brands/acme.yaml", "brands/acme/mail/segments.yaml"
TEXT = """\
segments:
  - name: everybody
    title: Everybody
  - name: best_at_risk
    title: Good customers that we are losing
    owner: jane
    stages: [at_risk, lapsed]
    countries: [DE, AT]
    languages: [de, en-GB]
    when: m >= 4 and recency_days > 2 * usual_days
    push: {letters: a1b2c3}
"""


@pytest.fixture
def desk(desk):
    account = "  - {name: letters, platform: mailchimp, account_id: us1}\n"
    desk.replace(BRAND, "goals:\n", f"{account}goals:\n")
    desk.write(SEGMENTS, TEXT)
    return desk


def test_segments_are_at_hand_by_name_in_the_order_of_the_file(desk):
    assert [str(it) for it in desk.problems()] == []
    segments = load(desk.folder, desk.folder / "brands").segments["acme"]
    assert list(segments) == ["everybody", "best_at_risk"]
    best = segments["best_at_risk"]
    assert (best.stages, best.push) == (("at_risk", "lapsed"), {"letters": "a1b2c3"})
    assert segments["everybody"].when == ""


def test_a_brand_without_segments_has_none(desk):
    (desk.folder / SEGMENTS).unlink()
    assert "acme" not in load(desk.folder, desk.folder / "brands").segments


def test_only_what_decides_who_is_in_it_is_a_segments_rule(desk):
    rule = load(desk.folder, desk.folder / "brands").segments["acme"]["best_at_risk"].rule
    desk.replace(SEGMENTS, "title: Good customers that we are losing", "title: Others")
    desk.replace(SEGMENTS, "owner: jane", "owner: john")
    desk.replace(SEGMENTS, "a1b2c3", "d4e5f6")
    assert load(desk.folder, desk.folder / "brands").segments["acme"]["best_at_risk"].rule == rule
    desk.replace(SEGMENTS, "m >= 4", "m >= 5")
    assert load(desk.folder, desk.folder / "brands").segments["acme"]["best_at_risk"].rule != rule


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "remedy"),
    [
        ("name: best_at_risk", "name: Best", "segments[1].name", "is not a name", ""),
        ("owner: jane", "owner: jame", "segments[1].owner", "no owner 'jame'",
         "did you mean jane?"),
        ("[at_risk, lapsed]", "[at_risk, gone]", "segments[1].stages[1]",
         "is none of the valid words, not 'gone'", ""),
        ("[DE, AT]", "[DE, Austria]", "segments[1].countries[1]", "is no country", "such as DE"),
        ("[de, en-GB]", "[german]", "segments[1].languages[0]", "is no language", "such as de"),
        ("m >= 4 and", "monetary >= 4 and", "segments[1].when",
         "column 1: no figure 'monetary' of a person", ""),
        ("usual_days", "usual_day", "segments[1].when",
         "column 31: no figure 'usual_day' of a person", "did you mean usual_days?"),
        ("m >= 4 and recency_days > 2 * usual_days", "target(m) > 2", "segments[1].when",
         "column 1: target(m): a segment's condition has no functions", "write m"),
        ("m >= 4 and recency_days > 2 * usual_days", "m + 4", "segments[1].when",
         "column 1: a condition compares, such as `recency_days > 60`", ""),
        ("{letters: a1b2c3}", "{leters: a1b2c3}", "segments[1].push.leters",
         "no account 'leters'", "did you mean letters? valid: letters"),
        ("{letters: a1b2c3}", "{main: a1b2c3}", "segments[1].push.main",
         "the platform google_ads of this account has no lists of people",
         "platforms that have: mailchimp, klaviyo, hubspot"),
        ("when: m", "wen: m", "segments[1].wen", "unknown key", "did you mean when?"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(desk, old, new, key, message, remedy):
    desk.replace(SEGMENTS, old, new)
    problem = desk.only()
    assert (problem.key, problem.line) == (key, desk.line(SEGMENTS, new))
    assert problem.message.startswith(message)
    assert remedy in problem.remedy
    with pytest.raises(ConfigurationError):
        load(desk.folder, desk.folder / "brands")


def test_a_name_stands_once(desk):
    desk.replace(SEGMENTS, "name: best_at_risk", "name: everybody")
    problem = desk.only()
    assert (problem.key, problem.line) == ("segments[1].name", 4)
    assert problem.message == "a segment everybody exists already, on line 2"


def test_a_list_is_kept_like_one_segment(desk):
    desk.replace(SEGMENTS, "title: Everybody", "title: Everybody\n    push: {letters: a1b2c3}")
    problem = desk.only()
    assert (problem.key, problem.severity) == ("segments[1].push.letters", "error")
    assert problem.message == (
        "letters: the list a1b2c3 is kept like the segment everybody already"
    )
    desk.replace(SEGMENTS, "push: {letters: a1b2c3}\n  - name: best", "push: {letters: d4}\n"
                 "  - name: best")  # fmt: skip
    assert desk.problems() == []


def test_an_unknown_figure_is_answered_with_those_that_there_are():
    with pytest.raises(FormulaError, match=r"valid: days_since_consent, .* more"):
        parse_segment_condition("xyz > 1")


def test_every_figure_may_be_asked_for():
    condition = " and ".join(f"{name} > 0" for name in FACTS)
    assert parse_segment_condition(condition).names == {*FACTS}


def test_the_schema_takes_the_file_as_people_write_it(desk):
    value = read(desk.folder / SEGMENTS, SEGMENTS).value
    schema = json.loads(schemas()["segments.json"])
    jsonschema.validate(value, schema)
    value["segments"][1]["stages"] = ["gone"]
    with pytest.raises(jsonschema.ValidationError, match="gone"):
        jsonschema.validate(value, schema)


def test_the_schema_that_is_shipped_is_current():
    assert (FOLDER / "segments.json").read_text(encoding="utf-8") == schemas()["segments.json"]


def test_nobody_would_be_at_risk_if_it_came_after_lapsed(desk):
    days = "mail: {lifecycle: {at_risk_days: 200}}\n"
    desk.write(BRAND, desk.text(BRAND) + days)
    problem = desk.only()
    assert problem.key == "mail.lifecycle"
    assert "at_risk_days must be fewer than lapsed_days" in problem.message
    assert problem.line == desk.line(BRAND, "mail:")
