"""The demo dental clinic's site: 80 pages, a few things planted; see `shop.py` for every fact."""

from dataclasses import replace
from datetime import date, timedelta

from connectors.sandbox.demo import PRACTICE_WEEK, demo
from connectors.sandbox.web.incidents import SiteIncident
from connectors.sandbox.web.plan import PageKind, PagePlan, Publication, Rank, SearchPlan, SitePlan
from connectors.sandbox.web.planning import linked, page, searches_for, visits_to

BRAND = "Bright Dental"

LANDING = {
    "implants": "dental implants",
    "emergency": "emergency dentist",
    "whitening": "teeth whitening",
    "aligners": "clear aligners",
    "practice": "dentist",
    "consultation": "implant consultation",
    "check-up": "dental check-up",
    "whitening-offer": "bleaching dentist",
    "open-day": "dentist open day",
}
TREATMENTS = (
    "tooth filling", "root canal", "dental crown", "dental bridge", "denture", "tooth extraction",
    "gum treatment", "professional cleaning", "children dentistry", "night guard",
    "wisdom tooth", "dental x-ray", "veneers", "inlay", "sedation", "second opinion",
)  # fmt: skip
ARTICLES = (
    "toothache at night", "how long does an implant last", "aligners or braces",
    "brushing with children", "fear of the dentist", "what insurance pays", "electric toothbrush",
    "bleeding gums", "whitening at home", "first visit of a child", "grinding teeth",
    "food that harms teeth", "after an extraction", "implant or bridge", "bad breath",
    "sensitive teeth", "dental care in pregnancy", "tartar explained", "sport and teeth",
    "retainers after aligners", "dry mouth", "mouthwash or not", "teeth and heart", "broken tooth",
)  # fmt: skip
TEAM = ("doctors", "hygienists", "reception", "laboratory", "careers", "training")
NEWS = tuple(f"news {year} {month}" for year in (2024, 2025) for month in range(1, 9))
PLAIN = ("contact", "hours", "prices", "insurance", "imprint", "privacy")


def clinic() -> SitePlan:
    """Return the plan of the clinic's site."""
    pages = _pages()
    origins, visits = visits_to(pages, demo().brands[1].accounts)
    return SitePlan(
        key="clinic",
        name=BRAND,
        tag="G-BRIGHTDT01",
        property_id="400100300",
        currency="EUR",
        time_zone="Europe/Berlin",
        pages=pages,
        searches=_searches(pages),
        origins=origins,
        visits=visits,
        menu=("/", "/treatments", "/team", "/blog", "/offers"),
        footer=(*(f"/{name}" for name in PLAIN), "/archive"),
        redirects=(("/opening-hours", "/hours"),),
        disallowed=("/booking",),
        important=("/", "/treatments/*", *(f"/{name}" for name in LANDING)),
        unimportant=("/archive", "/archive/*", "/imprint", "/privacy"),
        sitemaps=(("/sitemap-blog.xml", ("/blog",)), ("/sitemap-pages.xml", ("/",))),
        week=PRACTICE_WEEK,
        season=0.04,
        order_value=0.0,
        competitor=(Publication("/blog/new-practice", "New practice", date(2026, 6, 3)),),
        incidents=_incidents(),
    )


def _pages() -> tuple[PagePlan, ...]:
    pages = [
        page("/", "Bright Dental: your practice in town", "home", BRAND, "gentle and on time"),
        *(page(f"/{name}", name.capitalize(), "hub", BRAND, "at a glance")
          for name in ("treatments", "team", "blog", "offers", "archive")),
        *_folder("/treatments", TREATMENTS, "product"),
        *_folder("/blog", ARTICLES, "article"),
        *_folder("/team", TEAM, "plain"),
        *_folder("/archive", NEWS, "plain"),
        *(page(f"/{name}", name.capitalize(), "plain", BRAND, "what to know") for name in PLAIN),
        *(page(f"/{path}", words.capitalize(), "landing", BRAND, "book a visit")
          for path, words in LANDING.items()),
    ]  # fmt: skip
    hubs = ("/treatments", "/blog", "/team", "/archive")
    of = {hub: [p.path for p in pages if p.path.startswith(f"{hub}/")] for hub in hubs}
    return linked(pages, of | {"/offers": [f"/{name}" for name in LANDING]})


def _folder(hub: str, names: tuple[str, ...], kind: PageKind) -> list[PagePlan]:
    return [
        replace(
            page(f"{hub}/{name.replace(' ', '-')}", name.capitalize(), kind, BRAND, "explained"),
            links=(hub,),
            published=date(2024, 1, 8) + timedelta(days=(41 * number) % 900),
            price=90.0 + number,
        )
        for number, name in enumerate(names)
    ]


def _searches(pages: tuple[PagePlan, ...]) -> tuple[SearchPlan, ...]:
    topics = {p.path: p.name.lower() for p in pages if p.kind in ("product", "article")}
    topics |= {f"/{path}": words for path, words in LANDING.items()}
    known = (
        SearchPlan("bright dental", 140, (Rank("/", 1.05),), brand=True),
        SearchPlan("bright dental hours", 40, (Rank("/hours", 1.1),), brand=True),
        SearchPlan("implant cost", 120, (Rank("/implants", 3.2),)),
        SearchPlan("dentist open sunday", 80, (Rank("/emergency", 2.4),)),
        SearchPlan("aligner cost", 90, (Rank("/aligners", 4.1),)),
    )
    return searches_for(pages, topics, "bright dental", known, seed=2)


def _incidents() -> tuple[SiteIncident, ...]:
    blog = tuple(f"/blog/{name.replace(' ', '-')}" for name in ARTICLES)
    return (
        SiteIncident("description_missing", ("/prices",), date(2026, 10, 12)),
        SiteIncident("section_falls", blog, date(2026, 10, 25), target="/blog/", factor=0.72),
        SiteIncident("noindex", ("/treatments/root-canal",), date(2026, 10, 30)),
    )
