"""Which landing pages are worth asking?"""

import pandas as pd

MOST_PAGES = 200
"""An account with more pages than these is a crawl's work, not a look at the door."""


def pages_to_probe(ads: pd.DataFrame) -> list[str]:
    """Return the distinct pages of enabled ads, those with the most ads first.

    `ads` has columns status and url; an ad without a page has none to ask.
    """
    urls = ads.loc[(ads["status"] == "enabled") & ads["url"].notna(), "url"]
    return [str(url) for url in urls[urls != ""].value_counts(sort=True).index[:MOST_PAGES]]
