from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from connectors.records import Result
from connectors.sites import PageSpeed
from tasks.landing_facts import (
    Answered,
    Landings,
    Visits,
    addresses,
    landing_of,
    pages_behind,
    visits_of,
)

DAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
SITE = "https://shop.example"
JACKETS, SHOES = f"{SITE}/outdoor-jackets", f"{SITE}/shoes"

ADS = pd.DataFrame(
    [
        (1, 100, "a1", "g1", "c1", True, JACKETS),
        (1, 101, "a2", "g1", "c1", True, JACKETS),
        (1, 102, "a3", "g2", "c1", True, SHOES),
        (1, 103, "a4", "g2", "c1", False, f"{SITE}/paused"),
        (1, 104, "a5", "g2", "c1", True, ""),
        (2, 105, "a1", "g1", "c1", True, f"{SITE}/another-account"),
    ],
    columns=[
        "account_key", "entity_key", "entity_id", "parent_id", "campaign_id", "enabled", "url",
    ],
)  # fmt: skip
IDS = {50: "c1", 60: "g1", 61: "g2"}


def finding(level: str, key: int | None, account: int = 1) -> Result:
    return Result(
        check="cpa_above_target", level=level, entity_key=key, account_key=account, name="x",
        verdict="warning", kpi="cpa", unit="money", value=None, target=None, previous=None,
        window_start=DAY, window_end=DAY, sentence="x", reason="", numbers={}, owner="",
    )  # fmt: skip


def landings(**known) -> Landings:
    return replace(Landings(ADS, IDS), **known)


def speed(source: str, paint: float | None, device: str = "phone", **changes) -> PageSpeed:
    made = PageSpeed(JACKETS, source, device, NOW, largest_contentful_paint=paint)
    return replace(made, **changes)


def said(level: str = "ad", key: int = 100, **known) -> str:
    return landing_of(landings(**known), finding(level, key))


def test_everything_that_is_known_of_the_page_stands_in_one_sentence():
    assert said(
        answers={JACKETS: Answered(DAY, 500)},
        speeds={JACKETS: [speed("field", 4210.0, period_end=date(2026, 11, 7))]},
        visits={JACKETS: Visits(840, 0.0107, 0.029)},
    ) == (
        "Landing page /outdoor-jackets: answered 500 on 9 Nov; LCP 4.2 s for visitors with phones "
        "in 28 days to 7 Nov 2026; 1.1% of 840 sessions convert, 2.9% on the site"
    )


@pytest.mark.parametrize(
    ("known", "fact"),
    [
        ({"answers": {JACKETS: Answered(DAY, 200)}}, "answered 200 on 9 Nov"),
        ({"visits": {JACKETS: Visits(7, 0.0, None)}}, "0.0% of 7 sessions convert"),
        ({"speeds": {JACKETS: [speed("lab", 2500.0)]}}, "LCP 2.5 s in a test of phones on 9 Nov"),
        ({"speeds": {JACKETS: [speed("field", None), speed("lab", 900.0, "desktop")]}},
         "LCP 0.9 s in a test of desktops on 9 Nov"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_left_out(known, fact):
    assert said(**known) == f"Landing page /outdoor-jackets: {fact}"


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"answers": {JACKETS: Answered(DAY, None)}},
        {"visits": {JACKETS: Visits(0, None, 0.02)}},
        {"speeds": {JACKETS: [speed("field_origin", 3000.0)]}},
        {"visits": {f"{SITE}/elsewhere": Visits(5, 0.2, 0.2)}},
    ],
)
def test_without_anything_known_of_the_page_nothing_is_said(known):
    assert said(**known) == ""


def test_what_visitors_measured_goes_before_what_a_machine_did_and_phones_before_desktops():
    measured = [
        speed("lab", 1000.0),
        speed("field", 2000.0, "desktop"),
        speed("field", 3000.0, "phone"),
        speed("field", 4000.0, "phone", measured_at=NOW.replace(day=1)),
    ]
    assert "LCP 3.0 s for visitors with phones in 28 days" in said(speeds={JACKETS: measured})


def test_a_page_that_gave_no_answer_says_why():
    answers = {JACKETS: Answered(DAY, None, reason="no answer in time")}
    assert said(answers=answers).endswith("could not be read on 9 Nov: no answer in time")


def test_where_a_page_leads_on_the_visitors_are_those_of_where_they_arrive():
    answers = {JACKETS: Answered(DAY, 200, led_to=SHOES)}
    text = said(answers=answers, visits={SHOES: Visits(50, 0.1, 0.1)})
    assert "leads on to /shoes and answered 200" in text
    assert "10.0% of 50 sessions" in text
    away = {JACKETS: Answered(DAY, 200, led_to="https://other.example/x")}
    assert "leads on to https://other.example/x" in said(answers=away)


def test_a_campaign_is_about_the_pages_of_its_enabled_ads_the_most_frequent_first():
    pages = pages_behind(landings(), finding("campaign", 50))
    assert [*pages.items()] == [(JACKETS, 2), (SHOES, 1)]
    assert pages_behind(landings(), finding("ad_group", 61)) == {SHOES: 1}
    assert "/outdoor-jackets (2 of 3 ads): " in said(
        "campaign", 50, answers={JACKETS: Answered(DAY, 200)}
    )


def test_a_page_of_which_nothing_is_known_gives_way_to_the_next():
    text = said("campaign", 50, answers={SHOES: Answered(DAY, 404)})
    assert text == "Landing page /shoes (1 of 3 ads): answered 404 on 9 Nov"


def test_a_paused_ad_is_still_about_its_own_page():
    assert pages_behind(landings(), finding("ad", 103)) == {f"{SITE}/paused": 1}


@pytest.mark.parametrize(
    ("level", "key"), [("account", None), ("keyword", 100), ("campaign", 999), ("ad", 104)]
)
def test_findings_without_a_page_have_none(level, key):
    assert pages_behind(landings(), finding(level, key)) == {}


def test_addresses_of_ads_are_compared_without_where_the_visitor_came_from():
    urls = pd.Series([f"{SITE.upper()}/shoes?utm_source=x&size=4", None, "not an address"])
    assert addresses(urls).tolist() == [f"{SITE}/shoes?size=4", "", ""]


def test_the_site_is_every_session_of_the_account_and_unknown_is_no_zero():
    pages = pd.DataFrame(
        [
            (1, JACKETS, 100.0, 2.0),
            (1, SHOES, 300.0, 12.0),
            (1, None, 100.0, 6.0),
            (2, f"{SITE}/unknown", np.nan, 1.0),
            (3, JACKETS, 0.0, 0.0),
        ],
        columns=["account_key", "url", "sessions", "key_events"],
    )
    found = visits_of(pages)
    assert found[JACKETS] == Visits(100.0, 0.02, 0.04), "not the account without a session"
    assert f"{SITE}/unknown" not in found
    assert visits_of(pages.iloc[4:])[JACKETS] == Visits(0.0, None, None)
    assert visits_of(pages.iloc[:0]) == {}
