"""Read from the warehouse what is known of the pages that a run's ads lead to."""

from collections.abc import Collection

import pandas as pd

from config.library import Library
from connectors.warehouse import Warehouse
from tasks.landing_facts import Answered, Landings, Visits, addresses, visits_of
from tasks.run import Run
from tasks.steps.joined_figures import brand_accounts, recent_figures
from tasks.steps.newest_pages import kept_crawls, newest_of, speeds_of
from tasks.steps.reading import Reading


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
        speeds=speeds_of(warehouse, measured, run, wanted.__contains__),
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
        pages = newest_of(warehouse, kept_crawls(warehouse, key), urls).pages
        if pages.empty:
            continue
        columns = ["url", "asked_at", "final_status", "led_to", "reason", "spared"]
        for url, asked_at, status, led_to, reason, spared in pages[columns].itertuples(index=False):
            found[url] = Answered(
                on=asked_at.date(),
                status=None if pd.isna(status) else int(status),
                led_to="" if pd.isna(led_to) else led_to,
                reason=reason if pd.isna(spared) else "",
            )
    return found


def _visits(warehouse: Warehouse, library: Library, run: Run, keys: list[int]) -> dict[str, Visits]:
    if not keys:
        return {}
    metrics = ("sessions", "key_events")
    return visits_of(recent_figures(warehouse, library, run, keys, "page", metrics))
