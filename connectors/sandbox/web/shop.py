"""The demo shop's site, Acme Shop; `shop_incidents.py` says what is wrong with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from connectors.sandbox.demo import RETAIL_WEEK, demo
from connectors.sandbox.web.plan import (
    PageKind,
    PagePlan,
    Publication,
    Rank,
    SearchPlan,
    SitePlan,
)
from connectors.sandbox.web.planning import linked, page, searches_for, visits_to
from connectors.sandbox.web.shop_incidents import COMPETING, DECAYING, OUTDATED, shop_incidents

BRAND = "Acme Shop"

LANDING = (
    "running-shoes", "bestsellers", "outdoor-jackets", "winter-sale", "welcome-back",
    "spring-sale", "brand", "new-arrivals", "basket", "favourites", "autumn", "reels",
)  # fmt: skip
SEARCHED = {
    "/": "acme shop",
    "/running-shoes": "running shoes",
    "/outdoor-jackets": "rain jacket",
    "/winter-sale": "winter coat sale",
    "/spring-sale": "spring jacket",
    "/brand": "acme sneakers",
}
"""Pages of ads, and what the ads are bought for."""
CATEGORIES = {
    "shoes": ("trail runner", "road runner", "court shoe", "canvas sneaker", "hiking shoe",
              "racing flat", "recovery slide", "kids runner"),
    "jackets": ("hiking jacket", "storm shell", "down jacket", "wind breaker", "fleece jacket",
                "softshell jacket", "running vest", "parka"),
    "boots": ("winter boots", "chelsea boots", "mountain boots", "rubber boots", "work boots",
              "snow boots", "desert boots", "rain boots"),
    "bags": ("day pack", "duffel bag", "hip bag", "laptop bag", "hydration pack", "shoe bag",
             "travel pack", "gym bag"),
    "socks": ("trail socks", "wool socks", "compression socks", "no show socks", "ski socks",
              "liner socks"),
    "hats": ("running cap", "wool beanie", "sun hat", "rain hat", "headband", "balaclava"),
}  # fmt: skip
ARTICLES = (
    "how to lace running shoes", "waterproof or water resistant", "marathon training plan",
    "care for leather boots", "layering in winter", "trail running for beginners",
    "when to replace running shoes", "packing for a week outdoors", "choosing a rain shell",
    "running in the dark", "blisters and how to avoid them", "stretching after a run",
    "down or synthetic", "breathable fabrics explained", "first hut to hut tour",
    "washing a down jacket", "recycled materials", "repair instead of replace",
    "barefoot shoes tried", "city running routes", "how we test shoes", "socks matter",
    "winter running checklist", "sizing for kids",
)  # fmt: skip
GUIDES = ("shoe fit", "jacket fit", "boot care", "pack volume", "sock length", "gift ideas")
SEASONS = (
    "spring 2024", "summer 2024", "autumn 2024", "winter 2024", "spring 2025", "summer 2025",
    "autumn 2025", "winter 2025", "lookbook one", "lookbook two", "press 2024", "press 2025",
    "raffle 2024", "raffle 2025", "store opening", "anniversary",
)  # fmt: skip
PLAIN = ("about", "contact", "delivery", "returns", "size-guide", "stores", "imprint", "privacy")


def shop() -> SitePlan:
    """Return the plan of Acme Shop."""
    pages = _pages()
    origins, visits = visits_to(pages, demo().brands[0].accounts)
    return SitePlan(
        key="shop",
        name=BRAND,
        tag="G-ACMESHOP01",
        property_id="400100200",
        currency="EUR",
        time_zone="Europe/Berlin",
        pages=pages,
        searches=_searches(pages),
        origins=origins,
        visits=visits,
        menu=("/", "/products", "/collections", "/blog", "/guides", "/about"),
        footer=(*(f"/{name}" for name in PLAIN[1:]), "/archive"),
        redirects=(
            ("/summer-sale", "/size-guide"),
            ("/catalogue", "/products"),
            ("/shipping", "/delivery"),
        ),
        disallowed=("/checkout", "/search"),
        important=("/", "/products", "/products/*", *(f"/{name}" for name in LANDING)),
        unimportant=("/archive", "/archive/*", "/imprint", "/privacy"),
        sitemaps=(
            ("/sitemap-products.xml.gz", ("/products",)),
            ("/sitemap-blog.xml", ("/blog", "/guides")),
            ("/sitemap-archive.xml", ("/archive",)),
            ("/sitemap-de.xml", ("/de/",)),
            ("/sitemap-pages.xml", ("/",)),
        ),
        listed_again=(("/sitemap-news.xml", ("/blog/how", "/blog/city", "/blog/repair")),),
        week=RETAIL_WEEK,
        order_value=72.0,
        competitor=_competitor(),
        incidents=shop_incidents(pages),
    )


def _pages() -> tuple[PagePlan, ...]:
    home = page("/", "Acme Shop: shoes and outdoor wear", "home", BRAND, "all for being outside")
    hubs = [
        page("/products", "All products", "hub", BRAND, "everything on one page"),
        page("/collections", "Collections", "hub", BRAND, "put together for an occasion"),
        page("/blog", "Journal", "hub", BRAND, "stories and advice"),
        page("/guides", "Buying guides", "hub", BRAND, "what to look for"),
        page("/archive", "Archive", "hub", BRAND, "what was"),
    ]
    pages = [
        home, *hubs, *_products(), *_folder("/blog", ARTICLES, "article", "advice from our team"),
        *_folder("/guides", GUIDES, "article", "a short guide"),
        *_folder("/archive", SEASONS, "plain", "kept for those who ask"),
        *(page(f"/{name}", _named(name), "plain", BRAND, "service and contact") for name in PLAIN),
        *(page(f"/{name}", _named(name), "landing", BRAND, "chosen for you") for name in LANDING),
    ]  # fmt: skip
    of = {hub: [p.path for p in pages if p.path.startswith(f"{hub}/")] for hub in
          ("/products", "/blog", "/guides", "/archive")}  # fmt: skip
    links = {
        **of,
        "/products": [path for path in of["/products"] if path.count("/") == 2],
        **{f"/products/{name}": _below(of["/products"], name) for name in CATEGORIES},
        "/collections": [f"/{name}" for name in LANDING],
        "/archive": [*of["/archive"], "/summer-sale", "/catalogue"],
        "/contact": ["/shipping"],
    }
    return _changed(linked((*pages, *_german()), links))


def _products() -> list[PagePlan]:
    made = []
    for number, (category, names) in enumerate(CATEGORIES.items()):
        made.append(page(f"/products/{category}", _named(category), "hub", BRAND, "all of them"))
        for place, name in enumerate(names):
            path = f"/products/{category}/{name.replace(' ', '-')}"
            made.append(
                replace(
                    page(path, _named(name), "product", BRAND, f"made to last, number {place + 1}"),
                    links=(f"/products/{category}",),
                    price=39.0 + 12 * number + 7 * place,
                )
            )
    return made


def _folder(hub: str, names: Sequence[str], kind: PageKind, about: str) -> list[PagePlan]:
    made = []
    for number, name in enumerate(names):
        path = f"{hub}/{name.replace(' ', '-')}"
        day = date(2024, 1, 8) + timedelta(days=(37 * number) % 900)
        plan = page(path, _named(name), kind, BRAND, about)
        made.append(replace(plan, links=(hub,), published=day))
    return made


def _german() -> list[PagePlan]:
    names = {"/de/": "Acme Shop: Schuhe und Jacken", "/de/products": "Alle Produkte",
             "/de/about": "Wer wir sind"}  # fmt: skip
    return [
        replace(page(path, name, "plain", BRAND, "auf Deutsch"), language="de", links=tuple(names))
        for path, name in names.items()
    ]


def _changed(pages: Sequence[PagePlan]) -> tuple[PagePlan, ...]:
    """Add translations, links to other sites, and the page that is never gone over."""
    pairs = (("/", "/de/"), ("/products", "/de/products"), ("/about", "/de/about"))
    alternates = {path: (("en", en), ("de", de)) for en, de in pairs for path in (en, de)}
    made = []
    for each in pages:
        outbound = ("/partners/alpine-club",) if each.path == "/blog/first-hut-to-hut-tour" else ()
        links = (*each.links, "/de/") if each.path == "/" else each.links
        old = date(2024, 2, 20) if each.path == OUTDATED else None
        made.append(
            replace(
                each,
                alternates=alternates.get(each.path, ()),
                outbound=outbound,
                links=links,
                revised=old,
                published=old or each.published,
            )
        )
    return tuple(made)


def _searches(pages: Sequence[PagePlan]) -> tuple[SearchPlan, ...]:
    topics = {p.path: p.name.lower() for p in pages if p.kind in ("product", "article")}
    topics |= {f"/products/{name}": name for name in CATEGORIES} | SEARCHED
    known = (
        SearchPlan("acme shop", 260, (Rank("/", 1.05),), brand=True),
        SearchPlan("acme", 190, (Rank("/", 1.1),), brand=True),
        SearchPlan("acme shop opening hours", 24, (Rank("/stores", 1.2),), brand=True),
        SearchPlan("winter boots", 150, (Rank(COMPETING[0], 3.2, 0.52),
                                         Rank(COMPETING[1], 3.7, 0.48))),
        SearchPlan("running shoes", 240, (Rank("/running-shoes", 3.4),)),
        SearchPlan("trail running shoes", 130, (Rank("/running-shoes", 2.8),)),
        SearchPlan("hiking jacket", 90, (Rank("/outdoor-jackets", 3.1),)),
        SearchPlan("wool socks", 220, (Rank("/products/socks/wool-socks", 2.2),)),
        SearchPlan("hydration pack", 420, (Rank("/products/bags/hydration-pack", 8.1),)),
        SearchPlan("marathon training plan", 180, (Rank(DECAYING, 2.6),)),
        SearchPlan("layering in winter", 160, (Rank("/blog/layering-in-winter", 2.0),)),
        SearchPlan("care for leather boots", 90, (Rank("/blog/care-for-leather-boots", 1.9),)),
        SearchPlan("jogging shoes", 75, (Rank("/running-shoes", 2.4),)),
    )  # fmt: skip
    return searches_for(pages, topics, "acme", known, seed=1)


def _competitor() -> tuple[Publication, ...]:
    titles = ("Which boots for ice", "Our new workshop", "Ten trails to try", "Autumn colours")
    return tuple(
        Publication(f"/blog/{title.lower().replace(' ', '-')}", title, date(2026, 5 + number, 12))
        for number, title in enumerate(titles)
    )


def _below(paths: Sequence[str], category: str) -> list[str]:
    return [path for path in paths if path.startswith(f"/products/{category}/")]


def _named(words: str) -> str:
    return words.replace("-", " ").capitalize()
