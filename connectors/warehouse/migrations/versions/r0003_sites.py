"""Crawls and what is known of sites, people's work with its history, what pulls lack."""

import sqlalchemy as sa
from alembic import op

from connectors.warehouse.migrations.views import SITE_VIEWS
from connectors.warehouse.migrations.work_0003 import create_work

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and views. What pulls so far lacked is not known."""
    op.add_column("pulls", sa.Column("quality", sa.JSON(), nullable=True))
    create_crawls()
    create_crawled_pages()
    create_crawled_links()
    create_sitemap_entries()
    create_link_answers()
    create_site_pages()
    create_page_changes()
    create_site_files()
    create_certificates()
    create_page_speed()
    create_inspections()
    create_submitted_sitemaps()
    create_publications()
    create_work()
    for name, query in SITE_VIEWS:
        op.execute(f"CREATE VIEW {name} AS {query}")


def create_crawls() -> None:
    op.create_table(
        "crawls",
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("pruned_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('watch', 'full')", name="ck_crawls_kind"),
        sa.CheckConstraint("state IN ('running', 'complete', 'stopped')", name="ck_crawls_state"),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_crawls_account_key"
        ),
        sa.PrimaryKeyConstraint("crawl_id", name="pk_crawls"),
    )
    op.create_index("ix_crawls_account_key_kind", "crawls", ["account_key", "kind"], unique=False)


def create_crawled_pages() -> None:
    op.create_table(
        "crawled_pages",
        sa.Column("crawl_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("led_to", sa.Text(), nullable=True),
        sa.Column("final_status", sa.Integer(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=True),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("canonical", sa.Text(), nullable=True),
        sa.Column("robots", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("modified", sa.Date(), nullable=True),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("crawl_id", "url_key", name="pk_crawled_pages"),
    )


def create_crawled_links() -> None:
    op.create_table(
        "crawled_links",
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("nofollow", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_crawled_links_crawl_id", "crawled_links", ["crawl_id"], unique=False)


def create_sitemap_entries() -> None:
    op.create_table(
        "sitemap_entries",
        sa.Column("crawl_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sitemap", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("modified", MOMENT, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crawl_id", "entry_key", name="pk_sitemap_entries"),
    )


def create_link_answers() -> None:
    op.create_table(
        "link_answers",
        sa.Column("crawl_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crawl_id", "url_key", name="pk_link_answers"),
    )


def create_site_pages() -> None:
    op.create_table(
        "site_pages",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("led_to", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("canonical", sa.Text(), nullable=True),
        sa.Column("robots", sa.Text(), nullable=True),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("text_since", MOMENT, nullable=True),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("gone_since", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_site_pages_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "url_key", name="pk_site_pages"),
    )


def create_page_changes() -> None:
    op.create_table(
        "page_changes",
        sa.Column("crawl_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_page_changes_account_key"
        ),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.crawl_id"], name="fk_page_changes_crawl_id"),
        sa.PrimaryKeyConstraint("crawl_id", "url_key", "field", name="pk_page_changes"),
    )
    op.create_index(
        "ix_page_changes_account_key_at", "page_changes", ["account_key", "at"], unique=False
    )


def create_site_files() -> None:
    op.create_table(
        "site_files",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("seen_first", MOMENT, nullable=False),
        sa.Column("seen_last", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_site_files_account_key"
        ),
        sa.PrimaryKeyConstraint("file_id", name="pk_site_files"),
    )
    op.create_index("ix_site_files_account_key", "site_files", ["account_key"], unique=False)


def create_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_certificates_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "host", name="pk_certificates"),
    )


def create_page_speed() -> None:
    op.create_table(
        "page_speed",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("form_factor", sa.Text(), nullable=False),
        sa.Column("measured_at", MOMENT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("largest_contentful_paint", sa.Double(), nullable=True),
        sa.Column("interaction_to_next_paint", sa.Double(), nullable=True),
        sa.Column("cumulative_layout_shift", sa.Double(), nullable=True),
        sa.Column("first_contentful_paint", sa.Double(), nullable=True),
        sa.Column("time_to_first_byte", sa.Double(), nullable=True),
        sa.Column("total_blocking_time", sa.Double(), nullable=True),
        sa.Column("performance", sa.Double(), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_page_speed_account_key"
        ),
        sa.PrimaryKeyConstraint(
            "account_key", "url_key", "source", "form_factor", "measured_at", name="pk_page_speed"
        ),
    )
    op.create_index(
        "ix_page_speed_account_key_measured_at",
        "page_speed",
        ["account_key", "measured_at"],
        unique=False,
    )


def create_inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("said_first", MOMENT, nullable=False),
        sa.Column("said_last", MOMENT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=False),
        sa.Column("robots_txt", sa.Text(), nullable=False),
        sa.Column("indexing", sa.Text(), nullable=False),
        sa.Column("fetch_state", sa.Text(), nullable=False),
        sa.Column("last_crawl", MOMENT, nullable=True),
        sa.Column("google_canonical", sa.Text(), nullable=True),
        sa.Column("user_canonical", sa.Text(), nullable=True),
        sa.Column("sitemaps", sa.JSON(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_inspections_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "url_key", "said_first", name="pk_inspections"),
    )


def create_submitted_sitemaps() -> None:
    op.create_table(
        "submitted_sitemaps",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("submitted", sa.Integer(), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("last_submitted", MOMENT, nullable=True),
        sa.Column("last_downloaded", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_submitted_sitemaps_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "url_key", "seen_at", name="pk_submitted_sitemaps"),
    )
    op.create_index(
        "ix_submitted_sitemaps_account_key_seen_at",
        "submitted_sitemaps",
        ["account_key", "seen_at"],
        unique=False,
    )


def create_publications() -> None:
    op.create_table(
        "publications",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sitemap", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("modified", MOMENT, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_publications_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "url_key", name="pk_publications"),
    )
    op.create_index(
        "ix_publications_account_key_first_seen",
        "publications",
        ["account_key", "first_seen"],
        unique=False,
    )
