"""Which levels does each platform have figures of, day by day?

The same as the connectors know, which this part of the program cannot import: a test compares the
two. A platform that is not named here is taken at the word of the process.
"""

from collections.abc import Mapping

from config.words import Level

LEVELS: Mapping[str, tuple[Level, ...]] = {
    "google_ads": ("account", "campaign", "ad_group", "ad", "keyword", "search_term"),
    "meta_ads": ("account", "campaign", "ad_group", "ad"),
    "search_console": ("account", "segment", "page", "query", "query_page"),
    "google_analytics": ("account", "campaign", "page"),
    "pagespeed": (),
    "crux": (),
    "website": (),
    "mastodon": (),
    "bluesky": (),
    "linkedin": ("account",),
    "smtp": ("account", "campaign", "message", "segment", "mailbox_provider"),
    "imap": (),
    "customers": (),
    "orders": (),
    "mailchimp": ("campaign",),
    "klaviyo": ("campaign", "message"),
    "hubspot": ("campaign",),
}
"""Platform to its levels; one without any is asked about single pages and has no daily figures."""
