"""A small website that tests build from records: what evidence would be made of it?

Frames have the columns and types of `connectors/warehouse/crawled.py` and its neighbours;
`test_building.py` holds them against a real warehouse.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

import config
from config.models import CheckLibrary, Fact, SiteRules
from connectors.addresses import normal
from connectors.records import Result
from connectors.sites import CrawledPage, SiteLink
from connectors.warehouse.site_rows import MORE, PAGE_COLUMNS
from tasks.cube import Cube, build_cube
from tasks.evidence import Evidence
from tasks.facts import establish
from tasks.site.evidence import PUBLISHED, Reading, Searches, Site
from tasks.site.importance import importance
from tasks.site.knowing import described

START = "https://acme.test/"
AS_OF = date(2026, 11, 12)  # a Thursday
NOW = datetime.combine(AS_OF, time(4), tzinfo=UTC)
DAY = timedelta(days=1)
NUMBERS = ("status", "final_status", "depth", "words")


@lru_cache(50_000)
def url(path: str) -> str:
    """Return the address of a path."""
    return normal(path, START)


def page(path: str, *links: str, **given: Any) -> CrawledPage:
    """Return a page that answers and may be found, with nothing wrong about it but what is given.

    `links` are paths, addresses or `SiteLink`.
    """
    address = url(path)
    made = CrawledPage(
        url=address,
        asked_at=NOW,
        status=200,
        final_status=200,
        content_type="text/html",
        seconds=0.2,
        depth=0 if path == "/" else 1,
        title=f"Title of {path}",
        description=f"Description of {path}",
        headings=(f"Heading of {path}",),
        canonical=address,
        language="en",
        tags=("G-ACME",),
        words=400,
        text_hash=f"text of {path}",
        links=tuple(it if isinstance(it, SiteLink) else SiteLink(url(it), it) for it in links),
    )
    return replace(made, **given)


def answer(path: str, status: int | None, **given: Any) -> CrawledPage:
    """Return what an address answered that is no page; a status of None: nothing."""
    reason = "no answer: connection refused" if status is None else ""
    made = CrawledPage(url(path), NOW, status, reason, final_status=status, depth=1)
    return replace(made, **given)


def redirect(path: str, *hops: str, final: int = 200, **given: Any) -> CrawledPage:
    """Return an address that leads somewhere else."""
    return answer(path, 301, redirects=tuple(url(hop) for hop in hops), final_status=final, **given)


def page_frame(pages: Iterable[CrawledPage]) -> pd.DataFrame:
    """Return pages as `Warehouse.crawled_pages` does."""
    names = [name for name in PAGE_COLUMNS if name not in ("crawl_id", "url_key", "more")]
    rows = sorted(pages, key=lambda it: it.url)
    cells = {name: [getattr(it, name, None) for it in rows] for name in names}
    cells["led_to"] = [it.redirects[-1] if it.redirects else None for it in rows]
    frame = pd.DataFrame(cells, columns=names)
    frame["asked_at"] = pd.to_datetime(frame["asked_at"], utc=True)
    for name in NUMBERS:
        frame[name] = frame[name].astype("float64")
    frame["spared"] = [it.spared for it in rows]
    for name in MORE:
        kind = dict if name == "alternates" else list
        frame[name] = [kind(getattr(it, name)) for it in rows]
    frame["robots"] = [list(it.robots) for it in rows]
    return frame


def link_frame(pages: Iterable[CrawledPage]) -> pd.DataFrame:
    """Return links as `Warehouse.crawled_links` does."""
    rows = [(it.url, to.target, to.text, to.nofollow) for it in pages for to in it.links]
    return pd.DataFrame(rows, columns=["source", "target", "text", "nofollow"]).astype(
        {"source": object}
    )


def reading(
    pages: Sequence[CrawledPage],
    listed: Iterable[str] | None = None,
    outside: Mapping[str, int | None] | None = None,
    **given: Any,
) -> Reading:
    """Return a full crawl. `listed`: paths in the sitemap; all pages if it is not said."""
    named = [it.url for it in pages if it.words is not None] if listed is None else map(url, listed)
    entries = [(url("/sitemap.xml"), it, pd.NaT, "") for it in named]
    answers = [(to, NOW, status, "") for to, status in (outside or {}).items()]
    values: dict[str, Any] = {
        "at": NOW,
        "state": "complete",
        "reason": "",
        "pages": page_frame(pages),
        "links": link_frame(pages),
        "listed": pd.DataFrame(entries, columns=["sitemap", "url", "modified", "title"]),
        "outside": pd.DataFrame(answers, columns=["url", "asked_at", "status", "reason"]).astype(
            {"status": "float64"}
        ),
    }
    return Reading(**values | given)


def site(
    *pages: CrawledPage,
    before: Sequence[CrawledPage] | None = None,
    lost: Sequence[CrawledPage] = (),
    figures: Mapping[str, Mapping[str, float]] | None = None,
    rules: SiteRules | None = None,
    crawl: Mapping[str, Any] | None = None,
    key: int = 1,
    weigh: str = "",
    **given: Any,
) -> Site:
    """Return a website as of `AS_OF` whose last full crawl read these pages.

    `lost` are pages that this crawl did not come upon; `figures` of 28 days by path; `crawl` what
    is different about the crawl; `weigh` the importance of every page, else it is worked out.
    """
    rules = rules or SiteRules()
    frame = pd.concat(
        [page_frame(pages).assign(fresh=True), page_frame(lost).assign(fresh=False)]
        if lost
        else [page_frame(pages).assign(fresh=True)]
    ).sort_values("url", ignore_index=True)
    sums = pd.DataFrame(
        [{"url": url(path), **sums} for path, sums in (figures or {}).items()],
        columns=["url", "clicks", "impressions", "revenue"],
    )
    keys = {it: 100 * key + row for row, it in enumerate(frame["url"])}
    known = described(frame, key, keys, sums, rules)
    known["importance"] = weigh or importance(known, rules)
    values: dict[str, Any] = {
        "account_key": key,
        "account": f"Site {key}",
        "start": START,
        "rules": rules,
        "pages": known,
        "full": reading(pages, **(crawl or {})),
        "before": None if before is None else page_frame(before),
    }
    return Site(**values | given)


def history(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows as `Warehouse.site_pages` does: a path and what is known of it."""
    names = ("url", "text_since", "first_seen", "last_seen", "gone_since")
    usual = {"text_since": NOW - 90 * DAY, "first_seen": NOW - 90 * DAY, "last_seen": NOW}
    made = [{**usual, **row, "url": url(str(row["path"]))} for row in rows]
    frame = pd.DataFrame(made, columns=names)
    for name in names[1:]:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def changes(*rows: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    """Return rows as `Warehouse.page_changes` does: path, field, old and new value."""
    made = [(NOW - 30 * DAY, 1, url(path), *rest) for path, *rest in rows]
    names = ["at", "crawl_id", "url", "field", "old_value", "new_value"]
    return pd.DataFrame(made, columns=names)


def published(*rows: tuple[str, str, datetime]) -> pd.DataFrame:
    """Return what competitors published: address, title, when we first saw it."""
    made = [("https://other.test/feed.xml", *row) for row in rows]
    return pd.DataFrame(made, columns=[*PUBLISHED])


def page_clicks(clicks: Mapping[str, Sequence[float]], days: int, missing: int = 0) -> Cube:
    """Return the clicks of pages, the last of a row on the day before `AS_OF`; rest is zero.

    The first `missing` days were not pulled.
    """
    last = AS_OF.toordinal() - 1
    ordinals = np.arange(last - days + 1, last + 1)
    entities = pd.DataFrame(
        {
            "entity_key": np.arange(len(clicks)),
            "account_key": 9,
            "entity_id": [url(path) for path in clicks],
        }
    )
    rows = [
        (key, last - ago, value)
        for key, values in enumerate(clicks.values())
        for ago, value in enumerate(reversed(values))
    ]
    return build_cube(entities, _Figures(rows, ("clicks",)), _pulled(ordinals[missing:]), ordinals)


def pairs(*rows: tuple[str, str, float, float, float], days: int = 28, pulled: int = 28) -> Cube:
    """Return queries and pages of 28 days: query, path, clicks, impressions, position.

    All on the last day; of the days only the last `pulled` are known.
    """
    last = AS_OF.toordinal() - 1
    ordinals = np.arange(last - days + 1, last + 1)
    entities = pd.DataFrame(
        {
            "entity_key": np.arange(len(rows)),
            "account_key": 9,
            "entity_id": [f"{query} {url(path)}" for query, path, *_ in rows],
            "name": [row[0] for row in rows],
            "parent_id": [url(row[1]) for row in rows],
        }
    )
    figures = _Figures(
        [(key, last, *row[2:]) for key, row in enumerate(rows)],
        ("clicks", "impressions", "position"),
    )
    return build_cube(
        entities, figures, _pulled(ordinals[days - pulled :]), ordinals,
        weights={"position": "impressions"},
    )  # fmt: skip


def searches(cube: Cube, **given: Any) -> Searches:
    """Return what a search engine tells, with the queries that the pairs name."""
    names = sorted(set(cube.entities["name"]))
    queries = pd.DataFrame(
        {"account_key": 9, "entity_key": np.arange(500, 500 + len(names)), "name": names}
    )
    return Searches(AS_OF - DAY, pairs=cube, queries=queries, **given)


class _Figures:
    def __init__(self, rows: Sequence[tuple[float, ...]], names: Sequence[str]) -> None:
        columns = np.array(rows, dtype=np.float64).reshape(-1, 2 + len(names)).T
        self.entity_key = columns[0].astype(np.int64)
        self.day = columns[1].astype(np.int64)
        self.values = dict(zip(names, columns[2:], strict=True))


def _pulled(days: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"account_key": 9, "date_day": days}, dtype=np.int64)


@cache
def shipped() -> Mapping[str, Fact]:
    """Return the facts of the SEO process as they are shipped, by name."""
    file = Path(config.__file__).parent / "checks" / "seo.yaml"
    library = CheckLibrary.model_validate(yaml.safe_load(file.read_text()))
    return {fact.name: fact for fact in library.facts}


def results(
    name: str,
    *sites: Site,
    also: Iterable[tuple[int, int | None]] = (),
    as_of: date = AS_OF,
    limits: Mapping[str, float] | None = None,
) -> list[Result]:
    """Return what the shipped fact of that name establishes; `also`: accounts and entities."""
    fact = shipped()[name].model_copy(update={"limits": dict(limits or {})})
    nothing = pd.DataFrame({"account_key": [], "platform": [], "name": []})
    evidence = Evidence(as_of, nothing, {}, {}, sites=sites)
    return establish([fact], evidence, [(name, *key) for key in also])


def found(name: str, *sites: Site, **given: Any) -> list[str]:
    """Return the names of what a fact is so of, sorted."""
    return sorted(it.name for it in results(name, *sites, **given))


def verdict(name: str, one: Site, path: str = "", **given: Any) -> str:
    """Return what a fact says of a page, or of the site where no path is named."""
    keys = dict(zip(one.pages["name"], one.pages["entity_key"].tolist(), strict=True))
    asked = (one.account_key, keys[path] if path else None)
    said = results(name, one, also=[asked], **given)
    (mine,) = [it for it in said if (it.account_key, it.entity_key) == asked]
    return "minor" if mine.reason == "minor" else mine.verdict
