"""Pages that compete for a query, and those that are clicked less than their place deserves."""

import numpy as np
import pytest

from tests.tasks.site.building import page, pairs, results, searches, site, verdict

PAGES = [page("/", "/a", "/b"), page("/a"), page("/b")]
RATES = (0.28, 0.15, 0.10, 0.075, 0.055, 0.042, 0.033, 0.027, 0.023, 0.020)


def usual(places=range(1, 11), each=8, shown=400.0):
    return [
        (f"usual {at} {n}", "/b", round(RATES[at - 1] * shown), shown, float(at))
        for at in places
        for n in range(each)
    ]


def told(*rows, fact="clicks_below_position", terms=(), **given):
    known = searches(pairs(*rows, **given), brand_terms=terms)
    return results(fact, site(*PAGES, searches=known, weigh="medium"))


def test_a_page_that_is_clicked_far_less_than_usual_at_its_place_is_told():
    (one,) = told(*usual(), ("boots", "/a", 60.0, 2000.0, 2.0))
    assert one.name == "/a"
    assert one.sentence.startswith(
        "/a is clicked less than its place deserves: 3.0% of 2,000 views in 28 days to 11 Nov "
        "2026, where position 2.0 usually brings 15.0%. That is 240 clicks less"
    )
    assert one.numbers["missed"] == pytest.approx(240)


@pytest.mark.parametrize(
    ("clicks", "shown", "at"),
    [(200.0, 2000.0, 2.0), (28.0, 900.0, 2.0), (10.0, 1000.0, 9.4), (0.0, 5000.0, 30.0)],
)
def test_nearly_usual_rates_few_views_chance_and_far_places_are_no_finding(clicks, shown, at):
    assert told(*usual(), ("boots", "/a", clicks, shown, at)) == []


def test_of_a_pages_queries_the_one_that_misses_most_is_named():
    rows = ("boots", "/a", 60.0, 2000.0, 2.0), ("shoes", "/a", 90.0, 9000.0, 3.0)
    (one,) = told(*usual(), *rows)
    assert '"shoes"' in one.sentence


def test_queries_with_the_brands_name_do_not_raise_what_is_usual():
    brand = [(f"acme {n}", "/", 190.0, 400.0, 1.0) for n in range(20)]
    boots = ("boots", "/a", 400.0, 2000.0, 1.0)
    assert told(*usual(), *brand, boots, terms=("acme",)) == []
    assert told(*usual(), *brand[:3], boots) == []  # the median bears a few
    assert [it.name for it in told(*usual(), *brand, boots)] == ["/a"]


def test_between_places_that_are_known_the_rate_falls_as_click_rates_do():
    only = usual([1, 10])
    assert told(*only, ("boots", "/a", 100.0, 2000.0, 5.0)) == []  # usual; a straight line: 16%
    assert len(told(*only, ("boots", "/a", 20.0, 2000.0, 5.0))) == 1


def test_too_few_data_tell_nothing_and_say_so():
    boots = ("boots", "/a", 0.0, 2000.0, 2.0)
    for rows in ([boots], [*usual([2], each=3), boots], [*usual([2], shown=40.0), boots]):
        one = site(*PAGES, searches=searches(pairs(*rows)))
        assert verdict("clicks_below_position", one, "/a") == "unknown"
    known = searches(pairs(*usual(), boots, pulled=27))
    assert verdict("clicks_below_position", site(*PAGES, searches=known), "/a") == "unknown"
    assert verdict("clicks_below_position", site(*PAGES), "/a") == "unknown"
    fine = site(*PAGES, searches=searches(pairs(*usual())))
    assert verdict("clicks_below_position", fine, "/a") == "ok"


def test_two_pages_that_share_a_query_compete():
    rows = ("boots", "/a", 30.0, 300.0, 3.0), ("boots", "/b", 20.0, 100.0, 4.0)
    (one,) = told(*rows, fact="pages_compete")
    assert (one.level, one.name, one.account_key) == ("query", "boots", 9)
    assert one.sentence.startswith(
        'Two of our pages compete for the search "boots", /a and /b: it was shown 400 times in '
    )
    assert one.todo.priority == "medium"


@pytest.mark.parametrize(
    "rows",
    [
        [("boots", "/a", 0.0, 301.0, 3.0), ("boots", "/b", 0.0, 99.0, 4.0)],
        [("boots", "/a", 0.0, 200.0, 3.0), ("boots", "/b", 0.0, 99.0, 4.0)],
        [("boots", "/a", 0.0, 900.0, 3.0)],
        [("boots", "/a", 0.0, 300.0, 3.0), ("shoes", "/b", 0.0, 300.0, 4.0)],
    ],
)
def test_small_shares_rare_queries_and_single_pages_do_not_compete(rows):
    assert told(*rows, fact="pages_compete") == []


def test_whoever_asks_for_the_brand_is_shown_several_pages():
    rows = ("ACME shop", "/a", 0.0, 300.0, 1.0), ("ACME shop", "/b", 0.0, 300.0, 2.0)
    assert told(*rows, fact="pages_compete", terms=("acme",)) == []
    assert len(told(*rows, fact="pages_compete")) == 1


def test_queries_of_days_that_were_not_pulled_are_unknown():
    rows = ("boots", "/a", 0.0, 300.0, 3.0), ("boots", "/b", 0.0, 300.0, 4.0)
    for pulled, said in [(28, "warning"), (27, "unknown")]:
        one = site(*PAGES, searches=searches(pairs(*rows, pulled=pulled)))
        (it,) = results("pages_compete", one, also=[(9, 500)])
        assert it.verdict == said


def test_the_order_of_pairs_does_not_matter():
    rows = [*usual(), ("boots", "/a", 60.0, 2000.0, 2.0), ("boots", "/b", 60.0, 2000.0, 2.0)]
    mixed = [rows[place] for place in np.random.default_rng(3).permutation(len(rows))]
    for fact in ("clicks_below_position", "pages_compete"):
        said = [[it.sentence for it in told(*them, fact=fact)] for them in (rows, mixed)]
        assert said[0] == said[1] != []
