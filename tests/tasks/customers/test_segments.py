"""Who is in a segment, who is not, and of whom that is unknown."""

import numpy as np
import pandas as pd
import pytest

from config.formula import FALSE, TRUE, UNKNOWN
from config.mail_segments import Segment
from tasks.customers.segments import memberships


def segment(name="it", **rules):
    return Segment(name=name, title="It", **rules)


def facts(**columns):
    count = len(next(iter(columns.values())))
    usual = {"stage": "active", "country": "DE", "language": "de"}
    frame = pd.DataFrame({"person_key": np.arange(count) + 100} | columns)
    return frame.assign(**{name: word for name, word in usual.items() if name not in columns})


def truth(rule, frame):
    return memberships([rule], frame).truth[0].tolist()


def test_a_segment_that_asks_for_nothing_has_everybody():
    assert truth(segment(), facts(orders=[1.0, np.nan])) == [TRUE, TRUE]


def test_stages():
    frame = facts(stage=pd.Categorical(["lapsed", "new", "", None]))
    assert truth(segment(stages=("lapsed", "at_risk")), frame) == [TRUE, FALSE, FALSE, UNKNOWN]


def test_countries():
    frame = facts(country=["AT", "DE", "", "at"])
    assert truth(segment(countries=("AT", "CH")), frame) == [TRUE, FALSE, UNKNOWN, TRUE]


def test_a_language_has_its_kinds_and_not_the_other_way_round():
    frame = facts(language=["de", "de-AT", "DE-at", "den", "", "en"])
    wanted = [TRUE, TRUE, TRUE, FALSE, UNKNOWN, FALSE]
    assert truth(segment(languages=("de",)), frame) == wanted
    assert truth(segment(languages=("de-AT",)), facts(language=["de", "de-AT"])) == [FALSE, TRUE]


def test_conditions_are_unknown_where_a_figure_is():
    frame = facts(recency_days=[100.0, 10.0, np.nan, np.nan], m=[5.0, 5.0, 5.0, 1.0])
    when = "recency_days > 60 and m >= 4"
    assert truth(segment(when=when), frame) == [TRUE, FALSE, UNKNOWN, FALSE]


def test_a_condition_on_nothing_holds_for_all():
    assert truth(segment(when="1 < 2"), facts(orders=[1.0, 2.0])) == [TRUE, TRUE]


def test_all_that_is_asked_for_must_hold_and_one_surely_not_is_enough():
    frame = facts(country=["DE", "DE", "AT", "", ""], orders=[3.0, np.nan, np.nan, 3.0, 1.0])
    rule = segment(countries=("DE",), when="orders >= 2")
    assert truth(rule, frame) == [TRUE, UNKNOWN, FALSE, UNKNOWN, FALSE]


def test_members_sizes_and_overlap():
    frame = facts(orders=[1.0, 2.0, 3.0, np.nan])
    rules = [segment("two", when="orders >= 2"), segment("three", when="orders >= 3"),
             segment("all"), segment("none", when="orders > 99")]  # fmt: skip
    found = memberships(rules, frame)
    assert found.members("two").tolist() == [101, 102]
    assert found.inside("three").tolist() == [False, False, True, False]
    assert found.sizes().to_numpy().tolist() == [
        ["two", 2, 1], ["three", 1, 1], ["all", 4, 0], ["none", 0, 1],
    ]  # fmt: skip
    overlap = found.overlap()
    assert overlap.loc["two"].to_dict() == {"two": 2, "three": 1, "all": 2, "none": 0}
    assert (overlap.to_numpy() == overlap.to_numpy().T).all()


def test_there_may_be_no_segments_and_nobody():
    none = memberships([], facts(orders=[1.0]))
    assert len(none.sizes()) == 0
    assert none.overlap().shape == (0, 0)
    empty = memberships([segment(when="orders > 1")], facts(orders=np.empty(0)))
    assert empty.sizes()["people"].tolist() == [0]


def test_no_such_segment():
    with pytest.raises(ValueError, match="not in tuple"):
        memberships([segment()], facts(orders=[1.0])).members("other")


def test_the_order_of_people_does_not_matter():
    draw = np.random.default_rng(1)
    frame = facts(
        orders=np.where(draw.random(500) < 0.2, np.nan, draw.integers(0, 5, 500)),
        country=draw.choice(["DE", "AT", ""], 500),
    )
    rule = segment(countries=("DE",), when="orders >= 2 or orders == 0")
    mixed = frame.sample(frac=1, random_state=1)
    members = memberships([rule], frame).members("it").tolist()
    assert members == sorted(memberships([rule], mixed).members("it").tolist())
    plain = [key for key, orders, country in zip(frame.person_key, frame.orders, frame.country,
             strict=True) if country == "DE" and (orders >= 2 or orders == 0)]  # fmt: skip
    assert members == plain
