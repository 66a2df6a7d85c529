"""A brand with a website for reports: its searches, its visits, its pages, what is to be done."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd

from config.models import Brand, Kpi, Metric, Process, SiteRules
from connectors.records import MINOR, Result
from connectors.sites import Inspection, PageSpeed, SiteFile
from connectors.work import WorkItem
from tasks.cube import Cube, build_cube
from tasks.report.build import Material
from tasks.report.model import Freshness
from tasks.site.evidence import Reading, Site
from tasks.targets import Targets
from tasks.verdicts import Verdicts
from tasks.vocabulary import vocabulary

AS_OF = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
DAYS = 100
LAG = 3
"""Days that Search Console is behind."""
SEARCH, VISITS, SITE, SPEED = 1, 2, 3, 4
PAGES = ["/", "/desk-lamps", "/bulbs", "/blog/how-bright", "/floor-lamps", "/imprint", "/sale"]
QUERIES = ["bright lamps", "desk lamp", "led bulb e27", "how many lumens", "floor lamp oak"]
METRICS = {
    "spend": Metric(title="Spend", unit="money"),
    "impressions": Metric(title="Impressions", unit="count"),
    "clicks": Metric(title="Clicks", unit="count"),
    "position": Metric(
        title="Position", unit="count", weight="impressions", sources={"search_console": "position"}
    ),
    "sessions": Metric(title="Sessions", unit="count", sources={"google_analytics": "sessions"}),
    "revenue": Metric(title="Revenue", unit="money", sources={"google_analytics": "totalRevenue"}),
}
KPIS = {
    "ctr": Kpi(title="CTR", formula="clicks / impressions", unit="percent", better="higher"),
}
ACCOUNTS = pd.DataFrame(
    [
        (SEARCH, "search", "search_console", "https://bright.example/", "bright.example", "XXX"),
        (VISITS, "visits", "google_analytics", "123456", "Bright Lamps shop", "EUR"),
        (SITE, "site", "website", "https://bright.example/", "bright.example site", "XXX"),
        (SPEED, "speed", "pagespeed", "https://bright.example/", "Page speed", "XXX"),
    ],
    columns=["account_key", "entry", "platform", "account_id", "name", "currency"],
)


def process() -> Process:
    task = {"what": "look", "who": "flow", "by": "daily", "done_by": "flow"}
    return Process.model_validate(
        {
            "title": "SEO",
            "objective": "Be found by people who look for what we offer.",
            "platforms": ["search_console", "google_analytics", "pagespeed", "website"],
            "workflow": [{"step": "measure", "tasks": [task]}],
            "pulls": [{"platform": "search_console", "level": "page"}],
            "stale_after_days": 4,
            "kpis": ["clicks", "impressions", "ctr", "position"],
            "report": {
                "kpis": ["clicks", "impressions", "ctr", "position"],
                "charts": ["clicks", "impressions", "position", "sessions", "revenue"],
                "level": "page",
                "rows": 5,
                "platform": "search_console",
                "sort_by": "clicks",
            },
        }
    )


def brand() -> Brand:
    accounts = ACCOUNTS[["entry", "platform", "account_id"]]
    return Brand.model_validate(
        {
            "name": "Bright Lamps",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "owners": {"seo": {"name": "Search team"}, "web": {"name": "Web team"}},
            "accounts": [
                {"name": entry, "platform": platform, "account_id": account}
                for entry, platform, account in accounts.itertuples(index=False)
            ],
        }
    )


def entities(names: list[str], account: int, first: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "entity_key": np.arange(first, first + len(names)),
            "account_key": account,
            "entity_id": [f"id {name}" for name in names],
            "name": names,
            "status": "enabled",
        }
    )


def cube(
    things: pd.DataFrame, values: dict[str, np.ndarray], lag: dict[int, int] | None = None
) -> Cube:
    """Lay out entities x days of figures; `lag` has by account how many days it is behind."""
    days = np.arange(AS_OF.toordinal() - DAYS, AS_OF.toordinal())
    count = len(things)
    figures = SimpleNamespace(
        entity_key=np.repeat(things["entity_key"].to_numpy(), DAYS),
        day=np.tile(days, count),
        values={name: np.asarray(value, dtype=float).ravel() for name, value in values.items()},
    )
    lags = lag if lag is not None else {SEARCH: LAG, VISITS: 0}
    covered = [
        (account, day)
        for account in sorted(set(things["account_key"].tolist()))
        for day in days.tolist()
        if day < AS_OF.toordinal() - lags.get(account, 0)
    ]
    coverage = pd.DataFrame(covered, columns=["account_key", "date_day"], dtype=np.int64)
    return build_cube(things, figures, coverage, days, weights={"position": "impressions"})


def searches(count: int, scale: float = 40.0) -> dict[str, np.ndarray]:
    """Return figures that rise for even places and fall for odd ones in the last weeks."""
    late = np.arange(DAYS)[None, :] >= DAYS - LAG - 28
    place = np.arange(count)[:, None]
    turn = np.where(late, np.where(place % 2, 0.6, 1.5), 1.0)
    week = 1 + 0.2 * np.sin(np.arange(DAYS) * 2 * np.pi / 7)[None, :]
    clicks = np.round(scale / (1 + place) * turn * week)
    return {
        "clicks": clicks,
        "impressions": np.round(clicks * 22 + 40),
        "position": np.broadcast_to(4 + place + np.where(late, -0.5, 0.0), (count, DAYS)),
    }


def cubes() -> dict[str, Cube]:
    whole = pd.concat(
        [entities(["bright.example"], SEARCH, 10), entities(["shop"], VISITS, 11)],
        ignore_index=True,
    )
    missing = np.full((1, DAYS), np.nan)
    found = {name: np.vstack([value, missing]) for name, value in searches(1, 150.0).items()}
    found["sessions"] = np.vstack([missing, np.full((1, DAYS), 320.0)])
    found["revenue"] = np.vstack([missing, np.full((1, DAYS), 1234.5)])
    return {
        "account": cube(whole, found),
        "page": cube(entities(PAGES, SEARCH, 100), searches(len(PAGES))),
        "query": cube(entities(QUERIES, SEARCH, 200), searches(len(QUERIES), 30.0)),
        "segment": cube(
            entities(["brand queries", "other queries"], SEARCH, 300), searches(2, 90.0)
        ),
    }


def item(number: int, due: int = 3, **changes) -> WorkItem:
    """Return an item that is due so many days after AS_OF."""
    made = WorkItem(
        item_id=number,
        fingerprint=f"acme/page_gone/{number}",
        origin="finding",
        brand="acme",
        process="seo",
        check="page_gone",
        entity_key=None,
        account_key=SITE,
        name="/bulbs",
        title=f"Mend the links to /old-{number}",
        remedy="Link to the page that took its place, or lead the old address there.",
        evidence="/bulbs links to a page that answers 404",
        numbers={},
        priority="medium",
        owner="seo",
        due_on=AS_OF + timedelta(days=due),
        state="open",
        opened_at=NOW - timedelta(days=9),
        opened_as_of=AS_OF - timedelta(days=9),
        last_as_of=AS_OF,
    )
    return replace(made, **changes)


def closed(number: int, days_ago: float, **changes) -> WorkItem:
    moment = NOW - timedelta(days=days_ago)
    return item(number, **{"state": "done", "closed_at": moment, "closed_by": "run r", **changes})


def items() -> list[WorkItem]:
    return [
        item(7, due=-4, priority="high", owner="web"),
        item(8, due=0, title="Write a title for /floor-lamps"),
        *[item(number) for number in range(20, 45)],
        closed(3, 2),
        closed(4, 12),
        closed(5, 1, state="dropped"),
    ]


def minor(check: str, name: str) -> Result:
    return Result(
        check=check, level="page", entity_key=None, account_key=SITE, name=name, verdict="ok",
        kpi="", unit="", value=None, target=None, previous=None, window_start=AS_OF,
        window_end=AS_OF, sentence=f"{name} has no description", reason=MINOR, numbers={},
        owner="seo",
    )  # fmt: skip


def speed(url: str, source: str, **changes) -> PageSpeed:
    values = {"largest_contentful_paint": 2340.0, "cumulative_layout_shift": 0.04}
    if source == "lab":
        values |= {"performance": 0.71, "total_blocking_time": 240.0, "runs": 3}
    else:
        values |= {
            "interaction_to_next_paint": 180.0,
            "period_start": date(2026, 10, 11),
            "period_end": date(2026, 11, 7),
        }
    return PageSpeed(url, source, "phone", NOW, **{**values, **changes})


def address(path: str) -> str:
    return f"https://bright.example{path}"


def pages(paths: list[str] = PAGES) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "url": [address(path) for path in paths],
            "importance": ["high" if place < 3 else "medium" for place in range(len(paths))],
            "clicks": [float(900 - 10 * place) for place in range(len(paths))],
        }
    )


def site(**changes) -> Site:
    crawl = pd.DataFrame({"status": [200.0] * 380 + [301.0] * 20 + [404.0] * 9 + [np.nan]})
    nothing = pd.DataFrame()
    robots = SiteFile(
        "robots",
        address("/robots.txt"),
        NOW - timedelta(days=3),
        200,
        text="User-agent: *\nAllow: /",
    )
    shut = replace(robots, seen_at=NOW - timedelta(days=1), text="User-agent: *\nDisallow: /sale")
    listed = SiteFile("sitemap", address("/sitemap.xml"), NOW - timedelta(days=3), 200, entries=410)
    fewer = replace(listed, seen_at=NOW - timedelta(days=1), entries=12)
    inspected = {
        address(path): Inspection(address(path), NOW, verdict, "as the vendor says it")
        for path, verdict in zip(PAGES, ["pass"] * 4 + ["partial", "fail", "unknown"], strict=True)
    }
    speeds = {
        address("/bulbs"): [speed(address("/bulbs"), "lab", reason="the page did not answer")],
        address("/"): [
            speed(address("/"), "lab"),
            speed(address("/"), "field"),
            speed(address("/"), "field_origin", largest_contentful_paint=3100.0),
        ],
        address("/desk-lamps"): [
            speed(address("/desk-lamps"), "lab", performance=0.38),
            speed(address("/desk-lamps"), "field", reason="too little traffic"),
        ],
    }
    made = Site(
        account_key=SITE,
        account="bright.example site",
        start=address("/"),
        rules=SiteRules(),
        pages=pages(),
        full=Reading(NOW - timedelta(days=1), "complete", "", crawl, nothing, nothing, nothing),
        file_changes=[(robots, shut), (listed, fewer)],
        inspections=inspected,
        speeds=speeds,
    )
    return replace(made, **changes)


def changed(*rows: tuple[str, str, str | None, str | None], days_ago: float = 1.0) -> pd.DataFrame:
    """Return rows of path, field, old and new value as `Warehouse.page_changes` has them."""
    at = pd.Timestamp(NOW - timedelta(days=days_ago))
    cells = [(at, 5, address(path), field, old, new) for path, field, old, new in rows]
    return pd.DataFrame(cells, columns=["at", "crawl_id", "url", "field", "old_value", "new_value"])


def site_changes() -> pd.DataFrame:
    return changed(
        ("/bulbs", "title", "Bulbs", "Bulbs for every lamp | Bright Lamps"),
        ("/sale", "status", "200", "404"),
        ("/desk-lamps", "robots", "", "noindex,nofollow"),
        ("/floor-lamps", "canonical", address("/floor-lamps"), address("/desk-lamps")),
        ("/old", "redirect", None, address("/bulbs")),
        ("/spring", "page", None, "new"),
        ("/lost", "page", None, "gone"),
        ("/imprint", "text", "aa", "bb"),
        *[(f"/blog/{place}", "text", "aa", "bb") for place in range(60)],
    )


def material(**changes) -> Material:
    pulled = datetime(2026, 11, 10, 5, 2, tzinfo=UTC)
    made = Material(
        brand=brand(),
        process=process(),
        as_of=AS_OF,
        now=NOW,
        accounts=ACCOUNTS,
        cubes=cubes(),
        vocabulary=vocabulary(METRICS, KPIS),
        targets=Targets({}, "EUR"),
        verdicts=Verdicts(()),
        results=[minor("description_missing", path) for path in PAGES],
        freshness=[Freshness("bright.example", AS_OF - timedelta(days=4), pulled)],
        items=items(),
        sites=[site()],
        site_changes={SITE: site_changes()},
        quality=[
            (VISITS, "account", ["rows are missing for privacy"]),
            (VISITS, "page", ["rows are missing for privacy", 'the rest is one row "(other)"']),
            (SEARCH, "query", ["25,000 rows a day, the rest is not told"]),
        ],
    )
    return replace(made, **changes)
