"""Which tables hold what is known of websites: crawls, files, speed, what search engines say?

Beside those of `schema.py`, whose words on names, units and moments hold here too. Addresses are in
normal form (`connectors/addresses.py`); a `..._key` beside one is its number (`url_keys.py`).

How they grow: `prune_crawls` lets go of all but the newest crawls' pages, links, sitemap entries
and link answers. What is kept for two years is what changed: `site_pages` has each page once, as it
was last read and since when its text has stood; `page_changes` and `site_files` have a row per
change, `inspections` one per different answer.
"""

from typing import get_args

import sqlalchemy as sa

from connectors.sites import CrawlKind, CrawlState
from connectors.warehouse.action_tables import words
from connectors.warehouse.schema import Moment, metadata

crawls = sa.Table(
    "crawls",
    metadata,
    sa.Column("crawl_id", sa.Integer, primary_key=True),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),  # which works on it, or did last
    sa.Column("claim", sa.Integer, nullable=False),  # grows when somebody takes it over
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("heard_at", Moment, nullable=False),  # the last sign of life
    sa.Column("finished_at", Moment),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("pruned_at", Moment),  # when its pages and links were let go of
    sa.CheckConstraint(f"kind IN ({words(get_args(CrawlKind))})", name="kind"),
    sa.CheckConstraint(f"state IN ({words(get_args(CrawlState))})", name="state"),
    sa.Index(None, "account_key", "kind"),
)

# The four tables of a crawl's contents have no foreign keys: PostgreSQL checks each row by itself.
# Their rows are written in a transaction that has locked the crawl's row.
crawled_pages = sa.Table(
    "crawled_pages",
    metadata,
    sa.Column("crawl_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("led_to", sa.Text),  # where redirects ended; NULL: there were none
    sa.Column("final_status", sa.Integer),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("depth", sa.Integer),
    sa.Column("found_by", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("canonical", sa.Text),
    sa.Column("robots", sa.Text, nullable=False),  # directives, comma-separated: noindex,nofollow
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("words", sa.Integer),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("modified", sa.Date),
    sa.Column("more", sa.JSON, nullable=False),  # redirects, headings, alternates, tags, ...
)

# A page and its links are written together and once, so nothing here needs to be unique.
crawled_links = sa.Table(
    "crawled_links",
    metadata,
    sa.Column("crawl_id", sa.Integer, nullable=False),
    sa.Column("source_key", sa.BigInteger, nullable=False),  # a page's `url_key`
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("nofollow", sa.Boolean, nullable=False),
    sa.Index(None, "crawl_id"),
)

sitemap_entries = sa.Table(
    "sitemap_entries",
    metadata,
    sa.Column("crawl_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_key", sa.BigInteger, primary_key=True, autoincrement=False),  # of both URLs
    sa.Column("sitemap", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("modified", Moment),
    sa.Column("title", sa.Text, nullable=False),
)

link_answers = sa.Table(
    "link_answers",
    metadata,
    sa.Column("crawl_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False),
)

site_pages = sa.Table(
    "site_pages",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("led_to", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("canonical", sa.Text),
    sa.Column("robots", sa.Text),
    sa.Column("text_hash", sa.Text),
    sa.Column("text_since", Moment),  # when this text was first read; NULL: none ever was
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("gone_since", Moment),  # a complete crawl no longer came upon it
)

page_changes = sa.Table(
    "page_changes",
    metadata,
    sa.Column("crawl_id", sa.ForeignKey("crawls.crawl_id"), primary_key=True),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("old_value", sa.Text),
    sa.Column("new_value", sa.Text),
    sa.Column("at", Moment, nullable=False),  # when the crawl that saw it ended
    sa.Index(None, "account_key", "at"),
)

site_files = sa.Table(
    "site_files",
    metadata,
    sa.Column("file_id", sa.Integer, primary_key=True),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("seen_first", Moment, nullable=False),
    sa.Column("seen_last", Moment, nullable=False),
    sa.Index(None, "account_key"),
)

certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("ends_at", Moment),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
)

page_speed = sa.Table(
    "page_speed",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("form_factor", sa.Text, primary_key=True),
    sa.Column("measured_at", Moment, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("period_start", sa.Date),
    sa.Column("period_end", sa.Date),
    sa.Column("largest_contentful_paint", sa.Double),
    sa.Column("interaction_to_next_paint", sa.Double),
    sa.Column("cumulative_layout_shift", sa.Double),
    sa.Column("first_contentful_paint", sa.Double),
    sa.Column("time_to_first_byte", sa.Double),
    sa.Column("total_blocking_time", sa.Double),
    sa.Column("performance", sa.Double),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("runs", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index(None, "account_key", "measured_at"),
)

inspections = sa.Table(
    "inspections",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("said_first", Moment, primary_key=True),
    sa.Column("said_last", Moment, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("coverage", sa.Text, nullable=False),
    sa.Column("robots_txt", sa.Text, nullable=False),
    sa.Column("indexing", sa.Text, nullable=False),
    sa.Column("fetch_state", sa.Text, nullable=False),  # `fetch` is a word of SQL
    sa.Column("last_crawl", Moment),
    sa.Column("google_canonical", sa.Text),
    sa.Column("user_canonical", sa.Text),
    sa.Column("sitemaps", sa.JSON, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
)

submitted_sitemaps = sa.Table(
    "submitted_sitemaps",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seen_at", Moment, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Integer, nullable=False),
    sa.Column("submitted", sa.Integer),
    sa.Column("pending", sa.Boolean, nullable=False),
    sa.Column("last_submitted", Moment),
    sa.Column("last_downloaded", Moment),
    sa.Index(None, "account_key", "seen_at"),
)

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("url_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("site", sa.Text, nullable=False),  # whose sitemap or feed it was in
    sa.Column("sitemap", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("modified", Moment),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("was_there", sa.Boolean, nullable=False),  # when we first read that site
    sa.Index(None, "account_key", "first_seen"),
)
