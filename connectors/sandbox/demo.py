"""The demo market: a shop and a dental clinic, each with a Google Ads and a Meta account.

Figures as of DEMO_TODAY; campaigns not named here stay within about 25 % of their usual weekly CPA.

| account                  | campaign                   | what is wrong               | since      |
|--------------------------|----------------------------|-----------------------------|------------|
| shop Google 4445556666   | 802 Running shoes          | tracking_break              | 2026-10-29 |
| shop Google 4445556666   | 804 Outdoor jackets        | landing_page_down           | 2026-11-02 |
| shop Meta 1234500001     | …1020 Retargeting, Basket  | runaway_spend               | 2026-10-31 |
| clinic Google 7778889999 | 833 Whitening, ad 8332     | disapproved_ad              | 2026-10-30 |
| clinic Google 7778889999 | 832 Emergency dentist      | exhausted_budget            | 2026-10-24 |
| clinic Meta 1234500002   | …2010 Implant consultation | creative_fatigue            | 2026-10-14 |

802 records no conversion at all. …1020 spends 4.5 times its usual, about 3.5 times its budget, and
pays about twice its usual CPA for it. 8332 gets nothing, the other ads of its ad group take its
traffic. 832 could spend 2.4 times its usual and stands at its budget, with a fifth to a half of the
impressions lost to it. The CTR of …2010 falls to 45 % of its usual within 17 days, its daily
frequency rises from 1.25 to 3.4, and its CPA doubles.

The page of 804 went down on the morning of DEMO_TODAY, so no complete day shows it in its figures.
Besides, without being wrong: 807 is paused and 835 removed long ago, …2040 of the clinic's Meta
account ended on 2026-09-30, and some names try to be formulas, links or markup.
"""

from datetime import date

from connectors.sandbox.incidents import Incident
from connectors.sandbox.structure import (
    Account,
    Ad,
    AdGroup,
    Brand,
    Campaign,
    Keyword,
    Scenario,
    SearchTerm,
)

DEMO_TODAY = date(2026, 11, 2)

SHOP_GOOGLE, SHOP_META = "4445556666", "1234500001"
CLINIC_GOOGLE, CLINIC_META = "7778889999", "1234500002"
MANAGER = "1112223333"

RETAIL_WEEK = (1.02, 0.97, 0.96, 0.97, 0.99, 1.03, 1.06)
PRACTICE_WEEK = (1.16, 1.10, 1.05, 1.02, 0.95, 0.82, 0.90)

_META = 120_200_000_000_000_000

INCIDENTS = (
    Incident("tracking_break", SHOP_GOOGLE, 802, date(2026, 10, 29)),
    Incident("landing_page_down", SHOP_GOOGLE, 804, DEMO_TODAY),
    Incident("runaway_spend", SHOP_META, _META + 1020, date(2026, 10, 31), factor=4.5),
    Incident("disapproved_ad", CLINIC_GOOGLE, 833, date(2026, 10, 30), ad_id=8332),
    Incident("exhausted_budget", CLINIC_GOOGLE, 832, date(2026, 10, 24), factor=2.4),
    Incident(
        "creative_fatigue",
        CLINIC_META,
        _META + 2010,
        date(2026, 10, 14),
        factor=0.45,
        ramp_days=17,
        frequency=3.4,
    ),
)


def demo() -> Scenario:
    """Return the demo market."""
    return Scenario(
        name="demo",
        brands=(
            Brand("shop", (_shop_google(), _shop_meta())),
            Brand("clinic", (_clinic_google(), _clinic_meta())),
        ),
        incidents=INCIDENTS,
        managers={MANAGER: "Agency"},
    )


def _shop_google() -> Account:
    return Account(
        platform="google_ads",
        account_id=SHOP_GOOGLE,
        name="Shop",
        currency="EUR",
        time_zone="Europe/Berlin",
        manager_id=MANAGER,
        week=RETAIL_WEEK,
        campaigns=(
            Campaign(
                801, "Brand | Search", "search", 130, 88, 0.35, 0.11, 0.08, 64,
                _searched(801, "brand", "acme shop", "acme sneakers"),
                impression_share=0.88, labels=("brand",),
            ),
            Campaign(
                802, "Running shoes | Search", "search", 240, 176, 0.9, 0.055, 0.048, 79,
                _searched(802, "running-shoes", "running shoes", "trail running shoes"),
            ),
            Campaign(
                803, "Bestsellers | Shopping", "shopping", 330, 236, 0.45, 0.012, 0.031, 58,
                _unsearched(803, "bestsellers", ("Shoes", 3), ("Accessories", 1)),
                impression_share=0.41,
            ),
            Campaign(
                804, "Outdoor jackets | Search", "search", 165, 118, 0.8, 0.06, 0.051, 98,
                _searched(804, "outdoor-jackets", "rain jacket", "hiking jacket"),
            ),
            Campaign(
                805, '=HYPERLINK("http://evil.example","Winter sale")', "search",
                110, 78, 0.6, 0.065, 0.06, 71,
                _searched(805, "winter-sale", "winter boots", "winter coat sale"),
            ),
            Campaign(
                806, "Retargeting | Display", "display", 90, 61, 0.25, 0.006, 0.032, 55,
                _unsearched(806, "welcome-back", ("Basket", 2), ("Viewed", 1)),
            ),
            Campaign(
                807, "Spring sale 2026 | Search", "search", 120, 85, 0.7, 0.06, 0.05, 66,
                _searched(807, "spring-sale", "spring jacket"), paused=date(2026, 6, 1),
            ),
        ),
    )  # fmt: skip


def _shop_meta() -> Account:
    first = _META + 1000
    return Account(
        platform="meta_ads",
        account_id=SHOP_META,
        name="Shop",
        currency="EUR",
        time_zone="Europe/Berlin",
        week=RETAIL_WEEK,
        late=0.12,
        lag_days=28,
        campaigns=(
            Campaign(
                first + 10, "Prospecting | Broad", "sales", 300, 214, 0.52, 0.014, 0.034, 63,
                _audiences(first + 10, "new-arrivals", ("Women 25-54", 3), ("Men 25-54", 2)),
            ),
            Campaign(
                first + 20, "Retargeting | Basket", "sales", 120, 91, 0.61, 0.021, 0.055, 68,
                _audiences(first + 20, "basket", ("Basket 14 days", 2), ("Viewed 30 days", 1)),
                frequency=1.6, saturation=1.4,
            ),
            Campaign(
                first + 30, "Lookalike | Buyers", "sales", 180, 128, 0.58, 0.015, 0.037, 66,
                _audiences(first + 30, "favourites", ("1 %", 2), ("3 %", 1)),
                ad_group_budgets=True,
            ),
            Campaign(
                first + 40, "[sale](http://evil.example) Autumn", "sales",
                115, 82, 0.47, 0.016, 0.04, 57,
                _audiences(first + 40, "autumn", ("Outdoor interest", 1)),
            ),
            Campaign(
                first + 50, "Reels | Video", "sales", 105, 74, 0.4, 0.011, 0.035, 52,
                _audiences(
                    first + 50, "reels", ("18-34", 1), names=("<img src=x onerror=1>", "Reel B")
                ),
            ),
        ),
    )  # fmt: skip


def _clinic_google() -> Account:
    return Account(
        platform="google_ads",
        account_id=CLINIC_GOOGLE,
        name="Clinic",
        currency="EUR",
        time_zone="Europe/Berlin",
        week=PRACTICE_WEEK,
        season=0.04,
        late=0.1,
        campaigns=(
            Campaign(
                831, "Implants | Search", "search", 165, 116, 2.4, 0.07, 0.12, 320,
                _searched(831, "implants", "dental implants", "implant cost"),
            ),
            Campaign(
                832, "Emergency dentist | Search", "search", 120, 84, 1.9, 0.09, 0.15, 140,
                _searched(832, "emergency", "emergency dentist", "dentist open sunday"),
                impression_share=0.78,
            ),
            Campaign(
                833, "Whitening | Search", "search", 110, 77, 1.6, 0.075, 0.12, 180,
                _searched(833, "whitening", "teeth whitening", "bleaching dentist"),
            ),
            Campaign(
                834, "Aligners | Search", "search", 140, 97, 2.1, 0.068, 0.115, 260,
                _searched(834, "aligners", "clear aligners", "aligner cost"),
            ),
            Campaign(
                835, "Old practice | Search", "search", 60, 42, 1.5, 0.06, 0.1, 150,
                _searched(835, "practice", "dentist"), removed=date(2026, 2, 1),
            ),
        ),
    )  # fmt: skip


def _clinic_meta() -> Account:
    first = _META + 2000
    return Account(
        platform="meta_ads",
        account_id=CLINIC_META,
        name="Clinic",
        currency="EUR",
        time_zone="Europe/Berlin",
        week=PRACTICE_WEEK,
        season=0.04,
        late=0.1,
        lag_days=28,
        campaigns=(
            Campaign(
                first + 10, "Implant consultation | Leads", "leads", 125, 88, 0.9, 0.012, 0.07, 90,
                _audiences(first + 10, "consultation", ("45-65 nearby", 1), ("Lookalike", 1)),
            ),
            Campaign(
                first + 20, "Check-up | Leads", "leads", 80, 56, 0.7, 0.013, 0.08, 60,
                _audiences(first + 20, "check-up", ("Families nearby", 1)),
            ),
            Campaign(
                first + 30, "Whitening offer | Leads", "leads", 95, 67, 0.8, 0.014, 0.075, 75,
                _audiences(first + 30, "whitening-offer", ("25-44 nearby", 2), ("Visitors", 1)),
            ),
            Campaign(
                first + 40, "Open day | Leads", "leads", 70, 48, 0.75, 0.013, 0.07, 50,
                _audiences(first + 40, "open-day", ("10 km around", 1)),
                started=date(2026, 8, 1), end_date=date(2026, 9, 30),
            ),
        ),
    )  # fmt: skip


def _searched(campaign: int, path: str, *keywords: str) -> tuple[AdGroup, ...]:
    """Return one ad group per keyword, with two ads, two match types and four search terms each."""
    groups = []
    for number, text in enumerate(keywords):
        group_id = 100 * campaign + number
        ads = (
            Ad(10 * campaign + 2 * number + 1, f"RSA {text} A", 3, path, click_quality=105),
            Ad(10 * campaign + 2 * number + 2, f"RSA {text} B", 2, path, click_quality=92),
        )
        words = (
            _keyword(10 * group_id + 1, text, "EXACT", 3, 8, 110),
            _keyword(10 * group_id + 2, text, "PHRASE", 2, 6, 88),
        )
        groups.append(AdGroup(group_id, text.capitalize(), len(keywords) - number, ads, words))
    return tuple(groups)


def _keyword(
    criterion: int, text: str, match: str, weight: int, quality: int, conversions: int
) -> Keyword:
    terms: tuple[SearchTerm, ...]
    if match == "EXACT":
        terms = (SearchTerm(text, 90), SearchTerm(f"{text}s", 10))
        return Keyword(criterion, text, "EXACT", weight, quality, terms, conversions)
    terms = (
        SearchTerm(f"best {text}", 55),
        SearchTerm(f"{text} near me", 30),
        SearchTerm(f"=1+1 {text}", 14),
        SearchTerm(f"{text} meaning", 1),
    )
    return Keyword(criterion, text, "PHRASE", weight, quality, terms, conversions)


def _unsearched(campaign: int, path: str, *groups: tuple[str, int]) -> tuple[AdGroup, ...]:
    """Return ad groups without keywords, two ads each."""
    return tuple(
        AdGroup(
            100 * campaign + number,
            name,
            weight,
            (
                Ad(10 * campaign + 2 * number + 1, f"{name} A", 1, path),
                Ad(10 * campaign + 2 * number + 2, f"{name} B", 1, path),
            ),
        )
        for number, (name, weight) in enumerate(groups)
    )


def _audiences(
    campaign: int, path: str, *groups: tuple[str, int], names: tuple[str, str] = ("Ad A", "Ad B")
) -> tuple[AdGroup, ...]:
    """Return ad sets with two ads each."""
    return tuple(
        AdGroup(
            campaign + 1 + 3 * number,
            name,
            weight,
            (
                Ad(campaign + 2 + 3 * number, names[0], 3, path, click_quality=108),
                Ad(campaign + 3 + 3 * number, names[1], 2, path, click_quality=90),
            ),
        )
        for number, (name, weight) in enumerate(groups)
    )
