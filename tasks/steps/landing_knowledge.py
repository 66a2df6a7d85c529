"""Read from the warehouse what is known of the pages that a run's ads lead to."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta

import pandas as pd

from config.library import Library
from connectors.sites import PageSpeed
from connectors.warehouse import Warehouse
from tasks.landing_facts import Answered, Landings, Visits, addresses, visits_of
from tasks.run import Run
from tasks.site.knowing import pages_now
from tasks.steps.joined_figures import brand_accounts, recent_figures
from tasks.steps.reading import Reading

SPEED_DAYS = 35
"""A measurement that is older is not told."""


def landings_of(
    warehouse: Warehouse, library: Library, run: Run, reading: Reading
) -> Landings | None:
    """Return what is known of the pages; None where there are no ads, or nothing tells of pages."""
    ads = reading.entities.get("ad")
    if ads is None or ads["url"].isna().all():
        return None
    accounts = brand_accounts(warehouse, library, run)
    keys = {
        platform: rows["account_key"].tolist() for platform, rows in accounts.groupby("platform")
    }
    sites = keys.get("website", [])
    measured = [*keys.get("pagespeed", []), *keys.get("crux", [])]
    counted = keys.get("google_analytics", [])
    if not (sites or measured or counted):
        return None
    urls = addresses(ads["url"])
    answers = _answers(warehouse, sites, set(urls))
    wanted = {*urls, *(answer.led_to for answer in answers.values())} - {""}
    return Landings(
        ads=ads.assign(enabled=ads["status"] == "enabled", url=urls),
        ids=_ids(reading),
        answers=answers,
        speeds=_speeds(warehouse, measured, wanted, run),
        visits=_visits(warehouse, library, run, counted),
    )


def _ids(reading: Reading) -> dict[int, str]:
    levels = [reading.entities[name] for name in ("campaign", "ad_group")
              if name in reading.entities]  # fmt: skip
    return {
        int(key): str(name)
        for level in levels
        for key, name in zip(level["entity_key"], level["entity_id"], strict=True)
    }


def _answers(warehouse: Warehouse, sites: list[int], urls: Collection[str]) -> dict[str, Answered]:
    found: dict[str, Answered] = {}
    for key in sites:
        pages = _newest_pages(warehouse, key)
        if pages.empty:
            continue
        columns = ["url", "asked_at", "final_status", "led_to", "reason"]
        rows = pages.loc[pages["url"].isin([*urls]), columns].itertuples(index=False)
        for url, asked_at, status, led_to, reason in rows:
            found[url] = Answered(
                on=asked_at.date(),
                status=None if pd.isna(status) else int(status),
                led_to="" if pd.isna(led_to) else led_to,
                reason=reason,
            )
    return found


def _newest_pages(warehouse: Warehouse, site: int) -> pd.DataFrame:
    """Return every page as it was read last: by the newest full crawl, or a watch since."""
    since: list[pd.DataFrame] = []
    full = None
    for crawl in warehouse.crawls(site):
        if crawl.state == "running" or crawl.pruned_at is not None:
            continue
        pages = warehouse.crawled_pages(crawl.crawl_id)
        if crawl.kind == "full":
            full = pages
            break
        since.append(pages)
    return pages_now(full, since[::-1])


def _speeds(
    warehouse: Warehouse, keys: list[int], urls: Collection[str], run: Run
) -> dict[str, list[PageSpeed]]:
    if not keys:
        return {}
    since = datetime.combine(run.as_of, time(), tzinfo=UTC) - timedelta(days=SPEED_DAYS)
    found: dict[str, list[PageSpeed]] = {}
    for _, speed in warehouse.speed(keys, since):
        if speed.url in urls:
            found.setdefault(speed.url, []).append(speed)
    return found


def _visits(warehouse: Warehouse, library: Library, run: Run, keys: list[int]) -> dict[str, Visits]:
    if not keys:
        return {}
    metrics = ("sessions", "key_events")
    return visits_of(recent_figures(warehouse, library, run, keys, "page", metrics))
