"""What posts brought to the website, joined by campaign; what cannot be joined is counted."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tasks.report.social_visit_words import caption, cells, unjoined
from tasks.social.visits import FIGURES, Brought, Campaigns, campaign_in, campaigns_of, visits_of

URL = "https://acme.example/shoes?size=9&utm_source=linkedin&utm_campaign="
UNTIL = date(2026, 11, 8)
TWO = Campaigns({"snow": 2, "zips": 1}, 0, 0)


def figures(*rows, until=UNTIL):
    made = pd.DataFrame(rows, columns=["name", *FIGURES])
    return made.astype(dict.fromkeys(FIGURES, "float64")).assign(until=until)


def test_posts_are_counted_by_the_campaign_in_their_address():
    links = {"a": f"{URL}snow", "b": f"{URL}zips", "c": ""}
    made = campaigns_of(["a", "a", "b", "c", "d", "e"], links)
    assert made == Campaigns({"snow": 2, "zips": 1}, 1, 2)
    assert unjoined(made) == (
        "Posts that cannot be joined with visits: 1 without an address and 2 not published from "
        "here, whose address nobody here knows."
    )
    assert unjoined(TWO) == ""


@pytest.mark.parametrize(
    ("url", "campaign"),
    [
        (f"{URL}winter+%26+snow", "winter & snow"),
        (URL, ""),
        ("https://acme.example/", ""),
        ("", ""),
    ],
)
def test_a_campaign_is_read_as_analytics_reads_it(url, campaign):
    assert campaign_in(url) == campaign


def test_a_campaign_that_analytics_does_not_name_had_no_session():
    made = visits_of(TWO, "Shop", "EUR", figures(("zips", 5, 1, 20.5), ("brand", 900, 9, 90)))
    assert made.rows == (Brought("zips", 1, 5.0, 1.0, 20.5), Brought("snow", 2, 0.0, 0.0, 0.0))
    assert caption(made).startswith("Sessions of the 28 days to 8 Nov 2026, as Shop counts them")
    assert cells(made.rows[0], made) == ["1", "5", "1", "€20.50"]


def test_unknown_days_are_unknown_for_every_campaign():
    made = visits_of(TWO, "Shop", "EUR", figures(("zips", np.nan, np.nan, np.nan)))
    assert {(it.sessions, it.key_events, it.revenue) for it in made.rows} == {(None, None, None)}
    assert cells(made.rows[0], made)[1:] == ["unknown"] * 3


def test_revenue_alone_may_be_unknown():
    made = visits_of(TWO, "Shop", "EUR", figures(("zips", 5, 1, np.nan)))
    assert made.rows[0] == Brought("zips", 1, 5.0, 1.0, None)


def test_campaigns_that_were_never_pulled_are_unknown_and_it_is_said_what_to_do():
    made = visits_of(TWO, "Shop", "EUR", figures())
    assert made.until is None
    assert [it.sessions for it in made.rows] == [None, None]
    assert "google_analytics at level campaign" in caption(made)
