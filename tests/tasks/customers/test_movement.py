"""From where to where people went between two days."""

import numpy as np
import pandas as pd

from tasks.customers.movement import movements


def groups(**of_person):
    rows = [
        (int(person[1:]), group)
        for person, found in of_person.items()
        for group in ([found] if isinstance(found, str) else found)
    ]
    return pd.DataFrame(rows, columns=["person_key", "group"])


def lines(before, after):
    return {(a, b): people for a, b, people in movements(before, after).to_numpy().tolist()}


def test_stages_add_up_to_the_people():
    before = groups(p1="new", p2="new", p3="active", p4="lapsed")
    after = groups(p1="active", p2="new", p3="active", p5="subscriber")
    assert lines(before, after) == {
        ("new", "active"): 1, ("new", "new"): 1, ("active", "active"): 1, ("lapsed", ""): 1,
        ("", "subscriber"): 1,
    }  # fmt: skip


def test_the_most_people_come_first():
    before = groups(p1="new", p2="new", p3="new", p4="active")
    after = groups(p1="active", p2="active", p3="new", p4="active")
    assert movements(before, after)["people"].tolist() == [2, 1, 1]


def test_whoever_left_two_segments_for_a_third_counts_in_both_lines():
    before, after = groups(p1=["a", "b", "c"]), groups(p1=["c", "d"])
    assert lines(before, after) == {("a", "d"): 1, ("b", "d"): 1, ("c", "c"): 1}


def test_no_stage_no_row_and_nothing_known_are_all_nowhere():
    before = groups(p1="", p2="new")
    after = pd.concat([groups(p1="new"), pd.DataFrame({"person_key": [2], "group": [np.nan]})])
    assert lines(before, after) == {("", "new"): 1, ("new", ""): 1}


def test_a_membership_that_stands_twice_is_one():
    assert lines(groups(p1=["a", "a"]), groups(p1=["a"])) == {("a", "a"): 1}


def test_where_nobody_is_nobody_moves():
    nobody = pd.DataFrame({"person_key": np.empty(0, np.int64), "group": np.empty(0, object)})
    assert list(movements(nobody, nobody).columns) == ["from", "to", "people"]
    assert len(movements(nobody, nobody)) == 0


def test_categories_are_taken_as_stages_have_them():
    before = groups(p1="new", p2="new").astype({"group": "category"})
    after = groups(p1="active", p2="lapsed").astype({"group": "category"})
    assert lines(before, after) == {("new", "active"): 1, ("new", "lapsed"): 1}
