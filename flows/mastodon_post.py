"""Look after a brand's Mastodon posts: what they did, who answers, what is planned."""

from datetime import date

from prefect import flow

from flows.social import look_after_network
from tasks.run import Outcome


@flow(flow_run_name="{brand}: Mastodon posts")
def mastodon_post(
    brand: str, as_of: date | None = None, accounts: list[str] | None = None
) -> Outcome:
    """Read what a brand's Mastodon posts earned and what people answered, compare it with the
    brand's own past, look for holes in the calendar, and hand what people have to do to its owners.
    Posts themselves are published by "publish posts", at their time.

    Args:
        brand: Name of a brand file, without its ending.
        as_of: Judge as of this day; the last day looked at is the one before. Empty means today
            in the brand's time zone.
        accounts: Only these entries of the brand file; empty means all of the process.
    """
    return look_after_network("mastodon_post", brand, as_of, accounts)
