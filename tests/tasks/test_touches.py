"""What a change touches: itself, what it is part of, its parts, and who shares a budget with it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from connectors.changes import Subject
from tasks.comparison import Touch
from tasks.touches import Event, Family, Rows

CAMPAIGNS = [(1, "c1"), (1, "c2"), (1, "c3"), (1, "c4"), (2, "c1")]
GROUPS = [(1, "g1", "c1"), (1, "g2", "c1"), (1, "g3", "c2"), (2, "g1", "c1")]
ADS = [(1, "g1~9", "g1", "c1"), (1, "238001", "g3", "c2"), (2, "238001", "g1", "c1")]
KEYWORDS = [(1, "g2~5", "g2", "c1")]
SHARED = {(1, "c2"): "b7", (1, "c3"): "b7", (1, "c4"): "b7", (1, "c1"): "b1", (2, "c1"): "b7"}


def frame(rows, first):
    return pd.DataFrame(
        [
            {"entity_key": first + place, "account_key": account, "entity_id": own,
             "parent_id": parent, "campaign_id": campaign, "name": f"The {own}",
             "status": "enabled", "details": None}
            for place, (account, own, parent, campaign) in enumerate(rows)
        ]
    )  # fmt: skip


def levels(**statuses):
    campaigns = frame([(account, own, None, own) for account, own in CAMPAIGNS], 11)
    campaigns["details"] = [{"budget_id": SHARED[place]} for place in CAMPAIGNS]
    campaigns["status"] = [statuses.get(own, "enabled") for _, own in CAMPAIGNS]
    return {
        "campaign": campaigns,
        "ad_group": frame([(a, own, campaign, campaign) for a, own, campaign in GROUPS], 21),
        "ad": frame(ADS, 31),
        "keyword": frame(KEYWORDS, 41),
    }


C1, C2, C3, C4, OTHER_C1 = range(11, 16)
G1, G2, G3, OTHER_G1 = range(21, 25)
ACCOUNTS = pd.DataFrame({"account_key": [1, 2, 3]})


def rows_of(level, *events, **statuses):
    frames = levels(**statuses)
    entities = ACCOUNTS if level == "account" else frames[level]
    return Rows(Family(frames), level, entities, events)


def event(level, entity_id, what="status", account=1, action_id=None, campaign_id=None, item=""):
    touch = Touch(date(2026, 11, 1), f"{what} of {entity_id}")
    return Event(account, Subject(level, entity_id, what, item), touch, action_id, campaign_id)


@pytest.mark.parametrize(
    ("change", "at", "touched"),
    [
        (event("ad_group", "g1"), "campaign", {C1}),
        (event("keyword", "g2~5", "cpc_bid"), "campaign", {C1}),
        (event("ad", "238001"), "campaign", {C2}),
        (event("campaign", "c1"), "campaign", {C1}),
        (event("ad_group", "g1", "keyword", item="exact:shoes"), "campaign", {C1}),
        (event("campaign", "c1", "daily_budget"), "ad_group", {G1, G2}),
        (event("campaign", "c1", "negative_keyword", item="exact:x"), "ad_group", {G1, G2}),
        (event("ad", "238001"), "ad_group", {G3}),
        (event("ad", "238001", account=2), "ad_group", {OTHER_G1}),
        (event("ad_group", "g1", "cpc_bid"), "ad_group", {G1}),
        (event("keyword", "g2~5"), "account", {1}),
        (event("campaign", "c1", account=2), "account", {2}),
        (event("account", "999-1", "advice"), "account", {1}),
        (event("account", "999-1", "advice"), "ad_group", {G1, G2, G3}),
    ],
)
def test_a_change_touches_what_it_is_in_and_what_is_in_it(change, at, touched):
    assert rows_of(at).touched_by(change) == touched


@pytest.mark.parametrize("spoken_of_by", ["c2", "c3", "c4"])
def test_a_shared_budget_is_changed_for_all_that_are_on_it(spoken_of_by):
    change = event("campaign", spoken_of_by, "daily_budget")
    assert rows_of("campaign").touched_by(change) == {C2, C3, C4}
    assert rows_of("ad_group").touched_by(change) == {G3}


def test_what_has_a_budget_of_its_own_or_is_removed_shares_none():
    change = event("campaign", "c2", "daily_budget")
    assert rows_of("campaign", c3="removed").touched_by(change) == {C2, C4}
    assert rows_of("campaign", c3="removed", c4="removed").touched_by(change) == {C2}
    assert rows_of("campaign").touched_by(event("campaign", "c2", "status")) == {C2}


def test_a_shared_budget_has_one_name_whichever_campaign_it_is_spoken_of_by():
    family = Family(levels())
    budgets = [Subject("campaign", name, "daily_budget") for name in ("c1", "c2", "c3", "c4")]
    assert [family.canonical(1, one).entity_id for one in budgets] == ["c1", "c2", "c2", "c2"]
    assert family.canonical(2, budgets[1]) == budgets[1], "not on that account's budget"
    paused = Subject("campaign", "c3", "status")
    assert family.canonical(1, paused) == paused


def test_of_what_was_never_pulled_the_place_is_known_as_far_as_anything_tells():
    rows = rows_of("campaign")
    assert rows.touched_by(event("keyword", "g3~77")) == {C2}, "as its id says"
    assert rows.touched_by(event("ad", "555", campaign_id="c3")) == {C3}, "as the action says"
    assert rows.touched_by(event("ad", "555")) == set()
    assert rows_of("account").touched_by(event("ad", "555")) == {1}


def test_a_missing_parent_is_missing_whatever_pandas_has_for_it():
    frames = levels()
    frames["ad"].loc[:, ["parent_id", "campaign_id"]] = np.nan
    family = Family(frames)
    assert family.line((1, "ad", "238001")) == ((1, "ad", "238001"), (1, "account", ""))
    assert family.line((1, "ad", "g1~9"))[1:] == (
        (1, "ad_group", "g1"),
        (1, "campaign", "c1"),
        (1, "account", ""),
    )


def test_the_parts_of_an_entity_and_what_it_is_part_of_confound_it_but_not_its_neighbours():
    events = [event("campaign", "c1"), event("ad", "g1~9"), event("ad_group", "g2", "cpc_bid")]
    found = rows_of("ad_group", *events).touches(7, G1)
    words = {key: [touch.what for touch in each] for key, each in found.items()}
    assert words == {
        G1: ["status of c1", "status of g1~9"],
        G2: ["status of c1", "cpc_bid of g2"],
    }


def test_the_action_itself_confounds_nothing_but_whatever_else_it_touches():
    mine = event("campaign", "c2", "daily_budget", action_id=7)
    rows = rows_of("campaign", mine)
    assert rows.touches(7, C2).keys() == {C3, C4}
    assert rows.touches(8, C1).keys() == {C2, C3, C4}


def test_a_name_is_what_people_see_or_the_id():
    family = Family(levels())
    assert family.name(1, Subject("ad", "238001", "status")) == "The 238001"
    assert family.name(1, Subject("ad", "777", "status")) == "777"
