"""Which ads that would run are refused by the platform, or lead to a page that is down?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tasks.evidence import INACTIVE, Answers, Evidence, Story, place_of
from tasks.report.numbers import plural

POLICY = ("policy", "issue", "review_feedback", "reason")
"""How the names of those `details` of an ad begin that say why a review refused it."""


def ad_disapproved(evidence: Evidence) -> Answers:
    """The platform's review refuses an ad that would run: it and all above it are enabled."""
    ads = _ads(evidence)
    approval = ads["approval"].to_numpy(dtype=object)

    def story(row: int) -> Story:
        details: Mapping[str, str] = ads["details"].iloc[row] or {}
        reasons = [text for key, text in details.items() if key.startswith(POLICY) and text]
        reason = ", ".join(reasons) or "the platform names no reason"
        return Story(place_of(ads, row, evidence) | {"reason": reason})

    so = (approval == "disapproved") & ads["runs"].to_numpy()
    return Answers("ad", ads, so, ~pd.isna(approval) & (approval != "unknown"), story)


def landing_page_down(evidence: Evidence) -> Answers:
    """The page behind ads that would run does not answer as a page should.

    One page is one fact, told of the first of the ads that lead there. Where no page said anything
    it is the line from here that is broken, and nothing is known of the pages.
    """
    ads = _ads(evidence)
    heard = any(page.status is not None for page in evidence.pages)
    pages = {page.url: page for page in evidence.pages if heard}
    answers = [pages.get(url) for url in ads["url"]]
    down = np.asarray([page is not None and not page.ok for page in answers], dtype=np.bool_)
    runs = ads["runs"].to_numpy()
    leading = ads[runs].value_counts(["account_key", "url"])
    first = ads.index.isin(ads[runs].drop_duplicates(["account_key", "url"]).index)
    told = np.asarray([page is not None for page in answers], dtype=np.bool_) | ~runs

    def story(row: int) -> Story:
        page, url = answers[row], str(ads["url"].iloc[row])
        count = int(leading.get((ads["account_key"].iloc[row], url), 0))
        fields = {"url": url, "reason": page.reason if page else "", "ads": plural(count, "ad")}
        return Story(place_of(ads, row, evidence) | fields, {"ads": float(count)})

    return Answers("ad", ads, down & first, told, story)


def _ads(evidence: Evidence) -> pd.DataFrame:
    """Return the ads with a column `runs`: enabled, and nothing above them is known not to be."""
    if "ad" not in evidence.entities:
        raise LookupError("facts about ads need the level ad among the entities")
    ads = evidence.entities["ad"]
    runs = ads["status"] == "enabled"
    for level, key in (("ad_group", "parent_id"), ("campaign", "campaign_id")):
        above = evidence.entities.get(level)
        if above is not None:
            off = above[above["status"].isin(INACTIVE)]
            inside = pd.MultiIndex.from_frame(ads[["account_key", key]])
            runs &= ~inside.isin(pd.MultiIndex.from_frame(off[["account_key", "entity_id"]]))
    return ads.assign(runs=runs)
