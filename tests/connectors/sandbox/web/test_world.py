"""What the simulated site is asked for: the same for everybody, and it fits together over time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import numpy as np
import pytest

from config.fact_words import FACTS
from config.models import FactName
from config.networks import NETWORKS
from connectors.sandbox import DEMO_TODAY, demo
from connectors.sandbox.web import CLEAN_DAY, SimulatedWeb, SiteIncident, generated, simulated_web
from connectors.sandbox.web.shapes import Web

YESTERDAY = DEMO_TODAY - timedelta(days=1)
ELSEWHERE = (NETWORKS, ("smtp",), ("customers",))
NOT_PLANTED = {
    "no_data", "pull_failed", "ad_disapproved", "spend_while_inactive", "landing_page_down",
    "certificate_ends", "mixed_content", "crawl_incomplete",
    *(fact for fact, kind in FACTS.items() if kind.sources in ELSEWHERE),
}  # fmt: skip
"""Facts that are not about sites, or not to be had without TLS."""


@pytest.fixture
def web():
    return simulated_web("shop")


def days_before(day, count):
    return [day - timedelta(days=ago) for ago in range(1, count + 1)]


def clicks_of(web, path, days):
    place = web.pages.index(path)
    searches = [web.search(day) for day in days]
    return sum(int(found.clicks[found.page == place].sum()) for found in searches)


def sessions_of(web, path, day):
    found = web.sessions(day)
    return int(found.sessions[found.page == web.pages.index(path)].sum())


def same(one, other):
    names = type(one).__slots__
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_it_is_a_web(web):
    as_one: Web = web
    assert as_one.pages[0] == "/"
    assert web.origins[0].channel == "Organic Search"
    assert 60 <= len(web.pages) <= 150
    assert 300 <= len(web.queries) <= 800


@pytest.mark.parametrize("brand", ["shop", "clinic"])
def test_the_ads_landing_pages_are_pages(brand):
    accounts = next(b.accounts for b in demo().brands if b.name == brand)
    groups = [g for account in accounts for c in account.campaigns for g in c.ad_groups]
    paths = {f"/{ad.path}" for group in groups for ad in group.ads}
    assert paths <= set(simulated_web(brand).pages)


def test_a_day_is_the_same_whenever_it_is_asked_for(web):
    other = simulated_web("shop", today=DEMO_TODAY + timedelta(days=30))
    for day in reversed(days_before(DEMO_TODAY, 3)):
        assert same(web.search(day), other.search(day))
        assert same(web.sessions(day), other.sessions(day))


def test_another_seed_has_other_figures(web):
    other = simulated_web("shop", seed=2)
    assert not same(web.search(YESTERDAY), other.search(YESTERDAY))
    assert web.planted() == other.planted()


def test_there_is_nothing_from_today_on(web):
    assert len(web.search(DEMO_TODAY).query) == len(web.sessions(DEMO_TODAY).page) == 0
    web.today += timedelta(days=1)
    assert len(web.search(DEMO_TODAY).query) > 300


def test_searches_are_sound_and_the_most_clicked_come_first(web):
    found = web.search(YESTERDAY)
    assert (np.diff(found.clicks) <= 0).all()
    assert (found.clicks <= found.impressions).all()
    assert (found.impressions > 0).all()
    assert (found.position >= 1).all()
    pairs = found.query * len(web.pages) + found.page
    assert len(np.unique(pairs)) == len(pairs)
    assert 0 < found.anonymous_clicks < found.clicks.sum()


def test_sessions_from_the_search_engine_follow_its_clicks(web):
    found, searched = web.sessions(YESTERDAY), web.search(YESTERDAY)
    unpaid = int(found.sessions[found.origin == 0].sum())
    clicks = int(searched.clicks.sum()) + searched.anonymous_clicks
    assert unpaid == pytest.approx(clicks, rel=0.12)
    assert (found.engaged <= found.sessions).all()
    assert (found.key_events <= found.sessions).all()
    assert ((found.revenue > 0) == (found.key_events > 0)).all()


def test_a_shop_earns_and_a_clinic_books():
    found = simulated_web("clinic").sessions(YESTERDAY)
    assert found.revenue.sum() == 0
    assert found.key_events.sum() > 0


def test_brand_queries_are_clicked_most(web):
    found = web.search(YESTERDAY)
    brand = np.array(["acme" in query for query in web.queries])[found.query]
    rates = [found.clicks[part].sum() / found.impressions[part].sum() for part in (brand, ~brand)]
    assert rates[0] > 0.3 > 0.15 > rates[1]


def test_every_fact_of_sites_is_planted_and_no_other(web):
    every = set(get_args(FactName)) - NOT_PLANTED
    assert set(web.planted()) == every - {"sitemap_unreadable"}
    web.today += timedelta(days=1)
    assert set(web.planted()) == every - {"sitemap_misses"}  # nobody can tell that day


def test_news_are_news_for_a_week(web):
    news = {"robots_changed", "competitor_published"}
    assert news <= set(web.planted())
    web.today += timedelta(days=14)
    assert not news & set(web.planted())


def test_before_the_first_incident_only_what_was_always_so_is_planted(web):
    web.today = CLEAN_DAY
    always = ["clicks_below_position", "content_decays", "content_outdated", "content_thin"]
    assert list(web.planted()) == [*always, "pages_compete"]
    assert web.movements() == {
        "opportunity": ["hydration pack"], "query_lost": [], "section_falls": [],
    }  # fmt: skip


def test_planted_paths_are_pages_or_files_of_the_site(web):
    web.today += timedelta(days=1)
    files = {"/robots.txt", "/sitemap.xml", "/sitemap-news.xml"}
    old = {"/summer-sale", "/catalogue", "/shipping"}
    known = {*web.pages, *files, *old}
    for fact, paths in web.planted().items():
        assert paths
        assert fact == "competitor_published" or set(paths) <= known


def test_a_page_that_forbids_its_indexing_leaves_the_index_and_then_the_searches(web):
    path = "/products/jackets/down-jacket"
    assert "noindex" not in web.indexed(path).coverage
    before = clicks_of(web, path, days_before(DEMO_TODAY, 7))
    assert before > 5
    web.today += timedelta(days=14)
    assert web.indexed(path).indexing == "BLOCKED_BY_META_TAG"
    assert clicks_of(web, path, days_before(web.today, 7)) == 0
    assert web.planted()["became_noindex"] == [path]
    assert path not in web.planted()["not_indexed"]


@pytest.mark.parametrize(
    ("path", "verdict", "fetch"),
    [
        ("/products/shoes/racing-flat", "NEUTRAL", "NOT_FOUND"),
        ("/blog/socks-matter", "NEUTRAL", "NOT_FOUND"),
        ("/outdoor-jackets", "FAIL", "SERVER_ERROR"),
        ("/guides/boot-care", "NEUTRAL", "BLOCKED_ROBOTS_TXT"),
        ("/products/boots/snow-boots", "NEUTRAL", "SUCCESSFUL"),
        ("/favourites", "NEUTRAL", "SUCCESSFUL"),
        ("/products/boots/winter-boots", "PASS", "SUCCESSFUL"),
    ],
)
def test_the_index_follows_within_a_week(web, path, verdict, fetch):
    web.today += timedelta(days=7)
    indexed = web.indexed(path)
    assert (indexed.verdict, indexed.fetch) == (verdict, fetch)
    assert web.today - timedelta(days=7) <= indexed.crawled_at.date() < web.today


def test_the_index_knows_nothing_of_addresses_that_were_never_there(web):
    assert web.indexed("/nowhere").crawled_at is None


def test_a_page_chosen_away_names_its_canonical(web):
    web.today += timedelta(days=7)
    canonical = web.indexed("/products/boots/snow-boots").canonical
    assert canonical == f"{web.url}/products/boots/winter-boots"


def test_a_page_that_is_down_has_no_sessions_at_once(web):
    path = "/outdoor-jackets"
    assert sessions_of(web, path, YESTERDAY) > 50
    web.today += timedelta(days=1)
    assert sessions_of(web, path, DEMO_TODAY) == 0
    assert clicks_of(web, path, [DEMO_TODAY]) > 0
    assert web.speeds(path, "phone") is None


def test_a_page_without_its_tag_is_searched_for_but_not_counted(web):
    path = "/products/hats/running-cap"
    assert sessions_of(web, path, date(2026, 10, 30)) > 0
    assert sessions_of(web, path, date(2026, 10, 31)) == 0
    assert clicks_of(web, path, days_before(DEMO_TODAY, 2)) > 0


def test_a_section_falls_and_the_others_do_not(web):
    blog = np.array([path.startswith("/blog/") for path in web.pages])

    def clicks(days):
        searches = [web.search(day) for day in days]
        return [
            sum(int(s.clicks[blog[s.page] == part].sum()) for s in searches)
            for part in (True, False)
        ]

    before, after = clicks(days_before(date(2026, 10, 25), 7)), clicks(days_before(DEMO_TODAY, 7))
    assert 0.5 * before[0] < after[0] < 0.68 * before[0]
    assert after[1] > 0.9 * before[1]


def test_queries_are_lost_compete_and_stay_under_their_position(web):
    found = web.search(YESTERDAY)

    def rows(text):
        return np.flatnonzero(found.query == web.queries.index(text))

    assert len(rows("jogging shoes")) == 0
    assert len(rows("winter boots")) == 2
    (low,) = rows("wool socks")
    assert found.position[low] < 3
    assert found.clicks[low] < 0.07 * found.impressions[low]
    (chance,) = rows("hydration pack")
    assert found.impressions[chance] > 200
    assert 7 < found.position[chance] < 10


@pytest.mark.parametrize(
    ("brand", "chances", "rivals", "lost"),
    [
        ("shop", ["/products/bags/hydration-pack"], ["winter boots"], ["jogging shoes"]),
        ("clinic", [], [], []),
    ],
)
def test_nothing_else_stands_out_in_four_weeks_of_searches(brand, chances, rivals, lost):
    web, days = simulated_web(brand), days_before(date(2026, 10, 31), 28)
    shown = np.zeros((28, len(web.queries), len(web.pages)))
    places = np.zeros((len(web.queries), len(web.pages)))
    for row, day in enumerate(days):
        found = web.search(day)
        shown[row, found.query, found.page] = found.impressions
        places[found.query, found.page] += found.impressions * found.position
    pages, pairs = shown.sum(axis=(0, 1)), np.sort(shown.sum(axis=0), axis=1)
    position = places.sum(axis=0) / np.maximum(pages, 1)
    almost = (pages >= 1000) & (position >= 5) & (position <= 15)
    second = (pairs[:, -2] > 0.2 * pairs.sum(axis=1)) & (pairs.sum(axis=1) >= 300)
    gone = (shown[:7].sum(axis=(0, 2)) == 0) & (shown[7:].sum(axis=(0, 2)) > 0)
    assert [web.pages[place] for place in np.flatnonzero(almost)] == chances
    assert [web.queries[place] for place in np.flatnonzero(second)] == rivals
    assert [web.queries[place] for place in np.flatnonzero(gone)] == lost


def test_a_page_decays_over_months_while_the_site_grows(web):
    path, last_year = "/blog/marathon-training-plan", date(2025, 10, 11)
    now, then = (clicks_of(web, path, days_before(day, 28)) for day in (CLEAN_DAY, last_year))
    assert now < 0.4 * then
    totals = [web.search(day).clicks.sum() for day in (CLEAN_DAY, last_year)]
    assert totals[0] > 0.85 * totals[1]


def test_only_planted_pages_are_slow_or_fail_visitors(web):
    phone = {path: web.speeds(path, "phone") for path in web.pages}
    known = {path: speed for path, speed in phone.items() if speed is not None}
    slow = [path for path, speed in known.items() if speed.performance < 0.5]
    failing = [
        path
        for path, s in known.items()
        if s.visitors >= 500
        and (
            s.largest_contentful_paint > 2500
            or s.interaction_to_next_paint > 200
            or s.cumulative_layout_shift > 0.1
        )
    ]
    assert slow == list(web.planted()["page_slow"])
    assert failing == list(web.planted()["web_vitals_fail"])
    desktop = web.speeds("/", "desktop")
    assert desktop.largest_contentful_paint < known["/"].largest_contentful_paint


def test_an_incident_that_ends_is_over(web):
    start = date(2026, 9, 1)
    incident = SiteIncident("noindex", ("/brand",), start, start + timedelta(days=9))
    healed = SimulatedWeb(replace(web.plan, incidents=(incident,)), today=date(2026, 9, 12))
    assert "became_noindex" not in healed.planted()
    assert healed.planted()["not_indexed"] == ["/brand"]
    healed.today += timedelta(days=7)
    assert set(healed.planted()) == {"content_outdated"}


def test_a_generated_site_is_as_large_as_it_is_told_and_clean():
    web = generated(pages=250, seed=3, rows=400)
    assert len(web.pages) == len(set(web.pages)) == 250
    assert web.planted() == {}
    assert len(web.search(YESTERDAY).query) > 390
    with pytest.raises(ValueError, match="3 pages or more"):
        generated(pages=2)
