"""Which tables hold what is said on social networks: our posts, what others say, how often?

Beside those of `schema.py`, whose words on names, units and moments hold here too.

Names and texts of other people stand in `social_comments` alone, in `author`, `text` and `url`
(which often has a name in it), until `forget_comments` empties these. The row itself stays: so what
is forgotten is not read again as news, and how fast we answer can be told.
"""

from typing import get_args

import sqlalchemy as sa

from connectors.social import CommentKind
from connectors.warehouse.action_tables import words
from connectors.warehouse.schema import Moment, metadata

social_posts = sa.Table(
    "social_posts",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("post_id", sa.Text, primary_key=True),
    sa.Column("published_at", Moment, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # of the text, see `connectors/social.py`
    sa.Column("first_seen_at", Moment, nullable=False),
    sa.Column("last_seen_at", Moment, nullable=False),
    sa.Column("gone_at", Moment),  # a complete listing no longer had it
    sa.Index(None, "account_key", "published_at"),
)

# No foreign key: PostgreSQL checks each row by itself. Its rows are written in the transaction that
# writes their posts, and no post is ever deleted.
social_engagement = sa.Table(
    "social_engagement",
    metadata,
    sa.Column("account_key", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("post_id", sa.Text, primary_key=True),
    sa.Column("taken_at", Moment, primary_key=True),
    sa.Column("impressions", sa.BigInteger),  # since the post was published, as all of these
    sa.Column("reactions", sa.BigInteger),
    sa.Column("comments", sa.BigInteger),
    sa.Column("shares", sa.BigInteger),
    sa.Column("clicks", sa.BigInteger),
    sqlite_with_rowid=False,
)

social_followers = sa.Table(
    "social_followers",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("date_day", sa.Date, primary_key=True),
    sa.Column("followers", sa.BigInteger, nullable=False),
)

social_comments = sa.Table(
    "social_comments",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("comment_id", sa.Text, primary_key=True),
    sa.Column("post_id", sa.Text, nullable=False),  # '': a mention elsewhere
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("author", sa.Text),
    sa.Column("by_us", sa.Boolean, nullable=False),
    sa.Column("parent_id", sa.Text, nullable=False),  # '': it answers the post
    sa.Column("followers", sa.BigInteger),  # of the author
    sa.Column("url", sa.Text),
    sa.Column("first_seen_at", Moment, nullable=False),
    sa.Column("answered_at", Moment),  # when we said what answers it
    sa.Column("closed_at", Moment),  # when a person said that it needs no answer
    sa.Column("forgotten_at", Moment),  # from then on text, author and url are NULL
    sa.CheckConstraint(f"kind IN ({words(get_args(CommentKind))})", name="kind"),
    sa.Index(None, "account_key", "parent_id"),
)

comment_reads = sa.Table(
    "comment_reads",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("until", Moment, nullable=False),
)

social_watched = sa.Table(
    "social_watched",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("term", sa.Text, primary_key=True),  # `config.watched.watched_key`
    sa.Column("date_day", sa.Date, primary_key=True),  # of the brand's time zone
    sa.Column("posts", sa.BigInteger),  # of others; NULL: not known, and `why`
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("counted_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
