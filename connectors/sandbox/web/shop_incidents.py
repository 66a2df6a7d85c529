"""What is wrong with the demo shop's site: planted cases of every fact, nearly all on DEMO_TODAY.

Before CLEAN_DAY nothing changes; what is planted for long is there before. What begins on 10-30 or
later is not known to the engine's index on DEMO_TODAY; it leaves it in the days after.

| since      | what                                                     | where                 |
|------------|----------------------------------------------------------|-----------------------|
| for long   | thin, outdated, two that compete, few clicks, position 8 | see `_for_long`       |
| 2026-02-01 | decays                                                   | a blog page           |
| 2026-10-12 | titles, descriptions missing, double; no heading         | /contact, socks, hats |
| 2026-10-14 | a translation does not answer; broken JSON-LD            | /about, bags          |
| 2026-10-19 | left out of the index, though read                       | /favourites           |
| 2026-10-20 | orphan, redirect chain, loop, broken outbound link       | boots, /archive, blog |
| 2026-10-22 | slow; failing web vitals                                 | bags, /products/shoes |
| 2026-10-23 | a query is lost                                          | /running-shoes        |
| 2026-10-25 | the blog falls                                           | /blog/                |
| 2026-10-26 | 16 pages leave the index at once                         | /archive/             |
| 2026-10-27 | a sitemap lists a redirect, and lacks a page             | /products/bags        |
| 2026-10-28 | a competitor publishes, and again on 10-31               |                       |
| 2026-10-30 | gone, taken down, noindex, canonical elsewhere           | shoes, jackets, boots |
| 2026-10-31 | robots.txt forbids a folder; the tag is lost             | /guides/, hats        |
| 2026-11-02 | the landing page of a campaign answers 500               | /outdoor-jackets      |
| 2026-11-03 | a sitemap cannot be read, until 11-09                    | /sitemap-news.xml     |
"""

from collections.abc import Sequence
from datetime import date

from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web.incidents import SiteIncident
from connectors.sandbox.web.plan import OPENED, PagePlan

CLEAN_DAY = date(2026, 10, 11)
"""The last day before anything changes on the demo sites."""
OUTDATED = "/blog/how-we-test-shoes"
DECAYING = "/blog/marathon-training-plan"
COMPETING = "/products/boots/winter-boots", "/winter-sale"

Paths = tuple[str, ...]


def shop_incidents(pages: Sequence[PagePlan]) -> tuple[SiteIncident, ...]:
    """Return what goes wrong with a site that has these pages."""
    return (
        *_for_long(),
        *_of_heads(),
        *_of_links(),
        *_of_searches(_below(pages, "/blog/"), _below(pages, "/archive/")),
        *_of_the_last_days(_below(pages, "/guides/")),
    )


def _for_long() -> tuple[SiteIncident, ...]:
    return (
        SiteIncident("thin", ("/stores",), OPENED),
        SiteIncident("competes", COMPETING, OPENED, query="winter boots"),
        SiteIncident("low_click_rate", ("/products/socks/wool-socks",), OPENED,
                     query="wool socks", factor=0.3),
        SiteIncident("opportunity", ("/products/bags/hydration-pack",), OPENED,
                     query="hydration pack"),
        SiteIncident("decays", (DECAYING,), date(2026, 2, 1), factor=0.35, ramp_days=270),
    )  # fmt: skip


def _of_heads() -> tuple[SiteIncident, ...]:
    day, later = date(2026, 10, 12), date(2026, 10, 14)
    socks = "/products/socks/trail-socks", "/products/socks/ski-socks"
    hats = "/products/hats/rain-hat", "/products/hats/balaclava"
    return (
        SiteIncident("title_missing", ("/contact",), day),
        SiteIncident("title_duplicate", socks, day),
        SiteIncident("description_missing", ("/delivery",), day),
        SiteIncident("description_duplicate", hats, day),
        SiteIncident("heading_missing", ("/returns",), day),
        SiteIncident("hreflang", ("/about",), later),
        SiteIncident("structured_data", ("/products/bags/duffel-bag",), later),
    )


def _of_links() -> tuple[SiteIncident, ...]:
    day = date(2026, 10, 20)
    return (
        SiteIncident("orphan", ("/products/boots/desert-boots",), day),
        SiteIncident("redirect_chain", ("/summer-sale",), day, target="/summer-sale-2025"),
        SiteIncident("redirect_loop", ("/catalogue",), day, target="/catalogue/"),
        SiteIncident("broken_outbound", ("/blog/city-running-routes",), day,
                     target="/maps/closed"),
        SiteIncident("sitemap_broken", ("/sitemap-news.xml",), date(2026, 11, 3),
                     end=date(2026, 11, 9)),
        SiteIncident("sitemap_extra", ("/shipping",), date(2026, 10, 27)),
        SiteIncident("sitemap_missing", ("/products/bags",), date(2026, 10, 27)),
    )  # fmt: skip


def _of_searches(blog: Paths, archive: Paths) -> tuple[SiteIncident, ...]:
    return (
        SiteIncident("not_indexed", ("/favourites",), date(2026, 10, 19)),
        SiteIncident("slow", ("/products/bags/gym-bag",), date(2026, 10, 22)),
        SiteIncident("vitals", ("/products/shoes",), date(2026, 10, 22)),
        SiteIncident("section_falls", blog, date(2026, 10, 25), target="/blog/", factor=0.72),
        SiteIncident("query_lost", ("/running-shoes",), date(2026, 10, 23),
                     query="jogging shoes"),
        SiteIncident("not_indexed", archive, date(2026, 10, 26)),
        SiteIncident("competitor", ("/blog/black-week-plans",), date(2026, 10, 28),
                     target="Black week plans"),
        SiteIncident("competitor", ("/blog/winter-boots-tested",), date(2026, 10, 31),
                     target="Winter boots, tested"),
    )  # fmt: skip


def _of_the_last_days(guides: Paths) -> tuple[SiteIncident, ...]:
    day, later = date(2026, 10, 30), date(2026, 10, 31)
    return (
        SiteIncident("gone", ("/products/shoes/racing-flat",), day),
        SiteIncident("lost", ("/blog/socks-matter",), day),
        SiteIncident("noindex", ("/products/jackets/down-jacket",), day),
        SiteIncident("canonical", ("/products/boots/snow-boots",), day,
                     target="/products/boots/winter-boots"),
        SiteIncident("robots", guides, later, target="/guides/"),
        SiteIncident("tag_gone", ("/products/hats/running-cap",), later),
        SiteIncident("fails", ("/outdoor-jackets",), DEMO_TODAY),
    )  # fmt: skip


def _below(pages: Sequence[PagePlan], folder: str) -> Paths:
    return tuple(page.path for page in pages if page.path.startswith(folder))
